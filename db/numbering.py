"""Serial numbers without a hole: a counter row that lives and dies with the transaction.

A sequence or AUTOINCREMENT keeps its number when the transaction is rolled back and leaves a hole; MAX+1
gives one number twice. The row is locked until the commit, so take numbers last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from db.turn import take_turn

if TYPE_CHECKING:
    from sqlmodel import Session

_NEXT: Final = sa.text(
    "INSERT INTO counter (office, series, year, n) VALUES (:office, :series, :year, 1) "
    "ON CONFLICT (office, series, year) DO UPDATE SET n = counter.n + 1 RETURNING n"
)
_LAST: Final = sa.text("SELECT n FROM counter WHERE office = :office AND series = :series AND year = :year")


def next_number(session: Session, *, office: str, series: str, year: int) -> int:
    """Take the next number, 1 for the first of an office, series and year.

    Only the commit makes it given; after a rollback the same number comes again.
    """
    take_turn(session)
    row = {"office": office, "series": series, "year": year}
    return int(session.connection().execute(_NEXT, row).scalar_one())


def last_number(session: Session, *, office: str, series: str, year: int) -> int:
    """Return the last number given, 0 when there is none yet."""
    row = {"office": office, "series": series, "year": year}
    return int(session.connection().execute(_LAST, row).scalar() or 0)
