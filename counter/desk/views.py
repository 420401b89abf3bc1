"""What the use cases hand to screens, command line and workbooks: frozen, complete, without a row behind.

A view carries what is allowed next (`allowed`), filled from the same predicates the use cases enforce, so no
screen ever repeats a rule. Texts in Chinese come from the circular; what the desk says itself is a code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from counter.desk.actor import Actor as Actor
from counter.desk.actor import Role as Role
from counter.desk.money_views import PaymentView, ShiftView
from counter.rules.finding import FindingKind
from counter.rules.hours import OfficeState
from counter.rules.status import EfileState, FeeState, OriginalsState, Status
from counter.rules.verdict import VerdictKind

if TYPE_CHECKING:
    from counter.circular.model import Circular

SubmissionId = NewType("SubmissionId", int)
EntryId = NewType("EntryId", int)
ApprovalId = NewType("ApprovalId", int)


class Act(StrEnum):
    """What can be done with a submission; a view's `allowed` holds those that can be done now."""

    TICK = "tick"
    PARK = "park"
    RESUME = "resume"
    ACCEPT = "accept"
    CORRECT = "correct"
    REJECT = "reject"
    SETTLE_FEE = "settle_fee"
    REPRINT = "reprint"
    RETURN_VISIT = "return_visit"


@dataclass(frozen=True)
class CodeText:
    """A coded text of the circular with its narrow form."""

    code: str
    text: str
    short: str


@dataclass(frozen=True)
class PersonView:
    """Who a roster entry names; identity and telephone are masked unless a full view was asked for."""

    entry_id: EntryId
    name: str
    pinyin: str
    sex: str
    """`male`, `female` or empty."""
    birth: str
    """YYYY-MM, empty when unknown."""
    identity: str
    """Masked."""
    identity_kind: str
    """Code of `counter.rules.identity.IdKind`."""
    phone: str
    """Masked."""
    employer: str
    employer_short: str
    """Without the legal tail, for narrow columns."""
    county: str
    department: str
    specialty: str
    specialty_short: str
    situations: tuple[CodeText, ...]
    online_id: str
    online_state: str
    online_submitted: bool
    walk_up: bool


@dataclass(frozen=True)
class Remark:
    """Something to tell the clerk that stops nothing: a code and its facts."""

    code: str
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class FindingView:
    """The latest finding of one item."""

    kind: FindingKind
    copies: int | None
    lacking: int
    """How many copies are short; 0 when none."""
    original_seen: bool | None
    reasons: tuple[CodeText, ...]
    waive_reason: CodeText | None
    note: str
    at: datetime
    earlier: bool = False
    """Made on an earlier visit about something the notice asked for: it has to be judged anew."""


@dataclass(frozen=True)
class ItemView:
    """One row of the checklist with what may be said about it."""

    code: str
    group: str
    group_name: str
    no: int
    name: str
    title: str
    short: str
    prompt: str
    standard: str
    copies: int
    copies_vary: bool
    needs_original: bool
    original_kinds: tuple[CodeText, ...]
    missing_reasons: tuple[CodeText, ...]
    defect_reasons: tuple[CodeText, ...]
    waive_reasons: tuple[CodeText, ...]
    """Only those that the declared situations allow; empty = cannot be waived."""
    finding: FindingView | None
    open: bool
    """On a return visit only the items of the notice, and what nobody has judged yet; else every item."""


@dataclass(frozen=True)
class OriginalView:
    """One original in the bag."""

    id: int
    item: str
    kind: CodeText
    title: str
    number: str
    held: bool
    taken_at: datetime


@dataclass(frozen=True)
class DefectLine:
    """One thing the applicant has to put right."""

    item: str
    group_name: str
    no: int
    title: str
    short: str
    kind: FindingKind
    reasons: tuple[CodeText, ...]
    lacking: int
    copies: int | None
    standard: str
    is_new: bool
    """True on a second notice for what the first did not name."""


@dataclass(frozen=True)
class DeadlineView:
    """Until when a correction may be handed in."""

    at: datetime
    working_days_left: int
    """Today not counted."""
    open_minutes_left: int
    calendar_known: bool


@dataclass(frozen=True)
class FeeView:
    """The fee of a submission as it stands."""

    state: FeeState
    amount_fen: int
    method: CodeText | None
    bill_code: str
    bill_number: str
    document_no: str
    at: datetime | None


