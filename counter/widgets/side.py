"""The side column of large terminals: blocks of labelled facts on the surface plane."""

from __future__ import annotations

from collections.abc import Sequence

from counter.text import wrap_cells
from counter.widgets.paint import Painted, Row

MARGIN = 2
"""Cells left free at both sides."""


class Side(Painted):
    """Blocks one below the other; what does not fit is left out whole, because nothing lives only here."""

    PLANE = "surface"
    blocks: tuple[tuple[Row, ...], ...] = ()

    def show(self, blocks: Sequence[Sequence[Row]]) -> None:
        """Show other blocks."""
        self.blocks = tuple(tuple(block) for block in blocks if block)
        self.repaint()

    def rows(self, width: int, height: int) -> Sequence[Row]:
        lines: list[Row] = [surface()]
        for block in self.blocks:
            if len(lines) + len(block) > height:
                continue
            lines += [*block, surface()]
        return lines[:height] + [surface()] * max(0, height - len(lines))


def surface() -> Row:
    """Return an empty row of the side column."""
    return Row("surface")


def head(text: str, right: str = "", width: int = 34, tone: str = "muted") -> Row:
    """Return a block's title."""
    row = surface().put(MARGIN, text, "accent-strong")
    return row.right(width - MARGIN, right, tone) if right else row


def fact(label: str, value: str, tone: str = "fact", *, x: int = 10, width: int = 34) -> Row:
    """Return a labelled fact."""
    return surface().put(MARGIN, label, "muted", x - 1).put(MARGIN + x, value, tone, width - 2 * MARGIN - x)


def wrapped(text: str, tone: str = "fact", *, x: int = 0, width: int = 34) -> list[Row]:
    """Return a text on as many rows as it needs."""
    return [surface().put(MARGIN + x, line, tone) for line in wrap_cells(text, width - 2 * MARGIN - x)]


def bar(done: int, whole: int, width: int = 34) -> Row:
    """Return a bar of `done` in `whole`, readable without colour: `=` done, `-` still to come."""
    cells = width - 2 * MARGIN
    full = min(cells, round(cells * done / whole)) if whole > 0 else 0
    return surface().put(MARGIN, "=" * full, "bar").put(MARGIN + full, "-" * (cells - full), "bar-quiet")
