"""What will be printed: the words on the paper and its code, drawn in cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.desk.forms import FeeInput
from counter.desk.paper_views import PreviewView
from counter.desk.views import Actor, SubmissionView
from counter.i18n import _
from counter.messages import Done
from counter.screens.base import Dialog, Tally
from counter.text import wrap_cells
from counter.widgets.paint import Row, Rows
from counter.widgets.sheet import LABEL, WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext

AT = 18
"""Cell at which texts begin."""

QUIET = 2
"""Modules left off each side of the code: half of its quiet zone is enough on a lit screen."""


class PreviewScreen(Dialog[None], inherit_bindings=False):
    """One paper as it would be printed now; nothing of it is stored."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("preview", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("preview", "list", "dialog")

    def __init__(
        self, about: str, read: Callable[[DeskContext], PreviewView], subject: SubmissionView | None = None
    ) -> None:
        super().__init__()
        self.about = about
        self.subject = subject
        self.area = "desk" if subject is not None else "close"
        self._read = read
        self._view: PreviewView | None = None
        self._page = 0

    def middle(self) -> Iterable[Widget]:
        chips = Part(WIDE).gap().chips(("F9", _("Understood")), ("Esc", _("Back")))
        yield Sheet(
            titled("plain", _("Preview"), self.about, WIDE),
            Rows(plane="raised", id="lines"),
            chips.shown(),
            wide=True,
        )

    def begun(self) -> None:
        self.shell.read(self, "preview", self._read)

    @on(Done)
    def preview_read(self, message: Done) -> None:
        """Show the paper."""
        message.stop()
        self._view = message.value
        self._turn()

    def resized(self) -> None:
        self._turn()

    def _pages(self) -> list[list[Row]]:
        view = self._view
        if view is None:
            return [[]]
        rows = [
            Row("raised").put(LABEL, f"{view.title}  {view.display}", "strong"),
            Row("raised").put(LABEL, _("{n} copies").format(n=view.copies), "muted"),
            Row("raised"),
        ]
        for label, text in view.lines:
            for index, piece in enumerate(wrap_cells(text, WIDE - AT - 2)):
                row = Row("raised").put(AT, piece, "fact")
                rows.append(row if index else row.put(LABEL, label_words(label), "muted", AT - LABEL - 1))
        room = max(8, self.app.size.height - 9)
        code = code_rows(view, room)
        pages = [rows[at : at + room] for at in range(0, len(rows), room)]
        if len(pages[-1]) + len(code) + 1 > room:
            pages.append([])
        pages[-1] += [Row("raised"), *code]
        return pages

    def _turn(self) -> None:
        if not self.laid:
            return
        pages = self._pages()
        self._page = min(self._page, len(pages) - 1)
        self.query_one("#lines", Rows).show(pages[self._page])
        self.frame()

    def step(self) -> tuple[str, Tally]:
        pages = len(self._pages())
        tally: Tally = ((_("page {n}/{of}").format(n=self._page + 1, of=pages), "fact"),)
        if self._view is None:
            return _("Setting the paper"), ()
        if self._page < pages - 1:
            return _("Down shows the next page, F9 goes back"), tally
        return _("Nothing is stored yet; press F9 to go back"), tally

    def action_down(self) -> None:
        """Next page."""
        self._page += 1
        self._turn()

    def action_up(self) -> None:
        """Previous page."""
        self._page = max(0, self._page - 1)
        self._turn()

    def action_page_down(self) -> None:
        """Next page."""
        self.action_down()

    def action_page_up(self) -> None:
        """Previous page."""
        self.action_up()

    def action_act(self) -> None:
        """Back to what will print it."""
        self.dismiss(None)


def of_decision(view: SubmissionView, fee: FeeInput | None, actor: Actor) -> PreviewScreen:
    """Return the preview of the receipt, or of the notice where there is no fee."""

    def call(ctx: DeskContext) -> PreviewView:
        from counter.desk import verdicts

        if fee is None:
            return verdicts.preview_correction(ctx, submission_id=view.id, actor=actor)
        return verdicts.preview_accept(ctx, submission_id=view.id, fee=fee, actor=actor)

    return PreviewScreen(f"{view.serial} {view.person.name}", call, view)


def label_words(code: str) -> str:
    """Return a preview's label in words; places of items come as they are."""
    words = {
        "display_number": _("Number"),
        "online_id": _("Online ID"),
        "name": _("Name"),
        "applicant": _("Applicant"),
        "identity": _("Identity"),
        "employer": _("Employer"),
        "specialty": _("Specialty"),
        "contents": _("Contents"),
        "original": _("Original"),
        "standard": _("asked"),
        "deadline": _("Until"),
        "legal": _("Basis"),
        "bags": _("Papers"),
        "late": _("If late"),
        "fee": _("Fee"),
        "issued": _("Time"),
        "clerk": _("Clerk"),
        "shift": _("Shift"),
        "drawer": _("Drawer"),
        "cash": _("Money"),
        "perpetual": _("Since the first"),
    }
    return words.get(code, code)


def code_rows(view: PreviewView, room: int) -> list[Row]:
    """Return the digits of the code and, where `room` rows are enough, its QR in cells that a phone reads.

    Two blanks make a square module. Half blocks would halve it, but their width differs between terminals; on
    80x24 the digits stand alone.
    """
    digits = " ".join(
        (view.number[:1], view.number[1:3], view.number[3:5], view.number[5:12], view.number[12:])
    )
    rows = [Row("raised").put(LABEL, _("Code {digits}").format(digits=digits), "fact")]
    modules = [line[QUIET:-QUIET] for line in view.qr[QUIET:-QUIET]]
    if not modules or len(modules) >= room:
        return rows
    for line in modules:
        row = Row("raised")
        for at, dark in enumerate(line):
            row.put(LABEL + 2 * at, "##" if dark else "  ", "code-dark" if dark else "code-light")
        rows.append(row)
    return rows
