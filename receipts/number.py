"""The numbers on paper: 14 digits for scanners, an official number for people.

A QR code says besides which journal event the paper rests on: `CD1 <14 digits> <seq> <20 hex digits of its
seal>`, one blank between, letters upper case, so that the code stays small. Whoever scans the paper holds it
against the journal that way. A day sheet's code holds all 64 digits of the seal.

14 digits are K YY DD NNNNNNN CC: kind of paper, year, issuing desk, serial, and two check digits by
ISO 7064 MOD 97-10. An even count of digits alone keeps the barcode in Code 128 set C, the shortest there is.
The standard library only: every scan passes through here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from receipts.errors import PaperError

_FORM: Final = re.compile(r"[0-9]{14}")
_SEPARATORS: Final = str.maketrans("", "", "- ")


class PaperKind(IntEnum):
    """The first digit: which paper this is."""

    RECEIPT = 1
    NOTICE = 2
    REVIEW_BAG = 3
    ORIGINALS_BAG = 4
    FEE_SLIP = 5
    RETURN_SLIP = 6
    DAY_SHEET = 7
    REJECTION = 8


def check_digits(body: str) -> str:
    """Return the two check digits of a body of digits (ISO 7064 MOD 97-10)."""
    return f"{98 - int(body + '00') % 97:02d}"


@dataclass(frozen=True, slots=True)
class PaperNumber:
    """What a scanned or typed number says.

    Raises PaperError("bad-number") for a part that has no place in the 14 digits.
    """

    kind: PaperKind
    year: int
    """Four digits, 2000 to 2099."""
    desk: int
    """The issuing desk, 1 to 99."""
    serial: int
    """Gapless per office and year, 1 to 9,999,999."""

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("kind", self.kind, 1, 8),
            ("year", self.year, 2000, 2099),
            ("desk", self.desk, 1, 99),
            ("serial", self.serial, 1, 9_999_999),
        ):
            if not low <= value <= high:
                raise PaperError("bad-number", reason=name)

    @property
    def digits(self) -> str:
        """The 14 digits, as they stand in the barcode."""
        body = f"{self.kind:d}{self.year % 100:02d}{self.desk:02d}{self.serial:07d}"
        return body + check_digits(body)

    @property
    def grouped(self) -> str:
        """The same digits for reading aloud: K-YY-DD-NNNNNNN-CC."""
        d = self.digits
        return "-".join((d[0], d[1:3], d[3:5], d[5:12], d[12:]))


def parse_number(text: str) -> PaperNumber:
    """Read 14 digits, with or without the hyphens and blanks people put between them.

    Raises PaperError("bad-number") with reason `form` (not 14 digits), `check` (a digit is wrong), or the
    part that is out of range. Check digits are compared, not only the remainder: 00, 01 and 99 leave the
    same remainder as 97, 98 and 02 but are never issued.
    """
    digits = text.strip().translate(_SEPARATORS)
    if not _FORM.fullmatch(digits):
        raise PaperError("bad-number", reason="form")
    if check_digits(digits[:12]) != digits[12:]:
        raise PaperError("bad-number", reason="check")
    if not 1 <= int(digits[0]) <= 8:
        raise PaperError("bad-number", reason="kind")
    return PaperNumber(
        PaperKind(int(digits[0])), 2000 + int(digits[1:3]), int(digits[3:5]), int(digits[5:12])
    )


@dataclass(frozen=True, slots=True)
class PaperAnchor:
    """What a paper's QR code says: its number and the journal event it rests on."""

    number: PaperNumber
    seq: int
    head: str
    """20 hex digits, lower case, of the event's seal; on a day sheet all 64."""

    @property
    def line(self) -> str:
        """The one line the code holds."""
        return f"CD1 {self.number.digits} {self.seq} {self.head.upper()}"


_ANCHOR: Final = re.compile(r"CD1 ([1-8][0-9]{13}) ([1-9][0-9]{0,17}) ([0-9A-F]{20}|[0-9A-F]{64})")


def parse_anchor(text: str) -> PaperAnchor:
    """Read the line of a paper's QR code, whatever the case of its letters.

    Raises PaperError("bad-number") as `parse_number`.
    """
    found = _ANCHOR.fullmatch(text.strip().upper())
    if found is None:
        raise PaperError("bad-number", reason="form")
    return PaperAnchor(parse_number(found[1]), int(found[2]), found[3].lower())


def display_number(prefix: str, kind_word: str, year: int, serial: int) -> str:
    """Return the official number, such as 连工信职收〔2024〕00001号; it grows past five digits by itself."""
    return f"{prefix}{kind_word}〔{year}〕{serial:05d}号"
