"""The day close: count blind, then see, then close with the difference as it is.

Three acts, each whole or not there: the count is stored before anybody is told what should lie in the
drawer, and never changed; the close is numbered, keeps every figure, and is never made to balance.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID, uuid5

import sqlalchemy as sa

from counter.clock import business_date
from counter.desk.backup import backup as make_backup
from counter.desk.backup import last_made
from counter.desk.context import DeskContext
from counter.desk.figures import figures, from_text, line, movements, to_text
from counter.desk.issue import queue, stamp
from counter.desk.keeping import note_failure, standing
from counter.desk.money_papers import day_sheet
from counter.desk.money_views import CloseView, ClosingView, Section, ShiftId, Warned
from counter.desk.payments import NO_BILL
from counter.desk.permit import use_case
from counter.desk.rows import (
    CASH_COUNTS,
    CLOSINGS,
    FEES,
    OUTBOX,
    PAPERS,
    SHIFTS,
    SUBMISSIONS,
    Row,
    as_row,
    blank,
    note_key,
)
from counter.desk.shifts import (
    BEGUN,
    CLOSED,
    closing_display,
    closing_number,
    live_shift,
    own_shift,
    shift_ref,
    shift_view,
)
from counter.desk.unit import Unit, once, reading
from counter.desk.views import Actor
from counter.errors import DeskError
from counter.rules.cash import CashProblem, counted, expected, variance_problem
from counter.rules.clean import one_line
from db.numbering import next_number
from db.turn import take_turn
from receipts.data import paper_name, to_json
from receipts.number import PaperAnchor, PaperKind

SERIES: Final = "closing"
"""Day sheets run in one series per office and year."""

BACKUP_OLD: Final = timedelta(hours=24)
"""A backup older than a day is said at the close; one is made then anyway."""

_BACKUP: Final = UUID("6f0c2f0e-52a5-4a39-9a3a-0b8f6c9f7d11")
"""Names the backup of a close by the close's own key."""


@use_case
def begin(ctx: DeskContext, *, actor: Actor, key: UUID) -> CloseView:
    """Begin the close of this desk's shift: from now on no screen shows what was taken.

    Raises DeskError("no-shift") and DeskError("shift-of-other", clerk).
    """

    def work(unit: Unit) -> str:
        row = own_shift(unit)
        if not shift_view(unit.conn, ctx, row).closing and row["state"] == "open":
            unit.tell(BEGUN, shift_ref(row))
        return shift_ref(row)

    once(ctx, "begin-close", actor, key, work)
    return _state(ctx)


@use_case
def count(ctx: DeskContext, *, lines: Sequence[tuple[int, int]], actor: Actor, key: UUID) -> CloseView:
    """Store what lies in the drawer, by fen and pieces; no money moves in this shift from now on.

    Raises DeskError("count", reason, fen), DeskError("counted") and what `begin` raises.
    """
    try:
        fen = counted(lines)
    except CashProblem as e:
        raise DeskError("count", reason=e.code, **e.facts) from e

    def work(unit: Unit) -> str:
        row = own_shift(unit)
        if row["state"] != "open":
            raise DeskError("counted")
        take_turn(unit.session)
        plain = json.dumps([[kind, pieces] for kind, pieces in lines], separators=(",", ":"))
        unit.add_own(
            CASH_COUNTS,
            blank(
                CASH_COUNTS,
                shift_id=row["id"],
                lines=plain,
                counted_fen=fen,
                at=unit.now,
                actor=actor.name,
            ),
        )
        unit.set_own(SHIFTS, row, version=row["version"] + 1, state="counted")
        unit.tell("cash.counted", shift_ref(row), counted_fen=fen)
        return shift_ref(row)

    once(ctx, "count", actor, key, work)
    return _state(ctx)


@use_case
def state(ctx: DeskContext, *, actor: Actor) -> CloseView:
    """Return how far this desk's close is; what was taken only once the drawer is counted."""
    return _state(ctx)


