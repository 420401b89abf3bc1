"""A desk that dies in a labelled place of a decision, of its printing or of its recovery: nothing half, ever.

The places are the calls after which the world differs: COMMIT, open, fsync and rename. A child does the work
and ends with `os._exit` before or after its n-th such call, as by a power cut or a kill: no handler, no
`finally` and no buffer of Python's gets a turn. Then another process starts.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from counter.clock import FixedClock
from counter.desk import office, scan
from counter.desk.demo import CLERK as DEMO
from counter.desk.search_views import Calls
from counter.rules.finding import FindingKind
from counter.rules.status import Status
from tests.builders import CLERK, Office
from tests.faults.clerk import demo_home, everything, let_a_minute_pass, newcomers, proof
from tests.faults.places import BEGAN, DIED, Runner, desk, some


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


def undecided(folder: Path, *, clean: bool) -> Path:
    """Return a home in which one submission is judged and only the decision is missing."""
    folder.mkdir()
    home = demo_home(folder)
    online_id, _name = newcomers(home)[12]
    clock = FixedClock(BEGAN - timedelta(minutes=5))
    with closing((ctx := office.open_desk(home, clock=clock, desk=1)).records):
        clerk = Office(ctx, clock, clerk=DEMO)
        called = scan.resolve(ctx, online_id, actor=CLERK)
        assert isinstance(called, Calls)
        sub = clerk.tick_all(clerk.open(called.entry_id), *(() if clean else ("A3-03",)))
        if not clean:
            clerk.tick(sub, "A3-03", FindingKind.MISSING, reasons=("not_submitted",))
    return home


def copy(home: Path, to: Path) -> Path:
    """Return the same situation in a home of its own."""
    shutil.copytree(home, to)
    return to


def files_of(home: Path) -> dict[str, str]:
    """Return every file in `documents/` with what is in it."""
    folder = home / "documents"
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in folder.iterdir()}


def stands(home: Path, wanted: Status, died_at: str) -> bool:
    """Hold what was left against the only two states there may be; return whether the decision stands."""
    with desk(home, 30) as ctx:
        (view,) = everything(ctx).values()
        assert view.status in (Status.OPEN, wanted), died_at
        decided = view.status is wanted
        files = files_of(home)
        assert len(view.papers) == (0, 4 if wanted is Status.ACCEPTED else 1)[decided], died_at
        assert sorted(files) == sorted(file for paper in view.papers for file in paper.files), died_at
        assert len(files) == len(view.papers), died_at
        assert all(p.prints == 1 and not p.waiting and not p.failed for p in view.papers), died_at
        with ctx.records.read() as session:
            told = session.connection().exec_driver_sql(
                "SELECT count(*) FROM journal WHERE kind = 'paper.printed'"
            )
            assert told.scalar_one() == len(view.papers), died_at
        proof(ctx)
    return decided


@pytest.mark.parametrize("wanted", [Status.ACCEPTED, Status.CORRECTION])
def test_a_desk_that_dies_in_a_decision_has_decided_wholly_or_not_at_all(
    wanted: Status, runner: Runner, tmp_path: Path
) -> None:
    decides_wholly_or_not_at_all(wanted, runner, tmp_path, lambda places: some(places, "after commit"))


@pytest.mark.long
@pytest.mark.parametrize("wanted", [Status.ACCEPTED, Status.CORRECTION])
def test_a_desk_that_dies_anywhere_in_a_decision_has_decided_wholly_or_not_at_all(
    wanted: Status, runner: Runner, tmp_path: Path
) -> None:
    decides_wholly_or_not_at_all(wanted, runner, tmp_path, lambda places: list(range(len(places))))


def decides_wholly_or_not_at_all(
    wanted: Status, runner: Runner, tmp_path: Path, chosen: Callable[[list[str]], list[int]]
) -> None:
    """Let a desk die at each chosen place of a decision, and hold what the next start finds."""
    home = undecided(tmp_path / "first", clean=wanted is Status.ACCEPTED)
    whole = copy(home, tmp_path / "whole")
    code, places = runner.run(whole, "decide")
    assert code == 0
    assert places.count("after replace") == (4 if wanted is Status.ACCEPTED else 1)
    assert stands(whole, wanted, "nowhere")
    decided = {}
    for at in chosen(places):
        place = places[at]
        here = copy(home, tmp_path / f"dies-{at}")
        assert runner.run(here, "decide", at=at)[0] == DIED, place
        let_a_minute_pass(here)
        assert runner.run(here, "recover", minutes=20)[0] == 0, place
        decided[at] = stands(here, wanted, f"{at}: {place}")
        if not decided[at]:  # asked again, it is decided once
            assert runner.run(here, "decide", minutes=25)[0] == 0, place
            assert stands(here, wanted, f"{at}: {place}, again")
        shutil.rmtree(here)
    committed = places.index("after commit")
    assert decided == {at: at >= committed for at in decided}
    assert set(decided.values()) == {True, False}


def test_a_recovery_that_dies_five_times_running_ends_where_one_that_lived_ends(
    runner: Runner, tmp_path: Path
) -> None:
    chance = random.Random(20240812)
    home = undecided(tmp_path / "first", clean=True)
    _code, places = runner.run(copy(home, tmp_path / "whole"), "decide")
    assert runner.run(home, "decide", at=places.index("after commit"))[0] == DIED
    (home / "documents" / ".12401000000123.pdf.0a1b2c.tmp").write_bytes(b"%PDF-1.7 torn")
    let_a_minute_pass(home)
    lived = copy(home, tmp_path / "lived")
    code, places = runner.run(lived, "recover", minutes=20)
    assert code == 0
    assert stands(lived, Status.ACCEPTED, "lived")
    for run in range(2):
        here = copy(home, tmp_path / f"run-{run}")
        for _again in range(5):
            code, _seen = runner.run(here, "recover", at=chance.randrange(len(places)), minutes=20)
            assert code in (0, DIED)
            let_a_minute_pass(here)
        assert runner.run(here, "recover", minutes=25)[0] == 0
        assert stands(here, Status.ACCEPTED, f"run {run}")
        assert files_of(here) == files_of(lived)


def test_papers_that_have_gone_missing_are_made_again_byte_for_byte(runner: Runner, tmp_path: Path) -> None:
    home = undecided(tmp_path / "first", clean=True)
    assert runner.run(home, "decide")[0] == 0
    before = files_of(home)
    assert len(before) == 4
    for file in (home / "documents").iterdir():
        file.unlink()
    assert runner.run(home, "recover", minutes=10)[0] == 0
    assert files_of(home) == before
