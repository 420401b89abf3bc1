"""作废、退费: what was paid, how it goes back, and the supervisor's word for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.clock import local
from counter.desk.views import Actor, ApprovalId, SubmissionId, SubmissionView
from counter.i18n import _
from counter.messages import Done
from counter.rules.status import FeeState
from counter.screens.base import Dialog, Tally
from counter.screens.words import PAYMENTS, money
from counter.widgets.paint import Row, Rows
from counter.widgets.sheet import LABEL, WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.money_views import PaymentView
    from counter.screens.submission import SubmissionScreen


class GiveBackScreen(Dialog["tuple[str, ApprovalId] | None"], inherit_bindings=False):
    """The money that moved for one submission; gives how the last goes back, and the approval."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "give_back", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "give_back", "dialog")

    def __init__(self, subject: SubmissionView) -> None:
        super().__init__()
        self.subject: SubmissionView = subject
        self._moved: tuple[PaymentView, ...] | None = None

    def middle(self) -> Iterable[Widget]:
        view = self.subject
        chips = Part(WIDE).gap().chips(("F9", _("Ask a supervisor")), ("Esc", _("Back"))).gap()
        yield Sheet(
            titled("reject", _("Take a payment back"), f"{view.serial} {view.person.name}", WIDE),
            Rows([Row("raised")], plane="raised", id="moved"),
            chips.shown(),
            wide=True,
        )

    def begun(self) -> None:
        submission, actor = self.subject.id, self.shell.actor

        def call(ctx: DeskContext) -> tuple[PaymentView, ...]:
            from counter.desk import payments

            return payments.payments_of(ctx, submission, actor=actor)

        self.shell.read(self, "payments", call)

    @on(Done)
    def payments_read(self, message: Done) -> None:
        """Show what moved."""
        message.stop()
        moved: tuple[PaymentView, ...] = message.value
        self._moved = moved
        rows = [
            Row("raised")
            .put(LABEL, payment.display, "muted")
            .put(30, PAYMENTS[payment.kind], "strong" if payment.back else "fact")
            .put(38, f"{local(payment.at):%m-%d %H:%M}", "muted")
            .put(51, payment.method, "fact", 8)
            .right(WIDE - 3, money(payment.amount_fen), "strong" if payment.back else "muted")
            for payment in moved[-8:]
        ]
        elsewhere = Row("raised").put(LABEL, _("Noted as settled elsewhere"), "fact")
        self.query_one("#moved", Rows).show(rows or [elsewhere])
        self.frame()

    @property
    def kind(self) -> str:
        """Return `void`, `refund`, or empty when nothing can go back."""
        if self._moved is None:
            return ""
        back = next((payment.back for payment in self._moved if payment.back), "")
        return back or ("void" if self.subject.fee.state is FeeState.ELSEWHERE else "")

    def step(self) -> tuple[str, Tally]:
        if self._moved is None:
            return _("Looking up the payments"), ()
        words = {
            "void": _("Paid in this shift: F9 asks a supervisor to void it"),
            "refund": _("Paid in an earlier shift: F9 asks for a refund"),
        }
        return words.get(self.kind, _("There is no payment here to take back")), ()

    def can(self, action: str) -> bool:
        return action != "act" or bool(self.kind)

    def action_act(self) -> None:
        """Ask a supervisor."""
        from counter.screens.step_up import ask

        view, kind = self.subject, self.kind
        if not kind:
            return
        about = _("Void {sum} of {name}") if kind == "void" else _("Give {sum} back to {name}")
        text = about.format(sum=money(view.fee.amount_fen), name=view.person.name)

        def allowed(given: ApprovalId) -> None:
            self.dismiss((kind, given))

        ask(self, kind, f"submission:{view.id}", text, allowed)


def give_back(screen: SubmissionScreen) -> None:
    """Show what was paid and take it back once a supervisor allows it."""

    def allowed(answer: tuple[str, ApprovalId] | None) -> None:
        if answer is None:
            return
        kind, approval = answer

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import papers, payments

            act = payments.void_payment if kind == "void" else payments.refund_payment
            made = act(ctx, submission_id=id, version=version, approval=approval, actor=actor, key=key)
            papers.drain(ctx)
            return made

        screen.change("void", call)

    screen.app.push_screen(GiveBackScreen(screen.view), allowed)
