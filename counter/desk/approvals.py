"""An exception a supervisor allowed: used up in the very transaction of the act it was given for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from counter.desk.rows import APPROVALS, Row, as_row
from counter.desk.views import ApprovalId
from counter.errors import DeskError

if TYPE_CHECKING:
    from counter.desk.unit import Unit

LASTS: Final = timedelta(minutes=2)
"""An approval is for the act on the screen now; a later one is asked for anew."""


def use_any(unit: Unit, approved: Sequence[ApprovalId], *, kind: str, ref: str) -> Row | None:
    """Use up the first of several approvals that is of a kind; None when none is. Raises as `use`."""
    if not approved:
        return None
    query = sa.select(APPROVALS.c.id).where(APPROVALS.c.id.in_(approved), APPROVALS.c.kind == kind)
    found = unit.conn.execute(query.order_by(APPROVALS.c.id)).scalars().first()
    return None if found is None else use(unit, ApprovalId(found), kind=kind, ref=ref)


def use(unit: Unit, approval: ApprovalId, *, kind: str, ref: str) -> Row:
    """Use up an approval for one act, and return it; the act's own event then names approver and reason.

    Raises DeskError("approval", reason): `unknown`, `other` (given for another act, thing, desk or person),
    `used`, `stale`.
    """
    found = unit.conn.execute(sa.select(APPROVALS).where(APPROVALS.c.id == approval)).one_or_none()
    if found is None:
        raise DeskError("approval", reason="unknown")
    row = as_row(found)
    meant = (kind, ref, unit.actor.name, unit.ctx.desk)
    if (row["kind"], row["ref"], row["requested_by"], row["desk"]) != meant:
        raise DeskError("approval", reason="other")
    if row["used_at"] is not None:
        raise DeskError("approval", reason="used")
    if not timedelta() <= unit.now - row["granted_at"] <= LASTS:
        raise DeskError("approval", reason="stale")
    return unit.set_own(APPROVALS, row, used_at=unit.now)


def facts(row: Row) -> dict[str, object]:
    """Return what the event of an approved act tells of its approval."""
    return {"approval": row["id"], "approved_by": row["approved_by"], "reason": row["reason"]}
