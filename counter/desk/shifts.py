"""Shifts: one cash period of one clerk at one desk, begun in sight of the last day sheet.

The sheet on paper, with its two signatures, is what nobody who can rewrite the records can reach. So a shift
is opened by scanning it: its serial, its event and the whole seal have to be those of the last close here.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from counter.clock import business_date
from counter.desk import approvals, clockguard
from counter.desk.context import DeskContext
from counter.desk.money_views import OpeningView, ShiftId, ShiftView
from counter.desk.permit import use_case
from counter.desk.refusals import record_refusal
from counter.desk.rows import CLOSINGS, JOURNAL, SHIFTS, Row, as_row, blank
from counter.desk.unit import Unit, once, reading
from counter.desk.views import Actor, ApprovalId, Role
from counter.errors import DeskError
from counter.rules.cash import MOST_FLOAT_FEN
from counter.rules.clean import fold_scan
from db.journal import JournalMark, holds
from db.turn import take_turn
from receipts.errors import PaperError
from receipts.number import PaperAnchor, PaperKind, PaperNumber, display_number, parse_anchor

CLOSED: Final = "shift.closed"
"""Kind of the event a close ends with; its seal stands on the day sheet."""

WHOLE: Final = 64
"""Hex digits of a whole seal: a day sheet carries all of them."""

BEGUN: Final = "closing.begun"
"""Kind of the event from which on no screen shows what was taken."""


def read_sheet(text: str) -> PaperAnchor | None:
    """Return what a scanned day sheet says, None for anything else."""
    with suppress(PaperError):
        paper = parse_anchor(fold_scan(text, 120))
        if paper.number.kind is PaperKind.DAY_SHEET and len(paper.head) == WHOLE:
            return paper
    return None


@use_case
def open_shift(
    ctx: DeskContext,
    *,
    float_fen: int,
    sheet: str = "",
    approval: ApprovalId | None = None,
    actor: Actor,
    key: UUID,
) -> ShiftView:
    """Open this desk's shift for `actor`; `sheet` is the scanned code of the last day sheet.

    A mismatch is opened by a supervisor's approval of kind `sheet` for `desk:N` alone, and stays on record.
    Raises DeskError("shift-open", clerk), DeskError("float", reason), DeskError("sheet-needed", number) and
    DeskError("sheet-mismatch", reason) with `unread`, `other` (another sheet than the last), `journal` (the
    journal does not hold what the sheet says), `new-desk` (the first shift of a desk beside others).
    """
    if not 0 <= float_fen <= MOST_FLOAT_FEN:
        raise DeskError("float", reason="range", most=MOST_FLOAT_FEN // 100)

    def work(unit: Unit) -> str:
        clockguard.require(unit)
        take_turn(unit.session)
        if (live := live_shift(unit.conn, ctx)) is not None:
            raise DeskError("shift-open", clerk=live["clerk"], day=date.fromisoformat(live["day"]))
        wrong = _compare(unit, sheet)
        facts: dict[str, object] = {}
        if wrong not in ("first", "match"):
            if approval is None:
                raise _refusal(unit, wrong)
            given = approvals.use(unit, approval, kind="sheet", ref=desk_ref(ctx))
            facts = approvals.facts(given) | {"sheet_was": wrong}
        row = unit.add_own(
            SHIFTS,
            blank(
                SHIFTS,
                office=ctx.circular.office.code,
                desk=ctx.desk,
                clerk=actor.name,
                day=business_date(unit.now).isoformat(),
                opened_at=unit.now,
                float_fen=float_fen,
                sheet=wrong if wrong in ("first", "match") else "override",
            ),
        )
        unit.tell("shift.opened", shift_ref(row), float_fen=float_fen, sheet=row["sheet"], **facts)
        return shift_ref(row)

    try:
        ref = once(ctx, "open-shift", actor, key, work)
    except DeskError as e:
        if e.code == "sheet-mismatch":
            with suppress(DeskError):  # the refusal itself is what counts
                record_refusal(ctx, code=e.code, text=sheet, actor=actor, ref=desk_ref(ctx))
        raise
    with reading(ctx) as session:
        return shift_view(session.connection(), ctx, _row(session.connection(), int(ref.partition(":")[2])))


@use_case
def current(ctx: DeskContext, *, actor: Actor) -> OpeningView:
    """Return this desk's live shift, and which sheet a new one would ask for."""
    from counter.desk.rescues import between_closes

    with reading(ctx) as session:
        conn = session.connection()
        row = live_shift(conn, ctx)
        last = last_closing(conn, ctx)
        return OpeningView(
            rescued=len(between_closes(conn, ctx)),
            live=shift_view(conn, ctx, row) if row is not None else None,
            sheet=closing_display(ctx, last) if last is not None else "",
            sheet_day=date.fromisoformat(last["day"]) if last is not None else None,
        )


def live_shift(conn: sa.Connection, ctx: DeskContext, *, hold: bool = False) -> Row | None:
    """Return this desk's shift that is not closed; `hold` keeps others from ending it meanwhile."""
    query = sa.select(SHIFTS).where(
        SHIFTS.c.office == ctx.circular.office.code,
        SHIFTS.c.desk == ctx.desk,
        sa.text("state <> 'closed'"),  # word for word as in the partial index
    )
    found = conn.execute(query.with_for_update() if hold else query).one_or_none()
    return None if found is None else as_row(found)


