"""The home screen says in words when no backup was made, within a minute, and takes it back by itself."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from counter.rules.keeping import Keeping, copies
from tests.builders import Office
from tests.screens.driven import LARGE, SMALL, app_on, settled, text


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_failed_backup_is_red_within_a_minute_and_goes_when_one_succeeds(
    desk: Office, size: tuple[int, int]
) -> None:
    desk.accepted("张三")
    key = desk.ctx.home / "key"
    key.write_text("00" * 32 + "\n")
    key.chmod(0o600)
    app = app_on(replace(desk.ctx, keeping=Keeping(every=timedelta(minutes=15))))
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause(1.2)
        await settled(pilot)
        assert "没有备份成" not in text(app)
        desk.clock.tick(minutes=1)
        await pilot.pause(1.3)
        await settled(pilot)
        assert "没有备份成：密钥文件与数据对不上" in text(app)
        assert ("没备成" in text(app)) == (size == LARGE)
        key.write_text("5a" * 32 + "\n")
        desk.clock.tick(minutes=6)
        await pilot.pause(1.3)
        await settled(pilot)
        assert "没有备份成" not in text(app)
    assert len(copies(p.name for p in desk.ctx.backups.iterdir())) == 1


async def test_a_disk_that_is_nearly_full_is_told(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(desk.ctx.home)._replace(free=150 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        assert "磁盘只剩 150 MiB" in text(app)


async def test_the_day_is_read_again_when_it_changes_at_midnight(desk: Office) -> None:
    desk.accepted("张三")
    desk.clock.at = desk.clock.at.replace(hour=23, minute=59)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await pilot.pause(1.2)
        await settled(pilot)
        assert "今日 1 件" in text(app)
        desk.clock.tick(minutes=2)
        await pilot.pause(1.3)
        await settled(pilot)
        assert "今日 0 件" in text(app)
