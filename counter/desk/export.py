"""The day's workbook: what was taken in, paid, sent back and kept, with totals that equal the records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from counter.desk.context import DeskContext
from counter.desk.views import Actor
from counter.errors import DeskError

if TYPE_CHECKING:
    from counter.sheets.workbook import Sheet


@dataclass(frozen=True)
class ExportReport:
    """A written workbook."""

    path: Path
    rows: dict[str, int]
    """Rows of each sheet by its name, heading row not counted."""
    sha256: str
    same: bool
    """True when the file was there already with this very content and was left as it is."""


def day_sheets(ctx: DeskContext, day: date) -> tuple[Sheet, ...]:
    """Return the sheets of one business day as they stand in the records now."""
    raise DeskError("nothing-to-export", day=day)


def export_day(
    ctx: DeskContext,
    *,
    day: date,
    target: Path | None = None,
    actor: Actor,
    key: UUID,
    overwrite: bool = False,
) -> ExportReport:
    """Write the workbook of a day to `target`, or to `exports/<day>.xlsx`.

    Raises DeskError("exists", path) when another file of that name is there and `overwrite` was not asked
    for, and DeskError("file", path, reason).
    """
    day_sheets(ctx, day)
    raise DeskError("nothing-to-export", day=day)
