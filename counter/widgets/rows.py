"""Where the columns of a table stand."""

from __future__ import annotations

from collections.abc import Sequence

from counter.text import cell, width
from counter.widgets.paint import Row

FIRST = 3
"""Cell at which text begins in a table with a cursor: bar, `>`, blank."""


def columns(width: int, cells: Sequence[int], *, grow: int) -> list[tuple[int, int]]:
    """Return place and width of each column: two blanks between them, the room left over in column `grow`.

    Where two blanks do not fit, the last columns stand one blank apart.
    """
    count = len(cells)
    gaps = [2] * (count - 1)
    spare = width - 1 - FIRST - sum(cells) - sum(gaps)
    at = count - 2
    while spare < 0 and at >= 0:
        gaps[at] = 1
        spare += 1
        at -= 1
    placed: list[tuple[int, int]] = []
    x = FIRST
    for index, wide in enumerate(cells):
        if index == grow:
            wide = max(4, wide + spare)
        placed.append((x, wide))
        x += wide + (gaps[index] if index < count - 1 else 0)
    return placed


def heading(places: Sequence[tuple[int, int]], words: Sequence[str]) -> Row:
    """Return the heading of a list, a word above each column."""
    row = Row("panel")
    for (x, cells), word in zip(places, words, strict=True):
        row.put(x, word, "muted", cells + 1)
    return row


def name_and_employer(
    row: Row, name_at: tuple[int, int], employer_at: tuple[int, int], name: str, employer: str
) -> None:
    """Put a name, which is never cut while there is room, and the employer in what is left beside it."""
    x, last = name_at[0], employer_at[0] + employer_at[1]
    row.put(x, name, "strong", last - x)
    begins = max(employer_at[0], x + min(width(cell(name)), last - x) + 2)
    if last - begins >= 6 or begins == employer_at[0]:
        row.put(begins, employer, "muted", last - begins)
