"""Writing down what went wrong without writing down who it was about.

Only the kind of exception and the places in the code are kept: messages and local variables may hold names
and identity numbers, and neither belongs in a log or in a terminal's scrollback.
"""

from __future__ import annotations

import os
import traceback
from contextlib import suppress
from datetime import datetime
from pathlib import Path


def redacted(error: BaseException) -> str:
    """Return an exception's kind and the places it came through, innermost last, its causes after it."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(type(current).__qualname__)
        lines += [
            f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__, limit=-12)
        ]
        current = current.__cause__ or current.__context__
    return "\n".join(lines)


def record(error: BaseException, home: Path | None, at: datetime) -> str:
    """Append the redacted fault to the home's log and return its reference number.

    A log that cannot be written never adds a second fault to the first.
    """
    import secrets

    reference = f"{at:%m%d}-{secrets.token_hex(2).upper()}"
    if home is not None:
        with suppress(OSError):
            folder = home / "logs"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(folder / "faults.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as log:
                log.write(f"{at:%Y-%m-%dT%H:%M:%SZ} {reference} {redacted(error)}\n")
    return reference
