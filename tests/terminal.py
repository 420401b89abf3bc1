"""A program in a real pseudo-terminal with an emulated screen: how journeys, faults and benches drive it.

The terminal answers the few questions Textual asks a real one, keeps the screen with pyte, and never looks
inside the program: what it reports is what a person would see.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Final, Self

import pyte
from wcwidth import wcwidth

KEYS: Final[Mapping[str, bytes]] = {
    "enter": b"\r",
    "tab": b"\t",
    "esc": b"\x1b",
    "space": b" ",
    "backspace": b"\x7f",
    "delete": b"\x1b[3~",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "pgup": b"\x1b[5~",
    "pgdn": b"\x1b[6~",
    "f1": b"\x1bOP",
    "f2": b"\x1bOQ",
    "f3": b"\x1bOR",
    "f4": b"\x1bOS",
    "f5": b"\x1b[15~",
    "f6": b"\x1b[17~",
    "f7": b"\x1b[18~",
    "f8": b"\x1b[19~",
    "f9": b"\x1b[20~",
    "ctrl+p": b"\x10",
    "ctrl+q": b"\x11",
}
"""Byte sequences of an xterm, which is what every terminal a clerk may have sends."""


class _Screen(pyte.Screen):
    """pyte's screen, with hanzi taking two cells even where they are written over."""

    def draw(self, data: str) -> None:
        for sign in data:
            width = 1 if " " <= sign <= "~" else wcwidth(sign)
            if width <= 0:
                continue
            if self.cursor.x + width > self.columns:
                self.carriage_return()
                self.linefeed()
            line, x = self.buffer[self.cursor.y], self.cursor.x
            if x and line[x].data == "":
                line[x - 1] = line[x - 1]._replace(data=" ")
            after = x + width
            if after < self.columns and line[after].data == "":
                line[after] = line[after]._replace(data=" ")
            line[x] = self.cursor.attrs._replace(data=sign)
            if width == 2 and x + 1 < self.columns:
                line[x + 1] = self.cursor.attrs._replace(data="")
            self.cursor.x = min(after, self.columns)
            self.dirty.add(self.cursor.y)

    def text(self) -> list[str]:
        """Return the rows as a person reads them, without trailing blanks."""
        return [
            "".join(self.buffer[y][x].data for x in range(self.columns)).rstrip() for y in range(self.lines)
        ]


class Gone(AssertionError):
    """The program ended while something was still expected of it."""