@dataclass(frozen=True)
class PaperView:
    """One issued paper and how far its printing is."""

    number: str
    """14 digits."""
    display: str
    kind: int
    title: str
    copies: int
    issued_at: datetime
    prints: int
    """How many prints were asked for, the original included."""
    copies_left: int
    """How many copies a clerk may still print without a supervisor."""
    waiting: int
    failed: str
    """Error code of a print that could not be made, empty when none."""
    files: tuple[str, ...]


@dataclass(frozen=True)
class PaperPlan:
    """What a decision will print."""

    title: str
    copies: int


@dataclass(frozen=True)
class JournalLine:
    """One event in words for a timeline: the kind is a stable code."""

    seq: int
    at: datetime
    kind: str
    actor: str
    facts: dict[str, object]


@dataclass(frozen=True)
class LateView:
    """That a submission was taken in on an emergency paper and entered afterwards."""

    number: str
    """Of the paper, such as 01-0031."""
    occurred_at: datetime
    entered_at: datetime


@dataclass(frozen=True)
class SubmissionView:
    """Everything the submission screen shows."""

    id: SubmissionId
    version: int
    number: str
    """14 digits of its receipt, which is what a scan of it reads."""
    serial: str
    """At least five digits, as shown: 00137."""
    display: str
    status: Status
    visit: int
    person: PersonView
    items: tuple[ItemView, ...]
    originals: tuple[OriginalView, ...]
    original_kinds: tuple[CodeText, ...]
    originals_expected: tuple[CodeText, ...]
    """Kinds that the items call for which are not waived."""
    originals_held: int
    """How many originals are in the bag now."""
    tally: dict[FindingKind, int]
    unjudged: int
    verdict: VerdictKind | None
    """What the findings amount to; None while items are unjudged."""
    defects: tuple[DefectLine, ...]
    deadline: DeadlineView | None
    """For a correction: the one that would be given, or, once issued, the one that was."""
    fee: FeeView
    originals_state: OriginalsState
    efile_state: EfileState
    papers: tuple[PaperView, ...]
    warnings: tuple[Remark, ...]
    allowed: frozenset[Act]
    approvable: frozenset[Act]
    """What only the closed counter forbids, so that a supervisor may allow it."""
    office: OfficeState
    """The counter now, by the circular this submission is judged by; `calendar_known` in it is to be said."""
    closed: OfficeState | None
    """The counter when it is closed for this submission, so that nothing can be judged or decided; else None.

    None also after closing time while what was begun today may be finished, and once it is decided.
    """
    submitter: CodeText
    deputy_name: str
    deputy_relation: str
    opened_at: datetime
    opened_by: str
    parked_at: datetime | None
    park_note: str
    decided_at: datetime | None
    late: LateView | None
    """Set when it was entered afterwards from an emergency paper."""
    accept_prints: tuple[PaperPlan, ...]
    slip_prints: tuple[PaperPlan, ...]
    """What taking the fee here prints besides."""
    correction_prints: tuple[PaperPlan, ...]
    correction_basis: str
    correction_bags: str
    correction_late: str
    grounds: tuple[CodeText, ...]
    circular: Circular
    """What it is judged by, which a later one does not change."""


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
    fee_fen: int
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


@dataclass(frozen=True)
class PreviewView:
    """A paper as it would be printed now, for the dialog's preview; nothing of it is stored."""

    title: str
    copies: int
    number: str
    """14 digits; a notice shows the number it would get if it were issued next."""
    display: str
    lines: tuple[tuple[str, str], ...]
    """What stands on it, as label code (`applicant`, `deadline` ...) or item place, and text."""
    document: dict[str, object]
    """The whole document as it goes to the typesetter."""
    bars: tuple[tuple[int, int], ...]
    """Code 128: first module and width of every bar, 112 modules in all."""
    qr: tuple[tuple[bool, ...], ...]
    """QR code row by row with its quiet zone, True for ink."""


@dataclass(frozen=True)
class DetailsView:
    """The chosen line of a result list in full."""

    person: PersonView
    submission: SubmissionView | None
    journal: tuple[JournalLine, ...]
    papers: tuple[PaperView, ...]


@dataclass(frozen=True)
class DrainReport:
    """What one run over the outbox did."""

    printed: tuple[str, ...]
    """File names written."""
    failed: tuple[tuple[str, str], ...]
    """File name and error code."""
    waiting: int
    sheets: int
    """How many sheets are handed over: an original leaves in all its copies, a copy of it once."""


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


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field of a form: a code and its facts, never the text typed."""

    field: str
    code: str
    """`empty`, `unknown`, `pattern`, `long`, `control`, or `name_...`, `identity_...`, `phone_...`."""
    facts: dict[str, object]
