"""The same commands on records that lie on a PostgreSQL server, chosen by the database URL alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import pg
from tests.cli.conftest import asking, counter, init
from tests.cli.test_commands import person, roster


@pytest.fixture
def url() -> Iterator[str]:
    made = pg.server().database()
    yield made
    pg.server().drop(made)


def test_a_home_on_a_server_is_made_filled_and_proved(tmp_path: Path, url: str) -> None:
    home = tmp_path / "home"
    assert init(home, COUNTER_DATABASE_URL=url).stderr == ""
    assert not (home / "desk.db").exists()
    file = roster(tmp_path / "r.csv", person(1, "赵一"), person(2, "钱二"))
    said = counter(home, "roster", "import", str(file), "--yes", "--json", COUNTER_DATABASE_URL=url)
    assert json.loads(said.stdout)["new"] == 2
    assert asking(home, "status", "赵一", COUNTER_DATABASE_URL=url).returncode == 0
    assert counter(home, "verify", COUNTER_DATABASE_URL=url).returncode == 0
    backup = counter(home, "backup", COUNTER_DATABASE_URL=url)
    assert (backup.returncode, "server" in backup.stderr) == (1, True)


def test_a_server_that_does_not_answer_is_told_without_its_address(tmp_path: Path) -> None:
    said = init(tmp_path / "home", COUNTER_DATABASE_URL="postgresql://u:secret@127.0.0.1:9/desk")
    assert said.returncode == 1
    assert "does not answer" in said.stderr
    assert "secret" not in said.stdout + said.stderr
    assert init(tmp_path / "home").returncode == 0
