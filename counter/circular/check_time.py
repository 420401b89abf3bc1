"""Windows and opening hours of a circular: possible, in order, and inside each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from counter.circular.model import Circular, Hours, Window, WindowKind
from counter.circular.problems import Mistake, Path


def time_mistakes(circular: Circular) -> Iterator[Mistake]:
    """Yield every window, range of hours or opening that cannot be meant."""
    if not 2000 <= circular.year <= 2100:
        yield Mistake(("year",), "year_range")
    for number, window in enumerate(circular.windows):
        yield from _window(circular, window, ("windows", number))
    yield from _kinds(circular)
    yield from _order(circular)
    for number, hours in enumerate(circular.hours):
        yield from _hours(circular, hours, ("hours", number))
    yield from _shared_days(circular.hours)
    if not 0 <= circular.publicity_days <= 60:
        yield Mistake(("publicity_days",), "publicity_days_range")


def _first(circular: Circular, kind: WindowKind) -> tuple[int, Window] | None:
    found = ((number, window) for number, window in enumerate(circular.windows) if window.kind is kind)
    return next(found, None)


def _window(circular: Circular, window: Window, place: Path) -> Iterator[Mistake]:
    first, last = window.start_time or time.min, window.end_time or time.max
    if (window.end, last) <= (window.start, first):
        yield Mistake((*place, "end"), "window_ends_before_start")
    elif not window.start.year <= circular.year <= window.end.year:
        yield Mistake((*place, "start"), "window_not_in_year", {"year": circular.year})


def _kinds(circular: Circular) -> Iterator[Mistake]:
    for kind in WindowKind:
        first = _first(circular, kind)
        if first is None:
            yield Mistake(("windows",), "window_missing", {"kind": kind.value})
            continue
        for number, window in enumerate(circular.windows):
            if window.kind is not kind or number == first[0]:
                continue
            shared = window.start <= first[1].end and first[1].start <= window.end
            code = "windows_overlap" if shared else "window_twice"
            yield Mistake(("windows", number), code, {"kind": kind.value})


def _order(circular: Circular) -> Iterator[Mistake]:
    counter, online = _first(circular, WindowKind.COUNTER), _first(circular, WindowKind.ONLINE)
    if counter is None:
        return
    number, window = counter
    if online and window.end < online[1].start:
        yield Mistake(("windows", number, "end"), "counter_before_online")
    if circular.dated > window.end:
        yield Mistake(("dated",), "dated_after_window")


def _hours(circular: Circular, hours: Hours, place: Path) -> Iterator[Mistake]:
    counter = _first(circular, WindowKind.COUNTER)
    if hours.end < hours.start:
        yield Mistake((*place, "end"), "hours_end_before_start")
    elif counter:
        if hours.start < counter[1].start:
            yield Mistake((*place, "start"), "hours_outside_window")
        if hours.end > counter[1].end:
            yield Mistake((*place, "end"), "hours_outside_window")
    if not hours.slots:
        yield Mistake((*place, "slots"), "slots_missing")
    for number, slot in enumerate(hours.slots):
        if slot.close <= slot.open:
            yield Mistake((*place, "slots", number, "close"), "slot_closes_before_open")
        for earlier in hours.slots[:number]:
            if slot.open < earlier.close and earlier.open < slot.close:
                yield Mistake((*place, "slots", number, "open"), "slots_overlap")
                break


def _shared_days(ranges: tuple[Hours, ...]) -> Iterator[Mistake]:
    for number, hours in enumerate(ranges):
        if any(hours.start <= earlier.end and earlier.start <= hours.end for earlier in ranges[:number]):
            yield Mistake(("hours", number, "start"), "hours_overlap")
