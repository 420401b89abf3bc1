"""The checklist of a circular: every reference leads somewhere, every item can be judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from counter.circular.model import Circular, Item, Requirement
from counter.circular.problems import Mistake, Path

MOST_COPIES: Final = 200
"""The largest number known from real circulars is 25."""

SHORT: Final = "short"
"""The reason the desk gives by itself when fewer copies are there than are due."""


def item_mistakes(circular: Circular) -> Iterator[Mistake]:
    """Yield everything that would leave an item without a place, a number or a possible finding."""
    for number, item in enumerate(circular.items):
        place = ("items", number)
        yield from _references(circular, item, place)
        yield from _copies(item, place)
        yield from _originals(item, place)
        yield from _reasons(item, place)
    yield from _groups(circular)
    yield from _tied(circular)
    if SHORT not in {reason.code for reason in circular.reasons}:
        yield Mistake(("reasons",), "short_without_reason")


def _references(circular: Circular, item: Item, place: Path) -> Iterator[Mistake]:
    if item.group not in {group.code for group in circular.groups}:
        yield Mistake((*place, "group"), "unknown_group", {"value": item.group})
    lists = (
        ("originals", circular.originals, "unknown_original"),
        ("seals", circular.seals, "unknown_seal"),
        ("missing", circular.reasons, "unknown_reason"),
        ("defects", circular.reasons, "unknown_reason"),
        ("waives", circular.reasons, "unknown_reason"),
    )
    for name, parts, code in lists:
        known = {part.code for part in parts}
        for number, value in enumerate(getattr(item, name)):
            if value not in known:
                yield Mistake((*place, name, number), code, {"value": value})


def _copies(item: Item, place: Path) -> Iterator[Mistake]:
    if item.copies < 1:
        yield Mistake((*place, "copies"), "copies_not_positive")
    elif item.copies > MOST_COPIES:
        yield Mistake((*place, "copies"), "copies_absurd", {"most": MOST_COPIES})
    elif item.copies > 1 and SHORT not in item.defects:
        yield Mistake((*place, "defects"), "short_without_reason")


def _originals(item: Item, place: Path) -> Iterator[Mistake]:
    if item.originals and not item.needs_original:
        yield Mistake((*place, "originals"), "originals_without_check")
    if item.needs_original and not item.originals:
        yield Mistake((*place, "needs_original"), "check_without_originals")


def _reasons(item: Item, place: Path) -> Iterator[Mistake]:
    if not item.missing:
        yield Mistake((*place, "missing"), "missing_without_reason")
    if item.requirement is Requirement.ALWAYS and item.waives:
        yield Mistake((*place, "waives"), "waive_on_always")
    if item.requirement is Requirement.CONDITIONAL and not item.waives:
        yield Mistake((*place, "requirement"), "conditional_without_waive")


def _groups(circular: Circular) -> Iterator[Mistake]:
    bags = {bag.code for bag in circular.bags}
    used = {item.group for item in circular.items}
    for number, group in enumerate(circular.groups):
        if group.bag is not None and group.bag not in bags:
            yield Mistake(("groups", number, "bag"), "unknown_bag", {"value": group.bag})
        if group.code not in used:
            yield Mistake(("groups", number), "group_empty", {"value": group.code})


def _tied(circular: Circular) -> Iterator[Mistake]:
    """Check waive reasons: they wait for known situations and never stand for a defect or a gap."""
    situations = {situation.no for situation in circular.situations}
    waives = {code for item in circular.items for code in item.waives}
    for number, reason in enumerate(circular.reasons):
        for at, no in enumerate(reason.situations):
            if no not in situations:
                yield Mistake(("reasons", number, "situations", at), "unknown_situation", {"value": no})
        if reason.situations and reason.code not in waives:
            yield Mistake(("reasons", number, "situations"), "tied_without_waive")
    for number, item in enumerate(circular.items):
        for name in ("missing", "defects"):
            for at, code in enumerate(getattr(item, name)):
                if code in waives:
                    yield Mistake(("items", number, name, at), "waive_as_defect", {"value": code})
