"""What every use case needs, built once at start and passed in; nothing of it lives at module level."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from counter.circular.model import Circular
from counter.clock import Clock
from counter.desk.passwords import ORDINARY, Cost
from counter.rules.calendar import WorkCalendar
from counter.rules.keeping import Keeping

if TYPE_CHECKING:
    from datetime import datetime

    from counter.desk.loaded import Loaded
    from counter.desk.views import ItemView, Remark
    from counter.rules.clockguard import Reading
    from counter.rules.deadline import Deadline
    from db.engine import Records


@dataclass
class BackupTries:
    """When this process last tried to back up, and why it failed; forgetting it costs one more try."""

    at: datetime | None = None
    failed: str = ""
    carried_at: datetime | None = None
    """When it last looked after the second place."""
    carry_failed: str = ""


@dataclass
class Memory:
    """What need not be read or worked out twice; forgetting any of it changes nothing but the time taken."""

    submissions: dict[int, Loaded] = field(default_factory=dict)
    """The rows of the submissions at hand; used only while the stored version is still the same."""
    circulars: dict[int, Circular] = field(default_factory=dict)
    """Circulars that submissions in the records were judged by, by version."""
    items: dict[tuple[int, str], tuple[ItemView, ...]] = field(default_factory=dict)
    """Checklists nobody has judged yet, by circular version and situations."""
    deadlines: dict[tuple[int, datetime], Deadline | None] = field(default_factory=dict)
    """The deadline a notice would give, by circular version and minute."""
    remarks: dict[tuple[int, int, int, str], tuple[Remark, ...]] = field(default_factory=dict)
    """What a person's data call for, by entry and its version, circular version and situations."""
    salt: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    """Keys the marks of refused texts; it goes with the process, so that no mark can be tried out later."""
    wrong: int = 0
    """Wrong passwords in a row at this desk, and `wrong_at` on the steady clock."""
    wrong_at: float = 0.0
    clock: Reading | None = None
    """Both clocks as they were when they were first believed, or last confirmed."""
    clock_noted: bool = False
    """Whether the journal was asked for a reading of this run of the machine."""
    unproved: str = ""
    """What the quick proof of this start found wrong, such as `journal:17`; empty when nothing."""
    files_checked: bool = False
    """Whether this start has looked for papers that went missing."""
    backups: BackupTries = field(default_factory=BackupTries)
    """What came of this process's own tries to back up."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, loaded: Loaded) -> None:
        """Remember a submission's rows; the oldest give way."""
        with self.lock:
            self.submissions.pop(loaded.id, None)
            self.submissions[loaded.id] = loaded
            while len(self.submissions) > 16:
                del self.submissions[next(iter(self.submissions))]

    def forget(self, submission_id: int | None = None) -> None:
        """Drop one submission's rows, or all."""
        with self.lock:
            if submission_id is None:
                self.submissions.clear()
            else:
                self.submissions.pop(submission_id, None)


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
    keeping: Keeping = field(default_factory=Keeping)
    """How often the records are copied, how many copies stay, and where else they go."""
    copies_limit: int = 1
    """Copies of a paper that a clerk may print; each later one needs a supervisor."""
    cost: Cost = ORDINARY
    """What a guess at a password costs."""
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)

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
