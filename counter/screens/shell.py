"""What every screen may ask of the application: who acts, where, by which circular, and the two ways to work.

Reads run one at a time and the newest wins; writes never displace each other: they wait in one line, run in
their order in one thread, and are finished before the desk closes.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from textual.app import App
from textual.message import Message
from textual.screen import Screen
from textual.worker import WorkerState

from counter.clock import Clock, local
from counter.errors import DeskError
from counter.messages import Broke, Done, WorkFailed
from counter.screens import faults

if TYPE_CHECKING:
    from counter.circular.model import Circular
    from counter.desk.context import DeskContext
    from counter.desk.forms import LateForm
    from counter.desk.views import Actor

R = TypeVar("R")
Call = Callable[["DeskContext"], Any]
"""A use case with everything but the context filled in."""


class Job(NamedTuple):
    """One write waiting for its turn, and the screen that hears of it."""

    screen: Screen[Any]
    tag: str
    call: Call


class Shell(App[int], inherit_bindings=False):
    """The application as the screens see it."""

    clock: Clock
    actor: Actor
    demo: bool
    preparing: bool = False
    """True while opening the records means inventing a demo first, which takes seconds."""
    sound: bool = True
    """False where the office wants no bell."""
    context: DeskContext | None = None
    late: LateForm | None = None
    """The emergency paper that the next person taken in stood on."""

    def __init__(self) -> None:
        super().__init__()
        self._jobs: deque[Job] = deque()
        self._line = threading.Lock()
        self._draining = False
        self._sitting = 0
        """Counts who sat here; what is read for one of them is not told to the next."""

    @property
    def ready(self) -> bool:
        """Tell whether the records are open."""
        return self.context is not None

    @property
    def circular(self) -> Circular:
        """Return the circular in force. Raises DeskError("not_ready") before the records are open."""
        if self.context is None:
            raise DeskError("not_ready")
        return self.context.circular

    def now(self) -> datetime:
        """Return the present instant on the office's clock."""
        return local(self.clock.now())

    def bell(self) -> None:
        """Ring the terminal's bell, if the office wants it."""
        if self.sound:
            super().bell()

    def write(self, screen: Screen[Any], tag: str, call: Call) -> None:
        """Queue a write; `screen` gets `Done` or `WorkFailed` under `tag`, in the order of the calls."""
        with self._line:
            self._jobs.append(Job(screen, tag, call))
            if self._draining:
                return
            self._draining = True
        self.run_worker(self._drain, thread=True, exit_on_error=False, group="write")

    def read(self, screen: Screen[Any], tag: str, call: Call, *, group: str = "read") -> None:
        """Run a read; a newer one of the same group takes its place."""
        job, sitting = Job(screen, tag, call), self._sitting
        screen.run_worker(
            lambda: self._run(job, sitting), thread=True, exit_on_error=False, exclusive=True, group=group
        )

    @property
    def writing(self) -> bool:
        """Tell whether a write is waiting or under way."""
        return self._draining

    def fault(self, error: BaseException) -> str:
        """Record an unexpected exception without what it knows of people; return its reference number."""
        home = self.context.home if self.context else None
        return faults.record(error, home, self.clock.now())

    def _drain(self) -> None:
        while True:
            with self._line:
                if not self._jobs:
                    self._draining = False
                    return
                job = self._jobs.popleft()
            self._run(job)

    def _run(self, job: Job, sitting: int | None = None) -> None:
        from textual.worker import get_current_worker

        answer: Done | WorkFailed | Broke
        try:
            if self.context is None:
                raise DeskError("not_ready")
            answer = Done(job.tag, job.call(self.context))
        except DeskError as error:
            answer = WorkFailed(job.tag, error)
        except Exception as error:
            answer = Broke(self.fault(error))
        if sitting is None:
            self.answer(job.screen, answer)
            return
        with self._line:
            if sitting == self._sitting and get_current_worker().state is not WorkerState.CANCELLED:
                self.answer(job.screen, answer)

    async def leave_off(self) -> None:
        """Let no read under way be told any more, and have those told already heard."""
        with self._line:
            self._sitting += 1
        while any(screen.message_queue_size for screen in self.screen_stack):
            await asyncio.sleep(0.01)

    def lock(self, *, idle: bool) -> None:
        """Cover the screen."""

    def answer(self, screen: Screen[Any], message: Message) -> None:
        """Tell a screen what came of its work."""
        screen.post_message(message)


class HasShell(Generic[R]):
    """Gives a screen its application under its own type."""

    @property
    def shell(self) -> Shell:
        """Return the application."""
        return cast(Shell, cast(Screen[R], self).app)
