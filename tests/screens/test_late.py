"""补录 on the screen: a paper, then the person as always; the mark stays on what was entered so."""

from __future__ import annotations

from datetime import date

import pytest

from counter.desk import sign_in
from counter.desk.today import desk_view
from counter.screens.late import moment_of
from tests.builders import CLERK, PASSWORD, Office, pad, shanghai
from tests.screens.driven import SMALL, app_on, press, scan, settled, text


@pytest.mark.parametrize(
    ("day", "clock", "at"),
    [
        ("08-12", "10:20", "2024-08-12T10:20"),
        ("8-2", "9:05", "2024-08-02T09:05"),
        ("2023-08-12", "10：20", "2023-08-12T10:20"),
        ("12-31", "10:20", "2023-12-31T10:20"),
        ("08-12", "25:00", None),
        ("02-30", "10:00", None),
        ("", "10:00", None),
        ("08-12", "", None),
    ],
)
def test_day_and_time_are_read_as_the_office_writes_them(day: str, clock: str, at: str | None) -> None:
    assert moment_of(day, clock, date(2024, 8, 12)) == (shanghai(at) if at else None)


def back_up(desk: Office) -> None:
    """The desk was down since nine and is up again at half past noon."""
    desk.clock.tick(hours=3, minutes=25)
    sign_in.sign_in(desk.ctx, login="zhoumin", password=PASSWORD)


async def test_an_emergency_paper_is_entered_at_noon_and_told_apart(desk: Office) -> None:
    desk.person("张三")
    desk.person("李四")
    pad(desk)
    back_up(desk)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+o")
        assert "补录" in text(app)
        assert "01-0031" in text(app)
        await press(pilot, "tab", "tab", *"10:20", "f9")
        assert "补录 01-0031：扫描或键入来人" in text(app)
        await scan(pilot, "LYGGX20240000000001")
        assert "补录 01-0031" in text(app)
        await press(pilot, "escape")
        assert "补录 01-0031：" not in text(app)
        assert "补录" in text(app)
        await press(pilot, "ctrl+o")
        assert "01-0032" in text(app)
        await press(pilot, "escape")
    (row,) = desk_view(desk.ctx, actor=CLERK).rows
    assert (row.name, row.late) == ("张三", True)


async def test_a_paper_that_is_passed_over_is_asked_for_once(desk: Office) -> None:
    desk.person("张三")
    desk.person("李四")
    pad(desk)
    back_up(desk)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+o", "tab", "tab", *"10:20", "f9")
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "escape", "ctrl+o", "backspace", *"3", "tab", "tab", *"10:40", "f9")
        await scan(pilot, "LYGGX20240000000002")
        assert "先补录应急单 01-0032" in text(app).replace("\n", "").replace("  ", "")
        await press(pilot, "f9")
        await scan(pilot, "LYGGX20240000000002")
        await press(pilot, "escape")
    assert [row.late for row in desk_view(desk.ctx, actor=CLERK).rows] == [True, True]


async def test_a_time_at_which_somebody_sat_here_is_a_supervisors_to_allow(desk: Office) -> None:
    desk.person("张三")
    pad(desk)
    desk.clock.tick(minutes=30)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+o", "tab", "tab", *"09:20", "f9")
        await scan(pilot, "LYGGX20240000000001")
        assert "09:20 本台有人在岗" in text(app)
        await press(pilot, "f8", *"sun", "tab", *PASSWORD, "f2", "f9")
        assert "补录 01-0031" in text(app)
        await press(pilot, "escape")
    (row,) = desk_view(desk.ctx, actor=CLERK).rows
    assert (row.name, row.late) == ("张三", True)


async def test_escape_ends_it_and_nobody_is_entered(desk: Office) -> None:
    desk.person("张三")
    pad(desk)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+o", "tab", "tab", *"09:01", "f9", "escape")
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "escape")
    (row,) = desk_view(desk.ctx, actor=CLERK).rows
    assert not row.late
