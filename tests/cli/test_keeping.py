"""`backup`, `restore` and `paper emergency` as the office types them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Morning, Run


def test_a_drill_is_told_before_anything_is_done_and_then_done(run: Run, morning: Morning) -> None:
    copy = run("backup").stdout.strip()
    for path in morning.home.glob("desk.db*"):
        path.unlink()
    asked = run("restore", copy)
    assert asked.returncode == 1
    assert "records in the home: there are none" in asked.stdout
    assert "no number is known" in asked.stdout
    assert "--yes" in asked.stderr
    assert not (morning.home / "desk.db").exists()
    done = run("restore", copy, "--yes")
    assert done.returncode == 0, done.stderr
    assert "restored in" in done.stdout
    assert run("status", "单雄").returncode == 0
    assert run("verify").returncode == 0


def test_scripts_get_the_whole_report(run: Run, morning: Morning) -> None:
    copy = run("backup").stdout.strip()
    (morning.home / "desk.db").write_bytes(b"")
    told = json.loads(run("restore", copy, "--json").stdout)
    assert (told["restored"], told["old"], told["lost"]) == (False, "none", [])
    done = json.loads(run("restore", copy, "--yes", "--json", "--paper", morning.accepted).stdout)
    assert (done["restored"], done["papers"]) == (True, [])
    assert done["seconds"] < 120


def test_a_refusal_is_one_sentence(run: Run, morning: Morning) -> None:
    copy = run("backup").stdout.strip()
    for words in ((copy,), (str(morning.home / "config.toml"),), ("/nowhere/x.db",)):
        said = run("restore", *words, "--yes")
        assert said.returncode == 1
        assert len(said.stderr.strip().splitlines()) == 1, said.stderr


def test_emergency_papers_are_printed_beforehand_and_their_numbers_run_on(run: Run, tmp_path: Path) -> None:
    said = run("paper", "emergency", "--count", "2")
    assert (said.returncode, said.stderr) == (0, "")
    path, numbers = said.stdout.splitlines()
    assert Path(path).read_bytes().startswith(b"%PDF")
    assert numbers == "01-0001 to 01-0002"
    again = run("paper", "emergency", "--count", "1", "--to", str(tmp_path / "pad.pdf"))
    assert again.stdout.splitlines() == [str(tmp_path / "pad.pdf"), "01-0003 to 01-0003"]
    assert run("paper", "emergency", "--count", "0").returncode == 1
    assert run("paper", "emergency", "--count", "1", "--to", str(tmp_path / "pad.pdf")).returncode == 1
    assert run("verify").returncode == 0
