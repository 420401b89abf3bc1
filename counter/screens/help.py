"""F1: the keys that work here, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.i18n import _
from counter.screens.base import Dialog, Frame, Tally
from counter.text import wrap_cells
from counter.widgets.bars import Path
from counter.widgets.paint import Row, Rows
from counter.widgets.sheet import LABEL, WIDE, Part, Sheet, titled

AT = 14
"""Cell at which sentences begin."""


class HelpScreen(Dialog[None], inherit_bindings=False):
    """Keys by area, page by page."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("help", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("help", "list", "dialog"),
        keys.alias("dialog.cancel", "f1"),
    ]

    def __init__(self, below: Frame[Any]) -> None:
        super().__init__()
        self.area = below.area
        self._below = below
        self._areas: Sequence[str] = below.KEY_AREAS
        self._can_there = below.can
        self._page = 0

    def middle(self) -> Iterable[Widget]:
        chips = Part(WIDE).gap().chips(("F9", _("Understood")), ("Esc", _("Back")))
        yield Sheet(
            titled("plain", _("Keys"), "", WIDE), Rows(plane="raised", id="lines"), chips.shown(), wide=True
        )

    def paths(self) -> tuple[Path, ...]:
        return self._below.paths()

    def begun(self) -> None:
        self._turn()

    def resized(self) -> None:
        self._turn()

    def lines(self) -> list[Row]:
        """Return every line of the help."""
        rows: list[Row] = []
        order = [area for area in self._areas if area != "every"] + ["every"]
        for area in order:
            known = [key for key in keys.of(area) if self._can_there(key.action)]
            if not known:
                continue
            if rows:
                rows.append(Row("raised"))
            rows.append(Row("raised").put(LABEL, keys.AREA_TITLES.get(area, area), "accent-strong"))
            for key in known:
                for index, piece in enumerate(wrap_cells(key.sentence, WIDE - AT - 2)):
                    row = Row("raised").put(AT, piece, "fact")
                    rows.append(row if index else row.put(LABEL, key.shown, "strong"))
        return rows

    def _pages(self) -> list[list[Row]]:
        room = max(4, self.app.size.height - 9)
        rows = self.lines()
        return [rows[at : at + room] for at in range(0, len(rows), room)] or [[]]

    def _turn(self) -> None:
        if not self.laid:
            return
        pages = self._pages()
        self._page = min(self._page, len(pages) - 1)
        page = pages[self._page]
        most = max(len(p) for p in pages)
        self.query_one("#lines", Rows).show([*page, *(Row("raised") for _n in range(most - len(page)))])
        self.frame()

    def step(self) -> tuple[str, Tally]:
        pages = len(self._pages())
        tally: Tally = ((_("page {n}/{of}").format(n=self._page + 1, of=pages), "fact"),)
        if self._page < pages - 1:
            return _("Down shows the next page, F9 goes back"), tally
        return _("Press F9 to go back"), tally

    def action_down(self) -> None:
        """Next page."""
        self._page += 1
        self._turn()

    def action_up(self) -> None:
        """Previous page."""
        self._page = max(0, self._page - 1)
        self._turn()

    def action_page_down(self) -> None:
        """Next page."""
        self.action_down()

    def action_page_up(self) -> None:
        """Previous page."""
        self.action_up()

    def action_act(self) -> None:
        """Back to the work."""
        self.dismiss(None)
