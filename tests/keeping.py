"""A real home with a day's work in it, for tests of backup and restore, and ways to spoil it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from counter.clock import FixedClock
from counter.desk.backup import backup
from counter.desk.office import first_run, open_desk
from counter.desk.papers import drain
from counter.desk.restore import Drill, restore
from counter.desk.views import Actor, Role
from counter.home import open_home
from tests.builders import CLERK, Office, shanghai

IT = Actor("pang", Role.IT, 1)
NINE = "2024-08-12T09:05"


def clock_at(at: str) -> FixedClock:
    """Return the clock of one machine that runs through from one desk to the next."""
    when = shanghai(at)
    return FixedClock(when, seconds=when.timestamp())


@contextmanager
def at_work(home: Path, at: str = NINE, people: int = 0) -> Iterator[Office]:
    """Open the desk of a home, made if it is not there, and close it afterwards."""
    clock = clock_at(at)
    if not (home / "key").exists():
        first_run(home, clock=clock)
    ctx = open_desk(home, clock=clock)
    try:
        yield Office(ctx, clock, people)
    finally:
        ctx.records.close()


def work(desk: Office, names: str) -> None:
    """Take in a few people, one submission each, and print what belongs to them."""
    for name in names:
        desk.accepted(f"李{name}")
        desk.clock.tick(minutes=3)
    drain(desk.ctx)


def copied(desk: Office) -> Path:
    """Make a backup."""
    return backup(desk.ctx, actor=CLERK, key=uuid4()).path


def put_back(
    home: Path, file: Path, *, really: bool = True, at: str = "2024-08-12T11:00", **more: Any
) -> Drill:
    """Restore as the office's IT person does."""
    return restore(open_home(home), file, clock=clock_at(at), desk=1, actor=IT, really=really, **more)


def flip(path: Path, offset: int, bit: int = 0) -> None:
    """Turn one bit of a file around."""
    with path.open("rb+") as file:
        file.seek(offset)
        (byte,) = file.read(1)
        file.seek(offset)
        file.write(bytes([byte ^ 1 << bit]))


def twin(home: Path, target: Path) -> Path:
    """Return a copy of a home."""
    return Path(shutil.copytree(home, target))
