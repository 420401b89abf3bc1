"""Scans from anywhere: every key passes here first, in its order.

A burst of keys that reads as a code is a scan wherever the focus is, and no widget keeps any of it. Only the
first key of a burst goes through at once, so typing never waits.
"""

from __future__ import annotations

from typing import Final

from textual import events
from textual.driver import Driver
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from counter.desk.scan import parse_scan
from counter.messages import Scanned
from counter.rules.clean import LEAST_SCAN
from counter.screens.base import any_screen
from counter.screens.shell import Shell

GAP: Final = 0.03
"""Seconds between two keys that only a scanner undercuts."""

ENDS: Final = ("enter", "ctrl+j", "tab")
"""What a scanner sends behind a code; Enter is a line feed while the terminal is not the desk's yet."""


class Intake(Shell, inherit_bindings=False):
    """The application's door for keys."""

    def __init__(self) -> None:
        super().__init__()
        self._burst: tuple[events.Key, ...] = ()
        self._target: Widget | None = None
        self._entered = 0.0
        self._release_timer: Timer | None = None

    def get_driver_class(self) -> type[Driver]:
        """Read the terminal so that the keys of one read are one burst, however busy the machine is."""
        stock = super().get_driver_class()
        if stock.__name__ != "LinuxDriver":
            return stock
        from counter.screens.driver import WholeReads

        return WholeReads

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            if event.key == "ctrl+j" and event.time - self._entered < GAP:
                return  # the line feed of a scanner that sends both; one end is enough
            if event.key == "enter":
                self._entered = event.time
            if not self._burst or event.time - self._burst[-1].time > GAP:
                await self._release()
            if event.is_printable:
                self._burst = (*self._burst, event)
                if len(self._burst) > 1:
                    self._arm()
                    return
                self._target = self.focused
            elif event.key in ENDS and (code := self._code()):
                await self._scan(code)
                return
            elif self._foreign():
                await self._scan(self._badge())
                return
            else:
                await self._release()
        await super().on_event(event)

    def _code(self) -> str | None:
        return parse_scan("".join(key.character or "" for key in self._burst)) if self._burst else None

    def _foreign(self) -> bool:
        """Tell whether the burst is a scan of something that is not ours, where typed lines are not awaited.

        A goods barcode must not become a number of copies, nor a blank in it a finding.
        """
        line = "".join(key.character or "" for key in self._burst)
        top = any_screen(self.screen)
        scanned = len(line) >= LEAST_SCAN and line.isascii() and bool(line.strip())
        return scanned and top is not None and not top.takes_lines

    def _badge(self) -> str:
        """Return a foreign scan where it may be a badge, and nothing of it elsewhere."""
        top = any_screen(self.screen)
        line = "".join(key.character or "" for key in self._burst)
        return line.strip() if top is not None and top.takes_badges else ""

    async def _release(self) -> None:
        held, self._burst = self._burst[1:], ()
        for key in held:
            await super().on_event(key)

    def _arm(self) -> None:
        if self._release_timer is None:
            self._release_timer = self.set_timer(GAP, self._look)

    async def _look(self) -> None:
        """Give held keys back once no more follow; while keys still wait to be read, wait too."""
        self._release_timer = None
        if not self._burst:
            return
        quiet = self._time() - self._burst[-1].time > GAP
        if quiet and not self.message_queue_size:
            if code := self._code():
                await self._scan(code)
            elif self._foreign():
                await self._scan(self._badge())
            else:
                await self._release()
        else:
            self._arm()

    async def _scan(self, code: str) -> None:
        """Hand a scan to the screen on top and take its first letter out of the input it went into."""
        target, self._burst = self._target, ()
        if isinstance(target, Input):
            target.call_later(self._take_back, target)
        if screen := any_screen(self.screen):
            screen.post_message(Scanned(code))

    @staticmethod
    def _take_back(target: Input) -> None:
        if target.cursor_position:
            target.action_delete_left()

    @staticmethod
    def _time() -> float:
        from textual._time import get_time

        return get_time()
