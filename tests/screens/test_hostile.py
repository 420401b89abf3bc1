"""Outside text is shown as it is: no markup is read, no control sequence reaches the terminal."""

from __future__ import annotations

import unicodedata

import pytest
from rich.cells import cell_len

from counter.desk.search_views import Unknown
from counter.screens.stop import StopScreen, unknown_stop
from counter.screens.submission import SubmissionScreen
from counter.text import cell, fit_cells, literal, wrap_cells
from counter.widgets.scan_input import ScanInput
from tests.builders import Office
from tests.hostile import HOSTILE, MARKUP
from tests.screens.driven import LARGE, SMALL, app_on, lines, press, scan, settled, text

ACTED_ON = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_a_terminal_acts_on_passes_the_door(hostile: str) -> None:
    for shown in (cell(hostile), fit_cells(hostile, 20), literal(hostile).plain, *wrap_cells(hostile, 20)):
        assert not {unicodedata.category(sign) for sign in shown} & ACTED_ON
    assert cell_len(fit_cells(hostile, 20)) <= 20
    assert all(cell_len(line) <= 20 for line in wrap_cells(hostile, 20))


@pytest.mark.parametrize("hostile", MARKUP)
def test_markup_is_shown_and_not_read(hostile: str) -> None:
    assert cell(hostile) == hostile
    assert literal(hostile).plain == hostile
    assert not literal(hostile).spans


def test_wrapping_loses_no_sign() -> None:
    for hostile in HOSTILE:
        kept = "".join(wrap_cells(hostile, 17)).replace(" ", "")
        assert kept == cell(hostile, 400).replace(" ", "")


@pytest.mark.parametrize(("size", "given"), [(SMALL, HOSTILE[::2]), (LARGE, HOSTILE[1::2])])
async def test_hostile_people_pass_through_every_screen(
    desk: Office, size: tuple[int, int], given: tuple[str, ...]
) -> None:
    texts = [hostile for hostile in given if hostile.strip()]
    for hostile in texts:
        short = hostile[:60]
        desk.person(short, pinyin="", employer=short, online_state_text=short[:20])
    app = app_on(desk.ctx)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        for number, hostile in enumerate(texts, 1):
            await scan(pilot, f"LYGGX2024{number:010d}")
            assert isinstance(app.screen, SubmissionScreen), repr(hostile)
            await press(pilot, "f6", "f9", "f8")
            box = app.screen.query_one(ScanInput)
            box.value = cell(hostile)[:40]
            await press(pilot, "f9")
            assert all(cell_len(line) <= size[0] for line in lines(app)), repr(hostile)
            assert not {unicodedata.category(s) for s in text(app) if s != "\n"} & ACTED_ON
        await press(pilot, "f8", "escape", "f3", *"lyg")
        assert all(cell_len(line) <= size[0] for line in lines(app))


async def test_a_stop_shows_what_was_read(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        for hostile in HOSTILE:
            await app.push_screen(StopScreen(unknown_stop(Unknown(hostile, "unknown")), "desk"))
            await pilot.pause()
            assert "未识别" in text(app)
            assert all(cell_len(line) <= 80 for line in lines(app)), repr(hostile)
            app.pop_screen()


async def test_a_name_of_markup_is_on_the_screen_to_the_letter(desk: Office) -> None:
    desk.person("张[/x]三")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        assert "张[/x]三" in text(app)
