"""What the money's use cases hand out: shifts, payments, reports and closings, frozen and complete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

ShiftId = NewType("ShiftId", int)


@dataclass(frozen=True)
class ShiftView:
    """One cash period of one clerk at this desk."""

    id: ShiftId
    desk: int
    clerk: str
    day: date
    opened_at: datetime
    float_fen: int
    state: str
    """`open`, `counted` (no money moves any more) or `closed`."""
    sheet: str
    """How the last day sheet was seen: `first`, `match` or `override`."""
    earlier: bool
    """Of a day before today: it has to be closed before money is taken again."""
    closing: bool
    """Its close has begun: until the drawer is counted no screen shows what was taken."""


@dataclass(frozen=True)
class OpeningView:
    """What opening a shift at this desk asks for."""

    live: ShiftView | None
    sheet: str
    """Official number of the day sheet that has to be scanned; empty for the first shift of all."""
    sheet_day: date | None
    rescued: int = 0
    """How often a supervisor's password was set by somebody else since this desk's last close."""


@dataclass(frozen=True)
class PaymentView:
    """Money that moved for one submission."""

    id: int
    number: str
    """14 digits of its slip."""
    display: str
    kind: str
    method_code: str
    method: str
    """The method's name."""
    amount_fen: int
    """Less than nothing for what went back."""
    bill_code: str
    bill_number: str
    """Of the fiscal bill of its fee, empty when not known."""
    at: datetime
    actor: str
    approved_by: str
    reason: str
    """Why it went back, as a code of its kind; empty for money taken."""
    negated: bool
    back: str
    """How it could be given back now: `void`, `refund`, or empty."""


@dataclass(frozen=True)
class Line:
    """One figure of a report: a stable code, and how many and how much where it has them."""

    code: str
    count: int | None = None
    fen: int | None = None
    text: str = ""
    """A number or name that belongs to the figure."""


@dataclass(frozen=True)
class Section:
    """Figures that belong together, under a stable code."""

    code: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ReportView:
    """The figures of a shift at one moment."""

    shift: ShiftView
    at: datetime
    seq: int
    """The journal event that keeps them."""
    sections: tuple[Section, ...]
    whole: bool
    """False for a clerk before the count: sums and the cash that should be there are left out."""


@dataclass(frozen=True)
class Warned:
    """Something that stands open at a close and does not hinder it: a code and how many."""

    code: str
    count: int = 0
    text: str = ""


@dataclass(frozen=True)
class CloseView:
    """How far the close of this desk's shift is."""

    shift: ShiftView | None
    counted: tuple[tuple[int, int], ...] = ()
    """Fen and pieces as they were counted; empty until then."""
    counted_fen: int = 0
    expected_fen: int | None = None
    """None until the drawer is counted."""
    variance_fen: int | None = None
    sections: tuple[Section, ...] = ()
    """All figures, once the drawer is counted."""
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True)
class ClosingView:
    """A finished close."""

    id: int
    shift_id: ShiftId
    number: str
    """14 digits of its day sheet."""
    display: str
    day: date
    at: datetime
    actor: str
    float_fen: int
    expected_fen: int
    counted_fen: int
    variance_fen: int
    variance_reason: str
    variance_note: str
    perpetual_count: int
    perpetual_fen: int
    sections: tuple[Section, ...]
