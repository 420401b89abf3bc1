"""The raised plane of a dialog and what lies on it: title bar, labelled facts, keys as chips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from counter.text import width, wrap_cells
from counter.widgets.paint import Painted, Row, Rows

LABEL: Final = 3
"""Cell at which labels begin on a sheet."""

VALUE: Final = 15
"""Cell at which values begin."""

NARROW: Final = 64
"""Cells of an ordinary sheet at 80 columns."""

WIDE: Final = 76
"""Cells of a sheet that lists things."""

BROAD: Final = 100
"""Cells of a sheet of sentences where there is room for them."""


@dataclass
class Part:
    """Rows of a sheet as they are put together."""

    cells: int = NARROW
    rows: list[Row] = field(default_factory=list)

    def gap(self) -> Self:
        """Leave a blank row between blocks."""
        self.rows.append(Row("raised"))
        return self

    def line(self, text: str, tone: str = "fact", x: int = LABEL) -> Self:
        """Put a text on as many rows as it needs; nothing is cut."""
        for piece in wrap_cells(text, self.cells - x - 2):
            self.rows.append(Row("raised").put(x, piece, tone))
        return self

    def pair(self, label: str, value: str, tone: str = "fact", *, label_tone: str = "muted") -> Self:
        """Put a label and its value; a long value wraps in its own column."""
        for index, piece in enumerate(wrap_cells(value, self.cells - VALUE - 2)):
            row = Row("raised").put(VALUE, piece, tone)
            if not index:
                row.put(LABEL, label, label_tone, VALUE - LABEL - 1)
            self.rows.append(row)
        return self

    def chips(self, *keys: tuple[str, str]) -> Self:
        """Put keys with what they do, the first one on accent."""
        row, x = Row("raised"), LABEL
        for index, (shown, label) in enumerate(keys):
            if index and x + width(f" {shown} {label} ") > self.cells:
                self.rows.append(row)
                row, x = Row("raised"), LABEL
            if not index:
                row.chip(x, f" {shown} {label} ", "chip")
            else:
                row.put(x, "  ", "chip-quiet").then(shown, "chip-key").then(f" {label}  ", "chip-quiet")
            x = row.end + 2
        self.rows.append(row)
        return self

    def shown(self, id: str | None = None) -> Rows:
        """Return the rows as a widget."""
        return Rows(self.rows, plane="raised", id=id)


def title_row(verdict: str, text: str, right: str, cells: int) -> Row:
    """Return a sheet's title bar in the colour of `verdict`: accept, correction, reject or plain."""
    tone = f"on-{verdict}"
    return Row(f"title-{verdict}").put(2, text, tone).right(cells - 2, right, tone)


class Sheet(Vertical):
    """A dialog's plane in the middle of the stage; its children are rows, lists and fields."""

    def __init__(self, *parts: Widget | Sequence[Widget], wide: bool = False, broad: bool = False) -> None:
        super().__init__(classes="sheet -broad" if broad else "sheet -wide" if wide else "sheet")
        self._parts = [w for part in parts for w in ([part] if isinstance(part, Widget) else part)]

    def compose(self) -> ComposeResult:
        yield from self._parts


class Title(Painted):
    """The title bar of a sheet that grows with the window, and the blank row below it."""

    DEFAULT_CSS = "Title { height: 2; width: 100%; }"
    PLANE = "raised"

    def __init__(self, verdict: str, text: str, right: str) -> None:
        super().__init__()
        self._bar = verdict, text, right

    def rows(self, width: int, height: int) -> Sequence[Row]:
        return [title_row(*self._bar, width), Row("raised")]


def titled(verdict: str, text: str, right: str, cells: int = NARROW) -> Rows:
    """Return the title bar as a widget with the blank row below it."""
    return Rows([title_row(verdict, text, right, cells), Row("raised")], plane="raised")
