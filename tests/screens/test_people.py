"""Journeys of those who work at the desk: in and out, locked and unlocked, a supervisor beside the clerk."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input

from counter import keys
from counter.app import CounterApp
from counter.clock import FixedClock
from counter.desk import submissions
from counter.desk.forms import LateForm
from counter.desk.office import first_run
from counter.desk.office import open_desk as open_records
from counter.desk.rows import APPROVALS, JOURNAL
from counter.rules.overrides import REASONS
from counter.screens.approve import WORDS, ApproveScreen
from counter.screens.lock import LockScreen
from counter.screens.sign_in import SignInScreen
from counter.screens.step_up import ask
from tests.builders import CHEAP, CLERK, PASSWORD, Office, employ, identity_number, shanghai
from tests.screens.driven import SMALL, press, scan, settled, shown, text


def closed_desk(desk: Office, **settings: Any) -> CounterApp:
    """Return a desk at which nobody sits yet."""
    return CounterApp(clock=desk.clock, actor=None, open_records=lambda: desk.ctx, **settings)


def open_desk(desk: Office, **settings: Any) -> CounterApp:
    """Return a desk at which 周敏 works."""
    from tests.screens.driven import app_on

    return app_on(desk.ctx, **settings)


async def write(pilot: Any, words: str) -> None:
    """Type as a person does."""
    for letter in words:
        await pilot.press(_character_to_key(letter))
    await settled(pilot)


async def sign_in(pilot: Any, login: str, password: str) -> None:
    """Fill in the sign-in page."""
    await write(pilot, login)
    await press(pilot, "down")
    await write(pilot, password)
    await press(pilot, "f9")


def kinds(desk: Office) -> list[str]:
    """Return the kinds of the journal's events about staff."""
    with desk.ctx.records.read() as session:
        rows = session.connection().execute(JOURNAL.select().order_by(JOURNAL.c.seq)).all()
    return [row.kind for row in rows if row.kind.startswith("staff.")][1:]


async def test_nobody_works_before_a_password_was_right(desk: Office) -> None:
    desk.person("张三")
    app = closed_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        assert isinstance(app.screen, SignInScreen)
        await scan(pilot, "LYGGX20240000000001")
        assert isinstance(app.screen, SignInScreen)
        await sign_in(pilot, "zhou", "wrong-word")
        assert shown(app, ["登录名或口令不对"]) == []
        assert "wrong" not in text(app)
        desk.clock.tick(seconds=60)
        await write(pilot, PASSWORD)
        assert "*" * len(PASSWORD) in text(app)
        assert PASSWORD not in text(app)
        await press(pilot, "f9")
        assert app.actor.name == "zhou"
        await scan(pilot, "LYGGX20240000000001")
        assert shown(app, ["张三"]) == []
    assert kinds(desk) == ["staff.refused", "staff.signed-in"]


async def test_five_wrong_passwords_lock_the_account_and_every_answer_says_for_how_long(desk: Office) -> None:
    app = closed_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await write(pilot, "zhou")
        await press(pilot, "down")
        for _try in range(5):
            desk.clock.tick(seconds=60)
            await write(pilot, "not it")
            await press(pilot, "f9")
            assert shown(app, ["连错 5 次锁定 15 分钟"]) == []
        desk.clock.tick(seconds=60)
        await write(pilot, PASSWORD)
        await press(pilot, "f9")
        assert shown(app, ["连错 5 次锁定 15 分钟"]) == []
        desk.clock.tick(minutes=15)
        await write(pilot, PASSWORD)
        await press(pilot, "f9")
        assert app.actor.name == "zhou"


async def test_what_was_being_read_for_somebody_is_told_to_nobody_once_they_have_left(desk: Office) -> None:
    import threading

    from counter.messages import Done

    go = threading.Event()
    told: list[object] = []
    app = closed_desk(desk)
    async with app.run_test(size=SMALL, notifications=True, message_hook=told.append) as pilot:
        await settled(pilot)
        await sign_in(pilot, "zhou", PASSWORD)
        app.read(app.screen, "slow", lambda _ctx: go.wait(20), group="slow")
        app.sign_out()
        while not isinstance(app.screen, SignInScreen):
            await pilot.pause(0.01)
        go.set()
        await settled(pilot)
    assert not [message for message in told if isinstance(message, Done) and message.tag == "slow"]


