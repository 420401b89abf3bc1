"""The tables against the journal: every row is what the last event about it says."""

from __future__ import annotations

import hashlib
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
    LATE_ENTRIES,
    NOTICES,
    ORIGINALS,
    PAPERS,
    PAYMENTS,
    SHIFTS,
    STAFF,
    SUBMISSIONS,
    Row,
    as_row,
    commitment,
    digest,
)
from counter.desk.verify_report import Check, failed, passed
from counter.desk.verify_story import Story
from db import journal

TABLES = (SUBMISSIONS, FINDINGS, ORIGINALS, NOTICES, FEES, PAPERS)
"""Tables whose rows belong to a person; the journal knows them by a digest keyed with the person's secret."""

OWN = (APPROVALS, CASH_COUNTS, CLOSINGS, LATE_ENTRIES, PAYMENTS, SHIFTS, STAFF)
"""Tables of the office's own, known by a plain digest: they stay provable when a person is erased."""

_PAGE = 1000


def rows(conn: sa.Connection, story: Story) -> Check:
    """Compare each row's digest with the journal's last one.

    A circular is held against the seal under which it was adopted.
    `why`: `changed` (the row differs), `unknown` (the journal never heard of it), `back` (the journal took it
    away), `gone` (the journal has it, the table not). Rows of a person whose key is erased are counted only.
    """
    left = {name for name, value in story.rows.items() if value is not None}
    count = erased = 0
    for version in conn.execute(sa.select(CIRCULARS)):
        count += 1
        own = hashlib.sha256(version.toml.encode()).hexdigest()
        if own != version.sha256 or (version.circular_id, own) not in story.circulars:
            return failed("rows", count, f"circular_version:{version.id}", "changed")
    for table in TABLES:
        for key, row in _with_keys(conn, table):
            name = f"{table.name}:{row['id']}"
            count += 1
            left.discard(name)
            if len(key) != 32:
                erased += 1
                continue
            if name not in story.rows:
                return failed("rows", count, name, "unknown")
            known = story.rows[name]
            if known is None:
                return failed("rows", count, name, "back")
            if known != digest(key, row):
                return failed("rows", count, name, "changed", submission=row.get("submission_id", row["id"]))
    nobodys = sa.select(PAPERS).where(PAPERS.c.submission_id.is_(None)).order_by(PAPERS.c.id)
    for table, query in ((PAPERS, nobodys), *((t, sa.select(t).order_by(t.c.id)) for t in OWN)):
        for found in conn.execute(query.execution_options(yield_per=_PAGE)):
            name = f"{table.name}:{found.id}"
            count += 1
            left.discard(name)
            if story.rows.get(name) != journal.row_digest(as_row(found)):
                return failed("rows", count, name, "changed" if name in story.rows else "unknown")
    if left:
        return failed("rows", count, min(left, key=_by_table_and_id), "gone")
    return passed("rows", count, erased=erased)


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
