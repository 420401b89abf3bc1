"""The frame every screen shares: three bars, one sentence that says what next, keys from the registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widget import Widget

from counter import keys
from counter.i18n import _
from counter.messages import Broke, Leave, Minute, Scanned, WorkFailed
from counter.screens.shell import HasShell
from counter.screens.words import WEEKDAYS
from counter.text import ELLIPSIS
from counter.widgets.bars import KeyBar, NextStep, Path, Place, Slot, Slots, TopBar, named
from counter.words import sentence

if TYPE_CHECKING:
    from counter.desk.views import SubmissionView

R = TypeVar("R")

AREAS: Final = ("desk", "search", "close")
"""The areas in the order of their tabs."""

ROOMY: Final = (120, 36)
"""From this size on there is a side column, air between groups, and full item names."""

SHORT_ID: Final = 7
"""Last signs of an online ID that are enough to compare it by where the whole has no room."""

Tally = tuple[tuple[str, str], ...]
"""Texts and tones at the right of the next step."""


class Frame(HasShell[R], Screen[R], inherit_bindings=False):
    """A screen with bars; subclasses give its middle, its sentence and its keys."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    area: str = "desk"
    """Which tab is the current one."""
    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every",)
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every")

    takes_lines: ClassVar[bool] = False
    """True where quick typing belongs into a box: an area's scan box, a form."""

    takes_badges: ClassVar[bool] = False
    """True where a scan that is no code of ours may be a member's badge."""

    seals: ClassVar[bool] = False
    """True for the page that covers a locked desk."""

    opens: ClassVar[bool] = False
    """True for the pages that stand before the desk until somebody has signed in."""

    remark: str = ""
    """A passing remark that takes the next step's place until the next act."""
    _secret: str = ""
    """A remark that must not outlast the screen it was asked on."""

    def compose(self) -> ComposeResult:
        yield TopBar(id="top")
        yield from self.middle()
        with Vertical(id="foot"):
            yield NextStep(id="next")
            yield KeyBar(id="keys")

    def middle(self) -> Iterable[Widget]:
        """Return the widgets between the bars."""
        return ()

    def step(self) -> tuple[str, Tally]:
        """Return the sentence that says what to do now, and the tally."""
        return "", ()

    def can(self, action: str) -> bool:
        """Tell whether an action is possible now; its key is blank otherwise."""
        return True

    def label(self, key: keys.Key) -> str:
        """Return a key's word in the bar."""
        return key.label

    def paths(self) -> tuple[Path, ...]:
        """Return what follows the area in the first row, shorter and shorter; nothing shows all areas."""
        return ()

    @property
    def roomy(self) -> bool:
        """Tell whether there is room for the side column."""
        return self.app.size.width >= ROOMY[0] and self.app.size.height >= ROOMY[1]

    def say(self, remark: str, *, bell: bool = True) -> None:
        """Put a remark into the next step; it goes with the next act."""
        self.remark = remark
        if bell:
            self.app.bell()
        self.frame()

    def say_secret(self, remark: str) -> None:
        """Put a remark there that goes with the next act, and whenever another screen comes on top."""
        self._secret = remark
        self.say(remark, bell=False)

    def on_screen_suspend(self) -> None:
        """Take a secret away: nothing of it may stand below a lock or come back behind a dialog."""
        if self._secret and self.remark == self._secret:
            self.remark = ""
            self.frame()
        self._secret = ""

    def frame(self) -> None:
        """Show the bars as they are now."""
        if not self.laid:
            return
        text, tally = self.step()
        shown = self.remark or text
        self.query_one("#next", NextStep).show(shown, tally, tone="warning" if self.remark else "strong")
        self.query_one("#top", TopBar).show(self._place())
        self.query_one("#keys", KeyBar).show(self._slots(shown))

    def forget(self) -> None:
        """Throw away whatever was shown of people: somebody else sits here now."""

    def acted(self) -> None:
        """Take the remark away: the clerk has gone on."""
        if self.remark:
            self.remark = ""
            self.frame()

    @property
    def laid(self) -> bool:
        """Tell whether the widgets are there."""
        return bool(self.query("#keys"))

    def on_mount(self) -> None:
        self.set_class(self.roomy, "-roomy")
        self.frame()
        self.begun()

    def begun(self) -> None:
        """Go on after the first layout; Textual calls every class's `on_` handler, so there is one only."""

    def on_resize(self) -> None:
        self.set_class(self.roomy, "-roomy")
        self.frame()
        self.resized()

    def resized(self) -> None:
        """Fit what the frame does not know of into another size."""

    def on_screen_resume(self) -> None:
        self.frame()
        self.resumed()

    def resumed(self) -> None:
        """Go on when the screen is on top again."""

    @on(Minute)
    def minute_passed(self) -> None:
        """Repaint the clock."""
        self.frame()

    @on(WorkFailed)
    def work_failed(self, message: WorkFailed) -> None:
        """Say why a use case refused."""
        message.stop()
        self.refused(message)

    def refused(self, message: WorkFailed) -> None:
        """Show a refusal; most are one sentence in the next step."""
        self.say(sentence(message.error))

    @on(Broke)
    def broke(self, message: Broke) -> None:
        """Show an unexpected fault with its reference number."""
        message.stop()
        self.broken()
        self.app.post_message(message)

    def broken(self) -> None:
        """Be ready again after a fault: what was under way is not coming back."""

    @on(Scanned)
    def code_scanned(self, message: Scanned) -> None:
        """Take a scan, or refuse it where none belongs."""
        message.stop()
        self.take_scan(message.code)

    def take_scan(self, code: str) -> None:
        """Refuse a scan where none belongs; areas take it."""
        self.say(_("The scan was not used: finish here first, or press Esc."))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if any(key.action == action for key in keys.of(*self.KEY_AREAS)):
            return self.can(action)
        return True

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from counter.screens.help import HelpScreen

        if not isinstance(self, HelpScreen):
            self.app.push_screen(HelpScreen(self))

    def action_palette(self) -> None:
        """List what can be done here."""
        from counter.screens.palette import PaletteScreen

        self.app.push_screen(PaletteScreen(self), self._run_command)

    def _run_command(self, key: keys.Key | None) -> None:
        if key is not None and self.can(key.action):
            self.call_later(self.run_action, key.action)

    def action_leave(self) -> None:
        """Leave the desk once everything is saved."""
        self.app.post_message(Leave())

    def action_lock(self) -> None:
        """Cover the screen until the same person is back."""
        self.shell.lock(idle=False)

    def action_theme(self) -> None:
        """Change between the two looks."""
        self.app.theme = "xuan" if self.app.theme == "mo" else "mo"

    def _place(self) -> Place:
        shell = self.shell
        now = shell.now()
        circular = shell.circular if shell.ready else None
        return Place(
            tabs=(_("Take in"), _("Look-up"), _("Day close")),
            active=AREAS.index(self.area),
            paths=self.paths(),
            title=f"{circular.doc_no}  {circular.matter}" if circular else "",
            day=f"{now:%m-%d} {WEEKDAYS[now.weekday()]}",
            time=f"{now:%H:%M}",
            who=shell.actor.name,
            desk=_("Desk {n}").format(n=shell.actor.desk) if shell.actor.name else "",
            badge=_("demo") if shell.demo else "",
        )

    def _slots(self, text: str) -> Slots:
        slots: dict[int, Slot] = {}
        for key in keys.of(*self.KEY_AREAS):
            number = _slot(key.key)
            if (
                not number
                or not self.can(key.action)
                or (number == 10 and 10 in slots and key.key != "escape")
            ):
                continue
            slots[number] = Slot(key.shown, self.label(key), number < 10 and named(key.shown, text))
        return slots


