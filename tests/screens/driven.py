"""The desk's application driven without a terminal: made on a real home, read as a person would read it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot

from counter.app import CounterApp
from counter.clock import FixedClock
from counter.desk.context import DeskContext
from counter.desk.views import Actor, Role
from tests.builders import shanghai

SMALL = (80, 24)
LARGE = (120, 36)
ALL = (*["space"] * 18, *["space"] * 3, "f9", "space")
"""Keys that find every item in order; at the bag's own item three kinds of original go into it."""
CLERK = Actor("周敏", Role.CLERK, 1)


def app_on(
    context: DeskContext | Callable[[], DeskContext], at: str = "2024-08-12T09:05", **settings: Any
) -> CounterApp:
    """Return the application on open records."""
    opener = context if callable(context) else lambda: context
    clock = context.clock if isinstance(context, DeskContext) else FixedClock(shanghai(at))
    return CounterApp(clock=clock, actor=CLERK, open_records=opener, **settings)


def lines(app: CounterApp) -> list[str]:
    """Return the rows on the screen."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def text(app: CounterApp) -> str:
    """Return the whole screen as text."""
    return "\n".join(lines(app))


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until nothing is being read, written or repainted."""
    app = pilot.app
    patience = time.monotonic() + 30
    while time.monotonic() < patience:
        await pilot.pause()
        busy = [worker for worker in app.workers if not worker.is_finished]
        if not busy and isinstance(app, CounterApp) and not app.writing and not app.message_queue_size:
            await pilot.pause()
            if not [worker for worker in app.workers if not worker.is_finished]:
                return
        await pilot.pause(0.01)
    raise AssertionError(f"the desk did not settle: {[(w.name, w.state, w.group) for w in app.workers]}")


async def press(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one after the other as a person does, waiting for each to be worked."""
    for key in keys:
        await pilot.press(key)
        await settled(pilot)


def burst(app: CounterApp, code: str, end: str = "enter") -> None:
    """Send a code as a scanner does: every key in one go, with the time of the one read that brings them."""
    sent = [events.Key(_character_to_key(character), character) for character in code]
    if end:
        sent.append(events.Key(end, "\r" if end == "enter" else "\t"))
    for key in sent:
        key.time = sent[0].time
        app.post_message(key)


async def scan(pilot: Pilot[Any], code: str) -> None:
    """Scan a code and wait for what comes of it."""
    assert isinstance(pilot.app, CounterApp)
    burst(pilot.app, code)
    await pilot.pause(0.06)
    await settled(pilot)


def shown(app: CounterApp, words: Sequence[str]) -> list[str]:
    """Return those words that are not on the screen."""
    screen = text(app)
    return [word for word in words if word not in screen]


def copy_home(source: Path, target: Path) -> Path:
    """Return a copy of a home for one test."""
    import shutil

    shutil.copytree(source, target)
    return target
