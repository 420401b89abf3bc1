"""The money against itself: payments against fees, closes worked out again from rows and journal."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from counter.desk.context import DeskContext
from counter.desk.figures import PROVABLE, figures, from_text, movement, payments_of_shift
from counter.desk.money_views import Section
from counter.desk.rows import (
    APPROVALS,
    CASH_COUNTS,
    CLOSINGS,
    FEES,
    PAPERS,
    PAYMENTS,
    SHIFTS,
    Row,
    as_row,
)
from counter.desk.shifts import CLOSED, closing_number, event_seq, shift_ref
from counter.desk.verify_report import Check, failed, passed
from counter.rules.cash import CashProblem, counted, expected
from receipts.number import PaperAnchor

_PAGE = 1000


def money(conn: sa.Connection, ctx: DeskContext) -> Check:
    """Hold every payment against its fee, its shift and its approval, and work out every close anew.

    `why`: `fee` (a paid fee without its payment, or money for one that is not paid), `negation` (a void or
    refund that is not the mirror of what it takes back), `approval` (none of its kind was used), `shift`
    (closed without a close, or the other way round), `count`, `sum` (float, payments and count do not come to
    what the close says), `perpetual` (not the one before and this shift), `figures` (the close says something
    else than rows and journal), `seal` (the day sheet's code is not the event the close ends with).
    """
    rows = [as_row(r) for r in conn.execute(sa.select(PAYMENTS).order_by(PAYMENTS.c.id))]
    if bad := _payments(conn, rows):
        return failed("money", len(rows), *bad)
    if bad := _fees(conn, rows):
        return failed("money", len(rows), *bad)
    count, perpetual = 0, (0, 0)
    shifts = {r.id: as_row(r) for r in conn.execute(sa.select(SHIFTS))}
    open_ = {id for id, row in shifts.items() if row["state"] != "closed"}
    for found in conn.execute(sa.select(CLOSINGS).order_by(CLOSINGS.c.id)).all():
        closing = as_row(found)
        count += 1
        shift = shifts[closing["shift_id"]]
        if shift["id"] in open_:
            return failed("money", len(rows), f"shift:{shift['id']}", "shift")
        perpetual, why = _closing(conn, ctx, shift, closing, perpetual)
        if why:
            return failed("money", len(rows), f"closing:{closing['id']}", why)
    if count != len(shifts) - len(open_):
        closed = set(conn.execute(sa.select(CLOSINGS.c.shift_id)).scalars())
        lost = min(shifts.keys() - open_ - closed)
        return failed("money", len(rows), f"shift:{lost}", "shift")
    return passed(
        "money", len(rows), closings=count, perpetual_count=perpetual[0], perpetual_fen=perpetual[1]
    )


def _payments(conn: sa.Connection, rows: list[Row]) -> tuple[str, str] | None:
    by_id = {row["id"]: row for row in rows}
    approvals = {r.id: as_row(r) for r in conn.execute(sa.select(APPROVALS))}
    for row in rows:
        name = f"payment:{row['id']}"
        if row["kind"] == "take":
            if row["amount_fen"] <= 0 or row["negates"] is not None:
                return name, "negation"
            continue
        taken = by_id.get(row["negates"])
        if taken is None or taken["kind"] != "take" or taken["amount_fen"] != -row["amount_fen"]:
            return name, "negation"
        if (taken["shift_id"] == row["shift_id"]) != (row["kind"] == "void"):
            return name, "negation"
        given = approvals.get(row["approval_id"])
        if (
            given is None
            or given["kind"] != row["kind"]
            or given["used_at"] is None
            or (given["approved_by"], given["requested_by"]) != (row["approved_by"], row["requested_by"])
            or given["ref"] != f"submission:{row['submission_id']}"
        ):
            return name, "approval"
    return None


def _fees(conn: sa.Connection, rows: list[Row]) -> tuple[str, str] | None:
    back = {row["negates"] for row in rows}
    standing: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row["kind"] == "take" and row["id"] not in back:
            standing[row["fee_id"]].append(row)
    for fee in conn.execute(sa.select(FEES).order_by(FEES.c.id).execution_options(yield_per=_PAGE)):
        here = standing[fee.id]
        wanted = [(fee.submission_id, fee.amount_fen, fee.method)] if fee.state == "paid" else []
        if [(p["submission_id"], p["amount_fen"], p["method"]) for p in here] != wanted:
            return f"fee:{fee.id}", "fee"
    return None


def _closing(
    conn: sa.Connection, ctx: DeskContext, shift: Row, closing: Row, before: tuple[int, int]
) -> tuple[tuple[int, int], str]:
    """Return the perpetual totals after a close, and what is wrong with it."""
    moved = [movement(ctx, row) for row in payments_of_shift(conn, shift["id"])]
    after = before[0] + len(moved), before[1] + sum(m.amount_fen for m in moved)
    cash = conn.execute(sa.select(CASH_COUNTS).where(CASH_COUNTS.c.shift_id == shift["id"])).one_or_none()
    if cash is None or not _adds_up(cash.lines, cash.counted_fen, closing["counted_fen"]):
        return after, "count"
    should = expected(shift["float_fen"], moved)
    sums = (closing["float_fen"], closing["expected_fen"], closing["variance_fen"])
    if sums != (shift["float_fen"], should, closing["counted_fen"] - should):
        return after, "sum"
    if (closing["perpetual_count"], closing["perpetual_fen"]) != after:
        return after, "perpetual"
    mark = event_seq(conn, shift_ref(shift), CLOSED)
    if mark is None:
        return after, "seal"
    if _provable(figures(conn, ctx, shift, mark.seq)) != _provable(from_text(closing["figures"])):
        return after, "figures"
    number = closing_number(closing)
    data = conn.execute(sa.select(PAPERS.c.data).where(PAPERS.c.number == number.digits)).scalar()
    anchor = PaperAnchor(number, mark.seq, mark.hex).line
    return after, "" if data and json.loads(data)["data"]["anchor"] == anchor else "seal"


def _provable(sections: Iterable[Section]) -> dict[str, list[tuple[object, ...]]]:
    """Return what of a close's figures must come out again; words are those of the circular of its day."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for section in sections:
        if section.code in ("payments", "methods"):
            found[section.code] = sorted((x.code, x.count or 0, x.fen or 0) for x in section.lines)
        elif section.code == "originals":
            found[section.code] = [(x.code, x.count) for x in section.lines[:2]]
        elif section.code in PROVABLE:
            found[section.code] = [(x.code, x.count, x.fen, x.text) for x in section.lines]
    return found


def _adds_up(lines: str, fen: int, closed: int) -> bool:
    try:
        return counted([(kind, pieces) for kind, pieces in json.loads(lines)]) == fen == closed
    except (CashProblem, ValueError, TypeError):
        return False
