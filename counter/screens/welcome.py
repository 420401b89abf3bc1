"""The demo's first page: what it is, and three things to try."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar, Protocol

from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.i18n import _
from counter.messages import Scanned
from counter.screens.base import Dialog, Tally
from counter.widgets.sheet import WIDE, Part, Sheet, titled


class Thing(Protocol):
    """Something to try, as the demo has prepared it."""

    @property
    def kind(self) -> str:
        """Return `call`, `scan` or `search`."""
        ...

    @property
    def code(self) -> str:
        """Return what to type or scan."""
        ...

    @property
    def name(self) -> str:
        """Return whom it is about."""
        ...

    @property
    def path(self) -> Path | None:
        """Return the PDF whose barcode can be scanned."""
        ...


def words(thing: Thing) -> str:
    """Return what to do with a thing."""
    patterns = {
        "call": _("Someone new: type {code} and press Enter, then Space for each item"),
        "scan": _("{name} comes back with a notice: type {code}, or scan it from the PDF"),
        "search": _("Find {name}: press F3 and type {code}"),
    }
    pattern = patterns.get(thing.kind, "{name}: {code}")
    return pattern.format(name=thing.name, code=thing.code)


class WelcomeScreen(Dialog[None], inherit_bindings=False):
    """Shown once, when a demo opens; a scan closes it and is honoured."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "welcome", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "welcome", "dialog")

    def __init__(self, things: Sequence[Thing]) -> None:
        super().__init__()
        self._things = things

    def middle(self) -> Iterable[Widget]:
        text = Part(WIDE).line(
            _("A desk to try: everybody in it is invented, and it is thrown away."), "strong"
        )
        text.line(_("It is the morning of 12 August 2024; part of the day's work is done.")).gap()
        for number, thing in enumerate(self._things, 1):
            text.pair(_("Try {n}").format(n=number), words(thing))
            if thing.path is not None:
                text.pair(_("Folder"), str(thing.path.parent), "muted").pair(_("File"), thing.path.name)
            text.gap()
        text.chips(("F9", _("Begin")))
        yield Sheet(titled("plain", _("Demo"), "", WIDE), text.gap().shown(), wide=True)

    def step(self) -> tuple[str, Tally]:
        return _("Press F9 to begin"), ()

    takes_lines = True

    def take_scan(self, code: str) -> None:
        """Close and hand the scan to the desk."""
        below = self.app.screen_stack[0]
        self.dismiss(None)
        below.post_message(Scanned(code))

    def action_act(self) -> None:
        """Begin."""
        self.dismiss(None)
