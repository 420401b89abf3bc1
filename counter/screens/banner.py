"""The areas' second row: open or closed, until when, how much of the window is left."""

from __future__ import annotations

from typing import Final

from counter.i18n import _
from counter.rules.hours import OfficeState
from counter.screens.words import day_words
from counter.text import cell, width

Words = tuple[tuple[str, str, int], ...]
"""Texts, their tones, and the blanks before them."""

LAST_MINUTES: Final = 30
"""From here on the time to closing is a warning: a submission takes about ten minutes."""


def opening_words(state: OfficeState, *, half: bool = True) -> Words:
    """Return whether the counter is open and what comes next."""
    if state.current is None:
        return _closed_words(state)
    opening, minutes = state.current, state.minutes_to_close or 0
    part = _("morning") if opening.opens.hour < 12 else _("afternoon")
    last = minutes <= LAST_MINUTES
    label, figure = ("warning-fact", "warning") if last else ("muted", "strong")
    words: list[tuple[str, str, int]] = [
        (_("Window open"), "success", 0),
        (part if half else "", "muted", 2 if half else 1),
        (f"{opening.opens:%H:%M}-{opening.closes:%H:%M}", "muted", 1),
        (_("closes in"), label, 2),
    ]
    if minutes >= 60:
        words += [(str(minutes // 60), figure, 1), (_("h"), figure, 1)]
        minutes %= 60
    if minutes:
        words += [(str(minutes), figure, 1), (_("min"), figure, 1)]
    return tuple(words)


def _closed_words(state: OfficeState) -> Words:
    words: list[tuple[str, str, int]] = [(_("Window closed"), "error", 0)]
    if opens := state.next_opening:
        when = _("today") if opens.date() == state.day else day_words(opens.date())
        words += [(_("opens"), "muted", 2), (f"{when} {opens:%H:%M}", "strong", 1)]
    return tuple(words)


def window_words(state: OfficeState, *, weekday: bool = True) -> Words:
    """Return until when the window takes in; today is never counted among the days left."""
    if not state.calendar_known:
        return ((_("holidays of this year not known: check the day"), "warning", 2),)
    if state.last_closing is None or state.window.end < state.day:
        return ()
    return (
        (_("takes in until"), "muted", 2),
        (day_words(state.window.end, weekday=weekday), "fact", 1),
        (_("left"), "muted", 2),
        (_("{n} working days").format(n=state.working_days_left), "strong", 1),
    )


def banner_cells(words: Words) -> int:
    """Return how wide words are."""
    return sum(width(cell(text)) + gap for text, _tone, gap in words)
