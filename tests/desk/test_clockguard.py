"""A jump of the clock stops fees and what depends on the hours until two people have confirmed it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from counter.clock import FixedClock, business_date
from counter.desk import checklist, clockguard, fees, submissions, verdicts
from counter.desk.clockguard import confirm_clock
from counter.desk.context import Memory
from counter.desk.office import ready
from counter.desk.rows import APPROVALS, SUBMISSIONS, add, blank
from counter.desk.today import desk_view
from counter.desk.verify import verify
from counter.desk.views import ApprovalId
from counter.errors import DeskError
from counter.words import sentence
from db.engine import Records
from tests.builders import CASH, CLERK, SUPERVISOR, Office, enlist, shanghai

BACK = {"hours": -1.0}


@pytest.fixture
def desk(records: Records, tmp_path: Path) -> Office:
    """A desk of a real office: in a demo time is chosen, and nothing is watched."""
    clock = FixedClock(shanghai("2024-08-12T09:05"))
    home = tmp_path / "home"
    home.mkdir()
    made = Office(ready(records, home=home, clock=clock), clock)
    enlist(made.ctx)
    return made


def set_clock(desk: Office, **by: float) -> None:
    """Change the machine's clock, which no time passes by."""
    desk.clock.at += timedelta(**by)


def told(desk: Office) -> list[tuple[str, dict[str, Any]]]:
    with desk.ctx.records.read() as session:
        query = "SELECT kind, event FROM journal WHERE ref = 'clock' ORDER BY seq"
        found = session.connection().exec_driver_sql(query)
        return [(kind, json.loads(bytes(event))[8]) for kind, event in found]


def stopped(work: Callable[[], object], jump: str = "back") -> None:
    with pytest.raises(DeskError) as caught:
        work()
    assert (caught.value.code, caught.value.facts["reason"]) == ("clock", jump)
    assert "{" not in sentence(caught.value)


def approved(desk: Office, seq: int, *, kind: str = "clock", ref: str = "") -> ApprovalId:
    with desk.ctx.records.write() as session:
        row = blank(
            APPROVALS,
            kind=kind,
            ref=ref or f"clock:{seq}",
            desk=1,
            requested_by=CLERK.name,
            approved_by=SUPERVISOR.name,
            reason="clock_was_wrong",
            granted_at=desk.clock.now(),
        )
        return ApprovalId(add(session.connection(), APPROVALS, row)["id"])


def test_a_clock_that_goes_back_stops_what_depends_on_it_and_nothing_else(desk: Office) -> None:
    sub = desk.tick_all(desk.opened())
    desk.person("李四")
    set_clock(desk, **BACK)
    desk.clock.at = shanghai("2024-08-12T09:01:30")  # inside the hours, and still behind
    named: Any = {"submission_id": sub.id, "version": sub.version, "actor": CLERK}
    stopped(lambda: desk.open(desk.person("王五")))
    stopped(lambda: desk.accept(sub))
    stopped(lambda: verdicts.send_correction(desk.ctx, key=uuid4(), **named))
    stopped(lambda: checklist.clear_finding(desk.ctx, item="A1-01", key=uuid4(), **named))
    stopped(lambda: fees.settle_fee(desk.ctx, fee=CASH, key=uuid4(), **named))
    assert submissions.view(desk.ctx, sub.id, actor=CLERK).serial == sub.serial
    parked = submissions.park(desk.ctx, note="", key=uuid4(), **named)
    assert str(parked.status) == "parked"
    assert [kind for kind, _ in told(desk)] == ["clock.regressed"]


def test_the_jump_stands_in_the_journal_before_what_was_written_at_the_new_time(desk: Office) -> None:
    sub = desk.opened()
    set_clock(desk, **BACK)
    submissions.park(desk.ctx, submission_id=sub.id, version=sub.version, note="", actor=CLERK, key=uuid4())
    with desk.ctx.records.read() as session:
        kinds = session.connection().exec_driver_sql("SELECT kind FROM journal ORDER BY seq").scalars().all()
    assert kinds[-2:] == ["clock.regressed", "submission.parked"]
    ((_, body),) = told(desk)
    assert (body["jump"], body["last"]) == ("back", "2024-08-12T01:05:00+00:00")
    chain = [c for c in verify(desk.ctx, actor=CLERK).checks if not c.ok]
    assert chain == []


def test_two_minutes_are_no_jump(desk: Office) -> None:
    sub = desk.opened()
    set_clock(desk, minutes=-2)
    desk.tick(sub, "A1-01")
    set_clock(desk, minutes=2)
    assert told(desk) == []


