"""Which triggers must stand on the newest schema, and which are missing."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

ADDED_TO_ONLY: Final = ("act", "circular_version", "journal", "notice")
"""Rows are never changed or deleted."""

NEVER_DELETED: Final = (*ADDED_TO_ONLY, "counter", "fee", "outbox", "paper", "submission")
"""Rows may change, but a number once given keeps its row."""


def expected(dialect: str) -> set[str]:
    """Return the names of all triggers of the newest schema."""
    names = {f"{t}_no_update" for t in ADDED_TO_ONLY} | {f"{t}_no_delete" for t in NEVER_DELETED}
    names |= {"submission_fixed", "paper_fixed", "counter_forward", "journal_links"}
    if dialect == "postgresql":
        names |= {f"{t}_no_truncate" for t in NEVER_DELETED}
    return names


def missing(connection: sa.Connection) -> set[str]:
    """Return the triggers that are gone or switched off; empty when history is protected."""
    dialect = connection.dialect.name
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if dialect == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    )
    return expected(dialect) - {str(name) for (name,) in connection.exec_driver_sql(query)}
