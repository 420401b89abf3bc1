"""A clock that jumped: noticed with the first thing written, told on the screen, confirmed by two people.

Until then no fee is taken and nothing is done that depends on the hours; looking up and printing go on. The
order of events is that of their numbers, whatever their times say. In a demo time is chosen, so nothing is
watched there.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import sqlalchemy as sa

from counter.clock import Steady
from counter.desk import approvals
from counter.desk.home_views import ClockView
from counter.desk.permit import use_case
from counter.desk.rows import JOURNAL
from counter.desk.views import Actor, ApprovalId, Role
from counter.errors import DeskError
from counter.rules.clean import one_line
from counter.rules.clockguard import Reading, jump, sleeps
from counter.rules.hours import openings
from counter.rules.overrides import reason_problem

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.unit import Unit

REF: Final = "clock"
REGRESSED: Final = "clock.regressed"
CONFIRMED: Final = "clock.confirmed"
KINDS: Final = frozenset({REGRESSED, CONFIRMED})
READ: Final = "clock.read"
READINGS: Final = "clock-read"
"""The journal's reference of what both clocks of a machine said when a run of it was first heard of."""

MACHINES: Final = 50
"""Of how many of the latest readings this machine's is looked for: each office has fewer desks."""

_LAST: Final = sa.select(JOURNAL.c.seq, JOURNAL.c.at).order_by(JOURNAL.c.seq.desc()).limit(1)
_STATE: Final = (
    sa.select(JOURNAL.c.seq, JOURNAL.c.at, JOURNAL.c.kind, JOURNAL.c.event)
    .where(JOURNAL.c.ref == REF)
    .order_by(JOURNAL.c.seq.desc())
    .limit(1)
)

_READINGS: Final = (
    sa.select(JOURNAL.c.at, JOURNAL.c.event)
    .where(JOURNAL.c.ref.in_((REF, READINGS)), JOURNAL.c.kind.in_((READ, CONFIRMED)))
    .order_by(JOURNAL.c.seq.desc())
    .limit(MACHINES)
)


def watch(unit: Unit) -> None:
    """Put a jump into the journal before whatever else is written at the new time."""
    if unit.watched:
        return
    unit.watched = True
    found = _found(unit.conn, unit.ctx, unit.now)
    if found is None:
        _believe(unit)
        _note_reading(unit)
    elif found.seq == 0:
        unit.tell(REGRESSED, REF, jump=found.jump, last=_text(found.last), steady=_steady(unit.ctx))


def require(unit: Unit) -> None:
    """Let pass while the clock can be believed. Raises DeskError("clock", reason, now, last)."""
    if (found := _found(unit.conn, unit.ctx, unit.now)) is not None:
        raise DeskError("clock", reason=found.jump, now=found.now, last=found.last)
    unit.watched = True
    _believe(unit)


def _believe(unit: Unit) -> None:
    """Remember the first reading to be believed: against the latest, small steps would add up unseen."""
    if unit.ctx.memory.clock is None:
        unit.ctx.memory.clock = _before(unit.conn, unit.ctx) or Reading(unit.now, unit.ctx.clock.steady())


def _note_reading(unit: Unit) -> None:
    """Put the first reading of a run of the machine into the journal, so that a desk started anew has it."""
    ctx = unit.ctx
    if ctx.demo or ctx.memory.clock_noted:
        return
    ctx.memory.clock_noted = True
    if not sleeps(ctx.clock.steady()) and _before(unit.conn, ctx) is None:
        unit.tell(READ, READINGS, steady=_steady(ctx))


def _before(conn: sa.Connection, ctx: DeskContext) -> Reading | None:
    """Return what this run of the machine was first read at, or confirmed at last, by any of its desks."""
    if ctx.demo:
        return None
    boot = ctx.clock.steady().boot
    for row in conn.execute(_READINGS):
        where, _, seconds = json.loads(bytes(row.event))[8].get("steady", "").rpartition(":")
        if where == boot:
            return Reading(row.at, Steady(boot, float(seconds)))
    return None


