"""补录: number, day and time of an emergency paper; then the person is scanned or looked up as usual."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import ClassVar, Final

from textual import events, on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from counter import keys
from counter.clock import SHANGHAI
from counter.desk.forms import LateForm
from counter.i18n import _
from counter.messages import Done
from counter.rules.clean import fold_scan
from counter.screens.base import Dialog, Tally
from counter.screens.walk_up import field_label
from counter.widgets.paint import Rows
from counter.widgets.scan_input import FieldInput
from counter.widgets.sheet import WIDE, Part, Sheet, titled

FIELDS: Final = ("number", "day", "time")

_DAY: Final = re.compile(r"(?:([0-9]{4})-)?([0-9]{1,2})-([0-9]{1,2})")
_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")


def words() -> dict[str, tuple[str, str]]:
    """Return what each field is called, and its hint."""
    return {
        "number": (_("Paper no."), _("as printed, 01-0031")),
        "day": (_("Day"), _("as 08-12")),
        "time": (_("Time"), _("as 10:20, when the person came")),
    }


def moment_of(day: str, clock: str, today: date) -> datetime | None:
    """Read a day and a time as the office writes them, None for what is none; without a year the last one."""
    days, times = _DAY.fullmatch(fold_scan(day, 20)), _TIME.fullmatch(fold_scan(clock, 20).replace("：", ":"))
    if days is None or times is None:
        return None
    try:
        when = date(int(days[1] or today.year), int(days[2]), int(days[3]))
        if not days[1] and when > today:
            when = when.replace(year=today.year - 1)
        return datetime.combine(when, time(int(times[1]), int(times[2])), SHANGHAI)
    except ValueError:
        return None


class LateScreen(Dialog[LateForm | None], inherit_bindings=False):
    """Gives what stands on the paper."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "late", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("every", "late", "dialog"),
        keys.alias("late.next_field", "tab"),
    ]
    AUTO_FOCUS = "#number"
    takes_lines = True

    def __init__(self, area: str) -> None:
        super().__init__()
        self.area = area

    def middle(self) -> Iterable[Widget]:
        about = Part(WIDE)
        about.line(
            _("Then scan or look up the person as usual; the hours are judged by the time on the paper.")
        ).gap()
        chips = Part(WIDE).gap().chips(("F9", _("Go on with this paper.")), ("Esc", _("Back"))).gap()
        rows = [
            Horizontal(
                Rows([field_label(words()[name][0])], plane="raised", id=f"{name}-label"),
                FieldInput(id=name, placeholder=words()[name][1], max_length=20),
                classes="field",
            )
            for name in FIELDS
        ]
        yield Sheet(titled("plain", _("Late entry"), "", WIDE), about.shown(), rows, chips.shown(), wide=True)

    def begun(self) -> None:
        self.query_one("#day", Input).value = f"{self.shell.now():%m-%d}"
        actor = self.shell.actor

        def call(ctx: object) -> str:
            from counter.desk import late

            return late.next_paper(ctx, actor=actor)  # type: ignore[arg-type]

        self.shell.read(self, "next", call)

    def step(self) -> tuple[str, Tally]:
        return _("Copy number, day and time from the paper, then press F9"), ()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Give the field that takes the typing its three signs."""
        for name in FIELDS:
            focused = self.focused is not None and self.focused.id == name
            self.query_one(f"#{name}-label", Rows).show([field_label(words()[name][0], focused=focused)])

    @on(Done)
    def known(self, message: Done) -> None:
        """Fill in the number that comes next on this desk's pad."""
        message.stop()
        box = self.query_one("#number", Input)
        if message.value and not box.value:
            box.value = message.value
            box.cursor_position = len(box.value)

    @on(Input.Changed)
    def typed(self) -> None:
        """Take the remark back: the clerk has gone on."""
        self.acted()

    def action_next_field(self) -> None:
        """Next field."""
        self.focus_next(FieldInput)

    def action_act(self) -> None:
        """Go on with this paper."""
        from counter.desk.late import read_number

        number, day, clock = (self.query_one(f"#{name}", Input).value for name in FIELDS)
        if read_number(number) is None:
            self.say(_("The number of an emergency paper reads like 01-0031."))
            self.query_one("#number", Input).focus()
            return
        at = moment_of(day, clock, self.shell.now().date())
        if at is None:
            self.say(_("That is no day and time. Write 08-12 and 10:20"))
            self.query_one("#time", Input).focus()
            return
        self.dismiss(LateForm(number=number, occurred_at=at))
