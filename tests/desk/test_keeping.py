"""Copies make themselves, go to a second place, and what fails stands on the home screen."""

from __future__ import annotations

import shutil
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from counter.desk import keeping
from counter.desk.context import BackupTries
from counter.desk.keeping import keep
from counter.desk.today import desk_view
from counter.errors import DeskError
from counter.rules.keeping import Keeping, copies
from db.engine import Records
from tests.builders import CLERK, Office, events, office, office_at

EVERY = Keeping(every=timedelta(minutes=15), kept=2, days=0)


def kept_by(made: Office, home: Path, plan: Keeping) -> Office:
    key = home / "key"
    key.write_text("5a" * 32 + "\n")
    key.chmod(0o600)
    return Office(replace(made.ctx, keeping=plan, demo=False), made.clock, made.people)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path / "home") as made:
        made.accepted("张三")
        yield kept_by(made, tmp_path / "home", EVERY)


@pytest.fixture
def stick(desk: Office, tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    object.__setattr__(desk.ctx, "keeping", replace(EVERY, second=folder))
    return folder


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


Usage = namedtuple("Usage", "total used free")


def usage(free: int) -> Any:
    return lambda _path: Usage(2**40, 0, free)


def test_a_copy_is_made_when_something_happened_and_not_again_until_more_did(desk: Office) -> None:
    first = keep(desk.ctx)
    assert (first.at, first.trouble) == (desk.clock.now(), "")
    desk.clock.tick(hours=2)
    assert keep(desk.ctx) == first
    assert len(names(desk.ctx.backups)) == 1
    desk.opened("李四")
    second = keep(desk.ctx)
    assert second.at == desk.clock.now()
    assert len(names(desk.ctx.backups)) == 2


def test_between_two_copies_the_set_time_passes(desk: Office) -> None:
    keep(desk.ctx)
    desk.opened("李四")
    desk.clock.tick(minutes=14)
    assert keep(desk.ctx).at != desk.clock.now()
    desk.clock.tick(minutes=1)
    assert keep(desk.ctx).at == desk.clock.now()


def test_at_the_end_of_a_day_it_does_not_wait(desk: Office) -> None:
    keep(desk.ctx)
    desk.opened("李四")
    desk.clock.tick(minutes=1)
    assert keep(desk.ctx, at_once=True).at == desk.clock.now()


def test_old_copies_go_and_what_is_not_ours_stays(desk: Office) -> None:
    keep(desk.ctx)
    mine = desk.ctx.backups / "mine.db"
    mine.write_text("mine")
    made = []
    for n in range(4):
        desk.clock.tick(minutes=20)
        desk.opened(f"李{'一二三四'[n]}")
        keep(desk.ctx)
        made.append(copies(names(desk.ctx.backups))[-1].name)
    assert names(desk.ctx.backups) == sorted([*made[-2:], "mine.db"])


def test_a_half_made_copy_of_a_process_that_died_is_swept(desk: Office) -> None:
    import os

    desk.ctx.backups.mkdir(exist_ok=True)
    torn = desk.ctx.backups / ".0011223344556677.tmp"
    young = desk.ctx.backups / ".8899aabbccddeeff.tmp"
    for path in (torn, young):
        path.write_text("half")
    os.utime(torn, (0, 0))
    keep(desk.ctx)
    assert not torn.exists()
    assert young.exists()


def test_every_copy_goes_to_the_second_place_closed_and_equal(desk: Office, stick: Path) -> None:
    keep(desk.ctx)
    (there,) = stick.iterdir()
    assert there.read_bytes() == (desk.ctx.backups / there.name).read_bytes()
    assert there.stat().st_mode & 0o777 == 0o600
    assert len(events(desk, "backup.carried")) == 1
    desk.clock.tick(minutes=20)
    keep(desk.ctx)
    assert len(events(desk, "backup.carried")) == 1


def test_a_second_place_that_is_gone_is_told_and_made_up_for(desk: Office, stick: Path) -> None:
    stick.rmdir()
    assert (keep(desk.ctx).trouble, keep(desk.ctx).reason) == ("second", "second-gone")
    assert len(names(desk.ctx.backups)) == 1
    assert not stick.exists(), "a folder made here would fill the very disk it is to guard"
    stick.mkdir()
    desk.clock.tick(minutes=6)
    assert keep(desk.ctx).trouble == ""
    assert names(stick) == names(desk.ctx.backups)


def test_a_stick_that_was_pulled_out_is_not_mistaken_for_its_mount_point(desk: Office, stick: Path) -> None:
    keep(desk.ctx)
    shutil.rmtree(stick)
    stick.mkdir()
    desk.clock.tick(minutes=20)
    desk.opened("李四")
    found = keep(desk.ctx)
    assert (found.trouble, found.reason) == ("second", "second-empty")
    assert names(stick) == []


def test_a_copy_that_came_over_damaged_does_not_get_its_name(
    desk: Office, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shutil.copyfileobj

    def torn(source: Any, target: Any, length: int = 0) -> None:
        whole(source, target, length)
        target.seek(5000)
        target.write(b"x")

    monkeypatch.setattr(shutil, "copyfileobj", torn)
    assert keep(desk.ctx).reason == "disk_fault"
    assert names(stick) == []


def test_a_full_disk_is_told_once_in_the_journal_and_stays_on_the_screen(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", usage(10 * 2**20))
    for _ in range(4):
        found = keep(desk.ctx)
        assert (found.trouble, found.reason) == ("failed", "disk_full")
        desk.clock.tick(minutes=6)
    assert len(events(desk, "backup.failed")) == 1
    view = desk_view(desk.ctx, actor=CLERK)
    assert (view.backup.trouble, view.disk_left) == ("failed", 10)
    object.__setattr__(desk.ctx.memory, "backups", BackupTries())  # another start
    assert desk_view(desk.ctx, actor=CLERK).backup.trouble == "failed"
    monkeypatch.setattr(shutil, "disk_usage", usage(2**40))
    assert keep(desk.ctx).trouble == ""
    view = desk_view(desk.ctx, actor=CLERK)
    assert (view.backup.trouble, view.disk_left) == ("", None)


@pytest.mark.parametrize("key", ["00" * 32, "none", ""])
def test_a_copy_that_the_key_on_disk_could_not_open_is_no_backup(desk: Office, key: str) -> None:
    if key:
        (desk.ctx.home / "key").write_text(key + "\n")
    else:
        (desk.ctx.home / "key").unlink()
    assert (keep(desk.ctx).trouble, keep(desk.ctx).reason) == ("failed", "key")
    assert not desk.ctx.backups.exists() or names(desk.ctx.backups) == []


def test_a_failed_try_deletes_nothing(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(desk.ctx)
    before = names(desk.ctx.backups)
    desk.opened("李四")
    desk.clock.tick(minutes=20)

    def fails(*_args: Any, **_named: Any) -> None:
        raise DeskError("records", reason="backup_bad")

    monkeypatch.setattr(keeping, "backup", fails)
    assert keep(desk.ctx).reason == "backup_bad"
    assert names(desk.ctx.backups) == before


def test_work_without_a_copy_is_told_as_too_old(desk: Office) -> None:
    keep(desk.ctx)
    desk.opened("李四")
    desk.clock.tick(minutes=30)
    assert desk_view(desk.ctx, actor=CLERK).backup.trouble == ""
    desk.clock.tick(minutes=1)
    assert desk_view(desk.ctx, actor=CLERK).backup.trouble == "old"


def test_a_demo_that_is_thrown_away_is_not_told_that_its_copy_is_too_old(desk: Office) -> None:
    desk.clock.tick(days=1)
    assert desk_view(desk.ctx, actor=CLERK).backup.trouble == "old"
    assert desk_view(replace(desk.ctx, demo=True), actor=CLERK).backup.trouble == ""


def test_a_weekend_without_work_is_not_too_old(desk: Office) -> None:
    keep(desk.ctx)
    desk.clock.tick(days=9)
    assert desk_view(desk.ctx, actor=CLERK).backup.trouble == ""


def test_a_server_is_backed_up_by_the_server_and_nothing_is_told(
    postgres_records: Records, tmp_path: Path
) -> None:
    made = office_at(tmp_path / "home", postgres_records)
    server = Office(replace(made.ctx, keeping=EVERY), made.clock)
    server.opened()
    server.clock.tick(days=2)
    assert keep(server.ctx).trouble == ""
    assert desk_view(server.ctx, actor=CLERK).backup.trouble == ""
