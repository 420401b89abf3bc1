"""When the counter is open, and until when a correction must be back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter.circular.loader import shipped
from counter.circular.model import Circular, Hours, Slot, Window, WindowKind
from counter.clock import SHANGHAI
from counter.rules.calendar import WorkCalendar
from counter.rules.deadline import correction_deadline
from counter.rules.hours import Closed, OfficeState, office_state
from counter.rules.presence import shut_out

CIRCULAR = shipped()
PLAIN = WorkCalendar()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def state(text: str, calendar: WorkCalendar = PLAIN, circular: Circular = CIRCULAR) -> OfficeState:
    return office_state(circular, calendar, at(text).astimezone(UTC))


def with_window(
    start: date,
    end: date,
    *,
    start_time: time | None = None,
    end_time: time | None = None,
    slots: tuple[tuple[int, int], ...] = ((9, 12), (15, 18)),
    correction_days: int | None = None,
) -> Circular:
    window = Window(kind=WindowKind.COUNTER, start=start, end=end, start_time=start_time, end_time=end_time)
    hours = Hours(
        start=start,
        end=end,
        slots=tuple(Slot(open=time(opens), close=time(closes)) for opens, closes in slots),
    )
    return msgspec.structs.replace(
        CIRCULAR,
        windows=(CIRCULAR.window(WindowKind.ONLINE), window),
        hours=(hours,) if slots else (),
        correction=msgspec.structs.replace(CIRCULAR.correction, working_days=correction_days),
    )


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("2024-07-31T10:00", Closed.BEFORE_WINDOW),
        ("2024-07-31T23:59:59", Closed.BEFORE_WINDOW),
        ("2024-08-01T00:00", Closed.OUTSIDE_HOURS),
        ("2024-08-01T08:59:59.999999", Closed.OUTSIDE_HOURS),
        ("2024-08-01T09:00:00", None),
        ("2024-08-01T11:59:59", None),
        ("2024-08-01T11:59:59.999999", None),
        ("2024-08-01T12:00:00", Closed.OUTSIDE_HOURS),
        ("2024-08-01T14:59:59", Closed.OUTSIDE_HOURS),
        ("2024-08-01T15:00:00", None),
        ("2024-08-01T17:59:59", None),
        ("2024-08-01T18:00:00", Closed.OUTSIDE_HOURS),
        ("2024-08-03T10:00", Closed.NOT_WORKING_DAY),
        ("2024-08-04T23:00", Closed.NOT_WORKING_DAY),
        ("2024-09-10T17:59:59", None),
        ("2024-09-10T18:00:00", Closed.AFTER_WINDOW),
        ("2024-09-11T10:00", Closed.AFTER_WINDOW),
        ("2025-08-01T10:00", Closed.AFTER_WINDOW),
    ],
)
def test_the_counter_opens_and_closes_to_the_second(when: str, reason: Closed | None) -> None:
    found = state(when)
    assert found.reason is reason
    assert found.open is (reason is None)


@pytest.mark.parametrize(
    ("when", "opens"),
    [
        ("2024-07-01T10:00", "2024-08-01T09:00"),
        ("2024-08-01T08:00", "2024-08-01T09:00"),
        ("2024-09-05T12:07", "2024-09-05T15:00"),
        ("2024-09-05T10:00", "2024-09-05T15:00"),
        ("2024-09-06T18:00", "2024-09-09T09:00"),
        ("2024-08-03T10:00", "2024-08-05T09:00"),
        ("2024-09-10T15:00", None),
        ("2024-09-10T18:00", None),
    ],
)
def test_the_next_opening(when: str, opens: str | None) -> None:
    assert state(when).next_opening == (at(opens) if opens else None)


@pytest.mark.parametrize(
    ("when", "minutes"),
    [
        ("2024-09-05T11:28", 32),
        ("2024-09-05T11:28:01", 32),
        ("2024-09-05T11:59:59", 1),
        ("2024-09-05T09:00", 180),
        ("2024-09-05T12:00", None),
    ],
)
def test_minutes_to_closing_count_the_begun_one(when: str, minutes: int | None) -> None:
    assert state(when).minutes_to_close == minutes


@pytest.mark.parametrize(
    ("when", "number", "left"),
    [
        ("2024-07-31T10:00", 0, 29),
        ("2024-08-01T10:00", 1, 28),
        ("2024-08-03T10:00", 2, 27),
        ("2024-09-05T11:28", 26, 3),
        ("2024-09-10T17:00", 29, 0),
        ("2024-09-20T17:00", 29, 0),
    ],
)
def test_working_days_never_count_today_among_those_left(when: str, number: int, left: int) -> None:
    found = state(when)
    assert (found.working_day, found.working_days, found.working_days_left) == (number, 29, left)


@pytest.mark.parametrize(
    ("when", "minutes"),
    [
        ("2024-07-01T00:00", 29 * 360),
        ("2024-09-10T15:00", 180),
        ("2024-09-10T17:59:30", 1),
        ("2024-09-10T18:00", 0),
        ("2024-09-09T13:00", 180 + 360),
    ],
)
def test_the_open_time_left_in_the_window(when: str, minutes: int) -> None:
    assert state(when).minutes_left == minutes


def test_the_machines_zone_does_not_matter() -> None:
    for zone in (UTC, timezone(timedelta(hours=-8)), SHANGHAI):
        found = office_state(CIRCULAR, PLAIN, at("2024-08-01T00:30").astimezone(zone))
        assert found.day == date(2024, 8, 1)
        assert found.next_opening == at("2024-08-01T09:00")


def test_a_naive_time_is_refused() -> None:
    naive = datetime(2024, 8, 1, 9, 0)  # noqa: DTZ001
    with pytest.raises(ValueError, match="naive"):
        office_state(CIRCULAR, PLAIN, naive)
    with pytest.raises(ValueError, match="naive"):
        correction_deadline(CIRCULAR, PLAIN, naive)


def test_the_offices_own_days_change_the_hours() -> None:
    shut = WorkCalendar(closed=frozenset({date(2024, 8, 12)}), opened=frozenset({date(2024, 8, 17)}))
    assert state("2024-08-12T10:00", shut).reason is Closed.NOT_WORKING_DAY
    assert state("2024-08-17T10:00", shut).open
    assert state("2024-08-10T10:00", shut).next_opening == at("2024-08-13T09:00")


def test_a_window_with_times_begins_and_ends_at_them() -> None:
    circular = with_window(date(2024, 8, 1), date(2024, 8, 2), start_time=time(10, 30), end_time=time(17, 0))
    assert state("2024-08-01T10:29:59", circular=circular).reason is Closed.BEFORE_WINDOW
    assert state("2024-08-01T10:30:00", circular=circular).open
    assert state("2024-08-02T09:00", circular=circular).open
    assert state("2024-08-02T16:59:59", circular=circular).open
    assert state("2024-08-02T17:00:00", circular=circular).reason is Closed.AFTER_WINDOW
    assert state("2024-08-01T18:00", circular=circular).minutes_left == 180 + 120


def test_a_window_across_new_year() -> None:
    circular = with_window(date(2024, 12, 30), date(2025, 2, 3))
    assert state("2024-12-31T18:00", circular=circular).next_opening == at("2025-01-02T09:00")
    assert state("2025-01-01T10:00", circular=circular).reason is Closed.NOT_WORKING_DAY
    assert state("2025-01-26T10:00", circular=circular).open  # a Sunday worked for Spring Festival
    assert state("2025-01-28T10:00", circular=circular).reason is Closed.AFTER_WINDOW
    assert state("2025-01-27T18:00", circular=circular).reason is Closed.AFTER_WINDOW
    assert state("2025-01-27T18:00", circular=circular).calendar_known


def test_a_circular_without_hours_takes_the_whole_working_day() -> None:
    circular = with_window(date(2024, 8, 1), date(2024, 8, 5), end_time=time(17, 0), slots=())
    assert state("2024-08-01T00:00", circular=circular).open
    assert state("2024-08-01T23:58:59", circular=circular).open
    assert state("2024-08-03T10:00", circular=circular).reason is Closed.NOT_WORKING_DAY
    assert state("2024-08-05T17:00", circular=circular).reason is Closed.AFTER_WINDOW


def test_a_window_without_any_working_day_is_never_open() -> None:
    circular = with_window(date(2024, 8, 3), date(2024, 8, 4))
    found = state("2024-08-03T10:00", circular=circular)
    assert (found.reason, found.next_opening, found.last_closing) == (Closed.NOT_WORKING_DAY, None, None)
    assert correction_deadline(circular, PLAIN, at("2024-08-03T10:00")) is None


def test_an_unpublished_year_is_announced() -> None:
    circular = with_window(date(2035, 8, 1), date(2035, 9, 10))
    found = state("2035-08-01T10:00", circular=circular)
    assert found.open
    assert not found.calendar_known
    assert state("2024-08-01T10:00").calendar_known


INSTANTS = st.datetimes(datetime(2024, 7, 30), datetime(2024, 9, 13)).map(  # noqa: DTZ001
    lambda d: d.replace(tzinfo=SHANGHAI)
)


@given(INSTANTS)
def test_open_means_working_day_inside_window_and_slot(when: datetime) -> None:
    found = office_state(CIRCULAR, PLAIN, when)
    in_window = date(2024, 8, 1) <= when.date() <= date(2024, 9, 10)
    open_now = in_window and when.weekday() < 5 and when.hour in {9, 10, 11, 15, 16, 17}
    assert found.open == open_now
    if found.current:
        assert found.current.opens <= when < found.current.closes
        assert found.minutes_to_close is not None
        assert 1 <= found.minutes_to_close <= 180
    assert found.minutes_left >= (found.minutes_to_close or 0)
    assert found.working_day + found.working_days_left == found.working_days


@given(INSTANTS)
def test_the_counter_is_open_at_its_next_opening_and_not_between(when: datetime) -> None:
    found = office_state(CIRCULAR, PLAIN, when)
    if found.next_opening is None:
        assert found.working_days_left == 0
        return
    assert found.next_opening > when
    assert office_state(CIRCULAR, PLAIN, found.next_opening).open
    assert not office_state(CIRCULAR, PLAIN, found.next_opening - timedelta(microseconds=1)).open


def test_without_days_a_correction_has_until_the_window_ends() -> None:
    found = correction_deadline(CIRCULAR, PLAIN, at("2024-09-05T11:37"))
    assert found is not None
    assert found.at == at("2024-09-10T18:00")
    assert found.working_days_left == 3
    assert found.minutes_left == 23 + 180 + 3 * 360
    assert not found.capped
    assert found.calendar_known


@pytest.mark.parametrize(
    ("issued", "days", "end", "left", "capped"),
    [
        ("2024-08-12T10:00", 5, "2024-08-19T18:00", 5, False),
        ("2024-08-12T19:00", 1, "2024-08-13T18:00", 1, False),
        ("2024-08-16T10:00", 1, "2024-08-19T18:00", 1, False),
        ("2024-09-05T10:00", 3, "2024-09-10T18:00", 3, False),
        ("2024-09-05T10:00", 4, "2024-09-10T18:00", 3, True),
        ("2024-09-10T10:00", 5, "2024-09-10T18:00", 0, True),
    ],
)
def test_a_correction_ends_with_a_working_day_inside_the_window(
    issued: str, days: int, end: str, left: int, capped: bool
) -> None:
    circular = with_window(date(2024, 8, 1), date(2024, 9, 10), correction_days=days)
    found = correction_deadline(circular, PLAIN, at(issued))
    assert found is not None
    assert (found.at, found.working_days_left, found.capped) == (at(end), left, capped)


def test_a_correction_never_ends_on_a_day_the_office_is_shut() -> None:
    circular = with_window(date(2024, 8, 1), date(2024, 9, 10), correction_days=5)
    shut = WorkCalendar(closed=frozenset({date(2024, 8, 19)}))
    found = correction_deadline(circular, shut, at("2024-08-12T10:00"))
    assert found is not None
    assert found.at == at("2024-08-20T18:00")
    late = WorkCalendar(closed=frozenset({date(2024, 9, 10)}))
    found = correction_deadline(CIRCULAR, late, at("2024-08-12T10:00"))
    assert found is not None
    assert found.at == at("2024-09-09T18:00")


def test_a_deadline_is_over_at_its_instant() -> None:
    found = correction_deadline(CIRCULAR, PLAIN, at("2024-09-05T11:37"))
    assert found is not None
    assert not found.passed(at("2024-09-10T17:59:59").astimezone(UTC))
    assert found.passed(at("2024-09-10T18:00").astimezone(UTC))


def test_a_notice_after_the_window_has_a_deadline_that_is_over() -> None:
    found = correction_deadline(CIRCULAR, PLAIN, at("2024-09-12T10:00"))
    assert found is not None
    assert found.passed(at("2024-09-12T10:00"))
    assert (found.working_days_left, found.minutes_left) == (0, 0)


@given(INSTANTS, st.integers(1, 40) | st.none())
def test_every_deadline_is_a_closing_time_of_an_open_day(issued: datetime, days: int | None) -> None:
    circular = with_window(date(2024, 8, 1), date(2024, 9, 10), correction_days=days)
    found = correction_deadline(circular, PLAIN, issued)
    assert found is not None
    assert found.at <= at("2024-09-10T18:00")
    assert office_state(circular, PLAIN, found.at - timedelta(microseconds=1)).open
    assert found.at.time() == time(18)
    assert found.working_days_left <= (days or 29)
    if found.working_days_left:
        assert found.at.date() > issued.date()
    if days is not None and not found.capped:
        assert found.working_days_left == days


@pytest.mark.parametrize(
    ("when", "came", "closed"),
    [
        ("2024-08-12T09:00", None, None),
        ("2024-08-12T11:59:59", "2024-08-09", None),
        ("2024-08-12T12:00", "2024-08-12", None),
        ("2024-08-12T12:00", "2024-08-09", Closed.OUTSIDE_HOURS),
        ("2024-08-12T18:03", "2024-08-12", None),
        ("2024-08-12T23:59:59", "2024-08-12", None),
        ("2024-08-13T00:00", "2024-08-12", Closed.OUTSIDE_HOURS),
        ("2024-08-13T08:59:59", "2024-08-12", Closed.OUTSIDE_HOURS),
        ("2024-08-17T10:00", "2024-08-16", Closed.NOT_WORKING_DAY),
        ("2024-09-10T17:59:59", "2024-09-09", None),
        ("2024-09-10T18:00", "2024-09-09", Closed.AFTER_WINDOW),
        ("2024-09-10T18:03", "2024-09-10", None),
        ("2024-09-10T23:59:59", "2024-09-10", None),
        ("2024-09-11T00:00", "2024-09-10", Closed.AFTER_WINDOW),
        ("2024-09-11T10:00", "2024-08-12", Closed.AFTER_WINDOW),
        ("2024-09-11T10:00", "2024-09-11", None),
        ("2024-07-31T10:00", None, Closed.BEFORE_WINDOW),
    ],
)
def test_who_came_in_time_is_served_to_the_end_of_that_day(
    when: str, came: str | None, closed: Closed | None
) -> None:
    assert shut_out(state(when), date.fromisoformat(came) if came else None) is closed


@given(
    st.datetimes(datetime(2024, 7, 25), datetime(2024, 9, 20)),  # noqa: DTZ001 - hypothesis draws naive times
    st.none() | st.dates(date(2024, 7, 25), date(2024, 9, 20)),
)
def test_nobody_is_served_outside_the_hours_but_who_came_or_was_let_in_on_that_day(
    when: datetime, came: date | None
) -> None:
    office = office_state(CIRCULAR, PLAIN, when.replace(tzinfo=SHANGHAI))
    served = office.open or came == when.date()
    assert (shut_out(office, came) is None) == served
    assert shut_out(office, came) in (None, office.reason)
