"""登录: who sits at the desk, proved by a password; a badge fills in the name and no more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from counter import keys
from counter.desk.demo_staff import CLERK_LOGIN, PASSWORD, SUPERVISOR_LOGIN
from counter.i18n import _
from counter.messages import Done, Leave, Ready, WorkFailed
from counter.screens.base import Tally
from counter.screens.door import Door
from counter.widgets.fields import field
from counter.widgets.sheet import Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.actor import Actor
    from counter.desk.context import DeskContext
    from counter.screens.guard import Guard


class SignInScreen(Door[None], inherit_bindings=False):
    """Login and password; what is typed before the records are open is looked at when they are."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("door", "demo_door")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("door", "demo_door"),
        keys.alias("door.next_field", "tab"),
        keys.alias("door.previous_field", "shift+tab"),
    ]
    AUTO_FOCUS = "#login"
    takes_badges = True
    opens = True

    def __init__(self, login: str = "") -> None:
        super().__init__()
        self._login = login
        self._waiting: tuple[str, str] | None = None
        self._tried = ("", "")
        """What was typed last, until it is answered."""

    def middle(self) -> Iterable[Widget]:
        about = Part().line(_("Who sits at this desk?"), "strong").gap()
        chips = Part().gap()
        if self.shell.demo:
            chips.pair(_("Demo"), _("F2 signs in as the clerk, F8 as the supervisor")).gap()
        chips.chips(("F9", _("Sign in")), ("Esc", _("Leave"))).gap()
        yield Sheet(
            titled("plain", _("Sign in"), ""),
            about.shown(),
            [
                field("login", _("Login"), hint=_("type it, or scan the badge"), value=self._login, most=40),
                field("password", _("Password"), secret=True),
            ],
            chips.shown(),
        )

    def begun(self) -> None:
        if self._login:
            self.secret().focus()
        self.records_open()

    def step(self) -> tuple[str, Tally]:
        if self._waiting is not None:
            return _("One moment: the records are being opened"), ()
        if self.working:
            return _("Looking at the password"), ()
        return _("Type login and password, Down for the next, then F9"), ()

    def can(self, action: str) -> bool:
        return self.shell.demo if action in ("clerk", "supervisor") else True

    @on(Ready)
    def records_open(self) -> None:
        """Look at what was typed before; where nobody can sign in yet, ask for the first supervisor."""
        if self.shell.context is None:
            return

        def call(ctx: DeskContext) -> bool:
            from counter.desk import staff

            return staff.has_supervisor(ctx)

        self.shell.read(self, "anybody", call)
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            self._try(*waiting)

    def take_scan(self, code: str) -> None:
        """Fill in the login a badge names."""

        def call(ctx: DeskContext) -> str:
            from counter.desk import sign_in

            return sign_in.login_on_badge(ctx, code=code)

        if code and self.shell.context is not None:
            self.shell.read(self, "badge", call)
        else:
            self.app.bell()

    def action_act(self) -> None:
        """Sign in."""
        if not self.working:
            self._try(self.words("login"), self.secret().take())

    def action_clerk(self) -> None:
        """Sign in as the demo's clerk."""
        if not self.working:
            self._try(CLERK_LOGIN, PASSWORD)

    def action_supervisor(self) -> None:
        """Sign in as the demo's supervisor."""
        if not self.working:
            self._try(SUPERVISOR_LOGIN, PASSWORD)

    def _try(self, login: str, password: str) -> None:
        if not login or not password:
            self.say(_("Type login and password first"))
            return
        if self.shell.context is None:
            self._waiting = login, password
            self.frame()
            return
        self.working, self.remark = True, ""
        self._tried = login, password
        self.frame()

        def call(ctx: DeskContext) -> Actor:
            from counter.desk import sign_in

            return sign_in.sign_in(ctx, login=login, password=password)

        self.shell.write(self, "sign-in", call)

    @on(Done)
    def came_back(self, message: Done) -> None:
        """Let somebody in, fill in a badge's login, or ask for the first supervisor."""
        message.stop()
        guard = cast("Guard", self.app)
        if message.tag == "sign-in":
            self.working, self._tried = False, ("", "")
            guard.welcome(message.value)
        elif message.tag == "badge":
            if message.value:
                self.query_one("#login", Input).value = message.value
                self.secret().focus()
            else:
                self.say(_("This badge is nobody's here"))
        elif not message.value:
            from counter.screens.first_supervisor import FirstSupervisorScreen

            self.app.push_screen(FirstSupervisorScreen(), self._first_made)

    def _first_made(self, login: str | None) -> None:
        if login is None:
            self.app.post_message(Leave())
            return
        self.query_one("#login", Input).value = login
        self.secret().focus()

    def refused(self, message: WorkFailed) -> None:
        self.working = False
        tried, self._tried = self._tried, ("", "")
        if message.error.code == "password-first":
            from counter.screens.own_password import OwnPasswordScreen

            self.app.push_screen(OwnPasswordScreen(*tried), self._chosen)
            return
        super().refused(message)
        self.secret().focus()

    def _chosen(self, actor: Actor | None) -> None:
        self.secret().focus()
        if actor is not None:
            self.call_later(cast("Guard", self.app).welcome, actor)

    def action_cancel(self) -> None:
        """Leave the desk."""
        self.app.post_message(Leave())
