"""收件: one person's papers, item by item, each finding saved at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID, uuid4

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from counter import keys
from counter.desk.forms import FindingInput
from counter.desk.paper_views import PaperView
from counter.desk.views import Act, Actor, ItemView, SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.i18n import _
from counter.messages import Done, Scanned, WorkFailed
from counter.rules.finding import FindingKind
from counter.rules.hours import OfficeState
from counter.rules.status import FeeState, Status
from counter.screens import reveal, submission_words
from counter.screens.base import Frame, Tally, submission_paths
from counter.screens.submission_side import submission_side
from counter.widgets.bars import Path
from counter.widgets.checklist import Checklist, judged
from counter.widgets.person_card import PersonCard
from counter.widgets.side import Side

if TYPE_CHECKING:
    from counter.desk.context import DeskContext

Change = Callable[["DeskContext", SubmissionId, int, Actor, UUID], SubmissionView]
"""A use case on this submission: context, id, the version shown last, actor, key."""


class SubmissionScreen(Frame[SubmissionView | None], inherit_bindings=False):
    """The checklist of one submission.

    A finding is painted at once and shown as saved only when its commit has returned. Each write compares
    with the version that the write before it brought back, so that only a change made elsewhere is refused.
    """

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "submission", "settled", "list")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("every", "submission", "settled", "list"),
        keys.alias("submission.clear", "backspace"),
    ]

    def __init__(self, view: SubmissionView, area: str, remark: str = "") -> None:
        super().__init__()
        self.view = view
        self.area = area
        self.remark = remark or (submission_words.warning(view) if self.under_way else "")
        self.pending: dict[str, FindingKind | None] = {}
        self._queued: dict[str, int] = {}
        self.at = self._first_open()
        self._finishing = False
        self._latest = view

    def middle(self) -> Iterable[Widget]:
        with Horizontal(classes="body"):
            with Vertical(classes="main"):
                yield PersonCard()
                yield Checklist()
            yield Side(classes="side")

    def paths(self) -> tuple[Path, ...]:
        return submission_paths(self.view)

    def step(self) -> tuple[str, Tally]:
        return submission_words.step(self.view, self.item, self.pending), submission_words.tally(self.view)

    def frame(self) -> None:
        super().frame()
        if self.laid:
            self.query_one(PersonCard).show(self.view.person)
            live = Act.TICK in self.view.allowed
            self.query_one(Checklist).show(self.view.items, self.pending, self.at, live=live, airy=self.roomy)
            if self.roomy:
                self.query_one(Side).show(submission_side(self.view, self.item, self.shell.now()))

    @property
    def under_way(self) -> bool:
        """Tell whether this visit is not decided yet, so that the person is still at the counter."""
        if self.view.status is Status.CORRECTION:
            return any(item.open for item in self.view.items)
        return self.view.status is Status.OPEN

    @property
    def item(self) -> ItemView:
        """Return the item under the cursor."""
        return self.view.items[self.at]

    def can(self, action: str) -> bool:
        allowed = self.view.allowed
        if action == "bill":
            return submission_words.lacks_bill(self.view)
        if action == "void":
            return self.view.fee.state in (FeeState.PAID, FeeState.ELSEWHERE)
        needs = {
            "park": Act.PARK,
            "reject": Act.REJECT,
            "reprint": Act.REPRINT,
        }
        ticking = {
            "ok",
            "originals",
            "count",
            "missing",
            "defect",
            "waive",
            "clear",
            "situations",
            "submitter",
        }
        if action in ticking:
            return Act.TICK in allowed
        if action == "finish":
            return self.view.closed is not None or bool(
                {Act.TICK, Act.ACCEPT, Act.CORRECT, Act.SETTLE_FEE, Act.RESUME} & allowed
            )
        return action not in needs or needs[action] in allowed

    def label(self, key: keys.Key) -> str:
        if key.action == "finish" and Act.SETTLE_FEE in self.view.allowed:
            return _("Pay")
        return key.label

    # moving

    def action_up(self) -> None:
        """Go to the item above."""
        self._step(-1)

    def action_down(self) -> None:
        """Go to the item below."""
        self._step(1)

    def action_page_up(self) -> None:
        """Go to the first item."""
        self._step(-len(self.view.items))

    def action_page_down(self) -> None:
        """Go to the last item."""
        self._step(len(self.view.items))

    def _step(self, by: int) -> None:
        self.remark = ""
        rows = [index for index, item in enumerate(self.view.items) if item.open]
        if not rows:
            return
        here = rows.index(self.at) if self.at in rows else 0
        self.at = rows[min(max(here + by, 0), len(rows) - 1)]
        self.frame()

    def _first_open(self) -> int:
        for index, item in enumerate(self.view.items):
            if item.open and not self._judged(item):
                return index
        return next((index for index, item in enumerate(self.view.items) if item.open), 0)

    def _judged(self, item: ItemView) -> bool:
        if item.code in self.pending:
            return self.pending[item.code] is not None
        return judged(item)

    def _on(self) -> None:
        """Go on to the next item nobody judged, from here down and then from the top."""
        count = len(self.view.items)
        for index in (*range(self.at + 1, count), *range(self.at)):
            item = self.view.items[index]
            if item.open and not self._judged(item):
                self.at = index
                return

    # writing

    def change(self, tag: str, call: Change) -> None:
        """Queue a change of this submission under the version the change before it brings back."""
        actor, key = self.shell.actor, uuid4()

        def run(ctx: DeskContext) -> SubmissionView:
            self._latest = call(ctx, self._latest.id, self._latest.version, actor, key)
            return self._latest

        self.shell.write(self, tag, run)

    def record(self, finding: FindingInput) -> None:
        """Show a finding and queue it."""
        self.remark = ""
        self._queue(finding.item, finding.kind)

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import checklist

            return checklist.record_finding(
                ctx, submission_id=id, version=version, finding=finding, actor=actor, key=key
            )

        self.change(f"tick {finding.item}", call)
        self._on()
        self.frame()

    def _queue(self, item: str, kind: FindingKind | None) -> None:
        self.pending[item] = kind
        self._queued[item] = self._queued.get(item, 0) + 1

    def _settled(self, item: str) -> None:
        left = self._queued.get(item, 0) - 1
        if left > 0:
            self._queued[item] = left
        else:
            self._queued.pop(item, None)
            self.pending.pop(item, None)

    @on(Done)
    def change_done(self, message: Done) -> None:
        """Show what is saved now."""
        message.stop()
        if message.tag == reveal.TAG:
            reveal.show(self, message.value)
            return
        self.view = message.value
        word, _space, item = message.tag.partition(" ")
        if word == "tick":
            self._settled(item)
        if message.tag == "park":
            self.dismiss(self.view)
            return
        if message.tag == "bill":
            self.remark = _("The bill's number is noted")
        if message.tag == "void":
            self.remark = _("Taken back; its slip is printed. F9 notes the right fee")
        if message.tag == "reload":
            self.at = min(self.at, len(self.view.items) - 1)
        self.frame()
        if self._finishing and not self.pending:
            self._finishing = False
            self.action_finish()

    def refused(self, message: WorkFailed) -> None:
        word, _space, item = message.tag.partition(" ")
        if word == "tick":
            self._settled(item)
        self._finishing = False
        if message.tag != "reload":
            self.reload()
        super().refused(message)

    def broken(self) -> None:
        self.pending.clear()
        self._queued.clear()
        self._finishing = False
        self.frame()

    def reload(self) -> None:
        """Read the submission again, in the line of the writes so that no version is overtaken."""

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import submissions

            return submissions.view(ctx, id, actor=actor)

        self.change("reload", call)

    # acts

    def action_ok(self) -> None:
        """In order: copy there, agrees with its original, sealed, full count; on to the next."""
        item = self.item
        if not item.open:
            return
        pending = self.pending.get(item.code, FindingKind.DEFECT)
        saved = (
            item.finding.kind if item.finding and judged(item) and item.code not in self.pending else pending
        )
        if saved is FindingKind.OK:
            self.remark = ""
            self._on()
            self.frame()
            return
        if self._bag_to_fill(item):
            self._list_originals(item)
            return
        self.record(
            FindingInput(
                item=item.code, kind=FindingKind.OK, original_seen=True if item.needs_original else None
            )
        )

    def _bag_to_fill(self, item: ItemView) -> bool:
        """Tell whether this is the originals' bag, still empty though originals are expected in it."""
        from counter.screens.originals import bag_item

        view = self.view
        return item is bag_item(view) and bool(view.originals_expected) and not view.originals_held

    def action_clear(self) -> None:
        """Take back the finding of this item."""
        item = self.item
        if not item.open or not self._judged(item):
            return
        self.remark = ""
        self._queue(item.code, None)

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import checklist

            return checklist.clear_finding(
                ctx, submission_id=id, version=version, item=item.code, actor=actor, key=key
            )

        self.change(f"tick {item.code}", call)
        self.frame()

    def action_missing(self) -> None:
        """Missing: at once when there is one reason, else choose."""
        self._with_reasons(FindingKind.MISSING)

    def action_defect(self) -> None:
        """Defective: choose one or several reasons."""
        self._with_reasons(FindingKind.DEFECT)

    def _with_reasons(self, kind: FindingKind) -> None:
        from counter.screens.reasons import ReasonsScreen

        item = self.item
        if not item.open:
            return
        reasons = item.missing_reasons if kind is FindingKind.MISSING else item.defect_reasons
        if kind is FindingKind.MISSING and len(reasons) == 1:
            self.record(FindingInput(item=item.code, kind=kind, copies=0, reasons=(reasons[0].code,)))
            return

        def chosen(codes: tuple[str, ...] | None) -> None:
            if codes:
                copies = 0 if kind is FindingKind.MISSING else None
                if kind is FindingKind.DEFECT and item.finding is not None and "short" in codes:
                    copies = item.finding.copies
                if kind is FindingKind.DEFECT and "short" in codes and copies is None:
                    self._count_for(item, tuple(code for code in codes if code != "short"))
                    return
                self.record(FindingInput(item=item.code, kind=kind, copies=copies, reasons=codes))

        self.app.push_screen(ReasonsScreen(self.view, item, kind, reasons), chosen)

    def action_count(self) -> None:
        """Enter how many copies there are."""
        if self.item.open:
            self._count_for(self.item, ())

    def _count_for(self, item: ItemView, reasons: tuple[str, ...]) -> None:
        from counter.screens.count import CountScreen

        def counted(copies: int | None) -> None:
            if copies is None:
                return
            if copies == 0:
                codes = tuple(reason.code for reason in item.missing_reasons[:1])
                self.record(FindingInput(item=item.code, kind=FindingKind.MISSING, copies=0, reasons=codes))
                return
            seen = True if item.needs_original else None
            kind = FindingKind.DEFECT if reasons else FindingKind.OK
            self.record(
                FindingInput(item=item.code, kind=kind, copies=copies, reasons=reasons, original_seen=seen)
            )

        self.app.push_screen(CountScreen(self.view, item), counted)

    def action_waive(self) -> None:
        """Not needed: choose the reason; even a single one is shown first, for a key pressed by mistake."""
        from counter.screens.choose import ChooseScreen, Option

        item = self.item
        if not item.open:
            return
        if not item.waive_reasons:
            self.say(_("This item cannot be left out; missing is F5"))
            return

        def chosen(code: str | None) -> None:
            if code:
                self.record(FindingInput(item=item.code, kind=FindingKind.WAIVED, waive_reason=code))

        options = [Option(r.code, r.text, "") for r in item.waive_reasons]
        dialog = ChooseScreen(self.view, _("Not needed"), item.title, options, _("Free"), asked=item.standard)
        self.app.push_screen(dialog, chosen)

    def action_originals(self) -> None:
        """List the originals that go into the bag."""
        self._list_originals(None)

    def _list_originals(self, settling: ItemView | None) -> None:
        """Open the bag's list; with `settling` its F9 notes that item as in order."""
        from counter.screens.originals import OriginalsScreen

        def listed(all_in: bool | None) -> None:
            if all_in and settling is not None:
                self.record(FindingInput(item=settling.code, kind=FindingKind.OK, original_seen=True))
            self.frame()

        self.remark = ""
        self.app.push_screen(OriginalsScreen(self, settling=settling is not None), listed)

    def action_look_up(self) -> None:
        """Look something up; this submission stays as it is, and one begun in the look-up is left for it."""
        self.app.switch_mode("search")
        if isinstance(self.app.screen, SubmissionScreen):
            self.app.screen.action_back()

    def action_park(self) -> None:
        """Put it aside with a note."""
        from counter.screens.park import ParkScreen

        def noted(note: str | None) -> None:
            if note is None:
                return

            def call(
                ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID
            ) -> SubmissionView:
                from counter.desk import submissions

                return submissions.park(
                    ctx, submission_id=id, version=version, note=note, actor=actor, key=key
                )

            self.change("park", call)

        self.app.push_screen(ParkScreen(self.view), noted)

    def action_finish(self) -> None:
        """Decide; what is still being saved is waited for."""
        from counter.screens.decide import decide

        if self.app.screen is not self:
            return
        self.remark = ""
        if self.view.closed is not None:
            self._show_closed(self.view.closed)
            return
        if self.pending:
            self._finishing = True
            return
        if Act.TICK in self.view.allowed and self.view.verdict is None:
            self.at = self._first_open()
            self.say(_("{n} items are still open; check them first").format(n=self.view.unjudged))
            return
        decide(self)

    def _show_closed(self, office: OfficeState) -> None:
        """Stop with the reason and the next opening, then look again: it may be open by then."""
        from counter.screens.stop import StopScreen, stop_for

        error = DeskError("closed", reason=str(office.reason), next_opening=office.next_opening)
        stop = stop_for(error, office, self.shell.now(), approve=bool(self.view.approvable))

        def answered(answer: bool | str | None) -> None:
            from counter.screens.decide import let_in

            if answer == "approve":
                let_in(self, error)
            else:
                self.reload()

        self.app.push_screen(StopScreen(stop, self.area), answered)

    def action_bill(self) -> None:
        """Add the fiscal bill's number to a fee noted without it."""
        from counter.screens.decide import add_bill

        add_bill(self)

    def action_void(self) -> None:
        """Void or give back a payment, with a supervisor."""
        from counter.screens.give_back import give_back

        give_back(self)

    def action_reject(self) -> None:
        """Refuse on a coded ground."""
        from counter.screens.decide import refuse

        refuse(self)

    def action_situations(self) -> None:
        """Correct which situations are declared."""
        from counter.screens.decide import change_situations

        change_situations(self)

    def action_submitter(self) -> None:
        """Note who brought the papers."""
        from counter.screens.decide import change_submitter

        change_submitter(self)

    def action_reveal(self) -> None:
        """See the person's whole number."""
        reveal.ask(self, self.view.person.entry_id)

    def action_reprint(self) -> None:
        """Print papers of this submission again."""
        from counter.screens import reprint

        view, actor = self.view, self.shell.actor

        def then(ctx: DeskContext, paper: PaperView) -> SubmissionView:
            from counter.desk import submissions

            return submissions.view(ctx, view.id, actor=actor)

        reprint.ask(self, view.id, view.serial, view.person.name, then)

    def action_back(self) -> None:
        """Go back; everything is saved."""
        self.dismiss(self.view)

    def take_scan(self, code: str) -> None:
        """Refuse a scan while papers are on the table; when all is decided it calls the next person."""
        view = self.view
        said = code[4:18] if code.startswith("CD1 ") else code  # a QR code says more than the number
        same = said in (view.number, view.person.online_id)
        if same:
            self.say(_("That is this submission"), bell=False)
        elif not self.under_way:
            self.dismiss(view)
            self.app.call_later(self._next_person, code)
        elif Act.PARK in view.allowed:
            self.say(
                _("{serial} is open: park it with F8 or finish it, then scan").format(serial=view.serial)
            )
        else:
            self.say(
                _("{serial} is open: finish it or leave it with Esc, then scan").format(serial=view.serial)
            )

    def _next_person(self, code: str) -> None:
        """Hand a scan to the desk, or to whom the desk is serving."""
        self.app.switch_mode("desk")
        self.app.screen.post_message(Scanned(code))
