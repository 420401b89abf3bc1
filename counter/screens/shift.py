"""开班: the float, and the code of the last day sheet, which has to agree with the records."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from counter import keys
from counter.i18n import _
from counter.messages import Done, WorkFailed
from counter.rules.money import MoneyProblem, parse_yuan
from counter.screens.base import Dialog, Tally
from counter.widgets.paint import Row, Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import LABEL, Part, Sheet, titled
from counter.words import sentence

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.money_views import OpeningView, ShiftView
    from counter.desk.views import ApprovalId


class ShiftScreen(Dialog["ShiftView | None"], inherit_bindings=False):
    """Opens the desk's shift; gives it."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "shift", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "shift", "dialog")
    AUTO_FOCUS = "#float"
    area = "close"

    def __init__(self) -> None:
        super().__init__()
        self._key = uuid4()
        self._opening: OpeningView | None = None
        self._sheet = ""
        self._saving = False
        self._mismatch = False

    def middle(self) -> Iterable[Widget]:
        chips = Part().gap().chips(("F9", _("Open the shift")), ("Esc", _("Back"))).gap()
        label = Rows([Row("raised").put(LABEL, _("Float"), "muted")], plane="raised")
        typed = FieldInput(id="float", placeholder=_("a sum, such as 200"), max_length=9)
        yield Sheet(
            titled("plain", _("Open a shift"), ""),
            Horizontal(label, typed, classes="field"),
            Rows([Row("raised"), Row("raised")], plane="raised", id="sheet"),
            chips.shown(),
        )

    def begun(self) -> None:
        actor = self.shell.actor

        def call(ctx: DeskContext) -> OpeningView:
            from counter.desk import shifts

            return shifts.current(ctx, actor=actor)

        self.shell.read(self, "current", call)

    def _show(self) -> None:
        row = Row("raised").put(LABEL, _("Day sheet"), "muted")
        opening = self._opening
        if opening is not None and not opening.sheet:
            row.put(15, _("the first shift here needs none"), "muted")
        elif self._mismatch:
            row.put(15, _("does not agree; a supervisor decides"), "error")
        elif self._sheet:
            row.put(15, _("scanned"), "success")
        elif opening is not None:
            row.put(15, opening.sheet, "strong").then(_("to be scanned"), "warning", 2)
        rows = [Row("raised"), row]
        if opening is not None and opening.rescued:
            told = _("A supervisor's password was set by somebody else: ask who did it")
            rows += [Row("raised").put(LABEL, told, "error")]
        self.query_one("#sheet", Rows).show(rows)
        self.frame()

    def step(self) -> tuple[str, Tally]:
        if self._saving:
            return _("Saving"), ()
        if self._mismatch:
            return _("Scan the right sheet, or F8 for a supervisor"), ()
        if self._opening is not None and self._opening.sheet and not self._sheet:
            return _("Scan the square code of the last day sheet"), ()
        return _("Count the float, type the sum, then press F9"), ()

    def can(self, action: str) -> bool:
        return action != "approve" or (self._opening is not None and bool(self._opening.sheet))

    def take_scan(self, code: str) -> None:
        """Take the code of a day sheet; nothing else is one."""
        from counter.desk.shifts import read_sheet

        if self._saving:
            return
        if read_sheet(code) is None:
            self.say(_("This is no code of a day sheet"))
            return
        self._sheet, self._mismatch, self.remark = code, False, ""
        self._show()

    def action_act(self) -> None:
        """Open the shift."""
        self._open(None)

    def action_approve(self) -> None:
        """Have a supervisor allow a sheet that does not agree or is not there."""
        from counter.screens.step_up import ask

        about = _("Opening without the last day sheet, or with one that differs")
        ask(self, "sheet", f"desk:{self.shell.actor.desk}", about, self._open)

    def _open(self, approval: ApprovalId | None) -> None:
        if self._saving:
            return
        try:
            fen = parse_yuan(self.query_one("#float", Input).value)
        except MoneyProblem:
            self.say(_("Type the float as a sum, such as 200"))
            return
        self._saving, self.remark = True, ""
        actor, key, sheet = self.shell.actor, self._key, self._sheet

        def call(ctx: DeskContext) -> ShiftView:
            from counter.desk import shifts

            return shifts.open_shift(ctx, float_fen=fen, sheet=sheet, approval=approval, actor=actor, key=key)

        self.shell.write(self, "open", call)
        self.frame()

    @on(Done)
    def came_back(self, message: Done) -> None:
        """Show which sheet is wanted, or leave with the open shift."""
        message.stop()
        if message.tag == "open":
            self.dismiss(message.value)
            return
        self._opening = message.value
        self._show()

    def refused(self, message: WorkFailed) -> None:
        self._saving = False
        self._key = uuid4()
        self._mismatch = message.error.code == "sheet-mismatch"
        self._show()
        self.say(sentence(message.error))

    def broken(self) -> None:
        self._saving = False

    def action_cancel(self) -> None:
        """Go back without a shift."""
        if not self._saving:
            self.dismiss(None)
