"""Who somebody is: proved by a password, never by a badge, and tried five times at most.

A try is judged in two steps. The password is looked at outside any transaction, because that takes a tenth of
a second; what comes of it is written, and the answer given, in one write transaction that reads the lock once
more. So eight desks that guess at once hear five answers, and a crash in between tells nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from math import ceil
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from counter.desk import passwords
from counter.desk.context import DeskContext
from counter.desk.permit import use_case
from counter.desk.rows import APPROVALS, STAFF, Row, as_row, blank, note_key
from counter.desk.unit import Unit, blind, once, reading, writing
from counter.desk.views import Actor, ApprovalId, Role
from counter.errors import DeskError
from counter.rules import lockout
from counter.rules.clean import one_line
from counter.rules.lockout import Moment
from counter.rules.overrides import fold_login, fold_password, password_problem, reason_problem

DOOR: Final = "sign-in"
"""Who the journal names while nobody has proved to be anybody."""

_NOTHING: Final = timedelta()


def sign_in(ctx: DeskContext, *, login: str, password: str) -> Actor:
    """Return who acts from now on.

    Raises DeskError("sign-in") for a wrong login or password, whichever it is, and for a locked account, in
    the same words, so that nobody learns which names there are; DeskError("sign-in-wait", seconds) while this
    desk has to wait after wrong tries, and DeskError("password-first") for a password somebody else set.
    """

    def told(unit: Unit, row: Row) -> None:
        unit.actor = _actor(ctx, row)
        unit.tell("staff.password-due" if row["password_set_by"] else "staff.signed-in", _ref(row))

    return _actor(ctx, _own(_prove(ctx, Actor(DOOR, Role.IT, ctx.desk), login, password, told)))


def choose_password(ctx: DeskContext, *, login: str, old: str, new: str) -> Actor:
    """Let somebody in who chooses a new password, as whose password another set has to.

    Raises as `sign_in` for the old one, and DeskError("password", reason) with the words of
    `password_problem`, or `same`.
    """
    if problem := password_problem(new, fold_login(login)):
        raise DeskError("password", reason=problem)
    if fold_password(old) == fold_password(new):
        raise DeskError("password", reason="same")
    stored = passwords.hashed(ctx.cost, new)

    def told(unit: Unit, row: Row) -> None:
        unit.actor = _actor(ctx, row)
        values = {"password": stored, "password_at": unit.now, "password_set_by": ""}
        unit.set_own(STAFF, row, version=row["version"] + 1, **values)
        unit.tell("staff.password", _ref(row))
        unit.tell("staff.signed-in", _ref(row))

    return _actor(ctx, _prove(ctx, Actor(DOOR, Role.IT, ctx.desk), login, old, told))


def unlock(ctx: DeskContext, *, password: str, actor: Actor) -> None:
    """Let the person whose screen is locked go on.

    Raises as `sign_in`, and DeskError("sign-in-locked", minutes): who sits here is no secret.
    """

    def told(unit: Unit, row: Row) -> None:
        unit.tell("staff.password-due" if row["password_set_by"] else "staff.unlocked", _ref(row))

    _own(_prove(ctx, actor, login_of(ctx, actor.name), password, told, named=True))


def _own(row: Row) -> Row:
    """Let pass whoever chose the password. Raises DeskError("password-first")."""
    if row["password_set_by"]:
        raise DeskError("password-first")
    return row


def sign_out(ctx: DeskContext, *, actor: Actor) -> None:
    """Journal that a person has left the desk."""
    with writing(ctx) as session:
        Unit(session, ctx, actor).tell("staff.signed-out", "staff")


def note_lock(ctx: DeskContext, *, actor: Actor, idle: bool) -> None:
    """Journal that a screen was locked, by its person or because nobody pressed a key."""
    with writing(ctx) as session:
        Unit(session, ctx, actor).tell("staff.screen-locked", "staff", idle=idle)


def login_on_badge(ctx: DeskContext, *, code: str) -> str:
    """Return the login a badge names, empty for none; it proves nothing, so the password is still asked."""
    with reading(ctx) as session:
        query = sa.select(STAFF.c.login).where(STAFF.c.badge == code.strip(), STAFF.c.disabled_at.is_(None))
        return session.connection().execute(query).scalar() or ""


@use_case
def approve(
    ctx: DeskContext,
    *,
    kind: str,
    ref: str,
    login: str,
    password: str,
    reason: str,
    note: str = "",
    actor: Actor,
    key: UUID,
) -> ApprovalId:
    """Take a supervisor's word, typed on this screen, for one exception the actor is about to make.

    Raises as `sign_in`, and DeskError("approval", reason): `reason-unknown`, `note-needed`, `same-person`,
    `not-supervisor`, `password-first` (somebody else set it). A wrong password counts like one at the door.
    """
    why = one_line(note, 400)
    if problem := reason_problem(kind, reason, why):
        raise DeskError("approval", reason=problem)
    row = _prove(ctx, actor, login, password, lambda _unit, _row: None)
    refused = ""
    if row["name"] == actor.name:
        refused = "same-person"
    elif row["role"] != Role.SUPERVISOR:
        refused = "not-supervisor"
    elif row["password_set_by"]:
        refused = "password-first"
    if refused:
        with writing(ctx) as session:
            Unit(session, ctx, actor).tell("approval.refused", ref, what=kind, by=_ref(row), why=refused)
        raise DeskError("approval", reason=refused)

    def work(unit: Unit) -> str:
        made = unit.add_own(
            APPROVALS,
            blank(
                APPROVALS,
                kind=kind,
                ref=ref,
                desk=ctx.desk,
                requested_by=actor.name,
                approved_by=row["name"],
                reason=reason,
                note=why,
                note_key=note_key(why),
                granted_at=unit.now,
            ),
        )
        unit.tell("approval.granted", ref, what=kind, approved_by=row["name"], reason=reason)
        return f"approval:{made['id']}"

    return ApprovalId(int(once(ctx, "approve", actor, key, work).partition(":")[2]))


def locked(ctx: DeskContext, row: Row) -> bool:
    """Tell whether a member's account is locked just now."""
    return _left(ctx, row) > _NOTHING


