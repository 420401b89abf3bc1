"""The areas and their dialogs: what the banner announces, what waits, planes, bells."""

from __future__ import annotations

import re
import threading
import unicodedata
from pathlib import Path

import pytest

from counter import keys
from counter.app import CounterApp
from counter.config import load_config
from counter.desk.context import DeskContext
from counter.desk.demo import Thing
from counter.i18n import _
from counter.screens.base import Dialog
from counter.screens.correction import CorrectionScreen
from counter.screens.desk import DeskScreen
from counter.screens.search import SearchScreen
from counter.screens.stop import StopScreen
from counter.screens.submission import SubmissionScreen
from counter.screens.walk_up import FIELDS, WalkUpScreen
from counter.widgets.paint import Rows
from counter.widgets.sheet import Sheet
from tests.builders import Office, shanghai
from tests.screens.driven import LARGE, SMALL, app_on, lines, press, scan, settled, text

GOODS = "6901234567892"


def doubtful(app: CounterApp) -> set[str]:
    """Return the painted signs that some terminals take for one cell and others for two."""
    return {sign for sign in text(app) if unicodedata.east_asian_width(sign) == "A"}


async def banner(desk: Office, at: str, size: tuple[int, int] = SMALL) -> str:
    """Return the banner at a time of the office's clock."""
    desk.clock.at = shanghai(at)
    app = app_on(desk.ctx)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        return lines(app)[1]


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_year_without_holidays_is_announced(desk: Office, size: tuple[int, int]) -> None:
    shown = await banner(desk, "2035-08-15T09:05", size)
    assert _("holidays of this year not known: Monday to Friday assumed") in shown
    assert _("holidays of this year not known: Monday to Friday assumed") not in await banner(
        desk, "2024-08-12T09:05", size
    )


async def test_the_banner_says_when_taking_in_ended_and_when_it_begins(desk: Office) -> None:
    day = _("{month}/{day}")
    over = _("taking in ended on {day}")
    assert over.format(day=day.format(month=9, day=10)) in await banner(desk, "2024-09-11T10:00")
    assert _("Window closed") in await banner(desk, "2024-09-11T10:00")
    begins = _("taking in begins on {day}")
    assert begins.format(day=day.format(month=8, day=1)) in await banner(desk, "2024-07-20T10:00")
    later = _("{day} of {year}").format(day=day.format(month=9, day=10), year=2024)
    assert over.format(day=later) in await banner(desk, "2035-08-15T09:05")


@pytest.mark.parametrize("minute", range(0, 60, 7))
async def test_an_estimated_calendar_leaves_room_for_the_time_to_closing(desk: Office, minute: int) -> None:
    import dataclasses

    from counter.rules.hours import office_state
    from counter.screens.banner import banner_cells, opening_words, window_words

    state = office_state(desk.ctx.circular, desk.ctx.calendar, shanghai(f"2024-08-12T09:{minute:02d}"))
    state = dataclasses.replace(state, calendar_known=False)
    narrowest = (*opening_words(state, half=False, hours=False), *window_words(state, weekday=False))
    assert banner_cells(narrowest) <= 78


async def rings(desk: Office, codes: int, *, sound: bool) -> int:
    """Return how often the terminal is told to ring while foreign codes come in one go."""
    app, sent = app_on(desk.ctx, sound=sound), list[str]()
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        driver = app._driver
        assert driver is not None
        with pytest.MonkeyPatch.context() as terminal:
            terminal.setattr(type(driver), "is_headless", False)  # the stock bell keeps silent without one
            terminal.setattr(driver, "write", sent.append)
            for _n in range(codes):
                app.screen.take_scan(GOODS)  # type: ignore[attr-defined]
            await settled(pilot)
        assert isinstance(app.screen, StopScreen)
    return sent.count("\a")


@pytest.mark.parametrize("codes", [1, 3])
async def test_a_stop_rings_once_whatever_was_scanned_behind_it(desk: Office, codes: int) -> None:
    assert await rings(desk, codes, sound=True) == 1


