"""Painting rows of cells: the base of every widget that only shows.

A `Row` takes texts at cell positions with a tone; a `Painted` widget turns rows into strips. Tones and planes
are names, resolved against the theme in force, so a theme change needs no widget to know. Texts pass
`counter.text` here and nowhere else, which is why nothing outside can reach the terminal as markup or control
sequence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, Self

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from counter import text as outside

PLANES: Final[Mapping[str, str]] = {
    "ground": "background",
    "surface": "surface",
    "panel": "panel",
    "raised": "raised",
    "row": "row",
    "stop": "stop",
    "stop-deep": "stop-deep",
    "title-accept": "success",
    "title-correction": "chip-defect",
    "title-reject": "error",
    "title-plain": "accent",
}
"""Background planes by name; depth comes from them, never from lines."""

TONES: Final[Mapping[str, tuple[str, bool, str]]] = {
    "fact": ("foreground", False, ""),
    "strong": ("foreground", True, ""),
    "muted": ("muted", False, ""),
    "muted-strong": ("muted", True, ""),
    "faint": ("faint", False, ""),
    "accent": ("accent", False, ""),
    "accent-strong": ("accent", True, ""),
    "success": ("success", True, ""),
    "warning": ("warning", True, ""),
    "warning-fact": ("warning", False, ""),
    "error": ("error", True, ""),
    "error-fact": ("error", False, ""),
    "chip": ("on-accent", True, "accent"),
    "chip-edge": ("accent", True, "accent"),
    "chip-quiet": ("foreground", False, "panel"),
    "chip-key": ("accent", True, "panel"),
    "chip-missing": ("on-missing", True, "chip-missing"),
    "chip-defect": ("on-defect", True, "chip-defect"),
    "code-dark": ("code-dark", False, "code-dark"),
    "code-light": ("code-light", False, "code-light"),
    "bar": ("bar", False, "bar"),
    "bar-quiet": ("bar-quiet", False, "bar-quiet"),
    "on-accept": ("on-title", True, ""),
    "on-correction": ("on-defect", True, ""),
    "on-reject": ("on-title", True, ""),
    "on-plain": ("on-accent", True, ""),
    "stop": ("on-stop", False, ""),
    "stop-strong": ("on-stop", True, ""),
    "stop-muted": ("on-stop-muted", False, ""),
    "stop-block": ("on-stop", False, "on-stop"),
    "stop-chip": ("stop", True, "on-stop"),
    "stop-chip-quiet": ("on-stop", True, "stop-deep"),
}
"""Tone: colour of the signs, bold, and a ground of its own (empty = the plane's)."""


@lru_cache(maxsize=512)
def _style(colours: tuple[tuple[str, str], ...], tone: str, plane: str) -> Style:
    found = dict(colours)
    colour, bold, ground = TONES[tone]
    return Style(color=found[colour], bgcolor=found[ground or PLANES[plane]], bold=bold)


def _colours(app: App[object]) -> tuple[tuple[str, str], ...]:
    theme = app.current_theme
    named = {
        "background": theme.background,
        "surface": theme.surface,
        "panel": theme.panel,
        "foreground": theme.foreground,
        "accent": theme.accent,
        "success": theme.success,
        "warning": theme.warning,
        "error": theme.error,
        "code-dark": "#000000",  # a scanner wants black on white, whatever the look
        "code-light": "#FFFFFF",
    }
    known = {name: value for name, value in named.items() if value is not None}
    return (*known.items(), *theme.variables.items())


class Run(NamedTuple):
    """Some text at its place in a row."""

    x: int
    text: str
    tone: str


class Row:
    """One line of the screen: texts at cell positions on one plane."""

    def __init__(self, plane: str = "ground") -> None:
        self.plane = plane
        self.runs: list[Run] = []
        self.end = 0
        """First cell after the text put last."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and self.plane == other.plane and self.runs == other.runs

    __hash__ = None  # type: ignore[assignment]

    def put(self, x: int, text: str, tone: str = "fact", cells: int | None = None) -> Self:
        """Place a text at cell `x`, cut with `..` if it is wider than `cells`."""
        text = outside.cell(text) if cells is None else outside.fit_cells(text, cells)
        if text:
            self.runs.append(Run(x, text, tone))
            self.end = x + outside.width(text)
        return self

    def then(self, text: str, tone: str = "fact", gap: int = 0) -> Self:
        """Place a text after the one put last."""
        return self.put(self.end + gap, text, tone)

    def right(self, end: int, text: str, tone: str = "fact") -> Self:
        """Place a text so that it ends before cell `end`."""
        text = outside.cell(text)
        return self.put(end - outside.width(text), text, tone)

    def chip(self, x: int, text: str, tone: str, cells: int = 0) -> Self:
        """Place a text in reverse with a blank on both sides, filled to `cells`."""
        inner = outside.cell(text)
        body = f" {inner} "
        return self.put(x, body + " " * max(0, cells - outside.width(body)), tone)

    def strip(self, app: App[object], width: int) -> Strip:
        """Return the painted line, exactly `width` cells."""
        colours = _colours(app)
        blank = _style(colours, "fact", self.plane)
        segments: list[Segment] = []
        at = 0
        for run in sorted(self.runs, key=lambda r: r.x):
            if run.x < at:
                continue
            if run.x >= width:
                break
            if run.x > at:
                segments.append(Segment(" " * (run.x - at), blank))
            segments.append(Segment(run.text, _style(colours, run.tone, self.plane)))
            at = run.x + outside.width(run.text)
        return Strip(segments).adjust_cell_length(width, blank)


class Painted(Widget):
    """A widget that shows rows and takes no focus."""

    can_focus = False
    PLANE = "ground"

    def rows(self, width: int, height: int) -> Sequence[Row]:
        """Return the rows to show; fewer than `height` are filled up with blank ones."""
        return ()

    def repaint(self) -> None:
        """Show what `rows` says now; only lines that differ are painted, which keeps a tick quick."""
        before, size = self._rows, self.size
        if before is None or self._for != size or not size.height:
            self._rows = None
            self.refresh()
            return
        self._rows = after = self.rows(size.width, size.height)
        blank = Row(self.PLANE)
        for y in range(size.height):
            if (before[y] if y < len(before) else blank) != (after[y] if y < len(after) else blank):
                self.refresh(Region(0, y, size.width, 1))

    _rows: Sequence[Row] | None = None
    _for: Size = Size(0, 0)

    def notify_style_update(self) -> None:
        self._rows = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        size = self.size
        if self._rows is None or self._for != size:
            self._rows, self._for = self.rows(size.width, size.height), size
        row = self._rows[y] if y < len(self._rows) else Row(self.PLANE)
        return row.strip(self.app, size.width)


class Rows(Painted):
    """Rows handed in from outside, as tall as they are."""

    DEFAULT_CSS = "Rows { height: auto; }"

    def __init__(
        self, rows: Sequence[Row] = (), *, plane: str = "ground", id: str | None = None, classes: str = ""
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._given = tuple(rows)
        self._plane = plane

    def show(self, rows: Sequence[Row]) -> None:
        """Replace the rows."""
        taller = len(rows) != len(self._given)
        self._given = tuple(rows)
        self._rows = None
        self.refresh(layout=taller)

    def rows(self, width: int, height: int) -> Sequence[Row]:
        return (*self._given, *(Row(self._plane) for _ in range(height - len(self._given))))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._given)


class Lines(Painted):
    """Rows handed in from outside, as many as there is room for."""

    PLANE = "surface"
    lines: Sequence[Row] = ()

    def show(self, lines: Sequence[Row]) -> None:
        """Show other rows."""
        self.lines = lines
        self.repaint()

    def rows(self, width: int, height: int) -> Sequence[Row]:
        return self.lines[:height]
