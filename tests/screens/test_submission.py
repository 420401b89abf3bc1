"""A submission's screen and its dialogs: what they promise, what they say, and which key leads where."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input

from counter.desk import submissions, today
from counter.desk.forms import FeeInput
from counter.desk.office import adopt_circular
from counter.desk.views import SubmissionView
from counter.i18n import _
from counter.rules.finding import FindingKind
from counter.rules.status import FeeState, Status
from counter.screens.accept import AcceptScreen
from counter.screens.bill import BillScreen
from counter.screens.choose import ChooseScreen
from counter.screens.desk import DeskScreen
from counter.screens.originals import OriginalsScreen
from counter.screens.reject import RejectScreen
from counter.screens.search import SearchScreen
from counter.screens.stop import StopScreen
from counter.screens.submission import SubmissionScreen
from counter.widgets.bars import KeyBar, NextStep
from counter.widgets.choice import Choice, Option
from tests.builders import CLERK, SUPERVISOR, Office
from tests.screens.driven import ALL, LARGE, SMALL, app_on, lines, press, scan, settled, text

FIRST = "LYGGX20240000000001"
SECOND = "LYGGX20240000000002"


def last(desk: Office) -> SubmissionView:
    """Return the submission acted on last, as the records have it."""
    return submissions.view(
        desk.ctx, today.desk_view(desk.ctx, actor=CLERK).rows[0].submission_id, actor=CLERK
    )


def said(pilot: Pilot[Any]) -> str:
    """Return the sentence of the next step, and hold that it is whole on the screen."""
    sentence = pilot.app.screen.query_one("#next", NextStep).sentence
    assert sentence in lines(pilot.app)[-2], lines(pilot.app)[-2]  # type: ignore[arg-type]
    return sentence


def bag(desk: Office) -> list[str]:
    """Return the kinds in the bag, in the order they were put in."""
    return [original.kind.code for original in last(desk).originals if original.held]


async def test_space_puts_one_in_and_goes_on_and_f2_puts_in_one_more_of_the_same_kind(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, FIRST)
        await press(pilot, "f2")
        screen = app.screen
        assert isinstance(screen, OriginalsScreen)
        assert "下一类" in said(pilot)
        await press(pilot, "space", "f2", "f2")
        assert "学历证书" in said(pilot)
        current = screen.choice.current
        assert current is not None
        assert current.code == "degree"
        assert bag(desk) == ["diploma"] * 3
        assert "已入 3 件" in text(app)
        await press(pilot, "f8")
        assert "学位证书" in said(pilot)
        assert bag(desk) == ["diploma"] * 3
        await press(pilot, "up", "f8", "f9")
        assert isinstance(app.screen, SubmissionScreen)
        assert app.screen.remark == ""
    assert bag(desk) == ["diploma"] * 2


async def test_the_bag_is_in_order_only_with_something_in_it_and_asks_for_no_waived_kind(
    desk: Office,
) -> None:
    sub = desk.tick_all(desk.opened(), "A2-04", "B-01", "C-01")
    waived = next(item for item in sub.items if item.code == "A2-04").waive_reasons[0]
    desk.tick(sub, "A2-04", FindingKind.WAIVED, waive_reason=waived.code)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, FIRST)
        await press(pilot, "space")
        assert isinstance(app.screen, OriginalsScreen)
        assert "专利证书" not in [option.text for option in app.screen.choice.options]
        await press(pilot, "f9")
        assert isinstance(app.screen, OriginalsScreen)
        assert "还没有原件" in said(pilot)
        await press(pilot, "space", "f9")
        assert isinstance(app.screen, SubmissionScreen)
        assert app.screen.item.code == "C-01"
    assert next(i for i in last(desk).items if i.code == "B-01").finding is not None


async def test_a_waiver_is_written_only_after_its_reason_was_shown(desk: Office) -> None:
    desk.tick_all(desk.opened(), "A2-04")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, FIRST)
        assert isinstance(app.screen, SubmissionScreen)
        item = app.screen.item
        assert len(item.waive_reasons) == 1
        await press(pilot, "f7")
        assert isinstance(app.screen, ChooseScreen)
        assert item.waive_reasons[0].text in text(app)
        assert item.standard[:10] in text(app)
        assert last(desk).unjudged == 1
        await press(pilot, "f9")
    assert last(desk).tally[FindingKind.WAIVED] == 1


async def test_refusing_promises_no_paper_and_marks_no_ground_by_itself(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, FIRST)
        await press(pilot, "ctrl+r")
        screen = app.screen
        assert isinstance(screen, RejectScreen)
        assert screen.choice.current is None
        assert "上下键" in said(pilot)
        await press(pilot, "f9")
        assert isinstance(app.screen, RejectScreen)
        assert "上下键" in said(pilot)
        assert "打印" not in text(app)
        assert "告知书" not in text(app)
        await press(pilot, "down", "f9")
    assert last(desk).papers == ()


async def test_what_was_printed_is_counted_in_copies_as_it_was_promised(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, FIRST)
        await press(pilot, *ALL, "f9")
        assert "打印 5 份" in text(app)
        await press(pilot, *["down"] * 8)
        assert "打印 4 份" in text(app)  # the fee stays unpaid: no slip
        await press(pilot, *["up"] * 8)
        assert "打印 5 份" in text(app)
        await press(pilot, "f9")
        assert "已打印 5 份" in said(pilot)


async def test_a_scan_over_a_finished_submission_opens_the_next_person(desk: Office) -> None:
    done = desk.accepted()
    desk.person("李四")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, done.number)
        assert isinstance(app.screen, SubmissionScreen)
        await scan(pilot, SECOND)
        assert isinstance(app.screen, SubmissionScreen)
        assert app.screen.view.person.name == "李四"
        await scan(pilot, FIRST)
        assert app.screen.view.person.name == "李四"
        assert "F8" in said(pilot)


async def test_a_scan_over_a_finished_submission_found_in_the_look_up_does_too(desk: Office) -> None:
    desk.accepted("李雨欣")
    desk.person("李四")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f3", *"lyx", "f9")
        await scan(pilot, SECOND)
        assert isinstance(app.screen, SubmissionScreen)
        assert (app.screen.view.person.name, app.screen.area) == ("李四", "desk")


async def test_the_look_up_is_one_key_away_in_a_submission_opened_there(desk: Office) -> None:
    desk.person("李雨欣")
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f3", *"lyx", "f9")
        assert isinstance(app.screen, SubmissionScreen)
        await press(pilot, "f3")
        assert isinstance(app.screen, SearchScreen)


@pytest.mark.parametrize("state", ["主管部门审核不通过", "主管部门审核通过", "已提交"])
async def test_the_online_state_stands_whole_in_the_first_row(desk: Office, state: str) -> None:
    desk.person("张三", online_id="LYGGX20246520001999", online_state_text=state)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20246520001999")
        assert isinstance(app.screen, SubmissionScreen)
        assert app.screen.view.person.online_state in lines(app)[0]
        assert "0001999" in lines(app)[0]


async def test_a_bill_number_that_comes_later_is_added_with_f4(desk: Office) -> None:
    done = desk.accepted()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, done.number)
        assert "F4" in said(pilot)
        await press(pilot, "f4")
        assert isinstance(app.screen, BillScreen)
        await press(pilot, "f9")
        assert isinstance(app.screen, BillScreen)
        await press(pilot, *"32070001", "down", *"3201", "f9")
        assert "F4" not in lines(app)[-1]
        assert "票据号已登记" in said(pilot)
        await press(pilot, "f4")
        assert isinstance(app.screen, SubmissionScreen)
    fee = last(desk).fee
    assert (fee.bill_code, fee.bill_number) == ("3201", "32070001")


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_return_visit_shows_every_reason_of_the_last_time(
    desk: Office, size: tuple[int, int]
) -> None:
    sub = desk.tick_all(desk.opened(), "A1-09")
    reasons = next(i for i in sub.items if i.code == "A1-09").defect_reasons[:2]
    sub = desk.tick(sub, "A1-09", FindingKind.DEFECT, reasons=tuple(r.code for r in reasons))
    sub = desk.correct(sub)
    number = next(paper.number for paper in sub.papers if paper.kind == 2)
    desk.clock.tick(days=1)
    app = app_on(desk.ctx)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await scan(pilot, number)
        assert all(reason.short in said(pilot) for reason in reasons)


async def test_an_accepted_submission_says_so_and_on_which_day_it_came(desk: Office) -> None:
    sub = desk.accepted()
    desk.clock.tick(days=1)
    app = app_on(desk.ctx)
    async with app.run_test(size=LARGE) as pilot:
        await settled(pilot)
        await scan(pilot, sub.number)
        assert isinstance(app.screen, SubmissionScreen)
        rows = lines(app)
        title = next(at for at, row in enumerate(rows) if row.endswith(_("Verdict")))
        assert rows[title + 1].endswith(f"  {_('accepted')}")
        assert any(row.endswith(_("opened {time}").format(time="08-12 09:05")) for row in rows)
        await press(pilot, "f3", *sub.serial, "enter")
        assert isinstance(app.screen, SearchScreen)
        assert re.search(rf"{_('E-file')}\s+{_('received')}", text(app))


async def test_help_and_commands_leave_the_first_row_as_it_is(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, FIRST)
        place = lines(app)[0]
        for key in ("f1", "ctrl+p"):
            await press(pilot, key)
            assert lines(app)[0] == place
            await press(pilot, "escape")


async def test_a_lapsed_correction_says_when_it_ended_and_what_to_tell(desk: Office) -> None:
    sub = desk.correct(desk.faulty())
    number = next(paper.number for paper in sub.papers if paper.kind == 2)
    desk.clock.tick(days=60)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, number)
        screen = app.screen
        assert isinstance(screen, SubmissionScreen)
        assert screen.view.status is Status.LAPSED
        assert "已过" in said(pilot)
        assert "9月10日" in said(pilot)
        assert screen.view.correction_late in said(pilot)


async def test_the_fee_dialog_says_what_each_way_of_paying_asks_for(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, FIRST)
        await press(pilot, *ALL, "f9")
        screen = app.screen
        assert isinstance(screen, AcceptScreen)
        assert "原件 3 件已入袋" in text(app)
        assert "类未入袋" in text(app)
        for method in screen.methods:
            received = [word for word in ("实收", "找 0.00 元") if word in text(app)]
            assert len(received) == (2 if method.cash else 0), method.name
            assert "受理" in said(pilot)
            assert ("收款后" in said(pilot)) is False
            assert method.code != "later" or "补缴" in said(pilot)
            await press(pilot, "down")
        assert "F9受理" in lines(app)[-1]
        assert "F9 受理并打印" in text(app)


async def test_a_fee_that_was_due_is_said_to_be_noted(desk: Office) -> None:
    due = desk.accept(desk.tick_all(desk.opened()), FeeInput(method="later"))
    assert due.fee.state is FeeState.DUE
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, due.number)
        await press(pilot, "f9")
        assert "F9缴费" in lines(app)[-1]
        assert "Esc返回" in lines(app)[-1]
        assert "缴费凭条" in text(app)
        assert "收件回执" not in text(app)
        await press(pilot, "f9")
        assert isinstance(app.screen, SubmissionScreen)
        assert "300.00 元" in said(pilot)
    assert last(desk).fee.state is FeeState.PAID


def test_reasons_without_a_key_of_their_own_stand_under_the_others() -> None:
    keyed = [Option(str(n), f"reason {n}", key=f"F{n + 2}" if n < 6 else "") for n in range(8)]
    rows = Choice(keyed).rows(76, 8)
    places = {run.x for row in rows for run in row.runs if run.text.startswith("reason")}
    assert len(places) == 1


async def test_a_closed_counter_says_why_nothing_can_be_done_and_f9_stops_with_it(desk: Office) -> None:
    sub = desk.tick(desk.opened(), "A1-01")
    submissions.park(desk.ctx, submission_id=sub.id, version=sub.version, note="", actor=CLERK, key=uuid4())
    desk.clock.tick(days=1, hours=4)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, sub.number)
        assert isinstance(app.screen, SubmissionScreen)
        assert "15:00" in said(pilot)
        await press(pilot, "space")
        await press(pilot, "f9")
        assert isinstance(app.screen, StopScreen)
        assert "15:00" in text(app)
        await press(pilot, "f9")
        assert isinstance(app.screen, SubmissionScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, DeskScreen)


def whole_labels(pilot: Pilot[Any]) -> list[str]:
    """Return the keys of the bar whose label is not whole on the screen."""
    bar = pilot.app.screen.query_one("#keys", KeyBar)
    row = lines(pilot.app)[-1]  # type: ignore[arg-type]
    shown = [(slot.shown + slot.label, slot.main) for slot in bar.slots.values()]
    return [label for label, _main in shown if label not in row or cell_len(label) > 7]


STEPS: tuple[tuple[str, ...], ...] = (
    ("f1",), ("escape", "ctrl+p"), ("escape", "f8"), ("escape", "f2"), ("escape", "escape", "f3"),
    ("escape", "down", "f4"), ("escape",), ("scan",), ("f2",), ("escape", "f4"), ("escape", "f6"),
    ("escape", "f8"), ("escape", "ctrl+r"), ("down",), ("escape", "ctrl+s"), ("escape", "ctrl+o"),
    ("down", "f9"), ("escape", *ALL), ("f9",), ("f8",), ("escape", "up"), ("up",), ("down", "f9"),
    ("due",), ("f9",), ("escape", "escape", "paid"), ("f4",),
)  # fmt: skip
"""A way past the screens and dialogs; after each part the bar is looked at."""


async def test_every_key_of_every_bar_has_its_whole_label(desk: Office) -> None:
    paid = desk.accepted("陈雨桐")
    due = desk.accept(desk.tick_all(desk.opened("李雨欣")), FeeInput(method="later"))
    half = desk.opened("王䶮")
    submissions.park(desk.ctx, submission_id=half.id, version=half.version, note="", actor=CLERK, key=uuid4())
    desk.person("张三")
    codes = {"scan": "LYGGX20240000000004", "due": due.number, "paid": paid.number}
    app = app_on(desk.ctx)
    seen: set[str] = set()
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        for part in STEPS:
            for key in part:
                if key in codes:
                    await scan(pilot, codes[key])
                else:
                    await press(pilot, key)
            seen.add(type(app.screen).__name__)
            assert whole_labels(pilot) == [], (part, type(app.screen).__name__, lines(app)[-1])
    assert {"AcceptScreen", "BillScreen", "ParkedScreen", "RejectScreen", "OriginalsScreen"} <= seen, seen


async def test_a_form_never_takes_a_bill_number_from_a_way_of_paying_that_has_none(desk: Office) -> None:
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, FIRST)
        await press(pilot, *ALL, "f9", "f4", *"777", "escape", "up")
        assert isinstance(app.screen, AcceptScreen)
        assert app.screen.query_one("#bill", Input).display is False
        await press(pilot, "f9")
    fee = last(desk).fee
    assert (fee.state, fee.bill_number) == (FeeState.DUE, "")


async def test_originals_listed_before_a_notice_are_to_be_compared_when_the_bag_comes_back(
    desk: Office,
) -> None:
    sub = desk.opened()
    for kind in sub.originals_expected:
        sub = desk.put_in(sub, kind.code)
    sub = desk.tick_all(sub, "A1-09")
    sub = desk.correct(desk.tick(sub, "A1-09", FindingKind.MISSING, reasons=("not_submitted",)))
    number = next(paper.number for paper in sub.papers if paper.kind == 2)
    desk.clock.tick(minutes=20)
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, number)
        await press(pilot, "space")
        known = last(desk).originals_held
        assert known
        assert known == len(sub.originals_expected)
        assert f"上次的 {known} 件原件按 F2 点对" in said(pilot)
        await press(pilot, "f9")
        assert f"{known} 件是上次登记的" in text(app)
        await press(pilot, "escape", "f2")
        assert "上次登记，没带来按 F8 取出" in text(app)
        await press(pilot, *["f8", "space"] * known, "f9")  # each taken out and put in again has been seen
        assert last(desk).originals_held == known
        assert "上次" not in said(pilot)


async def test_what_began_under_one_circular_is_worked_by_it_also_after_another_was_adopted(
    desk: Office, tmp_path: Path
) -> None:
    began = desk.tick_all(desk.opened())
    with desk.ctx.records.read() as session:
        toml = str(session.connection().exec_driver_sql("SELECT toml FROM circular_version").scalar())
    toml = toml.replace("amount_fen = 30000", "amount_fen = 45000").replace('"现金"', '"现钞"')
    (tmp_path / "next.toml").write_text(toml, encoding="utf-8")
    later = adopt_circular(desk.ctx, file=tmp_path / "next.toml", actor=SUPERVISOR)
    app = app_on(later)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await scan(pilot, began.number)
        await press(pilot, "f9")
        assert isinstance(app.screen, AcceptScreen)
        assert (app.screen.due, app.screen.methods[0].name) == (30000, "现金")
        await press(pilot, "f9")
    assert (last(desk).status, last(desk).fee.amount_fen) == (Status.ACCEPTED, 30000)