@use_case
def close(
    ctx: DeskContext, *, reason: str = "", note: str = "", backup: bool = True, actor: Actor, key: UUID
) -> ClosingView:
    """Close this desk's shift as it was counted, print the day sheet, and make a backup.

    A drawer that differs needs one of `VARIANCE_REASONS`; one that does not takes none. The close stands
    whether or not the backup succeeds. Raises DeskError("not-counted"), DeskError("variance-reason"),
    DeskError("variance-none"), DeskError("variance-note") for `other` without a word on it, and what `begin`
    raises. The note stays in the records only: it may name somebody, and a sheet cannot be erased.
    """

    def work(unit: Unit) -> str:
        row = own_shift(unit)
        if row["state"] != "counted":
            raise DeskError("not-counted")
        made = _close(unit, row, reason, one_line(note, 400))
        return f"closing:{made['id']}"

    ref = once(ctx, "close", actor, key, work)
    if backup:
        try:
            make_backup(ctx, actor=actor, key=uuid5(_BACKUP, str(key)))
        except DeskError as e:  # the close stands, and the home screen tells of the backup
            note_failure(ctx, e)
    with reading(ctx) as session:
        found = session.connection().execute(
            sa.select(CLOSINGS).where(CLOSINGS.c.id == int(ref.partition(":")[2]))
        )
        return closing_view(ctx, as_row(found.one()))


@use_case
def closings(ctx: DeskContext, *, limit: int = 50, actor: Actor) -> tuple[ClosingView, ...]:
    """Return this desk's latest closes, the last first."""
    query = (
        sa.select(CLOSINGS)
        .where(CLOSINGS.c.office == ctx.circular.office.code, CLOSINGS.c.desk == ctx.desk)
        .order_by(CLOSINGS.c.id.desc())
        .limit(limit)
    )
    with reading(ctx) as session:
        return tuple(closing_view(ctx, as_row(row)) for row in session.connection().execute(query))


def closing_view(ctx: DeskContext, row: Row) -> ClosingView:
    """Return a close's row as a view."""
    return ClosingView(
        id=row["id"],
        shift_id=ShiftId(row["shift_id"]),
        number=closing_number(row).digits,
        display=closing_display(ctx, row),
        day=date.fromisoformat(row["day"]),
        at=row["at"],
        actor=row["actor"],
        float_fen=row["float_fen"],
        expected_fen=row["expected_fen"],
        counted_fen=row["counted_fen"],
        variance_fen=row["variance_fen"],
        variance_reason=row["variance_reason"],
        variance_note=row["variance_note"],
        perpetual_count=row["perpetual_count"],
        perpetual_fen=row["perpetual_fen"],
        sections=from_text(row["figures"]),
    )


class Draft(NamedTuple):
    """A close as it would stand in the records now, but for its number and the reason of a difference."""

    row: Row
    pieces: tuple[tuple[int, int], ...]
    """The drawer as it was counted."""
    sections: tuple[Section, ...]


def draft(conn: sa.Connection, ctx: DeskContext, shift: Row, actor: Actor, now: datetime) -> Draft:
    """Work out the close of a counted shift from what the records hold."""
    cash = conn.execute(sa.select(CASH_COUNTS).where(CASH_COUNTS.c.shift_id == shift["id"])).one()
    moved = movements(conn, ctx, shift["id"])
    should = expected(shift["float_fen"], moved)
    sections = figures(conn, ctx, shift)
    before = conn.execute(sa.select(CLOSINGS).order_by(CLOSINGS.c.id.desc()).limit(1)).one_or_none()
    row = blank(
        CLOSINGS,
        shift_id=shift["id"],
        office=ctx.circular.office.code,
        year=business_date(now).year,
        desk=ctx.desk,
        day=shift["day"],
        figures=to_text(sections),
        float_fen=shift["float_fen"],
        expected_fen=should,
        counted_fen=cash.counted_fen,
        variance_fen=cash.counted_fen - should,
        perpetual_count=(before.perpetual_count if before else 0) + len(moved),
        perpetual_fen=(before.perpetual_fen if before else 0) + sum(m.amount_fen for m in moved),
        at=now,
        actor=actor.name,
    )
    return Draft(row, tuple((kind, n) for kind, n in json.loads(cash.lines)), sections)


