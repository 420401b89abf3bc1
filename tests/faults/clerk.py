"""A clerk at the real desk: a demo home, the program in a pseudo-terminal, what a person reads and presses.

Nothing here looks inside the running program. What the desk has shown as saved is read from its screen; what
became of it is read by another process, after the first is gone.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from counter.clock import SHANGHAI, FixedClock
from counter.desk import office, submissions, verify
from counter.desk.context import DeskContext
from counter.desk.demo import make_demo
from counter.desk.people import is_submitted
from counter.desk.rows import ENTRIES, SUBMISSIONS, as_row
from counter.desk.views import SubmissionId, SubmissionView
from tests.builders import CLERK
from tests.paper.reading import codes_in, raster
from tests.terminal import Terminal

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = (sys.executable, "-P", "-m", "counter")
SETTINGS: Final = {"PYTHONPATH": str(ROOT), "COUNTER_LANG": "zh", "PYTHONDONTWRITEBYTECODE": "1"}
"""What a started desk finds in its environment, whatever this machine's settings are."""

ITEMS: Final = 19
"""Kinds of material in the circular."""

BAG: Final = 17
"""Items before the bag of originals."""

LATER: Final = datetime(2024, 8, 12, 11, 30, tzinfo=SHANGHAI)
"""When this process looks at records a desk has left."""


def _template(folder: Path, *, empty: bool) -> Path:
    """Make a demo home once for all workers of a run, in a folder of theirs; tests work on copies."""
    home = folder / ("demo-empty" if empty else "demo-worked")
    with (folder / f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made := folder / f"{home.name}.made").exists():
            shutil.rmtree(home, ignore_errors=True)
            make_demo(home, empty=empty)
            made.touch()
    return home


def demo_home(folder: Path, *, empty: bool = True) -> Path:
    """Return a demo home of this test's own: 300 people, with `empty` nobody has come yet."""
    home = folder / "home"
    run = next((p for p in folder.parents if re.fullmatch(r"pytest-\d+", p.name)), folder.parent)
    shutil.copytree(_template(run, empty=empty), home)
    return home


@contextmanager
def records(home: Path, at: datetime = LATER) -> Iterator[DeskContext]:
    """Open a home's records from this process."""
    with closing((ctx := office.open_desk(home, clock=FixedClock(at), desk=1)).records):
        yield ctx


def newcomers(home: Path) -> list[tuple[str, str]]:
    """Return online ID and name of everybody who may be taken in and has not come yet."""
    with records(home) as ctx, ctx.records.read() as session:
        came = sa.select(SUBMISSIONS.c.entry_id)
        query = sa.select(ENTRIES).where(ENTRIES.c.id.not_in(came)).order_by(ENTRIES.c.id)
        rows = [as_row(row) for row in session.connection().execute(query)]
        return [(str(r["online_id"]), str(r["name"])) for r in rows if is_submitted(ctx.circular, r)]


def everything(ctx: DeskContext) -> dict[str, SubmissionView]:
    """Return every submission by its serial as shown."""
    with ctx.records.read() as session:
        ids = [int(i) for (i,) in session.connection().execute(sa.select(SUBMISSIONS.c.id))]
    views = [submissions.view(ctx, SubmissionId(i), actor=CLERK) for i in ids]
    return {view.serial: view for view in views}


def proof(ctx: DeskContext) -> None:
    """Hold the records against themselves: numbers without hole or repeat, chain, rows, papers, totals."""
    report = verify.verify(ctx, actor=CLERK)
    assert report.ok, report


def let_a_minute_pass(home: Path) -> None:
    """Make what lies half written look as old as it is when a desk is started again by a person."""
    for torn in (home / "documents").glob(".*.tmp"):
        os.utime(torn, (0, 0))


def command(home: Path, *words: str, at: str = "2024-08-12T11:30") -> subprocess.CompletedProcess[str]:
    """Run one command of the desk on a home."""
    line = [*PROGRAM, "--home", str(home), "--at", at, *words]
    return subprocess.run(
        line, env={**os.environ, **SETTINGS}, cwd=ROOT, capture_output=True, text=True, check=False
    )


