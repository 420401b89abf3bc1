"""Looking after the staff by keys alone, and everybody's own password."""

from __future__ import annotations

import pytest

from counter.app import CounterApp
from counter.desk import sign_in, staff
from counter.desk.rows import JOURNAL
from counter.desk.views import Role
from counter.errors import DeskError
from counter.screens.desk import DeskScreen
from counter.screens.own_password import OwnPasswordScreen
from counter.screens.staff import StaffScreen
from tests.builders import PASSWORD, SUPERVISOR, Office
from tests.screens.driven import SMALL, app_on, press, scan, settled, shown, text
from tests.screens.test_people import closed_desk, kinds
from tests.screens.test_people import sign_in as sign_in_by_keys

FIRST, OWN = "lychee-first", "longan-own-1"


def at_the_supervisors(desk: Office) -> CounterApp:
    """Return a desk at which the supervisor works."""
    app = app_on(desk.ctx)
    app.actor = SUPERVISOR
    return app


async def test_a_supervisor_adds_somebody_whose_first_password_is_good_once(desk: Office) -> None:
    app = at_the_supervisors(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "f5")
        assert isinstance(app.screen, StaffScreen)
        assert shown(app, ["zhoumin", "周敏", "主管"]) == []
        await press(pilot, "f2", *"wang", "down", *"wang fang", "down")
        await scan(pilot, "BADGE-0042")
        await press(pilot, "f4", "down", "down", "f9")
        assert "审计" in text(app)
        await press(pilot, "down", *FIRST, "down", *"another-1", "f9")
        assert "两次口令不一致，重填" in text(app)
        await press(pilot, *FIRST, "down", *FIRST, "f9")
        assert isinstance(app.screen, StaffScreen)
        assert shown(app, ["wang fang", "审计"]) == []
        assert FIRST not in text(app)
        await press(pilot, "up", "f9", *"mango-set-2", "down", *"mango-set-2", "f9")
        await press(pilot, "escape")
        assert isinstance(app.screen, DeskScreen)
    assert kinds(desk) == ["staff.added", "staff.password"]
    (made,) = (m for m in staff.members(desk.ctx, actor=SUPERVISOR) if m.login == "wang")
    assert (made.role, made.badge, made.name) == (Role.AUDITOR, "BADGE-0042", "wang fang")
    app = closed_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await sign_in_by_keys(pilot, "wang", "mango-set-2")
        assert isinstance(app.screen, OwnPasswordScreen)


async def test_an_account_is_taken_away_after_a_second_look_and_the_last_supervisor_stays(
    desk: Office,
) -> None:
    app = at_the_supervisors(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "f5", "f8", "escape")
        assert kinds(desk) == []
        await press(pilot, "f8", "f9")
        assert "停用" in text(app)
        assert kinds(desk) == ["staff.disabled"]
        await press(pilot, "up", "f8", "f9")  # the one who is gone cannot be marked for anything
        await press(pilot, "escape")
    with pytest.raises(DeskError, match="sign-in"):
        sign_in.sign_in(desk.ctx, login="zhou", password=PASSWORD)
    working = [m.login for m in staff.members(desk.ctx, actor=SUPERVISOR) if m.disabled_at is None]
    assert "sun" in working


async def test_a_clerk_changes_the_own_password_and_sees_no_staff(desk: Office) -> None:
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "f5")
        assert isinstance(app.screen, DeskScreen)
        await press(pilot, "ctrl+p", *"口令")
        assert "改自己的口令" in text(app)
        await press(pilot, "escape", "ctrl+y")
        await press(pilot, *"wrong-2024", "down", *OWN, "down", *OWN, "f9")
        assert not isinstance(app.screen, DeskScreen)
        assert OWN not in text(app)
        await press(pilot, "up", "up", *PASSWORD, "down", *OWN, "down", *OWN, "f9")
        assert isinstance(app.screen, DeskScreen)
        assert "已保存" in text(app)
    assert kinds(desk) == ["staff.refused", "staff.unlocked", "staff.password"]
    assert sign_in.sign_in(desk.ctx, login="zhoumin", password=OWN).name == "周敏"
    with desk.ctx.records.read() as session:
        events = session.connection().execute(JOURNAL.select()).all()
    assert not any(OWN.encode() in bytes(row.event) for row in events)