async def test_what_is_typed_before_the_records_are_open_signs_in_when_they_are(desk: Office) -> None:
    import threading

    go = threading.Event()

    def opener() -> Any:
        go.wait(20)
        return desk.ctx

    app = CounterApp(clock=desk.clock, actor=None, open_records=opener)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await pilot.pause(0.1)
        for letter in "zhou":
            await pilot.press(letter)
        await pilot.press("down")
        for letter in PASSWORD:
            await pilot.press(_character_to_key(letter))
        await pilot.press("f9")
        go.set()
        await settled(pilot)
        assert app.actor.name == "zhou"


async def test_a_badge_fills_in_the_name_and_the_password_is_still_asked(desk: Office) -> None:
    employ(desk, badge="GP-004217")
    app = closed_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await scan(pilot, "GP-004217")
        assert shown(app, ["chen"]) == []
        assert isinstance(app.screen, SignInScreen)
        await scan(pilot, PASSWORD)
        assert isinstance(app.screen, SignInScreen)
        await write(pilot, PASSWORD)
        await press(pilot, "f9")
        assert shown(app, ["改口令", "这个口令是别人设的"]) == []
        await write(pilot, "new-word-77")
        await press(pilot, "down")
        await write(pilot, "new-word-78")
        await press(pilot, "f9")
        assert shown(app, ["两次"]) == []
        await write(pilot, "new-word-77")
        await press(pilot, "down")
        await write(pilot, "new-word-77")
        await press(pilot, "f9")
        assert app.actor.name == "陈一"
        assert shown(app, ["扫描"]) == []


async def test_a_locked_desk_shows_nobody_and_no_key_command_or_scan_does_anything(desk: Office) -> None:
    desk.person("张三")
    desk.person("李四")
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "space", "f6", "f2")
        before = text(app)
        below = list(app.screen_stack)
        await press(pilot, "ctrl+l")
        assert isinstance(app.screen, LockScreen)
        covered = text(app)
        for secret in ("张三", "LYGGX", "3207", "某某化工", "00001", "瑕疵"):
            assert secret not in covered
        pressed = {key.key for key in keys.KEYS} - {"f9", "f8"}
        for key in sorted(pressed):
            await press(pilot, key)
        await scan(pilot, "LYGGX20240000000002")
        await scan(pilot, PASSWORD)
        for action in sorted({key.action for key in keys.KEYS} - {"act", "sign_out"}):
            await app.screen.run_action(action)
            await app.run_action(action)
        await settled(pilot)
        assert isinstance(app.screen, LockScreen)
        assert app.screen_stack[:-1] == below
        assert app.return_code is None
        await press(pilot, "backspace")
        await write(pilot, "not mine")
        await press(pilot, "f9")
        assert isinstance(app.screen, LockScreen)
        await write(pilot, PASSWORD)
        await press(pilot, "f9")
        assert text(app) == before
    assert kinds(desk) == ["staff.screen-locked", "staff.refused", "staff.unlocked"]


async def test_a_desk_left_alone_for_five_minutes_locks_itself(desk: Office) -> None:
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        app.look_idle()
        desk.clock.tick(minutes=4, seconds=59)
        app.look_idle()
        assert not app.locked
        await press(pilot, "down")
        desk.clock.tick(minutes=4, seconds=59)
        app.look_idle()
        assert not app.locked
        desk.clock.at = desk.clock.at.replace(year=2031)
        app.look_idle()
        assert not app.locked
        desk.clock.tick(seconds=1)
        app.look_idle()
        await settled(pilot)
        assert isinstance(app.screen, LockScreen)


async def test_an_answer_that_comes_while_the_desk_is_locked_waits_for_its_person(desk: Office) -> None:
    import threading

    desk.person("张三")
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        go = threading.Event()
        app.write(app.screen, "slow", lambda ctx: go.wait(20))
        app.screen.post_message(events.Key("down", None))
        from tests.screens.driven import burst

        burst(app, "LYGGX20240000000001")
        await pilot.pause(0.1)
        app.action_lock()
        await pilot.pause(0.05)
        go.set()
        await settled(pilot)
        assert isinstance(app.screen, LockScreen)
        assert "张三" not in text(app)
        await write(pilot, PASSWORD)
        await press(pilot, "f9")
        assert shown(app, ["张三"]) == []