def _close(unit: Unit, shift: Row, reason: str, note: str) -> Row:
    ctx = unit.ctx
    take_turn(unit.session)
    row, pieces, sections = draft(unit.conn, ctx, shift, unit.actor, unit.now)
    should, variance = row["expected_fen"], row["variance_fen"]
    if problem := variance_problem(variance, reason, note):
        raise DeskError(problem)
    row |= {"variance_reason": reason, "variance_note": note, "note_key": note_key(note)}
    row["serial"] = next_number(unit.session, office=row["office"], series=SERIES, year=row["year"])
    made = unit.add_own(CLOSINGS, row)
    unit.set_own(SHIFTS, shift, version=shift["version"] + 1, state="closed", closed_at=unit.now)
    number = closing_number(made)
    mark = unit.tell(
        CLOSED,
        shift_ref(shift),
        number=number.digits,
        expected_fen=should,
        counted_fen=made["counted_fen"],
        variance_fen=variance,
        variance_reason=reason,
        perpetual_count=made["perpetual_count"],
        perpetual_fen=made["perpetual_fen"],
    )
    text = ctx.circular.paper(PaperKind.DAY_SHEET)
    doc = day_sheet(
        ctx.circular,
        number,
        shift,
        made,
        pieces,
        sections,
        stamp(unit, mark),
        seal=mark.hex,
        anchor=PaperAnchor(number, mark.seq, mark.hex).line,
    )
    paper = unit.add_own(
        PAPERS,
        blank(
            PAPERS,
            kind=int(number.kind),
            number=number.digits,
            display=doc.display_number,
            template=f"{paper_name(doc)}-{doc.template_version}",
            data=to_json(doc),
            copies=text.copies,
            issued_at=unit.now,
            issued_by=unit.actor.name,
        ),
    )
    queue(unit, paper, 0)
    unit.tell("paper.issued", f"paper:{number.digits}", numbers=[number.digits])
    return made


def _state(ctx: DeskContext) -> CloseView:
    with reading(ctx) as session:
        conn = session.connection()
        row = live_shift(conn, ctx)
        if row is None:
            return CloseView(None, warnings=_warnings(conn, ctx))
        view = shift_view(conn, ctx, row)
        if row["state"] == "open":
            return CloseView(view, warnings=_warnings(conn, ctx))
        cash = conn.execute(sa.select(CASH_COUNTS).where(CASH_COUNTS.c.shift_id == row["id"])).one()
        sections = figures(conn, ctx, row)
        should = line(sections, "drawer", "expected").fen or 0
        return CloseView(
            shift=view,
            counted=tuple((kind, pieces) for kind, pieces in json.loads(cash.lines)),
            counted_fen=cash.counted_fen,
            expected_fen=should,
            variance_fen=cash.counted_fen - should,
            sections=sections,
            warnings=_warnings(conn, ctx),
        )


def _warnings(conn: sa.Connection, ctx: DeskContext) -> tuple[Warned, ...]:
    """Return what stands open; none of it says how much was taken."""
    found = []

    def some(code: str, table: sa.Table, condition: object, most: int = 1000) -> None:
        capped = (
            sa.select(sa.literal(1).label("one"))
            .select_from(table)
            .where(condition)  # type: ignore[arg-type]
            .limit(most)
            .subquery()
        )
        n = int(conn.execute(sa.select(sa.func.count()).select_from(capped)).scalar_one())
        found.append(Warned(code, n))

    some("parked", SUBMISSIONS, SUBMISSIONS.c.status == "parked")
    some("unfinished", SUBMISSIONS, SUBMISSIONS.c.status == "open")
    some("prints", OUTBOX, OUTBOX.c.state.in_(("queued", "failed")))
    some("bills", FEES, NO_BILL)
    made = last_made(conn)
    late = made is None or ctx.clock.now() - made > BACKUP_OLD or bool(standing(ctx, conn).trouble)
    found.append(Warned("backup", int(late)))
    return tuple(found)