def code_on(paper: Path, dpi: int = 200) -> str:
    """Return the digits of a paper's barcode as a reader sees them."""
    return codes_in(raster(paper.read_bytes(), dpi))["Code128"]


class Clerk(Terminal):
    """The desk on a pseudo-terminal, with the few things a clerk reads off every screen."""

    def __init__(
        self,
        home: Path,
        *words: str,
        at: str = "2024-08-12T09:30",
        columns: int = 80,
        rows: int = 24,
        lang: str = "zh",
        program: tuple[str, ...] = PROGRAM,
    ) -> None:
        clock = ("--at", at) if at else ()
        super().__init__(
            [*program, "--home", str(home), *clock, *words],
            columns=columns,
            rows=rows,
            env={**SETTINGS, "COUNTER_LANG": lang},
            cwd=str(ROOT),
        )
        self.home = home
        self._before = {file.name for file in (home / "documents").iterdir()}

    @property
    def step(self) -> str:
        """The row that says what to do next, with this screen's tally at its right."""
        return self.screen.text()[-2]

    @property
    def place(self) -> str:
        """The first row: the areas, or where one is inside an area."""
        return self.screen.text()[0]

    @property
    def box(self) -> str:
        """What stands in the scan box."""
        return self.screen.text()[4].partition(">")[2].partition("     ")[0].strip()

    @property
    def saved(self) -> int | None:
        """How many findings the tally shows as saved, None where there is no checklist."""
        found = re.search(rf"(\d+)/{ITEMS}\b", self.step)
        return int(found.group(1)) if found else None

    @property
    def serial(self) -> str:
        """The number of the submission that is open, empty outside of one."""
        found = re.search(r"\b(\d{5})\b", self.place)
        return found.group(1) if found else ""

    @property
    def stopped(self) -> bool:
        """Whether the red stop covers the middle: its hatching is on no other screen."""
        return "/ / / / / /" in self.text()

    def opened(self, *, timeout: float = 40.0) -> None:
        """Wait until the desk has read its records and takes scans."""
        self.until(
            lambda text: "窗口开放" in text or "窗口已关" in text, timeout=timeout, what="an open desk"
        )

    def enter(self, code: str, *, timeout: float = 30.0) -> str:
        """Scan a code, wait for the submission it opens, and return its number."""
        self.scan(code)
        self.until(
            lambda _text: bool(self.serial) and self.saved is not None,
            timeout=timeout,
            what=f"a submission for {code}",
        )
        return self.serial

    def shows(self, online_id: str, *, timeout: float = 30.0, what: str = "") -> None:
        """Wait for the checklist of a person of whom nothing was found yet."""
        self.until(
            lambda _text: online_id in self.place and self.saved == 0, timeout=timeout, what=what or online_id
        )

    def tick(self, count: int, *, timeout: float = 30.0) -> None:
        """Find so many items in order and wait until they are shown as saved.

        The bag of originals is in order once something was put into it.
        """
        before = self.saved
        assert before is not None, self.text()
        for n in range(before, before + count):
            self.key("space")
            if n == BAG:
                self.until(lambda _text: self.saved is None, timeout=timeout, what="the originals' list")
                self.settle()
                self.key("space")
                self.settle()
                self.key("f9")
        self.until(
            lambda _text: self.saved == before + count, timeout=timeout, what=f"{before + count} saved"
        )

    def at_desk(self, *, timeout: float = 30.0) -> None:
        """Wait until the scan box is back and empty."""
        self.until(
            lambda _text: ">" in self.screen.text()[4] and not self.box and not self.serial,
            timeout=timeout,
            what="the desk with an empty box",
        )

    def paper(self, pattern: str, *, newer: bool = False, timeout: float = 40.0) -> Path:
        """Wait for a paper in `documents/`, `newer` than this desk's start, while it goes on painting."""
        end = time.perf_counter() + timeout
        while time.perf_counter() < end:
            found = sorted((self.home / "documents").glob(pattern), key=lambda file: file.stat().st_mtime_ns)
            if found and (not newer or found[-1].name not in self._before):
                return found[-1]
            self.pump(0.05)
        raise AssertionError(f"no {pattern} after {timeout} s\n{self.text()}")
