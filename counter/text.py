"""The only door for outside text to the screen: cleaned, literal, measured in terminal cells.

Whatever a roster, a scanner or a keyboard brought in passes here before it is painted, so that no markup, no
control sequence and no sign of doubtful width reaches the terminal. Rows of the painted widgets call `cell`
themselves; nothing else in the screens hands text to Textual.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rich.cells import cell_len, chop_cells, set_cell_size
from textual.content import Content

from counter.rules.clean import clean

_NARROWED: Final = str.maketrans(
    {
        "\u00b7": "\u30fb",
        "\u2027": "\u30fb",
        "\u2022": "\u30fb",
        "\u2026": "..",
        "\u2014": "-",
        "\u2013": "-",
        "\u2015": "-",
        "\u2018": "\u300e",
        "\u2019": "\u300f",
        "\u201c": "\u300c",
        "\u201d": "\u300d",
        "\u00d7": "x",
        "\ufffd": "?",
    }
)
"""Signs a Chinese terminal may draw one or two cells wide, and what is painted instead: the middle dot of a
name becomes the full-width dot, which has one width everywhere. Stored text keeps its own sign."""

ELLIPSIS: Final = ".."
"""Shows that a text was cut; the usual sign is of doubtful width."""


@lru_cache(maxsize=4096)
def cell(text: str, limit: int = 200) -> str:
    """Return outside text as it may stand in a row: cleaned, on one line, without signs of doubtful width."""
    return clean(text, limit).translate(_NARROWED)


def literal(text: str, limit: int = 400) -> Content:
    """Return outside text for a Textual widget, taken literally: no markup is ever read from it."""
    return Content(cell(text, limit))


def width(text: str) -> int:
    """Return how many terminal cells a text takes."""
    return cell_len(text)


@lru_cache(maxsize=4096)
def fit_cells(text: str, cells: int) -> str:
    """Return `text` cleaned and no wider than `cells`, ending in `..` where it was cut."""
    text = cell(text)
    if cell_len(text) <= cells:
        return text
    if cells <= len(ELLIPSIS):
        return ELLIPSIS[: max(cells, 0)]
    return set_cell_size(text, cells - len(ELLIPSIS)).rstrip() + ELLIPSIS


def pad_cells(text: str, cells: int) -> str:
    """Return `text` fitted and filled with blanks to exactly `cells`."""
    return set_cell_size(fit_cells(text, cells), max(cells, 0))


def wrap_cells(text: str, cells: int, limit: int = 400) -> tuple[str, ...]:
    """Return the lines of a text that may never be cut: words stay whole, hanzi break anywhere."""
    lines: list[str] = []
    line = ""
    for word in _words(cell(text, limit)):
        if cell_len(line + word) <= cells:
            line += word
            continue
        if line.strip():
            lines.append(line.rstrip())
        line = word.lstrip()
        while cell_len(line) > cells:
            head, *_ = chop_cells(line, max(cells, 2))
            lines.append(head)
            line = line[len(head) :]
    if line.strip():
        lines.append(line.rstrip())
    return tuple(lines) or ("",)


def _words(text: str) -> list[str]:
    """Split into what stays together: runs of half-width signs, wide signs with what must follow."""
    pieces: list[str] = []
    for sign in text:
        wide = cell_len(sign) > 1
        if (pieces and sign in _NEVER_FIRST) or (
            pieces and not wide and sign != " " and pieces[-1][-1] != " " and cell_len(pieces[-1][-1]) == 1
        ):
            pieces[-1] += sign
        else:
            pieces.append(sign)
    return pieces


_NEVER_FIRST: Final = frozenset("，。；：、！？）」』》〕,.;:!?)")
"""Closing signs do not begin a line."""
