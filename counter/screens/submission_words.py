"""What a submission's screen says: the next step, the tally, and what must be noticed first."""

from __future__ import annotations

from collections.abc import Mapping

from counter.desk.views import Act, ItemView, Remark, SubmissionView
from counter.i18n import _
from counter.rules.checklist import FindingKind
from counter.rules.status import FeeState, Status
from counter.rules.verdict import VerdictKind
from counter.screens.words import STATUSES, moment

Tally = tuple[tuple[str, str], ...]

WARNINGS: Mapping[str, str] = {
    "online_state": _("Online: {warning}"),
    "retired": _("Reaches retirement age this year: ask first"),
    "retirement": _("Reaches retirement age this year: ask first"),
    "deadline_passed": _("The deadline of the notice has passed"),
    "walk_up": _("Not on the roster: compare with the online form"),
    "seen_before": _("Was here before: {serial}"),
    "fee_elsewhere": _("The fee was paid elsewhere; ask for the bill"),
}


def warning(view: SubmissionView) -> str:
    """Return the first thing to notice about a submission, empty when there is none."""
    for remark in view.warnings:
        if text := warning_text(remark):
            return text
    return ""


def warning_text(remark: Remark) -> str:
    """Return a remark in words; one that says its own words in Chinese is shown as it is."""
    pattern = WARNINGS.get(remark.code)
    facts = {name: str(value) for name, value in remark.facts.items()}
    if pattern is None:
        return facts.get("text", "") or facts.get("warning", "")
    try:
        return pattern.format(**facts)
    except KeyError:
        return ""


def step(view: SubmissionView, item: ItemView, pending: Mapping[str, FindingKind | None]) -> str:
    """Return the sentence that says what to do now."""
    if Act.TICK not in view.allowed:
        return _decided(view)
    judged = item.finding is not None or pending.get(item.code) is not None
    if view.unjudged > len([kind for kind in pending.values() if kind is not None]) or not judged:
        place = _("{group} {no}").format(group=item.group_name, no=item.no)
        if judged and item.finding and len(item.finding.reasons) > 1:
            return _("{place}: {text}").format(
                place=place, text="，".join(reason.short for reason in item.finding.reasons)
            )
        return _("{place}: {prompt}, press Space").format(place=place, prompt=item.prompt)
    if pending:
        return _("Saving; then press F9")
    if view.verdict is VerdictKind.ACCEPT:
        missing = _unlisted(view)
        if missing:
            return _("List {n} kinds of originals with F2, then accept with F9").format(n=missing)
        return _("All in order: press F9 to accept")
    return _("{n} to put right: press F9 for the notice").format(n=len(view.defects))


def _unlisted(view: SubmissionView) -> int:
    """Return how many kinds of original were seen but are not in the bag yet."""
    held = {original.kind.code for original in view.originals if original.held}
    seen = [
        item
        for item in view.items
        if item.needs_original
        and len(item.original_kinds) < len(view.original_kinds)
        and item.finding is not None
        and item.finding.kind is FindingKind.OK
    ]
    return len([item for item in seen if not held & {kind.code for kind in item.original_kinds}])


def _decided(view: SubmissionView) -> str:
    word = STATUSES[view.status][0]
    if Act.RESUME in view.allowed:
        return _("Parked: press F9 to take it up")
    if Act.SETTLE_FEE in view.allowed and view.fee.state is FeeState.DUE:
        return _("Accepted, fee unpaid: press F9 to note the payment")
    if view.status is Status.CORRECTION and view.deadline is not None:
        return _("To be put right until {when}; Esc goes back").format(when=moment(view.deadline.at))
    return _("{serial} is {state}; Esc goes back").format(serial=view.serial, state=word)


def tally(view: SubmissionView) -> Tally:
    """Return how many are checked, missing and defective."""
    whole = len(view.items)
    parts = [(_("checked {n}/{whole}").format(n=whole - view.unjudged, whole=whole), "fact")]
    if missing := view.tally.get(FindingKind.MISSING, 0):
        parts.append((_("miss {n}").format(n=missing), "error"))
    if defects := view.tally.get(FindingKind.DEFECT, 0):
        parts.append((_("flaw {n}").format(n=defects), "warning"))
    return tuple(parts)
