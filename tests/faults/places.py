"""Runs work of a desk in children that end, as by a kill, at one counted place; a small server on stdin.

`python -m tests.faults.places` reads one JSON task a line (home, work, minutes, at) and answers with the exit
code and the places seen. Each task runs in a fork of this process, which itself never typesets anything: a
fork of a process whose typesetter has started threads would wait for them for ever.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from counter.clock import SHANGHAI, FixedClock
from counter.desk import closing, office, papers, submissions, verdicts
from counter.desk.context import DeskContext
from counter.desk.demo import CLERK as DEMO
from counter.desk.demo_money import in_pieces
from counter.desk.views import SubmissionId
from db.session import Work
from tests.builders import CASH, CLERK

BEGAN: Final = datetime(2024, 8, 12, 9, 30, tzinfo=SHANGHAI)
DIED: Final = 77
"""Exit code of a child that ended in its place; others mean that the test itself is wrong."""

KEY: Final = UUID(int=0x2024_0812, version=4)
"""The idempotency key of the decision, the same before and after a death."""


COUNT_KEY: Final = UUID(int=0x2024_0813, version=4)
"""The key of the count before a close."""


class Places:
    """Counts the calls that change the world and ends the process at one of them."""

    def __init__(self, at: int | None) -> None:
        self.at = at
        self.seen: list[str] = []

    def _here(self, name: str) -> None:
        self.seen.append(name)
        if self.at is not None and len(self.seen) > self.at:
            os._exit(DIED)

    def wrap(self, owner: Any, name: str) -> None:
        """Make a place before and one after each call of `owner.name`."""
        whole = getattr(owner, name)

        def called(*args: Any, **kwargs: Any) -> Any:
            self._here(f"before {name}")
            answer = whole(*args, **kwargs)
            self._here(f"after {name}")
            return answer

        setattr(owner, name, called)

    def watch(self) -> None:
        """Watch from now on; there is no way back, so only in a child."""
        self.wrap(Work, "commit")
        for name in ("open", "fsync", "replace"):
            self.wrap(os, name)


def some(places: list[str], around: str) -> list[int]:
    """Return every eighth place, and those just before and after each call that everything hangs on."""
    near = {at + step for at, place in enumerate(places) if place == around for step in (-1, 0, 1)}
    return [at for at in range(len(places)) if at % 8 == 0 or at in near]


@contextmanager
def desk(home: Path, minutes: int) -> Iterator[DeskContext]:
    """Open the desk some minutes after the work began."""
    clock = FixedClock(BEGAN + timedelta(minutes=minutes))
    ctx = office.open_desk(home, clock=clock, desk=1)
    try:
        yield ctx
    finally:
        ctx.records.close()


def decide(ctx: DeskContext) -> None:
    """Accept or send away the only submission, whatever its findings amount to, then let the papers leave."""
    view = submissions.view(ctx, SubmissionId(1), actor=DEMO)
    if not view.defects:
        verdicts.accept(ctx, submission_id=view.id, version=view.version, fee=CASH, actor=DEMO, key=KEY)
    else:
        verdicts.send_correction(ctx, submission_id=view.id, version=view.version, actor=DEMO, key=KEY)
    papers.drain(ctx)


def recover(ctx: DeskContext) -> None:
    """What the desk does at every start."""
    papers.drain(ctx, check_files=True)


def close_day(ctx: DeskContext) -> None:
    """Count the drawer short of a yuan and close, each once however often it is asked for; then print."""
    closing.count(ctx, lines=in_pieces(199_00), actor=CLERK, key=COUNT_KEY)
    closing.close(ctx, reason="unexplained", backup=False, actor=CLERK, key=KEY)
    papers.drain(ctx)


WORK: Final = {"decide": decide, "recover": recover, "close": close_day}


def _child(task: dict[str, Any], write: int) -> None:
    signal.alarm(60)
    places = Places(task["at"])
    with desk(Path(task["home"]), task["minutes"]) as ctx:
        places.watch()
        WORK[task["work"]](ctx)
    os.write(write, "\n".join(places.seen).encode())


def _run(task: dict[str, Any]) -> dict[str, Any]:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _child(task, write)
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read) as answer:
        seen = answer.read()
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"code": code, "places": seen.split("\n") if seen else []}


class Runner:
    """The server, as a test talks to it."""

    def __init__(self) -> None:
        line = [sys.executable, "-m", "tests.faults.places"]
        root = Path(__file__).parents[2]
        env = {**os.environ, "PYTHONPATH": str(root)}
        self._server = subprocess.Popen(
            line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root, env=env
        )

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.kill()
        self._server.communicate()

    def run(self, home: Path, work: str, *, at: int | None = None, minutes: int = 0) -> tuple[int, list[str]]:
        """Do some work in a child that dies at a place; return its exit code and, if it lived, all places."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        task = {"home": str(home), "work": work, "at": at, "minutes": minutes}
        self._server.stdin.write(json.dumps(task) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        return int(answer["code"]), list(answer["places"])


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)
