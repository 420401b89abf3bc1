"""Which paper to print again; every further print is marked as a copy with its number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.desk.views import PaperView, SubmissionId
from counter.i18n import _
from counter.messages import Done
from counter.screens.base import Tally
from counter.screens.listing import ListDialog
from counter.screens.words import moment
from counter.widgets.choice import Choice, Option
from counter.widgets.sheet import WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext


class ReprintScreen(ListDialog[str | None], inherit_bindings=False):
    """The papers of one submission; gives the 14 digits of the one to print."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "reprint", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "reprint", "list", "dialog")

    def __init__(self, submission: SubmissionId, serial: str, name: str) -> None:
        super().__init__()
        self._submission, self._serial, self._name = submission, serial, name
        self._papers: tuple[PaperView, ...] | None = None

    def middle(self) -> Iterable[Widget]:
        chips = Part(WIDE).gap().chips(("F9", _("Print a copy")), ("Esc", _("Back"))).gap()
        yield Sheet(
            titled("plain", _("Print again"), f"{self._serial} {self._name}", WIDE),
            Choice([], hint_x=44),
            chips.shown(),
            wide=True,
        )

    def begun(self) -> None:
        submission, actor = self._submission, self.shell.actor

        def call(ctx: DeskContext) -> tuple[PaperView, ...]:
            from counter.desk import papers

            return papers.papers_of(ctx, submission, actor=actor)

        self.shell.read(self, "papers", call)

    @on(Done)
    def papers_read(self, message: Done) -> None:
        """Show the papers."""
        message.stop()
        self._papers = message.value
        self.choice.offer(
            [
                Option(paper.number, f"{paper.title} {paper.display}", self._hint(paper))
                for paper in message.value
            ]
        )
        self.frame()

    @staticmethod
    def _hint(paper: PaperView) -> str:
        if paper.failed:
            return _("not printed: {code}").format(code=paper.failed)
        return _("{when}, printed {n} times").format(when=moment(paper.issued_at), n=paper.prints)

    def step(self) -> tuple[str, Tally]:
        if self._papers is not None and not self._papers:
            return _("It has no papers yet; press Esc"), ()
        return _("Choose the paper, press F9 to print a copy"), ()

    def can(self, action: str) -> bool:
        return action != "act" or bool(self._papers)

    def action_act(self) -> None:
        """Print the marked paper again."""
        if current := self.choice.current:
            self.dismiss(current.code)
