"""The day's workbook: what was taken in, paid, sent back and kept, with totals that equal the records.

It is made from the records alone, without the moment of making: the same day in the same state gives the
same bytes, so a second export can be told from a changed one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from counter.clock import business_date
from counter.desk.context import DeskContext
from counter.desk.export_day import read_day
from counter.desk.export_rows import meta, sheets
from counter.desk.permit import use_case
from counter.desk.reveal import require_reason
from counter.desk.shifts import require_counted
from counter.desk.unit import Unit, once, our_words, require_still_here
from counter.desk.views import Actor
from counter.errors import DeskError
from counter.sheets.errors import SheetError
from counter.sheets.files import write_atomically

if TYPE_CHECKING:
    from counter.sheets.workbook import Meta, Sheet


@dataclass(frozen=True)
class ExportReport:
    """A written workbook."""

    path: Path
    rows: dict[str, int]
    """Rows of each sheet by its name, heading and sum row not counted."""
    sha256: str
    same: bool
    """True when the file was there already with this very content and was left as it is."""


@use_case
def day_sheets(ctx: DeskContext, day: date, *, actor: Actor) -> tuple[Sheet, ...]:
    """Return the sheets of one business day as the records stand now.

    Raises DeskError("day-ahead", day) for a day that has not come yet, DeskError("count-first") for a clerk
    who is to count the drawer first, and DeskError("disabled").
    """
    return _read(ctx, day, actor)[0]


@use_case
def export_day(
    ctx: DeskContext,
    *,
    day: date,
    target: Path | None = None,
    actor: Actor,
    key: UUID,
    overwrite: bool = False,
    full: str = "",
) -> ExportReport:
    """Write the workbook of a day to `target`, or as `<day>.xlsx` into that folder or into `exports/`.

    `full` is a reason for which identity numbers and telephones stand there whole, in `<day>-full.xlsx`; the
    journal hears of it each time, before there is a file. A file that holds the same already is left alone.
    Raises DeskError("export-exists", path) when another file of that name is there and `overwrite` was not
    asked for, DeskError("file", path, reason), DeskError("reveal-reason", given), and as `day_sheets`.
    """
    from counter.sheets.workbook import write_workbook

    if full:
        require_reason(full)
    pages, about = _read(ctx, day, actor, whole=bool(full))
    own = f"{day.isoformat()}-full.xlsx" if full else f"{day.isoformat()}.xlsx"
    path = ctx.exports / own if target is None else target / own if target.is_dir() else target
    try:
        data = write_workbook(pages, about)  # it lays its sheets in the machine's temporary folder first
        if target is None:
            ctx.exports.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as e:
        raise DeskError("file", path=path, reason=e) from e
    rows = {page.name: len(page.rows) for page in pages}
    sha256 = hashlib.sha256(data).hexdigest()
    if _holds(path, sha256) and not full:
        return ExportReport(path, rows, sha256, same=True)

    def work(unit: Unit) -> str:
        unit.tell(
            "day.exported", f"day:{day.isoformat()}", sha256=sha256, lines=sum(rows.values()), full=full
        )
        return f"day:{day.isoformat()}"

    if full:
        once(ctx, "export", actor, key, work)
    try:
        write_atomically(path, data, overwrite=overwrite)
    except SheetError as e:
        if e.code == "exists":
            raise DeskError("export-exists", path=path) from e
        raise DeskError("file", path=path, reason=e.facts.get("problem", e.code)) from e
    if not full:
        once(ctx, "export", actor, key, work)
    return ExportReport(path, rows, sha256, same=False)


def _read(
    ctx: DeskContext, day: date, actor: Actor, *, whole: bool = False
) -> tuple[tuple[Sheet, ...], Meta]:
    if day > business_date(ctx.clock.now()):
        raise DeskError("day-ahead", day=day)
    with our_words(), ctx.records.read() as session:
        conn = session.connection()
        require_still_here(conn, actor)
        require_counted(conn, ctx, actor, day)
        found = read_day(conn, ctx, day)
    return sheets(ctx, found, whole=whole), meta(ctx, found)


def _holds(path: Path, sha256: str) -> bool:
    """Tell whether a file is there with this very content."""
    try:
        if path.is_symlink() or not path.is_file():
            return False
        return hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    except OSError:
        return False
