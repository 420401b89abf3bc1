"""The bars every screen, dialog and stop draws: where am I, what next, which keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from counter.i18n import _
from counter.widgets.paint import Painted, Row

_KEY: Final = r"(?<![0-9A-Za-z])(?:F\d{1,2}|Esc|\^[A-Z])(?![0-9A-Za-z])"


def named(key: str, sentence: str) -> bool:
    """Tell whether a sentence names a key."""
    return any(found == key for found in re.findall(_KEY, sentence))


Path = tuple[tuple[str, str], ...]
"""Texts with their tones, one after the other."""


class Place(NamedTuple):
    """What the first row tells."""

    tabs: tuple[str, ...] = ()
    active: int = 0
    paths: tuple[Path, ...] = ()
    """What follows the active tab inside a submission, the longest first; empty in an area."""
    title: str = ""
    """Document number and matter, shown where there is room."""
    day: str = ""
    time: str = ""
    who: str = ""
    desk: str = ""
    badge: str = ""


class TopBar(Painted):
    """Areas or path on the left, date, time, desk and clerk on the right."""

    PLANE = "panel"
    place: Place = Place()

    def show(self, place: Place) -> None:
        """Show another place, repainting only when something changed."""
        if place != self.place:
            self.place = place
            self.repaint()

    def rows(self, width: int, height: int) -> Sequence[Row]:
        place, row = self.place, Row("panel")
        end = width - 1
        wide = width >= 120
        for text, tone in _right_hand(place, wide):
            row.right(end, text, tone)
            end -= _cells(text) + 2
            if tone == "strong":
                end += 1
        x = 0
        tabs = place.tabs if not place.paths else place.tabs[place.active : place.active + 1]
        for index, tab in enumerate(tabs):
            if place.paths or index == place.active:
                row.put(x, "[", "chip-edge").then(tab, "chip").then("]", "chip-edge")
            else:
                row.put(x + 1, tab, "muted")
            x += _cells(tab) + 2
        x += 1
        for text, tone in _fitting(place.paths, end - x):
            room = end - x
            if room > 6:
                row.put(x, text, tone, room)
                x = min(row.end, end) + 2
        if not place.paths and wide and place.title and end - x > 20:
            row.put(x + 2, place.title, "muted", end - x - 2)
        return [row]


def _right_hand(place: Place, wide: bool) -> list[tuple[str, str]]:
    short = bool(place.paths) and not wide
    who = place.who if short or not place.desk else f"{place.desk} {place.who}"
    parts = [(who, "muted"), (place.time, "strong")]
    if not short:
        parts.append((place.day, "muted"))
    if place.badge:
        parts.append((f" {place.badge} ", "chip-defect"))
    return [(text, tone) for text, tone in parts if text.strip()]


def _fitting(paths: Sequence[Path], room: int) -> Path:
    """Return the first path that fits, else the last."""
    for path in paths:
        if sum(_cells(text) + 2 for text, _tone in path) - 2 <= room:
            return path
    return paths[-1] if paths else ()


def _cells(text: str) -> int:
    from counter.text import cell, width

    return width(cell(text))


class Banner(Painted):
    """The area's second row: facts in a line, the last one at the right where there is room."""

    PLANE = "ground"
    left: tuple[tuple[str, str, int], ...] = ()
    right: tuple[tuple[str, str, int], ...] = ()

    def show(
        self, left: tuple[tuple[str, str, int], ...], right: tuple[tuple[str, str, int], ...] = ()
    ) -> None:
        """Show runs of (text, tone, blanks before)."""
        if (left, right) != (self.left, self.right):
            self.left, self.right = left, right
            self.repaint()

    def rows(self, width: int, height: int) -> Sequence[Row]:
        row = Row("surface")
        row.end = 1
        for text, tone, gap in self.left:
            row.then(text, tone, gap)
        x = width - 1 - sum(_cells(text) + gap for text, _tone, gap in self.right)
        row.end = max(x, row.end + 1)
        for text, tone, gap in self.right:
            row.then(text, tone, gap)
        return [row]


class NextStep(Painted):
    """`下一步`, one sentence with its key in accent, and the tally of this screen. Never empty."""

    PLANE = "raised"
    sentence: str = ""
    tone: str = "strong"
    tally: tuple[tuple[str, str], ...] = ()

    def show(self, sentence: str, tally: tuple[tuple[str, str], ...] = (), *, tone: str = "strong") -> None:
        """Show what to do now; a remark comes in the tone `warning`."""
        if (sentence, tone, tally) != (self.sentence, self.tone, self.tally):
            self.sentence, self.tone, self.tally = sentence, tone, tally
            self.repaint()

    def rows(self, width: int, height: int) -> Sequence[Row]:
        row = Row("raised")
        row.chip(0, _("Next"), "chip")
        end = width - 1
        x = _cells(_("Next")) + 3
        tally = self.tally
        while tally and x + _cells(self.sentence) + sum(_cells(t) + 2 for t, _tone in tally) > end:
            tally = tally[:-1]
        for text, tone in reversed(tally):
            row.right(end, text, tone)
            end -= _cells(text) + 2
        for piece in _keyed(self.sentence):
            row.put(x, piece.text, "accent-strong" if piece.key else self.tone, max(0, end - x))
            x += _cells(piece.text)
        return [row]


class _Piece(NamedTuple):
    text: str
    key: bool


def _keyed(sentence: str) -> list[_Piece]:
    """Split a sentence so that the keys it names can be painted in accent."""
    space = _("Space")
    pattern = re.compile(rf"{_KEY}|{re.escape(space)}$")
    pieces: list[_Piece] = []
    at = 0
    for found in pattern.finditer(sentence):
        if found.start() > at:
            pieces.append(_Piece(sentence[at : found.start()], False))
        pieces.append(_Piece(found.group(), True))
        at = found.end()
    if at < len(sentence):
        pieces.append(_Piece(sentence[at:], False))
    return pieces


class Slot(NamedTuple):
    """One key of the bar."""

    shown: str
    label: str
    main: bool = False


Slots = Mapping[int, Slot]
"""What the key bar shows: F1 to F9 by number, and the tenth place."""


class KeyBar(Painted):
    """Nine fixed slots and one more; a key never changes place, an unused slot stays blank."""

    PLANE = "panel"
    slots: Slots = MappingProxyType({})

    def show(self, slots: Slots) -> None:
        """Show other keys."""
        if slots != self.slots:
            self.slots = slots
            self.repaint()

    def rows(self, width: int, height: int) -> Sequence[Row]:
        row = Row("panel")
        step = width // 10
        gap = " " if width >= 120 else ""
        for number, slot in sorted(self.slots.items()):
            x = (number - 1) * step
            text = f"{slot.shown}{gap}{slot.label}"
            if slot.main:
                row.chip(x, text, "chip")
                continue
            if number == 10 and slot.shown == "^P":
                x += 1
            row.put(x + 1, slot.shown, "accent-strong").then(gap + slot.label, "fact")
        return [row]
