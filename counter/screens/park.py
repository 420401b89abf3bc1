"""Putting a submission aside, with a word on why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from counter import keys
from counter.desk.views import SubmissionView
from counter.i18n import _
from counter.rules.clean import one_line
from counter.screens.base import Dialog, Tally
from counter.widgets.paint import Row, Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import LABEL, Part, Sheet, titled


class ParkScreen(Dialog[str | None], inherit_bindings=False):
    """A short note, which may stay empty."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "park", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "park", "dialog")
    AUTO_FOCUS = "FieldInput"

    def __init__(self, subject: SubmissionView) -> None:
        super().__init__()
        self.subject = subject

    def middle(self) -> Iterable[Widget]:
        view = self.subject
        assert view is not None
        about = Part().line(_("What is checked stays checked; a scan takes it up again.")).gap()
        chips = Part().gap().chips(("F9", _("Park")), ("Esc", _("Back"))).gap()
        label = Rows([Row("raised").put(LABEL, _("Why"), "muted")], plane="raised")
        field = FieldInput(placeholder=_("may stay empty"), max_length=40)
        yield Sheet(
            titled("plain", _("Park"), f"{view.serial} {view.person.name}"),
            about.shown(),
            Horizontal(label, field, classes="field"),
            chips.shown(),
        )

    def step(self) -> tuple[str, Tally]:
        return _("Note why if you like, then press F9 to park"), ()

    def action_act(self) -> None:
        """Put it aside."""
        self.dismiss(one_line(self.query_one(FieldInput).value, 40))
