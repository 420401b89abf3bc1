"""A home is closed to others, made once, and only one made as a demo may choose its time."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from counter.clock import DemoClock, SystemClock
from counter.errors import DeskError
from counter.home import FOLDERS, create_home, home_path, open_home
from tests.builders import at_once

NINE = datetime(2024, 8, 12, 1, 5, tzinfo=UTC)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def refusal(path: Path) -> str:
    with pytest.raises(DeskError) as refused:
        open_home(path)
    return refused.value.code


def test_a_new_home_is_closed_to_others_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        home = create_home(tmp_path / "new" / "home", demo=True)
    finally:
        os.umask(before)
    assert {entry.name for entry in home.path.iterdir()} == {*FOLDERS, "key", "demo"}
    assert {mode(home.path), *(mode(home.path / name) for name in FOLDERS)} == {0o700}
    assert {mode(home.path / "key"), mode(home.path / "demo")} == {0o600}


def test_a_home_has_a_key_of_its_own(tmp_path: Path) -> None:
    one, two = create_home(tmp_path / "1"), create_home(tmp_path / "2")
    assert len(bytes.fromhex(one.key())) == 32
    assert one.key() != two.key()
    assert open_home(one.path).key() == one.key()


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    (home.path / "key").chmod(0o640)
    assert refusal(home.path) == "key-readable"


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, "0" * 63, "0" * 65])
def test_a_key_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    home = create_home(tmp_path / "home")
    (home.path / "key").write_text(text)
    assert refusal(home.path) == "key-invalid"


def test_records_without_their_key_are_told_from_a_home_that_is_not_there(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    home.database.touch()
    (home.path / "key").unlink()
    assert refusal(home.path) == "key-missing"
    with pytest.raises(DeskError, match="key-missing"):
        create_home(home.path)
    assert refusal(tmp_path / "nowhere") == "home-missing"


def test_a_home_is_not_made_twice_nor_among_other_things(tmp_path: Path) -> None:
    home = create_home(tmp_path / "home")
    key = home.key()
    with pytest.raises(DeskError, match="home-exists"):
        create_home(home.path)
    assert open_home(home.path).key() == key
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.doc").touch()
    with pytest.raises(DeskError, match="home-not-empty"):
        create_home(tmp_path / "full")


def test_an_interrupted_making_can_be_repeated(tmp_path: Path) -> None:
    half = tmp_path / "home"
    (half / "documents").mkdir(parents=True)
    (half / "demo").write_text("half")
    (half / "key.123").write_text("half")
    home = create_home(half)
    assert not home.demo
    assert mode(half) == 0o700


def test_of_several_starts_at_once_one_makes_the_home(tmp_path: Path) -> None:
    path = tmp_path / "home"
    results = at_once(lambda: create_home(path).key(), times=8)
    assert sorted(map(str, results), key=len)[:7] == ["home-exists"] * 7
    assert open_home(path).key() in results


def test_only_a_demo_home_chooses_its_time(tmp_path: Path) -> None:
    demo, real = create_home(tmp_path / "demo-home", demo=True), create_home(tmp_path / "real")
    assert isinstance(demo.clock(NINE), DemoClock)
    assert isinstance(demo.clock(None), SystemClock)
    assert isinstance(real.clock(None), SystemClock)
    with pytest.raises(DeskError, match="demo-time-refused"):
        real.clock(NINE)


def test_a_copied_mark_makes_no_demo(tmp_path: Path) -> None:
    demo, real = create_home(tmp_path / "demo-home", demo=True), create_home(tmp_path / "real")
    shutil.copy(demo.path / "demo", real.path / "demo")
    assert open_home(demo.path).demo
    assert not open_home(real.path).demo


def test_the_home_is_where_the_person_said_then_the_environment_then_the_platform(tmp_path: Path) -> None:
    said, stated = tmp_path / "said", tmp_path / "stated"
    assert home_path(said, {"COUNTER_HOME": str(stated)}) == said
    assert home_path(None, {"COUNTER_HOME": str(stated)}) == stated
    assert home_path(None, {}).name == "counter-desk"
