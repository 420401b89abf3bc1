"""What a submission's screen says: the next step, the tally, and what must be noticed first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from counter.clock import local
from counter.desk.views import Act, FindingView, ItemView, OriginalView, Remark, SubmissionView
from counter.i18n import _
from counter.rules.finding import FindingKind
from counter.rules.hours import Closed, OfficeState
from counter.rules.status import FeeState, Status
from counter.rules.verdict import VerdictKind
from counter.screens.words import STATUSES, day_words, moment
from counter.widgets.checklist import judged
from counter.words import filled

Tally = tuple[tuple[str, str], ...]

NOTICE: Final = 2
"""The kind of paper that a correction notice is."""

WARNINGS: Mapping[str, str] = {
    "barred": _("Barred until {last} for a forgery: ask the supervisor"),
    "retired": _("Reached retirement age in {year}-{month:02d}: ask first"),
    "retires_in_year": _("Reaches retirement age in {year}-{month:02d}: ask first"),
    "retirement_unsure": _("May reach retirement age this year: ask for the post"),
    "specialty_missing": _("No specialty on the roster: look at the online form"),
    "specialty_unknown": _("Specialty not in the circular: {given}"),
    "specialty_branch": _("Specialty too wide, ask which branch: {given}"),
    "not_submitted": _("Online: not submitted yet"),
    "online_state": "{remark}",
    "online_state_unknown": _("Online state unknown: {state}"),
    "situation_missing": _("No situation declared: note it with ^S"),
    "situation_unknown": _("A situation the circular does not have: {given}"),
    "publicity_short": _("Publicity of {days} working days, {needed} are needed"),
    "walk_up": _("Not on the roster: compare with the online form"),
    "notice_adds_items": _("The notice adds something new: a supervisor must agree"),
}
"""What to notice, by code; `no_originals_listed` is said by the next step itself."""


def warning(view: SubmissionView) -> str:
    """Return the first thing to notice about a submission, empty when there is none."""
    for remark in view.warnings:
        if text := warning_text(remark):
            return text
    return ""


def warning_text(remark: Remark) -> str:
    """Return a remark in words, empty for one that has none."""
    return filled(WARNINGS[remark.code], remark.facts) if remark.code in WARNINGS else ""


def step(view: SubmissionView, item: ItemView, pending: Mapping[str, FindingKind | None]) -> str:
    """Return the sentence that says what to do now."""
    if view.closed is not None:
        return _closed(view.closed)
    if Act.TICK not in view.allowed:
        return _decided(view)
    known = pending.get(item.code) is not None if item.code in pending else judged(item)
    if view.unjudged > len([kind for kind in pending.values() if kind is not None]) or not known:
        place = _("{group} {no}").format(group=item.group_name, no=item.no)
        if known and item.finding and len(item.finding.reasons) > 1:
            return _("{place}: {text}").format(
                place=place, text="，".join(reason.short for reason in item.finding.reasons)
            )
        if item.finding and item.finding.earlier:
            return _("Last time: {reasons}; put right, press Space").format(reasons=last_time(item.finding))
        return _("{place}: {prompt}, press Space").format(place=place, prompt=item.prompt)
    if pending:
        return _("Saving; then press F9")
    if view.verdict is VerdictKind.ACCEPT:
        missing = unlisted(view)
        if missing:
            return _("List {n} kinds of originals with F2, then accept with F9").format(n=missing)
        if carried := len(from_last_time(view)):
            return _("Compare the {n} originals of last time with F2, then accept with F9").format(n=carried)
        return _("All in order: press F9 to accept")
    return _("{n} to put right: press F9 for the notice").format(n=len(view.defects))


def last_time(finding: FindingView) -> str:
    """Return all the reasons of an earlier visit in words; they may not be cut."""
    texts = [reason.short for reason in finding.reasons if not (finding.lacking and reason.code == "short")]
    if finding.lacking:
        texts.append(_("{n} short").format(n=finding.lacking))
    return "，".join(texts)


def _closed(office: OfficeState) -> str:
    """Return why nothing is judged or decided now, and when it can be."""
    if office.next_opening is None:
        return _("The intake is over: nothing more is judged; Esc goes back")
    when = moment(office.next_opening)
    if office.reason is Closed.OUTSIDE_HOURS:
        return _("Window closed: go on from {when}; Esc goes back").format(when=when)
    return _("No intake today: go on from {when}; Esc goes back").format(when=when)


def unlisted(view: SubmissionView) -> int:
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


def from_last_time(view: SubmissionView) -> tuple[OriginalView, ...]:
    """Return the originals that count as in the bag because they were listed before a notice was given.

    They went home with the bag, and nobody has seen since whether all of them came back in it.
    """
    if view.visit == 1:
        return ()
    given = max(paper.issued_at for paper in view.papers if paper.kind == NOTICE)
    return tuple(o for o in view.originals if o.held and o.taken_at <= given)


def _decided(view: SubmissionView) -> str:
    word = STATUSES[view.status][0]
    if Act.RESUME in view.allowed:
        return _("Parked: press F9 to take it up")
    if Act.SETTLE_FEE in view.allowed and view.fee.state is FeeState.DUE:
        return _("Accepted, fee unpaid: press F9 to note the payment")
    if view.status is Status.LAPSED:
        if view.deadline is None:
            return _("The time to correct has passed: {late}").format(late=view.correction_late)
        here = local(view.deadline.at)
        when = f"{day_words(here.date(), weekday=False)} {here:%H:%M}"
        return _("Corrections ended {when}; {late}").format(when=when, late=view.correction_late)
    if view.status is Status.CORRECTION and view.deadline is not None:
        return _("To be put right until {when}; Esc goes back").format(when=moment(view.deadline.at))
    if lacks_bill(view):
        return _("{serial} is {state}; the bill's number is still to come: F4").format(
            serial=view.serial, state=word
        )
    return _("{serial} is {state}; scan the next person").format(serial=view.serial, state=word)


def lacks_bill(view: SubmissionView) -> bool:
    """Tell whether a fee was settled with a fiscal bill whose number is not known yet."""
    fee = view.fee
    settled = view.status is Status.ACCEPTED and fee.state in (FeeState.PAID, FeeState.ELSEWHERE)
    return settled and not fee.bill_number and not fee.document_no


def tally(view: SubmissionView) -> Tally:
    """Return how many are checked, missing and defective."""
    whole = len(view.items)
    parts = [(_("checked {n}/{whole}").format(n=whole - view.unjudged, whole=whole), "fact")]
    if missing := view.tally.get(FindingKind.MISSING, 0):
        parts.append((_("miss {n}").format(n=missing), "error"))
    if defects := view.tally.get(FindingKind.DEFECT, 0):
        parts.append((_("flaw {n}").format(n=defects), "warning"))
    return tuple(parts)
