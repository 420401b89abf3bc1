"""A password somebody else set opens nothing: its owner chooses another before anything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

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
    from counter.desk.actor import Actor
    from counter.desk.context import DeskContext


class OwnPasswordScreen(Door["Actor | None"], inherit_bindings=False):
    """A new password twice; gives who has signed in with it."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("door",)
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("door"),
        keys.alias("door.next_field", "tab"),
        keys.alias("door.previous_field", "shift+tab"),
    ]
    AUTO_FOCUS = "#password"

    def __init__(self, login: str, old: str) -> None:
        super().__init__()
        self._login, self._old = login, old

    def middle(self) -> Iterable[Widget]:
        about = Part().line(_("Somebody else set this password:"), "strong")
        about.line(_("choose one that nobody but you knows.")).gap()
        chips = Part().gap().line(_("Write the password down nowhere; at least 8 signs."), "muted").gap()
        chips.chips(("F9", _("Sign in")), ("Esc", _("Back"))).gap()
        yield Sheet(
            titled("plain", _("Your own password"), self._login),
            about.shown(),
            [
                field("password", _("Password"), secret=True),
                field("again", _("Once more"), secret=True),
            ],
            chips.shown(),
        )

    def step(self) -> tuple[str, Tally]:
        return (_("Saving") if self.working else _("Type the new password twice, then F9")), ()

    def take_scan(self, code: str) -> None:
        self.app.bell()

    def action_act(self) -> None:
        """Choose it, and sign in."""
        if self.working:
            return
        new, again = self.secret().take(), self.secret("again").take()
        self.secret().focus()
        if new != again:
            self.say(_("The two passwords differ; type both again"))
            return
        self.working, self.remark = True, ""
        self.frame()
        login, old = self._login, self._old

        def call(ctx: DeskContext) -> Actor:
            from counter.desk import sign_in

            return sign_in.choose_password(ctx, login=login, old=old, new=new)

        self.shell.write(self, "own", call)

    @on(Done)
    def chosen(self, message: Done) -> None:
        """It is theirs now."""
        message.stop()
        self.dismiss(message.value)

    def action_cancel(self) -> None:
        """Back without another password."""
        if not self.working:
            self.dismiss(None)
