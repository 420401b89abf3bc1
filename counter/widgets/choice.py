"""A short list on a sheet: one cursor, several marks where several may hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from counter.i18n import _
from counter.widgets.paint import Painted, Row


@dataclass(frozen=True)
class Option:
    """One line to choose."""

    code: str
    text: str
    hint: str = ""
    key: str = ""
    """Function key that marks it directly."""


class Choice(Painted):
    """Options one below the other; the screen moves the cursor and sets marks."""

    PLANE = "raised"

    def __init__(
        self, options: Sequence[Option], *, x: int = 3, hint_x: int = 0, at: int = 0, label: str = ""
    ) -> None:
        super().__init__()
        self.options = list(options)
        self.at = at
        """Index of the cursor; -1 while it stands nowhere, for what must be chosen on purpose."""
        self.marks: tuple[str, ...] = ()
        self._x, self._hint_x, self._label = x, hint_x, label
        self.styles.height = max(1, len(self.options))

    @property
    def current(self) -> Option | None:
        """Return the option under the cursor."""
        return self.options[self.at] if 0 <= self.at < len(self.options) else None

    def move(self, by: int) -> None:
        """Move the cursor; at the ends it goes round."""
        if self.options:
            here = self.at if self.at >= 0 or by > 0 else 0
            self.at = (here + by) % len(self.options)
            self.repaint()

    def mark(self, code: str) -> None:
        """Mark an option or take its mark away; marks keep their order."""
        if code in self.marks:
            self.marks = tuple(mark for mark in self.marks if mark != code)
        else:
            self.marks = (*self.marks, code)
        self.repaint()

    def offer(self, options: Sequence[Option]) -> None:
        """Show other options."""
        self.options = list(options)
        self.at = min(self.at, max(0, len(self.options) - 1))
        self.styles.height = max(1, len(self.options))
        self.repaint()

    def rows(self, width: int, height: int) -> Sequence[Row]:
        top = min(max(0, self.at - height + 1), max(0, len(self.options) - height))
        keyed = any(option.key for option in self.options)
        rows = []
        for index in range(top, min(top + height, len(self.options))):
            option = self.options[index]
            current, marked = index == self.at, option.code in self.marks
            row = Row("row" if current else "raised")
            x = self._x
            if index == top and self._label:
                row.put(3, self._label, "muted")
            if current:
                row.put(x - 2, " ", "bar").put(x, ">", "accent-strong")
            x += 2
            if keyed:
                row.put(x, option.key, "accent-strong")
                x += 3
            if marked:
                row.chip(x, _("on"), "chip-defect")
            if keyed or any(o.code in self.marks for o in self.options):
                x += 5
            row.put(x, option.text, "strong" if current or marked else "fact", width - x - 1)
            if option.hint:
                at = max(self._hint_x, row.end + 2)
                row.put(at, option.hint, "muted", max(0, width - at - 1))
            rows.append(row)
        return rows or [Row("raised").put(self._x, "-", "muted")]
