"""查询: one box for every way of asking, a list, and the chosen person below or beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input

from counter import keys
from counter.i18n import _
from counter.messages import Done, Entered
from counter.screens import reveal
from counter.screens.area import ANY_LINE, Area
from counter.screens.base import Tally
from counter.screens.opening import Listed, open_known, unknown_text
from counter.screens.search_details import details_rows, details_side
from counter.screens.words import NOT_COME, ORIGINALS, QUERIES, STATUSES
from counter.text import width as width_of
from counter.widgets.head import Head
from counter.widgets.paint import Lines, Painted, Row
from counter.widgets.row_list import RowList, cursor
from counter.widgets.rows import columns, heading, name_and_employer
from counter.widgets.scan_input import ScanBox
from counter.widgets.side import Side

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.search_views import DetailsView, HitView, LookUpView
    from counter.desk.views import SubmissionView

MOST = 200
"""Hits that are read at once; more ask for a narrower question."""


SCANNED = "scanned"
"""Tag of the look-up of a scan."""


def table(width: int) -> list[tuple[int, int]]:
    """Return place and width: number, name, pinyin, employer, specialty, status, originals, day."""
    return columns(width, (5, 8, 15, 16, 8, 8, 4, 5), grow=3)


def hits_head(width: int) -> Row:
    """Return the heading."""
    words = (
        _("No."),
        _("Name"),
        _("Pinyin"),
        _("Employer"),
        _("Special."),
        _("State"),
        _("Orig."),
        _("Day"),
    )
    return heading(table(width), words)


def hit_row(hit: HitView, width: int, marked: bool) -> Row:
    """Paint one hit."""
    row = cursor(Row(), marked)
    at = table(width)
    word, tone = NOT_COME if hit.status is None else STATUSES[hit.status]
    bag, bag_tone = ORIGINALS[hit.originals_state]
    row.put(at[0][0], hit.serial or "-", "muted")
    if width_of(hit.name) > at[1][1] + 1:
        name_and_employer(row, at[1], at[3], hit.name, hit.employer_short)
    else:
        row.put(at[1][0], hit.name, "strong").put(at[2][0], hit.pinyin, "muted", at[2][1])
        row.put(at[3][0], hit.employer_short, "muted", at[3][1])
    row.put(at[4][0], hit.specialty_short, "muted", at[4][1])
    row.put(at[5][0], word, tone, at[5][1])
    row.put(at[6][0], bag, bag_tone, at[6][1])
    return row.put(at[7][0], f"{hit.day:%m-%d}" if hit.day else "-", "muted")


class Found(Painted):
    """How many were found, and by what."""

    DEFAULT_CSS = "Found { height: 1; }"
    look_up: LookUpView | None = None

    def show(self, look_up: LookUpView | None) -> None:
        """Show the count of an answer."""
        self.look_up = look_up
        self.repaint()

    def rows(self, width: int, height: int) -> Sequence[Row]:
        found = self.look_up
        if found is None:
            return ()
        row = Row().put(3, _("Found"), "muted")
        row.then(_("more than {n}").format(n=found.total) if found.more else str(found.total), "strong", 1)
        row.then(_("people"), "strong", 1)
        away = found.total - found.arrived
        if not found.more:
            text = _(": {here} were here, {away} not yet").format(here=found.arrived, away=away)
            row.then(text, "muted")
        by = QUERIES.get(found.kind, found.kind)
        return [row.right(width - 1, _("by {kind}").format(kind=by), "muted")]


class Details(Lines):
    """The chosen person in a few rows, where there is no side column."""


class SearchScreen(Area, inherit_bindings=False):
    """Where anybody is found by anything."""

    area = "search"
    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "search", "list")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "search", "list")

    def __init__(self) -> None:
        super().__init__()
        self._found: LookUpView | None = None
        self._details: DetailsView | None = None

    def middle(self) -> Iterable[Widget]:
        yield from self.top()
        with Horizontal(classes="body"):
            with Vertical(classes="main"):
                yield ScanBox(
                    label=_("Find"),
                    hint=_("initials  name  number  online ID  last 4 of ID or phone  employer"),
                )
                yield Found()
                yield Head(hits_head)
                yield RowList(hit_row, marked=True, id="hits")
                yield Details()
            yield Side(classes="side")

    @property
    def marked(self) -> HitView | None:
        """Return the hit under the mark."""
        return cast("HitView | None", self.list.marked)

    def step(self) -> tuple[str, Tally]:
        if self._found is None:
            return _("Type or scan who is looked for"), ()
        if not self._found.hits:
            return _("Nobody found: ask by name, initials, number, online ID, last four, employer"), ()
        at = (self.list.at or 0) + 1
        tally: Tally = ((_("{at}/{n} people").format(at=at, n=len(self._found.hits)), "muted"),)
        return _("Choose with the arrow keys, press F9 to open; or scan"), tally

    def can(self, action: str) -> bool:
        if action == "open":
            return self.laid and self.marked is not None
        if action == "reprint":
            return self.laid and self.marked is not None and self.marked.submission_id is not None
        if action == "reveal":
            return self.laid and self.marked is not None
        if action == "walk_up":
            return self.shell.ready
        return True

    @on(Input.Changed, "#scan")
    def typed(self, message: Input.Changed) -> None:
        """Look up while typing; the newest question wins."""
        text = message.value.strip()
        self.remark = ""
        if len(text) >= 2 and self.shell.ready:
            self._look_up(text)

    def take_scan(self, code: str) -> None:
        """Look up a code; who fits opens on F9 as any other, and nobody is a stop as at the desk."""
        self.remark = ""
        if self.shell.ready:
            self._look_up(code, SCANNED)
        else:
            self._lines.append(code)

    def take_line(self, line: Entered) -> None:
        """Look up a whole line; one that was typed and fits nobody only says how else to ask."""
        if line.scanned or not self.shell.ready:
            self.take_scan(line.text)
            return
        self.remark = ""
        self._look_up(line.text)

    def _next(self) -> None:
        while self._lines and self.shell.ready:
            self._look_up(self._lines.popleft(), SCANNED)

    def _stop_at(self, text: str) -> None:
        actor = self.shell.actor
        self.shell.write(self, "unknown", lambda ctx: unknown_text(ctx, text, actor))

    def _look_up(self, text: str, tag: str = "hits") -> None:
        actor = self.shell.actor

        def call(ctx: DeskContext) -> LookUpView:
            from counter.desk import search

            return search.look_up(ctx, text, limit=MOST, actor=actor)

        self.shell.read(self, tag, call)

    def show_look_up(self, look_up: LookUpView) -> None:
        """Show an answer found elsewhere."""
        self._found = look_up
        if self.laid:
            self.query_one(Found).show(look_up)
            self.list.show(look_up.hits)
            self._read_details()
            self.frame()

    def begun(self) -> None:
        if self._found is not None:
            self.show_look_up(self._found)

    def arrived(self, message: Done) -> None:
        if message.tag in ("hits", SCANNED):
            look_up: LookUpView = message.value
            self.show_look_up(look_up)
            if message.tag == SCANNED and not look_up.hits:
                self._stop_at(look_up.query)
        elif message.tag == "unknown":
            if message.value is not None:
                self.unknown(message.value)
        elif message.tag == "details":
            self._details = message.value
            self._show_details()
        elif message.tag == reveal.TAG:
            reveal.show(self, message.value)
        elif message.tag == "reprint":
            self._read_details()
            self.say(_("Copies are being printed: {display}").format(display=message.value), bell=False)

    @on(RowList.Moved)
    def another(self) -> None:
        """Read the details of the one under the mark."""
        self._read_details()

    def _read_details(self) -> None:
        hit = self.marked
        if hit is None:
            self._details = None
            self._show_details()
            return
        entry, actor = hit.entry_id, self.shell.actor

        def call(ctx: DeskContext) -> DetailsView:
            from counter.desk import search

            return search.details(ctx, entry, actor=actor)

        self.shell.read(self, "details", call, group="details")

    def _show_details(self) -> None:
        self.query_one(Details).show(details_rows(self._details))
        if self.roomy:
            self.query_one(Side).show(details_side(self._details))

    def reload(self) -> None:
        if self._found is not None and self._found.query and self.shell.ready:
            self._look_up(self._found.query)

    def action_open(self) -> None:
        """Open the marked person's submission, or begin one."""
        hit = self.marked
        if hit is None or self._busy:
            return
        submission = hit.submission_id
        if submission is None:
            self.open_marked(int(hit.entry_id))
            return
        self._busy = True
        actor = self.shell.actor
        self.shell.write(self, ANY_LINE, lambda ctx: open_known(ctx, submission, actor))

    def action_reprint(self) -> None:
        """Print papers of the marked submission again."""
        from counter.screens import reprint

        hit = self.marked
        if hit is not None and hit.submission_id is not None:
            reprint.ask(self, hit.submission_id, hit.serial, hit.name)

    def action_reveal(self) -> None:
        """See the marked person's whole number."""
        if self.marked is not None:
            reveal.ask(self, self.marked.entry_id)

    def action_clear(self) -> None:
        """Empty the box; when it is empty, go back to the desk."""
        self.remark = ""
        if self.box.value or self._found is not None:
            self.box.value = ""
            self._found = self._details = None
            self.list.show(())
            self.query_one(Found).show(None)
            self._show_details()
            self.frame()
        else:
            self.app.switch_mode("desk")

    def show_hits(self, listed: Listed) -> None:
        self.show_look_up(listed.look_up)

    def came_back(self, view: SubmissionView | None) -> None:
        self.frame()