async def test_a_dialog_answered_while_the_desk_is_locked_is_closed_afterwards(desk: Office) -> None:
    import threading

    desk.person("张三")
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "f8")
        parking, go = app.screen, threading.Event()
        app.write(parking, "slow", lambda ctx: go.wait(20))
        await pilot.press("f9")
        await pilot.pause(0.05)
        app.action_lock()
        await pilot.pause(0.05)
        go.set()
        await settled(pilot)
        assert isinstance(app.screen, LockScreen)
        await write(pilot, PASSWORD)
        await press(pilot, "f9")
        assert len(app.screen_stack) == 1
        assert shown(app, ["挂起 1"]) == []


async def test_what_was_half_typed_is_gone_for_the_next_clerk(desk: Office) -> None:
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await write(pilot, "3207")
        app.late = LateForm(number="01-0031", occurred_at=desk.clock.now())
        await press(pilot, "ctrl+l", "f8")
        await sign_in(pilot, "zhou", PASSWORD)
        assert app.late is None
        assert "3207" not in text(app)


async def test_a_supervisors_password_that_was_typed_and_not_used_is_gone_after_a_lock(desk: Office) -> None:
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        ask(app.screen, "report", "desk:1", "X", lambda _approval: None)
        await settled(pilot)
        await write(pilot, "sun")
        await press(pilot, "down")
        await write(pilot, PASSWORD)
        await press(pilot, "f2", "ctrl+l")
        await write(pilot, PASSWORD)
        await press(pilot, "f9", "f9")
        assert isinstance(app.screen, ApproveScreen)
        assert app.screen.query_one("#password", Input).value == ""
    assert "approval.granted" not in kinds(desk)


async def test_another_clerk_takes_over_and_sees_nothing_of_what_was_open(desk: Office) -> None:
    desk.person("张三")
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "f3", "z", "s")
        assert shown(app, ["张三"]) == []
        await press(pilot, "escape", "escape")
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "space")
        await press(pilot, "ctrl+l", "f8")
        assert isinstance(app.screen, SignInScreen)
        assert "张三" not in text(app)
        await sign_in(pilot, "zhou", PASSWORD)
        assert app.actor.name == "zhou"
        assert len(app.screen_stack) == 1
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "space")
        await press(pilot, "escape")
        await press(pilot, "f3")
        assert "张三" not in text(app)
    assert kinds(desk) == ["staff.screen-locked", "staff.signed-out", "staff.signed-in"]
    with desk.ctx.records.read() as session:
        rows = session.connection().execute(JOURNAL.select().order_by(JOURNAL.c.seq)).all()
    who = [json.loads(bytes(row.event))[4] for row in rows if row.kind == "finding.recorded"]
    assert who == ["周敏", "zhou"]


async def approve(pilot: Any, reason: str = "f2", login: str = "sun") -> None:
    """Fill in the supervisor's dialog and approve."""
    await write(pilot, login)
    await press(pilot, "down")
    await write(pilot, PASSWORD)
    await press(pilot, reason, "f9")


async def test_a_supervisor_lets_one_person_in_at_a_closed_counter(desk: Office) -> None:
    desk.person("张三")
    desk.clock.at = desk.clock.at.replace(hour=20)
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        assert shown(app, ["F8特批", "F8 由主管特批"]) == []
        await press(pilot, "f8")
        assert isinstance(app.screen, ApproveScreen)
        await write(pilot, "sun")
        await press(pilot, "f9")
        assert shown(app, ["先填登录名和口令"]) == []
        await press(pilot, "down")
        await write(pilot, PASSWORD)
        assert PASSWORD not in text(app)
        await press(pilot, "f9")
        assert shown(app, ["用 F2 到 F6 选理由"]) == []
        await press(pilot, "f3", "f9")
        assert shown(app, ["张三", "[受理]"]) == []
        await press(pilot, "space")
    with desk.ctx.records.read() as session:
        row = session.connection().execute(APPROVALS.select()).one()
    assert (row.requested_by, row.approved_by, row.reason) == ("周敏", "sun", "agreed_before")
    assert row.used_at is not None


