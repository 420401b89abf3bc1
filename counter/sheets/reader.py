"""A roster file read in a limited child process: the desk gets plain rows or a refusal, never a crash.

The bytes are read once, here; their size and SHA-256 are those of exactly what the rows were read from, so
that a file exchanged between preview and import is noticed.
"""

from __future__ import annotations

import gc
import hashlib
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from typing import IO

import msgspec

from counter.sheets import frames, limits
from counter.sheets.errors import SheetError
from counter.sheets.frames import Cell


@dataclass(frozen=True)
class RawSheet:
    """One sheet as the file holds it; rows and columns count from 0."""

    name: str
    visible: bool
    left: int
    """Columns left out before the first cell of each row."""
    merged: tuple[tuple[int, int, int, int], ...]
    rows: list[list[Cell]] = field(repr=False)


@dataclass(frozen=True)
class RosterFile:
    """A file's sheets and the fingerprint of the very bytes they were read from."""

    name: str
    size: int
    sha256: str
    """Lower-case hex."""
    encoding: str
    """Encoding of a text file, empty for a workbook."""
    sheets: tuple[RawSheet, ...]


def read_roster(path: Path) -> RosterFile:
    """Return the sheets of an xlsx, xls or CSV file, read by a child with memory and time limits.

    Raises SheetError. Before the child: not-found, not-a-file, unreadable (problem), too-large (limit, MiB),
    empty. By the child: format (kind), renamed (suffix, kind), macros, encrypted, damaged, bomb, nested,
    entities, too-many-parts, too-many-sheets, too-many-rows, too-wide, far-cell (cell), encoding (line),
    mixed-encodings (line), lost-characters (line), csv-syntax (line). About the child: reader-memory,
    reader-timeout, reader-died (signal).
    """
    data = _bytes_of(path)
    began = time.monotonic()
    with _no_collection(), _child(path.name) as child:
        sheets, encoding = _listen(child, data, began)
    return RosterFile(path.name, len(data), hashlib.sha256(data).hexdigest(), encoding, tuple(sheets))


def _bytes_of(path: Path) -> bytes:
    try:
        # Not blocking: a named pipe in the place of a file must not hold the desk.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as e:
        raise SheetError("not-found", name=path.name) from e
    except (OSError, ValueError) as e:
        raise SheetError("unreadable", name=path.name, problem=e) from e
    about = os.fstat(handle)
    if not stat.S_ISREG(about.st_mode):
        os.close(handle)
        raise SheetError("not-a-file", name=path.name)
    with os.fdopen(handle, "rb") as file:
        if about.st_size > limits.FILE_BYTES:
            raise SheetError("too-large", name=path.name, limit=limits.FILE_BYTES // limits.MIB)
        data = file.read(limits.FILE_BYTES + 1)
    if len(data) > limits.FILE_BYTES:
        raise SheetError("too-large", name=path.name, limit=limits.FILE_BYTES // limits.MIB)
    if not data:
        raise SheetError("empty", name=path.name)
    return data


@contextmanager
def _no_collection() -> Iterator[None]:
    """Spare the collector from walking a million young cells again and again; none of them is a cycle."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextmanager
def _child(name: str) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-m", "counter.sheets.child", _printable(name)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"LC_ALL": "C.UTF-8"},
        start_new_session=True,
    )
    timer = threading.Timer(limits.WALL_SECONDS, child.kill)
    timer.daemon = True
    timer.start()
    try:
        yield child
    finally:
        timer.cancel()
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                _close(pipe)
        child.wait()


def _close(pipe: IO[bytes]) -> None:
    with suppress(BrokenPipeError):
        pipe.close()


def _printable(name: str) -> str:
    """Return a file name that can be an argument and an answer whatever bytes it was made of."""
    return name.encode("utf-8", errors="replace").decode("utf-8").replace("\0", "")[:255]


def _listen(child: subprocess.Popen[bytes], data: bytes, began: float) -> tuple[list[RawSheet], str]:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        # The child takes all of its input before it answers, so the two pipes cannot wait for each other.
        child.stdin.write(data)
        child.stdin.close()
    except BrokenPipeError as e:
        raise _death(child, began) from e
    try:
        return assemble(child.stdout.read)
    except (ValueError, msgspec.MsgspecError) as e:
        raise _death(child, began) from e


def assemble(read: Callable[[int], bytes]) -> tuple[list[RawSheet], str]:
    """Return the sheets and the encoding in a stream of frames; `read` gives that many bytes.

    Raises SheetError as the frames say, ValueError or msgspec.MsgspecError for a stream that is cut or other.
    """
    room = limits.ANSWER_BYTES

    def measured(count: int) -> bytes:
        nonlocal room
        room -= count
        return read(count)

    sheets: list[RawSheet] = []
    while True:
        frame = frames.unpack(measured, room)
        match frame:
            case frames.SheetStart():
                merged = tuple(frame.merged)
                sheets.append(RawSheet(frame.name, frame.visible, frame.left, merged, []))
            case frames.SheetRows() if sheets:
                sheets[-1].rows.extend(frame.rows)
            case frames.Refusal():
                raise SheetError(frame.code, **frame.facts)
            case frames.Done():
                return sheets, frame.encoding
            case _:
                raise ValueError("ended early")


def _death(child: subprocess.Popen[bytes], began: float) -> SheetError:
    """Return what the end of a child that did not finish means."""
    code = child.wait()
    waited = code == -SIGKILL and time.monotonic() - began >= limits.WALL_SECONDS
    if waited or code == -SIGXCPU:
        return SheetError("reader-timeout", limit=limits.WALL_SECONDS)
    return SheetError("reader-died", signal=-code if code < 0 else 0)
