"""One item of the checklist: what a clerk found, and whether that finding can be recorded.

Findings come as plain facts; this module says with codes what is wrong with them and turns a shortage into
the defect it is, so that no screen counts copies.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from counter.circular.model import Circular, Item, Requirement
from counter.rules.finding import FindingKind

SHORT: Final = "short"
"""Code of the circular's reason for too few copies; the program sets it itself."""


@dataclass(frozen=True)
class FindingInput:
    """What was found for one item."""

    item: str
    """The item's code."""
    kind: FindingKind
    copies: int | None = None
    """Copies handed in; None means as many as asked, or not counted."""
    reasons: tuple[str, ...] = ()
    """Reason codes of a missing or a defect item."""
    waive_reason: str | None = None
    original_seen: bool | None = None
    """Whether the copy was compared with its original; None means not noted apart from the finding."""
    note: str = ""


class FindingFault(StrEnum):
    """What is wrong with a finding."""

    UNKNOWN_ITEM = "unknown_item"
    COPIES = "copies"
    """More copies than asked, fewer than none, or copies of something missing or waived."""
    NO_COPY = "no_copy"
    """Zero copies of something that is said to be there."""
    ORIGINAL = "original"
    """Said to be in order although the original was not seen."""
    REASON_NEEDED = "reason_needed"
    REASON_UNKNOWN = "reason_unknown"
    """Not among the item's reasons for this kind of finding."""
    REASON_UNUSED = "reason_unused"
    """A reason where none belongs."""
    NOT_SHORT = "not_short"
    """Said to be too few although the copies suffice."""
    NEVER_WAIVED = "never_waived"
    """The item is always asked for."""
    WAIVE_REASON_NEEDED = "waive_reason_needed"
    WAIVE_REASON_UNKNOWN = "waive_reason_unknown"
    WAIVE_SITUATION = "waive_situation"
    """The reason holds only for situations the applicant did not apply under."""


def check_finding(
    circular: Circular, finding: FindingInput, situations: Collection[int]
) -> tuple[FindingFault, ...]:
    """Return what is wrong with a finding, empty when it can be recorded.

    `situations` are the numbers the applicant applied under. Too few copies are no fault: `settle` turns
    them into a defect.
    """
    item = find_item(circular, finding.item)
    if item is None:
        return (FindingFault.UNKNOWN_ITEM,)
    faults = [*_copies_faults(item, finding), *_reason_faults(item, finding)]
    if finding.kind is FindingKind.WAIVED:
        faults += _waive_faults(circular, item, finding.waive_reason, situations)
    elif finding.waive_reason is not None:
        faults.append(FindingFault.REASON_UNUSED)
    if finding.kind is FindingKind.OK and item.needs_original and finding.original_seen is False:
        faults.append(FindingFault.ORIGINAL)
    return tuple(dict.fromkeys(faults))


def settle(circular: Circular, finding: FindingInput) -> FindingInput:
    """Return the finding as it is recorded: too few copies make an ok item a defect with reason SHORT.

    Each reason is kept once. Raises KeyError for an unknown item.
    """
    item = circular.item(finding.item)
    reasons = tuple(dict.fromkeys(finding.reasons))
    if finding.kind in {FindingKind.OK, FindingKind.DEFECT} and short_by(item, finding):
        if SHORT not in reasons:
            reasons = (*reasons, SHORT)
        return replace(finding, kind=FindingKind.DEFECT, reasons=reasons)
    return replace(finding, reasons=reasons)


def short_by(item: Item, finding: FindingInput) -> int:
    """Return how many copies are lacking; 0 when they were not counted."""
    return 0 if finding.copies is None else max(item.copies - finding.copies, 0)


def waive_reasons(circular: Circular, item: Item, situations: Collection[int]) -> tuple[str, ...]:
    """Return the codes of the reasons for which this applicant may leave the item out."""
    if item.requirement is Requirement.ALWAYS:
        return ()
    return tuple(code for code in item.waives if _holds(circular, code, situations))


def find_item(circular: Circular, code: str) -> Item | None:
    """Return the item of a code or None."""
    return next((item for item in circular.items if item.code == code), None)


def _copies_faults(item: Item, finding: FindingInput) -> list[FindingFault]:
    copies = finding.copies
    if copies is None:
        return []
    if finding.kind in {FindingKind.MISSING, FindingKind.WAIVED}:
        return [FindingFault.COPIES] if copies else []
    if copies == 0:
        return [FindingFault.NO_COPY]
    too_many = copies > item.copies and not item.copies_vary
    return [FindingFault.COPIES] if copies < 0 or too_many else []


def _reason_faults(item: Item, finding: FindingInput) -> list[FindingFault]:
    reasons = set(finding.reasons)
    if finding.kind in {FindingKind.OK, FindingKind.WAIVED}:
        return [FindingFault.REASON_UNUSED] if reasons else []
    short = finding.kind is FindingKind.DEFECT and short_by(item, finding) > 0
    allowed = set(item.missing if finding.kind is FindingKind.MISSING else item.defects)
    if short:
        allowed.add(SHORT)
    faults = []
    if not reasons and not short:
        faults.append(FindingFault.REASON_NEEDED)
    if finding.kind is FindingKind.DEFECT and SHORT in reasons and not short:
        faults.append(FindingFault.NOT_SHORT)
        reasons.discard(SHORT)
    if reasons - allowed:
        faults.append(FindingFault.REASON_UNKNOWN)
    return faults


def _waive_faults(
    circular: Circular, item: Item, reason: str | None, situations: Collection[int]
) -> list[FindingFault]:
    if item.requirement is Requirement.ALWAYS:
        return [FindingFault.NEVER_WAIVED]
    if reason is None:
        return [FindingFault.WAIVE_REASON_NEEDED]
    if reason not in item.waives:
        return [FindingFault.WAIVE_REASON_UNKNOWN]
    return [] if _holds(circular, reason, situations) else [FindingFault.WAIVE_SITUATION]


def _holds(circular: Circular, reason: str, situations: Collection[int]) -> bool:
    needed = circular.reason(reason).situations
    return not needed or any(number in situations for number in needed)
