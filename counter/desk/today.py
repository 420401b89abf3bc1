"""What the 受理 screen shows: the day's figures, its latest submissions, what is waiting.

Every query is bounded by a day or served by an index; the history behind it may be as long as it likes.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa

from counter.clock import business_date
from counter.desk import clockguard
from counter.desk.context import DeskContext
from counter.desk.home_views import DeskView, TodayRow
from counter.desk.keeping import disk_left, standing
from counter.desk.late import of_submissions
from counter.desk.people import person_view
from counter.desk.permit import use_case
from counter.desk.restored import waiting
from counter.desk.rows import (
    ENTRIES,
    FEES,
    ORIGINALS,
    OUTBOX,
    PAPERS,
    SUBMISSIONS,
    Row,
    as_row,
)
from counter.desk.shifts import is_to_count, live_shift, shift_view
from counter.desk.staff import rescued
from counter.desk.unit import reading
from counter.desk.views import Actor, SubmissionId
from counter.rules.hours import office_state
from counter.rules.status import FeeState, OriginalsState, Status

MOST: Final = 10_000
"""Figures of things that pile up are counted no further than this."""

HELD: Final = sa.text("originals_state IN ('held', 'partly_returned')")
IN_THE_BAG: Final = sa.text("state = 'held'")
NO_BILL: Final = sa.text("state = 'elsewhere' AND bill_number = '' AND document_no = ''")
"""Conditions of partial indexes, word for word: with a bound value the index would not be used."""


@use_case
def desk_view(ctx: DeskContext, *, limit: int = 50, offset: int = 0, actor: Actor) -> DeskView:
    """Return the day's figures and one page of its submissions, the latest act first."""
    now = ctx.clock.now()
    day = business_date(now)
    with reading(ctx) as session:
        conn = session.connection()
        decided = _decided(conn, day)
        rows = _rows(conn, ctx, _of_day(day), limit=limit, offset=offset)
        fen, fees = conn.execute(
            sa.select(sa.func.coalesce(sa.func.sum(FEES.c.amount_fen), 0), sa.func.count()).where(
                FEES.c.day == day.isoformat(), FEES.c.state == "paid"
            )
        ).one()
        bags = _capped(conn, SUBMISSIONS, HELD)
        last = rows[0] if rows and not offset else None
        oldest = _rows(conn, ctx, SUBMISSIONS.c.status == "parked", limit=1, order=SUBMISSIONS.c.parked_at)
        minutes = _minutes(conn, day)
        live = live_shift(conn, ctx)
        shift = shift_view(conn, ctx, live) if live is not None else None
        sums = not is_to_count(shift, actor)
        if shift is not None and shift.closing:  # nobody is told what the drawer should hold
            decided, fen, fees, bags, sums = decided | {"accepted": 0}, 0, 0, 0, True
        return DeskView(
            day=day,
            office=office_state(ctx.circular, ctx.calendar, now),
            doc_no=ctx.circular.doc_no,
            matter=ctx.circular.matter,
            accepted=decided.get("accepted", 0),
            corrections=decided.get("correction", 0),
            rejected=decided.get("rejected", 0),
            parked=_capped(conn, SUBMISSIONS, SUBMISSIONS.c.status == "parked"),
            unfinished=_capped(conn, SUBMISSIONS, SUBMISSIONS.c.status == "open"),
            fee_fen=int(fen) if sums else None,
            fee_count=fees,
            originals_held=0 if shift is not None and shift.closing else _capped(conn, ORIGINALS, IN_THE_BAG),
            bags_held=bags,
            rows=rows,
            total=_capped(conn, SUBMISSIONS, _of_day(day)),
            anybody=bool(_capped(conn, ENTRIES, ENTRIES.c.circular_id == ctx.circular.id, most=1)),
            last=last,
            last_papers=_titles(conn, ctx, last.submission_id) if last else (),
            oldest_parked=oldest[0] if oldest else None,
            corrections_open=_capped(conn, SUBMISSIONS, SUBMISSIONS.c.status == "correction"),
            next_deadline=_next_deadline(conn, now),
            elsewhere_without_bill=_capped(conn, FEES, NO_BILL),
            waiting_prints=_capped(conn, OUTBOX, OUTBOX.c.state == "queued"),
            failed_prints=_capped(conn, OUTBOX, OUTBOX.c.state == "failed"),
            backup=standing(ctx, conn),
            restored=waiting(conn),
            rescued=rescued(conn),
            clock=clockguard.standing(ctx, conn),
            unproved=ctx.memory.unproved,
            disk_left=disk_left(ctx),
            average_minutes=round(sum(minutes) / len(minutes)) if minutes else None,
            longest_minutes=max(minutes, default=None),
            shift=shift,
        )


