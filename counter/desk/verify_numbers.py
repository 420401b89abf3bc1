"""Numbers: every series without a hole and equal to its counter, every paper numbered as what it is."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from counter.desk.closing import SERIES as CLOSING_SERIES
from counter.desk.context import DeskContext
from counter.desk.payments import FEE_SERIES
from counter.desk.rows import CLOSINGS, COUNTERS, NOTICES, PAPERS, PAYMENTS, SUBMISSIONS, as_row
from counter.desk.unit import circular_of
from counter.desk.verdicts import NOTICE_SERIES
from counter.desk.verify_report import Check, failed, passed
from counter.desk.verify_story import Story
from receipts.data import from_json
from receipts.errors import PaperError
from receipts.number import PaperKind, PaperNumber, display_number, parse_number

SERIES = {"submission": SUBMISSIONS, NOTICE_SERIES: NOTICES, FEE_SERIES: PAYMENTS, CLOSING_SERIES: CLOSINGS}
"""The tables whose serials a counter gives."""

_PAGE = 1000


def serials(conn: sa.Connection, story: Story) -> Check:
    """Walk through each series of each office and year.

    Numbers that the journal says were lost in a restore are missing rightly, and no others.
    `why`: `gap` (a serial is missing), `lost` (one that was lost is there again), `counter` (the counter
    stands elsewhere than the last serial), `never_opened` (the journal knows a number that no
    submission has, or the other way round).
    """
    count = 0
    for (office, series, year), last in _counters(conn).items():
        table = SERIES.get(series)
        if table is None:
            continue
        expected, lost = 0, Gaps(story.lost.get((office, series, year), ()))
        query = (
            sa.select(table.c.serial)
            .where(table.c.office == office, table.c.year == year)
            .order_by(table.c.serial)
        )
        for (serial,) in conn.execute(query.execution_options(yield_per=_PAGE)):
            expected = lost.after(expected + 1)
            count += 1
            if lost.holds(serial):
                return failed("numbers", count, f"{series}:{year}:{serial:05d}", "lost", office=office)
            if serial != expected:
                return failed("numbers", count, f"{series}:{year}:{expected:05d}", "gap", office=office)
        expected = lost.after(expected + 1) - 1
        if last != expected:
            why = "counter" if last is not None else "no_counter"
            return failed(
                "numbers", count, f"{series}:{year}:{expected + 1:05d}", why, office=office, counter=last or 0
            )
    told = set()
    for digits in story.opened:
        try:
            told.add(parse_number(digits))
        except PaperError:
            return failed("numbers", count, "journal", "never_opened")
    numbers = conn.execute(sa.select(SUBMISSIONS.c.year, SUBMISSIONS.c.desk, SUBMISSIONS.c.serial))
    there = {PaperNumber(PaperKind.RECEIPT, year, desk, serial) for year, desk, serial in numbers}
    if odd := sorted(told ^ there, key=lambda n: (n.year, n.serial)):
        return failed("numbers", count, f"submission:{odd[0].year}:{odd[0].serial:05d}", "never_opened")
    gone = sum(last - first + 1 for ranges in story.lost.values() for first, last in ranges)
    return passed("numbers", count, lost=gone) if gone else passed("numbers", count)


class Gaps:
    """The lost numbers of one series."""

    def __init__(self, ranges: Iterable[tuple[int, int]]) -> None:
        self._ranges = sorted(ranges)

    def holds(self, serial: int) -> bool:
        """Tell whether a serial was lost."""
        return any(first <= serial <= last for first, last in self._ranges)

    def after(self, serial: int) -> int:
        """Return the first serial from this one on that was not lost."""
        for first, last in self._ranges:
            if first <= serial <= last:
                serial = last + 1
        return serial


def _counters(conn: sa.Connection) -> dict[tuple[str, str, int], int | None]:
    """Return every series with its counter, those without a counter too."""
    found: dict[tuple[str, str, int], int | None] = {}
    for series, table in SERIES.items():
        for office, year in conn.execute(sa.select(table.c.office, table.c.year).distinct()):
            found[office, series, year] = None
    for row in conn.execute(sa.select(COUNTERS)):
        found[row.office, row.series, row.year] = row.n
    return found


def papers(conn: sa.Connection, ctx: DeskContext, story: Story) -> Check:
    """Hold every paper against its own number and against what it belongs to.

    `why`: `check_digits`, `kind`, `serial` (not the number of its submission or notice), `display` (the
    official number says something else), `data` (the stored document is another one).
    """
    sub = SUBMISSIONS.c
    query = (
        sa.select(*(*PAPERS.c, sub.serial, sub.year, sub.desk, sub.circular_version_id))
        .join(SUBMISSIONS, sub.id == PAPERS.c.submission_id, isouter=True)
        .order_by(PAPERS.c.id)
    )
    notices = {
        (row.submission_id, row.year, row.serial)
        for row in conn.execute(sa.select(NOTICES.c.submission_id, NOTICES.c.year, NOTICES.c.serial))
    }
    slips = {
        (row.submission_id, row.year, row.desk, row.serial)
        for row in conn.execute(
            sa.select(PAYMENTS.c.submission_id, PAYMENTS.c.year, PAYMENTS.c.desk, PAYMENTS.c.serial)
        )
    }
    sheets = {
        (row.year, row.desk, row.serial)
        for row in conn.execute(sa.select(CLOSINGS.c.year, CLOSINGS.c.desk, CLOSINGS.c.serial))
    }
    count = 0
    for found in conn.execute(query.execution_options(yield_per=_PAGE)):
        row = as_row(found)
        count += 1
        name = f"paper:{row['number']}"
        try:
            number = parse_number(row["number"])
            erased = not row["data"] and f"paper:{row['id']}" in story.erased
            digits = row["number"] if erased else from_json(row["data"]).digits
        except PaperError as e:
            why = "check_digits" if e.code == "bad-number" else "data"
            return failed("papers", count, name, why)
        if number.kind != row["kind"]:
            return failed("papers", count, name, "kind")
        if number.kind is PaperKind.NOTICE:
            belongs = (row["submission_id"], number.year, number.serial) in notices
        elif number.kind is PaperKind.FEE_SLIP:
            belongs = (row["submission_id"], number.year, number.desk, number.serial) in slips
        elif number.kind is PaperKind.DAY_SHEET:
            belongs = row["submission_id"] is None and (number.year, number.desk, number.serial) in sheets
        else:
            belongs = (number.year, number.desk, number.serial) == (row["year"], row["desk"], row["serial"])
        if not belongs:
            return failed("papers", count, name, "serial")
        circular = circular_of(conn, ctx, row["circular_version_id"] or ctx.circular_version_id)
        word = circular.paper(number.kind).word
        if row["display"] != display_number(circular.office.prefix, word, number.year, number.serial):
            return failed("papers", count, name, "display")
        if digits != row["number"]:
            return failed("papers", count, name, "data")
    return passed("papers", count)
