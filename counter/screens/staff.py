"""人员: who works here, as a supervisor looks after them; the acts are those of the `staff` commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.clock import local
from counter.i18n import _
from counter.messages import Done
from counter.rules.permissions import may
from counter.screens.base import Tally
from counter.screens.listing import ListDialog
from counter.screens.staff_form import ROLES, StaffForm
from counter.text import pad_cells
from counter.widgets.choice import Choice, Option
from counter.widgets.sheet import WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.staff import Member


class StaffScreen(ListDialog[None], inherit_bindings=False):
    """Members of staff, those who work here first."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "staff", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "staff", "list", "dialog")

    def __init__(self) -> None:
        super().__init__()
        self._members: Sequence[Member] | None = None

    def middle(self) -> Iterable[Widget]:
        chips = Part(WIDE).gap()
        if may(self.shell.actor.role, "staff.add"):
            chips.chips(("F9", _("Set a password")), ("F2", _("Add somebody")), ("F8", _("Take away")))
        chips.chips(("Esc", _("Back"))).gap()
        yield Sheet(titled("plain", _("Staff"), "", WIDE), Choice([], hint_x=34), chips.shown(), wide=True)

    def begun(self) -> None:
        self._read()

    def _read(self) -> None:
        actor = self.shell.actor

        def call(ctx: DeskContext) -> tuple[Member, ...]:
            from counter.desk import staff

            return staff.members(ctx, actor=actor)

        self.shell.read(self, "members", call)

    @property
    def marked(self) -> Member | None:
        """Return who stands under the cursor."""
        return self._members[self.choice.at] if self._members and self.choice.at >= 0 else None

    @on(Done)
    def came_back(self, message: Done) -> None:
        """Show who works here."""
        message.stop()
        if message.tag != "members":
            self._read()
            return
        members: Sequence[Member] = message.value
        at = self.choice.at
        self._members = members
        self.choice.offer([Option(m.login, f"{pad_cells(m.login, 14)} {m.name}", about(m)) for m in members])
        self.choice.at = min(max(at, 0), len(members) - 1)
        self.choice.styles.height = max(1, min(len(members), self.app.size.height - 10))
        self.choice.repaint()
        self.frame()

    def step(self) -> tuple[str, Tally]:
        if self._members is None:
            return _("Looking up who works here"), ()
        if not may(self.shell.actor.role, "staff.add"):
            return _("Only a supervisor changes anything here; press Esc"), ()
        return _("Choose somebody, press F9 for a new password, F2 to add"), ()

    def can(self, action: str) -> bool:
        if action in ("act", "disable"):
            here = self.marked is not None and self.marked.disabled_at is None
            return here and may(self.shell.actor.role, "staff.set_password")
        return action != "add" or may(self.shell.actor.role, "staff.add")

    def action_act(self) -> None:
        """Give the marked one a new password; one's own asks for the old one too."""
        member = self.marked
        if member is None:
            return
        own = member.name == self.shell.actor.name
        self.app.push_screen(StaffForm("own" if own else "set", member), self._changed)

    def action_add(self) -> None:
        """Put somebody on the staff."""
        self.app.push_screen(StaffForm("add"), self._changed)

    def _changed(self, member: Member | None) -> None:
        if member is not None:
            self.say(_("{name}: saved").format(name=member.name), bell=False)
            self._read()

    def action_disable(self) -> None:
        """Take the marked one's account away, once that was confirmed."""
        from counter.screens.choose import ChooseScreen

        member = self.marked
        if member is None:
            return
        actor, key = self.shell.actor, uuid4()

        def call(ctx: DeskContext) -> Member:
            from counter.desk import staff

            return staff.disable(ctx, login=member.login, actor=actor, key=key)

        def confirmed(code: str | None) -> None:
            if code is not None:
                self.shell.write(self, "disable", call)

        options = [Option("disable", _("The account ends; what was done keeps the name"))]
        about_whom = f"{member.login}  {member.name}"
        self.app.push_screen(
            ChooseScreen(None, _("Take an account away"), about_whom, options, _("Take away")), confirmed
        )


def about(member: Member) -> str:
    """Return a member's role and what hinders them."""
    role = ROLES[member.role]
    if member.disabled_at is not None:
        return f"{role}  " + _("taken away {day}").format(day=f"{local(member.disabled_at):%Y-%m-%d}")
    return f"{role}  " + _("locked after wrong passwords") if member.locked else role
