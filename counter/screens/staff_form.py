"""A form about one member of staff: somebody new, a password set for somebody, or one's own changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import on
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from counter import keys
from counter.desk.actor import Role
from counter.i18n import _
from counter.messages import Done, WorkFailed
from counter.screens.base import Dialog, Tally
from counter.screens.form import Form
from counter.widgets.choice import Option
from counter.widgets.fields import SecretInput, field
from counter.widgets.paint import Row, Rows
from counter.widgets.sheet import Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.staff import Member

ROLES: Final[Mapping[Role, str]] = {
    Role.CLERK: _("clerk"),
    Role.SUPERVISOR: _("supervisor"),
    Role.AUDITOR: _("auditor"),
    Role.IT: _("IT"),
}
"""What roles are called."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "add": ("login", "name", "badge", "password", "again"),
    "set": ("password", "again"),
    "own": ("old", "password", "again"),
}
"""What each kind of form asks for."""

SECRETS: Final = ("old", "password", "again")


class StaffForm(Form["Member | None"], Dialog["Member | None"], inherit_bindings=False):
    """Gives the member as they are now."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "staff_form", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("every", "staff_form", "dialog"),
        keys.alias("staff_form.next_field", "tab"),
        keys.alias("staff_form.previous_field", "shift+tab"),
    ]
    AUTO_FOCUS = "FieldInput"
    takes_lines = True

    def __init__(self, kind: str, member: Member | None = None) -> None:
        super().__init__()
        self._kind, self._member = kind, member
        self._role = Role.CLERK
        self._key = uuid4()

    def middle(self) -> Iterable[Widget]:
        titles = {"add": _("Add somebody"), "set": _("New password"), "own": _("Your own password")}
        words = {
            "login": (_("Login"), _("small letters and digits")),
            "name": (_("Name"), _("as papers say it")),
            "badge": (_("Badge"), _("scan it, or leave it empty")),
            "old": (_("Old one"), ""),
            "password": (_("Password"), ""),
            "again": (_("Once more"), ""),
        }
        about = Part()
        if self._kind == "own":
            about.line(_("Write the password down nowhere; at least 8 signs."), "muted").gap()
        else:
            about.line(_("It is good for one sign-in: its owner chooses another then."), "muted").gap()
        chips = Part().gap().chips(("F9", _("Keep")), *self._role_chip(), ("Esc", _("Back"))).gap()
        whom = self._member.name if self._member is not None else ""
        yield Sheet(
            titled(
                "plain", titles[self._kind], whom or ("" if self._kind == "add" else self.shell.actor.name)
            ),
            about.shown(),
            Rows(self._role_rows(), plane="raised", id="role"),
            [
                field(id, words[id][0], hint=words[id][1], secret=id in SECRETS, most=40)
                for id in FIELDS[self._kind]
            ],
            chips.shown(),
        )

    def _role_chip(self) -> tuple[tuple[str, str], ...]:
        return (("F4", _("Role")),) if self._kind == "add" else ()

    def _role_rows(self) -> list[Row]:
        return Part().pair(_("Role"), ROLES[self._role], "strong").rows if self._kind == "add" else []

    def step(self) -> tuple[str, Tally]:
        if self.working:
            return _("Saving"), ()
        if self._kind == "own":
            return _("Type the old password, then the new one twice, then F9"), ()
        if self._kind == "set":
            return _("Type the new password twice, then F9"), ()
        return _("Fill the fields, Down for the next, then F9"), ()

    def can(self, action: str) -> bool:
        return action != "role" or self._kind == "add"

    def action_role(self) -> None:
        """Choose what somebody new may do."""
        from counter.screens.choose import ChooseScreen

        options = [Option(str(role), word) for role, word in ROLES.items()]
        at = list(ROLES).index(self._role)
        screen = ChooseScreen(None, _("Role"), "", options, _("Take"), at=at)
        self.app.push_screen(screen, self._role_chosen)

    def _role_chosen(self, code: str | None) -> None:
        if code is not None:
            self._role = Role(code)
            self.query_one("#role", Rows).show(self._role_rows())

    def action_act(self) -> None:
        """Save it."""
        if self.working:
            return
        texts = {id: self.query_one(f"#{id}", Input).value for id in FIELDS[self._kind]}
        if texts["password"] != texts["again"]:
            for id in ("password", "again"):
                self.query_one(f"#{id}", SecretInput).take()
            self.query_one("#password").focus()
            self.say(_("The two passwords differ; type both again"))
            return
        if not all(texts[id] for id in FIELDS[self._kind] if id != "badge"):
            self.say(_("Fill the fields first"))
            return
        self.working, self.remark = True, ""
        self.frame()
        self.shell.write(self, "staff", self._call(texts))

    def _call(self, texts: Mapping[str, str]) -> Callable[[DeskContext], Member]:
        kind, member, role, actor, key = self._kind, self._member, self._role, self.shell.actor, self._key

        def call(ctx: DeskContext) -> Member:
            from counter.desk import staff

            new = texts["password"]
            if kind == "own":
                return staff.change_password(ctx, old=texts["old"], new=new, actor=actor, key=key)
            if kind == "set":
                assert member is not None
                return staff.set_password(ctx, login=member.login, password=new, actor=actor, key=key)
            who = {name: texts[name] for name in ("login", "name", "badge")}
            return staff.add(ctx, **who, role=role, password=new, actor=actor, key=key)

        return call

    @on(Done)
    def saved(self, message: Done) -> None:
        """It is saved."""
        message.stop()
        self.dismiss(message.value)

    def refused(self, message: WorkFailed) -> None:
        for id in SECRETS:
            if self.query(f"#{id}") and message.error.code in ("sign-in", "sign-in-locked", "password"):
                self.query_one(f"#{id}", SecretInput).take()
        super().refused(message)

    def action_cancel(self) -> None:
        """Go back without a change, unless it is being saved."""
        if not self.working:
            self.dismiss(None)
