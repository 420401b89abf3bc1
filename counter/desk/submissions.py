"""A submission's life up to the decision: opening, parking, who stands at the counter."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from counter.clock import business_date
from counter.desk import clockguard
from counter.desk import late as late_entries
from counter.desk.act import act_on, read_view, shown
from counter.desk.assemble import receipt_number
from counter.desk.checklist import drop_findings_that_no_longer_hold
from counter.desk.context import DeskContext
from counter.desk.forms import LateForm, WalkUpForm
from counter.desk.hours import shut
from counter.desk.loaded import Loaded
from counter.desk.people import is_submitted, online_state_name
from counter.desk.permit import use_case
from counter.desk.refusals import note_refusal
from counter.desk.refusals import record_refusal as record_refusal
from counter.desk.rows import ENTRIES, SUBMISSIONS, TOKENS, Row, add, as_row, blank, commitment, pack
from counter.desk.unit import Unit, carried_out, id_of, ref_of
from counter.desk.views import Act, Actor, ApprovalId, EntryId, SubmissionId, SubmissionView
from counter.desk.walk_up import checked
from counter.errors import DeskError
from counter.rules.clean import one_line
from counter.rules.search import fold_token
from db.core import LIVE_STATUSES
from db.journal import utc_text
from db.numbering import next_number
from db.search_index import put_tokens
from db.turn import take_turn


@use_case
def open_submission(
    ctx: DeskContext,
    *,
    entry_id: EntryId,
    actor: Actor,
    key: UUID,
    approved: Sequence[ApprovalId] = (),
    late: LateForm | None = None,
) -> SubmissionView:
    """Take in the papers of a person on the roster and give them a number.

    With `late` they were taken in on an emergency paper and are entered now: the hours are judged at the time
    on it. Raises besides DeskError("late", reason, ref), for some of which a supervisor may approve `late`.

    A refusal is journalled before it is raised: DeskError("closed", reason, next_opening),
    DeskError("not-submitted", online_state), DeskError("already-open", submission_id, same),
    DeskError("unknown-entry"). A supervisor may have approved, for `entry:ID`, `hours` while it is closed and
    `duplicate` for a person whose other entry is under way; one entry has one submission at a time.
    """
    left: list[Loaded] = []

    def work(unit: Unit) -> str:
        take_turn(unit.session)
        row = unit.conn.execute(sa.select(ENTRIES).where(ENTRIES.c.id == entry_id)).one_or_none()
        if row is None:
            raise DeskError("unknown-entry")
        left.append(_open(unit, as_row(row), f"entry:{entry_id}", approved, late))
        return ref_of(left[-1])

    try:
        ref, ours = carried_out(ctx, "open", actor, key, work)
    except DeskError as e:
        note_refusal(ctx, e, actor, ref=f"entry:{entry_id}")
        raise
    return shown(ctx, left[-1]) if ours else read_view(ctx, id_of(ref))


@use_case
def open_walk_up(
    ctx: DeskContext,
    *,
    form: WalkUpForm,
    actor: Actor,
    key: UUID,
    approved: Sequence[ApprovalId] = (),
    late: LateForm | None = None,
) -> SubmissionView:
    """Take in the papers of a person who is not on the roster; the online ID is as they showed it.

    Raises DeskError("walk-up", problems=(FieldProblem, ...)) and what `open_submission` raises; approvals are
    for `walk-up`.
    """
    left: list[Loaded] = []
    entry, tokens = checked(ctx.circular, form, today=business_date(ctx.clock.now()))

    def work(unit: Unit) -> str:
        take_turn(unit.session)
        known = unit.conn.execute(
            sa.select(ENTRIES.c.id)
            .join(TOKENS, TOKENS.c.entry_id == ENTRIES.c.id)
            .where(
                TOKENS.c.token == fold_token(entry["online_id"]),
                ENTRIES.c.circular_id == ctx.circular.id,
                sa.func.upper(ENTRIES.c.online_id) == entry["online_id"],
            )
            .limit(1)
        ).scalar_one_or_none()
        if known is not None:
            raise DeskError("on-roster", entry_id=known)
        whole = blank(ENTRIES, **entry) | {
            "circular_id": ctx.circular.id,
            "origin": "walk_up",
            "subject_key": secrets.token_bytes(32),
            "created_at": unit.now,
            "updated_at": unit.now,
        }
        made = add(unit.conn, ENTRIES, whole)
        put_tokens(unit.session, made["id"], tokens)
        unit.note_entry(made)
        left.append(_open(unit, made, WALK_UP, approved, late))
        return ref_of(left[-1])

    try:
        ref, ours = carried_out(ctx, "open-walk-up", actor, key, work)
    except DeskError as e:
        note_refusal(ctx, e, actor, ref="walk-up")
        raise
    return shown(ctx, left[-1]) if ours else read_view(ctx, id_of(ref))


WALK_UP: Final = "walk-up"
"""What an approval for somebody names who has no entry yet."""


def _open(
    unit: Unit, entry: Row, ref: str, approved: Sequence[ApprovalId], late: LateForm | None = None
) -> Loaded:
    """Open a submission for an entry that was read in this turn.

    Two desks that call one person, or a desk and a roster import that changes them, come one after the other.
    """
    ctx = unit.ctx
    clockguard.require(unit)
    paper = late_entries.checked(unit, late, approved) if late is not None else None
    refusal = shut(ctx, unit.now) if late is None else None
    if refusal is not None and not unit.override("hours", ref, approved):
        raise refusal
    if not entry["subject_key"]:
        raise DeskError("erased")
    if not is_submitted(ctx.circular, entry):
        raise DeskError("not-submitted", online_state=online_state_name(ctx.circular, entry))
    _refuse_second(unit, entry, ref, approved)
    day = business_date(unit.now)
    office = ctx.circular.office.code
    row = blank(
        SUBMISSIONS,
        circular_id=ctx.circular.id,
        circular_version_id=ctx.circular_version_id,
        entry_id=entry["id"],
        online_id=entry["online_id"],
        office=office,
        year=day.year,
        serial=next_number(unit.session, office=office, series="submission", year=day.year),
        desk=ctx.desk,
        status="open",
        specialty=entry["specialty"],
        situations=entry["situations"],
        submitter=ctx.circular.submitters[0].code,
        opened_day=day.isoformat(),
        opened_at=unit.now,
        opened_by=unit.actor.name,
        touched_at=unit.now,
        came_day=day.isoformat(),
    )
    sub = add(unit.conn, SUBMISSIONS, row)
    loaded = Loaded(sub, entry, {}, (), (), None, (), {})
    unit.note(loaded, "submission", sub)
    if late is not None and paper is not None:
        loaded = replace(loaded, late=late_entries.write(unit, paper, late, sub))
    unit.tell(
        "submission.opened",
        ref_of(loaded),
        number=receipt_number(sub).digits,
        subject=commitment(entry),
        walk_up=entry["origin"] == "walk_up" or None,
        late=paper.text if paper else None,
        occurred_at=utc_text(late.occurred_at) if late else None,
    )
    return loaded


def _refuse_second(unit: Unit, entry: Row, ref: str, approved: Sequence[ApprovalId]) -> None:
    """One live submission per person: by the entry, its online ID, or the same identity number elsewhere.

    A supervisor may allow a second one of the same person, never of the same entry: it has one number.
    """
    same = [SUBMISSIONS.c.entry_id == entry["id"]]
    if entry["id_number"]:
        others = sa.select(ENTRIES.c.id).where(
            ENTRIES.c.circular_id == entry["circular_id"], ENTRIES.c.id_number == entry["id_number"]
        )
        same = [SUBMISSIONS.c.entry_id.in_(others)]
    live = unit.conn.execute(
        sa.select(SUBMISSIONS.c.id, SUBMISSIONS.c.entry_id)
        .where(*same, SUBMISSIONS.c.status.in_(LIVE_STATUSES))
        .order_by(SUBMISSIONS.c.entry_id != entry["id"])
        .limit(1)
    ).one_or_none()
    if live is None:
        return
    own = live.entry_id == entry["id"]
    if own or not unit.override("duplicate", ref, approved):
        raise DeskError("already-open", submission_id=SubmissionId(live.id), same=own)


@use_case
def view(ctx: DeskContext, submission_id: SubmissionId, *, actor: Actor) -> SubmissionView:
    """Return a submission as it stands. Raises DeskError("unknown-submission")."""
    return read_view(ctx, submission_id)


@use_case
def park(
    ctx: DeskContext, *, submission_id: SubmissionId, version: int, note: str, actor: Actor, key: UUID
) -> SubmissionView:
    """Set a submission aside, with why, so that the next person can be served."""

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        why = one_line(note, 200)
        changed = unit.change(loaded, status="parked", parked_at=unit.now, park_note=why)
        unit.tell("submission.parked", ref_of(loaded))
        return changed

    return act_on(ctx, "park", Act.PARK, submission_id, version, actor, key, work)


@use_case
def resume(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    actor: Actor,
    key: UUID,
    approved: Sequence[ApprovalId] = (),
) -> SubmissionView:
    """Take a parked submission up again where it was left.

    Raises DeskError("closed", reason, next_opening), unless a supervisor has approved `hours` for it.
    """

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        changed = unit.change(loaded, status="open", parked_at=None, park_note="")
        unit.tell("submission.resumed", ref_of(loaded))
        return changed

    return act_on(ctx, "resume", Act.RESUME, submission_id, version, actor, key, work, approved)


@use_case
def admit(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    actor: Actor,
    key: UUID,
    approved: Sequence[ApprovalId],
) -> SubmissionView:
    """Let a submission begun on another day be judged now although it is closed, as a supervisor approved.

    Raises DeskError("closed", reason, next_opening) without an approval of `hours` for it.
    """

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        changed = unit.change(loaded)
        unit.tell("submission.admitted", ref_of(loaded))
        return changed

    return act_on(ctx, "admit", Act.TICK, submission_id, version, actor, key, work, approved)


@use_case
def set_situations(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    situations: tuple[int, ...],
    actor: Actor,
    key: UUID,
) -> SubmissionView:
    """Record under which situations the person applies; waive reasons that no longer hold lose their finding.

    Raises DeskError("unknown-situation", given).
    """

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        circular = unit.circular(loaded)
        for number in situations:
            if number not in {s.no for s in circular.situations}:
                raise DeskError("unknown-situation", given=number)
        loaded = drop_findings_that_no_longer_hold(unit, circular, loaded, situations)
        changed = unit.change(loaded, situations=pack(tuple(str(n) for n in sorted(set(situations)))))
        unit.tell("submission.situations", ref_of(loaded), situations=sorted(set(situations)))
        return changed

    return act_on(ctx, "situations", Act.TICK, submission_id, version, actor, key, work)


@use_case
def set_submitter(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    submitter: str,
    deputy_name: str = "",
    deputy_relation: str = "",
    actor: Actor,
    key: UUID,
) -> SubmissionView:
    """Record who stands at the counter. Raises DeskError("unknown-submitter")."""

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        if submitter not in {s.code for s in unit.circular(loaded).submitters}:
            raise DeskError("unknown-submitter", given=submitter)
        values: dict[str, Any] = {
            "submitter": submitter,
            "deputy_name": one_line(deputy_name, 120),
            "deputy_relation": one_line(deputy_relation, 60),
        }
        changed = unit.change(loaded, **values)
        unit.tell("submission.submitter", ref_of(loaded), submitter=submitter)
        return changed

    return act_on(ctx, "submitter", Act.TICK, submission_id, version, actor, key, work)
