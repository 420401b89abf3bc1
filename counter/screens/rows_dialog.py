"""A list of submissions in a dialog, read when it opens; F9 gives the marked one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from textual import on
from textual.widget import Widget

from counter.clock import local
from counter.desk.home_views import TodayRow
from counter.desk.views import SubmissionId
from counter.i18n import _
from counter.messages import Done
from counter.screens.base import Tally
from counter.screens.listing import ListDialog
from counter.widgets.choice import Choice, Option
from counter.widgets.sheet import WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.actor import Actor
    from counter.desk.context import DeskContext

MOST: Final = 50
"""What is longer is worked off page by page: each one that is dealt with makes room."""


class Listing(NamedTuple):
    """What one list says and where it comes from."""

    title: str
    act: str
    """What F9 does."""
    ask: str
    """Said while something is on the list."""
    empty: str
    """Said while nothing is."""
    read: Callable[[DeskContext, Actor], tuple[TodayRow, ...]]
    """Reads the list, in a worker."""
    about: Callable[[TodayRow], str]
    """Says what stands behind a name and its time."""


class RowsDialog(ListDialog[SubmissionId | None], inherit_bindings=False):
    """Gives the submission to open, or None."""

    def __init__(self, listing: Listing) -> None:
        super().__init__()
        self._listing = listing
        self._rows: Sequence[TodayRow] | None = None

    def middle(self) -> Iterable[Widget]:
        chips = Part(WIDE).gap().chips(("F9", self._listing.act), ("Esc", _("Back"))).gap()
        head = titled("plain", self._listing.title, "", WIDE)
        yield Sheet(head, Choice([], hint_x=34), chips.shown(), wide=True)

    def begun(self) -> None:
        actor, read = self.shell.actor, self._listing.read
        self.shell.read(self, "rows", lambda ctx: read(ctx, actor))

    @on(Done)
    def rows_read(self, message: Done) -> None:
        """Show them."""
        message.stop()
        rows: Sequence[TodayRow] = message.value
        self._rows = rows
        self.choice.offer(
            [
                Option(
                    str(row.submission_id),
                    f"{row.serial} {row.name}",
                    f"{local(row.at):%m-%d %H:%M}  {self._listing.about(row)}".rstrip(),
                )
                for row in rows
            ]
        )
        self.choice.styles.height = max(1, min(len(rows), self.app.size.height - 9))
        self.frame()

    def step(self) -> tuple[str, Tally]:
        nothing = self._rows is not None and not self._rows
        return self._listing.empty if nothing else self._listing.ask, ()

    def can(self, action: str) -> bool:
        return action != "act" or bool(self._rows)

    def action_act(self) -> None:
        """Take the marked one."""
        if self._rows and self.choice.current is not None:
            self.dismiss(self._rows[self.choice.at].submission_id)
