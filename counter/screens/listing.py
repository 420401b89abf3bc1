"""A dialog around one short list: arrow keys move, F9 acts, a scan is refused."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import BindingType

from counter import keys
from counter.screens.base import Dialog
from counter.widgets.choice import Choice

R = TypeVar("R")


class ListDialog(Dialog[R], inherit_bindings=False):
    """The moving about that all list dialogs share."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "list", "dialog")

    @property
    def choice(self) -> Choice:
        """Return the list."""
        return self.query_one(Choice)

    def action_up(self) -> None:
        """One line up."""
        self._move(-1)

    def action_down(self) -> None:
        """One line down."""
        self._move(1)

    def action_page_up(self) -> None:
        """To the first line."""
        self._move(-self.choice.at)

    def action_page_down(self) -> None:
        """To the last line."""
        self._move(len(self.choice.options) - 1 - self.choice.at)

    def _move(self, by: int) -> None:
        self.remark = ""
        self.choice.move(by)
        self.frame()
