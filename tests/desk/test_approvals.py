"""A supervisor's approval is good for one act, for one person at one desk, and not for long."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from counter.desk import approvals
from counter.desk.rows import APPROVALS, blank
from counter.desk.unit import Unit, once
from counter.desk.verify import verify
from counter.desk.views import Actor, ApprovalId, Role
from counter.errors import DeskError
from tests.builders import CLERK, SUPERVISOR, Office


def granted(here: Office, **changes: Any) -> ApprovalId:
    """Have the supervisor allow the clerk to void a fee of submission 1."""
    fields = {
        "kind": "void",
        "ref": "submission:1",
        "desk": 1,
        "requested_by": CLERK.name,
        "approved_by": SUPERVISOR.name,
        "reason": "mistyped",
        "granted_at": here.clock.now(),
    }

    def work(unit: Unit) -> str:
        made = unit.add_own(APPROVALS, blank(APPROVALS, **fields | changes))
        unit.tell("approval.granted", "")
        return f"approval:{made['id']}"

    return ApprovalId(int(once(here.ctx, "approve", SUPERVISOR, uuid4(), work).partition(":")[2]))


def used(desk: Office, approval: ApprovalId, actor: Actor = CLERK, ref: str = "submission:1") -> None:
    """Use an approval up as the act it is for would."""

    def work(unit: Unit) -> str:
        row = approvals.use(unit, approval, kind="void", ref=ref)
        unit.tell("fee.voided", ref, **approvals.facts(row))
        return ref

    once(desk.ctx, "void", actor, uuid4(), work)


def test_an_approval_is_used_up_by_its_act_and_the_proof_knows(desk: Office) -> None:
    approval = granted(desk)
    used(desk, approval)
    with pytest.raises(DeskError) as refused:
        used(desk, approval)
    assert refused.value.facts == {"reason": "used"}
    assert verify(desk.ctx, actor=CLERK).first_bad is None


@pytest.mark.parametrize(
    ("granted_as", "used_as"),
    [
        ({"kind": "hours"}, {}),
        ({"ref": "submission:2"}, {}),
        ({"desk": 2}, {}),
        ({}, {"actor": Actor("li", Role.CLERK, 1)}),
        ({}, {"ref": "submission:2"}),
    ],
)
def test_an_approval_is_for_nothing_and_nobody_else(
    desk: Office, granted_as: dict[str, Any], used_as: dict[str, Any]
) -> None:
    approval = granted(desk, **granted_as)
    with pytest.raises(DeskError) as refused:
        used(desk, approval, **used_as)
    assert refused.value.facts == {"reason": "other"}


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (120, True), (121, False), (-1, False)])
def test_an_approval_does_not_keep(desk: Office, seconds: int, good: bool) -> None:
    approval = granted(desk)
    desk.clock.tick(seconds=seconds)
    if good:
        used(desk, approval)
        return
    with pytest.raises(DeskError) as refused:
        used(desk, approval)
    assert refused.value.facts == {"reason": "stale"}


def test_an_approval_nobody_gave_is_none(desk: Office) -> None:
    with pytest.raises(DeskError) as refused:
        used(desk, ApprovalId(404))
    assert refused.value.facts == {"reason": "unknown"}


def test_a_changed_approval_is_named_by_the_proof(sqlite_desk: Office) -> None:
    granted(sqlite_desk)
    with sqlite_desk.ctx.records.write() as session:
        for trigger in ("approval_fixed", "approval_once"):
            session.connection().exec_driver_sql(f"DROP TRIGGER {trigger}")
        session.connection().exec_driver_sql("UPDATE approval SET reason = 'other'")
    found = verify(sqlite_desk.ctx, actor=CLERK)
    assert {check.code: check.first_bad for check in found.checks}["rows"] == "approval:1"
