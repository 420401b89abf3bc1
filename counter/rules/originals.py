"""The bag of originals: which kinds belong in it, and when an empty one cannot be in order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from counter.circular.model import Bag, Circular
from counter.rules.checklist import FindingInput
from counter.rules.finding import FindingKind

ORIGINALS_BAG: Final = 4
"""First digit of the originals bag's number, by which a circular says which of its bags that is."""


def is_bag_item(circular: Circular, code: str) -> bool:
    """Tell whether an item is the bag of originals itself. Raises KeyError for an unknown item."""
    bag = circular.group(circular.item(code).group).bag
    return any(b.code == bag and b.paper == ORIGINALS_BAG for b in circular.bags)


def expected_kinds(circular: Circular, findings: Iterable[FindingInput]) -> tuple[str, ...]:
    """Return the kinds of original that the items call for, those of waived items left out."""
    waived = {finding.item for finding in findings if finding.kind is FindingKind.WAIVED}
    wanted = {
        kind
        for item in circular.items
        if item.needs_original and item.code not in waived and not is_bag_item(circular, item.code)
        for kind in item.originals
    }
    return tuple(kind.code for kind in circular.originals if kind.code in wanted)


def kinds_lacking(circular: Circular, findings: Iterable[FindingInput], held: int) -> int:
    """Return how many kinds an empty bag lacks, 0 with anything in it.

    Not every kind has to come (whoever has no degree brings none), but an empty bag of which something is
    expected is not in order.
    """
    return 0 if held else len(expected_kinds(circular, findings))


def bags_used(circular: Circular, held: int) -> tuple[Bag, ...]:
    """Return the bags there are when so many originals are held: without any there is no bag for them."""
    return tuple(bag for bag in circular.bags if held or bag.paper != ORIGINALS_BAG)