def standing(ctx: DeskContext, conn: sa.Connection) -> ClockView | None:
    """Return the jump that is to be confirmed, None while the clock can be believed."""
    return _found(conn, ctx, ctx.clock.now())


def look(ctx: DeskContext) -> ClockView | None:
    """Notice a jump while nobody does anything, once a minute; return what is to be confirmed."""
    from counter.desk.keeping import KEEPER
    from counter.desk.unit import Unit, reading, writing

    with reading(ctx) as session:
        found = standing(ctx, session.connection())
    if found is not None and found.seq == 0:
        with writing(ctx) as session:
            unit = Unit(session, ctx, KEEPER)
            watch(unit)
            found = _found(unit.conn, ctx, unit.now)
    return found


@use_case
def confirm_clock(
    ctx: DeskContext,
    *,
    seq: int,
    reason: str = "",
    note: str = "",
    approval: ApprovalId | None = None,
    actor: Actor,
    key: UUID,
) -> None:
    """Confirm that the clock is right now, after the jump of event `seq`.

    A supervisor gives the reason; a clerk brings a supervisor's approval for `clock:SEQ`, which holds it.
    Raises DeskError("nothing-to-confirm"), and DeskError("approval", reason).
    """
    from counter.desk.unit import once

    def work(unit: Unit) -> str:
        found = _found(unit.conn, ctx, unit.now)
        if found is None or found.seq != seq or not seq:
            raise DeskError("nothing-to-confirm")
        if unit.actor.role is Role.SUPERVISOR and approval is None:
            why = one_line(note, 400)
            if problem := reason_problem("clock", reason, why):
                raise DeskError("approval", reason=problem)
            facts: dict[str, object] = {"approved_by": unit.actor.name, "reason": reason}
        elif approval is not None:
            used = approvals.use(unit, approval, kind="clock", ref=f"{REF}:{seq}")
            facts = approvals.facts(used)
        else:
            raise DeskError("approval", reason="unknown")
        mark = unit.tell(CONFIRMED, REF, regressed=seq, jump=found.jump, steady=_steady(ctx), **facts)
        ctx.memory.clock = Reading(unit.now, ctx.clock.steady())
        return f"{REF}:{mark.seq}"

    once(ctx, "confirm-clock", actor, key, work)


def _found(conn: sa.Connection, ctx: DeskContext, now: datetime) -> ClockView | None:
    """Return a jump that waits for confirmation, or one nobody has noticed yet, whose `seq` is 0."""
    if ctx.demo:
        return None
    last = conn.execute(_LAST).one_or_none()
    reading = Reading(now, ctx.clock.steady())
    before = ctx.memory.clock or _before(conn, ctx)
    found = jump(reading, before, last.at if last else None, openings(ctx.circular, ctx.calendar))
    state = conn.execute(_STATE).one_or_none()
    if state is not None and state.kind == REGRESSED:
        body = json.loads(bytes(state.event))[8]
        return ClockView(state.seq, body["jump"], state.at, datetime.fromisoformat(body["last"]))
    if found is None or last is None:
        return None
    if state is not None and _settled(state, reading):
        return None
    return ClockView(0, str(found), now, last.at)


def _settled(state: Any, now: Reading) -> bool:
    """Tell whether another desk of this machine has had the same jump confirmed meanwhile."""
    boot, _, seconds = json.loads(bytes(state.event))[8].get("steady", "").rpartition(":")
    if boot != now.steady.boot:
        return False
    return jump(now, Reading(state.at, Steady(boot, float(seconds))), None, ()) is None


def _steady(ctx: DeskContext) -> str:
    steady = ctx.clock.steady()
    return f"{steady.boot}:{int(steady.seconds)}"


def _text(at: datetime) -> str:
    return at.isoformat()


__all__ = ["CONFIRMED", "REGRESSED", "confirm_clock", "look", "require", "standing", "watch"]
