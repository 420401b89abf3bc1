"""One business day as the records tell it, read in one unchanging state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from counter.circular.model import Circular
from counter.clock import SHANGHAI
from counter.desk.context import DeskContext
from counter.desk.loaded import Loaded, load
from counter.desk.rows import CLOSINGS, FEES, JOURNAL, Row, as_row
from counter.desk.unit import circular_of

PRINTING = ("paper.printed", "paper.copied")
"""Kinds of events about paper alone: a copy of a receipt is no work on its submission."""


@dataclass(frozen=True)
class Handled:
    """One submission that was worked on."""

    circular: Circular
    loaded: Loaded


@dataclass(frozen=True)
class Day:
    """Everything the workbook of a day is made from."""

    day: date
    begins: datetime
    ends: datetime
    """Aware; the day's first instant and the next day's."""
    handled: tuple[Handled, ...]
    """Submissions somebody worked on that day, by number."""
    fees: tuple[tuple[Handled, Row], ...]
    """Fees noted on that day, in the order they were noted."""
    seq: int
    """Last event of the day about a submission, 0 when there was none."""
    head: str
    """Its seal, 64 hex digits."""
    at: datetime
    """When that was; the beginning of a day without work."""
    closings: tuple[Row, ...] = ()
    """Closes of the day's shifts, in their order."""


def read_day(conn: sa.Connection, ctx: DeskContext, day: date) -> Day:
    """Read a business day: the submissions the journal has events about, and the fees of the date."""
    begins = datetime.combine(day, time(), SHANGHAI)
    ends = begins + timedelta(days=1)
    events = sa.and_(
        JOURNAL.c.at >= begins,
        JOURNAL.c.at < ends,
        JOURNAL.c.ref.like("submission:%"),
        JOURNAL.c.kind.not_in(PRINTING),
    )
    refs = conn.execute(sa.select(JOURNAL.c.ref).where(events).distinct()).scalars()
    found: dict[int, Handled] = {}
    for number in sorted(int(ref.partition(":")[2]) for ref in refs):
        loaded = load(conn, number)
        assert loaded is not None
        found[number] = Handled(circular_of(conn, ctx, loaded.sub["circular_version_id"]), loaded)
    handled = sorted(found.values(), key=lambda h: (h.loaded.sub["year"], h.loaded.sub["serial"]))
    fees = conn.execute(
        sa.select(FEES)
        .where(FEES.c.day == day.isoformat(), FEES.c.state != "voided")
        .order_by(FEES.c.at, FEES.c.id)
    )
    # Not by ORDER BY and LIMIT: that would tempt the database to walk back from today.
    seq = conn.execute(sa.select(sa.func.max(JOURNAL.c.seq)).where(events)).scalar_one()
    last = conn.execute(
        sa.select(JOURNAL.c.seq, JOURNAL.c.at, JOURNAL.c.hash).where(JOURNAL.c.seq == seq)
    ).one_or_none()
    return Day(
        day=day,
        begins=begins,
        ends=ends,
        handled=tuple(handled),
        fees=tuple((found[row.submission_id], as_row(row)) for row in fees),
        seq=0 if last is None else last.seq,
        head="" if last is None else bytes(last.hash).hex(),
        at=begins if last is None else last.at,
        closings=tuple(
            as_row(row)
            for row in conn.execute(
                sa.select(CLOSINGS).where(CLOSINGS.c.day == day.isoformat()).order_by(CLOSINGS.c.id)
            )
        ),
    )
