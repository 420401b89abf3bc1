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
from counter.sheets.errors import SheetError
from counter.sheets.files import write_atomically
from db import journal
from db import restore as files
from db.turn import take_turn

if TYPE_CHECKING:
    from sqlmodel import Session

    from counter.desk.context import DeskContext

SEEN: Final = "seen"
"""File in the home that says how far a server's history went when it was last looked at."""

KNOWN: Final = 200
"""Of how many of the latest backups the journal is asked before it is searched whole."""


def require_latest(ctx: DeskContext) -> None:
    """Refuse records that are older than what was made of them.

    Raises DeskError("rolled-back", reason, path): `backup` (a later backup than they know of is there),
    `papers` (papers bear numbers they have not given yet), `wal` (what was committed last was taken away).
    A server is put back by whoever keeps it, and nobody at the desk can put it right: see `_of_server`.
    """
    if ctx.records.dialect != "sqlite":
        _of_server(ctx)
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


def _of_server(ctx: DeskContext) -> None:
    """Notice that a server's records are older than what this desk has seen, and keep its numbers safe.

    Seen were the papers in `documents/` and the event this home noted last. It is put down as a restore that
    waits for a supervisor; numbers that people hold already are passed over, as after any restore.
    """
    from counter.desk.keeping import KEEPER
    from counter.desk.unit import Unit, writing

    with reading(ctx) as session:
        older = _missed(session, ctx) is not None or _ahead(session.connection(), ctx)
    if older:
        with writing(ctx) as session:
            take_turn(session)
            missed, ahead = _missed(session, ctx), _ahead(session.connection(), ctx)
            skipped = files.counters_to(session, ahead)
            lost = [[office, series, year, *both] for (office, series, year), both in skipped.items()]
            old: dict[str, object] = {"old_seq": missed.seq, "old_head": missed.hex} if missed else {}
            if missed or lost:  # another desk may have told of it in the meantime
                unit = Unit(session, ctx, KEEPER)
                unit.tell(RESTORED, REF, file="postgresql", lost=lost, unconfirmed=True, **old)
    note_seen(ctx)


def note_seen(ctx: DeskContext) -> None:
    """Remember in the home how far a server's history goes, where whoever keeps the server does not reach."""
    with reading(ctx) as session:
        mark = journal.head(session)
    if mark is not None:
        with suppress(SheetError):  # the next start notices less; the papers tell all the same
            write_atomically(ctx.home / SEEN, f"{mark.seq}:{mark.short}\n".encode(), overwrite=True)


def _missed(session: Session, ctx: DeskContext) -> journal.Anchor | None:
    """Return the event this home has seen and the journal does not hold, None when it holds it."""
    try:
        seen = journal.anchor((ctx.home / SEEN).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    mark = journal.mark_at(session, seen.seq)
    return None if mark is not None and seen.fits(mark.hash) else seen


def _ahead(conn: sa.Connection, ctx: DeskContext) -> dict[files.Series, int]:
    """Return how far the numbers go on this desk's papers, where their counters have not come."""
    office = ctx.circular.office.code
    reached = {
        (row.office, row.series, row.year): row.n
        for row in conn.execute(sa.select(COUNTERS).where(COUNTERS.c.office == office))
    }
    ahead: dict[files.Series, int] = {}
    for number in papers_in(ctx.documents):
        if series := SERIES_OF.get(number.kind):
            place = (office, series, number.year)
            if number.serial > max(reached.get(place, 0), ahead.get(place, 0)):
                ahead[place] = number.serial
    return ahead


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
