"""The heading line of a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from counter.widgets.paint import Painted, Row


class Head(Painted):
    """Column words on the panel plane."""

    PLANE = "panel"

    def __init__(self, paint: Callable[[int], Row]) -> None:
        super().__init__()
        self._paint = paint

    def rows(self, width: int, height: int) -> Sequence[Row]:
        return [self._paint(width)]
