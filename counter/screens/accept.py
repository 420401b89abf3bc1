"""受理: the fee, what will be printed, and the one key that does it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from counter import keys
from counter.circular.model import FeeMethod, FeeOutcome
from counter.desk.forms import FeeInput
from counter.desk.views import Act, SubmissionView
from counter.i18n import _
from counter.messages import Done, WorkFailed
from counter.rules.clean import one_line
from counter.rules.finding import FindingKind
from counter.rules.money import MoneyProblem, parse_yuan
from counter.rules.problem import Problem
from counter.screens.base import Tally
from counter.screens.listing import ListDialog
from counter.screens.submission_words import from_last_time, unlisted
from counter.screens.words import money
from counter.widgets.choice import Choice, Option
from counter.widgets.paint import Row, Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import LABEL, VALUE, WIDE, Part, Sheet, title_row
from counter.words import sentence

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.views import ApprovalId


SHIFT_WANTED: Final = frozenset({"no-shift", "shift-of-other", "shift-of-earlier-day", "shift-counted"})
"""Refusals that a look at the day close puts right."""


class AcceptScreen(ListDialog["SubmissionView | str | None"], inherit_bindings=False):
    """Accepts with the fee as noted, or, for an accepted one, notes the payment that was due.

    The idempotency key is made when the dialog opens: F9 twice is one acceptance.
    """

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "accept", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "accept", "list", "dialog")

    def __init__(self, subject: SubmissionView) -> None:
        super().__init__()
        self.subject: SubmissionView = subject
        self._key = uuid4()
        self._saving = False
        self._price: tuple[int, ApprovalId] | None = None

    @property
    def due(self) -> int:
        """Return the fen to be paid: the circular's, or what a supervisor allowed."""
        if self._price is not None:
            return self._price[0]
        return self.subject.fee.amount_fen or self.subject.circular.fee.amount_fen

    @property
    def settling(self) -> bool:
        """Tell whether only the fee is noted: the submission is accepted already."""
        return Act.SETTLE_FEE in self.subject.allowed and Act.ACCEPT not in self.subject.allowed

    @property
    def methods(self) -> tuple[FeeMethod, ...]:
        """Return the circular's ways to settle the fee."""
        methods = self.subject.circular.fee.methods
        return tuple(m for m in methods if not self.settling or m.outcome is not FeeOutcome.DUE)

    def middle(self) -> Iterable[Widget]:
        view, fee = self.subject, self.subject.circular.fee
        title = _("Fee") if self.settling else _("Accept and fee")
        above = Part()
        if not self.settling:
            above.line(self._found(), "strong")
            above.rows.append(self._bag())
            above.gap()
        above.rows.append(
            Row("raised")
            .put(LABEL, _("Due"), "muted")
            .put(VALUE, money(view.fee.amount_fen or fee.amount_fen), "strong")
            .then(fee.text, "muted", 3)
        )
        above.rows.append(Row("raised").put(VALUE, fee.basis, "muted"))
        above.gap()
        options = [Option(m.code, m.name, m.hint) for m in self.methods]
        head = title_row("accept", title, f"{view.serial} {view.person.name}", WIDE)
        yield Sheet(
            Rows([head, *([Row("raised")] if self.roomy else ())], plane="raised"),
            above.shown(),
            Choice(options, x=VALUE, hint_x=VALUE + 12, label=_("Method")),
            Rows([Row("raised")], plane="raised"),
            Horizontal(
                Rows([Row("raised").put(LABEL, _("Bill no."), "muted")], plane="raised", id="bill-label"),
                FieldInput(placeholder=_("may follow later"), id="bill", max_length=24),
                Rows(
                    [Row("raised").put(2, _("Received"), "muted", 9)],
                    plane="raised",
                    id="tendered-label",
                    classes="second",
                ),
                FieldInput(placeholder=_("the exact sum"), id="tendered", max_length=10),
                Rows(plane="raised", id="change", classes="problem"),
                classes="field fee",
            ),
            Rows(self._below(self.methods[0]), plane="raised", id="below"),
            wide=True,
        )

    def _found(self) -> str:
        tally = self.subject.tally
        return _("{n} items checked: ok {ok}, not needed {free}, missing 0, defective 0").format(
            n=len(self.subject.items), ok=tally.get(FindingKind.OK, 0), free=tally.get(FindingKind.WAIVED, 0)
        )

    def _bag(self) -> Row:
        """Return what is in the originals' bag, and that kinds are still outside it."""
        view = self.subject
        text = _("{n} originals in the bag").format(n=view.originals_held)
        row = Row("raised").put(LABEL, text, "fact")
        if missing := unlisted(view):
            row.then(_("{n} kinds not in yet: Esc, then F2").format(n=missing), "warning", 3)
        elif known := len(from_last_time(view)):
            row.then(_("{n} as of last time: compare them").format(n=known), "warning", 3)
        return row

    def _below(self, method: FeeMethod) -> list[Row]:
        """Return what will be printed and the keys; money taken here prints its slip."""
        view = self.subject
        plans = () if self.settling else view.accept_prints
        if method.outcome is FeeOutcome.PAID:
            plans = (*plans, *view.slip_prints)
        below = Part(WIDE)
        if plans:
            several = _("{title} x{n}")
            names = [several.format(title=p.title, n=p.copies) if p.copies > 1 else p.title for p in plans]
            below.pair(_("Prints"), "  ".join(names))
        copies = sum(plan.copies for plan in plans)
        act = _("Note the payment") if self.settling else _("Accept and print x{n}").format(n=copies)
        preview = () if self.settling else (("F8", _("Preview")),)
        return below.gap().chips(("F9", act), *preview, ("Esc", _("Back to check"))).rows

    def label(self, key: keys.Key) -> str:
        return _("Pay") if key.action == "act" and self.settling else key.label

    def step(self) -> tuple[str, Tally]:
        due = self.due
        tally: Tally = ((_("due {sum}").format(sum=money(due)), "strong"),)
        if self._saving:
            return _("Saving"), tally
        if isinstance(self.focused, Input):
            return _("Type, then press F9; the arrow keys leave the box"), tally
        return self._to_do(), tally

    def _to_do(self) -> str:
        """Return what the marked way of paying asks of the clerk, in the word its key has."""
        act = _("note the payment") if self.settling else _("accept")
        if not self.laid or not self.query(Choice):
            return _("Choose how it is paid, then {act} with F9").format(act=act)
        method = self._method()
        if method.needs_document:
            return _("Enter the document number with F4, then {act} with F9").format(act=act)
        if method.outcome is FeeOutcome.DUE:
            return _("The fee stays unpaid for now; {act} with F9").format(act=act)
        if method.outcome is FeeOutcome.ELSEWHERE:
            return _("Nothing is taken here; {act} with F9").format(act=act)
        if method.cash:
            return _("Count the cash, then {act} with F9").format(act=act)
        return _("See that the money is there, then {act} with F9").format(act=act)

    def can(self, action: str) -> bool:
        if action == "reject":
            return Act.REJECT in self.subject.allowed
        if action == "preview":
            return not self.settling
        ready = self.laid and bool(self.query(Choice))
        if action in ("tendered", "price"):
            return ready and self._method().cash
        return action != "bill" or (ready and self._method().outcome is not FeeOutcome.DUE)

    def begun(self) -> None:
        self._show_change()

    def _method(self) -> FeeMethod:
        return self.methods[self.choice.at]

    def _move(self, by: int) -> None:
        self.set_focus(None)
        super()._move(by)
        self._show_change()
        self.frame()

    def action_bill(self) -> None:
        """Go to the bill's number."""
        self.set_focus(self.query_one("#bill", Input))
        self.frame()

    def action_tendered(self) -> None:
        """Go to the money handed over."""
        self.set_focus(self.query_one("#tendered", Input))
        self.frame()

    @on(Input.Changed, "#tendered")
    def money_typed(self) -> None:
        """Show the change."""
        self._show_change()

    def _show_change(self) -> None:
        method = self._method()
        due = self.due
        row = Row("raised")
        if method.cash:
            try:
                given = self._tendered() or due
                row.put(2, _("change {sum}").format(sum=money(max(0, given - due))), "strong")
                if given < due:
                    row = Row("raised").put(2, _("short by {sum}").format(sum=money(due - given)), "error")
            except Problem:
                row.put(2, _("not a sum"), "error")
        self.query_one("#change", Rows).show([row])
        for id in ("#tendered-label", "#tendered"):
            self.query_one(id).display = method.cash
        for id in ("#bill-label", "#bill"):
            self.query_one(id).display = method.outcome is not FeeOutcome.DUE
        self.query_one("#below", Rows).show(self._below(method))
        hint = _("document number") if method.needs_document else _("may follow later")
        self.query_one("#bill", Input).placeholder = hint

    def _tendered(self) -> int:
        """Return the fen typed, 0 for the exact sum. Raises MoneyProblem."""
        typed = self.query_one("#tendered", Input).value.strip()
        return parse_yuan(typed) if typed else 0

    def fee(self) -> FeeInput:
        """Return the fee as noted on the sheet. Raises MoneyProblem."""
        method = self._method()
        due = method.outcome is FeeOutcome.DUE
        number = "" if due else one_line(self.query_one("#bill", Input).value, 24)
        return FeeInput(
            method=method.code,
            tendered_fen=self._tendered() if method.cash else 0,
            amount_fen=self._price[0] if self._price else 0,
            approval=self._price[1] if self._price else None,
            bill_number="" if method.needs_document else number,
            document_no=number if method.needs_document else "",
        )

    def action_act(self) -> None:
        """Accept, note the fee and print."""
        if self._saving:
            return
        try:
            fee = self.fee()
        except MoneyProblem:
            self.say(_("Type the money received as a sum, such as 500"))
            return
        self._saving = True
        view, actor, key, settling = self.subject, self.shell.actor, self._key, self.settling

        def call(ctx: DeskContext) -> SubmissionView:
            from counter.desk import fees, verdicts

            act = fees.settle_fee if settling else verdicts.accept
            return act(ctx, submission_id=view.id, version=view.version, fee=fee, actor=actor, key=key)

        self.shell.write(self, "accept", call)
        self.remark = ""
        self.frame()

    @on(Done)
    def saved(self, message: Done) -> None:
        """The commit has returned: the acceptance stands."""
        message.stop()
        self.dismiss(message.value)

    def broken(self) -> None:
        self._saving = False

    def refused(self, message: WorkFailed) -> None:
        self._saving = False
        if message.error.code in SHIFT_WANTED:
            self.say(f"{sentence(message.error)} {_('Esc twice, then F7.')}")
            return
        super().refused(message)

    def action_preview(self) -> None:
        """See what will be printed."""
        from counter.screens.preview import of_decision

        try:
            fee = self.fee()
        except MoneyProblem:
            self.say(_("Type the money received as a sum, such as 500"))
            return
        self.app.push_screen(of_decision(self.subject, fee, self.shell.actor))

    def action_price(self) -> None:
        """Take another sum than the circular's, with a supervisor; it is typed where the cash is."""
        from counter.desk.fees import price_ref
        from counter.screens.step_up import ask

        try:
            fen = self._tendered()
        except MoneyProblem:
            fen = 0
        if not fen:
            self.say(_("Type the other sum as money received, then F6"))
            return
        about = _("Fee {sum} instead of {usual}").format(
            sum=money(fen), usual=money(self.subject.circular.fee.amount_fen)
        )

        def allowed(approval: ApprovalId) -> None:
            self._price = (fen, approval)
            self.query_one("#tendered", Input).value = ""
            self._show_change()
            self.frame()

        ask(self, "price", price_ref(self.subject.id, fen), about, allowed)

    def action_reject(self) -> None:
        """Refuse instead."""
        self.dismiss("reject")

    def action_cancel(self) -> None:
        """Out of a box first, then back to the checklist."""
        if self._saving:
            return
        if isinstance(self.focused, Input):
            self.set_focus(None)
            self.frame()
            return
        self.dismiss(None)
