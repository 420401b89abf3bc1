"""How many copies there are, typed only when it is not the number asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from counter import keys
from counter.desk.views import ItemView, SubmissionView
from counter.i18n import _
from counter.rules.clean import fold_scan
from counter.screens.base import Dialog, Tally
from counter.widgets.paint import Row, Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import LABEL, Part, Sheet, titled


class CountScreen(Dialog[int | None], inherit_bindings=False):
    """A number of copies; fewer than asked becomes a shortage by itself."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "count", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "count", "dialog")
    AUTO_FOCUS = "FieldInput"

    def __init__(self, subject: SubmissionView, item: ItemView) -> None:
        super().__init__()
        self.subject = subject
        self._item = item

    def middle(self) -> Iterable[Widget]:
        item = self._item
        about = Part().line(item.title, "strong")
        at_least = _("at least {n}") if item.copies_vary else _("{n} copies")
        about.pair(_("Asked"), at_least.format(n=item.copies)).gap()
        chips = Part().gap().chips(("F9", _("Note")), ("Esc", _("Back"))).gap()
        label = Rows([Row("raised").put(LABEL, _("Counted"), "muted")], plane="raised")
        yield Sheet(
            titled("plain", _("Number of copies"), f"{item.group_name} {item.no}"),
            about.shown(),
            Horizontal(label, FieldInput(max_length=3), classes="field"),
            chips.shown(),
        )

    def step(self) -> tuple[str, Tally]:
        return _("Type how many copies there are, then press F9"), ()

    def action_act(self) -> None:
        """Note the number."""
        typed = fold_scan(self.query_one(FieldInput).value)
        if not (typed.isascii() and typed.isdigit()):
            self.say(_("Type a number of copies"))
            return
        copies = int(typed)
        if copies > self._item.copies and not self._item.copies_vary:
            self.say(_("At most {n} copies are taken in").format(n=self._item.copies))
            return
        self.dismiss(copies)
