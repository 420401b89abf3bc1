"""What is found of the item under the cursor, and the dialogs that ask for more."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from counter.desk.forms import FindingInput
from counter.desk.views import Actor, ItemView, SubmissionId, SubmissionView
from counter.i18n import _
from counter.rules.finding import FindingKind
from counter.widgets.checklist import judged

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.screens.submission import SubmissionScreen


def in_order(screen: SubmissionScreen) -> None:
    """In order: copy there, agrees with its original, sealed, full count; on to the next."""
    item = screen.item
    if not item.open:
        return
    pending = screen.pending.get(item.code, FindingKind.DEFECT)
    saved = (
        item.finding.kind if item.finding and judged(item) and item.code not in screen.pending else pending
    )
    if saved is FindingKind.OK:
        screen.remark = ""
        screen.go_on()
        screen.frame()
        return
    if _bag_to_fill(screen.view, item):
        list_originals(screen, item)
        return
    screen.record(
        FindingInput(item=item.code, kind=FindingKind.OK, original_seen=True if item.needs_original else None)
    )


def _bag_to_fill(view: SubmissionView, item: ItemView) -> bool:
    """Tell whether this is the originals' bag, still empty though originals are expected in it."""
    from counter.screens.originals import bag_item

    return item is bag_item(view) and bool(view.originals_expected) and not view.originals_held


def clear(screen: SubmissionScreen) -> None:
    """Take back the finding of this item."""
    item = screen.item
    if not item.open or not screen.is_judged(item):
        return
    screen.remark = ""
    screen.queue(item.code, None)

    def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
        from counter.desk import checklist

        return checklist.clear_finding(
            ctx, submission_id=id, version=version, item=item.code, actor=actor, key=key
        )

    screen.change(f"tick {item.code}", call)
    screen.frame()


def with_reasons(screen: SubmissionScreen, kind: FindingKind) -> None:
    """Missing or defective: choose why; a single reason for missing is taken at once."""
    from counter.screens.reasons import ReasonsScreen

    item = screen.item
    if not item.open:
        return
    reasons = item.missing_reasons if kind is FindingKind.MISSING else item.defect_reasons
    if kind is FindingKind.MISSING and len(reasons) == 1:
        screen.record(FindingInput(item=item.code, kind=kind, copies=0, reasons=(reasons[0].code,)))
        return

    def chosen(codes: tuple[str, ...] | None) -> None:
        if codes:
            copies = 0 if kind is FindingKind.MISSING else None
            if kind is FindingKind.DEFECT and item.finding is not None and "short" in codes:
                copies = item.finding.copies
            if kind is FindingKind.DEFECT and "short" in codes and copies is None:
                count(screen, item, tuple(code for code in codes if code != "short"))
                return
            screen.record(FindingInput(item=item.code, kind=kind, copies=copies, reasons=codes))

    screen.app.push_screen(ReasonsScreen(screen.view, item, kind, reasons), chosen)


def count(screen: SubmissionScreen, item: ItemView, reasons: tuple[str, ...] = ()) -> None:
    """Ask how many copies there are, for an item in order or defective for some reasons."""
    from counter.screens.count import CountScreen

    def counted(copies: int | None) -> None:
        if copies is None:
            return
        if copies == 0:
            codes = tuple(reason.code for reason in item.missing_reasons[:1])
            screen.record(FindingInput(item=item.code, kind=FindingKind.MISSING, copies=0, reasons=codes))
            return
        seen = True if item.needs_original else None
        kind = FindingKind.DEFECT if reasons else FindingKind.OK
        screen.record(
            FindingInput(item=item.code, kind=kind, copies=copies, reasons=reasons, original_seen=seen)
        )

    screen.app.push_screen(CountScreen(screen.view, item), counted)


def waive(screen: SubmissionScreen) -> None:
    """Not needed: choose the reason; even a single one is shown first, for a key pressed by mistake."""
    from counter.screens.choose import ChooseScreen, Option

    item = screen.item
    if not item.open:
        return
    if not item.waive_reasons:
        screen.say(_("This item cannot be left out; missing is F5"))
        return

    def chosen(code: str | None) -> None:
        if code:
            screen.record(FindingInput(item=item.code, kind=FindingKind.WAIVED, waive_reason=code))

    options = [Option(r.code, r.text, "") for r in item.waive_reasons]
    dialog = ChooseScreen(screen.view, _("Not needed"), item.title, options, _("Free"), asked=item.standard)
    screen.app.push_screen(dialog, chosen)


def list_originals(screen: SubmissionScreen, settling: ItemView | None = None) -> None:
    """Open the bag's list; with `settling` its F9 notes that item as in order."""
    from counter.screens.originals import OriginalsScreen

    def listed(all_in: bool | None) -> None:
        if all_in and settling is not None:
            screen.record(FindingInput(item=settling.code, kind=FindingKind.OK, original_seen=True))
        screen.frame()

    screen.remark = ""
    screen.app.push_screen(OriginalsScreen(screen, settling=settling is not None), listed)
