"""The steady reading runs on, whatever anybody does to the clock."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from counter.clock import DemoClock, FixedClock, SystemClock
from tests.builders import shanghai


def test_setting_the_machines_clock_moves_no_steady_reading() -> None:
    clock = SystemClock()
    before = clock.steady()
    with time_machine.travel(shanghai("2031-01-01T00:00")):
        after = clock.steady()
    assert after.boot == before.boot
    assert 0 <= after.seconds - before.seconds < 60


def test_two_clocks_of_one_machine_read_the_same_run() -> None:
    first, second = SystemClock().steady(), DemoClock(shanghai("2024-08-12T09:05")).steady()
    assert first.boot == second.boot
    assert second.seconds >= first.seconds
    assert 0 < len(first.boot) <= 60


def test_a_fixed_clock_lets_time_pass_or_has_it_set() -> None:
    clock = FixedClock(shanghai("2024-08-12T09:05"))
    clock.tick(minutes=5)
    assert clock.steady() == ("boot", 300.0)
    clock.at += timedelta(days=1)
    assert clock.steady() == ("boot", 300.0)
    clock.boot = "started anew"
    assert clock.steady().boot != "boot"
