"""The thread that reads the keys: what belongs together stays together, and it ends with the terminal."""

from __future__ import annotations

import os
import pty
import threading
import tty
from typing import Any

import pytest
from textual import events
from textual.message import Message

from counter.screens.driver import HUNG_UP, WholeReads

PATIENCE = 5
"""Seconds a thread may take on a busy machine."""


class App:
    """Stands where the driver hands things to."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def exit(self) -> None: ...

    def call_later(self, *words: Any) -> None:
        self.asked.append(words)


class Reader(WholeReads):
    """The reading part of the driver, on a line of a test's own."""

    def __init__(self, line: int) -> None:
        self.fileno, self._debug, self.exit_event = line, False, threading.Event()
        self._app = App()  # type: ignore[assignment]
        self.heard: list[Message] = []
        self.some = threading.Event()

    def process_message(self, message: Message) -> None:
        self.heard.append(message)
        if isinstance(message, events.Key):
            self.some.set()

    def _together(self, come: Any) -> None:
        for message in come():
            self.process_message(message)


@pytest.mark.parametrize("typed", [b"", b"7", b"\xd5\xc5"])
def test_a_terminal_that_is_gone_ends_the_reading_and_the_desk(typed: bytes) -> None:
    master, slave = pty.openpty()
    tty.setraw(slave)
    reader = Reader(slave)
    thread = threading.Thread(target=reader.run_input_thread, daemon=True)
    thread.start()
    if typed:
        os.write(master, typed)
        assert reader.some.wait(PATIENCE)
    assert thread.is_alive()
    os.close(master)
    thread.join(PATIENCE)
    alive = thread.is_alive()
    reader.exit_event.set()
    thread.join(PATIENCE)
    os.close(slave)
    assert not alive
    assert reader._app.asked == [(reader._app.exit, None, HUNG_UP)]  # type: ignore[attr-defined]


def test_a_terminal_given_back_ends_the_reading_only() -> None:
    master, slave = pty.openpty()
    reader = Reader(slave)
    thread = threading.Thread(target=reader.run_input_thread, daemon=True)
    thread.start()
    reader.exit_event.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert reader._app.asked == []  # type: ignore[attr-defined]
    os.close(master)
    os.close(slave)
