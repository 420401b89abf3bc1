"""The verdict on a whole checklist: computed from the findings, never typed.

Everything in order or waived is an acceptance; anything missing or defective a correction that lists all of
it at once; an item nobody judged means that there is no verdict yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from counter.circular.model import Circular, Item, Reason, Requirement
from counter.rules.checklist import SHORT, FindingInput, settle, short_by
from counter.rules.finding import FindingKind


class VerdictKind(StrEnum):
    """What a submission can come to at the counter."""

    ACCEPT = "accept"
    CORRECTION = "correction"
    REJECT = "reject"


@dataclass(frozen=True)
class Defect:
    """One thing the applicant must bring or mend, as the notice lists it."""

    item: Item
    kind: FindingKind
    """Missing or defect."""
    reasons: tuple[Reason, ...]
    standards: tuple[str, ...]
    """What is asked, one text per reason, the item's own where a reason has none; each text once."""
    copies: int | None
    """Copies handed in, None when not counted."""
    short_by: int
    """Copies lacking."""
    note: str


@dataclass(frozen=True)
class Verdict:
    """What the findings come to."""

    kind: VerdictKind | None
    """None while an item is not judged. Never REJECT: that needs a ground, see `check_rejection`."""
    unjudged: tuple[str, ...]
    """Codes of the items nobody judged, in the circular's order."""
    defects: tuple[Defect, ...]
    """All that is missing or defective so far, in the circular's order."""


def verdict(circular: Circular, findings: Iterable[FindingInput]) -> Verdict:
    """Return what the findings come to.

    Shortages count as defects; an optional item is judged like any other but is never a ground for a
    correction. Raises KeyError for a finding of an unknown item, ValueError for two findings of one item.
    """
    by_item: dict[str, FindingInput] = {}
    for finding in findings:
        if finding.item in by_item:
            raise ValueError(f"two findings for {finding.item}")
        by_item[finding.item] = settle(circular, finding)
    unjudged = tuple(item.code for item in circular.items if item.code not in by_item)
    defects = tuple(
        _defect(circular, item, by_item[item.code])
        for item in circular.items
        if item.code in by_item and _counts(item, by_item[item.code])
    )
    if unjudged:
        return Verdict(None, unjudged, defects)
    return Verdict(VerdictKind.CORRECTION if defects else VerdictKind.ACCEPT, (), defects)


class RejectionFault(StrEnum):
    """What is wrong with a rejection."""

    GROUND_NEEDED = "ground_needed"
    GROUND_UNKNOWN = "ground_unknown"
    NOTE_NEEDED = "note_needed"


def check_rejection(circular: Circular, ground: str | None, note: str = "") -> tuple[RejectionFault, ...]:
    """Return what is wrong with a rejection, empty when it may be issued: it needs one of the grounds."""
    if not ground:
        return (RejectionFault.GROUND_NEEDED,)
    known = next((g for g in circular.grounds if g.code == ground), None)
    if known is None:
        return (RejectionFault.GROUND_UNKNOWN,)
    return (RejectionFault.NOTE_NEEDED,) if known.needs_note and not note.strip() else ()


@dataclass(frozen=True)
class Told:
    """What an earlier notice told the applicant about one item."""

    kind: FindingKind
    reasons: frozenset[str]


def told(earlier: Iterable[Iterable[Defect]]) -> dict[str, Told]:
    """Return all that earlier notices told, by item code; missing in any of them stays missing."""
    known: dict[str, Told] = {}
    for notice in earlier:
        for defect in notice:
            before = known.get(defect.item.code)
            reasons = frozenset(reason.code for reason in defect.reasons)
            kind = defect.kind
            if before is not None:
                reasons |= before.reasons
                kind = FindingKind.MISSING if FindingKind.MISSING in (kind, before.kind) else kind
            known[defect.item.code] = Told(kind, reasons)
    return known


def new_items(earlier: Mapping[str, Told], now: Verdict) -> tuple[str, ...]:
    """Return the items of which a second notice says something the first could have said.

    An item never told, or told with other reasons, breaks the promise to tell everything at once and needs a
    supervisor. An item that was missing then could not be judged: nothing about it is new.
    """
    return tuple(defect.item.code for defect in now.defects if _is_new(earlier.get(defect.item.code), defect))


def _is_new(before: Told | None, defect: Defect) -> bool:
    if before is None:
        return True
    if before.kind is FindingKind.MISSING:
        return False
    return not {reason.code for reason in defect.reasons} <= before.reasons


def _counts(item: Item, finding: FindingInput) -> bool:
    wrong = finding.kind in {FindingKind.MISSING, FindingKind.DEFECT}
    return wrong and item.requirement is not Requirement.OPTIONAL


def _defect(circular: Circular, item: Item, finding: FindingInput) -> Defect:
    reasons = tuple(circular.reason(code) for code in finding.reasons)
    standards = tuple(dict.fromkeys(reason.standard or item.standard for reason in reasons)) or (
        item.standard,
    )
    lacking = short_by(item, finding) if SHORT in finding.reasons else 0
    return Defect(item, finding.kind, reasons, standards, finding.copies, lacking, finding.note)
