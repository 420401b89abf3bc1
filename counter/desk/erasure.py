"""Erasing people whose time is over: their data go, the journal and every figure stay.

What stays of a person is a number, codes, dates and money. The journal named them only by a commitment keyed
with a secret of their own; the secret goes too, and the event of the erasure holds the digests of what is
left, so that nobody can pass a change off as an erasure.

Files go before the rows: an erasure that dies half way leaves papers that can be made again, never a file
that nobody remembers to remove.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from counter.clock import SHANGHAI, business_date
from counter.desk.context import DeskContext
from counter.desk.late import REF as LATE
from counter.desk.papers import ERASED, RETRIES, shred
from counter.desk.permit import use_case
from counter.desk.rows import (
    APPROVALS,
    CLOSINGS,
    ENTRIES,
    FEES,
    FINDINGS,
    LATE_ENTRIES,
    NOTICES,
    ORIGINALS,
    OUTBOX,
    PAPERS,
    SUBMISSIONS,
    TOKENS,
    Row,
    as_row,
    commitment,
)
from counter.desk.search import paper_number
from counter.desk.unit import Unit, reading, writing
from counter.desk.views import Actor
from counter.errors import DeskError
from db.erasing import wipe_traces
from db.turn import take_turn
from receipts import wording

FINISHED: Final = ("accepted", "rejected", "lapsed", "withdrawn")
"""Statuses of a submission with which nothing is done any more."""

_EMPTY: Final[dict[str, Any]] = {
    "online_id": None, "name": wording.ERASED, "pinyin": "", "id_kind": "", "id_number": "", "sex": "",
    "birth": "", "phone": "", "employer": "", "county": "", "department": "", "specialty_text": "",
    "level_text": "", "situations": "", "online_state": "", "online_state_text": "", "submitted_at": "",
    "note": "", "place": "", "subject_key": b"",
}  # fmt: skip
_OWN: Final[dict[sa.Table, dict[str, Any]]] = {
    FINDINGS: {"note": ""},
    ORIGINALS: {"title": "", "number": ""},
    NOTICES: {},
    FEES: {},
    PAPERS: {"data": ""},
}
"""What is blanked in the rows of a submission; bills stay, as the accounts they belong to must."""


@dataclass(frozen=True)
class ErasurePlan:
    """Whom an erasure would reach; nothing is changed yet. It names nobody."""

    before: date
    people: int
    """Whose time is over and whose papers are settled."""
    submissions: int
    papers: int
    unsettled: int
    """Whose time is over, but who have something open: a submission, originals or a fee."""


@dataclass(frozen=True)
class ErasureReport:
    """What an erasure did."""

    people: int
    papers: int
    """Files of papers removed."""
    others: tuple[str, ...]
    """Other files of the home that were removed or cleaned, because they named somebody."""
    clean: bool
    """False when another desk kept the free pages of the records from being wiped."""
    backups: int
    """Copies of the records in the home that were made before and still hold these people."""


def latest(ctx: DeskContext, retention_years: int) -> date:
    """Return the first day whose people have to be kept. Raises DeskError("retention-unset")."""
    if retention_years < 1:
        raise DeskError("retention-unset")
    today = business_date(ctx.clock.now())
    try:
        return today.replace(year=today.year - retention_years)
    except ValueError:  # the 29th of February
        return today.replace(year=today.year - retention_years, day=28)


def person_of(ctx: DeskContext, text: str) -> int:
    """Return whose paper a number names, as their entry. Raises DeskError as `search.paper_number`."""
    digits = paper_number(ctx, text)
    with reading(ctx) as session:
        query = sa.select(SUBMISSIONS.c.entry_id).join(PAPERS, PAPERS.c.submission_id == SUBMISSIONS.c.id)
        found = session.connection().execute(query.where(PAPERS.c.number == digits)).scalar_one_or_none()
    if found is None:
        raise DeskError("unknown-number")
    return int(found)


@use_case
def plan_erasure(
    ctx: DeskContext, *, before: date, retention_years: int, person: int | None = None, actor: Actor
) -> ErasurePlan:
    """Return whom an erasure would reach: people last dealt with before a day, or one of them by entry.

    Raises DeskError("retention-unset"), and DeskError("retention-short", earliest) for a day within the time.
    """
    _require_over(ctx, before, retention_years)
    with reading(ctx) as session:
        conn = session.connection()
        over = list(_over(conn, before, person))
        settled = [entry for entry, open_ in over if not open_]
        subs = _submissions(conn, settled)
        papers = _papers(conn, subs)
    return ErasurePlan(before, len(settled), len(subs), len(papers), len(over) - len(settled))


@use_case
def erase(
    ctx: DeskContext, *, before: date, retention_years: int, person: int | None = None, actor: Actor
) -> ErasureReport:
    """Erase everybody `plan_erasure` counts, one transaction each, then wipe what the records left behind.

    Raises DeskError as `plan_erasure`, and DeskError("file", path, reason) before any row is touched.
    """
    _require_over(ctx, before, retention_years)
    with reading(ctx) as session:
        conn = session.connection()
        settled = [entry for entry, open_ in _over(conn, before, person) if not open_]
        numbers = _papers(conn, _submissions(conn, settled))
        words = _words(conn, settled)
    try:
        removed = _remove_papers(ctx, numbers)
        others = tuple(_clean_files(ctx, words))
    except OSError as e:
        raise DeskError("file", path=str(e.filename or ctx.home), reason=e) from e
    done = sum(_erase_one(ctx, entry, before, actor) for entry in settled)
    if person is None:
        _erase_notes(ctx, before, actor)
    with suppress(OSError):  # what a print that was under way has made meanwhile
        removed += _remove_papers(ctx, numbers)
    ctx.memory.forget()
    ctx.memory.remarks.clear()
    clean = wipe_traces(
        ctx.records, [t.name for t in (ENTRIES, SUBMISSIONS, TOKENS, APPROVALS, CLOSINGS, *_OWN)]
    )
    copies = len(list(ctx.backups.rglob("*.db"))) if ctx.backups.is_dir() else 0
    return ErasureReport(done, removed, others, clean, copies)


def _require_over(ctx: DeskContext, before: date, retention_years: int) -> None:
    earliest = latest(ctx, retention_years)
    if before > earliest:
        raise DeskError("retention-short", earliest=earliest)


def _over(conn: sa.Connection, before: date, person: int | None) -> Iterator[tuple[int, bool]]:
    """Give each person last dealt with before a day, and whether something of theirs is still open."""
    start = datetime.combine(before, time(), SHANGHAI)
    sub = SUBMISSIONS.c
    late = sa.exists().where(sub.entry_id == ENTRIES.c.id, sub.touched_at >= start)
    opened = sa.exists().where(
        sub.entry_id == ENTRIES.c.id,
        sa.or_(
            sub.status.not_in(FINISHED),
            sub.originals_state.in_(("held", "partly_returned")),
            sub.fee_state == "due",
        ),
    )
    query = (
        sa.select(ENTRIES.c.id, opened)
        .where(sa.func.length(ENTRIES.c.subject_key) > 0, ENTRIES.c.updated_at < start, ~late)
        .order_by(ENTRIES.c.id)
    )
    if person is not None:
        query = query.where(ENTRIES.c.id == person)
    for entry, open_ in conn.execute(query).all():
        yield int(entry), bool(open_)


def _in_batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), 500):
        yield ids[start : start + 500]


def _submissions(conn: sa.Connection, entries: list[int]) -> list[int]:
    found: list[int] = []
    for ids in _in_batches(entries):
        found += conn.execute(sa.select(SUBMISSIONS.c.id).where(SUBMISSIONS.c.entry_id.in_(ids))).scalars()
    return found


def _papers(conn: sa.Connection, submissions: list[int]) -> list[str]:
    found: list[str] = []
    for ids in _in_batches(submissions):
        found += conn.execute(sa.select(PAPERS.c.number).where(PAPERS.c.submission_id.in_(ids))).scalars()
    return found


def _words(conn: sa.Connection, entries: list[int]) -> set[bytes]:
    """Return what a file that names somebody holds: names and numbers, as UTF-8."""
    found: set[str] = set()
    columns = (ENTRIES.c.name, ENTRIES.c.online_id, ENTRIES.c.id_number, ENTRIES.c.phone)
    for ids in _in_batches(entries):
        for row in conn.execute(sa.select(*columns).where(ENTRIES.c.id.in_(ids))):
            found.update(text for text in row if text)
        deputies = sa.select(SUBMISSIONS.c.deputy_name).where(SUBMISSIONS.c.entry_id.in_(ids))
        found.update(text for text in conn.execute(deputies).scalars() if text)
    return {text.encode() for text in found if len(text) > 1}


def _remove_papers(ctx: DeskContext, numbers: list[str]) -> int:
    """Remove every print of some papers, copies too."""
    gone = set(numbers)
    count = 0
    if gone and ctx.documents.is_dir():
        for file in ctx.documents.iterdir():
            if file.name.lstrip(".")[:14] in gone:
                shred(file)
                count += 1
    return count


def _clean_files(ctx: DeskContext, words: set[bytes]) -> Iterator[str]:
    """Remove files of `exports/` that name somebody, and black the words out in `logs/`."""
    if not words:
        return
    for file in sorted(_files(ctx.exports)):
        if _names(file, words):
            shred(file)
            yield f"{ctx.exports.name}/{file.name}"
    for file in sorted(_files(ctx.home / "logs")):
        data = file.read_bytes()
        if any(word in data for word in words):
            for word in sorted(words, key=len, reverse=True):
                data = data.replace(word, b"*" * len(word))
            with file.open("r+b") as log:
                log.write(data)
                os.fsync(log.fileno())
            yield f"logs/{file.name}"


def _files(folder: Path) -> Iterable[Path]:
    return [file for file in folder.rglob("*") if file.is_file()] if folder.is_dir() else []


def _names(file: Path, words: set[bytes]) -> bool:
    """Tell whether a file, or a part of a workbook, holds one of the words."""
    data = file.read_bytes()
    parts = [data]
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(file) as packed:
        parts += [packed.read(name) for name in packed.namelist()]
    return any(word in part for part in parts for word in words)


def _erase_one(ctx: DeskContext, entry_id: int, before: date, actor: Actor) -> bool:
    """Blank one person's rows, if nothing has happened to them since the plan."""
    with writing(ctx) as session:
        take_turn(session)
        conn = session.connection()
        if (entry_id, False) not in _over(conn, before, entry_id):
            return False
        unit = Unit(session, ctx, actor)
        entry = as_row(conn.execute(sa.select(ENTRIES).where(ENTRIES.c.id == entry_id)).one())
        subject = commitment(entry)
        version = {"version": entry["version"] + 1, "updated_at": unit.now}
        _blank(unit, ENTRIES, entry, _EMPTY | version)
        conn.execute(sa.delete(TOKENS).where(TOKENS.c.entry_id == entry_id))
        refs = [f"entry:{entry_id}"]
        for sub in conn.execute(sa.select(SUBMISSIONS).where(SUBMISSIONS.c.entry_id == entry_id)).all():
            row = as_row(sub)
            texts = {"online_id": None, "deputy_name": "", "deputy_relation": ""}
            notes = {"park_note": "", "ground_note": "", "version": row["version"] + 1}
            _blank(unit, SUBMISSIONS, row, texts | notes)
            for table, values in _OWN.items():
                found = conn.execute(sa.select(table).where(table.c.submission_id == row["id"])).all()
                for own in found:
                    _blank(unit, table, as_row(own), values)
            refs += [f"submission:{row['id']}", *_late_refs(conn, row["id"])]
            papers = sa.select(PAPERS.c.id).where(PAPERS.c.submission_id == row["id"])
            conn.execute(
                sa.update(OUTBOX)
                .where(OUTBOX.c.paper_id.in_(papers), OUTBOX.c.state != "done")
                .values(state="failed", error=ERASED, attempts=RETRIES)
            )
        about = [sa.or_(APPROVALS.c.ref == ref, APPROVALS.c.ref.like(f"{ref}:%")) for ref in refs]
        _blank_notes(unit, APPROVALS, "note", sa.or_(*about))
        unit.tell("person.erased", f"roster_entry:{entry_id}", subject=subject, before=before.isoformat())
    return True


