"""What was put aside or left in the middle, the longest first; F9 or a scan takes one up again."""

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
from counter.screens.words import STATUSES
from counter.widgets.choice import Choice, Option
from counter.widgets.sheet import WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext

MOST = 50
"""A desk that has more than this parked has other troubles; the figure on 受理 counts all."""


class ParkedScreen(ListDialog[SubmissionId | None], inherit_bindings=False):
    """The parked submissions, then the unfinished ones; gives the one to take up."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "parked", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "parked", "list", "dialog")

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[TodayRow] | None = None

    def middle(self) -> Iterable[Widget]:
        chips = Part(WIDE).gap().chips(("F9", _("Take up")), ("Esc", _("Back"))).gap()
        yield Sheet(
            titled("plain", _("Parked and not finished"), "", WIDE),
            Choice([], hint_x=34),
            chips.shown(),
            wide=True,
        )

    def begun(self) -> None:
        actor = self.shell.actor

        def call(ctx: DeskContext) -> tuple[TodayRow, ...]:
            from counter.desk import today

            parked = today.parked(ctx, limit=MOST, actor=actor)
            return (*parked, *today.unfinished(ctx, limit=MOST, actor=actor))

        self.shell.read(self, "parked", call)

    @on(Done)
    def parked_read(self, message: Done) -> None:
        """Show them."""
        message.stop()
        rows: Sequence[TodayRow] = message.value
        self._rows = rows
        self.choice.offer(
            [
                Option(
                    str(row.submission_id),
                    f"{row.serial} {row.name}",
                    f"{local(row.at):%m-%d %H:%M}  {STATUSES[row.status][0]}  {row.note}".rstrip(),
                )
                for row in rows
            ]
        )
        self.choice.styles.height = max(1, min(len(rows), self.app.size.height - 9))
        self.frame()

    def step(self) -> tuple[str, Tally]:
        if self._rows is not None and not self._rows:
            return _("Nothing is parked or left unfinished; press Esc"), ()
        return _("Choose one, press F9 to take it up"), ()

    def can(self, action: str) -> bool:
        return action != "act" or bool(self._rows)

    def action_act(self) -> None:
        """Take the marked one up."""
        if self._rows and self.choice.current is not None:
            self.dismiss(self._rows[self.choice.at].submission_id)
