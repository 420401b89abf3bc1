"""Which paper to print again; every further print is marked as a copy with its number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from uuid import uuid4

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.desk.paper_views import PaperView
from counter.desk.views import SubmissionId
from counter.i18n import _
from counter.messages import Done
from counter.screens.base import Frame, Tally
from counter.screens.listing import ListDialog
from counter.screens.words import moment
from counter.widgets.choice import Choice, Option
from counter.widgets.sheet import WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.views import ApprovalId


class Copy(NamedTuple):
    """One more copy of a paper."""

    number: str
    """Its 14 digits, empty when there is no paper."""
    approved: tuple[ApprovalId, ...] = ()


def ask(
    owner: Frame[Any],
    submission: SubmissionId,
    serial: str,
    name: str,
    then: Callable[[DeskContext, PaperView], object] = lambda ctx, paper: f"{paper.title} {paper.display}",
) -> None:
    """Print a paper of a submission again; a screen hears as `reprint` what `then` makes of it."""

    def chosen(copy: Copy | None) -> None:
        if copy is None:
            return
        if not copy.number:
            owner.say(_("{serial} has no papers yet, nothing to print again").format(serial=serial))
            return
        actor, key = owner.shell.actor, uuid4()

        def call(ctx: DeskContext) -> object:
            from counter.desk import papers

            paper = papers.reprint(ctx, number=copy.number, actor=actor, key=key, approved=copy.approved)
            papers.drain(ctx)
            return then(ctx, paper)

        owner.shell.write(owner, "reprint", call)

    owner.app.push_screen(ReprintScreen(submission, serial, name), chosen)


class ReprintScreen(ListDialog["Copy | None"], inherit_bindings=False):
    """The papers of one submission; gives the copy to print."""

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
        if not message.value:
            self.dismiss(Copy(""))
            return
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
        if not paper.copies_left:
            return _("{n} times printed; a supervisor approves").format(n=paper.prints)
        if paper.failed:
            return _("not printed: {code}").format(code=paper.failed)
        return _("{when}, printed {n} times").format(when=moment(paper.issued_at), n=paper.prints)

    def step(self) -> tuple[str, Tally]:
        return _("Choose the paper, press F9 to print a copy"), ()

    def can(self, action: str) -> bool:
        return action != "act" or bool(self._papers)

    def action_act(self) -> None:
        """Print the marked paper again."""
        current = self.choice.current
        paper = next((p for p in self._papers or () if current and p.number == current.code), None)
        if paper is None:
            return
        if paper.copies_left:
            self.dismiss(Copy(paper.number))
            return
        from counter.screens.step_up import ask

        def allowed(approval: ApprovalId) -> None:
            self.call_later(self._take, Copy(paper.number, (approval,)))

        about = _("One more copy of {display}").format(display=paper.display)
        ask(self, "reprint", f"paper:{paper.number}", about, allowed)

    def _take(self, copy: Copy) -> None:
        """Give the copy once the supervisor's dialog is gone."""
        self.dismiss(copy)
