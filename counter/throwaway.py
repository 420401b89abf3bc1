"""The folder of a demo: gone when the demo ends, or, where that was killed, at the next demo's start.

Who uses a folder holds a lock on a file in it, which the system frees when the process is gone. That is asked
instead of a process number: numbers are given again, and mean nothing from one container to the next.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from counter.clock import SystemClock

PREFIX: Final = "counter-demo-"
IN_USE: Final = "in-use"
YOUNG: Final = 60
"""Seconds in which a new folder may not have its lock yet."""


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder of one's own that goes when the work is done."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as name:
        if sys.platform == "win32":  # an open file there would keep its folder from going
            yield Path(name)
            return
        import fcntl

        with (Path(name) / IN_USE).open("w") as mark:
            fcntl.flock(mark, fcntl.LOCK_EX)
            yield Path(name)


def sweep() -> None:
    """Remove this user's folders whose process is gone; whatever cannot be told or removed stays."""
    if sys.platform == "win32":
        return
    import fcntl

    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            found = left.lstat()
            old = SystemClock().now().timestamp() - found.st_mtime > YOUNG
            if not (old and stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()):
                continue
            handle = os.open(left / IN_USE, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(handle)
