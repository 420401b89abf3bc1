"""Which of the circular's situations are declared; several may hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.desk.views import SubmissionView
from counter.i18n import _
from counter.screens.base import Tally
from counter.screens.listing import ListDialog
from counter.widgets.choice import Choice, Option
from counter.widgets.sheet import WIDE, Part, Sheet, titled


class SituationsScreen(ListDialog["tuple[int, ...] | None"], inherit_bindings=False):
    """Marks by Space; at least one, as the circular asks."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "situations", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "situations", "list", "dialog")

    def __init__(self, subject: SubmissionView | None, declared: tuple[int, ...]) -> None:
        super().__init__()
        self.subject = subject
        self._declared = declared

    def middle(self) -> Iterable[Widget]:
        circular = self.subject.circular if self.subject else self.shell.circular
        options = [
            Option(str(s.no), _("{no} {text}").format(no=s.no, text=s.short)) for s in circular.situations
        ]
        choice = Choice(options)
        choice.marks = tuple(str(no) for no in self._declared)
        right = f"{self.subject.serial} {self.subject.person.name}" if self.subject else ""
        chips = Part(WIDE).gap()
        chips.chips(("F9", _("Take")), (_("Space"), _("Mark")), ("Esc", _("Back"))).gap()
        yield Sheet(titled("plain", _("Situations declared"), right, WIDE), choice, chips.shown(), wide=True)

    def step(self) -> tuple[str, Tally]:
        return _("Mark with Space what was declared, then press F9"), ()

    def action_mark(self) -> None:
        """Mark or unmark the situation."""
        if current := self.choice.current:
            self.choice.mark(current.code)

    def action_act(self) -> None:
        """Take the marked ones."""
        if not self.choice.marks:
            self.say(_("At least one situation must be marked"))
            return
        self.dismiss(tuple(sorted(int(mark) for mark in self.choice.marks)))
