"""Processes that write one file wait in turn: SQLite's own waiting starves whoever asks at the wrong moment.

A lock on a small file beside the records costs microseconds and is dropped by the system when its holder
dies, however it dies. It orders the waiting only; what keeps the records whole is BEGIN IMMEDIATE.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from db.errors import Busy

ASK_AGAIN: Final = 0.001
"""Seconds between two tries; a write takes about as long, so nobody falls behind by more than a few."""


@contextmanager
def between_desks(records: Path, until: float) -> Iterator[None]:
    """Hold the turn to write among all processes that have these records open.

    `until` is the `time.monotonic()` at which waiting ends. Where the lock file cannot be made, as in a
    folder that may only be read, nobody waits here and the database itself says what is wrong. Raises `Busy`.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    try:
        handle = os.open(
            records.with_name(f"{records.name}-turn"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
    except OSError:
        yield
        return
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Busy("another desk is writing") from None
                time.sleep(ASK_AGAIN)
        yield
    finally:
        os.close(handle)
