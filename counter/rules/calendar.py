"""The working days of the office: the state's holidays and make-up days, and the office's own changes.

The state publishes a year's holidays in the autumn before. For a year that is not published the calendar
answers Monday to Friday and `known` says that this is an estimate, which every screen must announce.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache


@dataclass(frozen=True)
class WorkCalendar:
    """Tells working days; the office's own days win over the state's."""

    closed: frozenset[date] = field(default_factory=frozenset)
    """Days on which the office is shut in spite of the calendar."""
    opened: frozenset[date] = field(default_factory=frozenset)
    """Days on which it works in spite of the calendar."""

    def __post_init__(self) -> None:
        """Refuse a day that is both: ValueError names it."""
        if both := self.closed & self.opened:
            raise ValueError(f"both closed and open: {min(both).isoformat()}")

    def is_working(self, day: date) -> bool:
        """Tell whether the office works on a day; Monday to Friday in a year that is not published."""
        if day in self.closed:
            return False
        if day in self.opened:
            return True
        published = _published(day)
        return day.weekday() < 5 if published is None else published

    def known(self, day: date) -> bool:
        """Tell whether the answer for a day is certain rather than an estimate."""
        return day in self.closed or day in self.opened or _published(day) is not None

    def known_between(self, first: date, last: date) -> bool:
        """Tell whether every day of a period is certain, both ends included."""
        years = range(first.year, last.year + 1)
        if all(_published(date(year, 1, 1)) is not None for year in years):
            return True
        return all(self.known(day) for day in _days(first, last))

    def working_days(self, first: date, last: date) -> int:
        """Return the number of working days from first to last, both included; 0 when last is earlier."""
        return sum(map(self.is_working, _days(first, last)))

    def latest_working(self, first: date, last: date) -> date | None:
        """Return the last working day in a period, both ends included, or None when it has none."""
        span = (last - first).days
        days = (last - timedelta(days=back) for back in range(span + 1))
        return next((day for day in days if self.is_working(day)), None)

    def after(self, day: date, count: int) -> date:
        """Return the working day that is `count` working days after a day, which itself is not counted.

        Raises ValueError for a count below 1 and when the office's own closed days leave no such day within
        about twenty years.
        """
        if count < 1:
            raise ValueError("count must be at least 1")
        for step in range(1, 7300):
            later = day + timedelta(days=step)
            if self.is_working(later):
                count -= 1
                if not count:
                    return later
        raise ValueError("no such working day")


def _days(first: date, last: date) -> Iterator[date]:
    for step in range((last - first).days + 1):
        yield first + timedelta(days=step)


@lru_cache(maxsize=4096)
def _published(day: date) -> bool | None:
    import chinese_calendar  # 10 ms that the first paint need not pay

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
