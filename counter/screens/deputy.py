"""Who brought the papers for somebody else."""

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
from counter.widgets.paint import Row, Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import LABEL, Part, Sheet, titled


class DeputyScreen(Dialog["tuple[str, str] | None"], inherit_bindings=False):
    """Name and relation; both may stay empty, the circular asks for neither."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "deputy", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "deputy", "dialog")
    AUTO_FOCUS = "#name"

    def __init__(self, subject: SubmissionView) -> None:
        super().__init__()
        self.subject: SubmissionView = subject

    def middle(self) -> Iterable[Widget]:
        view = self.subject
        chips = Part().gap().chips(("F9", _("Note")), ("Esc", _("Back"))).gap()
        fields = []
        for id, word, value in (
            ("name", _("Name"), view.deputy_name),
            ("relation", _("Relation"), view.deputy_relation),
        ):
            label = Rows([Row("raised").put(LABEL, word, "muted")], plane="raised")
            field = FieldInput(id=id, max_length=30)
            field.value = one_line(value, 30)
            fields.append(Horizontal(label, field, classes="field"))
        yield Sheet(
            titled("plain", _("Who brought the papers"), f"{view.serial} {view.person.name}"),
            fields,
            chips.shown(),
        )

    def step(self) -> tuple[str, Tally]:
        return _("Type the name, go on with the arrow keys, press F9"), ()

    def action_next_field(self) -> None:
        """Go to the other field."""
        self.focus_next(FieldInput)

    def action_act(self) -> None:
        """Note who it was."""
        name, relation = (one_line(self.query_one(f"#{id}", Input).value, 30) for id in ("name", "relation"))
        self.dismiss((name, relation))
