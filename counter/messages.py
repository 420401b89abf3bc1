"""What travels up inside the screens: a scan, a typed line, a view that was read or saved, a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from textual.message import Message

from counter.errors import DeskError


@dataclass
class Scanned(Message):
    """A burst of keys that reads as a code of ours; whichever screen is on top decides what to do with it."""

    code: str


@dataclass
class Entered(Message):
    """A line taken from a scan box on Enter; the box is already empty again."""

    text: str
    scanned: bool = False
    """True when its signs came faster than anybody types."""


@dataclass
class Done(Message):
    """A read or a write came back; `tag` says which, `value` is its frozen view."""

    tag: str
    value: Any


@dataclass
class WorkFailed(Message):
    """A use case refused."""

    tag: str
    error: DeskError


@dataclass
class Broke(Message):
    """Something unexpected happened in a worker; already logged under `reference`."""

    reference: str


@dataclass
class Ready(Message, bubble=False):
    """The records are open; each screen hears it once, from the application."""


@dataclass
class Minute(Message):
    """The wall clock shows another minute."""


@dataclass
class Kept(Message):
    """The desk has looked after its backups; `standing` is how they, the disk and the clock stand."""

    standing: tuple[Any, ...]


@dataclass
class Leave(Message):
    """The clerk wants to leave the desk."""
