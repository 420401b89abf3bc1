"""A desk ended at any of its calls to the disk, as by kill -9, again and again; a small server on stdin.

`python -m tests.faults.kills` reads one JSON task a line and does the work in a fork of itself, which ends in
the n-th call that changes the world or is killed from outside. What the clerk was told goes to a file outside
the home, a line an act; whatever stands there has to be there afterwards.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from counter.desk import papers
from db.engine import open_records
from db.session import Work as Transaction
from tests.builders import office_at
from tests.faults import mutants, vfs
from tests.faults.images import FOLDERS
from tests.faults.power import Shift, answers, first_state, found, judged
from tests.faults.shiftwork import AT, KEY, State, Work, fresh, seal
from tests.faults.tally import Tally

DIED: Final = 77
ROOT: Final = Path(__file__).parents[2]


class Places:
    """Counts the calls that change the world and ends the process at one of them."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen = 0

    def here(self) -> int:
        """Be at a place."""
        self.seen += 1
        if self.at and self.seen == self.at:
            os._exit(DIED)
        return vfs.OK

    def wrote(self, path: Path, at: int, data: bytes) -> int:
        """Be where SQLite writes."""
        return self.here()

    def truncated(self, path: Path, size: int) -> int:
        """Be where SQLite cuts a file."""
        return self.here()

    def synced(self, path: Path) -> int:
        """Be where SQLite syncs."""
        return self.here()

    def opened(self, path: Path) -> None:
        """Be where SQLite opens a file."""
        self.here()

    def deleted(self, path: Path) -> int:
        """Be where SQLite removes a file."""
        return self.here()

    def watch(self) -> None:
        """Count from now on what Python does too; there is no way back, so only in a child."""
        for owner, name in (
            (Transaction, "commit"),
            *((os, n) for n in ("open", "fsync", "replace", "link", "unlink")),
        ):
            self._wrap(owner, name)

    def _wrap(self, owner: Any, name: str) -> None:
        whole = getattr(owner, name)

        def called(*args: Any, **kwargs: Any) -> Any:
            self.here()
            answer = whole(*args, **kwargs)
            self.here()
            return answer

        setattr(owner, name, called)


def shift(home: Path, task: dict[str, Any]) -> None:
    """Serve people; tell each answer to the file of what was told."""
    work = Work(random.Random(task["seed"]), begun=list(range(1, task["begun"] + 1)))
    early = task["mutant"] == "told before it is done"
    with Path(task["told"]).open("a") as told_to:

        def tell(line: dict[str, Any]) -> None:
            told_to.write(json.dumps(line) + "\n")
            told_to.flush()

        for turn in range(task["begun"]):
            clerk = office_at(home, at=AT)
            clerk.clock.tick(minutes=turn * 40)
            with closing(clerk.ctx.records):
                for told in answers(clerk, work, before=(lambda: tell({"state": {}})) if early else None):
                    now: State = {}
                    if told.into(now) and not early:
                        tell({"state": now})
                    files = [(p.relative_to(home).as_posix(), seal(p.read_bytes())) for p in told.files]
                    if files:
                        tell({"file": files})


def recover(home: Path, _task: dict[str, Any]) -> None:
    """Start the desk as after a crash."""
    clerk = office_at(home, at=AT, shift=False)
    with closing(clerk.ctx.records):
        clerk.clock.tick(hours=2)
        papers.drain(clerk.ctx, check_files=True)


def migrate(home: Path, _task: dict[str, Any]) -> None:
    """Open records of an older schema."""
    office_at(home, at=AT, shift=False).ctx.records.close()


DO: Final = {"shift": shift, "recover": recover, "migrate": migrate}


def _child(task: dict[str, Any]) -> int:
    signal.alarm(120)
    places = Places(task["at"])
    bug = "" if task["mutant"] == "told before it is done" else task["mutant"]
    with mutants.on(bug), vfs.watched(places):
        places.watch()
        DO[task["do"]](Path(task["home"]), task)
    return places.seen


def _run(task: dict[str, Any]) -> dict[str, Any]:
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.write(write, str(_child(task)).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    if task["after"]:
        time.sleep(task["after"])
        os.kill(pid, signal.SIGKILL)
    with os.fdopen(read) as answer:
        seen = answer.read()
    return {"code": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), "seen": int(seen or 0)}


