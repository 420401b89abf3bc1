"""Backups that make themselves: on a schedule, kept in number, carried to a second place, and told when not.

The desk asks once a minute; nothing is copied while nothing has happened. What went wrong is remembered here
and in the journal, and stands on the home screen until a copy succeeds.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final
from uuid import uuid4

import sqlalchemy as sa

from counter.desk.actor import Actor, Role
from counter.desk.backup import MADE, REF, backup, tidy
from counter.desk.home_views import BackupView
from counter.desk.rows import JOURNAL
from counter.desk.unit import Unit, reading, writing
from counter.errors import DeskError
from counter.rules import keeping as rule
from counter.rules.keeping import RETRY, copies
from db.durable import sync_folder

if TYPE_CHECKING:
    from counter.desk.context import DeskContext

KEEPER: Final = Actor("backup", Role.IT, 0)
"""Who the journal names for a copy that made itself."""

FAILED: Final = "backup.failed"
CARRIED: Final = "backup.carried"

LEAST_FREE: Final = 200 * 1024 * 1024
"""Bytes the disk of the home must have left; a copy never takes the last ones away from the records."""


@dataclass(frozen=True)
class Told:
    """What the journal tells about backups."""

    at: datetime | None = None
    failed: str = ""
    carry_failed: str = ""
    carried_to: frozenset[str] = field(default_factory=frozenset)
    change: datetime | None = None
    """When the oldest thing happened that no copy holds."""


def keep(ctx: DeskContext, *, at_once: bool = False) -> BackupView:
    """Make the copy that is due, carry it to the second place, drop old ones; say how it stands.

    `at_once` does not wait for the time between two copies, as at the end of a day. Never raises for a copy
    that cannot be made: that is what the answer says.
    """
    if ctx.records.dialect != "sqlite":
        from counter.desk.history import note_seen

        note_seen(ctx)
        return BackupView()
    now, tries, plan = ctx.clock.now(), ctx.memory.backups, ctx.keeping
    with reading(ctx) as session:
        found = told(session.connection())
    wanted = rule.due(now, tries.at, found.change, plan, failed=bool(tries.failed))
    if wanted or (at_once and found.change is not None):
        tries.at, tries.failed = now, _copy(ctx)
        _tell_failure(ctx, "", tries.failed, found.failed)
    if plan.second is not None and (at_once or wanted or rule.over(now, tries.carried_at, RETRY)):
        tries.carried_at, tries.carry_failed = now, _carry(ctx, plan.second, found)
        _tell_failure(ctx, str(plan.second), tries.carry_failed, found.carry_failed)
    with reading(ctx) as session:
        return standing(ctx, session.connection())


def disk_left(ctx: DeskContext) -> int | None:
    """Return how many MiB the disk of the home has left where that is too little, else None."""
    with suppress(OSError):
        free = shutil.disk_usage(ctx.home).free
        return free // 2**20 if free < LEAST_FREE else None
    return None


def standing(ctx: DeskContext, conn: sa.Connection) -> BackupView:
    """Return how the backups stand, within a transaction at hand."""
    if ctx.records.dialect != "sqlite":
        return BackupView()
    found, tries, plan = told(conn), ctx.memory.backups, ctx.keeping
    failed = tries.failed or found.failed
    second = (tries.carry_failed or found.carry_failed) if plan.second is not None else ""
    if failed and (plan.every or tries.failed):
        return BackupView(found.at, "failed", failed, str(ctx.backups))
    if second:
        return BackupView(found.at, "second", second, str(plan.second))
    if not ctx.demo and rule.stale(ctx.clock.now(), found.change, plan):  # a demo is thrown away
        return BackupView(found.at, "old", "", str(ctx.backups))
    return BackupView(found.at)


def note_failure(ctx: DeskContext, error: DeskError) -> None:
    """Let the home screen tell of a copy that somebody asked for and that could not be made."""
    if error.code == "backup-by-server":
        return
    tries = ctx.memory.backups
    tries.at, tries.failed = ctx.clock.now(), str(error.facts.get("reason") or error.code)
    _tell_failure(ctx, "", tries.failed, "")


def _copy(ctx: DeskContext) -> str:
    """Make one copy; return the code of what went wrong."""
    try:
        if reason := _unfit(ctx):
            return reason
        backup(ctx, actor=KEEPER, key=uuid4())
    except DeskError as e:
        return str(e.facts.get("reason") or e.code)
    except OSError as e:
        return _of_system(e)
    return ""


def _unfit(ctx: DeskContext) -> str:
    """Say what would make a copy useless or harmful before it is made."""
    from counter.home import read_key

    try:
        key = read_key(ctx.home / "key")
    except DeskError:
        return "key"
    if key != ctx.records.key_hex:  # after a restart nothing could be opened
        return "key"
    assert ctx.records.path is not None
    if shutil.disk_usage(ctx.home).free < ctx.records.path.stat().st_size + LEAST_FREE // 4:
        return "disk_full"
    return ""


def _carry(ctx: DeskContext, second: Path, found: Told) -> str:
    """Copy the latest backup to the second place, proved by reading it back; return what went wrong.

    The folder itself is never made: where a stick should be, that would fill the disk it is meant to guard.
    """
    try:
        if not second.is_dir():
            return "second-gone"
        there = copies(entry.name for entry in second.iterdir())
        if not there and str(second) in found.carried_to:
            return "second-empty"  # the bare mount point, or another stick
        mine = copies(entry.name for entry in ctx.backups.iterdir()) if ctx.backups.is_dir() else []
        if not mine or (there and there[-1].name == mine[-1].name):
            return ""
        _carry_file(ctx.backups / mine[-1].name, second)
    except OSError as e:
        return _of_system(e)
    with suppress(DeskError), writing(ctx) as session:
        Unit(session, ctx, KEEPER).tell(CARRIED, REF, file=mine[-1].name, to=str(second))
    tidy(second, ctx.keeping, made=mine[-1].name, now=ctx.clock.now())
    return ""


def _carry_file(source: Path, folder: Path) -> None:
    """Write a file into another folder whole or not at all. Raises OSError."""
    draft = folder / f".{secrets.token_hex(8)}.tmp"
    try:
        with (
            source.open("rb") as read,
            os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as write,
        ):
            shutil.copyfileobj(read, write, 1 << 20)
            write.flush()
            os.fsync(write.fileno())
            read.seek(0)
            write.seek(0)
            if _sha256(read) != _sha256(write):
                raise OSError(errno.EIO, "read back otherwise than written")
        os.replace(draft, folder / source.name)
        sync_folder(folder)
    finally:
        draft.unlink(missing_ok=True)


def _sha256(file: IO[bytes]) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _of_system(error: OSError) -> str:
    known = {
        errno.ENOSPC: "disk_full",
        errno.EDQUOT: "disk_full",
        errno.EFBIG: "disk_full",
        errno.EROFS: "read_only",
        errno.EACCES: "read_only",
        errno.EPERM: "read_only",
        errno.ENOENT: "second-gone",
    }
    return known.get(error.errno or 0, "disk_fault")


def _tell_failure(ctx: DeskContext, place: str, now: str, before: str) -> None:
    """Journal a failure once, not once a minute; a full disk may not take even that."""
    if now and now != before:
        with suppress(DeskError), writing(ctx) as session:
            Unit(session, ctx, KEEPER).tell(FAILED, REF, reason=now, place=place)


def told(conn: sa.Connection) -> Told:
    """Return what the journal tells about backups, within a transaction at hand."""
    query = (
        sa.select(JOURNAL.c.kind, JOURNAL.c.at, JOURNAL.c.event)
        .where(JOURNAL.c.ref == REF, JOURNAL.c.kind.in_((MADE, FAILED, CARRIED)))
        .order_by(JOURNAL.c.seq.desc())
        .limit(20)
    )
    at, failed, carry_failed, seq = None, "", "", 0
    carried_to: set[str] = set()
    carry_known = False
    for kind, when, event in conn.execute(query):
        body = json.loads(bytes(event))[8]
        if kind == MADE and at is None:
            at, seq = when, body["seq"]
        elif kind == CARRIED:
            carried_to.add(body["to"])
            carry_known = True
        elif kind == FAILED and body.get("place"):
            carry_failed = carry_failed if carry_known else body["reason"]
            carry_known = True
        elif kind == FAILED and at is None:
            failed = failed or body["reason"]
    change = conn.execute(
        sa.select(JOURNAL.c.at)
        .where(JOURNAL.c.seq > seq, JOURNAL.c.ref != REF)
        .order_by(JOURNAL.c.seq)
        .limit(1)
    ).scalar_one_or_none()
    return Told(at, failed, carry_failed, frozenset(carried_to), change)
