"""特批: a supervisor's password typed on the clerk's screen, with a reason, for the one act that waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from counter import keys
from counter.desk.demo_staff import PASSWORD, SUPERVISOR_LOGIN
from counter.i18n import _
from counter.messages import Done
from counter.rules.overrides import REASONS
from counter.screens.base import Dialog, Tally
from counter.screens.form import Form
from counter.widgets.choice import Choice, Option
from counter.widgets.fields import SecretInput, field
from counter.widgets.sheet import WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.views import ApprovalId

DIRECT: Final = ("F2", "F3", "F4", "F5", "F6")
"""Keys of the reasons."""

KINDS: Final[Mapping[str, str]] = {
    "hours": _("outside the hours"),
    "duplicate": _("a second submission"),
    "notice": _("a notice that adds"),
    "price": _("another fee"),
    "reprint": _("one more copy"),
    "void": _("voiding a fee"),
    "refund": _("giving a fee back"),
    "clock": _("a clock that jumped"),
    "sheet": _("yesterday's sheet"),
    "restore": _("restored records"),
    "report": _("a report with people"),
    "late": _("a late entry"),
}
"""What is approved, in a few words."""

WORDS: Final[Mapping[str, str]] = {
    "agreed_before": _("agreed on before"),
    "asked_by_auditor": _("asked for by an audit"),
    "badly_printed": _("badly printed"),
    "came_in_time": _("came in time, waited in line"),
    "circular_changed": _("the circular was changed"),
    "clock_was_wrong": _("the clock was wrong and is set"),
    "damaged": _("the paper is damaged"),
    "desk_was_down": _("the desk was down before"),
    "disk_failed": _("the disk failed"),
    "drill": _("a drill"),
    "first_mistaken": _("the first was opened by mistake"),
    "first_to_be_withdrawn": _("the first will be withdrawn"),
    "for_the_file": _("for the file"),
    "instructed": _("instructed from above"),
    "lost": _("the paper was lost"),
    "machine_stood_still": _("the machine stood still"),
    "mistyped": _("mistyped"),
    "new_with_correction": _("came with the corrected papers"),
    "not_due": _("the fee is not due"),
    "not_visible_before": _("could not be seen the first time"),
    "other": _("something else, see the note"),
    "overlooked": _("overlooked the first time"),
    "paid_twice": _("paid twice"),
    "reduced_by_document": _("reduced by a document"),
    "restored": _("the records were restored"),
    "sheet_not_at_hand": _("the sheet is not at hand"),
    "sheet_unreadable": _("the sheet cannot be read"),
    "two_specialties": _("applies in two specialties"),
    "withdrawn": _("the application was withdrawn"),
    "wrong_method": _("the wrong way of paying"),
    "wrong_person": _("the wrong person"),
}
"""Reasons in words; a test holds them against the rules."""


class ApproveScreen(Form["ApprovalId | None"], Dialog["ApprovalId | None"], inherit_bindings=False):
    """Who approves, the password, why; gives the approval."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "approve", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("every", "approve", "dialog"),
        keys.alias("approve.next_field", "tab"),
        keys.alias("approve.previous_field", "shift+tab"),
        *(
            Binding(key.lower(), f"direct({n})", show=False, id=f"approve.{key}")
            for n, key in enumerate(DIRECT)
        ),
    ]
    AUTO_FOCUS = "#login"
    takes_badges = True

    def __init__(self, kind: str, ref: str, about: str) -> None:
        super().__init__()
        self._kind, self._ref, self._about = kind, ref, about
        self._key = uuid4()

    def middle(self) -> Iterable[Widget]:
        about = Part(WIDE).line(self._about, "strong")
        about.pair(_("Asks"), self.shell.actor.name)
        if self.shell.demo:
            text = _("supervisor {login}, password {password}")
            about.pair(_("Demo"), text.format(login=SUPERVISOR_LOGIN, password=PASSWORD))
        options = [
            Option(code, WORDS.get(code, code), key=DIRECT[n]) for n, code in enumerate(REASONS[self._kind])
        ]
        chips = Part(WIDE).gap().chips(("F9", _("Approve")), ("Esc", _("Back"))).gap()
        yield Sheet(
            titled("correction", _("Approval"), KINDS[self._kind], WIDE),
            about.gap().shown(),
            [
                field("login", _("Approves"), hint=_("the supervisor's login, or badge"), most=40),
                field("password", _("Password"), secret=True),
                field("note", _("Remark"), hint=_("needed for the last reason"), most=80),
            ],
            Part(WIDE).gap().shown(),
            Choice(options, at=-1),
            chips.shown(),
            wide=True,
        )

    @property
    def choice(self) -> Choice:
        """Return the list of reasons."""
        return self.query_one(Choice)

    def step(self) -> tuple[str, Tally]:
        if self.working:
            return _("Looking at the password"), ()
        if not self.laid or not self.query(Choice) or not self.choice.marks:
            return _("The supervisor types login and password; choose the reason"), ()
        return _("The supervisor presses F9 to approve"), ()

    def take_scan(self, code: str) -> None:
        """Take a badge for the name; nothing else that is scanned means anything here."""

        def call(ctx: DeskContext) -> str:
            from counter.desk import sign_in

            return sign_in.login_on_badge(ctx, code=code)

        if code and not self.working:
            self.shell.read(self, "badge", call)
        else:
            self.app.bell()

    def action_direct(self, number: int) -> None:
        """Choose a reason."""
        if number < len(self.choice.options) and not self.working:
            self.choice.at = number
            self.choice.marks = (self.choice.options[number].code,)
            self.choice.repaint()
            self.remark = ""
            self.frame()
        else:
            self.app.bell()

    def action_act(self) -> None:
        """Approve."""
        if self.working:
            return
        login = self.query_one("#login", Input).value
        note = self.query_one("#note", Input).value
        secret = self.query_one("#password", SecretInput)
        if not login.strip() or not secret.value:
            self.say(_("Type login and password first"))
            return
        if not self.choice.marks:
            self.say(_("Choose the reason with F2 to F6"))
            return
        (reason,), password = self.choice.marks, secret.take()
        self.working, self.remark = True, ""
        self.frame()
        kind, ref, actor, key = self._kind, self._ref, self.shell.actor, self._key

        def call(ctx: DeskContext) -> ApprovalId:
            from counter.desk import sign_in

            return sign_in.approve(
                ctx,
                kind=kind,
                ref=ref,
                login=login,
                password=password,
                reason=reason,
                note=note,
                actor=actor,
                key=key,
            )

        self.shell.write(self, "approve", call)

    @on(Done)
    def came_back(self, message: Done) -> None:
        """Go on with the approval, or fill in the login a badge names."""
        message.stop()
        if message.tag == "approve":
            self.dismiss(message.value)
        elif message.value:
            self.query_one("#login", Input).value = message.value
            self.query_one("#password").focus()
        else:
            self.say(_("This badge is nobody's here"))

    def action_cancel(self) -> None:
        """Go back without an approval."""
        if not self.working:
            self.dismiss(None)
