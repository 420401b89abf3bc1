"""A list that paints only the lines in sight, however long it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from counter.widgets.paint import Row

T = TypeVar("T")

Painter = Callable[[T, int, bool], Row]
"""Paints one entry: the entry, the width in cells, whether it is marked."""


class RowList(ScrollView, Generic[T], can_focus=False, can_focus_children=False):
    """Entries one below the other with a mark that arrow keys of the screen move; it never takes the focus.

    Without a mark (`at` is None) nothing can be opened by accident: the first arrow key sets it.
    """

    class Moved(Message):
        """The mark stands elsewhere."""

    def __init__(self, paint: Painter[T], *, marked: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._paint = paint
        self._always = marked
        self.entries: Sequence[T] = ()
        self.at: int | None = None

    def show(self, entries: Sequence[T], at: int | None = None) -> None:
        """Show other entries; the mark goes where it is told, or nowhere."""
        self.entries = entries
        self.at = 0 if at is None and self._always and entries else at
        if self.at is not None and self.at >= len(entries):
            self.at = len(entries) - 1 if entries else None
        self.virtual_size = Size(self.size.width, len(entries))
        self.scroll_to(0, self._top(), animate=False, force=True, immediate=True)
        self.refresh()

    @property
    def marked(self) -> T | None:
        """Return the marked entry."""
        return None if self.at is None else self.entries[self.at]

    def move(self, by: int) -> None:
        """Move the mark, setting it at the nearer end first when there was none."""
        if not self.entries:
            return
        last = len(self.entries) - 1
        if self.at is None:
            to: int | None = 0 if by > 0 else None
        elif self.at + by < 0 and not self._always and by == -1:
            to = None
        else:
            to = min(max(self.at + by, 0), last)
        if to == self.at:
            return
        self.at = to
        self.scroll_to(0, self._top(), animate=False, force=True, immediate=True)
        self.refresh()
        self.post_message(self.Moved())

    @property
    def page(self) -> int:
        """Return how many entries fit."""
        return max(1, self.size.height)

    def _top(self) -> int:
        if self.at is None:
            return 0
        top = int(self.scroll_offset.y)
        height = max(1, self.size.height)
        if self.at < top:
            return self.at
        return self.at - height + 1 if self.at >= top + height else top

    def render_line(self, y: int) -> Strip:
        index = y + int(self.scroll_offset.y)
        width = self.size.width
        if index >= len(self.entries):
            return Row().strip(self.app, width)
        return self._paint(self.entries[index], width, index == self.at).strip(self.app, width)


def cursor(row: Row, marked: bool, x: int = 1) -> Row:
    """Give a row the three signs of focus: bar, `>`, plane."""
    if marked:
        row.plane = "row"
        row.put(0, " ", "bar").put(x, ">", "accent-strong")
    return row
