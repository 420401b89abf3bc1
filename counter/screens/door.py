"""What stands before the desk: pages that cover it whole, with fields to prove who somebody is."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual import on
from textual.binding import BindingType
from textual.widgets import Input

from counter import keys
from counter.screens.base import Frame
from counter.widgets.fields import SecretInput
from counter.widgets.scan_input import FieldInput

R = TypeVar("R")


class Door(Frame[R], inherit_bindings=False):
    """A page of its own with a sheet in the middle; nothing below it is seen."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings()
    working = False
    """Whether a password is being looked at."""

    def secret(self, id: str = "password") -> SecretInput:
        """Return the field of a password."""
        return self.query_one(f"#{id}", SecretInput)

    def words(self, id: str) -> str:
        """Return what stands in a field."""
        return self.query_one(f"#{id}", Input).value.strip()

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        """Take the remark back: somebody has gone on typing."""
        if event.value and not self.working:
            self.acted()

    def broken(self) -> None:
        self.working = False

    def action_next_field(self) -> None:
        """Go to the next field."""
        self.focus_next(FieldInput)

    def action_previous_field(self) -> None:
        """Go to the field before."""
        self.focus_previous(FieldInput)
