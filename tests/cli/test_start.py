"""The first and the last moment on a real terminal: early keys are kept, and the terminal comes back."""

from __future__ import annotations

import os
import signal
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Morning
from tests.terminal import Terminal

LINE = (sys.executable, "-P", "-m", "counter")


def started(home: Path, *words: str) -> tuple[Terminal, list[Any]]:
    """Start the desk and return its terminal with the settings it had before."""
    env = {"COUNTER_HOME": str(home), "COUNTER_LANG": "en"}
    terminal = Terminal([*LINE, *words], env=env)
    return terminal, termios.tcgetattr(terminal.master)


def wait_until_raw(terminal: Terminal, before: list[Any]) -> None:
    """Return at the moment the program takes the terminal out of line mode."""
    while termios.tcgetattr(terminal.master) == before:
        time.sleep(0.002)


@pytest.mark.parametrize("delay", [0.05, 0.15, 0.4])
def test_a_scan_that_comes_before_the_first_paint_opens_its_submission(
    morning: Morning, delay: float
) -> None:
    terminal, _ = started(morning.home, "demo", "--home", str(morning.home))
    with terminal:
        time.sleep(delay)
        os.write(terminal.master, morning.accepted.encode() + b"\r")
        terminal.wait("单雄", timeout=20)


def test_a_scan_during_the_imports_leaves_no_trace_on_the_screen(morning: Morning) -> None:
    terminal, before = started(morning.home)
    with terminal:
        wait_until_raw(terminal, before)
        os.write(terminal.master, morning.accepted.encode() + b"\r")
        terminal.wait("^P", timeout=20)
        terminal.settle()
        assert morning.accepted not in bytes(terminal.raw).decode(errors="replace")


def test_leaving_the_desk_gives_the_terminal_back(morning: Morning) -> None:
    terminal, before = started(morning.home)
    with terminal:
        terminal.wait("^P", timeout=20)
        os.write(terminal.master, b"\x11")
        assert terminal.ended(timeout=20) == 0
        assert termios.tcgetattr(terminal.master) == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("moment", ["importing", "painted"])
def test_a_signal_gives_the_terminal_back(morning: Morning, number: signal.Signals, moment: str) -> None:
    terminal, before = started(morning.home)
    with terminal:
        if moment == "painted":
            terminal.wait("^P", timeout=20)
        else:
            wait_until_raw(terminal, before)
        os.kill(terminal.pid, number)
        assert terminal.ended(timeout=20) == (143 if moment == "painted" else 128 + number)
        assert termios.tcgetattr(terminal.master) == before


def test_ctrl_c_during_the_imports_gives_the_terminal_back(morning: Morning) -> None:
    terminal, before = started(morning.home)
    with terminal:
        wait_until_raw(terminal, before)
        os.write(terminal.master, b"\x03")
        assert terminal.ended(timeout=20) == 130
        assert termios.tcgetattr(terminal.master) == before
        assert b"Traceback" not in terminal.raw


def test_a_refused_start_gives_the_terminal_back_and_says_why(morning: Morning) -> None:
    (morning.home / "key").chmod(0o644)
    terminal, before = started(morning.home)
    with terminal:
        assert terminal.ended(timeout=20) == 1
        assert termios.tcgetattr(terminal.master) == before
        assert b"chmod 600" in terminal.raw
