"""A scanner is a very fast keyboard: whatever it sends, nothing on the screen may take it for typing."""

from __future__ import annotations

import asyncio
import time

import pytest

from counter.desk import submissions, today
from counter.desk.context import DeskContext
from counter.desk.views import SubmissionView
from counter.screens.accept import AcceptScreen
from counter.screens.count import CountScreen
from counter.screens.desk import DeskScreen
from counter.screens.search import SearchScreen
from counter.screens.stop import StopScreen
from counter.screens.submission import SubmissionScreen
from counter.widgets.scan_input import ScanInput
from tests.builders import CLERK, Office
from tests.screens.driven import ALL, SMALL, app_on, burst, press, scan, settled, text

GOODS = "6901234567892"
PERSON = "LYGGX20240000000001"


def only(desk: Office) -> SubmissionView:
    """Return the one submission of the day."""
    return submissions.view(
        desk.ctx, today.desk_view(desk.ctx, actor=CLERK).rows[0].submission_id, actor=CLERK
    )


async def test_two_hundred_scans_at_once_are_each_whole_and_the_first_is_opened(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _n in range(200):
        desk.person("张三")
    app = app_on(desk.ctx)
    taken: list[str] = []
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        take = screen.take_scan

        def remember(code: str) -> None:
            taken.append(code)
            take(code)

        monkeypatch.setattr(screen, "take_scan", remember)
        codes = [f"LYGGX2024{n:010d}" for n in range(1, 201)]
        for code in codes:
            burst(app, code)
        await pilot.pause(0.1)
        await settled(pilot)
        assert isinstance(app.screen, SubmissionScreen)
        assert app.screen.view.person.online_id == codes[0]
        assert taken == codes[: len(taken)]
        assert app.screen.view.unjudged == len(app.screen.view.items)
    assert today.desk_view(desk.ctx, actor=CLERK).total == 1


async def test_every_one_of_many_foreign_scans_leaves_the_box_empty(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        for _n in range(5):
            await scan(pilot, GOODS)
            assert isinstance(app.screen, StopScreen)
            assert GOODS in text(app)
            await press(pilot, "f9")
            assert isinstance(app.screen, DeskScreen)
            assert app.screen.box.value == ""
            assert app.screen.box.has_focus


@pytest.mark.parametrize("keys", [["enter"], ["space"], [*"abc123"], ["enter", "space", "y", "enter"]])
async def test_a_stop_leaves_by_its_keys_alone(desk: Office, keys: list[str]) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, GOODS)
        before = text(app)
        await press(pilot, *keys)
        assert isinstance(app.screen, StopScreen)
        assert text(app) == before
        await press(pilot, "escape")
        assert isinstance(app.screen, DeskScreen)


async def test_a_scan_during_a_stop_only_rings(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    rings: list[int] = []
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, GOODS)
        app.bell = lambda: rings.append(1)  # type: ignore[method-assign]
        await scan(pilot, PERSON)
        assert isinstance(app.screen, StopScreen)
        assert rings
        await press(pilot, "f9")
        assert isinstance(app.screen, DeskScreen)
        assert app.screen.box.value == ""
    assert today.desk_view(desk.ctx, actor=CLERK).total == 0


async def test_a_scan_over_the_checklist_ticks_nothing_and_says_who_is_open(desk: Office) -> None:
    desk.person("张三")
    desk.person("李四")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, PERSON)
        await scan(pilot, "LYGGX20240000000002")
        await scan(pilot, GOODS)
        await scan(pilot, "AB 12 CD 34")
        screen = app.screen
        assert isinstance(screen, SubmissionScreen)
        assert screen.view.person.name == "张三"
        assert screen.remark
        assert screen.at == 0
    assert only(desk).unjudged == 19


async def test_a_scan_never_becomes_a_number_of_copies(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, PERSON)
        await press(pilot, "f4")
        for code in (GOODS, PERSON, "12345678"):
            await scan(pilot, code)
            assert isinstance(app.screen, CountScreen)
            assert app.screen.query_one(ScanInput).value == ""
            assert "扫码没有用" in text(app)


async def test_a_scan_confirms_no_dialog(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, PERSON)
        await press(pilot, *ALL, "f9")
        for code in (PERSON, GOODS, "YYYYYYYY"):
            await scan(pilot, code)
            assert isinstance(app.screen, AcceptScreen)
        await press(pilot, "enter", "y", "space")
        assert isinstance(app.screen, AcceptScreen)
    assert only(desk).decided_at is None


async def test_a_scan_into_a_half_typed_box_takes_only_itself(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f3", *"li")
        screen = app.screen
        assert isinstance(screen, SearchScreen)
        await scan(pilot, PERSON)
        assert screen.box.value == "li"


async def test_typing_arrives_as_typed(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        burst(app, "lyx", end="")
        await pilot.pause(0.1)
        assert screen.box.value == "lyx"
        burst(app, "刘宇翔", end="")
        await pilot.pause(0.1)
        assert screen.box.value == "lyx刘宇翔"


async def test_a_scanner_without_enter_is_understood(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        burst(app, PERSON, end="")
        await pilot.pause(0.2)
        await settled(pilot)
        assert isinstance(app.screen, SubmissionScreen)


@pytest.mark.parametrize("end", ["enter", "tab"])
async def test_a_scan_in_two_parts_opens_its_submission_whatever_its_scanner_ends_with(
    end: str, desk: Office
) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        burst(app, PERSON[:8], end="")
        await pilot.pause(0.1)
        burst(app, PERSON[8:], end=end)
        await pilot.pause(0.1)
        await settled(pilot)
        assert isinstance(app.screen, SubmissionScreen)
        assert app.screen.view.person.online_id == PERSON


async def test_full_width_digits_of_an_input_method_are_folded(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in PERSON)
        await scan(pilot, wide)
        assert isinstance(app.screen, SubmissionScreen)


async def test_a_scan_before_the_records_are_open_is_honoured(desk: Office) -> None:
    desk.person()
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()

    def slowly() -> DeskContext:
        asyncio.run_coroutine_threadsafe(ready.wait(), loop).result(10)
        return desk.ctx

    app = app_on(slowly)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        burst(app, PERSON)
        await pilot.pause(0.1)
        assert isinstance(app.screen, DeskScreen)
        assert "可以先扫码" in text(app)
        ready.set()
        await settled(pilot)
        assert isinstance(app.screen, SubmissionScreen)


async def test_a_busy_screen_loses_no_scan(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        app.call_later(lambda: time.sleep(0.5))
        await scan(pilot, PERSON)
        assert isinstance(app.screen, SubmissionScreen)


async def test_ticks_faster_than_commits_are_all_saved_in_order(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, PERSON)
        await pilot.press(*ALL, "f9")
        await settled(pilot)
        assert isinstance(app.screen, AcceptScreen)
    assert only(desk).unjudged == 0
