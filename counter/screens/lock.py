"""锁定: covers whatever was open; only the same person's password, or leaving, goes on from here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.desk.demo_staff import PASSWORD
from counter.i18n import _
from counter.messages import Done
from counter.screens.base import Tally
from counter.screens.door import Door
from counter.widgets.fields import field
from counter.widgets.sheet import Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.screens.guard import Guard


class LockScreen(Door[None], inherit_bindings=False):
    """One field; every other key, every command and every scan goes nowhere."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("lock",)
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("lock")
    AUTO_FOCUS = "#password"
    seals = True

    def middle(self) -> Iterable[Widget]:
        about = Part().pair(_("Works here"), self.shell.actor.name, "strong")
        about.pair(_("Effect"), _("everything is saved; nothing is shown until you are back"))
        if self.shell.demo:
            about.pair(_("Demo"), _("the password is {password}").format(password=PASSWORD))
        chips = Part().gap().chips(("F9", _("Unlock")), ("F8", _("Sign out, for another"))).gap()
        yield Sheet(
            titled("plain", _("Locked"), ""),
            about.gap().shown(),
            [field("password", _("Password"), secret=True)],
            chips.shown(),
        )

    def step(self) -> tuple[str, Tally]:
        if self.working:
            return _("Looking at the password"), ()
        return _("Type your password, then press F9"), ()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action in ("act", "sign_out")

    def take_scan(self, code: str) -> None:
        self.app.bell()

    def action_act(self) -> None:
        """Go on where it was left."""
        password, actor = self.secret().take(), self.shell.actor
        if self.working or not password:
            return
        self.working, self.remark = True, ""
        self.frame()

        def call(ctx: DeskContext) -> None:
            from counter.desk import sign_in

            sign_in.unlock(ctx, password=password, actor=actor)

        self.shell.write(self, "unlock", call)

    @on(Done)
    def proved(self, message: Done) -> None:
        """The same person is back."""
        message.stop()
        self.working = False
        cast("Guard", self.app).unlock()

    def action_sign_out(self) -> None:
        """Let somebody else sign in."""
        if not self.working:
            cast("Guard", self.app).sign_out()