def test_a_clock_that_runs_ahead_within_one_run_of_the_machine_is_noticed(desk: Office) -> None:
    sub = desk.opened()
    set_clock(desk, days=1)
    stopped(lambda: desk.tick(sub, "A1-01"), "ahead")
    assert told(desk)[0][1]["jump"] == "ahead"


@pytest.mark.parametrize(
    ("ahead", "noticed"), [({"days": 1}, False), ({"days": 4}, True), ({"days": 365}, True)]
)
def test_after_a_restart_idle_days_tell(desk: Office, ahead: dict[str, float], noticed: bool) -> None:
    desk.opened()
    again = ready(desk.ctx.records, home=desk.ctx.home, clock=desk.clock)
    desk.clock.boot = "another"
    set_clock(desk, **ahead)
    view = desk_view(again, actor=CLERK)
    assert (view.clock is not None) == noticed


def test_a_long_weekend_is_no_jump(desk: Office) -> None:
    desk.clock.tick(days=4, hours=8, minutes=45)
    desk.opened()
    desk.clock.tick(days=2, hours=15, minutes=20)
    again = Office(ready(desk.ctx.records, home=desk.ctx.home, clock=desk.clock), desk.clock, desk.people)
    again.opened("李四")
    assert told(desk) == []


def test_a_minute_of_nobody_doing_anything_is_enough_to_notice(desk: Office) -> None:
    desk.opened()
    set_clock(desk, **BACK)
    clockguard.look(desk.ctx)
    clockguard.look(desk.ctx)
    assert [kind for kind, _ in told(desk)] == ["clock.regressed"]
    view = desk_view(desk.ctx, actor=CLERK).clock
    assert view is not None
    assert view.jump == "back"


def test_the_jump_stays_until_it_is_confirmed_also_when_the_clock_is_set_right(desk: Office) -> None:
    sub = desk.opened()
    set_clock(desk, **BACK)
    clockguard.look(desk.ctx)
    set_clock(desk, hours=1)
    stopped(lambda: desk.tick(sub, "A1-01"))


def test_a_clerk_confirms_with_a_supervisors_approval_and_goes_on(desk: Office) -> None:
    sub = desk.opened()
    set_clock(desk, **BACK)
    clockguard.look(desk.ctx)
    waits = desk_view(desk.ctx, actor=CLERK).clock
    assert waits is not None
    set_clock(desk, hours=1, minutes=1)
    with pytest.raises(DeskError, match="approval"):
        confirm_clock(desk.ctx, seq=waits.seq, actor=CLERK, key=uuid4())
    with pytest.raises(DeskError, match="approval"):
        confirm_clock(desk.ctx, seq=waits.seq, approval=approved(desk, 1), actor=CLERK, key=uuid4())
    confirm_clock(desk.ctx, seq=waits.seq, approval=approved(desk, waits.seq), actor=CLERK, key=uuid4())
    assert desk_view(desk.ctx, actor=CLERK).clock is None
    desk.tick(sub, "A1-01")
    kind, body = told(desk)[-1]
    assert (kind, body["approved_by"], body["reason"]) == (
        "clock.confirmed",
        SUPERVISOR.name,
        "clock_was_wrong",
    )
    with pytest.raises(DeskError, match="nothing-to-confirm"):
        confirm_clock(desk.ctx, seq=waits.seq, approval=approved(desk, waits.seq), actor=CLERK, key=uuid4())


def test_a_supervisor_confirms_with_a_reason_alone(desk: Office) -> None:
    desk.opened()
    set_clock(desk, days=1)
    clockguard.look(desk.ctx)
    waits = desk_view(desk.ctx, actor=CLERK).clock
    assert waits is not None
    with pytest.raises(DeskError, match="approval"):
        confirm_clock(desk.ctx, seq=waits.seq, actor=SUPERVISOR, key=uuid4())
    confirm_clock(desk.ctx, seq=waits.seq, reason="machine_stood_still", actor=SUPERVISOR, key=uuid4())
    assert desk_view(desk.ctx, actor=CLERK).clock is None


@pytest.mark.parametrize("step", [-1.5, 1.5])
def test_small_steps_add_up_whatever_is_done_in_between(desk: Office, step: float) -> None:
    sub = desk.tick(desk.opened(), "A1-01")
    set_clock(desk, minutes=step)
    sub = desk.tick(sub, "A1-02")
    set_clock(desk, minutes=step)
    stopped(lambda: desk.tick(sub, "A1-03"), "back" if step < 0 else "ahead")


