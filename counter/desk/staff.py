"""Who works here: members are added, given new passwords and disabled, never deleted or renamed.

Papers and journal say a member's name, so it is unique for ever. Every row stands in the journal by its
digest: a password that somebody changed in the file is named by the proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from counter.desk import passwords, sign_in
from counter.desk.actor import MACHINE
from counter.desk.context import DeskContext
from counter.desk.permit import use_case
from counter.desk.restore import REF as RECORDS
from counter.desk.restore import RESTORED
from counter.desk.rows import CLOSINGS, JOURNAL, STAFF, Row, as_row, blank
from counter.desk.unit import Unit, once, reading
from counter.desk.views import Actor, Role
from counter.errors import DeskError
from counter.rules.clean import one_line
from counter.rules.overrides import fold_login, is_badge, is_login, password_problem

RESCUE: Final = "rescue"
"""The journal's reference of supervisors' passwords that somebody else set, under which they are found again.

Whoever set one could approve in another's name; that its owner cannot sign in any more may be noticed late.
"""


@dataclass(frozen=True)
class Member:
    """One member of staff as a list shows them."""

    login: str
    name: str
    role: Role
    badge: str
    locked: bool
    """Whether too many wrong passwords have locked the account just now."""
    created_at: datetime
    created_by: str
    password_at: datetime
    disabled_at: datetime | None


@use_case
def begin(ctx: DeskContext, *, login: str, name: str, password: str, actor: Actor, key: UUID) -> Member:
    """Make the first supervisor of records that never had one. Raises as `add`, and `first-there`."""
    return _add(ctx, login, name, Role.SUPERVISOR, password, "", actor, key, first=True)


@use_case
def add(
    ctx: DeskContext,
    *,
    login: str,
    name: str,
    role: Role,
    password: str,
    badge: str = "",
    actor: Actor,
    key: UUID,
) -> Member:
    """Put somebody on the staff.

    The password is good for choosing another only. Raises DeskError("staff", reason): `login`, `name`,
    `badge` for what cannot be one, `taken`; and DeskError("password", reason) with the words of
    `password_problem`.
    """
    return _add(ctx, login, name, role, password, badge, actor, key, first=False)


def _add(
    ctx: DeskContext,
    login: str,
    name: str,
    role: Role,
    password: str,
    badge: str,
    actor: Actor,
    key: UUID,
    *,
    first: bool,
) -> Member:
    check(login, name, password, badge)
    login, name, badge = fold_login(login), one_line(name, 60), badge.strip()
    stored = passwords.hashed(ctx.cost, password)

    def work(unit: Unit) -> str:
        if first and unit.conn.execute(_SUPERVISORS).first() is not None:
            raise DeskError("staff", reason="first-there")
        after_restore = first and unit.conn.execute(_RESTORED).first() is not None
        same = [STAFF.c.login == login, STAFF.c.name == name, *([STAFF.c.badge == badge] if badge else ())]
        if unit.conn.execute(sa.select(STAFF.c.id).where(sa.or_(*same))).first() is not None:
            raise DeskError("staff", reason="taken")
        row = blank(
            STAFF,
            login=login,
            name=name,
            role=str(role),
            password=stored,
            password_at=unit.now,
            password_set_by="" if first or name == actor.name else actor.name,
            badge=badge or None,
            created_at=unit.now,
            created_by=actor.name,
        )
        made = unit.add_own(STAFF, row)
        shown = role is Role.SUPERVISOR and (not first or after_restore)
        ref = RESCUE if shown else f"staff:{made['id']}"
        unit.tell("staff.added", ref, role=str(role), first=first or None, name=name if shown else "")
        return f"staff:{made['id']}"

    return _member(ctx, once(ctx, "staff-add", actor, key, work))


def check(login: str, name: str, password: str, badge: str = "") -> None:
    """Make sure that somebody could be entered like that. Raises as `add`, but for `taken`."""
    if not is_login(fold_login(login)):
        raise DeskError("staff", reason="login")
    if not one_line(name, 60) or name.strip().startswith(MACHINE):
        raise DeskError("staff", reason="name")
    if badge.strip() and not is_badge(badge.strip()):
        raise DeskError("staff", reason="badge")
    _check(password, fold_login(login))


@use_case
def members(ctx: DeskContext, *, actor: Actor) -> tuple[Member, ...]:
    """Return everybody who works or worked here, those who work here first."""
    query = sa.select(STAFF).order_by(STAFF.c.disabled_at.is_not(None), STAFF.c.id)
    with reading(ctx) as session:
        return tuple(_view(ctx, as_row(row)) for row in session.connection().execute(query))


@use_case
def disable(ctx: DeskContext, *, login: str, actor: Actor, key: UUID) -> Member:
    """Take somebody's account away; what they did keeps their name.

    Raises DeskError("staff", reason): `unknown`, `self`, `last-supervisor`.
    """

    def work(unit: Unit) -> str:
        row = _row(unit, login)
        if row["name"] == actor.name:
            raise DeskError("staff", reason="self")
        others = _SUPERVISORS.where(STAFF.c.disabled_at.is_(None), STAFF.c.id != row["id"])
        if row["role"] == Role.SUPERVISOR and unit.conn.execute(others).first() is None:
            raise DeskError("staff", reason="last-supervisor")
        if row["disabled_at"] is None:
            unit.set_own(STAFF, row, version=row["version"] + 1, disabled_at=unit.now)
            unit.tell("staff.disabled", f"staff:{row['id']}")
        return f"staff:{row['id']}"

    return _member(ctx, once(ctx, "staff-disable", actor, key, work))


@use_case
def set_password(ctx: DeskContext, *, login: str, password: str, actor: Actor, key: UUID) -> Member:
    """Give a member a new password, which also ends a lock; another supervisor's is shown as a rescue is.

    It is good for choosing another only. Raises as `add`, and `unknown`.
    """
    return _set(ctx, login, password, actor, key, kind="staff.password", ref="")


@use_case
def change_password(ctx: DeskContext, *, old: str, new: str, actor: Actor, key: UUID) -> Member:
    """Let somebody choose a new password. Raises as `sign_in.sign_in` for the old one, and as `add`."""
    login = sign_in.login_of(ctx, actor.name)
    _check(new, login)
    sign_in.unlock(ctx, password=old, actor=actor)
    return _set(ctx, login, new, actor, key, kind="staff.password", ref="")


@use_case
def rescue(ctx: DeskContext, *, login: str, password: str, actor: Actor, key: UUID) -> Member:
    """Give a supervisor a new password when no supervisor can; the desk shows it until a day is closed.

    For whoever owns the key file, and asked for only on the command line. Raises as `set_password`, and
    DeskError("staff", `not-supervisor`).
    """
    return _set(ctx, login, password, actor, key, kind="staff.rescued", ref=RESCUE)


def _set(
    ctx: DeskContext, login: str, password: str, actor: Actor, key: UUID, *, kind: str, ref: str
) -> Member:
    login = fold_login(login)
    _check(password, login)
    stored = passwords.hashed(ctx.cost, password)

    def work(unit: Unit) -> str:
        row = _row(unit, login)
        if row["disabled_at"] is not None:
            raise DeskError("staff", reason="unknown")
        if ref and row["role"] != Role.SUPERVISOR:
            raise DeskError("staff", reason="not-supervisor")
        own = row["name"] == actor.name
        shown = ref or (RESCUE if row["role"] == Role.SUPERVISOR and not own else "")
        free: dict[str, Any] = {"failures": 0, "locked_at": None, "locked_boot": "", "locked_steady": None}
        new = {"password": stored, "password_at": unit.now, "password_set_by": "" if own else actor.name}
        unit.set_own(STAFF, row, version=row["version"] + 1, **new, **free)
        unit.tell(kind, shown or f"staff:{row['id']}", name=row["name"] if shown else "")
        return f"staff:{row['id']}"

    return _member(ctx, once(ctx, "staff-password", actor, key, work))


def rescues(conn: sa.Connection, *, after: datetime | None = None) -> int:
    """Return how often somebody set a supervisor's password for them, ever or since an instant."""
    query = sa.select(sa.func.count()).select_from(JOURNAL).where(JOURNAL.c.ref == RESCUE)
    if after is not None:
        query = query.where(JOURNAL.c.at > after)
    return int(conn.execute(query).scalar_one())


