"""When a backup is due or too old, and which copies may go."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from counter.rules.keeping import Keeping, copies, due, stale, to_go
from tests.builders import shanghai

EVERY: Final = Keeping(every=timedelta(minutes=15), kept=3, days=2)
NINE: Final = shanghai("2024-08-12T09:00")


def later(**span: float) -> datetime:
    return NINE + timedelta(**span)


def test_nothing_is_copied_while_nothing_happened() -> None:
    assert not due(later(days=3), None, None, EVERY)
    assert not stale(later(days=3), None, EVERY)


def test_a_copy_is_due_when_something_happened_and_the_time_is_over() -> None:
    assert due(NINE, None, NINE, EVERY)
    assert not due(later(minutes=14, seconds=59), NINE, NINE, EVERY)
    assert due(later(minutes=15), NINE, NINE, EVERY)


def test_a_try_that_failed_is_repeated_sooner() -> None:
    assert not due(later(minutes=4, seconds=59), NINE, NINE, EVERY, failed=True)
    assert due(later(minutes=5), NINE, NINE, EVERY, failed=True)


def test_a_clock_that_went_back_puts_no_copy_off() -> None:
    assert due(later(days=-1), NINE, NINE, EVERY)


def test_who_wants_no_schedule_gets_none_and_is_warned_after_a_day() -> None:
    assert not due(later(days=1), None, NINE, Keeping())
    assert not stale(later(hours=26), NINE, Keeping())
    assert stale(later(hours=26, seconds=1), NINE, Keeping())


def test_work_that_went_uncopied_for_twice_the_time_is_told() -> None:
    assert not stale(later(minutes=30), NINE, EVERY)
    assert stale(later(minutes=30, seconds=1), NINE, EVERY)


def name(at: str, head: str = "0") -> str:
    return f"desk-{at}-{head * 20}.db"


def test_the_latest_stay_and_the_last_of_each_of_the_last_days() -> None:
    names = [
        name("20240801-090000"),
        name("20240811-090000"),
        name("20240811-170000"),
        name("20240812-090000"),
        name("20240812-091500"),
        name("20240812-093000"),
        name("20240812-094500"),
    ]
    gone = to_go(names, EVERY, made=names[-1], today=date(2024, 8, 12))
    assert gone == (names[0], names[1], names[3])


def test_what_is_none_of_our_copies_stays() -> None:
    others = ["monday.db", "desk-2024.db", ".x.tmp", "desk-20240801-090000-zz.db", "aside"]
    one = Keeping(every=timedelta(minutes=15), kept=1, days=0)
    assert to_go([*others, name("20240801-090000")], one, made="x", today=date(2024, 8, 12)) == ()
    assert [c.name for c in copies([*others, name("20240801-090000")])] == [name("20240801-090000")]


@given(
    st.lists(st.integers(0, 42 * 86400), min_size=1, max_size=60, unique=True),
    st.integers(1, 10),
    st.integers(0, 40),
)
def test_what_was_just_made_and_the_latest_always_stay(seconds: list[int], kept: int, days: int) -> None:
    names = sorted({name(f"{later(days=-42, seconds=s):%Y%m%d-%H%M%S}") for s in seconds})
    made = names[0]  # as after a clock that went backwards
    keeping = Keeping(every=timedelta(minutes=15), kept=kept, days=days)
    left = sorted(set(names) - set(to_go(names, keeping, made=made, today=date(2024, 8, 12))))
    assert made in left
    assert left[-1] == names[-1]
    assert names[-kept:] == left[-len(names[-kept:]) :]
    since = f"{date(2024, 8, 12) - timedelta(days=days):%Y%m%d}"
    assert {n[5:13] for n in names if n[5:13] >= since} <= {n[5:13] for n in left}
