"""One desk at a time gives numbers and writes the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlmodel import Session

TURN_LOCK: Final = 0x636F756E
"""Advisory lock of the turn; any constant does, as long as all desks use the same."""

MIGRATION_LOCK: Final = 0x636F756F
"""Advisory lock held while the schema is changed."""


def take_turn(session: Session) -> None:
    """Wait until no other desk is giving a number or writing an event, and hold that until the commit.

    BEGIN IMMEDIATE has already done this on SQLite. On PostgreSQL one lock for both, taken by whichever
    comes first, keeps the journal in order and two desks from waiting for each other.
    Raises `Busy` (through the unit of work) after the lock time-out.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN_LOCK})")
