"""A word on why the drawer differs: needed for `other`, else it may stay empty."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from counter import keys
from counter.i18n import _
from counter.rules.clean import one_line
from counter.screens.base import Dialog, Tally
from counter.widgets.paint import Row, Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import LABEL, Part, Sheet, titled


class VarianceScreen(Dialog[str | None], inherit_bindings=False):
    """Gives the note; the close itself says what is wrong with it."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "variance", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "variance", "dialog")
    AUTO_FOCUS = "FieldInput"

    def __init__(self, sum_: str, reason: str, *, needed: bool) -> None:
        super().__init__()
        self._sum, self._reason, self._needed = sum_, reason, needed

    def middle(self) -> Iterable[Widget]:
        about = Part().pair(_("Difference"), self._sum, "strong").pair(_("Reason"), self._reason)
        about.line(_("The note stays in the records and is not printed.")).gap()
        chips = Part().gap().chips(("F9", _("Close the day")), ("Esc", _("Back"))).gap()
        label = Rows([Row("raised").put(LABEL, _("Note"), "muted")], plane="raised")
        field = FieldInput(placeholder="" if self._needed else _("may stay empty"), max_length=60)
        yield Sheet(
            titled("plain", _("Why the drawer differs"), ""),
            about.shown(),
            Horizontal(label, field, classes="field"),
            chips.shown(),
        )

    def step(self) -> tuple[str, Tally]:
        if self._needed:
            return _("Say in a few words why, then press F9 to close"), ()
        return _("Note what is known, then press F9 to close"), ()

    def action_act(self) -> None:
        """Close with this note."""
        note = one_line(self.query_one(FieldInput).value, 60)
        if self._needed and not note:
            self.say(_("Say in a few words why the drawer differs."))
            return
        self.dismiss(note)
