"""Exact tokens by which a roster entry is found.

What counts as a token (a number, its last four digits, a name, pinyin, initials, stored prefixes) is the
desk's business. One token is one exact key, so a look-up costs the same at a thousand and a million entries;
a pattern search does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlmodel import Session

COUNT_CAP: Final = 1000
"""Beyond this a list says "more than"; nobody pages through it and counting would grow with the office."""

_CHUNK: Final = 100_000
"""Rows of a bulk insert held in memory at once, about 20 MB; more rows in order cost less each."""

_BULK_CACHE: Final = -65_536
"""KiB, negative as SQLite wants it: a leaf of the index pushed out is encrypted, written and read again."""

_FIND: Final = sa.text(
    "SELECT entry_id FROM search_token WHERE token = :token "
    "ORDER BY token DESC, entry_id DESC LIMIT :limit OFFSET :offset"
)
_COUNT: Final = sa.text(
    "SELECT count(*) FROM (SELECT 1 AS one FROM search_token WHERE token = :token LIMIT :cap) AS capped"
)
_OF_ENTRY: Final = sa.text("SELECT token FROM search_token WHERE entry_id = :entry_id")
_DROP: Final = sa.text("DELETE FROM search_token WHERE token = :token AND entry_id = :entry_id")
_ADD: Final = sa.text("INSERT INTO search_token (token, entry_id) VALUES (:token, :entry_id)")


def put_tokens(session: Session, entry_id: int, tokens: Iterable[str]) -> None:
    """Make these, and no others, the tokens of an entry; empty ones are left out.

    Tokens that stay are not written again, so correcting a phone number costs two rows.
    """
    connection = session.connection()
    wanted = {token for token in tokens if token}
    present = {str(t) for (t,) in connection.execute(_OF_ENTRY, {"entry_id": entry_id})}
    if gone := sorted(present - wanted):
        connection.execute(_DROP, [{"token": t, "entry_id": entry_id} for t in gone])
    if new := sorted(wanted - present):
        connection.execute(_ADD, [{"token": t, "entry_id": entry_id} for t in new])


def add_tokens(session: Session, entries: Iterable[tuple[int, Iterable[str]]]) -> int:
    """Add the tokens of entries that have none yet, for a whole roster at once; return how many.

    Rows go in by the driver's own bulk call, sorted within each chunk so that the index is filled in order.
    """
    connection = session.connection()
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    insert = f"INSERT INTO search_token (token, entry_id) VALUES ({mark}, {mark})"  # noqa: S608  only marks
    rows = ((token, entry_id) for entry_id, tokens in entries for token in {t for t in tokens if t})
    if connection.dialect.name == "sqlite":
        usual = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
        connection.exec_driver_sql(f"PRAGMA cache_size={_BULK_CACHE}")
    added = 0
    for chunk in _chunks(rows):
        chunk.sort()
        connection.exec_driver_sql(insert, chunk)
        added += len(chunk)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size={usual}")
    return added


def _chunks(rows: Iterator[tuple[str, int]]) -> Iterator[list[tuple[str, int]]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def find(session: Session, token: str, *, limit: int = 200, offset: int = 0) -> list[int]:
    """Return the entries that have a token, the newest entry first, one page of them."""
    rows = session.connection().execute(_FIND, {"token": token, "limit": limit, "offset": offset})
    return [int(entry_id) for (entry_id,) in rows]


def count(session: Session, token: str, *, cap: int = COUNT_CAP) -> int:
    """Return how many entries have a token, counting no further than `cap`."""
    return int(session.connection().execute(_COUNT, {"token": token, "cap": cap}).scalar_one())
