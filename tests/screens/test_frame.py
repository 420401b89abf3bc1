"""The frame: keys by their places, sizes, looks, the clock, the ends of the process."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.binding import Binding

import counter
from counter import commands, keys
from counter.app import CounterApp
from counter.screens.base import Frame
from counter.screens.desk import DeskScreen
from counter.screens.fault import FaultScreen
from counter.screens.submission import SubmissionScreen
from counter.screens.too_small import TooSmall
from counter.themes import MO, XUAN
from tests.builders import CLERK, Office
from tests.screens.driven import ALL, LARGE, SMALL, app_on, lines, press, scan, settled, text

SOURCE = Path(counter.__file__).parent


def frames() -> list[type[Frame[object]]]:
    """Return every screen."""
    import importlib

    for file in (SOURCE / "screens").glob("*.py"):
        importlib.import_module(f"counter.screens.{file.stem}")
    found: list[type[Frame[object]]] = []
    waiting: list[type[Frame[object]]] = [Frame]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found.append(kind)
            waiting.append(kind)
    return found


def test_every_binding_of_every_screen_has_an_id_and_an_action_that_exists() -> None:
    for screen in frames():
        for binding in screen.BINDINGS:
            assert isinstance(binding, Binding)
            assert binding.id
            assert not binding.priority
            name = re.match(r"\w+", binding.action)
            assert name is not None
            assert hasattr(screen, f"action_{name[0]}"), f"{screen.__name__}: {binding.action}"


def test_no_bare_letter_or_digit_acts_and_enter_never_does() -> None:
    for key in keys.KEYS:
        assert not (len(key.key) == 1 and key.key.isprintable()), key.id
        assert key.key not in ("enter", "ctrl+m", "ctrl+h", "ctrl+i", "alt"), key.id


def test_labels_are_at_most_four_cells() -> None:
    assert [key.id for key in keys.KEYS if cell_len(key.label) > 4] == []


def test_each_area_gives_a_key_one_meaning() -> None:
    for area in keys.AREA_TITLES:
        pressed = [key.key for key in keys.of(area)]
        assert len(pressed) == len(set(pressed)), area
    assert {key.area for key in keys.KEYS} == set(keys.AREA_TITLES)


def test_the_palette_finds_a_command_by_its_words() -> None:
    offered = commands.offered(("every", "desk"), lambda action: action != "parked")
    assert "desk.parked" not in {key.id for key in offered}
    assert {key.id for key in commands.matching(offered, "f3")} == {"desk.look_up"}


def test_both_looks_name_the_same_colours() -> None:
    assert MO.variables.keys() == XUAN.variables.keys()


def test_widgets_and_screens_hand_text_to_textual_only_through_rows() -> None:
    bad = []
    for file in [*(SOURCE / "screens").glob("*.py"), *(SOURCE / "widgets").glob("*.py"), SOURCE / "app.py"]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if name in ("Static", "Label", "Button") and node.args:
                    bad.append(f"{file.name}:{node.lineno}")
                if name == "notify":
                    bad.append(f"{file.name}:{node.lineno}")
    assert bad == []


@pytest.mark.parametrize("size", [SMALL, LARGE, (100, 30), (160, 50)])
async def test_all_nineteen_items_are_on_one_page(desk: Office, size: tuple[int, int]) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        assert text(app).count("待核") >= 19


async def test_below_the_least_size_one_sentence_asks_for_room_and_nothing_is_lost(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await pilot.resize_terminal(60, 20)
        await settled(pilot)
        assert isinstance(app.screen, TooSmall)
        await press(pilot, "space", "f9")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert isinstance(app.screen, SubmissionScreen)
        assert app.screen.view.unjudged == 19


async def test_the_key_named_by_the_next_step_stands_on_accent_and_no_other(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, *ALL, "f9")
        bar = app.screen.query_one("#keys")
        mains = [slot.shown for slot in bar.slots.values() if slot.main]  # type: ignore[attr-defined]
        assert mains == ["F9"]


async def test_a_minute_that_turns_while_the_desk_is_being_closed_breaks_nothing(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
    assert not app.screen_stack
    desk.clock.tick(minutes=1)
    app._tell_minute()


async def test_a_new_minute_repaints_the_clock_and_leaves_the_box_alone(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, *"ly")
        desk.clock.tick(minutes=1)
        app._tell_minute()
        await settled(pilot)
        assert "09:06" in lines(app)[0]
        screen = app.screen
        assert isinstance(screen, DeskScreen)
        assert (screen.box.value, screen.box.has_focus) == ("ly", True)


async def test_without_colour_everything_is_still_said(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "f5", "f6", "f9")
        shown = text(app)
        assert app.no_color
        assert all(word in shown for word in ("[受理]", "> 3", "缺 1", "瑕疵 1"))


async def test_an_unexpected_fault_shows_a_number_and_the_desk_goes_on(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from counter.desk import scan as desk_scan

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("张三 320799198603121232")

    monkeypatch.setattr(desk_scan, "resolve", broken)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, *"zs", "enter")
        assert isinstance(app.screen, FaultScreen)
        assert "张三" not in text(app)
        await press(pilot, "f9")
        assert isinstance(app.screen, DeskScreen)
        await press(pilot, *"zs", "enter")
        assert isinstance(app.screen, FaultScreen)
    log = (desk.ctx.home / "logs" / "faults.log").read_text(encoding="utf-8")
    assert "RuntimeError" in log
    assert "320799" not in log


async def test_help_shows_only_keys_that_work(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f1")
        assert "F3" in text(app)
        assert "打开选中的收件" not in text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, DeskScreen)


async def test_the_palette_does_what_the_key_does(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+p", *"f3", "f9")
        assert "[查询]" in lines(app)[0]
        await press(pilot, "escape")
        assert "[受理]" in lines(app)[0]


async def test_leaving_waits_for_what_is_being_saved(desk: Office) -> None:
    desk.person()
    app: CounterApp = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await pilot.press(*ALL, "ctrl+q")
        await pilot.pause(1)
    from counter.desk import submissions, today

    row = today.desk_view(desk.ctx, actor=CLERK).rows[0]
    assert submissions.view(desk.ctx, row.submission_id, actor=CLERK).unjudged == 0
