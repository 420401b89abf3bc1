"""The self-check finds each thing that would spoil a morning, and changes nothing by looking."""

from __future__ import annotations

import shutil
from collections import namedtuple
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from counter.circular.loader import shipped_source
from counter.clock import FixedClock
from counter.desk import office as opening
from counter.desk.backup import backup
from counter.desk.context import DeskContext
from counter.desk.doctor import Check, Health, doctor
from counter.word_lists import CHECKS
from counter.words import check_sentence
from tests.builders import CLERK, SUPERVISOR, shanghai

NOW = shanghai("2024-08-12T09:05")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home with a backup of this morning."""
    home = tmp_path_factory.mktemp("doctor") / "home"
    opening.first_run(home, clock=FixedClock(NOW))
    ctx = opening.open_desk(home, clock=FixedClock(NOW))
    backup(ctx, actor=CLERK, key=uuid4())
    ctx.records.close()
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "home"))


def look(home: Path, at: datetime = NOW, **environment: str) -> dict[str, Check]:
    checks = doctor(home, clock=FixedClock(at), environment=environment)
    assert len({check.code for check in checks}) == len(checks)
    for check in checks:
        assert check.say in CHECKS
        assert "{" not in check_sentence(check.say, check.facts)
        assert "—" not in check_sentence(check.say, check.facts)
    return {check.code: check for check in checks}


def opened(home: Path) -> DeskContext:
    return opening.open_desk(home, clock=FixedClock(NOW))


def test_a_home_in_order_is_in_order(home: Path) -> None:
    found = look(home)
    assert {check.health for check in found.values()} == {Health.OK}
    assert found.keys() == {
        "driver", "catalogue", "fonts", "disk", "home", "key", "config", "calendar",
        "records", "circular", "clock", "prints", "backup",
    }  # fmt: skip


def test_looking_changes_nothing(home: Path) -> None:
    before = (home / "desk.db").read_bytes()
    names = {p.name for p in home.rglob("*")}
    look(home)
    assert (home / "desk.db").read_bytes() == before
    assert {p.name for p in home.rglob("*")} == names


def test_a_home_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    found = look(tmp_path / "none")
    assert found["home"].say == "home-missing"
    assert found["driver"].health is Health.OK
    assert not (tmp_path / "none").exists()


def test_an_open_home_is_told(home: Path) -> None:
    (home / "documents").chmod(0o755)
    assert (look(home)["home"].say, look(home)["home"].health) == ("home-open", Health.WARN)


@pytest.mark.parametrize(
    ("change", "say"), [("chmod", "key-readable"), ("text", "key-invalid"), ("gone", "key-missing")]
)
def test_a_key_that_cannot_be_used_is_told(home: Path, change: str, say: str) -> None:
    key = home / "key"
    if change == "chmod":
        key.chmod(0o644)
    elif change == "text":
        key.write_text("none")
    else:
        key.unlink()
    found = look(home)
    assert (found["key"].say, found["key"].health) == (say, Health.BAD)
    assert "records" not in found


def test_another_homes_key_is_told(home: Path) -> None:
    (home / "key").write_text("00" * 32 + "\n")
    assert look(home)["records"].facts == {"reason": "wrong_key"}


def test_missing_records_are_told_and_not_made(home: Path) -> None:
    (home / "desk.db").unlink()
    assert look(home)["records"].say == "records-missing"
    assert not (home / "desk.db").exists()


def test_a_wrong_setting_is_told_with_its_line(home: Path) -> None:
    (home / "config.toml").write_text("sound = true\ncolour = 1\n")
    found = look(home)["config"]
    assert (found.say, found.facts["line"]) == ("config-unknown-key", 2)


def test_a_year_whose_holidays_nobody_knows_is_told(home: Path) -> None:
    found = look(home, shanghai("2031-03-03T09:05"))
    assert (found["calendar"].say, found["calendar"].health) == ("calendar-unknown", Health.WARN)
    assert found["circular"].say == "circular-over"


def test_a_clock_that_went_back_is_told(home: Path) -> None:
    assert look(home, shanghai("2024-08-12T09:04"))["clock"].health is Health.OK
    assert look(home, shanghai("2024-08-12T08:04"))["clock"].say == "clock-back"


def test_a_backup_that_was_missed_is_told(home: Path) -> None:
    assert look(home, shanghai("2024-08-13T11:00"))["backup"].say == "backup"
    assert look(home, shanghai("2024-08-13T11:06"))["backup"].say == "backup-old"


def test_that_there_is_no_backup_yet_is_told(tmp_path: Path) -> None:
    opening.first_run(tmp_path / "new", clock=FixedClock(NOW))
    assert look(tmp_path / "new")["backup"].say == "backup-none"


def test_a_full_disk_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    for free, say in ((200 * 2**20, "disk"), (200 * 2**20 - 1, "disk-full")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, free=free: usage(2**40, 0, free))
        assert look(home)["disk"].say == say


@pytest.mark.parametrize("version", [1, 2])
def test_a_circular_that_cannot_be_read_is_told_also_an_older_one(
    home: Path, tmp_path: Path, version: int
) -> None:
    (tmp_path / "next.toml").write_bytes(shipped_source() + b"# \n")
    ctx = opened(home)
    opening.adopt_circular(ctx, file=tmp_path / "next.toml", actor=SUPERVISOR)
    assert look(home)["circular"].health is Health.OK
    with ctx.records.write() as session:
        run = session.connection().exec_driver_sql
        run("DROP TRIGGER circular_version_no_update")
        run(f"UPDATE circular_version SET toml = 'x = [' WHERE id = {version}")
    ctx.records.close()
    found = look(home)["circular"]
    assert (found.health, found.say) == (Health.BAD, "circular-broken")


def test_a_stuck_paper_is_told(home: Path) -> None:
    ctx = opened(home)
    with ctx.records.write() as session:
        run = session.connection().exec_driver_sql
        run(
            "INSERT INTO paper (kind, number, display, template, data, copies, issued_at, issued_by)"
            " VALUES (1, '12401000000123', '', 'receipt-1', '{}', 1, '2024-08-12 01:05:00.000000', 'zhou')"
        )
        run(
            "INSERT INTO outbox (paper_id, copy_no, state, file_name, sha256, size, attempts, error,"
            " queued_at, requested_by) VALUES (1, 0, 'failed', 'x.pdf', '', 0, 5, 'typeset',"
            " '2024-08-12 01:05:00.000000', 'zhou')"
        )
    ctx.records.close()
    found = look(home)["prints"]
    assert (found.say, found.facts) == ("prints-failed", {"count": 1})


def test_fonts_that_are_gone_are_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from receipts import render
    from receipts.errors import PaperError

    def broken() -> None:
        raise PaperError("typeset", message="no font")

    monkeypatch.setattr(render, "warm", broken)
    assert look(home)["fonts"].facts == {"problem": "typeset"}


def test_english_needs_no_catalogue(home: Path) -> None:
    assert look(home, COUNTER_LANG="en")["catalogue"].facts == {"language": "en"}
