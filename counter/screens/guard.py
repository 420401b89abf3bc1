"""Who sits at the desk: nobody until a password was right, and nobody while the screen is locked.

A locked desk shows one page that knows nothing of anybody. Whatever the pages below were waiting for is kept
back until the same person is there again: an answer that came meanwhile can neither open a page over the lock
nor close the lock instead of itself.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from textual import events, work
from textual.await_complete import AwaitComplete
from textual.message import Message
from textual.screen import Screen

from counter.desk.actor import Actor, Role
from counter.messages import Ready
from counter.screens.base import any_screen
from counter.screens.intake import Intake
from counter.screens.too_small import TooSmall

NOBODY: Final = Actor("", Role.IT, 0)
"""Who acts until somebody has signed in: a role that sees no people, and may do nothing without a name."""


def _nothing() -> AwaitComplete:
    """Return something to wait for that has happened already."""
    return AwaitComplete()


class Guard(Intake, inherit_bindings=False):
    """Lets people in and out, and covers what they were doing while they are away."""

    lock_minutes: int = 5
    """Minutes without a key after which the screen is locked."""
    locked: bool = False

    def __init__(self) -> None:
        super().__init__()
        self._kept: list[tuple[Screen[Any], Message]] = []
        self._later: list[tuple[Any, Any]] = []
        self._touched: float | None = None

    @property
    def signed_in(self) -> bool:
        """Tell whether somebody sits here."""
        return self.actor is not NOBODY

    @property
    def ready(self) -> bool:
        """Tell whether the records are open and somebody is there to work with them."""
        return self.context is not None and self.signed_in

    def answer(self, screen: Screen[Any], message: Message) -> None:
        if self.locked and not getattr(screen, "seals", False):
            self._kept.append((screen, message))
        else:
            super().answer(screen, message)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            self._touched = self.clock.steady().seconds
            if self.locked and not getattr(self.screen, "seals", False):
                return
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return False if self.locked else super().check_action(action, parameters)

    def push_screen(self, screen: Any, callback: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Show a screen; while the desk is locked only the lock itself and the plea for a larger window."""
        if self.locked and not getattr(screen, "seals", False) and not isinstance(screen, TooSmall):
            self._later.append((screen, callback))
            return _nothing()
        return super().push_screen(screen, callback, *args, **kwargs)

    def pop_screen(self) -> AwaitComplete:
        """Take the screen on top away; the lock goes only when it is opened."""
        if self.locked and not isinstance(self.screen, TooSmall):
            return _nothing()
        popped: AwaitComplete = super().pop_screen()
        return popped

    def look_idle(self) -> None:
        """Lock a desk at which no key was pressed for long."""
        now = self.clock.steady().seconds
        if self._touched is None:
            self._touched = now
        if self.signed_in and not self.locked and now - self._touched >= self.lock_minutes * 60:
            self.lock(idle=True)

    def action_lock(self) -> None:
        """Cover the screen until the same person is back."""
        self.lock(idle=False)

    def lock(self, *, idle: bool) -> None:
        """Cover the screen."""
        if self.locked or not self.ready:
            return
        from counter.screens.lock import LockScreen
        from counter.widgets.fields import SecretInput

        for screen in self.screen_stack:
            for box in screen.query(SecretInput):
                box.take()  # a supervisor's, typed and not yet used, is nobody's to find
        if isinstance(self.screen, TooSmall):
            super().pop_screen()
        self.locked = True
        self.push_screen(LockScreen())
        self._journal_lock(idle)

    @work(thread=True, exit_on_error=False, group="lock")
    def _journal_lock(self, idle: bool) -> None:
        from counter.desk import sign_in
        from counter.errors import DeskError

        try:
            if self.context is not None:
                sign_in.note_lock(self.context, actor=self.actor, idle=idle)
        except DeskError:
            return  # the screen is covered, which is what counts

    def unlock(self) -> None:
        """Show again what was under way, and deliver what came for it."""
        self._open_lock()
        kept, self._kept = self._kept, []
        later, self._later = self._later, []
        for screen, message in kept:
            super().answer(screen, message)
        for screen, callback in later:
            self.push_screen(screen, callback)

    def _open_lock(self) -> None:
        self.locked = False
        if getattr(self.screen, "seals", False):
            super().pop_screen()

    def welcome(self, actor: Actor) -> None:
        """Let somebody in who has proved who they are."""
        self.actor = actor
        if getattr(self.screen, "opens", False):
            super().pop_screen()
        for screen in self.screen_stack:
            screen.post_message(Ready())

    def ask_who(self, login: str = "") -> None:
        """Ask who sits here."""
        from counter.screens.sign_in import SignInScreen

        self.push_screen(SignInScreen(login))

    @work(exit_on_error=False, group="leave")
    async def sign_out(self) -> None:
        """Finish every write, forget what the screens know, and ask who comes next."""
        while self.writing:
            await asyncio.sleep(0.01)
        actor, self.actor = self.actor, NOBODY
        self._journal_leave(actor)
        await self.leave_off()
        self._kept.clear()
        self._later.clear()
        self.locked, self.late = False, None
        while len(self.screen_stack) > 1:
            await super().pop_screen()
        await self.forget()
        self.ask_who()

    @work(thread=True, exit_on_error=False, group="lock")
    def _journal_leave(self, actor: Actor) -> None:
        from counter.desk import sign_in
        from counter.errors import DeskError

        try:
            if self.context is not None:
                sign_in.sign_out(self.context, actor=actor)
        except DeskError:
            return

    async def forget(self) -> None:
        """Throw away what the areas show, and stand on the first one."""
        first = type(self).DEFAULT_MODE
        if self.current_mode != first:
            await self.switch_mode(first)
            while len(self.screen_stack) > 1:
                await super().pop_screen()
        for mode, make in dict(type(self).MODES).items():
            if mode != first:
                await self.remove_mode(mode)
                self.add_mode(mode, make)
        if (area := any_screen(self.screen)) is not None:
            area.forget()
