"""Backups: a checked copy of the records, named after when it was made and the seal it ends with.

The journal tells of the backup before the copy is made, so the copy itself holds that event, and once more
when the copy has been opened and found whole; `last_backup` goes by the second.
"""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from counter.clock import SystemClock, business_date, local
from counter.desk.context import DeskContext
from counter.desk.permit import use_case
from counter.desk.rows import JOURNAL
from counter.desk.unit import Unit, once, our_words
from counter.desk.views import Actor
from counter.errors import DeskError
from counter.rules.keeping import Keeping, to_go
from db import backup as copying
from db.durable import sync_folder
from db.errors import BackupElsewhere, BackupExists

REF: Final = "backup"
"""Under which the journal keeps what it tells about backups."""

MADE: Final = "backup.made"
"""Kind of the event that tells of a finished and checked copy."""

TORN_AFTER: Final = 3600
"""Seconds of the machine's own clock, which also stamps the files, after which a process has died."""


@dataclass(frozen=True)
class BackupReport:
    """A finished copy that was opened and found whole."""

    path: Path
    size: int
    """Bytes."""
    sha256: str
    seq: int
    """The last journal event it holds."""
    head: str
    """20 hex digits of that event's seal, as in the file's name."""


@use_case
def backup(ctx: DeskContext, *, target: Path | None = None, actor: Actor, key: UUID) -> BackupReport:
    """Copy the records into `backups/`, into another folder, or to a new file of a chosen name.

    In `backups/` it makes room: copies that are kept no longer go. The same key again answers with the same
    copy. Raises DeskError("exists", path), DeskError("file", path,
    reason), DeskError("backup-by-server") where the records are on a server, and DeskError("records").
    """
    if ctx.records.dialect != "sqlite":
        raise DeskError("backup-by-server")
    place = target if target is not None else ctx.backups
    if target is None:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    began = once(ctx, "backup", actor, key, lambda unit: f"{REF}:{unit.tell('backup.begun', REF).seq}")
    if (made := _made(ctx, int(began.partition(":")[2]))) is not None:
        return made
    folder = place if place.is_dir() else place.absolute().parent
    if not os.access(folder, os.W_OK | os.X_OK):
        problem = errno.EACCES if folder.exists() else errno.ENOENT
        raise DeskError("file", path=str(place), reason=OSError(problem, ""))
    into = place.is_dir()
    if not into and place.exists():
        raise DeskError("exists", path=place)
    with our_words():
        try:
            copy = copying.backup(ctx.records, place)
        except BackupElsewhere:
            raise DeskError("backup-by-server") from None
        except BackupExists:
            raise DeskError("exists", path=place) from None
    assert copy.head is not None
    try:
        path = _named(copy.path, ctx.clock.now(), copy.head.short) if into else copy.path
    except OSError as e:
        raise DeskError("file", path=place, reason=e) from e
    report = BackupReport(path, copy.size, copy.sha256, copy.head.seq, copy.head.short)
    with our_words(), ctx.records.write() as session:
        Unit(session, ctx, actor).tell(
            MADE,
            REF,
            began=int(began.partition(":")[2]),
            file=path.name,
            size=copy.size,
            sha256=copy.sha256,
            seq=copy.head.seq,
            head=copy.head.short,
            elsewhere=str(path.parent.absolute()) if target is not None else "",
        )
    if target is None:
        tidy(place, ctx.keeping, made=path.name, now=ctx.clock.now())
    return report


@use_case
def last_backup(ctx: DeskContext, *, actor: Actor) -> datetime | None:
    """Return when the last backup was finished, aware UTC, or None when there is none yet."""
    with our_words(), ctx.records.read() as session:
        return last_made(session.connection())


def last_made(conn: sa.Connection) -> datetime | None:
    """Return the same within a transaction at hand."""
    query = (
        sa.select(JOURNAL.c.at)
        .where(JOURNAL.c.ref == REF, JOURNAL.c.kind == MADE)
        .order_by(JOURNAL.c.seq.desc())
        .limit(1)
    )
    at: datetime | None = conn.execute(query).scalar_one_or_none()
    return at


def tidy(folder: Path, keeping: Keeping, *, made: str, now: datetime) -> None:
    """Delete copies that are kept no longer, and half-made ones of processes that died."""
    with suppress(OSError):
        names = [entry.name for entry in folder.iterdir()]
        for name in to_go(names, keeping, made=made, today=business_date(now)):
            (folder / name).unlink(missing_ok=True)
        for torn in folder.glob(".*.tmp*"):
            if SystemClock().now().timestamp() - torn.stat().st_mtime > TORN_AFTER:
                torn.unlink(missing_ok=True)
        sync_folder(folder)


def _named(copy: Path, at: datetime, head: str) -> Path:
    """Give a copy the name that tells when it was made and where its history ends."""
    path = copy.with_name(f"desk-{local(at):%Y%m%d-%H%M%S}-{head}.db")
    os.replace(copy, path)
    sync_folder(path.parent)
    return path


def _made(ctx: DeskContext, began: int) -> BackupReport | None:
    """Return the copy that an earlier run under the same key finished."""
    query = (
        sa.select(JOURNAL.c.event)
        .where(JOURNAL.c.ref == REF, JOURNAL.c.kind == MADE, JOURNAL.c.seq > began)
        .order_by(JOURNAL.c.seq)
    )
    with our_words(), ctx.records.read() as session:
        for (event,) in session.connection().execute(query):
            body: dict[str, Any] = json.loads(bytes(event))[8]
            if body["began"] == began:
                folder = Path(body["elsewhere"]) if "elsewhere" in body else ctx.backups
                return BackupReport(
                    folder / body["file"], body["size"], body["sha256"], body["seq"], body["head"]
                )
    return None
