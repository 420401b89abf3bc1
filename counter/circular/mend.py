"""A circular of the wrong shape, mended far enough that its sense can be checked as well.

One slip must not hide the others: whoever writes a circular wants the wrong count, the code used twice and
the unknown field in one go. What is put in the place of a broken value is never judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from enum import Enum
from types import NoneType
from typing import Final, get_args, get_origin

import msgspec

from counter.circular.check import mistakes_in
from counter.circular.model import Circular
from counter.circular.problems import Mistake, Path
from counter.circular.shape import meanings

RESTS_ON: Final[Mapping[str, tuple[str, ...]]] = {
    "unknown_group": ("groups",),
    "unknown_bag": ("bags",),
    "unknown_reason": ("reasons",),
    "unknown_original": ("originals",),
    "unknown_seal": ("seals",),
    "unknown_parent": ("specialties",),
    "unknown_situation": ("situations",),
    "unknown_bag_paper": ("papers",),
    "window_missing": ("windows",),
    "window_twice": ("windows",),
    "windows_overlap": ("windows",),
    "window_ends_before_start": ("windows",),
    "window_not_in_year": ("windows", "year"),
    "counter_before_online": ("windows",),
    "dated_after_window": ("windows",),
    "hours_outside_window": ("windows", "hours"),
    "hours_overlap": ("hours",),
    "hours_end_before_start": ("hours",),
    "slot_closes_before_open": ("hours",),
    "slots_overlap": ("hours",),
    "group_empty": ("items",),
    "short_without_reason": ("items", "reasons"),
    "originals_without_check": ("items",),
    "check_without_originals": ("items",),
    "waive_on_always": ("items",),
    "conditional_without_waive": ("items",),
    "waive_as_defect": ("items",),
    "tied_without_waive": ("items",),
    "parent_cycle": ("specialties",),
    "no_submitted_state": ("online_states",),
    "fee_zero_without_waiver": ("fee",),
    "cash_not_paid": ("fee",),
    "mail_pattern_fields": ("mail",),
    "mail_example": ("mail",),
    "paper_missing": ("papers",),
}
"""Mistakes that compare values, and the parts that must be whole for it; all others see one value alone."""

_BLANKS: Final[Mapping[object, object]] = {
    str: "mended",
    int: 1,
    bool: False,
    date: date(2000, 1, 1),
    time: time(),
}


def further_mistakes(raw: dict[str, object]) -> Iterator[Mistake]:
    """Yield the mistakes in the sense of a circular that can be told although its shape is wrong."""
    mending = _Mending()
    circular = msgspec.convert(mending.table(raw, Circular, ()), Circular)
    sections = {path[0] for path in mending.broken if path}
    for mistake in mistakes_in(circular):
        if sections.isdisjoint(RESTS_ON.get(mistake.code, ())) and not mending.touches(mistake.path):
            yield mistake._replace(path=mending.as_written(mistake.path))


class _Mending:
    """One pass over the raw data; `broken` are the places where something had to be put in."""

    def __init__(self) -> None:
        self.broken: set[Path] = set()
        self.written: dict[Path, Path] = {}
        """Where a field stands whose key is misspelt."""

    def touches(self, path: Path) -> bool:
        """Tell whether a place is, holds or lies in a mended one."""
        return any(path[: len(place)] == place[: len(path)] for place in self.broken)

    def as_written(self, path: Path) -> Path:
        """Return a place with the keys that the file uses."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.written:
                return self.as_written((*self.written[path[:length]], *path[length:]))
        return path

    def value(self, value: object, kind: object, path: Path) -> object:
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self.table(value, kind, path)
        if get_origin(kind) is tuple:
            if not isinstance(value, list):
                self.broken.add(path)
                return []
            return [self.value(part, get_args(kind)[0], (*path, at)) for at, part in enumerate(value)]
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError:
            self.broken.add(path)
            return _blank(kind)
        return value

    def table(self, value: object, kind: type[msgspec.Struct], path: Path) -> dict[str, object]:
        if not isinstance(value, dict):
            self.broken.add(path)
            value = {}
        meant = {name: key for key, name in meanings(value, kind).items()}
        mended = {}
        for field in msgspec.structs.fields(kind):
            place = (*path, field.name)
            if key := meant.get(field.name):
                self.written[place] = (*path, key)
            if (key or field.name) in value:
                mended[field.name] = self.value(value[key or field.name], field.type, place)
            elif field.required:
                self.broken.add(place)
                mended[field.name] = self.value(_blank(field.type), field.type, place)
        return mended


def _blank(kind: object) -> object:
    """Return a value of the right kind."""
    if get_origin(kind) is tuple:
        return []
    if NoneType in get_args(kind):
        return None
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind)).value
    return {} if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else _BLANKS[kind]
