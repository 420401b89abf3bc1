"""A disk that is full, or fails, at one counted write or sync: the act is refused in words or it is whole.

After each refusal the desk has to go on reading, the same act with the same key has to work once there is
room again, and at the end every number is there.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from counter.desk import papers, submissions
from counter.desk.closing import closings
from counter.desk.verify import verify
from counter.desk.views import SubmissionId
from counter.errors import DeskError
from counter.words import sentence
from tests.builders import CLERK, Office, office_at
from tests.faults import vfs
from tests.faults.power import first_state
from tests.faults.shiftwork import AT, Act, State, Told, Work, as_told, fresh
from tests.faults.tally import Tally

FULL: Final = "full"
"""No room: each write and each new file is refused."""
SYNC: Final = "sync"
"""An input/output error at each sync."""


class Disk:
    """Fails every call of its kind from the n-th on, until it is mended."""

    def __init__(self) -> None:
        self.kind = ""
        self.left = 0
        self.failed = 0
        self.once = False

    def breaks(self, kind: str, at: int, *, once: bool = False) -> None:
        """Fail from the call after `at` more on, or only that one."""
        self.kind, self.left, self.failed, self.once = kind, at, 0, once

    def mended(self) -> None:
        """Work again."""
        self.kind = ""

    def _fails(self, kind: str) -> bool:
        if self.kind != kind:
            return False
        self.left -= 1
        if self.left >= 0 or (self.once and self.failed):
            return False
        self.failed += 1
        return True

    def wrote(self, path: Path, at: int, data: bytes) -> int:
        """Refuse a write for want of room."""
        return vfs.FULL if self._fails(FULL) else vfs.OK

    def truncated(self, path: Path, size: int) -> int:
        """Let a cut pass: it takes no room."""
        return vfs.OK

    def synced(self, path: Path) -> int:
        """Refuse a sync."""
        return vfs.IOERR_FSYNC if self._fails(SYNC) else vfs.OK

    def opened(self, path: Path) -> None:
        """Let a file be opened."""

    def deleted(self, path: Path) -> int:
        """Let a file go."""
        return vfs.OK

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Stand between the desk and its disk in this block."""
        fsync, opened = os.fsync, os.open

        def fsynced(fd: int) -> None:
            if self._fails(SYNC):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            if self._fails(FULL):  # room that was promised at the write can be wanting here
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            fsync(fd)

        def open_(path: Any, flags: int, *rest: Any, **how: Any) -> int:
            if flags & os.O_EXCL and self._fails(FULL):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            return opened(path, flags, *rest, **how)

        with vfs.watched(self), patch.object(os, "fsync", fsynced), patch.object(os, "open", open_):
            yield


def faults(folder: Path, seed: int, count: int, *, stop_early: bool = False) -> Tally:
    """Break the disk at one place of so many acts."""
    tally = Tally("disk", seed)
    chance = random.Random(seed)
    disk = Disk()
    while tally.tried < count and not (stop_early and tally.failures):
        begun = chance.choice((1, 3))
        home = fresh(folder, f"broken-{seed}-{tally.tried}", judged=begun)
        state = first_state(folder, begun)
        work = Work(chance, begun=list(range(1, begun + 1)), next_entry=begun + 1)
        with disk.watching():
            clerk = office_at(home, at=AT)
            with closing(clerk.ctx.records):
                try:
                    for _ in range(begun):
                        visit(clerk, work, disk, chance, state, tally)
                    papers.drain(clerk.ctx, check_files=True)
                    whole(clerk, state, tally, seed)
                except AssertionError as error:
                    tally.failures.append(f"seed {seed}: {error}")
                except Exception as error:  # a desk must not fall, whatever the disk says
                    tally.failures.append(f"seed {seed}: {error!r}")
                finally:
                    disk.mended()
        shutil.rmtree(home)
    return tally


def visit(clerk: Office, work: Work, disk: Disk, chance: random.Random, state: State, tally: Tally) -> None:
    """Serve one person on a disk that breaks in many of the acts."""
    acts = work.visit(lambda n: submissions.view(clerk.ctx, SubmissionId(n), actor=CLERK))
    act = next(acts)
    while True:
        told = tried(clerk, act, disk, chance, state, tally)
        told.into(state)
        clerk.clock.tick(seconds=20)
        try:
            act = acts.send(told)
        except StopIteration:
            return


def tried(clerk: Office, act: Act, disk: Disk, chance: random.Random, state: State, tally: Tally) -> Told:
    """Carry out an act on a breaking disk, and once more after it was mended."""
    disk.breaks(
        chance.choice((FULL, SYNC)), chance.choice((0, 0, 1, 2, 3, 5, 8, 13)), once=chance.random() < 0.4
    )
    told = refusal = None
    try:
        told = act(clerk)
    except DeskError as error:
        refusal = error
    kind, broken = disk.kind, disk.failed
    if refusal is not None:
        words = sentence(refusal)
        assert words.strip(), refusal.code
        assert "\n" not in words, words
        tally.add("refused")
        clerk.ctx.memory.forget()
        here = stands(clerk)  # reading goes on while nothing can be written
        assert {s: here.get(s) for s in state} == state, f"refused with {refusal.code}, but changed"
    disk.mended()
    if broken:
        tally.count("")
        tally.add({FULL: "no room", SYNC: "failed syncs"}[kind])
        clerk.ctx.memory.forget()
        if told is not None:
            _is_there(clerk, told)
        again = act(clerk)
        if told is None or again.into({}):
            told = again
    assert told is not None
    _is_there(clerk, told)
    return told


def _is_there(clerk: Office, told: Told) -> None:
    """Hold an answer against what another reader finds."""
    for file in told.files:
        assert file.exists(), f"handed over and not there: {file.name}"
    wanted: State = {}
    if told.into(wanted):
        here = stands(clerk)
        assert {name: here.get(name) for name in wanted} == wanted, "answered, then not there"


def views(clerk: Office) -> list[Any]:
    """Read every submission afresh."""
    with clerk.ctx.records.read() as session:
        ids = [n for (n,) in session.connection().exec_driver_sql("SELECT id FROM submission")]
    return [submissions.view(clerk.ctx, SubmissionId(n), actor=CLERK) for n in ids]


def stands(clerk: Office) -> State:
    """Return the state as another reader finds it."""
    state: State = {v.serial: as_told(v) for v in views(clerk)}
    for closed in closings(clerk.ctx, actor=CLERK):
        Told(closing=closed.display).into(state)
    return state


def whole(clerk: Office, state: State, tally: Tally, seed: int) -> None:
    """Hold the records against what was told and against themselves."""
    clerk.ctx.memory.forget()
    here = stands(clerk)
    assert here == state, f"told {state}, there is {here}"
    report = verify(clerk.ctx, actor=CLERK)
    assert report.ok, f"proof: {report.first_bad}"
