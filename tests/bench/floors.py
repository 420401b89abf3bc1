"""The floors every figure is a ratio to, measured in the same run on the same machine.

A time alone says more about the machine than about the desk; beside the least a terminal program, a disk or a
library needs here and now, it says what the desk itself costs.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path
from typing import Final

from tests.terminal import Terminal

MINIMAL: Final = """
from textual.app import App
from textual.widgets import Label
class Minimal(App):
    def compose(self):
        yield Label("floor ready")
Minimal().run()
"""
"""The least Textual program that shows one line."""

BARE_INPUT: Final = """
from textual.app import App
from textual.widgets import Input
class Bare(App):
    def compose(self):
        yield Input(placeholder="floor ready")
Bare().run()
"""
"""The least Textual program one can type into."""


def median(values: list[float]) -> float:
    """Return the middle value, seconds in and out."""
    return statistics.median(values)


def worst(values: list[float], share: float = 0.99) -> float:
    """Return the value that `share` of all stay below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def first_paint(command: list[str], text: str, *, env: dict[str, str] | None = None) -> float:
    """Return the seconds from starting a program to `text` being on its screen."""
    with Terminal(command, env=env) as terminal:
        return terminal.arrives(text)


def minimal_paint() -> float:
    """Return the seconds the least Textual program needs to its first paint."""
    return first_paint([sys.executable, "-c", MINIMAL], "floor ready")


def key_times(terminal: Terminal, keys: list[str]) -> list[float]:
    """Press keys one at a time and return, for each, the seconds to the first change on the screen."""
    times: list[float] = []
    for key in keys:
        terminal.settle(0.06)
        before, began = terminal.text(), time.perf_counter()
        terminal.key(key)
        terminal.until(lambda shown, before=before: shown != before, timeout=5, what=f"a change by {key}")  # type: ignore[misc]
        times.append(time.perf_counter() - began)
    return times


def bare_key_times(count: int) -> list[float]:
    """Return the times a bare Textual Input takes from a key to its repaint."""
    with Terminal([sys.executable, "-c", BARE_INPUT]) as terminal:
        terminal.wait("floor ready", timeout=30)
        return key_times(terminal, list(("abcdefghij" * (count // 10 + 1))[:count]))


def fsync_floor(folder: Path, count: int = 200) -> float:
    """Return the median seconds of appending 4 KiB to a file and syncing it, the floor of a durable act."""
    path = folder / "floor.bin"
    times: list[float] = []
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        for _ in range(count):
            began = time.perf_counter()
            os.write(handle, b"\0" * 4096)
            os.fsync(handle)
            times.append(time.perf_counter() - began)
    finally:
        os.close(handle)
        path.unlink()
    return median(times)
