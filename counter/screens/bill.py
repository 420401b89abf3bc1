"""The fiscal bill's code and number, when they come after the fee was noted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from counter import keys
from counter.desk.views import SubmissionView
from counter.i18n import _
from counter.rules.clean import one_line
from counter.screens.base import Dialog, Tally
from counter.screens.words import money
from counter.widgets.paint import Row, Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import LABEL, Part, Sheet, titled

CELLS = 24
"""Signs a code or number may have."""


class BillScreen(Dialog["tuple[str, str] | None"], inherit_bindings=False):
    """Code, which may stay empty, and number; gives both."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "bill", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "bill", "dialog")
    AUTO_FOCUS = "#number"

    def __init__(self, subject: SubmissionView) -> None:
        super().__init__()
        self.subject: SubmissionView = subject

    def middle(self) -> Iterable[Widget]:
        view = self.subject
        method = view.fee.method.text if view.fee.method else ""
        about = Part().pair(_("Fee"), f"{money(view.fee.amount_fen)} {method}", "strong").gap()
        chips = Part().gap().chips(("F9", _("Note")), ("Esc", _("Back"))).gap()
        fields = []
        for id, word, hint in (
            ("number", _("Bill no."), _("as printed on the bill")),
            ("code", _("Bill code"), _("may stay empty")),
        ):
            label = Rows([Row("raised").put(LABEL, word, "muted")], plane="raised")
            field = FieldInput(id=id, placeholder=hint, max_length=CELLS)
            fields.append(Horizontal(label, field, classes="field"))
        yield Sheet(
            titled("plain", _("Fiscal bill"), f"{view.serial} {view.person.name}"),
            about.shown(),
            fields,
            chips.shown(),
        )

    def step(self) -> tuple[str, Tally]:
        return _("Type the bill's number, Down for its code, then F9"), ()

    def action_next_field(self) -> None:
        """Go to the other field."""
        self.focus_next(FieldInput)

    def action_act(self) -> None:
        """Note the bill's code and number."""
        number, code = (one_line(self.query_one(f"#{id}", Input).value, CELLS) for id in ("number", "code"))
        if not number:
            self.say(_("Type the bill's number first"))
            return
        self.dismiss((code, number))
