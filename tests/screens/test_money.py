"""The money at 80x24, by keys alone: shift, fee, void, count, difference, close, the next morning."""

from __future__ import annotations

from uuid import uuid4

from counter.desk import closing, shifts, staff, submissions, today
from counter.desk.demo_money import in_pieces, last_sheet
from counter.desk.views import Actor, Role
from counter.rules.status import FeeState
from counter.screens.accept import AcceptScreen
from counter.screens.close import CloseScreen
from counter.screens.desk import DeskScreen
from counter.screens.shift import ShiftScreen
from counter.screens.submission import SubmissionScreen
from tests.builders import PASSWORD, TELLER, Office
from tests.screens.driven import ALL, SMALL, app_on, press, scan, settled, shown, text


async def test_a_day_from_the_first_float_to_the_next_mornings_scan(desk: Office) -> None:
    entry = "LYGGX20240000000001"
    desk.person("张三")
    closing.count(desk.ctx, lines=in_pieces(20000), actor=TELLER, key=uuid4())
    closing.close(desk.ctx, backup=False, actor=TELLER, key=uuid4())
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        assert shown(app, ["未开班 F7"]) == []
        await scan(pilot, entry)
        await press(pilot, *ALL, "f9", "f9")
        assert isinstance(app.screen, AcceptScreen)
        assert shown(app, ["没有开班", "F7"]) == []
        await press(pilot, "escape", "escape", "f7", "f9")
        assert isinstance(app.screen, ShiftScreen)
        await press(pilot, *"200")
        await scan(pilot, last_sheet(desk.ctx))
        assert shown(app, ["已扫"]) == []
        await press(pilot, "f9")
        assert isinstance(app.screen, DeskScreen)
        await scan(pilot, entry)
        assert isinstance(app.screen, SubmissionScreen)
        await press(pilot, "f9", "f9")
        assert _fee(desk) is FeeState.PAID
        await press(pilot, "down", "f9", "ctrl+u", "f9")  # the wrong person paid: a supervisor comes
        await press(pilot, *"sun", "tab", *PASSWORD, "f3", "f9")
        assert _fee(desk) is FeeState.VOIDED
        await press(pilot, "f9", "f9", "escape")
        assert _fee(desk) is FeeState.PAID
        await press(pilot, "f7")
        assert isinstance(app.screen, CloseScreen)
        assert shown(app, ["封存，点完才显示"]) == []
        assert "300.00" not in text(app)
        await press(pilot, "4", "down", "1", "down", "2", "down", "0", "down", *("0", "down") * 4)
        await press(pilot, "escape")
        assert "300.00" not in text(app)
        assert shown(app, ["点完现金才显示"]) == []
        await press(pilot, "f7", "f9")
        assert shown(app, ["490.00 元", "500.00 元", "-10.00 元"]) == []
        await press(pilot, "f9", "down", "down", "down", "down", "f9")
        assert shown(app, ["说明只存记录，不打印"]) == []
        await press(pilot, "f9")
        assert shown(app, ["原因不明（保留异议）", "两人签字"]) == []
        await press(pilot, "f9")
        made = closing.closings(desk.ctx, actor=TELLER)[0]
        assert (made.variance_fen, made.variance_reason) == (-1000, "unexplained")
        desk.clock.tick(days=1)
        await press(pilot, "f7", "f9", *"200", "f9")
        assert shown(app, ["扫上一张日结单"]) == []
        await scan(pilot, last_sheet(desk.ctx))
        await press(pilot, "f9")
    live = shifts.current(desk.ctx, actor=TELLER).live
    assert live is not None
    assert (live.sheet, live.clerk) == ("match", "周敏")


async def test_a_scan_never_becomes_a_number_of_notes(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f7")
        await scan(pilot, "12401000000123")
        await scan(pilot, "6901234567892")
        screen = app.screen
        assert isinstance(screen, CloseScreen)
        assert screen._total() == 0


async def test_every_kind_has_to_be_counted(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f7", "2", "f9")
        assert shown(app, ["50 元 没点，没有就填 0"]) == []
    state = closing.state(desk.ctx, actor=TELLER)
    assert state.shift is not None
    assert state.shift.state == "open"


async def test_a_password_set_for_a_supervisor_is_told_where_the_next_shift_is_opened(desk: Office) -> None:
    closing.count(desk.ctx, lines=in_pieces(20000), actor=TELLER, key=uuid4())
    closing.close(desk.ctx, backup=False, actor=TELLER, key=uuid4())
    who = Actor("machine", Role.IT, 1)
    staff.rescue(desk.ctx, login="sun", password="longan-2024", actor=who, key=uuid4())
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await settled(pilot)
        await press(pilot, "f7", "f9")
        assert isinstance(app.screen, ShiftScreen)
        assert shown(app, ["日结单", "有主管口令是别人设的，问清是谁做的"]) == []


def _fee(desk: Office) -> FeeState:
    """Return where the fee of the only submission stands."""
    (row,) = today.desk_view(desk.ctx, actor=TELLER).rows
    return submissions.view(desk.ctx, row.submission_id, actor=TELLER).fee.state
