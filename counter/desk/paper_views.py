"""Papers as the screens see them: issued, planned, previewed, printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
class DrainReport:
    """What one run over the outbox did."""

    printed: tuple[str, ...]
    """File names written."""
    failed: tuple[tuple[str, str], ...]
    """File name and error code."""
    waiting: int
    sheets: int
    """How many sheets are handed over: an original leaves in all its copies, a copy of it once."""