def rescued(conn: sa.Connection) -> int:
    """Return how often that happened since a day was last closed: until then everybody is to see it."""
    if not rescues(conn):
        return 0
    return rescues(conn, after=conn.execute(sa.select(sa.func.max(CLOSINGS.c.at))).scalar())


def has_supervisor(ctx: DeskContext) -> bool:
    """Tell whether the records ever had a supervisor; without one nobody can sign in."""
    with reading(ctx) as session:
        return session.connection().execute(_SUPERVISORS).first() is not None


_SUPERVISORS: Final = sa.select(STAFF.c.id).where(STAFF.c.role == "supervisor").limit(1)
_RESTORED: Final = (
    sa.select(JOURNAL.c.seq).where(JOURNAL.c.ref == RECORDS, JOURNAL.c.kind == RESTORED).limit(1)
)
"""A first supervisor after that may come in the place of those a copy did not know."""


def _check(password: str, login: str) -> None:
    if problem := password_problem(password, login):
        raise DeskError("password", reason=problem)


def _row(unit: Unit, login: str) -> Row:
    query = sa.select(STAFF).where(STAFF.c.login == fold_login(login)).with_for_update()
    found = unit.conn.execute(query).one_or_none()
    if found is None:
        raise DeskError("staff", reason="unknown")
    return as_row(found)


def _member(ctx: DeskContext, ref: str) -> Member:
    query = sa.select(STAFF).where(STAFF.c.id == int(ref.partition(":")[2]))
    with reading(ctx) as session:
        return _view(ctx, as_row(session.connection().execute(query).one()))


def _view(ctx: DeskContext, row: Row) -> Member:
    return Member(
        login=row["login"],
        name=row["name"],
        role=Role(row["role"]),
        badge=row["badge"] or "",
        locked=sign_in.locked(ctx, row),
        created_at=row["created_at"],
        created_by=row["created_by"],
        password_at=row["password_at"],
        disabled_at=row["disabled_at"],
    )
