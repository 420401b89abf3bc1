"""What a yearly circular says, as frozen typed data.

Everything a counter checks, records or prints comes from one TOML file in this shape; no rule of it is
written in Python. Field names follow the words of the design, texts are the circular's own Chinese.
"""

from __future__ import annotations

from datetime import date, time
from enum import StrEnum
from typing import Final, Protocol, TypeVar

import msgspec


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all parts: immutable, keyword-only, and an unknown key is a mistake, not an extra."""


class WindowKind(StrEnum):
    """Which period a window opens."""

    ONLINE = "online"
    COUNTER = "counter"


class Requirement(StrEnum):
    """How binding an item is."""

    ALWAYS = "always"
    """Must be there; can never be waived."""
    CONDITIONAL = "conditional"
    """May be waived with one of its waive reasons."""
    OPTIONAL = "optional"
    """Welcome, never a ground for a correction."""


class FeeOutcome(StrEnum):
    """What choosing a fee method leaves on the submission."""

    PAID = "paid"
    ELSEWHERE = "elsewhere"
    DUE = "due"


class Office(_Part, frozen=True, kw_only=True):
    """Who runs the counter and how papers and people reach it."""

    code: str
    """Short latin code, binds the journal to the office."""
    name: str
    short: str
    """Name as it fits on a bar or a label."""
    prefix: str
    """Leading word of every display number, as in the document number."""
    room: str
    address: str
    phone: str
    contact: str
    mailbox: str
    online_system: str
    downloads: str


class Window(_Part, frozen=True, kw_only=True):
    """A period in which something may be handed in; both ends belong to it."""

    kind: WindowKind
    start: date
    end: date
    start_time: time | None = None
    end_time: time | None = None


class Slot(_Part, frozen=True, kw_only=True):
    """One opening on a working day; `close` itself is already shut."""

    open: time
    close: time


class Hours(_Part, frozen=True, kw_only=True):
    """Opening slots that hold on the working days of a date range."""

    start: date
    end: date
    slots: tuple[Slot, ...]


class Specialty(_Part, frozen=True, kw_only=True):
    """One specialty an applicant may choose; `parent` groups branches."""

    code: str
    full: str
    short: str
    """Word used in mail subjects and narrow columns."""
    aliases: tuple[str, ...] = ()
    parent: str | None = None


class Situation(_Part, frozen=True, kw_only=True):
    """One of the situations of which at least one must hold."""

    no: int
    text: str
    short: str


class Statement(_Part, frozen=True, kw_only=True):
    """Something declared or excluded: recorded and warned about, never a hard stop."""

    code: str
    text: str
    needs_note: bool = False
    """True when the code alone says too little and the clerk has to write what it was."""


class Seal(_Part, frozen=True, kw_only=True):
    """A seal level and who may press it."""

    code: str
    name: str
    holders: tuple[str, ...] = ()


class Reason(_Part, frozen=True, kw_only=True):
    """A coded reason for missing, defect or waived; `situations` ties a waive reason to situations."""

    code: str
    text: str
    short: str = ""
    """Text for an 80-column row; empty means `text` fits."""
    standard: str = ""
    """What the applicant has to do, printed on the notice; empty means the item's own standard."""
    situations: tuple[int, ...] = ()
    """A waive reason that holds only for these situation numbers; empty means for anyone."""


class Bag(_Part, frozen=True, kw_only=True):
    """A physical bag and the paper kind (machine number digit K) of its label."""

    code: str
    name: str
    paper: int


class Group(_Part, frozen=True, kw_only=True):
    """A place in the checklist: a volume, the unbound sheets, the originals, the electronic part."""

    code: str
    name: str
    bag: str | None = None
    bound: bool = False


class OriginalKind(_Part, frozen=True, kw_only=True):
    """A kind of original an item is compared with and that goes into the originals bag."""

    code: str
    name: str


class Item(_Part, frozen=True, kw_only=True):
    """One row of the checklist."""

    code: str
    group: str
    no: int
    name: str
    """Full name as in the circular."""
    title: str
    """Name for a 120-column row, at most 42 cells."""
    short: str
    """Name for an 80-column row, at most 32 cells."""
    prompt: str
    """What 齐 means for this item, at most 20 hanzi, for the line 下一步."""
    standard: str
    """What the circular asks, printed as 要求 on the notice."""
    copies: int
    copies_vary: bool = False
    """True when the number depends on the person (one per year, one per piece); `copies` is the least."""
    format: str = ""
    aliases: tuple[str, ...] = ()
    requirement: Requirement
    needs_original: bool = False
    originals: tuple[str, ...] = ()
    """Codes of the kinds of original compared with this copy."""
    seals: tuple[str, ...] = ()
    missing: tuple[str, ...]
    """Codes of reasons that may explain 缺."""
    defects: tuple[str, ...]
    waives: tuple[str, ...] = ()
    note: str = ""


class FeeMethod(_Part, frozen=True, kw_only=True):
    """A way the fee is settled."""

    code: str
    name: str
    hint: str
    outcome: FeeOutcome
    cash: bool = False
    needs_document: bool = False
    """True when a document number is demanded (employer's list, waiver)."""


