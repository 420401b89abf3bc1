"""What every use case needs, built once at start and passed in; nothing of it lives at module level."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from counter.circular.model import Circular
from counter.clock import Clock
from counter.rules.calendar import WorkCalendar

if TYPE_CHECKING:
    from db.engine import Records


@dataclass(frozen=True)
class DeskContext:
    """The open records, the circular in force, the clock and the place papers go to."""

    records: Records
    circular: Circular
    circular_version_id: int
    calendar: WorkCalendar
    clock: Clock
    home: Path
    desk: int
    """Number of this desk, 1 to 99; it goes into every paper number issued here."""
    demo: bool = False

    @property
    def documents(self) -> Path:
        """Where papers are written."""
        return self.home / "documents"

    @property
    def exports(self) -> Path:
        """Where the day's workbooks are written."""
        return self.home / "exports"

    @property
    def backups(self) -> Path:
        """Where backups are written."""
        return self.home / "backups"
