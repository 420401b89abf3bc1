"""The side column of a submission: tally, verdict so far, what has to be told, the originals' bag."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from counter.clock import local
from counter.desk.views import ItemView, SubmissionView
from counter.i18n import _
from counter.rules.finding import FindingKind
from counter.rules.status import Status
from counter.rules.verdict import VerdictKind
from counter.screens.submission_words import last_time
from counter.screens.words import STATUSES, money
from counter.widgets.paint import Row
from counter.widgets.side import MARGIN, bar, head, surface, wrapped
from counter.widgets.words import FINDINGS, UNJUDGED

ENDED = (Status.ACCEPTED, Status.REJECTED, Status.LAPSED, Status.WITHDRAWN)
"""States after which no verdict is worked out any more: what became of it is said."""

CELLS = 30
"""Width of this side column."""

END = CELLS - MARGIN
"""Where right-hand texts end."""


def submission_side(view: SubmissionView, item: ItemView, now: datetime) -> Sequence[Sequence[Row]]:
    """Return the blocks from a submission's view and the item under the cursor."""
    return (
        _progress(view),
        _tally(view),
        _last_time(item),
        _verdict(view),
        _to_tell(view),
        _bag(view),
        _this(view, now),
    )


def _last_time(item: ItemView) -> Sequence[Row]:
    """Return every reason the notice gave for the item that is judged anew."""
    finding = item.finding
    if finding is None or not finding.earlier:
        return ()
    title = head(_("Last time"), f"{item.group_name} {item.no}", CELLS)
    return title, *wrapped(last_time(finding), "warning-fact", width=CELLS)


def _progress(view: SubmissionView) -> Sequence[Row]:
    whole = len(view.items)
    done = whole - view.unjudged
    row = surface().put(MARGIN, _("Check"), "accent-strong")
    row.right(END, _("/ {whole} items").format(whole=whole), "muted")
    row.right(row.runs[-1].x - 1, str(done), "strong")
    return row, bar(done, whole, CELLS)


def _tally(view: SubmissionView) -> Sequence[Row]:
    rows = []
    for kind in (FindingKind.OK, FindingKind.WAIVED, FindingKind.MISSING, FindingKind.DEFECT):
        word, tone = FINDINGS[kind]
        count = view.tally.get(kind, 0)
        row = surface()
        if count and kind in (FindingKind.MISSING, FindingKind.DEFECT):
            row.chip(MARGIN - 1, word, tone, 6)
        else:
            row.put(MARGIN, word, tone if count else "muted")
        rows.append(row.right(15, str(count), "strong").put(16, _("items"), "muted"))
    open_ones = surface().put(MARGIN, UNJUDGED, "faint").right(15, str(view.unjudged), "strong")
    return (*rows, open_ones.put(16, _("items"), "muted"))


def _verdict(view: SubmissionView) -> Sequence[Row]:
    title = head(_("Verdict"), width=CELLS)
    if view.status in ENDED or (view.decided_at is not None and view.verdict is None):
        word, tone = STATUSES[view.status]
        return title, surface().put(MARGIN, word, tone)
    if view.verdict is VerdictKind.ACCEPT:
        return title, surface().put(MARGIN, _("can be accepted"), "success")
    if view.verdict is VerdictKind.CORRECTION:
        return title, surface().put(MARGIN, _("to correct, {n} items").format(n=len(view.defects)), "warning")
    rows = [title, surface().put(MARGIN, _("none yet: {n} items open").format(n=view.unjudged), "strong")]
    if view.defects:
        rows.append(
            surface().put(MARGIN, _("as it stands: to correct, {n}").format(n=len(view.defects)), "muted")
        )
    return rows


def _to_tell(view: SubmissionView) -> Sequence[Row]:
    if not view.defects:
        return ()
    rows = [head(_("To tell"), width=CELLS)]
    shown = view.defects[:4]
    for defect in shown:
        missing = defect.kind is FindingKind.MISSING
        why = "，".join(reason.short for reason in defect.reasons)
        rows.append(surface().put(MARGIN, f"{defect.group_name} {defect.no}", "fact", 26))
        rows += wrapped(
            f"{FINDINGS[defect.kind][0]} {why}", "error-fact" if missing else "warning-fact", width=CELLS
        )[:2]
    if len(view.defects) > len(shown):
        rows.append(
            surface().put(MARGIN, _("and {n} more").format(n=len(view.defects) - len(shown)), "muted")
        )
    return rows


def _bag(view: SubmissionView) -> Sequence[Row]:
    held = [original for original in view.originals if original.held]
    rows = [head(_("Originals"), _("{n} in the bag").format(n=len(held)), CELLS)]
    for original in held[:6]:
        row = surface().put(MARGIN, original.kind.text, "fact", 16)
        rows.append(row.right(END, _("in"), "muted"))
    return rows


def _this(view: SubmissionView, now: datetime) -> Sequence[Row]:
    opened = local(view.opened_at)
    minutes = max(0, int((now - opened).total_seconds() // 60))
    today = opened.date() == now.date()
    text = _("opened {time}").format(time=f"{opened:%H:%M}" if today else f"{opened:%m-%d %H:%M}")
    if today and view.decided_at is None:
        text += "  " + _("{n} min so far").format(n=minutes)
    rows = [head(_("This one"), width=CELLS), surface().put(MARGIN, text, "muted")]
    if view.fee.at is not None:
        method = view.fee.method.text if view.fee.method else ""
        rows.append(surface().put(MARGIN, f"{money(view.fee.amount_fen)} {method}", "muted", 26))
    rows.append(surface().put(MARGIN, _("each item saved at once"), "muted"))
    return rows
