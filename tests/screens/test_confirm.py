"""What stands in red is confirmed on the home screen, with a supervisor's password typed beside the clerk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from counter.clock import FixedClock
from counter.desk.office import ready
from counter.desk.today import desk_view
from db.engine import open_records
from tests.builders import CHEAP, CLERK, Office, enlist, shanghai
from tests.screens.driven import SMALL, app_on, press, scan, settled, text
from tests.screens.test_people import approve


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Office]:
    """A desk of a real office: in a demo time is chosen, and nothing is watched."""
    home = tmp_path / "home"
    home.mkdir()
    clock = FixedClock(shanghai("2024-08-12T10:05"))
    records = open_records(home / "desk.db", "5a" * 32)
    ctx = replace(ready(records, home=home, clock=clock), cost=CHEAP)
    enlist(ctx)
    yield Office(ctx, clock)
    records.close()


async def test_a_clock_that_went_back_stops_the_next_person_until_a_supervisor_confirms(real: Office) -> None:
    real.person("张三")
    real.opened("李四")
    app = app_on(real.ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await pilot.pause(1.2)
        await settled(pilot)
        real.clock.at -= timedelta(minutes=30)
        await pilot.pause(1.3)
        await settled(pilot)
        assert "时钟倒退：现在 08-12 09:35，上一笔 08-12 10:05" in text(app)
        await scan(pilot, "LYGGX20240000000001")
        assert "时钟倒退" in text(app)
        await press(pilot, "f9")
        real.clock.at += timedelta(minutes=30)
        await press(pilot, "ctrl+g")
        await approve(pilot)
        assert "已确认" in text(app)
        assert "时钟倒退" not in text(app)
        await scan(pilot, "LYGGX20240000000001")
        assert "张三" in text(app)
        await press(pilot, "escape")
    assert desk_view(real.ctx, actor=CLERK).clock is None


async def test_where_nothing_stands_in_red_there_is_nothing_to_confirm(real: Office) -> None:
    app = app_on(real.ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+g")
        assert "特批" not in text(app)
