"""Supervisors' passwords that somebody else set: named on the day sheet, and at the next opening.

Whoever set one could approve in another's name until its owner tried to sign in, so two people sign for it.
"""

from __future__ import annotations

import json
from typing import NamedTuple

import sqlalchemy as sa

from counter.desk.context import DeskContext
from counter.desk.rows import CLOSINGS, JOURNAL
from counter.desk.shifts import CLOSED, event_seq
from counter.desk.staff import RESCUE


class Rescue(NamedTuple):
    """One password that was set for a supervisor."""

    whose: str
    by: str


def between_closes(
    conn: sa.Connection, ctx: DeskContext, *, shift_id: int | None = None, upto: int | None = None
) -> list[Rescue]:
    """Return what happened since this desk's last close before a shift, up to an event, or to now."""
    query = (
        sa.select(CLOSINGS.c.shift_id)
        .where(CLOSINGS.c.office == ctx.circular.office.code, CLOSINGS.c.desk == ctx.desk)
        .order_by(CLOSINGS.c.id.desc())
        .limit(1)
    )
    if shift_id is not None:
        query = query.where(CLOSINGS.c.shift_id < shift_id)
    last = conn.execute(query).scalar_one_or_none()
    mark = None if last is None else event_seq(conn, f"shift:{last}", CLOSED)
    told = sa.select(JOURNAL.c.event).where(JOURNAL.c.ref == RESCUE).order_by(JOURNAL.c.seq)
    if mark is not None:
        told = told.where(JOURNAL.c.seq > mark.seq)
    if upto is not None:
        told = told.where(JOURNAL.c.seq < upto)
    events = [json.loads(bytes(event)) for (event,) in conn.execute(told)]
    return [Rescue(str(event[8].get("name", "")), str(event[4])) for event in events]
