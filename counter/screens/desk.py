"""受理: the scan box, the day's figures, the day's list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast
from uuid import uuid4

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from counter import keys
from counter.clock import business_date
from counter.i18n import _
from counter.messages import Done, Kept, Minute
from counter.rules.money import yuan
from counter.rules.permissions import may
from counter.screens.alerts import alerts
from counter.screens.area import ANY_LINE, Area
from counter.screens.base import Tally as Figures
from counter.screens.desk_list import Foot, shift_words, table_head, today_row
from counter.screens.desk_side import desk_side
from counter.screens.opening import Listed, open_known
from counter.widgets.head import Head
from counter.widgets.row_list import RowList
from counter.widgets.scan_input import ScanBox
from counter.widgets.side import Side
from counter.widgets.tally import Tally

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.forms import LateForm
    from counter.desk.home_views import DeskView, TodayRow
    from counter.desk.staff import Member
    from counter.desk.views import ApprovalId, SubmissionId, SubmissionView

SHOWN = 200
"""Rows of the day that are read; a day of one desk has fewer, and the figures above count all."""


class DeskScreen(Area, inherit_bindings=False):
    """Where the next person begins; the scan box is always empty and ready."""

    area = "desk"
    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "desk", "list")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "desk", "list")

    view: DeskView | None = None

    def middle(self) -> Iterable[Widget]:
        yield from self.top()
        with Horizontal(classes="body"):
            with Vertical(classes="main"):
                yield ScanBox(
                    label=_("Scan or type"),
                    hint=_("barcode  online ID  identity no.  name  initials  last 4 of phone"),
                )
                yield Tally()
                yield Head(table_head)
                yield RowList(today_row, id="today")
                yield Foot()
            yield Side(classes="side")

    def step(self) -> tuple[str, Figures]:
        tally: Figures = ()
        if self.view and self.view.parked:
            tally = ((_("parked {n}").format(n=self.view.parked), "muted"),)
        if self.view and self.view.unfinished:
            tally = (*tally, (_("unfinished {n}").format(n=self.view.unfinished), "fact"))
        if self.view:
            tally = (*tally, shift_words(self.view.shift))
        if not self.shell.ready:
            return _("You may scan already; it opens as soon as the records are open"), ()
        if self.shell.late is not None:
            text = _("Late entry {number}: scan or type who came; Esc ends it")
            return text.format(number=self.shell.late.number), tally
        if self.marked is not None:
            return _("Press F9 to open {serial}, or scan the next one").format(
                serial=self.marked.serial
            ), tally
        if self.view and not self.view.anybody:
            return _("Take in the roster first: counter roster import FILE"), tally
        shift = self.view.shift if self.view else None
        if shift is not None and shift.earlier:
            return _("The shift of an earlier day is open: close it with F7"), tally
        office = self.office()
        if office is not None and not office.open:
            return _("Window closed: look up and reprint as usual; no new ones"), tally
        return _("Call the next person and scan the online ID or the identity card"), tally

    @property
    def marked(self) -> TodayRow | None:
        """Return the row of the day's list under the mark."""
        return cast("TodayRow | None", self.list.marked)

    def can(self, action: str) -> bool:
        if action == "clear":
            return self.marked is not None or self.shell.late is not None
        if action == "open":
            return self.marked is not None
        if action == "confirm":
            return self.shell.ready and self._to_confirm is not None
        if action == "staff":
            return self.shell.ready and may(self.shell.actor.role, "staff.members")
        if action == "bills":
            return self.shell.ready and not (self.view and self.view.shift and self.view.shift.closing)
        if action == "reprint":
            return self.shell.ready and (self.marked is not None or self._last is not None)
        return self.shell.ready or action in ("help", "palette", "leave", "theme", "up", "down")

    def forget(self) -> None:
        self.view = None
        self.query_one(Tally).show(())
        super().forget()

    @property
    def _last(self) -> TodayRow | None:
        return self.view.last if self.view else None

    def reload(self) -> None:
        if not self.shell.ready:
            return

        actor = self.shell.actor

        def call(ctx: DeskContext) -> DeskView:
            from counter.desk import today

            return today.desk_view(ctx, limit=SHOWN, actor=actor)

        self.shell.read(self, "today", call)

    def resumed(self) -> None:
        super().resumed()
        self.reload()

    @on(Minute)
    def minute_passed_too(self) -> None:
        """Read the day again when it changes at midnight."""
        if self.view and self.view.day != business_date(self.shell.clock.now()):
            self.reload()

    @on(Kept)
    def looked_after(self, message: Kept) -> None:
        """Read the day again when backups or disk stand otherwise than shown."""
        message.stop()
        if self.view and message.standing != (self.view.backup, self.view.disk_left, self.view.clock):
            self.reload()

    def arrived(self, message: Done) -> None:
        if message.tag == "today":
            self.view = message.value
            self._show()
        elif message.tag == "confirm":
            self.reload()
            self.say(_("It is confirmed and in the journal"), bell=False)
        elif message.tag == "reprint":
            self.reload()
            self.say(_("Copies are being printed: {display}").format(display=message.value), bell=False)

    def _show(self) -> None:
        view = self.view
        if view is None:
            return
        keep = self.list.at if self.list.at is not None and self.list.at < len(view.rows) else None
        self.list.show(view.rows, keep)
        blind = view.shift is not None and view.shift.closing
        figures = [
            *([] if blind else [(str(view.accepted), _("n"), _("accepted"))]),
            (str(view.corrections), _("n"), _("to correct")),
            (str(view.rejected), _("n"), _("refused")),
            (str(view.parked), _("n"), _("parked")),
            *([(str(view.unfinished), _("n"), _("begun"))] if view.unfinished else []),
            *(
                [("-", "", _("figures after the count"))]
                if blind
                else [
                    (str(view.fee_count), _("slips"), _("fees taken"))
                    if view.fee_fen is None
                    else (yuan(view.fee_fen), _("yuan"), _("fees, {n} in all").format(n=view.fee_count)),
                    (str(view.bags_held), _("bags"), _("originals held")),
                ]
            ),
        ]
        self.query_one(Tally).show(tuple(figures))
        context = self.shell.context
        self.query_one(Foot).show(view, self.list.page, context.home / "key" if context else None)
        if self.roomy:
            self.query_one(Side).show(desk_side(view))
        self.frame()

    def resized(self) -> None:
        self.call_after_refresh(self._show)

    def action_look_up(self) -> None:
        """Go to the look-up."""
        self.app.switch_mode("search")

    def action_day_close(self) -> None:
        """Go to the day close, which also opens a shift."""
        if self.shell.ready:
            self.app.switch_mode("close")

    def action_bills(self) -> None:
        """List the fees without a fiscal bill's number."""
        from counter.screens.bills import BillsScreen

        if self.can("bills"):
            self.app.push_screen(BillsScreen(), self._take_up)

    def action_staff(self) -> None:
        """Look after who works here."""
        from counter.screens.staff import StaffScreen

        if self.can("staff"):
            self.app.push_screen(StaffScreen())

    def action_password(self) -> None:
        """Change one's own password."""
        from counter.screens.staff_form import StaffForm

        if self.shell.ready:
            self.app.push_screen(StaffForm("own"), self._password_changed)

    def _password_changed(self, member: Member | None) -> None:
        if member is not None:
            self.say(_("{name}: saved").format(name=member.name), bell=False)

    def action_parked(self) -> None:
        """List what is parked."""
        from counter.screens.parked import ParkedScreen

        if self.shell.ready:
            self.app.push_screen(ParkedScreen(), self._take_up)

    def _take_up(self, submission: SubmissionId | None) -> None:
        if submission is not None:
            self._open(submission)

    @property
    def _to_confirm(self) -> tuple[str, int] | None:
        """Return what waits for a supervisor and the event that tells of it; the clock comes first."""
        if self.view is None:
            return None
        if self.view.clock is not None and self.view.clock.seq:
            return "clock", self.view.clock.seq
        return ("restore", self.view.restored.seq) if self.view.restored is not None else None

    def action_confirm(self) -> None:
        """Ask a supervisor to confirm what stands in red."""
        from counter.screens.step_up import ask

        if (waiting := self._to_confirm) is None or self.view is None:
            return
        kind, seq = waiting
        actor, key = self.shell.actor, uuid4()

        def approved(approval: ApprovalId) -> None:
            def call(ctx: DeskContext) -> None:
                from counter.desk import clockguard, restored

                confirm = clockguard.confirm_clock if kind == "clock" else restored.confirm_restored
                confirm(ctx, seq=seq, approval=approval, actor=actor, key=key)

            self.shell.write(self, "confirm", call)

        ask(self, kind, f"{kind}:{seq}", alerts(self.view)[0], approved)

    def action_late(self) -> None:
        """Enter what was taken in on an emergency paper."""
        from counter.screens.late import LateScreen

        if self.shell.ready:
            self.app.push_screen(LateScreen(self.area), self._enter_late)

    def _enter_late(self, form: LateForm | None) -> None:
        self.shell.late = form
        self.frame()

    def action_open(self) -> None:
        """Open the marked submission."""
        if self.marked is not None:
            self._open(self.marked.submission_id)

    def _open(self, submission: SubmissionId) -> None:
        if self._busy:
            return
        self._busy = True
        actor = self.shell.actor
        self.shell.write(self, ANY_LINE, lambda ctx: open_known(ctx, submission, actor))

    def action_clear(self) -> None:
        """Empty the box and take the mark away."""
        self.box.value = ""
        self.remark = ""
        self.shell.late = None
        self.list.show(self.list.entries)
        self.frame()

    def action_reprint(self) -> None:
        """Print the papers of the marked submission, or of the last one, again."""
        from counter.screens import reprint

        row = self.marked or self._last
        if row is not None:
            reprint.ask(self, row.submission_id, row.serial, row.name)

    def show_hits(self, listed: Listed) -> None:
        """Go on in the look-up, where the list decides."""
        from counter.screens.search import SearchScreen

        self.app.switch_mode("search")
        if isinstance(self.app.screen, SearchScreen):
            self.app.screen.show_look_up(listed.look_up)

    def came_back(self, view: SubmissionView | None) -> None:
        self.action_clear()
