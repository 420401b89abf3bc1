"""The tables against the journal: every row is what the last event about it says."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from counter.desk.rows import (
    APPROVALS,
    CASH_COUNTS,
    CIRCULARS,
    CLOSINGS,
    ENTRIES,
    FEES,
    FINDINGS,
    IMPORTS,
    LATE_ENTRIES,
    META,
    NOTICES,
    ORIGINALS,
    OUTBOX,
    PAPERS,
    PAYMENTS,
    SHIFTS,
    STAFF,
    SUBMISSIONS,
    Row,
    as_row,
    commitment,
    digest,
    print_digest,
)
from counter.desk.verify_report import Check, failed, passed
from counter.desk.verify_story import Story
from db import journal

TABLES = (ENTRIES, SUBMISSIONS, FINDINGS, ORIGINALS, NOTICES, FEES, PAPERS)
"""Tables whose rows belong to a person; the journal knows them by a digest keyed with the person's secret."""

OWN = (APPROVALS, CASH_COUNTS, CIRCULARS, CLOSINGS, IMPORTS, LATE_ENTRIES, PAYMENTS, SHIFTS, STAFF)
"""Tables of the office's own, known by a plain digest: they stay provable when a person is erased."""

_PAGE = 1000


def rows(conn: sa.Connection, story: Story) -> Check:
    """Compare each row's digest with the journal's last one.

    `why`: `changed` (the row differs), `unknown` (the journal never heard of it), `back` (the journal took it
    away), `gone` (the journal has it, the table not), `unerased` (a person's key is gone and no erasure is in
    the journal). An erased person's rows are known by what the erasure left of them.
    """
    left = {name for name, value in story.rows.items() if value is not None}
    count = erased = 0
    for name, own, key in _all_rows(conn, story):
        count += 1
        left.discard(name)
        gone = key is not None and len(key) != 32
        erased += gone
        if gone and name not in story.erased:
            return failed("rows", count, name, "unerased")
        if name not in story.rows:
            return failed("rows", count, name, "unknown")
        if story.rows[name] is None:
            return failed("rows", count, name, "back")
        if story.rows[name] != own:
            return failed("rows", count, name, "changed")
    if left:
        return failed("rows", count, min(left, key=_by_table_and_id), "gone")
    return passed("rows", count, erased=erased)


def _all_rows(conn: sa.Connection, story: Story) -> Iterator[tuple[str, str, bytes | None]]:
    """Give each row's name, its digest, and for a person's row the person's secret.

    Not here: `journal`, which has its chain; `counter`, which the numbers are held against; `search_token`,
    which is worked out again; `act`, which answers a repeated key and tells nothing of its own; how far the
    outbox has come, which the files are held against.
    """
    for found in conn.execute(sa.select(META).where(META.c.key.not_in(("install", "office")))):
        yield f"meta:{found.key}", journal.row_digest(as_row(found)), None
    for table in TABLES:
        for key, row in _with_keys(conn, table):
            yield f"{table.name}:{row['id']}", _digest(key, row), key
    nobodys = sa.select(PAPERS).where(PAPERS.c.submission_id.is_(None)).order_by(PAPERS.c.id)
    for table, query in ((PAPERS, nobodys), *((t, sa.select(t).order_by(t.c.id)) for t in OWN)):
        for found in conn.execute(query.execution_options(yield_per=_PAGE)):
            yield f"{table.name}:{found.id}", journal.row_digest(as_row(found)), None
    for found in conn.execute(sa.select(OUTBOX).order_by(OUTBOX.c.id).execution_options(yield_per=_PAGE)):
        yield f"{OUTBOX.name}:{found.id}", print_digest(as_row(found)), None


def unreadable(conn: sa.Connection) -> str:
    """Return the first row that holds what no column may hold, empty when all can be read."""
    for table in (*TABLES, *OWN, OUTBOX):
        for number in conn.execute(sa.select(table.c.id).order_by(table.c.id)).scalars().all():
            try:
                conn.execute(sa.select(table).where(table.c.id == number)).one()
            except (LookupError, ValueError, TypeError):
                return f"{table.name}:{number}"
    return ""


def _digest(key: bytes, row: Row) -> str:
    return digest(key, row) if len(key) == 32 else journal.row_digest(row)


def people(conn: sa.Connection, story: Story) -> Check:
    """Compare who a submission belongs to with the commitment taken when it was opened."""
    query = (
        sa.select(SUBMISSIONS.c.id.label("submission"), *ENTRIES.c)
        .join(ENTRIES, ENTRIES.c.id == SUBMISSIONS.c.entry_id)
        .order_by(SUBMISSIONS.c.id)
    )
    count = 0
    for found in conn.execute(query.execution_options(yield_per=_PAGE)):
        row = as_row(found)
        count += 1
        if len(row["subject_key"]) != 32:
            continue
        if story.subjects.get(f"submission:{row['submission']}") != commitment(row):
            return failed(
                "people", count, f"roster_entry:{row['id']}", "changed", submission=row["submission"]
            )
    return passed("people", count)


def _with_keys(conn: sa.Connection, table: sa.Table) -> Iterator[tuple[bytes, Row]]:
    """Give each row of a table with the secret of the person it belongs to."""
    if table is ENTRIES:
        query = sa.select(ENTRIES.c.subject_key.label("its_key"), *ENTRIES.c).order_by(ENTRIES.c.id)
        for found in conn.execute(query.execution_options(yield_per=_PAGE)):
            row = as_row(found)
            yield bytes(row.pop("its_key")), row
        return
    if table is SUBMISSIONS:
        joined = table.join(ENTRIES, ENTRIES.c.id == SUBMISSIONS.c.entry_id)
    else:
        joined = table.join(SUBMISSIONS, SUBMISSIONS.c.id == table.c.submission_id).join(
            ENTRIES, ENTRIES.c.id == SUBMISSIONS.c.entry_id
        )
    query = (
        sa.select(ENTRIES.c.subject_key.label("its_key"), *table.c).select_from(joined).order_by(table.c.id)
    )
    for found in conn.execute(query.execution_options(yield_per=_PAGE)):
        row = as_row(found)
        yield bytes(row.pop("its_key")), row


def _by_table_and_id(name: str) -> tuple[str, int, str]:
    table, _, number = name.partition(":")
    return table, int(number) if number.isdecimal() else 0, name
