"""A screen with fields whose answer takes a moment: a password that is looked at, an account that is made."""

from __future__ import annotations

from typing import TypeVar

from textual import on
from textual.widgets import Input

from counter.messages import WorkFailed
from counter.screens.base import Frame
from counter.widgets.scan_input import FieldInput

R = TypeVar("R")


class Form(Frame[R], inherit_bindings=False):
    """Goes from field to field; whether it may be left is for each to say, for a lock never may."""

    working = False
    """Whether what was typed is being looked at."""

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Take the remark back: somebody has gone on typing."""
        if event.value and not self.working:
            self.acted()

    def broken(self) -> None:
        self.working = False

    def refused(self, message: WorkFailed) -> None:
        self.working = False
        super().refused(message)

    def action_next_field(self) -> None:
        """Go to the next field."""
        self.focus_next(FieldInput)

    def action_previous_field(self) -> None:
        """Go to the field before."""
        self.focus_previous(FieldInput)