class Terminal:
    """One program on one pseudo-terminal of a given size."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
    ) -> None:
        self.screen = _Screen(columns, rows)
        self.raw = bytearray()
        """Every byte the program wrote, for what must never be in a scrollback."""
        self.pressed = 0
        """Keys pressed by name so far; what is typed or scanned is not counted."""
        self.dies_at: Callable[[bytes], bool] | None = None
        """Kills the program the moment it writes what this finds, before any of it is painted here."""
        self._stream = pyte.ByteStream(self.screen)
        self.started = time.perf_counter()
        self.pid, self.master = pty.fork()
        if self.pid == 0:  # pragma: no cover - the child becomes the program
            if cwd:
                os.chdir(cwd)
            here = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
            os.execvpe(command[0], list(command), {**here, **(env or {}), "TERM": "xterm-256color"})
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.code: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        os.close(self.master)

    def pump(self, seconds: float = 0.0) -> bool:
        """Read what the program wrote within `seconds`; tell whether there was anything."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            data = b""
        if not data:
            self._reap()
            return False
        if self.dies_at is not None and self.dies_at(data):
            self.kill()
        self.raw += data
        self._answer(data)
        self._stream.feed(data)
        return True

    def arrives(self, text: str, *, timeout: float = 30.0) -> float:
        """Wait until the bytes of `text` have reached the terminal; return the seconds since the start.

        What an emulated screen then makes of them is the terminal's time, not the program's, so benches ask
        here. Raises AssertionError when they do not come within `timeout` seconds.
        """
        wanted, held = text.encode(), bytearray()
        end = time.perf_counter() + timeout
        while wanted not in held:
            ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.perf_counter()))
            data = os.read(self.master, 65536) if ready else b""
            if not data:
                raise AssertionError(f"not arrived in {timeout} s: {text}\n{self.text()}")
            self._answer(data)
            held += data
        took = time.perf_counter() - self.started
        self.raw += held
        self._stream.feed(bytes(held))
        return took

    @property
    def whole(self) -> bool:
        """Whether what is on the screen is a finished frame and not the first half of one."""
        recent = bytes(self.raw[-200_000:])
        return recent.rfind(b"\x1b[?2026l") >= recent.rfind(b"\x1b[?2026h")

    def _answer(self, data: bytes) -> None:
        if b"\x1b[c" in data:
            os.write(self.master, b"\x1b[?62;c")
        if b"\x1b[6n" in data:
            os.write(self.master, b"\x1b[1;1R")
        if b"\x1b[?2026$p" in data:
            os.write(self.master, b"\x1b[?2026;2$y")

    def _reap(self) -> None:
        if self.code is None:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self.code = os.waitstatus_to_exitcode(status)

    def text(self) -> str:
        """Return the whole screen as text."""
        return "\n".join(self.screen.text())

    def until(self, true: Callable[[str], bool], *, timeout: float = 30.0, what: str = "") -> float:
        """Pump until the screen's text satisfies `true`; return the seconds it took.

        Raises AssertionError with the screen when it does not within `timeout` seconds, Gone when the
        program ended first.
        """
        began = time.perf_counter()
        while True:
            if self.whole and true(self.text()):
                return time.perf_counter() - began
            left = timeout - (time.perf_counter() - began)
            if left <= 0:
                raise AssertionError(f"not seen in {timeout} s: {what}\n{self.text()}")
            if not self.pump(min(left, 0.05)):
                self._reap()
                if self.code is not None and not self.pump(0):
                    if true(self.text()):
                        return time.perf_counter() - began
                    raise Gone(f"ended with {self.code} before: {what}\n{self.text()}")

    def wait(self, text: str, *, timeout: float = 30.0) -> float:
        """Wait until `text` is on the screen; return the seconds it took."""
        return self.until(lambda shown: text in shown, timeout=timeout, what=text)

    def gone(self, text: str, *, timeout: float = 30.0) -> float:
        """Wait until `text` is no longer on the screen."""
        return self.until(lambda shown: text not in shown, timeout=timeout, what=f"no {text}")

    def settle(self, quiet: float = 0.08, timeout: float = 5.0) -> None:
        """Pump until nothing was written for `quiet` seconds."""
        end = time.perf_counter() + timeout
        while self.pump(quiet) and time.perf_counter() < end:
            pass

    def key(self, *names: str) -> None:
        """Press keys by name, or single characters."""
        self.pressed += len(names)
        for name in names:
            os.write(self.master, KEYS.get(name, name.encode()))

    def type(self, text: str, *, gap: float = 0.09) -> None:
        """Type as a person does, `gap` seconds between characters."""
        for sign in text:
            os.write(self.master, sign.encode())
            end = time.perf_counter() + gap
            while (left := end - time.perf_counter()) > 0:
                self.pump(left)

    def scan(self, code: str, *, gap: float = 0.0, end: bytes = b"\r") -> float:
        """Send a barcode as a scanner does: all characters `gap` seconds apart, then its Enter.

        Returns the longest pause there really was: a busy machine can hold this process up between two.
        """
        if gap == 0.0:
            os.write(self.master, code.encode() + end)
            return 0.0
        longest, before = 0.0, time.perf_counter()
        for part in (*(sign.encode() for sign in code), end):
            os.write(self.master, part)
            now = time.perf_counter()
            longest, before = max(longest, now - before), now
            time.sleep(gap)
        return longest

    @property
    def cooked(self) -> bool:
        """Whether the terminal echoes and edits lines again, as a shell expects to find it."""
        modes = termios.tcgetattr(self.master)[3]
        return bool(modes & termios.ECHO and modes & termios.ICANON)

    def since(self, mark: bytes) -> bytes:
        """Return what was written after the last `mark`, everything when there is none."""
        return bytes(self.raw).rpartition(mark)[2]

    def hang_up(self) -> None:
        """Close the terminal as a lost connection does; nothing can be read or typed any more."""
        os.close(self.master)
        self.master = os.open(os.devnull, os.O_RDWR)

    def send(self, data: bytes) -> None:
        """Send bytes in as few writes as the terminal takes, reading on so that neither side waits."""
        os.set_blocking(self.master, False)
        try:
            while data:
                try:
                    data = data[os.write(self.master, data) :]
                except BlockingIOError:
                    self.pump(0.005)
        finally:
            os.set_blocking(self.master, True)

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End the program at once, as a power cut would."""
        self._reap()
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def ended(self, *, timeout: float = 30.0) -> int:
        """Wait for the program to end by itself and return its exit code."""
        limit = time.perf_counter() + timeout
        while self.code is None:
            if time.perf_counter() > limit:
                raise AssertionError(f"still running after {timeout} s\n{self.text()}")
            if not self.pump(0.05):
                time.sleep(0.005)
            self._reap()
        while self.pump(0):
            pass
        return self.code
