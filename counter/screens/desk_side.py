"""The side column of 受理: how far the window is, what waits, who was last, what the desk stands on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from counter.clock import business_date, local
from counter.i18n import _
from counter.screens.words import FEES, STATUSES, day_words
from counter.widgets.paint import Row
from counter.widgets.side import MARGIN, bar, head, surface

if TYPE_CHECKING:
    from counter.desk.home_views import DeskView


def desk_side(view: DeskView) -> Sequence[Sequence[Row]]:
    """Return the blocks from a day's view."""
    return (_period(view), _waiting(view), _last(view), _stands(view), _pace(view))


def _period(view: DeskView) -> Sequence[Row]:
    office = view.office
    days = _("day {n} / {whole} working days").format(n=office.working_day, whole=office.working_days)
    ends = surface().put(MARGIN, day_words(office.window.start, weekday=False), "muted")
    ends.right(32, day_words(office.window.end, weekday=False), "muted")
    return head(_("Window"), days, tone="fact"), bar(office.working_day, office.working_days), ends


def _waiting(view: DeskView) -> Sequence[Row]:
    rows = [head(_("Waiting"))]
    oldest = view.oldest_parked
    rows.append(_count(_("parked"), view.parked, _("n"), f"{oldest.name} {oldest.note}" if oldest else ""))
    if view.unfinished:
        rows.append(_count(_("unfinished"), view.unfinished, _("n"), _("F8 lists them")))
    due = day_words(view.next_deadline) if view.next_deadline else ""
    rows.append(_count(_("to correct"), view.corrections_open, _("n"), due))
    if view.elsewhere_without_bill:
        rows.append(_count(_("fee elsew."), view.elsewhere_without_bill, _("n"), _("bill number missing")))
    return rows


def _count(label: str, figure: int, unit: str, note: str) -> Row:
    row = surface().put(MARGIN, label, "fact", 9)
    row.right(MARGIN + 13, str(figure), "strong").then(unit, "strong", 1)
    return row.put(MARGIN + 18, note, "muted", 13)


def _last(view: DeskView) -> Sequence[Row]:
    last = view.last
    if last is None:
        return ()
    status, fee = STATUSES[last.status], FEES[last.fee_state]
    who = surface().put(MARGIN, last.serial, "muted").then(last.name, "strong", 1)
    if who.end + 2 < 32:
        who.put(who.end + 2, last.specialty_short, "muted", 32 - who.end - 2)
    rows = [head(_("Last one"), f"{local(last.at):%H:%M}"), who]
    rows.append(surface().put(MARGIN, status[0], status[1]).then(fee[0], fee[1], 2))
    if view.last_papers:
        papers = "  ".join(view.last_papers)
        rows.append(surface().put(MARGIN, _("printed {papers}").format(papers=papers), "muted", 30))
    return rows


def _stands(view: DeskView) -> Sequence[Row]:
    rows = [head(_("Desk"))]
    fine = not view.failed_prints
    rows.append(
        surface()
        .put(MARGIN, _("papers"), "fact")
        .put(MARGIN + 10, _("fine") if fine else _("stuck"), "success" if fine else "error")
        .then(_("waiting {n}").format(n=view.waiting_prints), "muted", 1)
    )
    if view.failed_prints:
        rows.append(
            surface().put(MARGIN, _("failed {n}, see doctor").format(n=view.failed_prints), "error-fact")
        )
    at, trouble = view.backup.at, view.backup.trouble
    tone = "muted" if at is not None and business_date(at) >= view.day else "warning-fact"
    rows.append(
        surface()
        .put(MARGIN, _("backup"), "fact")
        .put(MARGIN + 10, _("NOT MADE"), "error")
        .then(f"{local(at):%m-%d %H:%M}" if at else _("none yet"), "muted", 1)
        if trouble
        else surface()
        .put(MARGIN, _("backup"), "fact")
        .put(MARGIN + 10, f"{local(at):%m-%d %H:%M}" if at else _("none yet"), tone)
    )
    return rows


def _pace(view: DeskView) -> Sequence[Row]:
    if view.average_minutes is None:
        return ()
    text = _("{average} min on average, {longest} at most")
    text = text.format(average=view.average_minutes, longest=view.longest_minutes)
    return head(_("Today")), surface().put(MARGIN, text, "muted", 30)
