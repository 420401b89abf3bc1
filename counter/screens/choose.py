"""Choosing one of a few: why an item is not needed, a situation, a specialty, who brought the papers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

__all__ = ["ChooseScreen", "Option"]


class ChooseScreen(ListDialog[str | None], inherit_bindings=False):
    """One of a few; gives its code."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "choose", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "choose", "list", "dialog")

    def __init__(
        self,
        subject: SubmissionView | None,
        title: str,
        about: str,
        options: Sequence[Option],
        act: str,
        *,
        at: int = 0,
        asked: str = "",
    ) -> None:
        super().__init__()
        self.subject = subject
        self._title, self._about, self._options, self._act, self._at = title, about, options, act, at
        self._asked = asked

    def middle(self) -> Iterable[Widget]:
        right = f"{self.subject.serial} {self.subject.person.name}" if self.subject else ""
        about = Part(WIDE)
        if self._about:
            about.line(self._about, "strong")
            if self._asked:
                about.pair(_("Asked"), self._asked)
            about.gap()
        keys_row = Part(WIDE).gap().chips(("F9", self._act), ("Esc", _("Back"))).gap()
        yield Sheet(
            titled("plain", self._title, right, WIDE),
            about.shown(),
            Choice(self._options, at=self._at),
            keys_row.shown(),
            wide=True,
        )

    def label(self, key: keys.Key) -> str:
        return self._act if key.action == "act" else key.label

    def step(self) -> tuple[str, Tally]:
        if len(self._options) == 1:
            return _("If this reason holds, press F9"), ()
        return _("Move with the arrow keys, press F9 to take it"), ()

    def action_act(self) -> None:
        """Take the one under the cursor."""
        current = self.choice.current
        self.dismiss(current.code if current else None)
