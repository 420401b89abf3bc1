"""名册外新件: someone who is not on the roster, typed in; what is wrong stands beside its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar, Final
from uuid import uuid4

from textual import events, on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from counter import keys
from counter.desk.forms import FieldProblem, LateForm, WalkUpForm
from counter.desk.views import SubmissionView
from counter.errors import DeskError
from counter.i18n import _
from counter.messages import Done, WorkFailed
from counter.rules.clean import fold_scan, one_line
from counter.screens.base import Dialog, Tally
from counter.screens.choose import ChooseScreen, Option
from counter.screens.opening import exception
from counter.screens.situations import SituationsScreen
from counter.widgets.paint import Row, Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import LABEL, WIDE, Part, Sheet, titled
from counter.words import field_sentence, sentence

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.views import ApprovalId

FIELDS: Final = ("online_id", "name", "id_number", "phone", "employer", "county", "specialty", "situations")
"""Fields in the order the online form shows them."""

CODED: Final = ("specialty", "situations")
"""Fields that are chosen, not typed."""


def field_words() -> Mapping[str, str]:
    """Return what each field is called."""
    return {
        "online_id": _("Online ID"),
        "name": _("Name"),
        "id_number": _("Identity no."),
        "phone": _("Telephone"),
        "employer": _("Employer"),
        "county": _("County"),
        "specialty": _("Specialty"),
        "situations": _("Situations"),
    }


def field_label(text: str, *, focused: bool = False) -> Row:
    """Return what stands before a field; the one in focus carries the three signs."""
    row = Row("row" if focused else "raised").put(LABEL, text, "strong" if focused else "muted", 12)
    return row.put(0, " ", "bar").put(1, ">", "accent-strong") if focused else row


class WalkUpScreen(Dialog["SubmissionView | None"], inherit_bindings=False):
    """The form; a scan goes into the field it belongs to."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "walk_up", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("every", "walk_up", "dialog"),
        keys.alias("walk_up.down", "tab"),
        keys.alias("walk_up.up", "shift+tab"),
    ]
    AUTO_FOCUS = "#online_id"
    takes_lines = True

    def __init__(self, area: str, late: LateForm | None = None) -> None:
        super().__init__()
        self.area = area
        self._late = late
        self._key = uuid4()
        self._specialty = ""
        self._situations: tuple[int, ...] = ()
        self._saving = False
        self._refusal: DeskError | None = None
        self._approved: tuple[ApprovalId, ...] = ()
        self._dropping = False
        """True after one Esc with something filled in: the next one drops it."""

    def middle(self) -> Iterable[Widget]:
        about = Part(WIDE).line(_("Compare with the online form; it is marked as not on the roster.")).gap()
        chips = Part(WIDE).gap()
        chips.chips(
            ("F9", _("Open the submission")),
            ("F4", _("Specialty")),
            ("F2", _("Situations")),
            ("Esc", _("Back")),
        )
        rows: list[Widget] = []
        words = field_words()
        for name in FIELDS:
            label = Rows([field_label(words[name])], plane="raised", id=f"{name}-label")
            value: Widget = (
                Rows([Row("raised")], plane="raised", id=name, classes="value")
                if name in CODED
                else FieldInput(id=name, max_length=60)
            )
            rows.append(
                Horizontal(label, value, Rows(id=f"{name}-problem", classes="problem"), classes="field")
            )
        yield Sheet(
            titled("plain", _("Not on the roster"), "", WIDE), about.shown(), rows, chips.shown(), wide=True
        )

    def begun(self) -> None:
        self._show_coded()
        self._problems({})

    def step(self) -> tuple[str, Tally]:
        if self._saving:
            return _("Saving"), ()
        if not self._specialty:
            return _("Fill the fields; choose the specialty with F4"), ()
        if not self._situations:
            return _("Choose the situations with F2"), ()
        return _("Compare once more, then press F9 to open"), ()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Give the field that takes the typing its bar, its `>` and its plane."""
        self._show_focus()

    def _show_focus(self) -> None:
        words = field_words()
        for name in FIELDS:
            focused = self.focused is not None and self.focused.id == name
            self.query_one(f"#{name}-label", Rows).show([field_label(words[name], focused=focused)])

    @on(Input.Changed)
    def typed(self, message: Input.Changed) -> None:
        """Take the warning back, and what was wrong with this field: the clerk has gone on filling in."""
        self._dropping = False
        self._problem(message.input.id or "", None)
        self.acted()

    def take_scan(self, code: str) -> None:
        """Put a scanned code into the field it belongs to."""
        if len(code) == 18 and code[:17].isdigit():
            self.query_one("#id_number", Input).value = code
        elif code.isdigit():
            self.say(_("That is one of our papers; press Esc and scan it there"))
        else:
            self.query_one("#online_id", Input).value = code

    def action_down(self) -> None:
        """Next field."""
        self.focus_next(FieldInput)

    def action_up(self) -> None:
        """Previous field."""
        self.focus_previous(FieldInput)

    def action_specialty(self) -> None:
        """Choose the specialty."""
        parents = {s.parent for s in self.shell.circular.specialties}
        options = [Option(s.code, s.full) for s in self.shell.circular.specialties if s.code not in parents]

        def chosen(code: str | None) -> None:
            if code:
                self._specialty = code
                self._problem("specialty", None)
                self._show_coded()

        self.app.push_screen(ChooseScreen(None, _("Specialty"), "", options, _("Take")), chosen)

    def action_situations(self) -> None:
        """Choose the situations declared."""

        def chosen(numbers: tuple[int, ...] | None) -> None:
            if numbers:
                self._situations = numbers
                self._problem("situations", None)
                self._show_coded()

        self.app.push_screen(SituationsScreen(None, self._situations), chosen)

    def _show_coded(self) -> None:
        circular = self.shell.circular
        specialty = circular.specialty(self._specialty).full if self._specialty else ""
        numbers = ",".join(str(no) for no in self._situations)
        for id, text, key in (("specialty", specialty, "F4"), ("situations", numbers, "F2")):
            row = Row("raised").put(0, text, "strong") if text else Row("raised").put(0, key, "accent-strong")
            self.query_one(f"#{id}", Rows).show([row])
        self.frame()

    def _value(self, name: str) -> str:
        return one_line(self.query_one(f"#{name}", Input).value, 60)

    def form(self) -> WalkUpForm:
        """Return the entries."""
        return WalkUpForm(
            online_id=fold_scan(self._value("online_id")),
            name=self._value("name"),
            id_number=fold_scan(self._value("id_number")),
            phone=fold_scan(self._value("phone")),
            employer=self._value("employer"),
            county=self._value("county"),
            specialty=self._specialty,
            situations=self._situations,
        )

    def action_act(self) -> None:
        """Open the submission."""
        if self._saving:
            return
        self._saving = True
        self._dropping = False
        self.remark = ""
        self._problems({})
        form, actor, key, late = self.form(), self.shell.actor, self._key, self._late
        approved, self._refusal = self._approved, None

        def call(ctx: DeskContext) -> SubmissionView:
            from counter.desk import submissions

            return submissions.open_walk_up(
                ctx, form=form, actor=actor, key=key, approved=approved, late=late
            )

        self.shell.write(self, "walk_up", call)
        self.frame()

    def action_cancel(self) -> None:
        """Go back; what is filled in goes only by a second Esc, and nothing goes while it is being saved."""
        if self._saving:
            return
        filled = any(self._value(name) for name in FIELDS if name not in CODED)
        if (filled or self._specialty or self._situations) and not self._dropping:
            self._dropping = True
            self.say(_("What is filled in is not kept; Esc again drops it"))
            return
        self.dismiss(None)

    @on(Done)
    def opened(self, message: Done) -> None:
        """It is open."""
        message.stop()
        self.dismiss(message.value)

    def broken(self) -> None:
        self._saving = False

    def refused(self, message: WorkFailed) -> None:
        self._saving = False
        given = message.error.facts.get("problems")
        problems = (
            {p.field: p for p in given if isinstance(p, FieldProblem)} if isinstance(given, tuple) else {}
        )
        if problems:
            self._problems(problems)
            first = next((name for name in FIELDS if name in problems), "")
            if first and first not in CODED:
                self.query_one(f"#{first}", Input).focus()
            self.say(_("Correct the marked fields, then press F9"))
            return
        if exception(message.error):
            self._refusal = message.error
            self.say(_("{why} F8: a supervisor may allow it").format(why=sentence(message.error)))
            return
        super().refused(message)

    def can(self, action: str) -> bool:
        return action != "approve" or self._refusal is not None

    def action_approve(self) -> None:
        """Ask a supervisor for an exception."""
        from counter.screens.step_up import ask

        if self._refusal is None or self._saving:
            return

        def allowed(approval: ApprovalId) -> None:
            self._approved = (*self._approved, approval)
            self.call_later(self.action_act)

        ref = str(self._refusal.facts.get("ref", "walk-up"))
        ask(self, exception(self._refusal), ref, sentence(self._refusal), allowed)

    def _problems(self, problems: Mapping[str, FieldProblem]) -> None:
        for name in FIELDS:
            self._problem(name, problems.get(name))

    def _problem(self, name: str, problem: FieldProblem | None) -> None:
        row = Row("raised")
        if problem is not None:
            row.put(1, field_sentence(problem.code, problem.facts), "error-fact", WIDE - 47)
        self.query_one(f"#{name}-problem", Rows).show([row])
