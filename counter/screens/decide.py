"""What follows F9 in a submission, and the rarer acts the palette offers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from counter.desk.views import Act, Actor, ApprovalId, SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.i18n import _
from counter.rules.verdict import VerdictKind
from counter.screens.choose import ChooseScreen, Option
from counter.screens.words import money
from counter.words import sentence

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.screens.submission import SubmissionScreen


def decide(screen: SubmissionScreen) -> None:
    """Open the dialog the verdict leads to."""
    from counter.screens.accept import AcceptScreen
    from counter.screens.correction import CorrectionScreen

    view = screen.view

    def decided(result: SubmissionView | str | None) -> None:
        if result == "reject":
            refuse(screen)
        elif isinstance(result, SubmissionView):
            leave(screen, result)
        elif not view.decided_at:
            screen.reload()

    def settled(result: SubmissionView | str | None) -> None:
        if isinstance(result, SubmissionView):
            method = result.fee.method.text if result.fee.method else ""
            screen.view = result
            screen.say(
                _("The fee is noted: {sum} {method}").format(sum=money(result.fee.amount_fen), method=method),
                bell=False,
            )
        screen.reload()

    if Act.RESUME in view.allowed:
        take_up(screen)
    elif Act.ACCEPT in view.allowed and view.verdict is VerdictKind.ACCEPT:
        screen.app.push_screen(AcceptScreen(view), decided)
    elif Act.CORRECT in view.allowed and view.verdict is VerdictKind.CORRECTION:
        screen.app.push_screen(CorrectionScreen(view), decided)
    elif Act.SETTLE_FEE in view.allowed:
        screen.app.push_screen(AcceptScreen(view), settled)
    else:
        screen.say(_("There is nothing to decide here"))


def refuse(screen: SubmissionScreen) -> None:
    """Open the dialog of the grounds."""
    from counter.screens.reject import RejectScreen

    def decided(result: SubmissionView | None) -> None:
        if result is not None:
            leave(screen, result)

    if Act.REJECT in screen.view.allowed:
        screen.app.push_screen(RejectScreen(screen.view), decided)


def leave(screen: SubmissionScreen, view: SubmissionView) -> None:
    """Go back to the area; the papers are printed behind it."""
    screen.dismiss(view)


def take_up(screen: SubmissionScreen) -> None:
    """Take a parked submission up again."""

    def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
        from counter.desk import submissions

        return submissions.resume(ctx, submission_id=id, version=version, actor=actor, key=key)

    screen.change("resume", call)


def let_in(screen: SubmissionScreen, refusal: DeskError) -> None:
    """Ask a supervisor to let somebody go on although it is closed, and take the papers up."""
    from counter.screens.step_up import ask

    view = screen.view

    def allowed(approval: ApprovalId) -> None:
        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import submissions, verdicts

            take = submissions.admit
            if Act.RESUME in view.approvable:
                take = submissions.resume
            elif Act.RETURN_VISIT in view.approvable:
                take = verdicts.return_visit
            return take(ctx, submission_id=id, version=version, actor=actor, key=key, approved=(approval,))

        screen.change("admit", call)

    ask(screen, "hours", f"submission:{view.id}", sentence(refusal), allowed)


def add_bill(screen: SubmissionScreen) -> None:
    """Note the fiscal bill's number of a fee that was settled without it."""
    from counter.screens.bill import BillScreen

    def noted(bill: tuple[str, str] | None) -> None:
        if bill is None:
            return
        bill_code, bill_number = bill

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import fees

            return fees.add_bill_number(
                ctx,
                submission_id=id,
                version=version,
                bill_code=bill_code,
                bill_number=bill_number,
                actor=actor,
                key=key,
            )

        screen.change("bill", call)

    screen.app.push_screen(BillScreen(screen.view), noted)


def change_situations(screen: SubmissionScreen) -> None:
    """Choose the declared situations anew."""
    from counter.screens.situations import SituationsScreen

    declared = tuple(int(s.code) for s in screen.view.person.situations if s.code.isdigit())

    def chosen(numbers: tuple[int, ...] | None) -> None:
        if numbers is None:
            return

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import submissions

            return submissions.set_situations(
                ctx, submission_id=id, version=version, situations=numbers, actor=actor, key=key
            )

        screen.change("situations", call)

    screen.app.push_screen(SituationsScreen(screen.view, declared), chosen)


def change_submitter(screen: SubmissionScreen) -> None:
    """Note who brought the papers."""
    kinds = screen.view.circular.submitters
    options = [Option(kind.code, kind.name) for kind in kinds]
    at = next((n for n, kind in enumerate(kinds) if kind.code == screen.view.submitter.code), 0)

    def chosen(code: str | None) -> None:
        if code is None:
            return
        if code == kinds[0].code:
            note(code, "", "")
            return
        from counter.screens.deputy import DeputyScreen

        screen.app.push_screen(DeputyScreen(screen.view), lambda who: note(code, *who) if who else None)

    def note(code: str, name: str, relation: str) -> None:
        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import submissions

            return submissions.set_submitter(
                ctx,
                submission_id=id,
                version=version,
                submitter=code,
                deputy_name=name,
                deputy_relation=relation,
                actor=actor,
                key=key,
            )

        screen.change("submitter", call)

    screen.app.push_screen(
        ChooseScreen(screen.view, _("Who brought the papers"), "", options, _("Take"), at=at), chosen
    )
