"""The page after an unexpected fault: a reference number, what still holds, and how to go on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.i18n import _
from counter.screens.base import Dialog, Tally
from counter.widgets.sheet import Part, Sheet, titled


class FaultScreen(Dialog[None]):
    """Tells the number under which the fault was written down."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "error", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "error", "dialog")

    def __init__(self, reference: str) -> None:
        super().__init__()
        self._reference = reference

    def middle(self) -> Iterable[Widget]:
        text = Part().line(_("Something unexpected happened; it was written down."), "strong").gap()
        text.pair(_("Number"), self._reference, "strong")
        text.pair(_("Effect"), _("What was shown as saved is saved."))
        text.pair(_("To do"), _("Go on; tell the office's IT person the number.")).gap()
        text.chips(("F9", _("Understood"))).gap()
        yield Sheet(titled("reject", _("Fault"), self._reference), text.shown())

    def step(self) -> tuple[str, Tally]:
        return _("Note the number {reference}, then press F9").format(reference=self._reference), ()

    def action_act(self) -> None:
        """Go on working."""
        self.dismiss(None)

    def take_scan(self, code: str) -> None:
        self.app.bell()