def _slot(key: str) -> int:
    if key in ("escape", "ctrl+p"):
        return 10
    return int(key[1:]) if key[:1] == "f" and key[1:].isdigit() else 0


class Dialog(Frame[R], ModalScreen[R], inherit_bindings=False):
    """A screen over the one below: its middle is a raised plane, its bars are its own and live."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "dialog")
    subject: SubmissionView | None = None

    def paths(self) -> tuple[Path, ...]:
        return submission_paths(self.subject) if self.subject else ()

    def action_cancel(self) -> None:
        """Go back without a change."""
        self.dismiss(None)


def submission_paths(view: SubmissionView) -> tuple[Path, ...]:
    """Return the first row's words inside a submission: the ID gives way, never the state."""
    person = view.person
    state = _("walk-up") if person.walk_up else person.online_state
    if view.late is not None:
        state = _("late {number} {state}").format(number=view.late.number, state=state)
    serial = (_("Submission {serial}").format(serial=view.serial), "strong")
    ids = (person.online_id, f"{ELLIPSIS}{person.online_id[-SHORT_ID:]}", "")
    online = [_("online {id} {state}").format(id=id, state=state) for id in ids[:2]]
    return tuple(
        (serial, (" ".join(text.split()), "muted")) for text in (*online, f"{ids[1]} {state}", state)
    )


def any_screen(screen: Screen[Any]) -> Frame[Any] | None:
    """Return a screen as a frame, or None for one that is none."""
    return screen if isinstance(screen, Frame) else None
