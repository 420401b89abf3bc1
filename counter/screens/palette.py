"""^P: everything that can be done here, narrowed by typing; some terminals keep F-keys to themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from counter import commands, keys
from counter.i18n import _
from counter.screens.base import Frame, Tally
from counter.screens.listing import ListDialog
from counter.text import pad_cells
from counter.widgets.bars import Path
from counter.widgets.choice import Choice, Option
from counter.widgets.paint import Row, Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import LABEL, WIDE, Part, Sheet, titled


class PaletteScreen(ListDialog["keys.Key | None"], inherit_bindings=False):
    """The commands of the screen below; gives the one to run, which that screen runs."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("palette", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("palette", "list", "dialog"),
        keys.alias("dialog.cancel", "ctrl+p"),
    ]
    AUTO_FOCUS = "FieldInput"

    def __init__(self, below: Frame[Any]) -> None:
        super().__init__()
        self.area = below.area
        self._below = below
        self._offered = commands.offered(below.KEY_AREAS, below.can)
        self._shown = self._offered

    def middle(self) -> Iterable[Widget]:
        label = Rows([Row("raised").put(LABEL, _("Narrow"), "muted")], plane="raised")
        chips = Part(WIDE).gap().chips(("F9", _("Do it")), ("Esc", _("Back")))
        yield Sheet(
            titled("plain", _("Commands"), "", WIDE),
            Horizontal(label, FieldInput(placeholder=_("type a word"), max_length=30), classes="field"),
            Rows([Row("raised")], plane="raised"),
            Choice(self._options()),
            chips.shown(),
            wide=True,
        )

    def _options(self) -> list[Option]:
        return [Option(key.id, f"{pad_cells(key.shown, 4)} {key.sentence}") for key in self._shown]

    def paths(self) -> tuple[Path, ...]:
        return self._below.paths()

    def begun(self) -> None:
        self._fit()

    def _fit(self) -> None:
        self.choice.styles.height = max(1, min(len(self._shown), self.app.size.height - 11))

    @on(Input.Changed)
    def narrowed(self, message: Input.Changed) -> None:
        """Show what fits the typed words."""
        self._shown = commands.matching(self._offered, message.value)
        self.choice.offer(self._options())
        self._fit()
        self.frame()

    def step(self) -> tuple[str, Tally]:
        tally: Tally = ((_("{n} commands").format(n=len(self._shown)), "muted"),)
        return _("Choose with the arrow keys, press F9 to do it"), tally

    def can(self, action: str) -> bool:
        return action != "act" or bool(self._shown)

    def action_act(self) -> None:
        """Do the marked thing."""
        current = self.choice.current
        self.dismiss(keys.BY_ID[current.code] if current and self._shown else None)
