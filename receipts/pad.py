"""应急收件单: the numbered sheets that are filled in by hand while the desk is down, printed beforehand.

One page a number. It has no 14 digits and no code: what is written on it becomes a submission only when it is
entered afterwards, and that one gets its papers then.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from receipts import render
from receipts.data import texts
from receipts.parts import Letterhead


@dataclass(frozen=True, kw_only=True)
class PadItem:
    """One row of the checklist, to be marked by hand."""

    place: str
    no: str
    name: str
    due: str


@dataclass(frozen=True, kw_only=True)
class EmergencyPad:
    """A pad of numbered sheets."""

    head: Letterhead
    desk: str
    numbers: tuple[str, ...]
    """As they stand on the sheets, such as 01-0031."""
    items: tuple[PadItem, ...]
    originals: tuple[str, ...]
    """Kinds of original that may be kept."""
    fee: str
    """What is due, in figures."""
    methods: tuple[str, ...]
    """Ways of paying."""
    printed_at: str
    clerk: str
    template_version: int = 1


def render_pad(pad: EmergencyPad, printed_at: datetime) -> bytes:
    """Set a pad as PDF/A-2u, a page a number. Raises PaperError with the codes listed there."""
    if printed_at.tzinfo is None:
        raise ValueError("printed_at must be aware")
    hidden = tuple(texts(pad))
    options = {"format": "pdf", "pdf_standards": ["a-2u"], "timestamp": int(printed_at.timestamp())}
    return render.typeset("pad", pad.template_version, render.soften(asdict(pad)), hidden, **options)[0]
