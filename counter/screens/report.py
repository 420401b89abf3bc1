"""The figures of the open shift at any time; it changes nothing and is on record itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.i18n import _
from counter.messages import Done
from counter.screens.base import Dialog, Tally
from counter.screens.close_words import report_rows
from counter.widgets.paint import Row, Rows
from counter.widgets.sheet import WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.money_views import ReportView
    from counter.desk.views import ApprovalId


class ReportScreen(Dialog[None], inherit_bindings=False):
    """How many, and with a supervisor's word how much."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "report", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "report", "dialog")

    area = "close"
    report: ReportView | None = None

    def middle(self) -> Iterable[Widget]:
        chips = Part(WIDE).gap().chips(("F9", _("Understood")), ("F8", _("With sums"))).gap()
        yield Sheet(
            titled("plain", _("Figures of the shift"), "", WIDE),
            Rows([Row("raised")], plane="raised", id="figures"),
            chips.shown(),
            wide=True,
        )

    def begun(self) -> None:
        self._read(None)

    def _read(self, approval: ApprovalId | None) -> None:
        actor = self.shell.actor

        def call(ctx: DeskContext) -> ReportView:
            from counter.desk import reports

            return reports.report(ctx, approval=approval, actor=actor)

        self.shell.write(self, "report", call)

    @on(Done)
    def came_back(self, message: Done) -> None:
        """Show the figures."""
        message.stop()
        self.report = message.value
        most = self.app.size.height - 9
        self.query_one("#figures", Rows).show(report_rows(message.value.sections, most))
        self.frame()

    def step(self) -> tuple[str, Tally]:
        if self.report is None:
            return _("Adding up"), ()
        if not self.report.whole:
            return _("Sums come after the count, or with F8"), ()
        return _("Read, then press F9"), ()

    def can(self, action: str) -> bool:
        return action != "approve" or (self.report is not None and not self.report.whole)

    def action_act(self) -> None:
        """Back to the work."""
        self.dismiss(None)

    def action_approve(self) -> None:
        """Have a supervisor allow the sums."""
        from counter.screens.step_up import ask

        about = _("Sums of the open shift, before the count")
        ask(self, "report", f"desk:{self.shell.actor.desk}", about, self._read)
