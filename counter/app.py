"""The desk on the terminal: areas, themes, scans from anywhere, the ends of the process.

The first paint needs neither database nor ORM; the records open in a thread.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on, work
from textual.binding import BindingType
from textual.message import Message

from counter import keys
from counter.clock import Clock
from counter.errors import DeskError
from counter.i18n import _
from counter.messages import Broke, Kept, Leave, Minute, Ready
from counter.screens.base import Frame
from counter.screens.desk import DeskScreen
from counter.screens.guard import NOBODY, Guard
from counter.screens.too_small import LEAST, TooSmall
from counter.themes import THEMES
from counter.words import sentence

if TYPE_CHECKING:
    from counter.desk.actor import Actor
    from counter.desk.context import DeskContext
    from counter.screens.welcome import Thing

LATER: Final = (
    "counter.desk.submissions",
    "counter.desk.checklist",
    "counter.desk.verdicts",
    "counter.desk.papers",
    "counter.screens.submission",
    "counter.screens.search",
    "counter.screens.decide",
    "counter.screens.reasons",
    "counter.screens.accept",
    "counter.screens.correction",
    "counter.screens.stop",
)
"""What the first visitor needs, imported while nobody waits for it."""

SWITCH: Final = 0.0005
"""Seconds a commit's thread may hold the interpreter while a repaint waits; the stock 5 ms are felt."""

Opener = Callable[[], "DeskContext"]
"""Opens the records; runs in a thread after the first paint."""


def _close() -> Frame[None]:
    from counter.screens.close import CloseScreen

    return CloseScreen()


def _search() -> Frame[None]:
    from counter.screens.search import SearchScreen

    return SearchScreen()


class CounterApp(Guard, inherit_bindings=False):
    """Three areas on one frame; dialogs, stops and faults come over them."""

    CSS_PATH = Path(__file__).with_name("counter.tcss")
    TITLE = "counter"
    ENABLE_COMMAND_PALETTE = False
    MODES: ClassVar[dict[str, Callable[[], Frame[None]]]] = {  # type: ignore[assignment]
        "desk": DeskScreen,
        "search": _search,
        "close": _close,
    }
    DEFAULT_MODE = "desk"
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every")

    def __init__(
        self,
        *,
        clock: Clock,
        actor: Actor | None,
        open_records: Opener,
        demo: bool = False,
        theme: str = "mo",
        sound: bool = True,
        lock_minutes: int = 5,
        login: str = "",
        things: Callable[[], Sequence[Thing]] | None = None,
        first_run: tuple[Path, Callable[[], None]] | None = None,
    ) -> None:
        super().__init__()
        self._things, self._first_run = things, first_run
        self.clock, self.actor, self.demo = clock, actor or NOBODY, demo
        self.lock_minutes, self._login = lock_minutes, login
        self.preparing, self.sound = things is not None, sound
        self._open_records = open_records
        self._minute = ""
        self._keeping = False
        for look in THEMES:
            self.register_theme(look)
        self.theme = theme
        self.stylesheet.set_variables(self.get_css_variables())
        self.animation_level = "none"

    def refresh_css(self, animate: bool = True) -> None:
        """Read the looks again; before the first screen stands that costs a paint."""
        if self.screen_stack and self.screen.is_mounted:
            super().refresh_css(animate)

    def on_mount(self) -> None:
        sys.setswitchinterval(SWITCH)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, lambda: self.exit(return_code=143))
        self.set_interval(1, self._tell_minute)
        if self._first_run is not None:
            from counter.screens.first_run import FirstRunScreen

            self.push_screen(FirstRunScreen(*self._first_run), self._first_done)
            return
        if not self.signed_in:
            self.ask_who(self._login)
        self.call_after_refresh(self._open)

    def _first_done(self, made: bool | None) -> None:
        """Go on with the home just made, or leave."""
        if made:
            if not self.signed_in:
                self.ask_who(self._login)
            self._open()
        else:
            self.exit(return_code=0)

    def _tell_minute(self) -> None:
        self.look_idle()
        minute = f"{self.now():%d%H%M}"
        if minute != self._minute:
            if self._minute and self.context is not None and not self._keeping:
                self._keeping = True
                self._keep()
            self._minute = minute
            self._tell(Minute())

    def _tell(self, message: Message) -> None:
        """Let the screen on top know; a desk that is being closed has none any more."""
        if self.screen_stack:
            self.screen.post_message(message)

    @work(thread=True, exit_on_error=False, group="keep")
    def _keep(self) -> None:
        """Look after the backups beside the work: copying holds up nobody who writes or reads."""
        from counter.desk import clockguard, keeping

        try:
            if self.context is not None:
                clock = clockguard.look(self.context)
                standing = keeping.keep(self.context), keeping.disk_left(self.context), clock
                self._tell(Kept(standing))
        except DeskError:  # the records themselves do not answer, which the screens say
            pass
        except Exception as error:
            self.post_message(Broke(self.fault(error)))
        finally:
            self._keeping = False

    @work(thread=True, exit_on_error=False, group="open")
    def _open(self) -> None:
        try:
            self._open_and_import()
        finally:
            if not gc.isenabled():  # at a start: what stands now stays, and is not looked through again
                gc.freeze()
                gc.enable()

    def _open_and_import(self) -> None:
        try:
            context = self._open_records()
        except DeskError as error:
            self.call_from_thread(self.exit, return_code=1, message=sentence(error))
            return
        except Exception as error:
            self.post_message(Broke(self.fault(error)))
            return
        self.context = context
        self.post_message(Ready())
        for name in LATER:
            while self.writing:  # a scan that came early: two at once would take turns
                time.sleep(0.005)
            importlib.import_module(name)
        from counter.desk.warm import warm_up

        warm_up(context)

    @on(Ready)
    def records_open(self) -> None:
        """Let the areas read; scans that came before are honoured now."""
        for screen in self.screen_stack:
            screen.post_message(Ready())
        if self._things is not None and (things := self._things()) and len(self.screen_stack) == 1:
            from counter.screens.welcome import WelcomeScreen

            self.push_screen(WelcomeScreen(things))

    @on(Broke)
    def something_broke(self, message: Broke) -> None:
        """Show the reference number of an unexpected fault; the desk goes on."""
        from counter.screens.fault import FaultScreen

        if not isinstance(self.screen, FaultScreen):
            self.push_screen(FaultScreen(message.reference))

    @on(Leave)
    async def leave(self) -> None:
        """Wait until every write is committed, then go."""
        while self.writing:
            await asyncio.sleep(0.01)
        self.exit(return_code=0)

    def action_leave(self) -> None:
        """Leave the desk once everything is saved."""
        self.post_message(Leave())

    def on_resize(self, event: events.Resize) -> None:
        small = event.size.width < LEAST[0] or event.size.height < LEAST[1]
        if small and not isinstance(self.screen, TooSmall):
            self.push_screen(TooSmall())
        elif not small and isinstance(self.screen, TooSmall):
            self.pop_screen()

    def _fatal_error(self) -> None:
        """End after an unhandled exception without showing what it knew: the stock screen prints locals."""
        error = sys.exc_info()[1]
        reference = self.fault(error) if error else "-"
        self.bell()
        self.exit(
            return_code=1, message=_("The desk stopped (fault {reference}).").format(reference=reference)
        )
        self._close_messages_no_wait()
