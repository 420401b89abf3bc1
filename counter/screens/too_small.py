"""What stands on a terminal below 80x24: one sentence instead of a broken page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.i18n import _
from counter.screens.base import Dialog
from counter.text import wrap_cells
from counter.widgets.paint import Painted, Row

LEAST: Final = (80, 24)
"""Columns and rows in which everything needed for the work is on one page."""


class _Ask(Painted):
    """The sentence, wrapped to whatever there is."""

    DEFAULT_CSS = "_Ask { height: 1fr; width: 100%; }"

    def rows(self, width: int, height: int) -> Sequence[Row]:
        text = _("Make the window at least {columns} columns wide and {rows} rows high; nothing was lost.")
        lines = wrap_cells(text.format(columns=LEAST[0], rows=LEAST[1]), max(width - 2, 2))
        return [Row().put(1, line, "strong") for line in lines]


class TooSmall(Dialog[None]):
    """Covers everything until the window is large enough again; keys do nothing meanwhile."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings()

    def middle(self) -> Iterable[Widget]:
        yield _Ask()

    def step(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        return _("Make the window larger."), ()
