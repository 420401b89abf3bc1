"""Which characters the paper faces can print, asked before anything is typeset.

The set is the intersection of both faces, kept as a compressed bitset: reading a font's own table at run
time would cost more than typesetting the receipt.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final

from receipts.errors import PaperError

_DATA: Final = Path(__file__).with_name("coverage.bin")
_CODES: Final = {
    "Cc": "control-character",
    "Cf": "control-character",
    "Cs": "control-character",
    "Zl": "control-character",
    "Zp": "control-character",
    "Co": "private-use",
}


@cache
def _bits() -> bytes:
    return zlib.decompress(_DATA.read_bytes())


def _refusal(char: str) -> str:
    """Return the error code for a character that cannot be printed, "" for one that can."""
    if code := _CODES.get(unicodedata.category(char)):
        return code
    bits, point = _bits(), ord(char)
    covered = point >> 3 < len(bits) and bits[point >> 3] >> (point & 7) & 1
    return "" if covered else "missing-glyph"


def missing(text: str) -> tuple[str, ...]:
    """Return the characters of a text that cannot be printed, each once, in the order they occur."""
    return tuple(char for char in dict.fromkeys(text) if _refusal(char))


def require(texts: Iterable[str]) -> None:
    """Refuse the first character that cannot be printed, before anything is.

    Raises PaperError `control-character` (control and invisible format signs, line breaks),
    `private-use` (a code that means a different sign in every office) or `missing-glyph`, each with
    char, code (`U+2A6A5`) and count (how many different characters cannot be printed).
    """
    wrong = missing("".join(texts))
    if wrong:
        raise PaperError(_refusal(wrong[0]), char=wrong[0], code=f"U+{ord(wrong[0]):04X}", count=len(wrong))