def _prove(
    ctx: DeskContext,
    by: Actor,
    login: str,
    password: str,
    told: Callable[[Unit, Row], None],
    *,
    named: bool = False,
) -> Row:
    """Return the row of who typed the right password, or count a wrong try and refuse.

    Whoever is not `named` yet hears of a locked account what is said of one that does not exist, and as late.
    """
    _wait_here(ctx)
    login = fold_login(login)
    seen = _read(ctx, login)
    stored = seen["password"] if seen else passwords.nobodys(ctx.cost)
    right = passwords.fits(ctx.cost, stored, password) and _left(ctx, seen) == _NOTHING
    anew = passwords.hashed(ctx.cost, password) if right and passwords.outdated(ctx.cost, stored) else ""
    with writing(ctx) as session:
        unit = Unit(session, ctx, by)
        row = _row(unit.conn, login) if seen else None
        refusal = _refusal(unit, row, login, right=right and row is not None and row["password"] == stored)
        if refusal is None:
            assert row is not None
            row = _clear(unit, row, anew)
            told(unit, row)
    with ctx.memory.lock:
        if refusal is None:
            ctx.memory.wrong = 0
        else:
            ctx.memory.wrong += 1
            ctx.memory.wrong_at = ctx.clock.steady().seconds
    if refusal is not None:
        raise refusal if named else DeskError("sign-in")
    assert row is not None
    return row


def _refusal(unit: Unit, row: Row | None, login: str, *, right: bool) -> DeskError | None:
    """Return why a try is refused, having written it down; None for the right password in time."""
    if row is None:
        unit.tell("staff.refused", "staff", why="unknown", mark=blind(unit.ctx, login))
        return DeskError("sign-in")
    left = _left(unit.ctx, row)
    if left > _NOTHING:
        if row["locked_boot"] != unit.ctx.clock.steady().boot and row["locked_at"] > unit.now:
            unit.set_own(STAFF, row, version=row["version"] + 1, **_lock(unit))  # from a clock that was ahead
        unit.tell("staff.refused", _ref(row), why="locked")
        return DeskError("sign-in-locked", minutes=ceil(left / timedelta(minutes=1)))
    if right and row["disabled_at"] is None:
        return None
    failures = 1 if row["locked_at"] is not None else row["failures"] + 1
    values: dict[str, Any] = {"locked_at": None, "locked_boot": "", "locked_steady": None}
    last = failures >= lockout.TRIES
    if last:
        failures, values = 0, _lock(unit)
    unit.set_own(STAFF, row, version=row["version"] + 1, failures=failures, **values)
    unit.tell("staff.refused", _ref(row), why="wrong" if row["disabled_at"] is None else "disabled")
    if not last:
        return DeskError("sign-in")
    unit.tell("staff.locked", _ref(row))
    return DeskError("sign-in-locked", minutes=lockout.LASTS // timedelta(minutes=1))


def _lock(unit: Unit) -> dict[str, Any]:
    steady = unit.ctx.clock.steady()
    return {"locked_at": unit.now, "locked_boot": steady.boot, "locked_steady": int(steady.seconds)}


def _clear(unit: Unit, row: Row, anew: str) -> Row:
    """Forget wrong tries after a right one, and store the password at today's cost when it was cheaper."""
    values: dict[str, Any] = {}
    if row["failures"] or row["locked_at"] is not None:
        values = {"failures": 0, "locked_at": None, "locked_boot": "", "locked_steady": None}
    if anew:
        values["password"] = anew
    return unit.set_own(STAFF, row, version=row["version"] + 1, **values) if values else row


def _wait_here(ctx: DeskContext) -> None:
    """Refuse a desk that has just seen several wrong tries, before any password is looked at."""
    passed = ctx.clock.steady().seconds - ctx.memory.wrong_at
    if (left := lockout.wait(ctx.memory.wrong) - passed) > 0:
        raise DeskError("sign-in-wait", seconds=ceil(left))


def _left(ctx: DeskContext, row: Row | None) -> timedelta:
    if row is None or row["locked_at"] is None:
        return _NOTHING
    steady = ctx.clock.steady()
    now = Moment(ctx.clock.now(), steady.boot, int(steady.seconds))
    return lockout.left(Moment(row["locked_at"], row["locked_boot"], row["locked_steady"] or 0), now)


def _read(ctx: DeskContext, login: str) -> Row | None:
    with reading(ctx) as session:
        return _row(session.connection(), login, held=False)


def _row(conn: sa.Connection, login: str, *, held: bool = True) -> Row | None:
    """Return a member's row, held against other desks until this transaction ends."""
    query = sa.select(STAFF).where(STAFF.c.login == login)
    found = conn.execute(query.with_for_update() if held else query).one_or_none()
    return as_row(found) if found is not None else None


def login_of(ctx: DeskContext, name: str) -> str:
    """Return what a member of that name types, empty for none."""
    with reading(ctx) as session:
        query = sa.select(STAFF.c.login).where(STAFF.c.name == name)
        return session.connection().execute(query).scalar() or ""


def _actor(ctx: DeskContext, row: Row) -> Actor:
    return Actor(row["name"], Role(row["role"]), ctx.desk)


def _ref(row: Row) -> str:
    return f"staff:{row['id']}"