async def test_a_scan_approves_nothing_and_the_clerk_cannot_approve_alone(desk: Office) -> None:
    desk.person("张三")
    desk.clock.at = desk.clock.at.replace(hour=20)
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "f8")
        await write(pilot, "sun")
        await press(pilot, "down")
        await scan(pilot, PASSWORD)
        await press(pilot, "f2", "f9")
        assert isinstance(app.screen, ApproveScreen)
        await press(pilot, "up")
        await press(pilot, *["backspace"] * 3)
        await write(pilot, "zhoumin")
        await press(pilot, "down")
        await write(pilot, PASSWORD)
        await press(pilot, "f9")
        assert shown(app, ["申请人不能批准"]) == []
    with desk.ctx.records.read() as session:
        assert session.connection().execute(APPROVALS.select()).first() is None


async def test_a_second_submission_of_one_person_is_opened_when_a_supervisor_allows_it(desk: Office) -> None:
    number = identity_number(5)
    desk.opened("张三", id_number=number)
    desk.person("张三", id_number=number)
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000002")
        await press(pilot, "f8")
        await approve(pilot)
        assert shown(app, ["收件 00002", "张三"]) == []


async def test_papers_of_another_day_go_on_at_night_when_a_supervisor_allows_it(desk: Office) -> None:
    desk.opened("张三")
    desk.clock.at = desk.clock.at.replace(day=13, hour=20)
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await scan(pilot, "LYGGX20240000000001")
        await press(pilot, "f9", "f8")
        await approve(pilot, "f4")
        await press(pilot, "space")
        assert shown(app, ["齐"]) == []


async def test_a_copy_beyond_the_limit_asks_for_a_supervisor(desk: Office) -> None:
    sub = desk.accepted("张三")
    desk.ctx = replace(desk.ctx, copies_limit=0)
    app = open_desk(desk)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        await press(pilot, "f4")
        assert shown(app, ["再打须主管批准"]) == []
        await press(pilot, "f9")
        await approve(pilot)
    view = submissions.view(desk.ctx, sub.id, actor=CLERK)
    assert sorted(paper.prints for paper in view.papers)[-1] == 2


async def test_the_first_person_at_a_new_desk_becomes_its_supervisor(tmp_path: Path) -> None:
    clock = FixedClock(shanghai("2024-08-12T09:05"))
    first_run(tmp_path / "home", clock=clock)
    ctx = replace(open_records(tmp_path / "home", clock=clock), cost=CHEAP)
    app = CounterApp(clock=clock, actor=None, open_records=lambda: ctx)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        assert shown(app, ["第一名主管"]) == []
        for words in ("sun", "孙一", "lychee", "lychee"):
            await write(pilot, words)
            await press(pilot, "down")
        await press(pilot, "f9")
        assert shown(app, ["至少 8 个字符"]) == []
        await press(pilot, "up", "up")
        for words in ("-2024", "-2025"):
            await write(pilot, words)
            await press(pilot, "down")
        await press(pilot, "f9")
        assert shown(app, ["两次口令不一致"]) == []
        for _twice in range(2):
            await write(pilot, PASSWORD)
            await press(pilot, "down")
        await press(pilot, "f9")
        assert isinstance(app.screen, SignInScreen)
        await write(pilot, PASSWORD)
        await press(pilot, "f9")
        assert app.actor == ("孙一", "supervisor", 1)
    ctx.records.close()


async def test_one_key_signs_into_a_demo_as_either(tmp_path: Path) -> None:
    clock = FixedClock(shanghai("2024-08-12T09:05"))
    first_run(tmp_path / "home", clock=clock, demo=True)
    ctx = open_records(tmp_path / "home", clock=clock)
    app = CounterApp(clock=clock, actor=None, open_records=lambda: ctx, demo=True)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await settled(pilot)
        assert shown(app, ["F2 以窗口人员登录，F8 以主管登录"]) == []
        await press(pilot, "f2")
        assert app.actor == ("demo", "clerk", 1)
        await press(pilot, "ctrl+l")
        assert shown(app, ["try-it-2024"]) == []
        await press(pilot, "f8", "f8")
        assert app.actor == ("顾宁", "supervisor", 1)
    ctx.records.close()


def test_every_reason_has_its_words() -> None:
    assert {reason for reasons in REASONS.values() for reason in reasons} == set(WORDS)
