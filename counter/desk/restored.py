"""A restore that the machine's account made waits for a supervisor, and every desk says so until then."""

from __future__ import annotations

import json
from uuid import UUID

import sqlalchemy as sa

from counter.desk import approvals
from counter.desk.context import DeskContext
from counter.desk.home_views import RestoredView
from counter.desk.permit import use_case
from counter.desk.restore import CONFIRMED, REF, RESTORED
from counter.desk.rows import JOURNAL
from counter.desk.unit import Unit, once
from counter.desk.views import Actor, ApprovalId, Role
from counter.errors import DeskError


def waiting(conn: sa.Connection) -> RestoredView | None:
    """Return the restore that no supervisor has confirmed yet, None when there is none."""
    query = (
        sa.select(JOURNAL.c.seq, JOURNAL.c.at, JOURNAL.c.kind, JOURNAL.c.event)
        .where(JOURNAL.c.ref == REF)
        .order_by(JOURNAL.c.seq.desc())
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    if row is None or row.kind != RESTORED:
        return None
    _seq, _at, _tz, _desk, actor, _role, _kind, _ref, body = json.loads(bytes(row.event))
    if not body.get("unconfirmed"):
        return None
    lost = sum(last - first + 1 for *_, first, last in body.get("lost", ()))
    return RestoredView(seq=row.seq, at=row.at, by=actor, lost=lost)


@use_case
def confirm_restored(
    ctx: DeskContext, *, seq: int, approval: ApprovalId | None = None, actor: Actor, key: UUID
) -> None:
    """Confirm the restore of event `seq`: as a supervisor, or as a clerk with a supervisor's approval.

    Raises DeskError("nothing-to-confirm"), and DeskError("approval", reason).
    """

    def work(unit: Unit) -> str:
        found = waiting(unit.conn)
        if found is None or found.seq != seq:
            raise DeskError("nothing-to-confirm")
        facts: dict[str, object] = {"approved_by": unit.actor.name}
        if unit.actor.role is not Role.SUPERVISOR:
            if approval is None:
                raise DeskError("approval", reason="unknown")
            facts = approvals.facts(approvals.use(unit, approval, kind="restore", ref=f"{REF}:{seq}"))
        unit.tell(CONFIRMED, REF, restored=seq, **facts)
        return f"{REF}:{seq}"

    once(ctx, "confirm-restored", actor, key, work)
