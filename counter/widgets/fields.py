"""Fields of a form on a sheet: a label and an input, and one for secrets that shows only their length."""

from __future__ import annotations

from rich.text import Text
from textual.containers import Horizontal
from textual.widget import Widget

from counter.widgets.paint import Row, Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import LABEL


class SecretInput(FieldInput):
    """A password, as stars: the stock dot is of uncertain width in a Chinese terminal."""

    def __init__(self, *, id: str | None = None, max_length: int = 128) -> None:
        super().__init__(id=id, max_length=max_length)
        self.password = True

    @property
    def _value(self) -> Text:
        return Text("*" * len(self.value), no_wrap=True, overflow="ignore", end="")

    def take(self) -> str:
        """Return what was typed and forget it."""
        text, self.value = self.value, ""
        return text

    def action_copy(self) -> None:
        """Copy nothing."""

    def action_cut(self) -> None:
        """Cut nothing."""


def field(
    id: str, label: str, *, hint: str = "", value: str = "", secret: bool = False, most: int = 60
) -> Widget:
    """Return one row of a form."""
    word = Rows([Row("raised").put(LABEL, label, "muted")], plane="raised")
    box: FieldInput = SecretInput(id=id) if secret else FieldInput(id=id, placeholder=hint, max_length=most)
    box.value = value
    return Horizontal(word, box, classes="field")
