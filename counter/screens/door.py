"""What stands before the desk: pages that cover it whole, with fields to prove who somebody is."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.widgets import Input

from counter import keys
from counter.screens.form import Form
from counter.widgets.fields import SecretInput

R = TypeVar("R")


class Door(Form[R], inherit_bindings=False):
    """A page of its own with a sheet in the middle; nothing below it is seen."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings()

    def secret(self, id: str = "password") -> SecretInput:
        """Return the field of a password."""
        return self.query_one(f"#{id}", SecretInput)

    def words(self, id: str) -> str:
        """Return what stands in a field."""
        return self.query_one(f"#{id}", Input).value.strip()
