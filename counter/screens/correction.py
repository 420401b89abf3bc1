"""补正: everything that has to be put right, told at once, before the notice is printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.desk.views import Act, DefectLine, SubmissionView
from counter.i18n import _
from counter.messages import Done, WorkFailed
from counter.rules.finding import FindingKind
from counter.screens.base import Dialog, Tally
from counter.screens.words import moment
from counter.text import width, wrap_cells
from counter.widgets.paint import Painted, Row
from counter.widgets.sheet import BROAD, LABEL, VALUE, WIDE, Part, Sheet, Title
from counter.widgets.words import FINDINGS

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.views import ApprovalId

NAME = 16
"""Cell at which names begin."""

CHIP = 46
"""Cell at which the finding stands."""

WHY = 53
"""Cell at which the reason begins."""


def defect_rows(number: int, defect: DefectLine, cells: int = WIDE) -> list[Row]:
    """Return the rows of one thing to put right: place, name, finding, reason, and what is asked below.

    A reason too long for its column has the whole width below the name.
    """
    word, tone = FINDINGS[defect.kind]
    first = Row("raised").put(LABEL, str(number), "accent-strong")
    first.put(LABEL + 2, f"{defect.group_name} {defect.no}", "muted", 11)
    names = wrap_cells(defect.short, CHIP - NAME - 1)
    why = "，".join(reason.text for reason in defect.reasons)
    if defect.lacking:
        counted = _("{n} handed in, {short} short").format(n=defect.copies, short=defect.lacking)
        others = [reason.text for reason in defect.reasons if reason.code != "short"]
        why = "，".join([*others, counted])
    beside = width(why) <= cells - WHY - 2
    first.put(NAME, names[0], "strong").chip(CHIP, word, tone, 6).put(WHY, why if beside else "", "fact")
    rows = [first, *(Row("raised").put(NAME, name, "strong") for name in names[1:])]
    if not beside:
        rows += _labelled(_("reason"), why, "fact", cells)
    rows += _labelled(_("asked"), defect.standard, "muted", cells)
    if defect.kind is FindingKind.DEFECT and defect.is_new:
        rows.append(Row("raised").put(NAME, _("new on this notice: a supervisor must agree"), "warning-fact"))
    return rows


def _labelled(label: str, text: str, tone: str, cells: int) -> list[Row]:
    """Return a text below the names, its label before the first line."""
    at = NAME + width(label) + 1
    rows = [Row("raised").put(at, line, tone) for line in wrap_cells(text, cells - at - 2)]
    if rows:
        rows[0].put(NAME, label, "muted")
    return rows


class _Page(Painted):
    """The part of the list in sight."""

    PLANE = "raised"
    lines: Sequence[Row] = ()

    def rows(self, cells: int, height: int) -> Sequence[Row]:
        return self.lines


class CorrectionScreen(Dialog["SubmissionView | str | None"], inherit_bindings=False):
    """The whole list; on more than one page F9 works on the last only, when all of it was seen."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "correction", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("every", "correction", "dialog"),
        keys.alias("correction.page_down", "pagedown"),
        keys.alias("correction.page_up", "pageup"),
    ]

    def __init__(self, subject: SubmissionView) -> None:
        super().__init__()
        self.subject: SubmissionView = subject
        self._key = uuid4()
        self._saving = False
        self._approved: tuple[ApprovalId, ...] = ()
        self._page = 0

    def middle(self) -> Iterable[Widget]:
        view = self.subject
        below = Part(self._cells)
        if view.deadline is not None:
            due = view.deadline
            row = Row("raised").put(LABEL, _("Until"), "muted").put(VALUE, moment(due.at), "strong")
            row.then(_("{n} working days left").format(n=due.working_days_left), "warning", 4)
            hours = _("({n} open hours)").format(n=due.open_minutes_left // 60)
            below.rows.append(row.then(hours, "muted"))
        below.pair(_("Basis"), view.correction_basis)
        below.pair(_("Papers"), view.correction_bags).gap()
        copies = sum(plan.copies for plan in view.correction_prints)
        act = _("Print the notice x{n}").format(n=copies)
        below.chips(("F9", act), ("F8", _("Preview")), ("Esc", _("Back to check")))
        yield Sheet(
            Title("correction", _("To correct: the notice"), f"{view.serial} {view.person.name}"),
            _Page(),
            below.shown(),
            broad=True,
        )

    @property
    def _cells(self) -> int:
        return BROAD if self.roomy else WIDE

    def begun(self) -> None:
        self._turn()

    def resized(self) -> None:
        self._turn()

    def _pages(self) -> list[list[Row]]:
        view = self.subject
        room = self.app.size.height - 3 - 2 - 6
        missing = view.tally.get(FindingKind.MISSING, 0)
        text = _("{n} to put right: {missing} missing, {defects} defective. All told at once.").format(
            n=len(view.defects), missing=missing, defects=len(view.defects) - missing
        )
        head = [Row("raised").put(LABEL, text, "fact"), Row("raised")]
        pages: list[list[Row]] = [[]]
        for number, defect in enumerate(view.defects, 1):
            rows = defect_rows(number, defect, self._cells)
            if self.roomy and pages[-1]:
                rows = [Row("raised"), *rows]
            if len(head) + len(pages[-1]) + len(rows) + 1 > room and pages[-1]:
                pages.append([])
                rows = [row for row in rows if row.runs]
            pages[-1] += rows
        whole = [[*head, *page, Row("raised")] for page in pages]
        if len(whole) > 1:
            for number, page in enumerate(whole, 1):
                words = _("page {n}/{of}").format(n=number, of=len(whole))
                page[0] = Row("raised").put(LABEL, text, "fact").right(self._cells - 2, words, "strong")
        return whole

    def _turn(self) -> None:
        if not self.laid or not self.query(_Page):
            return
        pages = self._pages()
        self._page = min(self._page, len(pages) - 1)
        page = self.query_one(_Page)
        page.lines = pages[self._page]
        page.styles.height = max(len(p) for p in pages)
        page.repaint()
        self.frame()

    @property
    def last_page(self) -> bool:
        """Tell whether all of it was seen."""
        return self._page >= len(self._pages()) - 1

    def can(self, action: str) -> bool:
        if action == "act":
            return self.laid and self.last_page and not self._saving
        return action != "reject" or Act.REJECT in self.subject.allowed

    def step(self) -> tuple[str, Tally]:
        view = self.subject
        tally: Tally = ((_("checked {n}/{whole}").format(n=len(view.items), whole=len(view.items)), "fact"),)
        if self._saving:
            return _("Saving"), tally
        if not self.last_page:
            return _("Read this page out, press Down for the next"), tally
        return _("Read all {n} and the deadline out, press F9 to print").format(n=len(view.defects)), tally

    def action_page_down(self) -> None:
        """Next page."""
        self._page += 1
        self._turn()

    def action_page_up(self) -> None:
        """Previous page."""
        self._page = max(0, self._page - 1)
        self._turn()

    def action_act(self) -> None:
        """Issue the notice and print it."""
        if self._saving:
            return
        view, actor, key = self.subject, self.shell.actor, self._key
        if not self._approved and any(line.is_new for line in view.defects):
            self._ask()
            return
        self._saving = True
        approved = self._approved

        def call(ctx: DeskContext) -> SubmissionView:
            from counter.desk import verdicts

            return verdicts.send_correction(
                ctx, submission_id=view.id, version=view.version, actor=actor, key=key, approved=approved
            )

        self.shell.write(self, "correct", call)
        self.frame()

    def _ask(self) -> None:
        """Ask a supervisor, because this notice says what an earlier one could have said."""
        from counter.screens.step_up import ask

        def allowed(approval: ApprovalId) -> None:
            self._approved = (approval,)
            self.call_later(self.action_act)

        about = _("This notice adds what the last one did not say")
        ask(self, "notice", f"submission:{self.subject.id}", about, allowed)

    @on(Done)
    def saved(self, message: Done) -> None:
        """The commit has returned: the notice stands."""
        message.stop()
        self.dismiss(message.value)

    def broken(self) -> None:
        self._saving = False

    def refused(self, message: WorkFailed) -> None:
        self._saving, self._approved = False, ()
        super().refused(message)

    def action_preview(self) -> None:
        """See what will be printed."""
        from counter.screens.preview import of_decision

        self.app.push_screen(of_decision(self.subject, None, self.shell.actor))

    def action_reject(self) -> None:
        """Refuse instead."""
        self.dismiss("reject")

    def action_cancel(self) -> None:
        """Back to the checklist, unless it is being saved."""
        if not self._saving:
            self.dismiss(None)