class Runner:
    """The server, as a bench talks to it."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.kills"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.kill()
        self._server.communicate()

    def run(self, do: str, home: Path, **how: Any) -> tuple[int, int]:
        """Do some work in a child; return its exit code and, if it lived, how many places it passed."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        task = {
            "do": do,
            "home": str(home),
            "at": 0,
            "after": 0.0,
            "mutant": "",
            "seed": 0,
            "begun": 1,
            **how,
        }
        self._server.stdin.write(json.dumps(task) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        return int(answer["code"]), int(answer["seen"])


def kills(folder: Path, seed: int, count: int, *, mutant: str = "", stop_early: bool = False) -> Tally:
    """Kill so many shifts, each at one place or moment, most of them again while they recover, and look."""
    tally = Tally("kill", seed)
    chance = random.Random(seed)
    with Runner() as runner:
        begun = chance.choice((1, 2))
        plain = _told(runner, folder, seed, begun, mutant)
        while tally.tried < count and not (stop_early and tally.failures):
            home = fresh(folder, f"killed-{tally.tried}", judged=begun)
            said = folder / "said.jsonl"
            said.unlink(missing_ok=True)
            by_hand = chance.random() < 0.25
            at = 0 if by_hand else chance.randrange(1, plain.places + 1)
            how = {"after": chance.uniform(0.05, plain.seconds)} if by_hand else {"at": at}
            task = {"told": str(said), "seed": seed, "begun": begun, "mutant": mutant}
            code, _ = runner.run("shift", home, **task, **how)
            assert code in (0, DIED, -signal.SIGKILL), f"the shift itself ended with {code}"
            again = 0
            while chance.random() < 0.4 and again < 5:
                runner.run("recover", home, at=chance.randrange(1, 60), mutant=mutant)
                again += 1
                _age(home)
            lines = [json.loads(line) for line in said.read_text().splitlines()] if said.exists() else []
            with mutants.on("" if mutant == "told before it is done" else mutant):
                problem = _judged(home, lines, plain.shift)
            tally.add("by kill -9 from outside" if by_hand else "at a place")
            tally.add("killed again in recovery", again)
            tally.count(problem, f"seed {seed}, {how}")
            shutil.rmtree(home)
    return tally


class _Plain:
    """The same shift as it goes when nobody kills it."""

    def __init__(self, shift: Shift, places: int, seconds: float) -> None:
        self.shift, self.places, self.seconds = shift, places, seconds


def _told(runner: Runner, folder: Path, seed: int, begun: int, mutant: str) -> _Plain:
    home, said = fresh(folder, "lived", judged=begun), folder / "lived.jsonl"
    state = first_state(folder, begun)
    states = [dict(state)]
    began = time.perf_counter()
    quiet = "" if mutant == "told before it is done" else mutant
    code, places = runner.run("shift", home, told=str(said), seed=seed, begun=begun, mutant=quiet)
    assert code == 0, "the shift does not end by itself"
    for line in map(json.loads, said.read_text().splitlines()):
        if "state" in line:
            state |= {name: (to[0], to[1], to[2], to[3]) for name, to in line["state"].items()}
            states.append(dict(state))
    shutil.rmtree(home)
    return _Plain(Shift({}, [], states, set()), places, time.perf_counter() - began)


def _age(home: Path) -> None:
    """Make what lies half written look as old as it is when a person starts a desk again."""
    for folder in FOLDERS:
        for torn in (home / folder).glob(".*.tmp*"):
            os.utime(torn, (0, 0))


def _judged(home: Path, lines: list[dict[str, Any]], plain: Shift) -> str:
    image = {p.relative_to(home).as_posix(): p.read_bytes() for p in home.rglob("*") if p.is_file()}
    said: list[Any] = [("state", None) if "state" in line else ("file", line["file"]) for line in lines]
    mine = {s for kind, files in said if kind == "file" for _, s in files}
    there = found(image, home)
    names = {name for kind, files in said if kind == "file" for name, _ in files}
    known = mine | {s for name, s in there.seals if name not in names}
    return judged(there, said, Shift({}, [], plain.states, known))


def migrations(folder: Path, seed: int, count: int) -> Tally:
    """Kill the desk while it brings records of the first schema up to date; a copy was made before."""
    from db.migrate import REVISIONS, schema_version, upgrade_connection

    tally = Tally("migrate", seed)
    chance = random.Random(seed)
    start = folder / "first.db"
    if not start.exists():
        records = open_records(start, KEY)
        with records.write_engine.begin() as connection:
            upgrade_connection(connection, REVISIONS[0])
        records.close()
    with Runner() as runner:
        home = _older(folder, start, "lived")
        code, places = runner.run("migrate", home)
        assert code == 0
        for _ in range(count):
            home = _older(folder, start, "older")
            at = chance.randrange(1, places + 1)
            code, _seen = runner.run("migrate", home, at=at)
            assert code in (0, DIED)
            records = open_records(home / "desk.db", KEY)
            version = schema_version(records)
            records.close()
            copies = list((home / "backups").glob("desk-*.db"))
            wrong = "" if version in (REVISIONS[0], REVISIONS[-1]) else f"schema {version}"
            if version == REVISIONS[-1] and not copies:
                wrong = "migrated without a copy"
            if runner.run("migrate", home)[0] != 0:
                wrong = wrong or "does not start again"
            tally.count(wrong, f"seed {seed}, place {at}")
    return tally


def _older(folder: Path, start: Path, name: str) -> Path:
    home = folder / name
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    shutil.copyfile(start, home / "desk.db")
    return home


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_run(json.loads(line))), flush=True)