async def test_a_desk_whose_settings_want_no_sound_stays_silent(desk: Office, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("sound = false\n", encoding="utf-8")
    assert await rings(desk, 3, sound=load_config(file, {}).sound) == 0


async def test_what_was_left_in_the_middle_is_counted_and_taken_up_from_the_list(desk: Office) -> None:
    left = desk.tick(desk.opened("王䶮"), "A1-01")
    app = app_on(desk.ctx)
    async with app.run_test(size=LARGE) as pilot:
        await settled(pilot)
        assert _("unfinished {n}").format(n=1) in lines(app)[-2]
        assert _("F8 lists them") in text(app)
        await press(pilot, "f8")
        assert f"{left.serial} {left.person.name}" in text(app)
        await press(pilot, "f9")
        assert isinstance(app.screen, SubmissionScreen)
        assert app.screen.view.id == left.id


async def test_the_figures_fit_a_small_window_with_something_unfinished(desk: Office) -> None:
    desk.accepted("陈雨桐")
    desk.opened("王䶮")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert all(word in lines(app)[8] for word in (_("begun"), _("originals held")))


async def test_a_form_with_something_in_it_is_left_by_a_second_esc_only(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f2", "escape")
        assert isinstance(app.screen, DeskScreen)
        await press(pilot, "f2", "L", "escape")
        assert isinstance(app.screen, WalkUpScreen)
        assert _("What is filled in is not kept; Esc again drops it") in lines(app)[-2]
        await press(pilot, "Y", "escape")
        assert isinstance(app.screen, WalkUpScreen)
        assert app.screen.form().online_id == "LY"
        await press(pilot, "escape")
        assert isinstance(app.screen, DeskScreen)


async def test_what_was_wrong_with_a_field_goes_once_it_is_filled_anew(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f2", "f9")
        problem = {name: app.screen.query_one(f"#{name}-problem", Rows) for name in FIELDS}
        wrong = {name for name in FIELDS if problem[name].rows(30, 1)[0].runs}
        assert {"online_id", "specialty"} <= wrong
        await press(pilot, "L", "f4", "f9")
        left = {name for name in FIELDS if problem[name].rows(30, 1)[0].runs}
        assert left == wrong - {"online_id", "specialty"}


async def test_exactly_one_field_of_the_form_carries_the_signs_of_focus(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f2")
        for name in ("online_id", "name", "id_number"):
            rows = [app.screen.query_one(f"#{field}-label", Rows).rows(15, 1)[0] for field in FIELDS]
            assert [row.plane for row in rows].count("row") == 1
            signed = rows[FIELDS.index(name)]
            assert (signed.plane, [run.text for run in signed.runs if run.x < 3]) == ("row", [" ", ">"])
            assert sum("> " in line for line in lines(app)[6:-2]) == 1
            await press(pilot, "down")


async def test_a_desk_without_a_roster_says_how_to_get_one_and_to_copy_the_key(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=LARGE) as pilot:
        await settled(pilot)
        assert _("Take in the roster first: counter roster import FILE") in lines(app)[-2]
        assert _("Keep a copy elsewhere of the key {key}").format(key="")[:8] in text(app)
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=LARGE) as pilot:
        await settled(pilot)
        assert _("Take in the roster first: counter roster import FILE") not in text(app)
        assert _("Keep a copy elsewhere of the key {key}").format(key="")[:8] not in text(app)


async def test_the_first_start_names_its_keys_alike_and_speaks_of_key_and_roster(
    desk: Office, tmp_path: Path
) -> None:
    app = app_on(desk.ctx, first_run=(tmp_path / "new", lambda: None))
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        shown = text(app)
        assert _("take in the roster: counter roster import FILE") in shown
        assert _("keep a copy elsewhere: without it nothing can be read") in shown
        assert lines(app)[-1].endswith(f"Esc{keys.of('first')[-1].label}")
        assert _("Quit") == keys.of("first")[-1].label
        assert doubtful(app) == set()


def test_a_window_too_small_is_told_without_a_plea() -> None:
    words = _("Make the window at least {columns} columns wide and {rows} rows high; nothing was lost.")
    assert "请" not in words


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_the_demo_gives_the_notices_file_a_row_of_its_own(desk: Office, size: tuple[int, int]) -> None:
    folder = Path("a-demo-on-trial", "home", "documents")
    things = [
        Thing("call", "LYG2024-000013", "吕绿"),
        Thing("scan", "22401000000981", "张三", folder / "22401000000981.pdf"),
        Thing("search", "shanxiong", "单雄"),
    ]
    app = app_on(desk.ctx, things=lambda: things)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        shown = lines(app)
        assert any(line.count("22401000000981.pdf") == 1 and str(folder) not in line for line in shown)
        assert any(str(folder) in line for line in shown)
        assert doubtful(app) == set()


async def test_the_making_of_a_demo_is_said_while_it_lasts(desk: Office) -> None:
    gate = threading.Event()

    def slowly() -> DeskContext:
        gate.wait(20)
        return desk.ctx

    app = app_on(slowly, things=list)
    async with app.run_test(size=SMALL) as pilot:
        await pilot.pause()
        assert _("Preparing the demo's data") in lines(app)[1]
        gate.set()
        await settled(pilot)
        assert _("Preparing the demo's data") not in text(app)


@pytest.mark.parametrize("code", [GOODS, "LYGGX20249999999999", "32079919900101123X"])
async def test_an_unknown_scan_in_the_look_up_is_the_same_stop_as_at_the_desk(
    desk: Office, code: str
) -> None:
    desk.person()
    stops = []
    for area in ("desk", "search"):
        app = app_on(desk.ctx)
        async with app.run_test(size=SMALL) as pilot:
            await settled(pilot)
            if area == "search":
                await press(pilot, "f3")
            await scan(pilot, code)
            assert isinstance(app.screen, StopScreen)
            stops.append(lines(app)[1:-1])
            await press(pilot, "f9")
            assert isinstance(app.screen, DeskScreen if area == "desk" else SearchScreen)
            assert app.screen.box.value == ""
    assert stops[0] == stops[1]


async def test_a_typed_question_nobody_fits_names_every_way_of_asking(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f3")
        for letter in "9999888877":
            await pilot.press(letter)
            await pilot.pause(0.05)
        await press(pilot, "enter")
        assert isinstance(app.screen, SearchScreen)
        ways = _("Nobody found: ask by name, initials, number, online ID, last four, employer")
        assert ways in lines(app)[-2]


async def test_months_are_written_with_two_digits_everywhere(desk: Office) -> None:
    desk.person("张三", birth="1963-04-05")
    desk.person("李四", birth="1986-03")
    app = app_on(desk.ctx)
    async with app.run_test(size=LARGE) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        assert "2023-04" in text(app)
        assert re.findall(r"[0-9]{4}-[0-9](?![0-9])", text(app)) == []
        assert "1963-04" in text(app)
        await press(pilot, "escape", "f3")
        await scan(pilot, "LYGGX20240000000002")
        assert "1986-03" in text(app)


OVER_THE_DESK = (("f2",), ("f8",), ("f1",), ("ctrl+p",))
OVER_A_SUBMISSION = (("f6",), ("f8",), ("f2",), ("ctrl+s",), (*["f5"] * 19, "f9"))


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_every_dialog_is_a_plane_in_the_middle_and_leaves_the_bars_clear(
    desk: Office, size: tuple[int, int]
) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for before, dialogs in (("", OVER_THE_DESK), ("LYGGX20240000000001", OVER_A_SUBMISSION)):
            if before:
                await scan(pilot, before)
            for opened_by in dialogs:
                await press(pilot, *opened_by)
                assert isinstance(app.screen, Dialog)
                assert doubtful(app) == set()
                plane = app.screen.query_one(Sheet).region
                left, right = plane.x, size[0] - plane.right
                above, below = plane.y - 1, size[1] - 2 - plane.bottom
                assert min(left, right, above, below) >= 0
                assert abs(left - right) <= 1
                assert abs(above - below) <= 1
                assert app.screen.styles.background.a == 0.62
                assert lines(app)[0].startswith("[")
                assert lines(app)[-2].startswith(f" {_('Next')}")
                await press(pilot, "escape")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_reasons_use_the_width_of_their_sheet(desk: Office, size: tuple[int, int]) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "f6", "f2", "f3", "f9", *["f5"] * 18, "f9")
        assert isinstance(app.screen, CorrectionScreen)
        reasons = [reason.text for reason in app.screen.subject.defects[0].reasons]
        assert len(reasons) == 2
        assert sum("，".join(reasons) in line for line in lines(app)) == 1


async def test_without_colour_the_field_in_focus_and_what_waits_are_still_said(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    left = desk.opened("王䶮")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert app.no_color
        await press(pilot, "f2")
        assert f"> {_('Online ID')}" in text(app)
        await press(pilot, "escape", "f8")
        assert f"> {left.serial}" in text(app)
