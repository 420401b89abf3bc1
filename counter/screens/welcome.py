"""The demo's first page: what it is, and three things to try."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.i18n import _
from counter.screens.base import Dialog, Tally
from counter.widgets.sheet import WIDE, Part, Sheet, titled


class WelcomeScreen(Dialog[None], inherit_bindings=False):
    """Shown once, when a demo opens; a scan closes it and is honoured."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "welcome", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "welcome", "dialog")

    def __init__(self, tries: Sequence[str]) -> None:
        super().__init__()
        self._tries = tries

    def middle(self) -> Iterable[Widget]:
        text = Part(WIDE).line(
            _("A desk to try: everybody in it is invented, and it is thrown away."), "strong"
        )
        text.line(_("It is the morning of 12 August 2024; part of the day's work is done.")).gap()
        for number, words in enumerate(self._tries, 1):
            text.pair(_("Try {n}").format(n=number), words)
            text.gap()
        text.chips(("F9", _("Begin")))
        yield Sheet(titled("plain", _("Demo"), "", WIDE), text.gap().shown(), wide=True)

    def step(self) -> tuple[str, Tally]:
        return _("Press F9 to begin"), ()

    def take_scan(self, code: str) -> None:
        from counter.messages import Scanned

        self.dismiss(None)
        self.app.screen_stack[0].post_message(Scanned(code))

    def action_act(self) -> None:
        """Begin."""
        self.dismiss(None)
