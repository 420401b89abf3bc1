"""A submission as screens, command line and workbooks get it: frozen, complete, without a row behind.

A view carries what is allowed next (`allowed`), filled from the same predicates the use cases enforce, so no
screen ever repeats a rule. Texts in Chinese come from the circular; what the desk says itself is a code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

from counter.desk.actor import Actor as Actor
from counter.desk.actor import Role as Role
from counter.desk.paper_views import PaperPlan, PaperView
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
