"""Fees whose fiscal bill has no number yet, the latest first; F9 opens one to add it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.clock import local
from counter.desk.views import SubmissionId, TodayRow
from counter.i18n import _
from counter.messages import Done
from counter.screens.base import Tally
from counter.screens.listing import ListDialog
from counter.screens.words import FEES
from counter.widgets.choice import Choice, Option
from counter.widgets.sheet import WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext

MOST = 50
"""More are worked off page by page: each one that gets its number makes room."""


class BillsScreen(ListDialog[SubmissionId | None], inherit_bindings=False):
    """The fees without a bill; gives the submission to open."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "bills", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "bills", "list", "dialog")

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[TodayRow] | None = None

    def middle(self) -> Iterable[Widget]:
        chips = Part(WIDE).gap().chips(("F9", _("Open")), ("Esc", _("Back"))).gap()
        yield Sheet(
            titled("plain", _("Fees without a bill number"), "", WIDE),
            Choice([], hint_x=34),
            chips.shown(),
            wide=True,
        )

    def begun(self) -> None:
        actor = self.shell.actor

        def call(ctx: DeskContext) -> tuple[TodayRow, ...]:
            from counter.desk import payments

            return payments.without_bill(ctx, limit=MOST, actor=actor)

        self.shell.read(self, "bills", call)

    @on(Done)
    def bills_read(self, message: Done) -> None:
        """Show them."""
        message.stop()
        rows: Sequence[TodayRow] = message.value
        self._rows = rows
        self.choice.offer(
            [
                Option(
                    str(row.submission_id),
                    f"{row.serial} {row.name}",
                    f"{local(row.at):%m-%d %H:%M}  {FEES[row.fee_state][0]}  {row.employer_short}",
                )
                for row in rows
            ]
        )
        self.choice.styles.height = max(1, min(len(rows), self.app.size.height - 9))
        self.frame()

    def step(self) -> tuple[str, Tally]:
        if self._rows is not None and not self._rows:
            return _("Every fee has its bill number; press Esc"), ()
        return _("Choose one, press F9 to open it and add the number"), ()

    def can(self, action: str) -> bool:
        return action != "act" or bool(self._rows)

    def action_act(self) -> None:
        """Open the marked one."""
        if self._rows and self.choice.current is not None:
            self.dismiss(self._rows[self.choice.at].submission_id)
