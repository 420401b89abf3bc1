"""Which triggers must stand on the newest schema, and which are missing."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

ADDED_TO_ONLY: Final = (
    "act", "cash_count", "circular_version", "journal", "late_entry", "notice", "payment",
)  # fmt: skip
"""Rows are never changed or deleted."""

NEVER_DELETED: Final = (
    *ADDED_TO_ONLY, "approval", "closing", "counter", "fee", "outbox", "paper", "shift", "staff",
    "submission",
)  # fmt: skip
"""Rows may change, but a number once given keeps its row."""


FIRST: Final = "0001"
"""The revision before the tables of `SECOND`; its records are looked at once, by the copy made of them."""

SECOND: Final = ("approval", "cash_count", "closing", "late_entry", "payment", "shift", "staff")


def expected(dialect: str) -> set[str]:
    """Return the names of all triggers of the newest schema."""
    names = {f"{t}_no_update" for t in ADDED_TO_ONLY} | {f"{t}_no_delete" for t in NEVER_DELETED}
    names |= {f"{t}_fixed" for t in ("submission", "paper", "staff", "approval", "shift", "closing")}
    names |= {"approval_noted", "closing_noted"}
    names |= {"counter_forward", "journal_links", "shift_forward", "closing_counted"}
    names |= {"approval_by_supervisor", "approval_once"}
    names |= {"payment_in_shift", "payment_negates", "payment_approved"}
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
    wanted = expected(dialect)
    if connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == FIRST:
        wanted = {name for name in wanted if not name.startswith(tuple(f"{table}_" for table in SECOND))}
    return wanted - {str(name) for (name,) in connection.exec_driver_sql(query)}
