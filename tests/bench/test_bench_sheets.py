"""P18 and the day's workbook: spreadsheets in and out, the import beside what openpyxl takes to read it."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from uuid import uuid4

from counter.clock import FixedClock
from counter.desk import office, roster
from counter.desk.demo import CLERK, STARTS
from counter.desk.export import export_day
from tests import sheetmaker
from tests.bench.bench_roster import measure
from tests.bench.conftest import Report


def test_a_roster_of_a_hundred_thousand_is_read(report: Report) -> None:
    took = measure()
    report(
        "P18",
        "roster of 100k rows read and judged",
        took["roster_s"],
        floor=took["openpyxl_s"],
        bound="≤ 0.2",
    )


def test_a_roster_is_previewed_and_stored(tmp_path: Path, report: Report) -> None:
    clock = FixedClock(STARTS)
    office.first_run(tmp_path / "home", clock=clock, demo=True)
    ctx = office.open_desk(tmp_path / "home", clock=clock)
    path = sheetmaker.roster(tmp_path / "roster.xlsx", *sheetmaker.people(20_000))
    for what in ("20k rows, new", "20k rows again, all the same"):
        began = time.perf_counter()
        preview = roster.import_preview(ctx, file=path, actor=CLERK)
        seen = time.perf_counter()
        roster.import_roster(ctx, preview=preview, actor=CLERK, key=uuid4())
        report("", f"roster of {what}: preview", seen - began)
        report("", f"roster of {what}: stored", time.perf_counter() - seen)
    ctx.records.close()


def test_a_day_is_exported(home: Path, report: Report) -> None:
    ctx = office.open_desk(home, clock=FixedClock(STARTS))
    for day in (date(2024, 8, 8), date(2024, 8, 9)):
        began = time.perf_counter()
        export_day(ctx, day=day, actor=CLERK, key=uuid4())
        report("", f"workbook of {day:%m-%d}", time.perf_counter() - began)
    ctx.records.close()
