"""日结: count the drawer blind, see what should be there, close with the difference as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input

from counter import keys
from counter.clock import local
from counter.i18n import _
from counter.messages import Done, Ready, WorkFailed
from counter.rules.cash import DENOMINATIONS, MOST_PIECES, OTHER, VARIANCE_REASONS
from counter.rules.money import yuan
from counter.screens.base import Frame, Tally
from counter.screens.close_words import REASONS, checks, figures_rows, steps_row, sums_rows
from counter.screens.words import money
from counter.widgets.bars import Banner
from counter.widgets.choice import Option
from counter.widgets.paint import Lines, Row, Rows
from counter.widgets.scan_input import FieldInput

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.money_views import CloseView, ClosingView, ShiftView
    from counter.desk.paper_views import PreviewView

LEFT: Final = 44
"""Cells of the column of notes and coins at 80 columns."""


class CloseScreen(Frame[None], inherit_bindings=False):
    """The third area: no scan box, but the notes and coins of a drawer."""

    area = "close"
    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "close")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "close")
    AUTO_FOCUS = None

    view: CloseView | None = None
    done: ClosingView | None = None

    def __init__(self) -> None:
        super().__init__()
        self._working = False
        self._begun = False
        self._keys = {"count": uuid4(), "close": uuid4(), "begin": uuid4()}

    def middle(self) -> Iterable[Widget]:
        yield Banner(id="banner")
        yield Rows([Row(), steps_row(0), Row()], id="steps")
        with Horizontal(classes="body close"):
            with Vertical(classes="main"):
                yield Rows([_count_head()], id="count-head")
                with Vertical(id="counting"):
                    for fen in DENOMINATIONS:
                        yield Horizontal(
                            Rows([Row()], id=f"label-{fen}", classes="kind"),
                            FieldInput(id=f"fen-{fen}", max_length=4),
                            Rows([Row()], id=f"sum-{fen}", classes="sum"),
                            classes="count-row",
                        )
                yield Rows([], id="counted")
                yield Rows([], id="sums")
            yield Checks(id="checks")

    @property
    def shift(self) -> ShiftView | None:
        """Return the desk's live shift."""
        return self.view.shift if self.view else None

    @property
    def at(self) -> int:
        """Return which of the three steps this is; -1 without a shift."""
        if self.done is not None:
            return 2
        if self.shift is None:
            return -1
        return 0 if self.shift.state == "open" else 1

    def step(self) -> tuple[str, Tally]:
        if not self.shell.ready or self.view is None:
            return _("Opening the records"), ()
        if self._working:
            return _("Saving"), ()
        if self.at == -1:
            return _("No shift is open; press F9 to open one"), ()
        if self.at == 2 and self.done is not None:
            return _("Two sign the day sheet {n}, then press F9").format(n=self.done.display), ()
        if self.at == 1:
            difference = self.view.variance_fen or 0
            tally: Tally = ((_("difference {sum}").format(sum=money(difference)), "strong"),)
            if difference:
                return _("Press F9 to choose the reason and close"), tally
            return _("The drawer agrees; press F9 to close"), tally
        left = [fen for fen in DENOMINATIONS if not self._typed(fen)]
        tally = ((_("counted {n}/{of} kinds").format(n=8 - len(left), of=8), "muted"),)
        if left:
            kind = _kind(left[0])
            return _("Type how many of {kind}; when all are counted, F9").format(kind=kind), tally
        return _("All counted: press F9 to see what should be there"), tally

    def can(self, action: str) -> bool:
        if action in ("down", "up"):
            return self.at == 0
        if action == "report":
            return self.shell.ready and self.shift is not None
        if action == "preview":
            return self.at == 1
        if action == "bills":
            return self.shell.ready and not (self.at == 0 and self._begun)
        return True

    def label(self, key: keys.Key) -> str:
        if key.action != "act":
            return key.label
        return {-1: _("Begn"), 0: _("See"), 1: _("Shut"), 2: _("Know")}[self.at]

    def begun(self) -> None:
        self.reload()

    def resumed(self) -> None:
        self.reload()

    @on(Ready)
    def records_open(self) -> None:
        """Read how far the close is."""
        self.reload()

    def reload(self) -> None:
        """Read how far the close is."""
        if not self.shell.ready:
            return
        actor = self.shell.actor

        def call(ctx: DeskContext) -> CloseView:
            from counter.desk import closing

            return closing.state(ctx, actor=actor)

        self.shell.read(self, "state", call)

    @on(Done)
    def came_back(self, message: Done) -> None:
        """Show how far the close is now."""
        message.stop()
        if message.tag == "drain":
            return
        if message.tag == "close":
            self.done = message.value
            self._working = False
            self._print()
            self.reload()
            return
        if message.tag in ("state", "count"):
            self.view = message.value
            self._working = self._working and message.tag == "state"
            if self.shift is None or self.shift.state != "open":
                self._begun = False
            elif self.shift.closing:
                self._begun = True
        self._show()

    def refused(self, message: WorkFailed) -> None:
        self._working = False
        super().refused(message)
        self.reload()

    def broken(self) -> None:
        self._working = False

    def _print(self) -> None:
        def call(ctx: DeskContext) -> object:
            from counter.desk import papers

            return papers.drain(ctx)

        self.shell.write(self, "drain", call)

    def _show(self) -> None:
        view = self.view
        if view is None or not self.laid:
            return
        counting = self.at == 0
        self.query_one("#counting").display = counting
        self.query_one("#count-head").display = counting
        self.query_one("#steps", Rows).show([Row(), steps_row(max(0, self.at)), Row()])
        self.query_one("#banner", Banner).show(_banner(self.shift), ())
        counted = self.query_one("#counted", Rows)
        counted.display = not counting
        sections = self.done.sections if self.done is not None else view.sections
        counted.show([] if counting else figures_rows(view, self.done, sections))
        self.query_one("#sums", Rows).show(sums_rows(view, self._total()) if counting else [])
        self.query_one("#checks", Checks).show(checks(view, self.done))
        if counting and not isinstance(self.focused, Input):
            self.query_one(f"#fen-{DENOMINATIONS[0]}").focus()
        elif not counting:
            self.set_focus(None)
        self._paint_rows()
        self.frame()

    def _typed(self, fen: int) -> str:
        if not self.laid or not self.query(f"#fen-{fen}"):
            return ""
        return self.query_one(f"#fen-{fen}", Input).value.strip()

    def _pieces(self, fen: int) -> int | None:
        """Return how many were typed of a kind, None for nothing or no number."""
        typed = self._typed(fen)
        return int(typed) if typed.isascii() and typed.isdigit() else None

    def _total(self) -> int:
        return sum(fen * (self._pieces(fen) or 0) for fen in DENOMINATIONS)

    def _paint_rows(self) -> None:
        here = self.focused.id if self.focused else ""
        for fen in DENOMINATIONS:
            marked = here == f"fen-{fen}"
            label = Row("row" if marked else "ground")
            if marked:
                label.put(0, " ", "bar").put(1, ">", "accent-strong")
            label.right(14, _kind(fen), "strong" if marked else "fact")
            self.query_one(f"#label-{fen}", Rows).show([label])
            row, pieces = Row("row" if marked else "ground"), self._pieces(fen)
            if pieces is None and self._typed(fen):
                row.put(2, _("not a number"), "error")
            else:
                row.right(20, money(fen * (pieces or 0)), "fact" if pieces is not None else "faint")
            self.query_one(f"#sum-{fen}", Rows).show([row])

    @on(Input.Changed)
    def typed(self) -> None:
        """Show the sums; the first figure begins the close."""
        if self.view is None or self.at != 0:
            return
        self.remark = ""
        if not self._begun and any(self._typed(fen) for fen in DENOMINATIONS):
            self._begun = True
            actor, key = self.shell.actor, self._keys["begin"]

            def call(ctx: DeskContext) -> CloseView:
                from counter.desk import closing

                return closing.begin(ctx, actor=actor, key=key)

            self.shell.write(self, "begin", call)
        self._paint_rows()
        self.query_one("#sums", Rows).show(sums_rows(self.view, self._total()))
        self.frame()

    def on_descendant_focus(self) -> None:
        """Move the mark with the focus."""
        if self.view is not None and self.at == 0:
            self._paint_rows()

    def action_down(self) -> None:
        """Go to the next kind."""
        self.focus_next(FieldInput)

    def action_up(self) -> None:
        """Go to the kind before."""
        self.focus_previous(FieldInput)

    def action_act(self) -> None:
        """Do what this step is for."""
        if self._working or self.view is None:
            return
        if self.at == -1:
            from counter.screens.shift import ShiftScreen

            self.app.push_screen(ShiftScreen(), self._opened)
        elif self.at == 0:
            self._count()
        elif self.at == 1:
            self._close()
        else:
            self.done = None
            self.action_back()

    def _opened(self, shift: ShiftView | None) -> None:
        self._begun = False
        self._keys = {name: uuid4() for name in self._keys}
        for fen in DENOMINATIONS:
            self.query_one(f"#fen-{fen}", Input).value = ""
        if shift is not None:
            self.app.switch_mode("desk")
        else:
            self.reload()

    def _count(self) -> None:
        lines = []
        for fen in DENOMINATIONS:
            pieces = self._pieces(fen)
            if pieces is None or pieces > MOST_PIECES:
                self.query_one(f"#fen-{fen}").focus()
                self.say(_("Count {kind}; type 0 where there is none").format(kind=_kind(fen)))
                return
            lines.append((fen, pieces))
        self._working = True
        actor, key = self.shell.actor, self._keys["count"]

        def call(ctx: DeskContext) -> CloseView:
            from counter.desk import closing

            return closing.count(ctx, lines=lines, actor=actor, key=key)

        self.shell.write(self, "count", call)
        self.frame()

    def _close(self) -> None:
        assert self.view is not None
        if not self.view.variance_fen:
            self._shut("", "")
            return
        from counter.screens.choose import ChooseScreen

        about = _("Difference {sum}").format(sum=money(self.view.variance_fen))
        options = [Option(code, REASONS[code]) for code in VARIANCE_REASONS]
        self.app.push_screen(
            ChooseScreen(None, _("Why the drawer differs"), about, options, _("Next")), self._chosen
        )

    def _chosen(self, reason: str | None) -> None:
        if reason is None or self.view is None:
            return
        from counter.screens.variance import VarianceScreen

        def noted(note: str | None) -> None:
            if note is not None:
                self._shut(reason, note)

        shown = VarianceScreen(money(self.view.variance_fen or 0), REASONS[reason], needed=reason == OTHER)
        self.app.push_screen(shown, noted)

    def _shut(self, reason: str, note: str) -> None:
        if self._working:
            return
        self._working = True
        actor, key = self.shell.actor, self._keys["close"]

        def call(ctx: DeskContext) -> ClosingView:
            from counter.desk import closing

            return closing.close(ctx, reason=reason, note=note, actor=actor, key=key)

        self.shell.write(self, "close", call)
        self.frame()

    def action_look_up(self) -> None:
        """Go to the look-up."""
        self.app.switch_mode("search")

    def action_back(self) -> None:
        """Go back to the desk; what was counted stays typed."""
        self.app.switch_mode("desk")

    def action_report(self) -> None:
        """See the figures of the shift."""
        from counter.screens.report import ReportScreen

        self.app.push_screen(ReportScreen())

    def action_preview(self) -> None:
        """See the day sheet as it will be printed."""
        from counter.screens.preview import PreviewScreen

        actor = self.shell.actor

        def call(ctx: DeskContext) -> PreviewView:
            from counter.desk import sheet_preview

            return sheet_preview.preview_sheet(ctx, actor=actor)

        about = local(self.shift.opened_at).date().isoformat() if self.shift is not None else ""
        self.app.push_screen(PreviewScreen(about, call))

    def action_bills(self) -> None:
        """List the fees without a fiscal bill."""
        from counter.screens.bills import BillsScreen

        self.app.push_screen(BillsScreen())


class Checks(Lines):
    """What stands open, at the right of the count."""


def _kind(fen: int) -> str:
    """Return a note or coin as it is called."""
    return _("{n} yuan").format(n=fen // 100 if fen >= 100 else yuan(fen).rstrip("0"))


def _count_head() -> Row:
    return (
        Row("panel").right(14, _("Face"), "muted").put(18, _("Pieces"), "muted").right(44, _("Sum"), "muted")
    )


def _banner(shift: ShiftView | None) -> tuple[tuple[str, str, int], ...]:
    if shift is None:
        return ((_("No shift is open at this desk"), "warning", 0),)
    text = _("Shift of {clerk} since {at}, float {sum}").format(
        clerk=shift.clerk, at=f"{local(shift.opened_at):%m-%d %H:%M}", sum=money(shift.float_fen)
    )
    if shift.earlier:
        return ((text, "warning", 0),)
    return ((text, "fact", 0),)