@use_case
def parked(ctx: DeskContext, *, limit: int = 50, offset: int = 0, actor: Actor) -> tuple[TodayRow, ...]:
    """Return one page of what was set aside, the longest waiting first."""
    with reading(ctx) as session:
        return _rows(
            session.connection(),
            ctx,
            SUBMISSIONS.c.status == "parked",
            limit=limit,
            offset=offset,
            order=SUBMISSIONS.c.parked_at,
        )


@use_case
def unfinished(ctx: DeskContext, *, limit: int = 50, actor: Actor) -> tuple[TodayRow, ...]:
    """Return what was begun and neither decided nor set aside, the longest untouched first."""
    with reading(ctx) as session:
        return _rows(
            session.connection(),
            ctx,
            SUBMISSIONS.c.status == "open",
            limit=limit,
            order=SUBMISSIONS.c.touched_at,
        )


def _of_day(day: date) -> Any:
    text = day.isoformat()
    return sa.or_(SUBMISSIONS.c.opened_day == text, SUBMISSIONS.c.decided_day == text)


def _decided(conn: sa.Connection, day: date) -> dict[str, int]:
    query = (
        sa.select(SUBMISSIONS.c.status, sa.func.count())
        .where(SUBMISSIONS.c.decided_day == day.isoformat())
        .group_by(SUBMISSIONS.c.status)
    )
    return {row[0]: row[1] for row in conn.execute(query)}


def _rows(
    conn: sa.Connection, ctx: DeskContext, condition: Any, *, limit: int, offset: int = 0, order: Any = None
) -> tuple[TodayRow, ...]:
    query = (
        sa.select(SUBMISSIONS)
        .where(condition)
        .order_by(SUBMISSIONS.c.touched_at.desc() if order is None else order, SUBMISSIONS.c.id)
        .limit(limit)
        .offset(offset)
    )
    subs = [as_row(r) for r in conn.execute(query)]
    ids = [sub["entry_id"] for sub in subs]
    entries = {r.id: as_row(r) for r in conn.execute(sa.select(ENTRIES).where(ENTRIES.c.id.in_(ids)))}
    late = of_submissions(conn, [sub["id"] for sub in subs])
    return tuple(row_of(ctx, sub, entries[sub["entry_id"]], late=sub["id"] in late) for sub in subs)


def row_of(ctx: DeskContext, sub: Row, entry: Row, *, late: bool = False) -> TodayRow:
    """Return one line of a list of submissions."""
    person = person_view(ctx.circular, entry)
    return TodayRow(
        submission_id=SubmissionId(sub["id"]),
        serial=f"{sub['serial']:05d}",
        name=person.name,
        employer_short=person.employer_short,
        specialty_short=person.specialty_short,
        status=Status(sub["status"]),
        fee_state=FeeState(sub["fee_state"]),
        originals_state=OriginalsState(sub["originals_state"]),
        at=sub["touched_at"],
        note=sub["park_note"],
        late=late,
    )


def _capped(conn: sa.Connection, table: sa.Table, condition: Any, *, most: int = MOST) -> int:
    capped = sa.select(sa.literal(1).label("one")).select_from(table).where(condition).limit(most).subquery()
    return int(conn.execute(sa.select(sa.func.count()).select_from(capped)).scalar_one())


def _next_deadline(conn: sa.Connection, now: datetime) -> date | None:
    coming = sa.select(SUBMISSIONS.c.deadline).where(
        SUBMISSIONS.c.status == "correction", SUBMISSIONS.c.deadline > now
    )
    at = conn.execute(coming.order_by(SUBMISSIONS.c.deadline).limit(1)).scalar_one_or_none()
    return None if at is None else business_date(at)


def _titles(conn: sa.Connection, ctx: DeskContext, submission_id: int) -> tuple[str, ...]:
    query = sa.select(PAPERS.c.kind).where(PAPERS.c.submission_id == submission_id).order_by(PAPERS.c.id)
    return tuple(ctx.circular.paper(kind).title for (kind,) in conn.execute(query))


def _minutes(conn: sa.Connection, day: date) -> list[int]:
    """Return how long each first visit of the day took, in minutes."""
    query = sa.select(SUBMISSIONS.c.opened_at, SUBMISSIONS.c.decided_at).where(
        SUBMISSIONS.c.decided_day == day.isoformat(),
        SUBMISSIONS.c.opened_day == day.isoformat(),
        SUBMISSIONS.c.visit == 1,
    )
    return [round((decided - opened).total_seconds() / 60) for opened, decided in conn.execute(query)]
