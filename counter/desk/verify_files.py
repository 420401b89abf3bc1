"""Printed files and search tokens: what the desk hands out and by what it finds people is all there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import sqlalchemy as sa

from counter.desk.rows import ENTRIES, OUTBOX, PAPERS, TOKENS
from counter.desk.verify_report import Check, failed, passed
from counter.desk.verify_story import Story
from counter.rules.search import search_tokens
from db.journal import utc_text

SAMPLE = 5000
"""Entries whose tokens are worked out again; of a larger roster every n-th, but of all whether any"""

_PAGE = 1000


def files(conn: sa.Connection, folder: Path, story: Story) -> Check:
    """Hold every printed file against the seal the journal took of it.

    `why`: `gone`, `unreadable`, `size`, `changed`, `erased` (it should be gone), `journal` (the outbox
    says something else than the journal). Prints that wait or failed are counted in the facts.
    """
    query = (
        sa.select(PAPERS.c.number, PAPERS.c.data, *OUTBOX.c)
        .join(PAPERS, PAPERS.c.id == OUTBOX.c.paper_id)
        .order_by(OUTBOX.c.id)
    )
    count, waiting = 0, 0
    for row in conn.execute(query.execution_options(yield_per=_PAGE)):
        if row.state != "done":
            waiting += 1
            continue
        count += 1
        name = f"documents/{row.file_name}"
        if not row.data and f"paper:{row.paper_id}" in story.erased:
            if (folder / row.file_name).exists():
                return failed("files", count, name, "erased")
            continue
        told = (row.sha256, row.size, "" if row.done_at is None else utc_text(row.done_at))
        if story.prints.get((row.number, row.copy_no)) != told:
            return failed("files", count, name, "journal")
        try:
            data = (folder / row.file_name).read_bytes()
        except FileNotFoundError:
            return failed("files", count, name, "gone")
        except OSError:
            return failed("files", count, name, "unreadable")
        if len(data) != row.size:
            return failed("files", count, name, "size", size=len(data), expected=row.size)
        if hashlib.sha256(data).hexdigest() != row.sha256:
            return failed("files", count, name, "changed")
    return passed("files", count, waiting=waiting)


def search(conn: sa.Connection, story: Story) -> Check:
    """Look whether people are found by everything they should be found by.

    `why`: `none` (no token at all), `token` (one is missing), `foreign` (found by what is not theirs),
    `erased` (found although their data are gone).
    """
    left = conn.execute(
        sa.select(sa.func.min(ENTRIES.c.id)).where(
            sa.func.length(ENTRIES.c.subject_key) == 0, ENTRIES.c.id.in_(sa.select(TOKENS.c.entry_id))
        )
    ).scalar_one()
    if left is not None:
        return failed("search", 0, f"roster_entry:{left}", "erased")
    bare = (
        sa.select(ENTRIES.c.id)
        .where(
            ~sa.exists().where(TOKENS.c.entry_id == ENTRIES.c.id), sa.func.length(ENTRIES.c.subject_key) > 0
        )
        .order_by(ENTRIES.c.id)
        .limit(1)
    )
    total = conn.execute(sa.select(sa.func.count()).select_from(ENTRIES)).scalar_one()
    lost = conn.execute(bare).scalar_one_or_none()
    if lost is not None:
        return failed("search", total, f"roster_entry:{lost}", "none")
    step = max(1, total // SAMPLE)
    columns = (
        ENTRIES.c.id, ENTRIES.c.name, ENTRIES.c.id_number, ENTRIES.c.phone, ENTRIES.c.online_id,
        ENTRIES.c.employer,
    )  # fmt: skip
    named = sa.func.length(ENTRIES.c.subject_key) > 0
    query = sa.select(*columns).where(ENTRIES.c.id % step == 0, named).order_by(ENTRIES.c.id)
    for row in conn.execute(query).all():
        wanted = search_tokens(
            row.name,
            id_number=row.id_number,
            phone=row.phone,
            online_id=row.online_id or "",
            employer=row.employer,
        )
        there = set(conn.execute(sa.select(TOKENS.c.token).where(TOKENS.c.entry_id == row.id)).scalars())
        if wanted - there:
            return failed("search", total, f"roster_entry:{row.id}", "token", lacking=len(wanted - there))
        if there - wanted:
            return failed("search", total, f"roster_entry:{row.id}", "foreign", more=len(there - wanted))
    return passed("search", total, every=step)
