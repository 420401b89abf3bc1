"""What the two areas share: banner, scan box, a list the arrow keys move in, scans that open submissions."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.errors import DeskError
from counter.i18n import _
from counter.messages import Done, Entered, Ready, WorkFailed
from counter.screens.base import Frame
from counter.screens.opening import Called, Listed, Opened, exception, open_by_text, open_entry
from counter.widgets.bars import Banner
from counter.widgets.row_list import RowList
from counter.widgets.scan_input import ScanBox, ScanInput
from counter.words import sentence

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.forms import LateForm
    from counter.desk.paper_views import DrainReport
    from counter.desk.search_views import Resolution
    from counter.desk.views import ApprovalId, SubmissionView
    from counter.rules.hours import OfficeState

ANY_LINE = "scan"
"""Tag of the work begun by a line from the box or by a scan."""


class Area(Frame[None], inherit_bindings=False):
    """An area with its scan box, which has the focus always and is empty after every act."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "list")
    AUTO_FOCUS = "#scan"
    takes_lines = True

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[str] = deque()
        self._busy = False
        self._refusal: DeskError | None = None
        self._approved: tuple[ApprovalId, ...] = ()
        """What a supervisor has allowed for the person at the counter."""
        self._paper: LateForm | None = None
        """The emergency paper the line on its way is entered from."""

    @property
    def box(self) -> ScanInput:
        """Return the input of the scan box."""
        return self.query_one(ScanBox).input

    @property
    def list(self) -> RowList[object]:
        """Return the area's list."""
        return self.query_one(RowList)

    def top(self) -> Iterable[Widget]:
        """Return the rows every area begins with."""
        yield Banner(id="banner")

    def office(self) -> OfficeState | None:
        """Return the counter's state, None until the records and with them the calendar are open."""
        shell = self.shell
        if shell.context is None:
            return None
        from counter.rules.hours import office_state

        return office_state(shell.circular, shell.context.calendar, shell.clock.now())

    def frame(self) -> None:
        super().frame()
        if self.laid:
            self._banner()

    def resumed(self) -> None:
        self.box.focus()

    @on(Ready)
    def records_open(self) -> None:
        """Honour what was typed or scanned before; else read. Then print what an earlier end left over."""
        self._next()
        if not self._busy:  # whatever the answer is comes over this area, which reads when it is back
            self.reload()
        self._print("drain-start")
        self.frame()

    def forget(self) -> None:
        self._lines.clear()
        self._busy = False
        self.remark = ""
        self.box.value = ""
        self.list.show([])
        self.frame()

    def reload(self) -> None:
        """Read what the area shows."""

    @on(Entered)
    def line_entered(self, message: Entered) -> None:
        """Take a line from the box."""
        message.stop()
        self.take_line(message)

    def take_line(self, line: Entered) -> None:
        """Answer a line of the box as a scan: both name somebody."""
        self.take_scan(line.text)

    def take_scan(self, code: str) -> None:
        """Queue a code or a typed line; they are answered in their order."""
        self.remark = ""
        self._lines.append(code)
        self._next()

    def _next(self) -> None:
        shell = self.shell
        if self._busy or not self._lines or not shell.ready or shell.screen is not self:
            return
        self._busy = True
        self._approved = ()
        line, actor, late = self._lines.popleft(), shell.actor, shell.late
        self._paper = late
        shell.write(self, ANY_LINE, lambda ctx: open_by_text(ctx, line, actor, late))

    def open_marked(self, entry: int) -> None:
        """Open or begin the submission of someone chosen from a list."""
        if not self._busy:
            self._busy, self._approved = True, ()
            actor, late = self.shell.actor, self.shell.late
            self._paper = late
            self.shell.write(self, ANY_LINE, lambda ctx: open_entry(ctx, entry, actor, late=late))

    @on(Done)
    def work_done(self, message: Done) -> None:
        """Show what came back."""
        message.stop()
        if message.tag.startswith("drain"):
            self._printed(message.value, told=message.tag == "drain")
            return
        if message.tag != ANY_LINE:
            self.arrived(message)
            return
        self._busy = False
        value = message.value
        if isinstance(value, Opened | Called):
            if isinstance(value, Called):
                self.shell.late = None
            self._left_over()
            self.show_submission(value.view, value.remark)
        elif isinstance(value, Listed):
            self.show_hits(value)
            self._next()
        else:
            self.unknown(value)

    def arrived(self, message: Done) -> None:
        """Take the answer to a read of this area."""

    def show_hits(self, listed: Listed) -> None:
        """Show several people that fit."""

    def _left_over(self, *, rings: bool = True) -> None:
        """Drop lines that came while another was being answered: they belong to nobody on the screen."""
        if self._lines:
            self._lines.clear()
            if rings:
                self.app.bell()

    def show_submission(self, view: SubmissionView, remark: str = "") -> None:
        """Go into a submission."""
        from counter.screens.submission import SubmissionScreen

        self.list.show(self.list.entries)
        self.app.push_screen(SubmissionScreen(view, self.area, remark), self._came_back)

    def _came_back(self, view: SubmissionView | None) -> None:
        self.box.value = ""
        self.came_back(view)
        self.reload()
        self._print()
        self._next()

    def _print(self, tag: str = "drain") -> None:
        """Carry out what the outbox holds; a decision stands whatever the printer does."""

        def call(ctx: DeskContext) -> DrainReport:
            from counter.desk import papers

            return papers.drain(ctx)

        self.shell.write(self, tag, call)

    def _printed(self, report: DrainReport, *, told: bool) -> None:
        if report.failed:
            self.say(_("{n} papers were not printed; F4 prints them again").format(n=len(report.failed)))
        elif report.printed and told:
            self.say(_("{n} papers are printed: hand them over").format(n=report.sheets), bell=False)
            self.reload()

    def came_back(self, view: SubmissionView | None) -> None:
        """Hear how a submission was left."""

    def unknown(self, answer: Resolution) -> None:
        """Stop at something nobody knows."""
        from counter.desk.search_views import Unknown
        from counter.screens.stop import StopScreen, unknown_stop

        self._left_over(rings=False)  # the stop rings itself, once
        if isinstance(answer, Unknown):
            self.app.push_screen(StopScreen(unknown_stop(answer), self.area), self._after_stop)

    def refused(self, message: WorkFailed) -> None:
        from counter.screens.stop import StopScreen, stop_for

        if message.tag != ANY_LINE:
            super().refused(message)
            return
        self._busy = False
        self._left_over(rings=False)
        self._late_refused(message.error)
        self._refusal = message.error
        allow = bool(exception(message.error)) and "entry" in message.error.facts
        stop = stop_for(message.error, self.office(), self.shell.now(), approve=allow)
        self.app.push_screen(StopScreen(stop, self.area), self._after_stop)

    def _late_refused(self, error: DeskError) -> None:
        """Take the paper back when it cannot be entered; the same one again passes over those before it."""
        late = self.shell.late
        if late is None or error.code != "late":
            return
        skip = error.facts.get("reason") == "order" and not late.skip
        self.shell.late = replace(late, skip=True) if skip else None

    def broken(self) -> None:
        self._busy = False
        self._lines.clear()

    def _after_stop(self, answer: bool | str | None) -> None:
        self.box.value = ""
        self._lines.clear()
        if answer == "approve" and self._refusal is not None:
            self._ask(self._refusal)
        elif answer:
            self.action_walk_up()

    def _ask(self, refusal: DeskError) -> None:
        """Ask a supervisor for an exception, and try again with it."""
        from counter.screens.step_up import ask

        entry, actor, late = int(str(refusal.facts["entry"])), self.shell.actor, self._paper

        def allowed(approval: ApprovalId) -> None:
            self._busy, self._approved = True, (*self._approved, approval)
            approved = self._approved
            self.shell.write(self, ANY_LINE, lambda ctx: open_entry(ctx, entry, actor, approved, late))

        ref = str(refusal.facts.get("ref", f"entry:{entry}"))
        ask(self, exception(refusal), ref, sentence(refusal), allowed)

    def action_walk_up(self) -> None:
        """Take in someone who is not on the roster."""
        from counter.screens.walk_up import WalkUpScreen

        if not self.shell.ready:
            return
        self.app.push_screen(WalkUpScreen(self.area, self.shell.late), self._walked_up)

    def _walked_up(self, view: SubmissionView | None) -> None:
        if view is not None:
            self.shell.late = None
            self.show_submission(view)

    def action_up(self) -> None:
        """Move the mark up."""
        self._move(-1)

    def action_down(self) -> None:
        """Move the mark down."""
        self._move(1)

    def action_page_up(self) -> None:
        """Move the mark up by a page."""
        self._move(-self.list.page)

    def action_page_down(self) -> None:
        """Move the mark down by a page."""
        self._move(self.list.page)

    def _move(self, by: int) -> None:
        self.remark = ""
        self.list.move(by)
        self.frame()

    def _banner(self) -> None:
        state = self.office()
        banner = self.query_one("#banner", Banner)
        if state is None:
            opening = _("Preparing the demo's data") if self.shell.preparing else _("Opening the records")
            banner.show(((opening, "muted", 0),))
            return
        from counter.screens.banner import banner_cells, opening_words, window_words

        width = self.app.size.width
        for short in range(4):
            left = opening_words(state, half=short < 2, hours=short < 3)
            right = window_words(state, weekday=short < 1)
            if banner_cells(left) + banner_cells(right) <= width - 2:
                break
        banner.show(left if width >= 120 else (*left, *right), right if width >= 120 else ())
