"""Lists of a circular: nothing stands in them twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Protocol

from counter.circular.model import Circular
from counter.circular.problems import Mistake, Path

CODED: Final = (
    *("specialties", "submitters", "exclusions", "declarations", "seals", "bags", "groups", "originals"),
    *("reasons", "items", "grounds", "online_states", "papers"),
)
"""Lists whose entries are told apart by their code."""

NUMBERED: Final = ("situations", "annexes", "items")
"""Lists whose entries carry a number that is printed."""

MOST_NUMBER: Final = 99


class _Named(Protocol):
    """What a roster may call by several names."""

    @property
    def code(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


def list_mistakes(circular: Circular) -> Iterator[Mistake]:
    """Yield every code, number or name that is used twice where it has to tell things apart."""
    for name in CODED:
        yield from _twice(
            ((name, number, "code"), part.code) for number, part in enumerate(getattr(circular, name))
        )
    yield from _twice(
        (("fee", "methods", number, "code"), method.code)
        for number, method in enumerate(circular.fee.methods)
    )
    for name in ("situations", "annexes"):
        yield from _twice(
            (((name, number, "no"), part.no) for number, part in enumerate(getattr(circular, name))),
            code="duplicate_number",
        )
    yield from _twice(
        ((("items", number, "no"), (item.group, item.no)) for number, item in enumerate(circular.items)),
        code="duplicate_number",
    )
    yield from _twice(
        ((("papers", number, "kind"), paper.kind) for number, paper in enumerate(circular.papers)),
        code="duplicate_kind",
    )
    yield from _twice(
        ((("bags", number, "paper"), bag.paper) for number, bag in enumerate(circular.bags)),
        code="duplicate_kind",
    )
    for name in NUMBERED:
        for number, part in enumerate(getattr(circular, name)):
            if not 1 <= part.no <= MOST_NUMBER:
                yield Mistake((name, number, "no"), "number_range", {"most": MOST_NUMBER})
    yield from _within(circular)
    yield from _names(circular)


def _twice(values: Iterable[tuple[Path, object]], code: str = "duplicate_code") -> Iterator[Mistake]:
    seen = set()
    for place, value in values:
        if value in seen:
            shown = value[-1] if isinstance(value, tuple) else value
            yield Mistake(place, code, {"value": shown})
        seen.add(value)


def _within(circular: Circular) -> Iterator[Mistake]:
    """Check the short lists of codes inside items and reasons."""
    for number, item in enumerate(circular.items):
        for name in ("originals", "seals", "missing", "defects", "waives"):
            entries = ((("items", number, name, at), value) for at, value in enumerate(getattr(item, name)))
            yield from _twice(entries, code="duplicate_entry")
    for number, reason in enumerate(circular.reasons):
        tied = ((("reasons", number, "situations", at), no) for at, no in enumerate(reason.situations))
        yield from _twice(tied, code="duplicate_entry")


def _names(circular: Circular) -> Iterator[Mistake]:
    """Check that no spelling in a roster could mean two specialties or two states."""
    specialties = [(part, ("full", "short")) for part in circular.specialties]
    states = [(part, ("name",)) for part in circular.online_states]
    yield from _one_meaning("specialties", specialties)
    yield from _one_meaning("online_states", states)


def _one_meaning(name: str, parts: Iterable[tuple[_Named, tuple[str, ...]]]) -> Iterator[Mistake]:
    meaning: dict[str, str] = {}
    for number, (part, fields) in enumerate(parts):
        spelled: list[tuple[Path, str]] = [((name, number, field), getattr(part, field)) for field in fields]
        spelled += [((name, number, "aliases", at), alias) for at, alias in enumerate(part.aliases)]
        for place, spelling in spelled:
            other = meaning.setdefault(spelling, part.code)
            if other != part.code:
                yield Mistake(place, "duplicate_name", {"value": spelling, "other": other})
