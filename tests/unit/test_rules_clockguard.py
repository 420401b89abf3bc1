"""A clock that jumped is doubted; a weekend, a holiday and the time between two intakes are no jump."""

from __future__ import annotations

from datetime import datetime

import pytest

from counter.circular.loader import shipped
from counter.clock import Steady
from counter.rules.calendar import WorkCalendar
from counter.rules.clockguard import Jump, Reading, idle_days, jump
from counter.rules.hours import openings
from tests.builders import shanghai

PLAN = openings(shipped(), WorkCalendar())


def judged(last: str, now: str, ran: float | None = None, *, boot: str = "b") -> Jump | None:
    """Judge a clock: without `ran` the machine was started anew, with it so many steady seconds passed."""
    at, before = shanghai(now), shanghai(last)
    known = None if ran is None else Reading(before, Steady(boot, 100.0))
    return jump(Reading(at, Steady(boot, 100.0 + (ran or 0))), known, before, PLAN)


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("2024-08-12T09:03:00", None),
        ("2024-08-12T09:02:59", Jump.BACK),
        ("2024-08-12T08:05:00", Jump.BACK),
        ("2024-08-09T09:05:00", Jump.BACK),
        ("2023-08-12T09:05:00", Jump.BACK),
    ],
)
def test_a_clock_before_the_last_event_has_gone_back(now: str, found: Jump | None) -> None:
    assert judged("2024-08-12T09:05", now) is found


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("2024-08-12T09:15:00", None),
        ("2024-08-12T09:17:00", None),
        ("2024-08-12T09:17:01", Jump.AHEAD),
        ("2024-08-13T09:15:00", Jump.AHEAD),
        ("2025-08-12T09:15:00", Jump.AHEAD),
        ("2024-08-12T09:13:00", None),
        ("2024-08-12T09:12:59", Jump.BACK),
    ],
)
def test_within_one_run_of_the_machine_the_steady_clock_decides(shown: str, found: Jump | None) -> None:
    assert judged("2024-08-12T09:05", shown, ran=600) is found


def test_a_machine_that_ran_or_slept_through_a_holiday_did_not_jump() -> None:
    assert judged("2024-08-09T17:58", "2024-08-19T09:00", ran=(9 * 24 + 15) * 3600 + 120) is None


@pytest.mark.parametrize(
    ("last", "now", "found"),
    [
        ("2024-08-09T17:58", "2024-08-12T08:50", None),  # a weekend
        ("2024-08-12T17:58", "2024-08-13T08:50", None),  # a night
        ("2024-08-12T17:58", "2024-08-14T08:50", None),  # one day nobody came
        ("2024-08-12T17:58", "2024-08-15T08:50", Jump.AHEAD),  # two
        ("2024-08-09T17:58", "2024-08-13T08:50", None),  # a weekend and a Monday nobody came
        ("2024-08-09T17:58", "2024-08-14T08:50", Jump.AHEAD),
        ("2024-08-12T17:58", "2025-08-12T09:00", Jump.AHEAD),
        ("2024-09-10T18:20", "2025-07-01T09:00", None),  # after the intake nothing is awaited
        ("2024-05-10T09:00", "2024-08-01T08:50", None),  # nor before it
    ],
)
def test_after_a_restart_days_on_which_the_counter_should_have_worked_are_counted(
    last: str, now: str, found: Jump | None
) -> None:
    assert judged(last, now) is found


def test_a_day_the_office_was_closed_is_no_idle_day() -> None:
    first, until = shanghai("2024-08-12T17:00"), shanghai("2024-08-15T09:00")
    closed = WorkCalendar(closed=frozenset({datetime(2024, 8, 13, tzinfo=first.tzinfo).date()}))
    assert idle_days(first, until, PLAN) == 2
    assert idle_days(first, until, openings(shipped(), closed)) == 1


def test_where_sleep_is_not_counted_a_morning_after_it_is_no_jump() -> None:
    assert judged("2024-08-12T17:58", "2024-08-13T08:50", ran=60, boot="process-7-1") is None


def test_records_that_hold_nothing_doubt_no_clock() -> None:
    assert jump(Reading(shanghai("2024-08-12T09:00"), Steady("b", 1)), None, None, PLAN) is None
