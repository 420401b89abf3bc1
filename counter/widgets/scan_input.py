"""Where codes and words are typed or scanned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from counter.desk.scan import parse_scan
from counter.messages import Entered
from counter.rules.clean import LEAST_SCAN, clean
from counter.widgets.paint import Painted, Row

QUICK: Final = 0.03
"""Seconds a sign that only a scanner undercuts."""

ENTER: Final = ("enter", "ctrl+j")
"""A line feed is Enter too: what a scanner sends before the desk has the terminal arrives as one."""


class ScanInput(Input, inherit_css=False):
    """An input that takes and clears its line on Enter within its own queue.

    So it does on a Tab behind a code: a scanner may end with one, and a machine that stands still in the
    middle of its scan makes typing of it.

    The stock input lets Enter bubble to the bindings, so that letters typed after it overtake it
    (Textualize/textual#6605): three codes in one read would be one line.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = Input.COMPONENT_CLASSES

    def __init__(self, *, placeholder: str = "", id: str | None = None, max_length: int = 200) -> None:
        super().__init__(placeholder=clean(placeholder), id=id, max_length=max_length, select_on_focus=False)
        self.cursor_blink = False
        self._began = 0.0

    async def _on_key(self, event: events.Key) -> None:
        if event.key in ENTER or (event.key == "tab" and parse_scan(self.value)):
            event.stop()
            event.prevent_default()
            text, self.value = self.value, ""
            if text.strip():
                quick = event.time - self._began <= QUICK * len(text)
                self.post_message(Entered(text, scanned=quick and len(text) >= LEAST_SCAN))
            return
        if not self.value:
            self._began = event.time
        await super()._on_key(event)


class FieldInput(ScanInput):
    """An input of a form: Enter neither sends nor clears."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key in ENTER:
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)


class _Line(Painted):
    """One line of the scan box."""

    PLANE = "raised"

    def __init__(self, text: str, tone: str, x: int) -> None:
        super().__init__()
        self._text, self._tone, self._x = text, tone, x

    def rows(self, width: int, height: int) -> Sequence[Row]:
        row = Row("raised")
        if self._x:
            row.put(0, " ", "bar")
        return [row.put(self._x, self._text, self._tone, width - self._x - 1)]


class _Prompt(Painted):
    """The accent bar and the `>` before the input."""

    PLANE = "raised"

    def rows(self, width: int, height: int) -> Sequence[Row]:
        return [Row("raised").put(0, " ", "bar").put(3, ">", "accent-strong")]


class ScanBox(Vertical):
    """Label, input and what may be typed, on rows 4 to 6 of an area; the input always has the focus."""

    def __init__(self, *, label: str, hint: str) -> None:
        super().__init__()
        self._label, self._hint = label, hint

    def compose(self) -> ComposeResult:
        yield _Line(self._label, "accent-strong", 3)
        with Horizontal():
            yield _Prompt()
            yield ScanInput(id="scan")
        yield _Line(self._hint, "muted", 3)

    @property
    def input(self) -> ScanInput:
        """Return the input."""
        return self.query_one("#scan", ScanInput)