def _late_refs(conn: sa.Connection, submission_id: int) -> list[str]:
    """Return how approvals name the emergency paper of a submission, but for its time."""
    query = sa.select(LATE_ENTRIES.c.number).where(LATE_ENTRIES.c.submission_id == submission_id)
    return [f"{LATE}:{number}" for number in conn.execute(query).scalars()]


def _erase_notes(ctx: DeskContext, before: date, actor: Actor) -> None:
    """Blank what was noted with approvals and closes before a day: free words may be about anybody."""
    start = datetime.combine(before, time(), SHANGHAI)
    with writing(ctx) as session:
        take_turn(session)
        unit = Unit(session, ctx, actor)
        _blank_notes(unit, APPROVALS, "note", APPROVALS.c.granted_at < start)
        _blank_notes(unit, CLOSINGS, "variance_note", CLOSINGS.c.at < start)
        if unit.noted:
            unit.tell("notes.erased", "notes", before=before.isoformat())


def _blank_notes(unit: Unit, table: sa.Table, note: str, which: sa.ColumnElement[bool]) -> None:
    """Blank the notes of an office's own rows, and the keys without which no digest tells what they were."""
    for found in unit.conn.execute(sa.select(table).where(table.c[note] != "", which)).all():
        _blank(unit, table, as_row(found), {note: "", "note_key": b""})


def _blank(unit: Unit, table: sa.Table, row: Row, values: dict[str, Any]) -> None:
    if values:
        unit.conn.execute(sa.update(table).where(table.c.id == row["id"]).values(values))
    unit.note_own(table, row | values)