class Fee(_Part, frozen=True, kw_only=True):
    """What is charged, by which right, and the ways to settle it."""

    level: str
    amount_fen: int
    text: str
    basis: str
    """Number of the paper that sets the fee, short enough for a dialog."""
    basis_full: str = ""
    """The same with issuer and title, for print; empty means `basis` says it all."""
    note: str
    when: str
    methods: tuple[FeeMethod, ...]


class Correction(_Part, frozen=True, kw_only=True):
    """How a correction notice works."""

    working_days: int | None = None
    """Working days given, not counting the day of the notice; None means until the counter window ends."""
    basis: str
    bags: str
    """Who keeps the bags meanwhile."""
    late: str
    """What follows when the deadline passes."""


class Mail(_Part, frozen=True, kw_only=True):
    """The electronic part: where it goes and how its subject reads."""

    address: str
    kind: str
    pattern: str
    """Subject with the fields {kind}, {specialty} (short name) and {name}, each once."""
    example: str


class Sanction(_Part, frozen=True, kw_only=True):
    """The bar after a forgery was found."""

    years: int
    starts: str
    """`year_after_finding`: the first barred year is the one after the finding; `day_of_finding`: at once."""
    text: str


class PaperText(_Part, frozen=True, kw_only=True):
    """Texts of one printed paper."""

    code: str
    kind: int
    """Machine number digit K."""
    title: str
    word: str
    """Kind word of the display number (收, 补, 退 …)."""
    copies: int
    """How many are printed at once."""
    basis: str = ""
    lines: tuple[str, ...] = ()


DESK_PAPERS: Final = (
    PaperText(code="fee_slip", kind=5, title="缴费凭条", word="缴", copies=1),
    PaperText(code="day_sheet", kind=7, title="日结单", word="结", copies=1),
)
"""Circulars adopted before the desk kept shifts do not word these."""


class Annex(_Part, frozen=True, kw_only=True):
    """A form the circular comes with."""

    no: int
    name: str


class OnlineState(_Part, frozen=True, kw_only=True):
    """A review state of the online system in its many spellings; `submitted` lets the counter go on."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    submitted: bool
    """False means that nothing is in the system; how far a review got never stops the counter."""
    warning: str = ""
    """What the clerk has to look at although the counter goes on; empty means nothing."""


class Deputy(_Part, frozen=True, kw_only=True):
    """Who may come to the counter."""

    code: str
    name: str
    needs_letter: bool = False


class Circular(_Part, frozen=True, kw_only=True):
    """The whole circular."""

    schema: int
    id: str
    year: int
    doc_no: str
    title: str
    dated: date
    issuers: tuple[str, ...]
    addressed_to: str
    matter: str
    """Short name of the matter for bars and slips."""
    matter_full: str
    level: str
    committee: str
    publicity_days: int
    """Least number of working days of the employer's publicity."""
    office: Office
    windows: tuple[Window, ...]
    hours: tuple[Hours, ...] = ()
    specialties: tuple[Specialty, ...]
    submitters: tuple[Deputy, ...]
    situations: tuple[Situation, ...]
    exclusions: tuple[Statement, ...]
    declarations: tuple[Statement, ...]
    seals: tuple[Seal, ...]
    bags: tuple[Bag, ...]
    groups: tuple[Group, ...]
    originals: tuple[OriginalKind, ...]
    reasons: tuple[Reason, ...]
    items: tuple[Item, ...]
    grounds: tuple[Statement, ...]
    """Coded grounds of a rejection."""
    fee: Fee
    correction: Correction
    mail: Mail
    sanction: Sanction
    online_states: tuple[OnlineState, ...]
    papers: tuple[PaperText, ...]
    annexes: tuple[Annex, ...] = ()

    def window(self, kind: WindowKind) -> Window:
        """Return the one window of a kind; the loader has made sure it exists."""
        return next(w for w in self.windows if w.kind is kind)

    def item(self, code: str) -> Item:
        """Return the item of a code. Raises KeyError."""
        return _pick(self.items, code)

    def reason(self, code: str) -> Reason:
        """Return the reason of a code. Raises KeyError."""
        return _pick(self.reasons, code)

    def group(self, code: str) -> Group:
        """Return the group of a code. Raises KeyError."""
        return _pick(self.groups, code)

    def specialty(self, code: str) -> Specialty:
        """Return the specialty of a code. Raises KeyError."""
        return _pick(self.specialties, code)

    def method(self, code: str) -> FeeMethod:
        """Return the fee method of a code. Raises KeyError."""
        return _pick(self.fee.methods, code)

    def ground(self, code: str) -> Statement:
        """Return the rejection ground of a code. Raises KeyError."""
        return _pick(self.grounds, code)

    def original(self, code: str) -> OriginalKind:
        """Return the kind of original of a code. Raises KeyError."""
        return _pick(self.originals, code)

    def paper(self, kind: int) -> PaperText:
        """Return the texts of the paper with machine digit K `kind`. Raises KeyError.

        The papers of the money are the desk's own: a circular that says nothing of them gets plain ones.
        """
        for text in (*self.papers, *DESK_PAPERS):
            if text.kind == kind:
                return text
        raise KeyError(kind)


class _HasCode(Protocol):
    @property
    def code(self) -> str: ...


_C = TypeVar("_C", bound=_HasCode)


def _pick(parts: tuple[_C, ...], code: str) -> _C:
    for part in parts:
        if part.code == code:
            return part
    raise KeyError(code)
