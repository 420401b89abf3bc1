"""Who works here: employ, given passwords, taken away, never renamed or deleted."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from counter.clock import FixedClock
from counter.desk import sign_in, staff, today
from counter.desk.demo_money import close_day
from counter.desk.office import ready
from counter.desk.rows import STAFF
from counter.desk.unit import Unit, once
from counter.desk.verify import verify
from counter.desk.views import Actor, Role
from counter.errors import DeskError
from counter.rules.overrides import REASONS
from db.core import APPROVAL_KINDS
from db.engine import Records
from tests.builders import CLERK, PASSWORD, SUPERVISOR, Office, employ, office_at, shanghai

MACHINE = Actor("@counter", Role.IT, 1)


def refused(call: Any, *args: Any, **words: Any) -> tuple[str, object]:
    """Return how a call is refused."""
    with pytest.raises(DeskError) as error:
        call(*args, **words)
    return error.value.code, error.value.facts.get("reason", "")


def test_somebody_added_signs_in_under_the_name_papers_say(desk: Office) -> None:
    member = employ(desk, login=" Chen ", badge="GP-0042")
    assert (member.login, member.name, member.created_by) == ("chen", "陈一", "sun")
    chosen = sign_in.choose_password(desk.ctx, login="chen", old=PASSWORD, new="new-word-77")
    assert chosen == Actor("陈一", Role.CLERK, 1)
    assert sign_in.sign_in(desk.ctx, login="chen", password="new-word-77") == chosen
    assert [m.login for m in staff.members(desk.ctx, actor=SUPERVISOR)] == ["zhou", "sun", "zhoumin", "chen"]
    assert verify(desk.ctx, actor=SUPERVISOR).first_bad is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"login": "陈"}, ("staff", "login")),
        ({"login": "c"}, ("staff", "login")),
        ({"name": "  "}, ("staff", "name")),
        ({"name": "@root"}, ("staff", "name")),
        ({"badge": "a b c d"}, ("staff", "badge")),
        ({"badge": "GP-42"}, ("staff", "badge")),  # so short that a scan of it passes for typing
        ({"login": "zhou"}, ("staff", "taken")),
        ({"name": "zhou"}, ("staff", "taken")),
        ({"password": "short"}, ("password", "short")),
        ({"password": "x" * 8}, ("password", "plain")),
        ({"password": "my-chen-2024"}, ("password", "login")),
        ({"password": "ab3" * 50}, ("password", "long")),
    ],
)
def test_what_cannot_be_entered_is_refused_with_its_reason(
    desk: Office, changes: dict[str, Any], code: tuple[str, str]
) -> None:
    assert refused(employ, desk, **changes) == code


def test_records_without_a_supervisor_get_their_first_one_and_never_a_second_first(
    records: Records, tmp_path: Path
) -> None:
    ctx = ready(records, home=tmp_path, clock=FixedClock(shanghai("2024-08-12T09:05")), demo=True)
    words: dict[str, Any] = {"name": "孙一", "password": PASSWORD, "actor": MACHINE}
    assert not staff.has_supervisor(ctx)
    assert staff.begin(ctx, login="first", key=uuid4(), **words).role is Role.SUPERVISOR
    assert staff.has_supervisor(ctx)
    again = words | {"name": "孙二"}
    assert refused(staff.begin, ctx, login="second", key=uuid4(), **again) == ("staff", "first-there")


def test_the_last_supervisor_stays_and_nobody_takes_their_own_account(desk: Office) -> None:
    assert refused(staff.disable, desk.ctx, login="sun", actor=SUPERVISOR, key=uuid4()) == ("staff", "self")
    other = Actor("钱二", Role.SUPERVISOR, 1)
    employ(desk, login="qian", name=other.name, role=Role.SUPERVISOR)
    staff.disable(desk.ctx, login="sun", actor=other, key=uuid4())
    somebody = Actor("gone", Role.SUPERVISOR, 1)
    assert refused(staff.disable, desk.ctx, login="qian", actor=somebody, key=uuid4()) == (
        "staff",
        "last-supervisor",
    )
    assert [m.login for m in staff.members(desk.ctx, actor=other)][-1] == "sun"


def test_a_supervisor_gives_a_new_password_and_the_lock_is_over(desk: Office) -> None:
    for _try in range(5):
        desk.clock.tick(seconds=60)
        with pytest.raises(DeskError):
            sign_in.sign_in(desk.ctx, login="zhou", password="wrong")
    assert [m.locked for m in staff.members(desk.ctx, actor=SUPERVISOR)] == [True, False, False]
    staff.set_password(desk.ctx, login="zhou", password="new-word-77", actor=SUPERVISOR, key=uuid4())
    assert [m.locked for m in staff.members(desk.ctx, actor=SUPERVISOR)] == [False, False, False]
    assert today.desk_view(desk.ctx, actor=CLERK).rescued == 0


def test_a_supervisor_who_sets_anothers_password_or_makes_another_is_seen_until_a_close(desk: Office) -> None:
    employ(desk, login="qian", name="钱二", role=Role.SUPERVISOR)
    assert today.desk_view(desk.ctx, actor=CLERK).rescued == 1
    words: dict[str, Any] = {"password": "new-word-77", "key": uuid4()}
    staff.set_password(desk.ctx, login="sun", actor=Actor("钱二", Role.SUPERVISOR, 1), **words)
    assert today.desk_view(desk.ctx, actor=CLERK).rescued == 2
    words = {"new": "new-word-88", "key": uuid4(), "actor": CLERK}
    staff.change_password(desk.ctx, old=PASSWORD, **words)
    assert today.desk_view(desk.ctx, actor=CLERK).rescued == 2
    desk.clock.tick(minutes=1)
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    assert today.desk_view(desk.ctx, actor=CLERK).rescued == 0


def test_what_is_begun_by_somebody_is_not_done_once_their_account_is_taken_away(
    postgres_records: Records, tmp_path: Path
) -> None:
    """On SQLite one transaction writes at a time; here an account goes while another act is on its way."""
    desk = office_at(tmp_path / "home", postgres_records, shift=False)

    def work(unit: Unit) -> str:
        staff.disable(desk.ctx, login="zhou", actor=SUPERVISOR, key=uuid4())
        unit.tell("shift.opened", "shift:1")
        return "shift:1"

    assert refused(once, desk.ctx, "open-shift", CLERK, uuid4(), work) == ("disabled", "")


def test_two_supervisors_who_disable_each_other_do_so_in_turn(
    postgres_records: Records, tmp_path: Path
) -> None:
    desk = office_at(tmp_path / "home", postgres_records, shift=False)
    employ(desk, login="qian", name="钱二", role=Role.SUPERVISOR)
    both = threading.Barrier(2)
    refusals: list[str] = []

    def disable(login: str, actor: Actor) -> None:
        both.wait()
        try:
            staff.disable(desk.ctx, login=login, actor=actor, key=uuid4())
        except DeskError as error:
            refusals.append(error.code)

    pairs = (("qian", SUPERVISOR), ("sun", Actor("钱二", Role.SUPERVISOR, 1)))
    line = [threading.Thread(target=disable, args=pair) for pair in pairs]
    for thread in line:
        thread.start()
    for thread in line:
        thread.join(20)
    assert len(refusals) == 1
    assert refusals[0] in ("staff", "disabled")


def test_everybody_chooses_their_own_password_and_proves_the_old_one(desk: Office) -> None:
    words: dict[str, Any] = {"new": "new-word-77", "actor": CLERK, "key": uuid4()}
    assert refused(staff.change_password, desk.ctx, old="not it", **words) == ("sign-in", "")
    staff.change_password(desk.ctx, old=PASSWORD, **words)
    assert sign_in.sign_in(desk.ctx, login="zhou", password="new-word-77") == CLERK


def test_a_password_set_without_a_supervisor_is_counted_for_all_to_see(desk: Office) -> None:
    words: dict[str, Any] = {"password": "new-word-77", "actor": MACHINE}
    assert refused(staff.rescue, desk.ctx, login="zhou", key=uuid4(), **words) == ("staff", "not-supervisor")
    assert refused(staff.rescue, desk.ctx, login="nobody", key=uuid4(), **words) == ("staff", "unknown")
    staff.rescue(desk.ctx, login="sun", key=uuid4(), **words)
    assert refused(sign_in.sign_in, desk.ctx, login="sun", password="new-word-77") == ("password-first", "")
    with desk.ctx.records.read() as session:
        assert staff.rescues(session.connection()) == 1
        assert staff.rescues(session.connection(), after=desk.clock.now()) == 0
    assert today.desk_view(desk.ctx, actor=CLERK).rescued == 1


def test_a_password_changed_in_the_file_is_named_by_the_proof(sqlite_desk: Office) -> None:
    with sqlite_desk.ctx.records.write() as session:
        session.connection().execute(STAFF.update().where(STAFF.c.login == "sun").values(password="-"))
    found = verify(sqlite_desk.ctx, actor=SUPERVISOR)
    assert {check.code: check.first_bad for check in found.checks}["rows"] == "staff:2"


def test_every_kind_of_approval_has_its_reasons() -> None:
    assert set(REASONS) == set(APPROVAL_KINDS)
    assert all(reasons[-1] == "other" and len(reasons) > 1 for reasons in REASONS.values())
