"""Whole visits as a clerk works them, with the keys counted."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from counter.desk import search, submissions, today
from counter.desk.views import SubmissionView
from counter.rules.finding import FindingKind
from counter.rules.status import FeeState, Status
from counter.screens.desk import DeskScreen
from counter.screens.stop import StopScreen
from counter.screens.submission import SubmissionScreen
from tests.builders import CASH, CLERK, Office, identity_number, on_shift
from tests.screens.driven import ALL, LARGE, SMALL, app_on, press, scan, settled, text

ITEMS = 19


class Keys:
    """Presses keys and counts them."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot = pilot
        self.count = 0

    async def press(self, *keys: str) -> None:
        """Press keys one by one."""
        self.count += len(keys)
        await press(self.pilot, *keys)


def last(desk: Office) -> SubmissionView:
    """Return the submission acted on last, as the records have it."""
    return submissions.view(
        desk.ctx, today.desk_view(desk.ctx, actor=CLERK).rows[0].submission_id, actor=CLERK
    )


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_clean_submission_costs_its_items_and_eight_keys(desk: Office, size: tuple[int, int]) -> None:
    desk.person("张三")
    app = app_on(desk.ctx)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        assert isinstance(app.screen, SubmissionScreen)
        keys = Keys(pilot)
        await keys.press(*ALL)
        await keys.press("f9", "f9")
        assert keys.count <= ITEMS + 8
        assert isinstance(app.screen, DeskScreen)
        assert app.screen.box.has_focus
        assert app.screen.box.value == ""
    done = last(desk)
    assert (done.status, done.fee.state, done.fee.amount_fen) == (Status.ACCEPTED, FeeState.PAID, 30000)
    assert len([original for original in done.originals if original.held]) == 3
    assert {paper.waiting for paper in done.papers} == {0}
    assert {paper.prints > 0 for paper in done.papers} == {True}


async def test_a_correction_costs_three_keys_more_for_each_defect(desk: Office) -> None:
    desk.person("张三")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        keys = Keys(pilot)
        await keys.press("f6", "f3", "f9")
        await keys.press("f5")
        await keys.press("f6", "f9")
        await keys.press(*ALL[3:])
        await keys.press("f9")
        assert "须补正 3 项" in text(app)
        await keys.press("f9")
        assert keys.count <= ITEMS + 8 + 3 * 3
        assert isinstance(app.screen, DeskScreen)
    done = last(desk)
    assert done.status is Status.CORRECTION
    assert [line.kind for line in done.defects] == [
        FindingKind.DEFECT,
        FindingKind.MISSING,
        FindingKind.DEFECT,
    ]


async def test_scanning_the_notice_opens_only_what_it_names(desk: Office) -> None:
    noticed = desk.correct(desk.faulty())
    number = next(paper.number for paper in noticed.papers if paper.kind == 2)
    desk.clock.tick(days=1)
    on_shift(desk.ctx, desk.clerk)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, number)
        screen = app.screen
        assert isinstance(screen, SubmissionScreen)
        assert [item.code for item in screen.view.items if item.open] == ["A1-09", "A3-03"]
        await press(pilot, "space", "space", "f9", "f9")
        assert isinstance(app.screen, DeskScreen)
    assert last(desk).status is Status.ACCEPTED


async def test_a_parked_submission_is_taken_up_by_a_scan_or_from_the_list(desk: Office) -> None:
    desk.person("张三")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "space", "space", "f8", "f9")
        assert last(desk).status is Status.PARKED
        await press(pilot, "f8")
        assert "张三" in text(app)
        await press(pilot, "f9")
        assert isinstance(app.screen, SubmissionScreen)
        assert last(desk).status is Status.OPEN
        await press(pilot, "f8", "f9")
        await scan(pilot, "LYGGX20240000000001")
        assert isinstance(app.screen, SubmissionScreen)
        assert app.screen.at == 2


async def test_money_handed_over_shows_its_change_and_is_noted(desk: Office) -> None:
    desk.person("张三")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, *ALL, "f9", "f2", "5", "0", "0")
        assert "找 200.00 元" in text(app)
        await press(pilot, "f9")
    assert last(desk).fee.state is FeeState.PAID


