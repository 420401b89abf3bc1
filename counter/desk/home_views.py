"""What the home screen shows: the day with its figures and lines, and what needs somebody's eye."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from counter.desk.money_views import ShiftView
from counter.desk.views import SubmissionId
from counter.rules.hours import OfficeState
from counter.rules.status import FeeState, OriginalsState, Status


@dataclass(frozen=True)
class TodayRow:
    """One line of the day's list."""

    submission_id: SubmissionId
    serial: str
    name: str
    employer_short: str
    specialty_short: str
    status: Status
    fee_state: FeeState
    originals_state: OriginalsState
    at: datetime
    note: str
    """Why it is parked, if it is."""
    late: bool = False
    """Whether it was entered afterwards from an emergency paper."""


@dataclass(frozen=True)
class BackupView:
    """How the backups stand."""

    at: datetime | None = None
    """When the last copy was finished."""
    trouble: str = ""
    """`failed` (the last try), `second` (the copy for the second place), `old` (work has gone uncopied for
    too long), or empty."""
    reason: str = ""
    """Why it failed: a stable code, such as `disk_full`."""
    place: str = ""
    """Where the copy should have gone."""


@dataclass(frozen=True)
class RestoredView:
    """A restore that waits for a supervisor's confirmation."""

    seq: int
    """The event that tells of it."""
    at: datetime
    by: str
    lost: int
    """How many numbers were given after the copy and are gone."""


@dataclass(frozen=True)
class ClockView:
    """A clock that jumped and that nobody has confirmed yet."""

    seq: int
    """The event that tells of it; 0 before it is written."""
    jump: str
    """`back` or `ahead`."""
    now: datetime
    """What it said when that was noticed."""
    last: datetime
    """When the last event before that was."""


@dataclass(frozen=True)
class DeskView:
    """What the 受理 screen shows."""

    day: date
    office: OfficeState
    doc_no: str
    matter: str
    accepted: int
    corrections: int
    rejected: int
    parked: int
    unfinished: int
    """Begun and neither decided nor parked: left in the middle, or under way at another desk."""
    fee_fen: int | None
    """None for a clerk who is to count the drawer first."""
    fee_count: int
    originals_held: int
    bags_held: int
    rows: tuple[TodayRow, ...]
    total: int
    anybody: bool
    """False until somebody is on the roster: then that comes first."""
    last: TodayRow | None
    last_papers: tuple[str, ...]
    oldest_parked: TodayRow | None
    corrections_open: int
    next_deadline: date | None
    elsewhere_without_bill: int
    waiting_prints: int
    failed_prints: int
    backup: BackupView
    restored: RestoredView | None
    clock: ClockView | None
    rescued: int
    """How often a supervisor's password was set without a supervisor since the last close."""
    unproved: str
    """Where the quick proof of this start failed; empty when it holds."""
    disk_left: int | None
    """MiB that the disk of the home has left, where that is too little; else None."""
    average_minutes: int | None
    longest_minutes: int | None
    shift: ShiftView | None
    """This desk's live shift; while its close has begun and the drawer is not counted, the figures above
    that would tell what was taken are 0 and not shown."""
