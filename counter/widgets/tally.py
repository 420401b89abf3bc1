"""The day's figures: figure above, word below."""

from __future__ import annotations

from collections.abc import Sequence

from counter.text import cell, width
from counter.widgets.paint import Painted, Row

Figure = tuple[str, str, str]
"""Figure, unit, word."""


class Tally(Painted):
    """Figures side by side; zero is shown, absence is `-`."""

    figures: tuple[Figure, ...] = ()

    def show(self, figures: tuple[Figure, ...]) -> None:
        """Show other figures."""
        if figures != self.figures:
            self.figures = figures
            self.repaint()

    def rows(self, cells: int, height: int) -> Sequence[Row]:
        above, below = Row(), Row()
        widths = [max(_wide(f"{a} {b}".strip()), _wide(c)) for a, b, c in self.figures]
        spare = cells - 6 - sum(widths)
        step = max(2, min(6, spare // max(1, len(widths) - 1))) if widths else 0
        x = 3
        for (figure, unit, word), wide in zip(self.figures, widths, strict=True):
            above.put(x, figure, "strong")
            if unit:
                above.then(unit, "muted", 1)
            below.put(x, word, "muted")
            x += wide + step
        return [above, below]


def _wide(text: str) -> int:
    return width(cell(text))