def taking_shift(unit: Unit) -> Row:
    """Return the shift in which this clerk may move money now.

    Raises DeskError: "no-shift", "shift-of-other" (clerk), "shift-of-earlier-day" (day), "shift-counted".
    """
    row = live_shift(unit.conn, unit.ctx, hold=True)
    if row is None:
        raise DeskError("no-shift")
    if row["clerk"] != unit.actor.name:
        raise DeskError("shift-of-other", clerk=row["clerk"])
    if row["day"] != business_date(unit.now).isoformat():
        raise DeskError("shift-of-earlier-day", day=date.fromisoformat(row["day"]))
    if row["state"] != "open":
        raise DeskError("shift-counted")
    return row


def own_shift(unit: Unit) -> Row:
    """Return the live shift that this person may count and close: their own, or any for a supervisor.

    Raises DeskError("no-shift") and DeskError("shift-of-other", clerk).
    """
    row = live_shift(unit.conn, unit.ctx, hold=True)
    if row is None:
        raise DeskError("no-shift")
    if row["clerk"] != unit.actor.name and unit.actor.role is not Role.SUPERVISOR:
        raise DeskError("shift-of-other", clerk=row["clerk"])
    return row


def is_to_count(shift: Row | ShiftView | None, actor: Actor) -> bool:
    """Tell whether a clerk may not see sums of money yet: what is counted blind is blind the whole shift."""
    if shift is None or actor.role is not Role.CLERK:
        return False
    return (shift.state if isinstance(shift, ShiftView) else shift["state"]) == "open"


def require_counted(conn: sa.Connection, ctx: DeskContext, actor: Actor, day: date) -> None:
    """Keep sums of the shift's day from a clerk who is to count first. Raises DeskError("count-first")."""
    row = live_shift(conn, ctx)
    if row is not None and is_to_count(row, actor) and row["day"] <= day.isoformat():
        raise DeskError("count-first")


def last_closing(conn: sa.Connection, ctx: DeskContext) -> Row | None:
    """Return this desk's last close, None when it has had none."""
    found = conn.execute(
        sa.select(CLOSINGS)
        .where(CLOSINGS.c.office == ctx.circular.office.code, CLOSINGS.c.desk == ctx.desk)
        .order_by(CLOSINGS.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else as_row(found)


def shift_view(conn: sa.Connection, ctx: DeskContext, row: Row) -> ShiftView:
    """Return a shift's row as a view."""
    begun = (
        row["state"] == "open"
        and conn.execute(
            sa.select(sa.literal(1))
            .select_from(JOURNAL)
            .where(JOURNAL.c.ref == shift_ref(row), JOURNAL.c.kind == BEGUN)
            .limit(1)
        ).scalar_one_or_none()
    )
    day = date.fromisoformat(row["day"])
    return ShiftView(
        id=ShiftId(row["id"]),
        desk=row["desk"],
        clerk=row["clerk"],
        day=day,
        opened_at=row["opened_at"],
        float_fen=row["float_fen"],
        state=row["state"],
        sheet=row["sheet"],
        earlier=day < business_date(ctx.clock.now()),
        closing=bool(begun),
    )


def closing_number(row: Row) -> PaperNumber:
    """Return the number of a close's day sheet."""
    return PaperNumber(PaperKind.DAY_SHEET, row["year"], row["desk"], row["serial"])


def closing_display(ctx: DeskContext, row: Row) -> str:
    """Return the official number of a close's day sheet."""
    word = ctx.circular.paper(PaperKind.DAY_SHEET).word
    return display_number(ctx.circular.office.prefix, word, row["year"], row["serial"])


def shift_ref(row: Row) -> str:
    """Return how the journal names a shift."""
    return f"shift:{row['id']}"


def desk_ref(ctx: DeskContext) -> str:
    """Return how approvals and the journal name this desk."""
    return f"desk:{ctx.desk}"


def event_seq(conn: sa.Connection, ref: str, kind: str) -> JournalMark | None:
    """Return the last event of a kind about something."""
    found = conn.execute(
        sa.select(JOURNAL.c.seq, JOURNAL.c.hash)
        .where(JOURNAL.c.ref == ref, JOURNAL.c.kind == kind)
        .order_by(JOURNAL.c.seq.desc())
        .limit(1)
    ).one_or_none()
    return None if found is None else JournalMark(found.seq, bytes(found.hash))


def _compare(unit: Unit, text: str) -> str:
    """Return `first`, `match`, or what is wrong with the sheet, or with there being none."""
    last = last_closing(unit.conn, unit.ctx)
    seen = read_sheet(text) if text else None
    if text and seen is None:
        return "unread"
    if last is None:
        if seen is not None:
            return "other"  # a sheet these records never wrote
        others = sa.select(CLOSINGS.c.id).where(CLOSINGS.c.office == unit.ctx.circular.office.code).limit(1)
        # a desk that is new beside others may be one whose number somebody has changed in the settings
        return "first" if unit.conn.execute(others).first() is None else "new-desk"
    if seen is None:
        return "needed"
    if seen.number != closing_number(last):
        return "other"
    told = event_seq(unit.conn, f"shift:{last['shift_id']}", CLOSED)
    mark = JournalMark(seen.seq, bytes.fromhex(seen.head))
    if told != mark or not holds(unit.session, mark):
        return "journal"
    return "match"


def _refusal(unit: Unit, wrong: str) -> DeskError:
    last = last_closing(unit.conn, unit.ctx)
    number = closing_display(unit.ctx, last) if last is not None else ""
    if wrong == "needed":
        return DeskError("sheet-needed", number=number)
    return DeskError("sheet-mismatch", reason=wrong, number=number)


def _row(conn: sa.Connection, shift_id: int) -> Row:
    return as_row(conn.execute(sa.select(SHIFTS).where(SHIFTS.c.id == shift_id)).one())
