"""What looking somebody up hands out: a list and its lines, what a scan names, one line in full, a status."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from counter.desk.money_views import PaymentView
from counter.desk.paper_views import PaperView
from counter.desk.views import (
    DefectLine,
    EntryId,
    FeeView,
    LateView,
    PersonView,
    SubmissionId,
    SubmissionView,
)
from counter.rules.status import FeeState, OriginalsState, Status


@dataclass(frozen=True)
class JournalLine:
    """One event in words for a timeline: the kind is a stable code."""

    seq: int
    at: datetime
    kind: str
    actor: str
    facts: dict[str, object]


@dataclass(frozen=True)
class HitView:
    """One line of a result list: a person, with the submission if there is one."""

    entry_id: EntryId
    submission_id: SubmissionId | None
    serial: str
    name: str
    pinyin: str
    sex: str
    birth: str
    identity: str
    phone: str
    employer: str
    employer_short: str
    specialty_short: str
    status: Status | None
    fee_state: FeeState
    originals_state: OriginalsState
    originals_held: int
    online_id: str
    online_submitted: bool
    day: date | None
    """When the submission was last acted on."""


@dataclass(frozen=True)
class LookUpView:
    """The answer to a query, one page of it."""

    query: str
    kind: str
    """QueryKind code: by what it was looked for."""
    hits: tuple[HitView, ...]
    total: int
    """Capped; see `more`."""
    more: bool
    arrived: int


@dataclass(frozen=True)
class Opens:
    """A scan or query that names exactly one submission."""

    submission_id: SubmissionId


@dataclass(frozen=True)
class Calls:
    """A scan or query that names exactly one person who has no submission yet."""

    entry_id: EntryId


@dataclass(frozen=True)
class Several:
    """A query that fits more than one; the list decides."""

    look_up: LookUpView


@dataclass(frozen=True)
class Unknown:
    """Nothing known by that text; `code` tells why (unknown, bad-check-digit, other-office …)."""

    text: str
    code: str


Resolution = Opens | Calls | Several | Unknown


@dataclass(frozen=True)
class DetailsView:
    """The chosen line of a result list in full."""

    person: PersonView
    submission: SubmissionView | None
    journal: tuple[JournalLine, ...]
    papers: tuple[PaperView, ...]


@dataclass(frozen=True)
class StatusView:
    """Where a submission stands, as the command line tells it."""

    hit: HitView
    opened_at: datetime | None
    decided_at: datetime | None
    deadline: datetime | None
    number: str
    display: str
    papers: tuple[PaperView, ...]
    open_items: tuple[DefectLine, ...]
    late: LateView | None = None
    fee: FeeView | None = None
    """The fee as it stands, None while there is none."""
    payments: tuple[PaymentView, ...] = ()
    """The money that moved here for it, the earliest first."""
