"""Why an item is missing or defective: coded reasons, one or several.

F2 to F7 mark the first six directly, so that a defect costs three keys; F9 without a mark takes the one under
the cursor, which makes it two for the commonest. Numbers would be quicker to read but a scan is numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.widget import Widget

from counter import keys
from counter.desk.views import CodeText, ItemView, SubmissionView
from counter.i18n import _
from counter.rules.finding import FindingKind
from counter.screens.base import Tally
from counter.screens.listing import ListDialog
from counter.screens.words import finding_word
from counter.widgets.choice import Choice, Option
from counter.widgets.sheet import WIDE, Part, Sheet, titled

DIRECT: Final = ("F2", "F3", "F4", "F5", "F6", "F7")
"""Keys of the first six reasons."""


class ReasonsScreen(ListDialog[tuple[str, ...] | None], inherit_bindings=False):
    """Reasons of one item; gives their codes in the order chosen."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "reasons", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("every", "reasons", "list", "dialog"),
        *(
            Binding(key.lower(), f"direct({n})", show=False, id=f"reasons.{key}")
            for n, key in enumerate(DIRECT)
        ),
    ]

    def __init__(
        self, subject: SubmissionView, item: ItemView, kind: FindingKind, reasons: Sequence[CodeText]
    ) -> None:
        super().__init__()
        self.subject = subject
        self._item, self._kind = item, kind
        self._options = [
            Option(reason.code, reason.text, key=DIRECT[n] if n < len(DIRECT) else "")
            for n, reason in enumerate(reasons)
        ]

    def middle(self) -> Iterable[Widget]:
        item = self._item
        verdict = "reject" if self._kind is FindingKind.MISSING else "correction"
        place = f"{item.group_name} {item.no}"
        about = Part(WIDE).line(item.title, "strong").pair(_("Asked"), item.standard).gap()
        chips = Part(WIDE).gap()
        chips.chips(("F9", _("Note")), (_("Space"), _("Mark several")), ("Esc", _("Back"))).gap()
        choice = Choice(self._options)
        if item.finding is not None and item.finding.kind is self._kind:
            known = {option.code for option in self._options}
            choice.marks = tuple(r.code for r in item.finding.reasons if r.code in known)
        yield Sheet(
            titled(verdict, finding_word(self._kind), place, WIDE),
            about.shown(),
            choice,
            chips.shown(),
            wide=True,
        )

    def step(self) -> tuple[str, Tally]:
        marks = len(self.choice.marks) if self.laid and self.query(Choice) else 0
        tally: Tally = ((_("marked {n}").format(n=marks), "fact"),)
        if marks:
            return _("Press F9 to note the marked reasons"), tally
        return _("Mark with F2 to F7 or Space, then press F9"), tally

    def action_mark(self) -> None:
        """Mark or unmark the reason under the cursor."""
        if current := self.choice.current:
            self.choice.mark(current.code)
            self.frame()

    def action_direct(self, number: int) -> None:
        """Mark or unmark one of the first six."""
        if number < len(self._options):
            self.choice.at = number
            self.choice.mark(self._options[number].code)
            self.frame()
        else:
            self.app.bell()

    def action_act(self) -> None:
        """Note the marked reasons, or the one under the cursor."""
        marks = self.choice.marks
        current = self.choice.current
        self.dismiss(marks or ((current.code,) if current else None))