async def test_a_fee_left_due_is_settled_when_the_receipt_comes_back(desk: Office) -> None:
    desk.person("张三")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, *ALL, "f9", "up", "f9")
        due = last(desk)
        assert due.fee.state is FeeState.DUE
        await scan(pilot, due.number)
        await press(pilot, "f9", "f9")
    assert last(desk).fee.state is FeeState.PAID


async def test_too_few_copies_are_a_defect_by_themselves(desk: Office) -> None:
    desk.person("张三")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, *["down"] * 16, "f4", "1", "8", "f9")
        assert "18/20" in text(app)
        assert "差 2 份" in text(app)


async def test_what_was_found_can_be_taken_back(desk: Office) -> None:
    desk.person("张三")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "space", "up", "backspace")
        assert "已核 0/19" in text(app)
    assert last(desk).unjudged == ITEMS


async def test_refusing_needs_a_ground_that_was_chosen(desk: Office) -> None:
    desk.person("张三")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "ctrl+r", "f9")
        assert last(desk).status is Status.OPEN
        await press(pilot, "down", "f9")
        assert isinstance(app.screen, DeskScreen)
    assert last(desk).status is Status.REJECTED


async def test_somebody_not_on_the_roster_is_typed_in_once(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f2", "f9")
        assert "改好标出的几项" in text(app)
        await scan(pilot, "LYG2024-700001")
        await scan(pilot, identity_number(77))
        await press(pilot, "down", *"lisi", "down", "down", "down", *"mouco")
        await press(pilot, "f4", "f9", "f2", "space", "f9", "f9")
        assert isinstance(app.screen, SubmissionScreen), text(app)
        assert app.screen.view.person.walk_up


async def test_looking_up_by_initials_and_opening_costs_six_keys(desk: Office) -> None:
    desk.accepted("李雨欣")
    desk.person("刘永祥")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        keys = Keys(pilot)
        await keys.press("f3", *"lyx", "f9")
        assert keys.count <= 6
        assert isinstance(app.screen, SubmissionScreen)
        assert search.look_up(desk.ctx, "lyx", actor=CLERK).total == 2


async def test_several_people_of_one_name_are_listed_and_none_is_opened(desk: Office) -> None:
    desk.person("张三")
    desk.person("张三")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, *"zs", "enter")
        assert "找到 2 人" in text(app)
        assert today.desk_view(desk.ctx, actor=CLERK).total == 0


async def test_outside_hours_a_stop_says_why_and_when_the_next_opening_is(desk: Office) -> None:
    desk.person("张三")
    desk.clock.tick(hours=3, minutes=2)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        assert isinstance(app.screen, StopScreen)
        shown = text(app)
        assert "12:07" in shown
        assert "15:00" in shown
        await press(pilot, "f9")
        assert isinstance(app.screen, DeskScreen)
    assert today.desk_view(desk.ctx, actor=CLERK).total == 0


async def test_a_paper_printed_again_is_counted_as_a_copy(desk: Office) -> None:
    desk.accept(desk.tick_all(desk.opened()), CASH)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "down", "f4", "f9")
        await settled(pilot)
        receipt = next(paper for paper in last(desk).papers if paper.kind == 1)
        assert receipt.prints >= 2


async def test_who_has_no_papers_yet_is_said_in_one_sentence(desk: Office) -> None:
    sub = desk.opened()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "down", "f4")
        assert isinstance(app.screen, DeskScreen)
        assert f"{sub.serial} 还没有单据" in text(app)


async def test_a_submission_changed_at_another_desk_is_shown_anew_and_nothing_is_overwritten(
    desk: Office,
) -> None:
    desk.person("张三")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        desk.tick(last(desk), "A1-05", FindingKind.MISSING, reasons=("not_submitted",))
        await press(pilot, "space")
        screen = app.screen
        assert isinstance(screen, SubmissionScreen)
        assert screen.remark
        found = {item.code: item.finding for item in screen.view.items}
        assert found["A1-05"] is not None
        assert found["A1-01"] is None
