"""Working days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter.rules.calendar import WorkCalendar

PLAIN = WorkCalendar()

HOLIDAYS = {
    2024: "01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 09-16 09-17"
    " 10-01 10-02 10-03 10-04 10-07",
    2025: "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02"
    " 10-01 10-02 10-03 10-06 10-07 10-08",
    2026: "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25"
    " 10-01 10-02 10-05 10-06 10-07",
}
MAKE_UP = {
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
}


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_published_years_are_exactly_as_published(year: int) -> None:
    off = {date.fromisoformat(f"{year}-{day}") for day in HOLIDAYS[year].split()}
    on = {date.fromisoformat(f"{year}-{day}") for day in MAKE_UP[year].split()}
    day = date(year, 1, 1)
    while day.year == year:
        assert PLAIN.is_working(day) == ((day.weekday() < 5 and day not in off) or day in on), day
        assert PLAIN.known(day)
        day += timedelta(days=1)


def test_the_window_of_2024_has_29_working_days() -> None:
    assert PLAIN.working_days(date(2024, 8, 1), date(2024, 9, 10)) == 29


@pytest.mark.parametrize("day", [date(2035, 2, 12), date(2035, 2, 17), date(2035, 2, 18), date(2003, 10, 1)])
def test_an_unpublished_year_is_an_estimate_and_says_so(day: date) -> None:
    assert not PLAIN.known(day)
    assert PLAIN.is_working(day) == (day.weekday() < 5)
    assert not PLAIN.known_between(day, day)
    assert not PLAIN.known_between(date(2026, 12, 31), date(2035, 1, 1))


def test_the_offices_own_days_win() -> None:
    monday, sunday = date(2024, 8, 12), date(2024, 8, 18)
    own = WorkCalendar(closed=frozenset({monday}), opened=frozenset({sunday}))
    assert not own.is_working(monday)
    assert own.is_working(sunday)
    assert not own.is_working(date(2024, 8, 17))
    far = WorkCalendar(opened=frozenset({date(2035, 1, 1)}))
    assert far.known(date(2035, 1, 1))
    assert far.known_between(date(2035, 1, 1), date(2035, 1, 1))


def test_a_day_cannot_be_closed_and_open() -> None:
    with pytest.raises(ValueError, match="2024-08-12"):
        WorkCalendar(closed=frozenset({date(2024, 8, 12)}), opened=frozenset({date(2024, 8, 12)}))


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
CALENDARS = st.builds(
    lambda closed, opened: WorkCalendar(closed=frozenset(closed - opened), opened=frozenset(opened)),
    st.sets(DAYS, max_size=5),
    st.sets(DAYS, max_size=5),
)


@given(CALENDARS, DAYS, st.integers(1, 40))
def test_the_nth_working_day_after_has_n_working_days_up_to_it(
    calendar: WorkCalendar, day: date, count: int
) -> None:
    later = calendar.after(day, count)
    assert calendar.is_working(later)
    assert calendar.working_days(day + timedelta(days=1), later) == count


@given(CALENDARS, DAYS, st.integers(0, 60))
def test_the_latest_working_day_of_a_period(calendar: WorkCalendar, day: date, span: int) -> None:
    last = day + timedelta(days=span)
    found = calendar.latest_working(day, last)
    if found is None:
        assert calendar.working_days(day, last) == 0
    else:
        assert day <= found <= last
        assert calendar.is_working(found)
        assert calendar.working_days(found + timedelta(days=1), last) == 0


def test_counting_refuses_nonsense() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        PLAIN.after(date(2024, 8, 12), 0)
    assert PLAIN.working_days(date(2024, 8, 2), date(2024, 8, 1)) == 0
    assert PLAIN.latest_working(date(2024, 8, 2), date(2024, 8, 1)) is None