@pytest.mark.parametrize("moved", [{"days": 1}, {"hours": -1}])
def test_what_another_desk_of_the_machine_had_confirmed_is_not_asked_again(
    desk: Office, moved: dict[str, float]
) -> None:
    sub = desk.opened()
    other = ready(desk.ctx.records, home=desk.ctx.home, clock=desk.clock)
    submissions.park(other, submission_id=sub.id, version=sub.version, note="", actor=CLERK, key=uuid4())
    set_clock(desk, **moved)
    clockguard.look(desk.ctx)
    waits = desk_view(other, actor=CLERK).clock
    assert waits is not None
    confirm_clock(desk.ctx, seq=waits.seq, reason="clock_was_wrong", actor=SUPERVISOR, key=uuid4())
    assert desk_view(other, actor=CLERK).clock is None


def test_order_is_by_number_whatever_the_times_say(desk: Office) -> None:
    sub = desk.opened()
    set_clock(desk, hours=-3)
    submissions.park(desk.ctx, submission_id=sub.id, version=sub.version, note="", actor=CLERK, key=uuid4())
    with desk.ctx.records.read() as session:
        rows = session.connection().exec_driver_sql("SELECT seq FROM journal ORDER BY seq").scalars().all()
    assert rows == list(range(1, len(rows) + 1))
    assert all(c.ok for c in verify(desk.ctx, actor=CLERK).checks)


class Hasty(FixedClock):
    """A clock on which a second passes with every look."""

    def now(self) -> datetime:
        """Return the instant, and let a second pass."""
        at = self.at
        self.tick(seconds=1)
        return at


def test_at_the_turn_of_the_year_each_act_is_of_one_year_and_series_begin_with_one(desk: Office) -> None:
    clock = Hasty(shanghai("2024-12-31T23:59:50"))
    late = Office(replace(desk.ctx, clock=clock, demo=True), clock)  # where time is chosen
    for n in range(20):
        entry = late.person(f"李{n}")
        pass_ = approved(late, 0, kind="hours", ref=f"entry:{entry}")
        submissions.open_submission(late.ctx, entry_id=entry, actor=CLERK, key=uuid4(), approved=(pass_,))
    with desk.ctx.records.read() as session:
        rows = session.connection().execute(SUBMISSIONS.select().order_by(SUBMISSIONS.c.id)).all()
    serials: dict[int, list[int]] = {}
    for row in rows:
        day = business_date(row.opened_at)
        assert (row.year, row.opened_day) == (day.year, day.isoformat())
        serials.setdefault(row.year, []).append(row.serial)
    assert set(serials) == {2024, 2025}
    assert all(given == list(range(1, len(given) + 1)) for given in serials.values())


def test_in_a_demo_time_is_chosen(tmp_path: Path) -> None:
    from tests.builders import office

    with office(tmp_path / "demo") as demo:
        demo.opened()
        demo.clock.at -= timedelta(hours=3)
        clockguard.look(demo.ctx)
        assert desk_view(demo.ctx, actor=CLERK).clock is None


def test_small_steps_add_up_over_restarts_of_the_desk(desk: Office) -> None:
    """Each start has only the journal of the one before; the machine ran on, and its steady clock with it."""
    desk.opened("张三")
    for _start in range(2):
        desk.ctx = replace(desk.ctx, memory=Memory())
        desk.clock.tick(minutes=5)
        set_clock(desk, seconds=70)
        if _start == 0:
            desk.opened("李四")
    stopped(lambda: desk.opened("王五"), "ahead")
    seq = clockguard.look(desk.ctx).seq  # type: ignore[union-attr]
    confirm_clock(desk.ctx, seq=seq, reason="clock_was_wrong", actor=SUPERVISOR, key=uuid4())
    desk.ctx = replace(desk.ctx, memory=Memory())
    desk.opened("赵六")  # what was confirmed is what counts from now on
    desk.clock.boot, desk.clock.seconds = "started anew", 7.0
    desk.ctx = replace(desk.ctx, memory=Memory())
    desk.opened("孙七")
    with desk.ctx.records.read() as session:
        query = "SELECT count(*) FROM journal WHERE kind = 'clock.read'"
        assert session.connection().exec_driver_sql(query).scalar() == 2  # one for each run of the machine


def test_no_shift_is_opened_on_a_clock_that_is_doubted(desk: Office) -> None:
    from counter.desk import shifts

    desk.person("张三")
    desk.opened("李四")
    set_clock(desk, **BACK)
    other = replace(desk.ctx, desk=2)
    actor = CLERK._replace(desk=2)
    stopped(lambda: shifts.open_shift(other, float_fen=0, actor=actor, key=uuid4()))
