"""The first supervisor of a desk that has none: from then on everybody proves who they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.i18n import _
from counter.messages import Done
from counter.screens.base import Tally
from counter.screens.door import Door
from counter.widgets.fields import field
from counter.widgets.sheet import Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext

FIELDS = ("login", "name", "password", "again")


class FirstSupervisorScreen(Door["str | None"], inherit_bindings=False):
    """Login, name, password twice; gives the login."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("door",)
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("door"),
        keys.alias("door.next_field", "tab"),
        keys.alias("door.previous_field", "shift+tab"),
    ]
    AUTO_FOCUS = "#login"

    def __init__(self) -> None:
        super().__init__()
        self._key = uuid4()

    def middle(self) -> Iterable[Widget]:
        about = Part().line(_("Nobody can sign in here yet. The first is a supervisor,"), "strong")
        about.line(_("who approves exceptions and adds the others.")).gap()
        chips = Part().gap().line(_("Write the password down nowhere; at least 8 signs."), "muted").gap()
        chips.chips(("F9", _("Make the account")), ("Esc", _("Leave"))).gap()
        yield Sheet(
            titled("plain", _("First supervisor"), ""),
            about.shown(),
            [
                field("login", _("Login"), hint=_("small letters and digits"), most=40),
                field("name", _("Name"), hint=_("as papers say it")),
                field("password", _("Password"), secret=True),
                field("again", _("Once more"), secret=True),
            ],
            chips.shown(),
        )

    def step(self) -> tuple[str, Tally]:
        return (_("Saving") if self.working else _("Fill the fields, Down for the next, then F9")), ()

    def take_scan(self, code: str) -> None:
        self.app.bell()

    def action_act(self) -> None:
        """Make the account."""
        if self.working:
            return
        login, name = self.words("login"), self.words("name")
        password, again = self.secret().value, self.secret("again").value
        if password != again:
            self.secret().take()
            self.secret("again").take()
            self.secret().focus()
            self.say(_("The two passwords differ; type both again"))
            return
        self.working, self.remark = True, ""
        self.frame()
        key = self._key

        def call(ctx: DeskContext) -> str:
            from counter.desk import staff
            from counter.desk.machine import machine

            made = staff.begin(
                ctx, login=login, name=name, password=password, actor=machine(ctx.desk), key=key
            )
            return made.login

        self.shell.write(self, "first", call)

    @on(Done)
    def made(self, message: Done) -> None:
        """The account is there."""
        message.stop()
        self.dismiss(message.value)

    def action_cancel(self) -> None:
        """Leave without an account."""
        if not self.working:
            self.dismiss(None)
