"""The areas' second row: open or closed, until when, how much of the window is left."""

from __future__ import annotations

from datetime import date
from typing import Final

from counter.i18n import _
from counter.rules.hours import Closed, OfficeState
from counter.screens.words import day_words
from counter.text import cell, width

Words = tuple[tuple[str, str, int], ...]
"""Texts, their tones, and the blanks before them."""

LAST_MINUTES: Final = 30
"""From here on the time to closing is a warning: a submission takes about ten minutes."""


def opening_words(state: OfficeState, *, half: bool = True, hours: bool = True) -> Words:
    """Return whether the counter is open and what comes next; a narrow row goes without the hours."""
    if state.current is None:
        return _closed_words(state)
    opening, minutes = state.current, state.minutes_to_close or 0
    part = _("morning") if opening.opens.hour < 12 else _("afternoon")
    last = minutes <= LAST_MINUTES
    label, figure = ("warning-fact", "warning") if last else ("muted", "strong")
    words: list[tuple[str, str, int]] = [(_("Window open"), "success", 0)]
    if hours:
        words += [
            (part if half else "", "muted", 2 if half else 1),
            (f"{opening.opens:%H:%M}-{opening.closes:%H:%M}", "muted", 1),
        ]
    words.append((_("closes in"), label, 2))
    if minutes >= 60:
        words += [(str(minutes // 60), figure, 1), (_("h"), figure, 1)]
        minutes %= 60
    if minutes:
        words += [(str(minutes), figure, 1), (_("min"), figure, 1)]
    return tuple(words)


def _closed_words(state: OfficeState) -> Words:
    words: list[tuple[str, str, int]] = [(_("Window closed"), "error", 0)]
    if state.reason is Closed.AFTER_WINDOW:
        ended = _dated(state.window.end, state.day)
        return (*words, (_("taking in ended on {day}").format(day=ended), "strong", 2))
    if state.reason is Closed.BEFORE_WINDOW:
        begins = _dated(state.window.start, state.day)
        words.append((_("taking in begins on {day}").format(day=begins), "strong", 2))
    elif opens := state.next_opening:
        when = _("today") if opens.date() == state.day else day_words(opens.date())
        words += [(_("opens"), "muted", 2), (f"{when} {opens:%H:%M}", "strong", 1)]
    return tuple(words)


def _dated(day: date, today: date) -> str:
    """Return a day, with its year where that is another one."""
    text = day_words(day, weekday=False)
    return text if day.year == today.year else _("{day} of {year}").format(day=text, year=day.year)


def window_words(state: OfficeState, *, weekday: bool = True) -> Words:
    """Return until when the window takes in; today is never counted among the days left."""
    if not state.calendar_known:
        return ((_("holidays of this year not known: Monday to Friday assumed"), "warning", 2),)
    if state.last_closing is None or state.reason is Closed.AFTER_WINDOW:
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
