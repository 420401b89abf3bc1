"""Exceptions: each takes a second person and a reason, and the journal names both."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from counter.desk import papers, submissions, verdicts
from counter.desk.forms import WalkUpForm
from counter.desk.rows import APPROVALS, JOURNAL
from counter.desk.verify import verify
from counter.desk.views import Act, ApprovalId
from counter.rules.finding import FindingKind
from counter.rules.status import Status
from tests.builders import CLERK, SUPERVISOR, Office, code_of, identity_number, shanghai

NIGHT = "2024-08-12T20:00"


def last_overrides(desk: Office, kind: str) -> list[dict[str, Any]]:
    """Return which exceptions the last event of a kind names."""
    with desk.ctx.records.read() as session:
        query = JOURNAL.select().where(JOURNAL.c.kind == kind).order_by(JOURNAL.c.seq.desc())
        row = session.connection().execute(query).first()
    assert row is not None
    found: list[dict[str, Any]] = json.loads(bytes(row.event))[8].get("overrides", [])
    return found


def used(desk: Office) -> list[bool]:
    """Return of each approval whether it was used up."""
    with desk.ctx.records.read() as session:
        rows = session.connection().execute(APPROVALS.select().order_by(APPROVALS.c.id))
        return [row.used_at is not None for row in rows]


def open_with(desk: Office, entry: Any, *approved: ApprovalId) -> Any:
    """Open a submission with what a supervisor approved."""
    return submissions.open_submission(desk.ctx, entry_id=entry, actor=CLERK, key=uuid4(), approved=approved)


@pytest.mark.parametrize("at", [NIGHT, "2024-08-11T10:00", "2024-07-30T10:00", "2024-10-08T10:00"])
def test_outside_hours_and_window_a_supervisor_lets_one_person_in(desk: Office, at: str) -> None:
    entry = desk.person()
    desk.clock.at = shanghai(at)
    assert code_of(lambda: open_with(desk, entry)) == "closed"
    approval = desk.approval("hours", f"entry:{entry}", "agreed_before")
    sub = open_with(desk, entry, approval)
    assert last_overrides(desk, "submission.opened") == [
        {"kind": "hours", "approval": approval, "approved_by": "sun", "reason": "agreed_before"}
    ]
    assert desk.accept(desk.tick_all(sub)).status is Status.ACCEPTED
    assert verify(desk.ctx, actor=SUPERVISOR).first_bad is None


def test_an_approval_lets_in_nobody_else_and_nobody_twice(desk: Office) -> None:
    entry, other = desk.person(), desk.person("李四")
    desk.clock.at = shanghai(NIGHT)
    approval = desk.approval("hours", f"entry:{entry}")
    assert code_of(lambda: open_with(desk, other, approval)) == "approval"
    open_with(desk, entry, approval)
    assert code_of(lambda: open_with(desk, other, approval)) == "approval"
    assert code_of(lambda: open_with(desk, other)) == "closed"
    assert used(desk) == [True]


def test_a_refused_act_uses_no_approval_up(desk: Office) -> None:
    entry = desk.person(online_state="draft", online_state_text="草稿")
    desk.clock.at = shanghai(NIGHT)
    approval = desk.approval("hours", f"entry:{entry}")
    assert code_of(lambda: open_with(desk, entry, approval)) == "not-submitted"
    assert used(desk) == [False]


def test_somebody_who_is_not_on_the_roster_is_let_in_as_well(desk: Office) -> None:
    desk.clock.at = shanghai(NIGHT)
    form = WalkUpForm(
        online_id="LYGGX20249999999999",
        name="赵六",
        id_number=identity_number(7),
        phone="13812345678",
        employer="连云港某某港务有限公司",
        specialty="petrochemical",
    )

    def call(*approved: ApprovalId) -> Any:
        return submissions.open_walk_up(desk.ctx, form=form, actor=CLERK, key=uuid4(), approved=approved)

    assert code_of(call) == "closed"
    assert call(desk.approval("hours", "walk-up")).status is Status.OPEN


def test_papers_of_another_day_are_judged_at_night_only_when_a_supervisor_says_so(desk: Office) -> None:
    sub = desk.opened()
    desk.clock.at = shanghai("2024-08-13T20:00")
    view = submissions.view(desk.ctx, sub.id, actor=CLERK)
    assert Act.TICK not in view.allowed
    assert Act.TICK in view.approvable
    assert code_of(lambda: desk.tick(sub, "A1-01")) == "closed"
    approval = desk.approval("hours", f"submission:{sub.id}", "desk_was_down")
    sub = submissions.admit(
        desk.ctx, submission_id=sub.id, version=sub.version, actor=CLERK, key=uuid4(), approved=(approval,)
    )
    assert Act.TICK in sub.allowed
    assert not sub.approvable
    assert desk.accept(desk.tick_all(sub)).status is Status.ACCEPTED


def test_who_comes_back_at_night_is_taken_up_again_when_a_supervisor_says_so(desk: Office) -> None:
    noticed = desk.correct(desk.faulty())
    desk.clock.at = shanghai("2024-08-13T20:00")
    assert code_of(lambda: desk.again(noticed)) == "closed"
    approval = desk.approval("hours", f"submission:{noticed.id}")
    back = verdicts.return_visit(
        desk.ctx,
        submission_id=noticed.id,
        version=noticed.version,
        actor=CLERK,
        key=uuid4(),
        approved=(approval,),
    )
    assert back.visit == 2
    assert Act.TICK in back.allowed


def test_a_second_submission_of_one_person_needs_a_supervisor(desk: Office) -> None:
    number = identity_number(5)
    first = desk.opened(id_number=number)
    entry = desk.person("张三", id_number=number)
    assert code_of(lambda: open_with(desk, entry)) == "already-open"
    approval = desk.approval("duplicate", f"entry:{entry}", "two_specialties")
    assert open_with(desk, entry, approval).id != first.id
    assert [o["kind"] for o in last_overrides(desk, "submission.opened")] == ["duplicate"]


def test_a_second_one_at_night_takes_two_approvals(desk: Office) -> None:
    number = identity_number(5)
    desk.opened(id_number=number)
    entry = desk.person("张三", id_number=number)
    desk.clock.at = shanghai(NIGHT)
    hours = desk.approval("hours", f"entry:{entry}")
    assert code_of(lambda: open_with(desk, entry, hours)) == "already-open"
    second = desk.approval("duplicate", f"entry:{entry}")
    open_with(desk, entry, hours, second)
    assert {o["kind"] for o in last_overrides(desk, "submission.opened")} == {"hours", "duplicate"}


def test_one_entry_has_one_submission_whatever_a_supervisor_says(desk: Office) -> None:
    entry = desk.person()
    open_with(desk, entry)
    approval = desk.approval("duplicate", f"entry:{entry}")
    assert code_of(lambda: open_with(desk, entry, approval)) == "already-open"
    assert used(desk) == [False]


def test_a_notice_that_adds_something_names_who_allowed_it(desk: Office) -> None:
    sub = desk.tick(desk.again(desk.correct(desk.faulty())), "A3-03")
    sub = desk.tick(sub, "A1-09", FindingKind.DEFECT, reasons=("illegible",))
    other = desk.approval("notice", f"submission:{sub.id + 1}")
    assert code_of(lambda: desk.correct(sub, (other,))) == "approval"
    assert code_of(lambda: desk.correct(sub)) == "notice-adds"
    desk.correct(sub, (desk.approval("notice", f"submission:{sub.id}", "overlooked"),))
    assert [o["reason"] for o in last_overrides(desk, "notice.issued")] == ["overlooked"]


def test_one_copy_is_free_and_the_next_needs_a_supervisor(desk: Office) -> None:
    ctx = replace(desk.ctx, copies_limit=1)
    sub = desk.accepted()

    def copy(*approved: ApprovalId) -> Any:
        return papers.reprint(ctx, number=sub.number, actor=CLERK, key=uuid4(), approved=approved)

    assert submissions.view(ctx, sub.id, actor=CLERK).papers[0].copies_left == 1
    assert copy().copies_left == 0
    assert code_of(copy) == "copies-limit"
    approval = desk.approval("reprint", f"paper:{sub.number}", "lost")
    assert copy(approval).prints == 3
    assert [o["reason"] for o in last_overrides(desk, "paper.copied")] == ["lost"]
    assert code_of(lambda: copy(approval)) == "approval"


def test_an_approval_of_yesterday_opens_nothing(desk: Office) -> None:
    entry = desk.person()
    desk.clock.at = shanghai(NIGHT)
    approval = desk.approval("hours", f"entry:{entry}")
    desk.clock.at += timedelta(days=1)
    assert code_of(lambda: open_with(desk, entry, approval)) == "approval"
