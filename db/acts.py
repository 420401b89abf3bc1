"""Finished acts by their idempotency key: a repeated key is answered, not carried out again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from db.core import ACTS

if TYPE_CHECKING:
    from sqlmodel import Session

_DONE: Final = sa.text("SELECT ref FROM act WHERE key = :key")


def done(session: Session, key: str) -> str | None:
    """Return what the act of this key came to, or None when it has not happened."""
    ref: str | None = session.connection().execute(_DONE, {"key": key}).scalar()
    return ref


def remember(session: Session, key: str, use_case: str, ref: str, at: datetime) -> None:
    """Note in the act's own transaction that it happened and what it came to.

    `at` is aware UTC. A key that two desks carry out at once is refused for the second (`Taken`), with
    everything it did undone.
    """
    row = {"key": key, "use_case": use_case, "ref": ref, "at": at}
    session.connection().execute(sa.insert(ACTS), row)
