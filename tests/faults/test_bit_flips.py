"""One bit of the records turned around, anywhere: found, and nothing that it touched is ever shown.

200 places in a plain run, 2,000 with `--long`; the places come from a seed.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from counter.clock import FixedClock
from counter.desk.home_views import DeskView
from counter.desk.office import open_desk
from counter.desk.today import desk_view
from counter.errors import DeskError
from db.restore import look
from tests.builders import CLERK, shanghai
from tests.keeping import at_work, work

SEED = 20240812


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("flips") / "home"
    with at_work(made) as desk:
        work(desk, "一二三")
    return made


def shown(home: Path) -> DeskView | None:
    """Return what the home screen would show, None where the desk refuses."""
    try:
        ctx = open_desk(home, clock=FixedClock(shanghai("2024-08-12T10:00")))
    except DeskError:
        return None
    try:
        return desk_view(ctx, actor=CLERK)
    except DeskError:
        return None
    finally:
        ctx.records.close()


def tried(home: Path, count: int, seed: int) -> None:
    path, key = home / "desk.db", (home / "key").read_text().strip()
    whole, right = path.read_bytes(), shown(home)
    assert right is not None
    whole = path.read_bytes()
    chance = random.Random(seed)
    missed, wrong = [], []
    for _ in range(count):
        at, bit = chance.randrange(len(whole)), chance.randrange(8)
        raw = bytearray(whole)
        raw[at] ^= 1 << bit
        for beside in home.glob("desk.db-*"):
            beside.unlink()
        path.write_bytes(raw)
        if look(path, key).whole:
            missed.append((at, bit))
        path.write_bytes(raw)
        if (view := shown(home)) is not None and view.rows != right.rows:
            wrong.append((at, bit))
    path.write_bytes(whole)
    assert (missed, wrong) == ([], [])


def test_every_turned_bit_is_found_and_none_is_shown(home: Path) -> None:
    tried(home, 200, SEED)


@pytest.mark.long
def test_two_thousand_turned_bits(home: Path) -> None:
    tried(home, 2000, SEED + 1)
