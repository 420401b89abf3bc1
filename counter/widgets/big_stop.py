"""停 in blocks, hatching above and below: shape, word and colour at once, legible from the chair behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from counter.i18n import _
from counter.text import width, wrap_cells
from counter.widgets.paint import Painted, Row

GLYPH: Final = (
    "  #    #    ",
    "  # ########",
    " #          ",
    " #   #####  ",
    "##   #   #  ",
    "##   #####  ",
    " #          ",
    " # #########",
    " # #       #",
    " #   #####  ",
    " #     #    ",
    " #     #    ",
    " #   ###    ",
)
"""The sign, one character a block of two cells."""


@dataclass(frozen=True)
class StopText:
    """What a stop says, in four steps."""

    title: str
    what: str
    facts: tuple[tuple[str, str], ...]
    to_do: tuple[str, ...]
    step: str
    walk_up: bool = False
    """True where F2 may take in someone who is not on the roster."""
    approve: bool = False
    """True where F8 may ask a supervisor for an exception."""


class StopFace(Painted):
    """The whole middle of a stop."""

    PLANE = "stop"

    def __init__(self, text: StopText) -> None:
        super().__init__()
        self._text = text

    def rows(self, cells: int, height: int) -> Sequence[Row]:
        hatch = Row("stop-deep").put(0, "/ " * (cells // 2), "stop-muted")
        airy = cells >= 120 and height >= 30
        glyph_x, text_x = (12, 48) if cells >= 120 else (3, 31)
        words = self._words(cells, text_x, airy)
        inner = height - 2
        top = max(0, (inner - max(len(words), len(GLYPH) + 2)) // 2)
        rows = [Row("stop") for _n in range(inner)]
        for index, row in enumerate(words):
            if top + index < inner:
                rows[top + index].runs += row.runs
        first = top + max(2, (len(words) - len(GLYPH)) // 2 if airy else 2)
        for index, line in enumerate(GLYPH):
            if first + index < inner:
                _blocks(rows[first + index], glyph_x, line)
        return [hatch, *rows, hatch]

    def _words(self, cells: int, x: int, airy: bool) -> list[Row]:
        text = self._text
        room = cells - x - 2
        value = x + 8
        title = _("Stop  {title}").format(title=text.title)
        rows = [
            Row("stop").chip(x, f" {title} ", "stop-chip"),
            Row("stop"),
        ]
        rows += [Row("stop").put(x, line, "stop-strong") for line in wrap_cells(text.what, room)]
        rows.append(Row("stop"))
        for label, words in text.facts:
            for index, line in enumerate(wrap_cells(words, room - 8)):
                row = Row("stop").put(value, line, "stop-strong" if label == text.facts[0][0] else "stop")
                rows.append(row if index else row.put(x, label, "stop-muted"))
            if airy:
                rows.append(Row("stop"))
        rows.append(Row("stop"))
        for number, words in enumerate(text.to_do, 1):
            for index, line in enumerate(wrap_cells(words, room - 10)):
                row = Row("stop").put(value + 2, line, "stop")
                if not index:
                    row.put(value, str(number), "stop")
                if number == 1 and not index:
                    row.put(x, _("To do"), "stop-muted")
                rows.append(row)
            if airy:
                rows.append(Row("stop"))
        rows.append(Row("stop"))
        known = _("F9 Understood, back")
        keys = Row("stop").chip(x, f" {known} ", "stop-chip")
        if text.walk_up:
            keys.chip(x + width(known) + 6, " " + _("F2 New, not on the roster") + " ", "stop-chip-quiet")
        return [*rows, keys]


def _blocks(row: Row, x: int, line: str) -> None:
    """Put the blocks of one line of the sign, runs of them as one."""
    at = 0
    while at < len(line):
        if line[at] != "#":
            at += 1
            continue
        end = at
        while end < len(line) and line[end] == "#":
            end += 1
        row.put(x + 2 * at, "##" * (end - at), "stop-block")
        at = end
