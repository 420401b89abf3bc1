"""Outside text made safe: for a screen or a sheet, for one line, for the reading of a code.

Text from scanners, rosters and keyboards may carry control sequences, invisible signs and full-width
forms. These functions never raise and never return more than asked for.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

REPLACEMENT: Final = "\ufffd"
"""Stands where a sign was that must not reach a terminal, so that something is seen to be missing."""

LEAST_SCAN: Final = 6
"""Signs from which a quick line counts as a scan even when it is no code of ours: a shorter one is typing."""

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unassigned (Cn) and private (Co) signs stay: new hanzi are Cn to an older Unicode table, and rare-name
fonts use the private area."""

_AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
"""Symbology identifier of ISO/IEC 15424 that a scanner may be set to send first."""


def clean(s: str, limit: int = 200) -> str:
    """Return `s` in NFC without anything a terminal would act on, at most `limit` characters long.

    Controls, format signs, surrogates and line separators become U+FFFD, every other blank a plain space.
    Use it when text comes in and again when it is shown.
    """
    return "".join(map(_safe, unicodedata.normalize("NFC", s[: limit * 4])))[:limit]


def one_line(s: str, limit: int = 200) -> str:
    """Return `s` cleaned and on one line: runs of blanks, tabs and line ends become one space."""
    return clean(" ".join(s[: limit * 8].split()), limit)


def fold_scan(s: str, limit: int = 200) -> str:
    """Return the bare code in what a scanner or an input method sent.

    Full-width forms fold to ASCII (NFKC); controls, blanks and invisible signs at both ends and one symbology
    identifier in front (`]C1`) go. Inner blanks and letter case stay, inner controls become U+FFFD: a wrong
    code stays wrong to the eye.
    """
    code = _bare(unicodedata.normalize("NFKC", s[: limit * 4]))
    if found := _AIM.match(code):
        code = _bare(code[found.end() :])
    return "".join(map(_safe, code[:limit]))


def _safe(c: str) -> str:
    if " " <= c <= "~":
        return c
    category = unicodedata.category(c)
    if category in _HIDDEN:
        return REPLACEMENT
    return " " if category == "Zs" else c


def _bare(s: str) -> str:
    start, end = 0, len(s)
    while start < end and _trimmed(s[start]):
        start += 1
    while end > start and _trimmed(s[end - 1]):
        end -= 1
    return s[start:end]


def _trimmed(c: str) -> bool:
    return c.isspace() or unicodedata.category(c) in _HIDDEN
