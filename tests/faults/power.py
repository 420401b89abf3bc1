"""A clerk's work under the recorder, and what every image of it has to hold.

The oracle is what the clerk was told: after each act the state of all submissions as the desk's answers gave
it, and of each file its name and seal. A restart may find that state or the next one, and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from counter.desk import papers, submissions
from counter.desk.closing import closings
from counter.desk.verify import verify
from counter.desk.views import SubmissionId
from db.backup import integrity
from db.engine import Records, open_records
from tests.builders import CLERK, Office, office_at
from tests.faults.images import FOLDERS, MODES, Disk, Recorder, lay_out
from tests.faults.shiftwork import AT, KEY, State, Told, Work, as_told, fresh, seal, template
from tests.faults.tally import Tally

SHM: Final = Path("/dev/shm")


@dataclass
class Shift:
    """A recorded piece of work: where the home began, the log, and every state and file there ever was."""

    start: dict[str, bytes]
    log: list[tuple[Any, ...]]
    states: list[State]
    seals: set[str]
    """Of every file that was ever handed over."""


def record(folder: Path, seed: int) -> Shift:
    """Let a clerk work on a home of its own under the recorder, in an order drawn from the seed."""
    chance = random.Random(seed)
    begun = chance.choice((0, 2, 3))
    home = fresh(folder, f"work-{seed}", judged=begun)
    recorder = Recorder(home)
    work = Work(chance, begun=list(range(1, begun + 1)), next_entry=begun + 1)
    state = first_state(folder, begun)
    states = [dict(state)]
    with recorder.recording():
        for turn in range(begun or 2):
            clerk = office_at(home, at=AT)
            clerk.clock.tick(minutes=turn * 40)
            with closing(clerk.ctx.records):
                for told in answers(clerk, work):
                    if told.into(state):
                        states.append(dict(state))
                        recorder.say(("state", None))
                    files = [(p.relative_to(home).as_posix(), seal(p.read_bytes())) for p in told.files]
                    recorder.say(("file", files))
    says = [e[1] for e in recorder.log if e[0] == "say"]
    seals = {s for kind, handed in says if kind == "file" for _, s in handed}
    shutil.rmtree(home)
    return Shift(template(folder, judged=begun), recorder.log, states, seals)


def answers(clerk: Office, work: Work, before: Callable[[], None] | None = None) -> Iterator[Told]:
    """Carry out the acts of one visit and give what each answered; `before` is called ahead of each."""
    acts = work.visit(lambda n: submissions.view(clerk.ctx, SubmissionId(n), actor=CLERK))
    act = next(acts)
    while True:
        if before is not None:
            before()
        told = act(clerk)
        clerk.clock.tick(seconds=20)
        yield told
        try:
            act = acts.send(told)
        except StopIteration:
            return


def first_state(folder: Path, begun: int) -> State:
    """Return the state of a template, as a clerk would read it off the screen."""
    home = fresh(folder, "looked-at", judged=begun)
    clerk = office_at(home, at=AT)
    with closing(clerk.ctx.records):
        subs = [submissions.view(clerk.ctx, SubmissionId(n), actor=CLERK) for n in range(1, begun + 1)]
    shutil.rmtree(home)
    return {sub.serial: as_told(sub) for sub in subs}


@dataclass(frozen=True)
class Found:
    """What a restart made of an image."""

    problem: str = ""
    state: tuple[tuple[str, tuple[str, int, str, int]], ...] = ()
    seals: tuple[tuple[str, str], ...] = ()
    """Every file after the recovery, with its seal."""


_known: dict[tuple[str, tuple[tuple[str, str], ...]], Found] = {}
"""Records and files that were recovered and proved before: the same rows and files come out the same."""


_opened: dict[Path, Records] = {}


def _reopened(path: Path) -> tuple[Records, tuple[str, ...]]:
    """Open a file as it was found and look for damage, then as often as need be.

    Closing folds the WAL in, so the damage is looked for before. What is given back keeps the statements that
    were compiled for an earlier file in its place.
    """
    records = open_records(path, KEY)
    try:
        problems = integrity(records).problems
    finally:
        if path in _opened:
            records.close()
    return _opened.setdefault(path, records), problems


def found(image: dict[str, bytes], home: Path) -> Found:
    """Start the desk on an image and let it recover."""
    lay_out(image, home)
    try:
        records, problems = _reopened(home / "desk.db")
    except Exception as error:  # whatever it is, the desk does not start
        return Found(f"does not start: {error!r}")
    with closing(records):
        try:
            if problems:
                return Found(f"damaged: {problems[0]}")
            what = (_rows(records), tuple(_files(home).items()))
            if what not in _known:
                _known[what] = _recovered(records, home)
            return _known[what]
        except Exception as error:  # a desk that cannot answer has lost its records
            return Found(f"fails: {error!r}")


def _rows(records: Records) -> str:
    """Return a seal of all rows of all tables."""
    digest = hashlib.sha256()
    with records.read() as session:
        conn = session.connection()
        names = conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (name,) in names.all():
            digest.update(repr((name, conn.exec_driver_sql(f"SELECT * FROM {name}").all())).encode())
    return digest.hexdigest()


def _files(home: Path) -> dict[str, str]:
    paths = sorted(p for f in FOLDERS for p in (home / f).iterdir())
    return {p.relative_to(home).as_posix(): seal(p.read_bytes()) for p in paths}


def _recovered(records: Records, home: Path) -> Found:
    clerk = office_at(home, records, shift=False)
    clerk.clock.tick(hours=2)
    ctx = clerk.ctx
    with records.read() as session:
        conn = session.connection()
        rows = conn.exec_driver_sql("SELECT id, serial FROM submission ORDER BY serial").all()
        events = [n for (n,) in conn.exec_driver_sql("SELECT seq FROM journal ORDER BY seq")]
    if [serial for _, serial in rows] != list(range(1, len(rows) + 1)):
        return Found(f"serials {[serial for _, serial in rows]}")
    if events != list(range(1, len(events) + 1)):
        return Found("a hole in the journal")
    views = [submissions.view(ctx, row.id, actor=CLERK) for row in rows]
    closed = [(f"closing {c.display}", ("closed", 0, "", 0)) for c in closings(ctx, actor=CLERK)]
    state = tuple(sorted([*((view.serial, as_told(view)) for view in views), *closed]))
    if (drained := papers.drain(ctx, check_files=True)).failed or drained.waiting:
        return Found(f"cannot print: {drained}")
    seals = _files(home)
    if torn := [name for name in seals if not _in_order(home / name)]:
        return Found(f"torn: {torn}")
    report = verify(ctx, actor=CLERK)
    return Found("" if report.ok else f"proof: {report.first_bad}", state, tuple(seals.items()))


def judged(found: Found, said: list[Any], shift: Shift) -> str:
    """Hold what was found against what was told; return what is lost or torn, empty when nothing is."""
    if found.problem:
        return found.problem
    done = sum(kind == "state" for kind, _ in said)
    if dict(found.state) not in shift.states[done : done + 2]:
        return f"lost: {found.state} is not what was told"
    seals = dict(found.seals)
    handed = {name for kind, files in said if kind == "file" for name, _ in files}
    if gone := handed - set(seals):
        return f"gone: {sorted(gone)}"
    mine = {name for name in seals if name in handed or name.startswith("documents/")}
    changed = [name for name in mine if seals[name] not in shift.seals]
    return f"changed: {changed}" if changed else ""


def _in_order(path: Path) -> bool:
    """Tell whether a file nobody was told of yet is whole: made, named and synced before the power went."""
    if path.suffix == ".pdf":
        return path.read_bytes().rstrip().endswith(b"%%EOF")
    if path.suffix == ".xlsx":
        import zipfile

        try:
            return zipfile.ZipFile(path).testzip() is None
        except (zipfile.BadZipFile, OSError):
            return False
    if path.suffix != ".db":
        return path.parent.name == "backups"  # what was not finished; it goes with the next copy
    records = open_records(path, KEY)
    with closing(records):
        return integrity(records).ok


def _is_at(name: str, where: str) -> bool:
    """Tell whether a file is the one that is meant, or in the folder that is; any is without a place."""
    return not where or name == where or (where.endswith("/") and name.startswith(where))


def images(folder: Path, seed: int, count: int, *, where: str = "", stop_early: bool = False) -> Tally:
    """Look at so many images of one recorded piece of work, at moments and in ways drawn from the seed.

    `where` keeps to the moments after something happened to that file, or in that folder.
    """
    tally = Tally("power", seed)
    shift = record(folder, seed)
    chance = random.Random(seed + 1)
    steps = [n for n, (what, *on) in enumerate(shift.log, 1) if what != "say" and _is_at(str(on[0]), where)]
    moments = sorted(chance.choices(steps, k=count)) if steps else []
    disk, at = Disk(shift.start), 0
    place = SHM if SHM.is_dir() else folder
    for moment in moments:
        while at < moment:
            disk.take(shift.log[at])
            at += 1
        mode = chance.choice(MODES if disk.unsure else ("all",))
        home = place / f"image-{os.getpid()}"
        shutil.rmtree(home, ignore_errors=True)
        image = disk.image(mode, chance)
        tally.count(judged(found(image, home), disk.said, shift), f"seed {seed}, step {moment}, {mode}")
        if stop_early and tally.failures:
            break
    shutil.rmtree(place / f"image-{os.getpid()}", ignore_errors=True)
    return tally
