"""Every submission against the rules: its status, findings, notices, papers, fee and originals agree."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import sqlalchemy as sa

from counter.desk.context import DeskContext
from counter.desk.fees import price_ref
from counter.desk.findings import findings_now, is_waiting, notice_lines
from counter.desk.loaded import Loaded, load
from counter.desk.rows import APPROVALS, FEES, SUBMISSIONS
from counter.desk.unit import circular_of
from counter.desk.verify_report import Check, failed, passed
from counter.desk.verify_story import Story
from counter.rules.status import Status, originals_state
from counter.rules.verdict import VerdictKind, verdict
from receipts.number import PaperKind

_ACCEPTED = {PaperKind.RECEIPT, PaperKind.REVIEW_BAG}
_BATCH = 500


def life(conn: sa.Connection, ctx: DeskContext, story: Story) -> Check:
    """Check each submission; `why` says what does not fit its status.

    `findings` (they come to another verdict), `notice` (missing, out of turn, or it does not list all that is
    wanting), `paper` (one is missing or too many), `fee` (its state differs from the fee row), `originals`
    (its state differs from the list), `dates` (decided, parked or due without the date, or the other way
    round), `ground` (refused without one), `history` (its events come to another status or visit).
    """
    count, last = 0, 0
    while ids := list(
        conn.execute(
            sa.select(SUBMISSIONS.c.id)
            .where(SUBMISSIONS.c.id > last)
            .order_by(SUBMISSIONS.c.id)
            .limit(_BATCH)
        ).scalars()
    ):
        for submission_id in ids:
            loaded = load(conn, submission_id)
            assert loaded is not None
            count += 1
            if why := _wrong(conn, ctx, loaded) or _retold(story, loaded):
                status = loaded.sub["status"]
                return failed("life", count, f"submission:{submission_id}", why, status=status)
        last = ids[-1]
    return passed("life", count)


def _retold(story: Story, loaded: Loaded) -> str:
    """Return `history` when a submission's events do not come to its row."""
    ref = f"submission:{loaded.id}"
    told = (story.states.get(ref), story.visits.get(ref), story.fee_states.get(ref, "none"))
    sub = loaded.sub
    return "" if told == (sub["status"], sub["visit"], sub["fee_state"]) else "history"


def _wrong(conn: sa.Connection, ctx: DeskContext, loaded: Loaded) -> str:
    """Return what does not fit a submission's status, empty when everything does."""
    sub = loaded.sub
    status = Status(sub["status"])
    circular = circular_of(conn, ctx, sub["circular_version_id"])
    outcome = verdict(circular, findings_now(loaded))
    kinds = {PaperKind(paper["kind"]) for paper in loaded.papers}
    turns = [notice["turn"] for notice in loaded.notices]
    notices = sum(paper["kind"] == PaperKind.NOTICE for paper in loaded.papers)
    if status is Status.ACCEPTED and outcome.kind is not VerdictKind.ACCEPT:
        return "findings"
    if is_waiting(loaded) and notice_lines(outcome.defects) != loaded.notices[-1]["lines"]:
        return "notice"
    if turns != list(range(1, len(turns) + 1)) or sub["visit"] not in (len(turns), len(turns) + 1):
        return "notice"
    if status in (Status.CORRECTION, Status.LAPSED) and not turns:
        return "notice"
    accepted = status in (Status.ACCEPTED, Status.WITHDRAWN)
    if notices != len(turns) or accepted != bool(kinds & _ACCEPTED) or (accepted and not kinds >= _ACCEPTED):
        return "paper"
    unpaid = "voided" if accepted else "none"  # a voided fee leaves the place free for the right one
    if sub["fee_state"] != (loaded.fee["state"] if loaded.fee else unpaid):
        return "fee"
    if loaded.fee is not None and not accepted:
        return "fee"
    returned = sum(original["state"] == "returned" for original in loaded.originals)
    if sub["originals_state"] != originals_state(len(loaded.originals), returned):
        return "originals"
    if (PaperKind.ORIGINALS_BAG in kinds) != (accepted and bool(loaded.originals)):
        return "paper"
    decided = status not in (Status.OPEN, Status.PARKED)
    if (sub["decided_at"] is not None) != decided or (sub["parked_at"] is not None) != (
        status is Status.PARKED
    ):
        return "dates"
    if bool(sub["ground"]) != (status is Status.REJECTED):
        return "ground"
    return ""


def fees(conn: sa.Connection, ctx: DeskContext) -> Check:
    """Check each fee: one live per submission, the circular's amount, a method that comes to its state.

    Another amount than the circular's needs this very price approved by a supervisor.
    `why`: `second` (two live fees), `amount`, `method`, `state`.
    """
    priced = set(
        conn.execute(
            sa.select(APPROVALS.c.ref).where(APPROVALS.c.kind == "price", APPROVALS.c.used_at.is_not(None))
        ).scalars()
    )
    query = (
        sa.select(*FEES.c, SUBMISSIONS.c.circular_version_id)
        .join(SUBMISSIONS, SUBMISSIONS.c.id == FEES.c.submission_id)
        .order_by(FEES.c.submission_id, FEES.c.id)
    )
    count, sums = 0, {"paid": 0, "due": 0, "elsewhere": 0, "voided": 0}
    for _, group in groupby(conn.execute(query), key=lambda row: row.submission_id):
        live = 0
        for row in group:
            count += 1
            circular = circular_of(conn, ctx, row.circular_version_id)
            live += row.state != "voided"
            method = next((m for m in circular.fee.methods if m.code == row.method), None)
            allowed = price_ref(row.submission_id, row.amount_fen) in priced
            amount = row.amount_fen if allowed else circular.fee.amount_fen
            why = _wrong_fee(row, live, amount, None if method is None else str(method.outcome))
            if why:
                return failed("fees", count, f"fee:{row.id}", why, submission=row.submission_id)
            sums[row.state] += row.amount_fen
    return passed("fees", count, **{f"{state}_fen": fen for state, fen in sums.items()})


def _wrong_fee(row: Any, live: int, amount: int, outcome: str | None) -> str:
    if live > 1:
        return "second"
    if row.amount_fen != amount:
        return "amount"
    if outcome is None:
        return "method"
    return "" if row.state in (outcome, "voided") else "state"


def totals(conn: sa.Connection, story: Story) -> Check:
    """Compare counts and sums of the tables with those the journal tells by itself.

    `why`: `submissions` or `fees`; the facts hold both figures.
    """
    here = conn.execute(sa.select(sa.func.count()).select_from(SUBMISSIONS)).scalar_one()
    if here != len(story.opened):
        return failed("totals", here, "submission", "submissions", tables=here, journal=len(story.opened))
    for state in ("paid", "due", "elsewhere"):
        query = sa.select(sa.func.coalesce(sa.func.sum(FEES.c.amount_fen), 0)).where(FEES.c.state == state)
        fen = int(conn.execute(query).scalar_one())
        told = sum(amount for was, amount in story.fees.values() if was == state)
        if fen != told:
            return failed("totals", here, "fee", "fees", state=state, tables=fen, journal=told)
    return passed("totals", here)
