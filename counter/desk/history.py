"""Whether the records at hand are the latest there ever were: held against what a rollback cannot reach.

An older copy put in the place of the records is whole in itself; only what left the file tells. Here that is
the newest backup's name and the numbers of the papers in `documents/`; the last day sheet is asked for when
a shift is opened.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from counter.desk.backup import MADE
from counter.desk.backup import REF as BACKUP
from counter.desk.restore import REF, RESTORED, SERIES_OF, papers_in
from counter.desk.rows import COUNTERS, JOURNAL
from counter.desk.unit import reading
from counter.errors import DeskError
from counter.rules.keeping import Copy, copies
from db import restore as files

if TYPE_CHECKING:
    from counter.desk.context import DeskContext

KNOWN: Final = 200
"""Of how many of the latest backups the journal is asked before it is searched whole."""


def require_latest(ctx: DeskContext) -> None:
    """Refuse records that are older than what was made of them.

    Raises DeskError("rolled-back", reason, path): `backup` (a later backup than they know of is there),
    `papers` (papers bear numbers they have not given yet), `wal` (what was committed last was taken away).
    """
    if ctx.records.dialect != "sqlite":
        return
    if ctx.records.wal_lost:
        raise DeskError("rolled-back", reason="wal", path=ctx.records.path)
    with reading(ctx) as session:
        conn = session.connection()
        install = conn.exec_driver_sql("SELECT value FROM meta WHERE key = 'install'").scalar() or ""
        later = _unknown(conn, _backups(ctx.backups))
        paper = _paper_ahead(conn, ctx)
    assert ctx.records.key_hex is not None
    for copy in reversed(later):
        look = files.look(ctx.backups / copy.name, ctx.records.key_hex, thorough=False)
        if look.install == install:  # else it is none of ours, or damaged and proves nothing
            raise DeskError("rolled-back", reason="backup", path=ctx.backups / copy.name)
    if paper:
        raise DeskError("rolled-back", reason="papers", path=ctx.records.path, paper=paper)


def _backups(folder: Path) -> list[Copy]:
    with suppress(OSError):
        return copies(entry.name for entry in folder.iterdir())
    return []


def _unknown(conn: sa.Connection, there: list[Copy]) -> list[Copy]:
    """Return the latest copies whose last event does not stand in this journal, the earliest first.

    Only the latest few are looked for: one that is known says that those before it are.
    """
    if not there:
        return []
    known = _told(conn)
    unknown: list[Copy] = []
    for copy in reversed(there):
        if copy.head in known or _in_journal(conn, copy.head):
            break
        unknown.append(copy)
    return unknown[::-1]


def _told(conn: sa.Connection) -> set[str]:
    """Return the heads of the latest backups the journal tells of, and of those a restore passed over."""
    query = (
        sa.select(JOURNAL.c.kind, JOURNAL.c.event)
        .where(JOURNAL.c.ref.in_((BACKUP, REF)), JOURNAL.c.kind.in_((MADE, RESTORED)))
        .order_by(JOURNAL.c.seq.desc())
        .limit(KNOWN)
    )
    known: set[str] = set()
    for kind, event in conn.execute(query):
        body = json.loads(bytes(event))[8]
        known |= {body["head"]} if kind == MADE else set(body.get("beyond", ()))
    return known


def _in_journal(conn: sa.Connection, head: str) -> bool:
    """Search the whole journal: once after a crash between a copy and the event that tells of it."""
    first = bytes.fromhex(head)
    query = sa.select(JOURNAL.c.seq).where(
        JOURNAL.c.hash >= first + bytes(22), JOURNAL.c.hash <= first + b"\xff" * 22
    )
    return conn.execute(query.limit(1)).scalar() is not None


def _paper_ahead(conn: sa.Connection, ctx: DeskContext) -> str:
    """Return a paper whose serial its counter has not reached, empty when there is none."""
    office = ctx.circular.office.code
    reached = {
        (row.series, row.year): row.n
        for row in conn.execute(sa.select(COUNTERS).where(COUNTERS.c.office == office))
    }
    for number in papers_in(ctx.documents):
        series = SERIES_OF.get(number.kind)
        if series and number.serial > reached.get((series, number.year), 0):
            return number.digits
    return ""
