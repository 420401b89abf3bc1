"""Who asks on the command line: a person with a password, or the machine's account that sees nobody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import PASSWORD
from tests.cli.conftest import Run, asking, counter, init

NEW = "new-word-77"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A real home whose supervisor is `sun`."""
    place = tmp_path / "home"
    assert init(place).returncode == 0
    return place


def two(home: Path, *words: str, own: str = PASSWORD, new: str = NEW) -> object:
    """Run a command as `sun` that takes a new password besides; return its exit code and sentence."""
    said = counter(home, *words, "--as", "sun", "--password-stdin", given=f"{own}\n{new}\n")
    return said.returncode, said.stderr


def test_a_home_is_not_made_without_its_first_supervisors_password(tmp_path: Path) -> None:
    said = counter(tmp_path / "new", "init")
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "--password-stdin" in said.stderr
    said = counter(tmp_path / "new", "init", "--login", "sun", "--password-stdin", given="short\n")
    assert (said.returncode, "8 signs" in said.stderr) == (1, True)
    assert not (tmp_path / "new").exists()
    assert counter(tmp_path / "demo", "init", "--demo").returncode == 0


def test_what_shows_people_asks_who_wants_to_know(home: Path) -> None:
    for words in (("status", "x"), ("export", "today"), ("print", "1")):
        said = counter(home, *words)
        assert (said.returncode, "--as LOGIN" in said.stderr) == (1, True), words
    assert asking(home, "status", "nobody").returncode == 1
    wrong = counter(home, "status", "x", "--as", "sun", "--password-stdin", given="wrong-word\n")
    assert (wrong.returncode, "not right" in wrong.stderr) == (1, True)
    for line in ("verify", "backup", "staff list"):
        assert counter(home, *line.split()).returncode == 0, line


def test_five_wrong_passwords_lock_the_account_from_process_to_process(home: Path) -> None:
    said = [
        counter(home, "staff", "list", "--as", "sun", "--password-stdin", given="wrong-word\n").stderr
        for _try in range(5)
    ]
    said.append(asking(home, "staff", "list").stderr)
    assert ["locked for 15 minutes" in line for line in said] == [True] * 6
    listed = counter(home, "staff", "list", "--json")
    assert json.loads(listed.stdout)["staff"][0]["locked"] is True


def test_a_supervisor_looks_after_the_staff(home: Path) -> None:
    assert two(home, "staff", "add", "chen", "--name", "陈一", "--role", "clerk") == (0, "")
    assert two(home, "staff", "add", "chen", "--name", "陈二", "--role", "clerk")[0] == 1  # type: ignore[index]
    found = json.loads(counter(home, "staff", "list", "--json").stdout)["staff"]
    assert [(m["login"], m["name"], m["role"]) for m in found] == [
        ("sun", "孙一", "supervisor"),
        ("chen", "陈一", "clerk"),
    ]
    given = counter(home, "staff", "list", "--as", "chen", "--password-stdin", given=f"{NEW}\n")
    assert (given.returncode, "Somebody else set" in given.stderr) == (1, True)
    own = ("staff", "password", "chen", "--as", "chen", "--password-stdin")
    assert counter(home, *own, given=f"{NEW}\nmy-word-99\n").returncode == 0
    as_clerk = counter(home, "staff", "list", "--as", "chen", "--password-stdin", given="my-word-99\n")
    assert (as_clerk.returncode, "ask a supervisor" in as_clerk.stderr) == (1, True)
    assert two(home, "staff", "password", "chen", new="other-word-88") == (0, "")
    assert asking(home, "staff", "disable", "chen").returncode == 0
    gone = counter(home, "staff", "list", "--as", "chen", "--password-stdin", given="other-word-88\n")
    assert gone.returncode == 1


def test_the_machines_account_changes_nobodys_account(home: Path) -> None:
    for words in (("add", "li", "--role", "clerk"), ("disable", "sun"), ("password", "sun")):
        said = counter(home, "staff", *words, "--password-stdin", given=f"{NEW}\n")
        assert (said.returncode, "--as LOGIN" in said.stderr) == (1, True), words


def test_a_forgotten_password_has_a_way_back_that_everybody_sees(home: Path) -> None:
    said = counter(home, "staff", "rescue", "sun", "--password-stdin", given=f"{NEW}\n")
    assert (said.returncode, "journal" in said.stderr) == (0, True)
    assert two(home, "staff", "password", "sun", own=NEW, new="my-word-99") == (0, "")
    again = counter(home, "staff", "list", "--as", "sun", "--password-stdin", given="my-word-99\n")
    assert again.returncode == 0
    assert counter(home, "verify").returncode == 0


def test_no_password_is_taken_from_the_command_line_or_the_environment(home: Path) -> None:
    said = counter(home, "staff", "list", "--as", "sun", COUNTER_PASSWORD=PASSWORD)
    assert (said.returncode, "--password-stdin" in said.stderr) == (1, True)
    assert counter(home, "staff", "list", "--password", PASSWORD).returncode == 2


def test_a_demo_asks_nobody_for_a_password(run: Run) -> None:
    assert run("status", "单雄").returncode == 0
    listed = json.loads(run("staff", "list", "--json").stdout)["staff"]
    assert [m["login"] for m in listed] == ["gu", "demo"]
