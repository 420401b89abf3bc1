"""收件: one person's papers, item by item, each finding saved at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from counter import keys
from counter.desk.paper_views import PaperView
from counter.desk.views import Act, Actor, SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.i18n import _
from counter.messages import Scanned
from counter.rules.finding import FindingKind
from counter.rules.hours import OfficeState
from counter.rules.status import FeeState
from counter.screens import findings, reveal, submission_words
from counter.screens.base import Tally, submission_paths
from counter.screens.judging import Judging
from counter.screens.submission_side import submission_side
from counter.widgets.bars import Path
from counter.widgets.checklist import Checklist
from counter.widgets.person_card import PersonCard
from counter.widgets.side import Side

if TYPE_CHECKING:
    from counter.desk.context import DeskContext


class SubmissionScreen(Judging, inherit_bindings=False):
    """The checklist of one submission and everything its keys do."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "submission", "settled", "list")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("every", "submission", "settled", "list"),
        keys.alias("submission.clear", "backspace"),
    ]

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

    def action_ok(self) -> None:
        """In order: copy there, agrees with its original, sealed, full count; on to the next."""
        findings.in_order(self)

    def action_clear(self) -> None:
        """Take back the finding of this item."""
        findings.clear(self)

    def action_missing(self) -> None:
        """Missing: at once when there is one reason, else choose."""
        findings.with_reasons(self, FindingKind.MISSING)

    def action_defect(self) -> None:
        """Defective: choose one or several reasons."""
        findings.with_reasons(self, FindingKind.DEFECT)

    def action_count(self) -> None:
        """Enter how many copies there are."""
        if self.item.open:
            findings.count(self, self.item)

    def action_waive(self) -> None:
        """Not needed: choose the reason the circular allows."""
        findings.waive(self)

    def action_originals(self) -> None:
        """List the originals that go into the bag."""
        findings.list_originals(self)

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
            self.finishing = True
            return
        if Act.TICK in self.view.allowed and self.view.verdict is None:
            self.at = self.first_open()
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
