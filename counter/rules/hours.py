"""Whether the counter is open at an instant, until when, and what is left of its window.

An opening begins with its first second and has ended at its last: 09:00:00 is open, 12:00:00 is closed. All
instants are aware; days and hours are those of the office (Asia/Shanghai), whatever zone comes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

from counter.circular.model import Circular, Hours, Slot, Window, WindowKind
from counter.clock import SHANGHAI
from counter.rules.calendar import WorkCalendar

WHOLE_DAY: Final = (Slot(open=time(0, 0), close=time(23, 59)),)
"""Holds on working days when a circular states no hours."""


class Closed(StrEnum):
    """Why the counter takes nothing."""

    BEFORE_WINDOW = "before_window"
    AFTER_WINDOW = "after_window"
    NOT_WORKING_DAY = "not_working_day"
    OUTSIDE_HOURS = "outside_hours"


@dataclass(frozen=True)
class Opening:
    """One stretch of time in which the counter is open; `closes` itself is already shut."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True)
class OfficeState:
    """The counter at one instant. Instants are aware, in the office's zone."""

    reason: Closed | None
    """Why it is closed; None while it is open."""
    day: date
    """The office's date."""
    current: Opening | None
    today: tuple[Opening, ...]
    """The openings of this day inside the window."""
    minutes_to_close: int | None
    """Begun minutes until the current opening ends, at least 1."""
    next_opening: datetime | None
    """The next beginning of an opening, None when the window has no more."""
    last_closing: datetime | None
    """When the window's last opening ends; None when it has no opening at all."""
    window: Window
    working_day: int
    """Which working day of the window this is; on other days the number of those that passed."""
    working_days: int
    """Working days of the whole window."""
    working_days_left: int
    """Working days of the window after today."""
    minutes_left: int
    """Open minutes left in the window, begun ones included."""
    calendar_known: bool
    """False when today or a day of the window is in a year whose holidays are not published: announce it."""

    @property
    def open(self) -> bool:
        """Tell whether the counter takes people in."""
        return self.reason is None


def office_state(circular: Circular, calendar: WorkCalendar, at: datetime) -> OfficeState:
    """Return the state of the counter at an aware instant. Raises ValueError for a naive one."""
    now = office_time(at)
    day = now.date()
    window = circular.window(WindowKind.COUNTER)
    plan = openings(circular, calendar)
    current = next((o for o in plan if o.opens <= now < o.closes), None)
    until_today = min(day, window.end)
    total = calendar.working_days(window.start, window.end)
    passed = calendar.working_days(window.start, until_today)
    return OfficeState(
        reason=None if current else _closed(window, calendar, plan, now),
        day=day,
        current=current,
        today=tuple(o for o in plan if o.opens.date() == day),
        minutes_to_close=_minutes(current.closes - now) if current else None,
        next_opening=next((o.opens for o in plan if o.opens > now), None),
        last_closing=plan[-1].closes if plan else None,
        window=window,
        working_day=passed,
        working_days=total,
        working_days_left=total - passed,
        minutes_left=open_minutes(plan, now),
        calendar_known=calendar.known(day) and calendar.known_between(window.start, window.end),
    )


def openings(circular: Circular, calendar: WorkCalendar) -> tuple[Opening, ...]:
    """Return every opening of the counter window in order, cut to the window's times of day."""
    return _openings(circular.window(WindowKind.COUNTER), circular.hours, calendar)


@lru_cache(maxsize=16)  # asked twice by every tick, and the same all day
def _openings(window: Window, hours: tuple[Hours, ...], calendar: WorkCalendar) -> tuple[Opening, ...]:
    first = _instant(window.start, window.start_time or time.min)
    last = _instant(window.end, window.end_time) if window.end_time else _instant(window.end, time.max)
    plan = []
    for step in range((window.end - window.start).days + 1):
        day = window.start + timedelta(days=step)
        if not calendar.is_working(day):
            continue
        for slot in _slots(hours, day):
            opens = max(_instant(day, slot.open), first)
            closes = min(_instant(day, slot.close), last)
            if opens < closes:
                plan.append(Opening(opens, closes))
    return tuple(sorted(plan, key=lambda o: o.opens))


def open_minutes(plan: tuple[Opening, ...], since: datetime, until: datetime | None = None) -> int:
    """Return the open minutes of a plan from one instant to another, a begun minute counted whole."""
    left = timedelta()
    for opening in plan:
        begins = max(opening.opens, since)
        ends = opening.closes if until is None else min(opening.closes, until)
        left += max(ends - begins, timedelta())
    return _minutes(left)


def office_time(at: datetime) -> datetime:
    """Return an aware instant on the office's clock. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("a naive time has no place in the office's hours")
    return at.astimezone(SHANGHAI)


def _closed(window: Window, calendar: WorkCalendar, plan: tuple[Opening, ...], now: datetime) -> Closed:
    if now < _instant(window.start, window.start_time or time.min):
        return Closed.BEFORE_WINDOW
    if now.date() > window.end or (plan and plan[-1].closes <= now):
        return Closed.AFTER_WINDOW
    if not calendar.is_working(now.date()):
        return Closed.NOT_WORKING_DAY
    return Closed.OUTSIDE_HOURS


def _slots(hours: tuple[Hours, ...], day: date) -> tuple[Slot, ...]:
    if not hours:
        return WHOLE_DAY
    return tuple(slot for some in hours if some.start <= day <= some.end for slot in some.slots)


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=SHANGHAI)


def _minutes(span: timedelta) -> int:
    return -(-span // timedelta(minutes=1))
