"""不予受理: a coded ground, recorded; never without one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from counter import keys
from counter.desk.views import SubmissionView
from counter.i18n import _
from counter.messages import Done, WorkFailed
from counter.rules.clean import one_line
from counter.screens.base import Tally
from counter.screens.listing import ListDialog
from counter.widgets.choice import Choice, Option
from counter.widgets.paint import Row, Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import LABEL, WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext


class RejectScreen(ListDialog[SubmissionView | None], inherit_bindings=False):
    """The circular's grounds; the cursor stands on none until the clerk moves it."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "reject", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "reject", "list", "dialog")

    def __init__(self, subject: SubmissionView) -> None:
        super().__init__()
        self.subject: SubmissionView = subject
        self._key = uuid4()
        self._saving = False
        self._moved = False

    def middle(self) -> Iterable[Widget]:
        view = self.subject
        about = Part(WIDE).line(_("The ground is recorded; hand the papers back and tell it.")).gap()
        chips = Part(WIDE).gap().chips(("F9", _("Refuse and hand back")), ("Esc", _("Back to check"))).gap()
        label = Rows([Row("raised").put(LABEL, _("Remark"), "muted")], plane="raised")
        yield Sheet(
            titled("reject", _("Refuse"), f"{view.serial} {view.person.name}", WIDE),
            about.shown(),
            Choice([Option(ground.code, ground.text) for ground in view.grounds], at=-1),
            Rows([Row("raised")], plane="raised"),
            Horizontal(
                label, FieldInput(placeholder=_("needed for other grounds"), max_length=60), classes="field"
            ),
            chips.shown(),
            wide=True,
        )

    def step(self) -> tuple[str, Tally]:
        if self._saving:
            return _("Saving"), ()
        if not self._moved:
            return _("Choose the ground with the arrow keys"), ()
        return _("Say the ground, press F9 to refuse; Tab goes to the note"), ()

    def can(self, action: str) -> bool:
        return action != "act" or not self._saving

    def _move(self, by: int) -> None:
        self.set_focus(None)
        self._moved = True
        super()._move(by)

    def on_key(self, event: object) -> None:
        """Let Tab go to the note."""
        if getattr(event, "key", "") == "tab":
            self.query_one(FieldInput).focus()

    def action_act(self) -> None:
        """Refuse on this ground."""
        current = self.choice.current
        if self._saving:
            return
        if current is None:
            self.say(_("Choose the ground with the arrow keys first"))
            return
        self._saving = True
        note = one_line(self.query_one(FieldInput).value, 60)
        view, actor, key, ground = self.subject, self.shell.actor, self._key, current.code

        def call(ctx: DeskContext) -> SubmissionView:
            from counter.desk import verdicts

            return verdicts.reject(
                ctx,
                submission_id=view.id,
                version=view.version,
                ground=ground,
                note=note,
                actor=actor,
                key=key,
            )

        self.shell.write(self, "reject", call)
        self.frame()

    @on(Done)
    def saved(self, message: Done) -> None:
        """The commit has returned: the refusal stands."""
        message.stop()
        self.dismiss(message.value)

    def broken(self) -> None:
        self._saving = False

    def refused(self, message: WorkFailed) -> None:
        self._saving = False
        super().refused(message)
