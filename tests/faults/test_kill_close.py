"""A desk that dies in a labelled place of its day close has closed wholly or not at all, and closes once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from counter.desk import shifts
from counter.desk.rows import CASH_COUNTS, CLOSINGS, SHIFTS
from counter.desk.verify import verify
from tests.builders import CLERK
from tests.faults.clerk import let_a_minute_pass
from tests.faults.places import DIED, Runner, desk, some


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with Runner() as started:
        yield started


def stands(home: Path, died_at: str) -> str:
    """Hold what was left against the states there may be, and return the shift's."""
    with desk(home, 30) as ctx:
        with ctx.records.read() as session:
            conn = session.connection()
            states = conn.execute(sa.select(SHIFTS.c.state)).scalars().all()
            counts = conn.execute(sa.select(CASH_COUNTS.c.counted_fen)).scalars().all()
            closes = conn.execute(sa.select(CLOSINGS.c.serial, CLOSINGS.c.variance_fen)).all()
        assert len(states) == 1, died_at
        assert list(counts) == ([] if states[0] == "open" else [19900]), died_at
        assert [tuple(row) for row in closes] == ([(1, -100)] if states[0] == "closed" else []), died_at
        live = shifts.current(ctx, actor=CLERK).live
        assert (live is None) == (states[0] == "closed"), died_at
        report = verify(ctx, actor=CLERK)
        assert report.first_bad is None, (died_at, report.first_bad)
    return str(states[0])


def test_a_desk_that_dies_in_its_close_leaves_none_or_a_whole_one(runner: Runner, tmp_path: Path) -> None:
    closes_wholly_or_not_at_all(runner, tmp_path, lambda places: some(places, "after commit"))


@pytest.mark.long
def test_a_desk_that_dies_anywhere_in_its_close_leaves_none_or_a_whole_one(
    runner: Runner, tmp_path: Path
) -> None:
    closes_wholly_or_not_at_all(runner, tmp_path, lambda places: list(range(len(places))))


def closes_wholly_or_not_at_all(
    runner: Runner, tmp_path: Path, chosen: Callable[[list[str]], list[int]]
) -> None:
    """Let a desk die at each chosen place of its close, and hold what the next start finds."""
    home = tmp_path / "first"
    from counter.home import create_home

    create_home(home, demo=True)
    key = (home / "key").read_text().strip()
    from db.engine import open_records
    from tests.builders import office_at

    made = office_at(home, open_records(home / "desk.db", key))
    made.ctx.records.close()
    whole = Path(shutil.copytree(home, tmp_path / "whole"))
    code, places = runner.run(whole, "close")
    assert code == 0
    assert stands(whole, "nowhere") == "closed"
    assert [f.name[0] for f in (whole / "documents").iterdir()] == ["7"]
    seen = []
    for at in chosen(places):
        place = places[at]
        here = Path(shutil.copytree(home, tmp_path / f"dies-{at}"))
        assert runner.run(here, "close", at=at)[0] == DIED, place
        let_a_minute_pass(here)
        seen.append(stands(here, f"{at}: {place}"))
        assert runner.run(here, "close", minutes=25)[0] == 0, place  # the same keys: asked again, closed once
        assert stands(here, f"{at}: {place}, again") == "closed"
        assert len(list((here / "documents").glob("7*.pdf"))) == 1
        shutil.rmtree(here)
    order = {"open": 0, "counted": 1, "closed": 2}
    assert [order[state] for state in seen] == sorted(order[state] for state in seen)
    assert set(seen) == set(order)
