"""The records' tables as Core tables, rows as plain dicts, and the digest by which the journal knows a row.

Use cases write with Core statements: a tick has two milliseconds beside its fsync, and the ORM alone takes
a third of that.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from db import journal
from db.core import APPROVALS as APPROVALS
from db.core import CASH_COUNTS as CASH_COUNTS
from db.core import CIRCULARS as CIRCULARS
from db.core import CLOSINGS as CLOSINGS
from db.core import COUNTERS as COUNTERS
from db.core import ENTRIES as ENTRIES
from db.core import FEES as FEES
from db.core import FINDINGS as FINDINGS
from db.core import IMPORTS as IMPORTS
from db.core import JOURNAL as JOURNAL
from db.core import LATE_ENTRIES as LATE_ENTRIES
from db.core import META as META
from db.core import NOTICES as NOTICES
from db.core import ORIGINALS as ORIGINALS
from db.core import OUTBOX as OUTBOX
from db.core import PAPERS as PAPERS
from db.core import PAYMENTS as PAYMENTS
from db.core import SHIFTS as SHIFTS
from db.core import STAFF as STAFF
from db.core import SUBMISSIONS as SUBMISSIONS
from db.core import TOKENS as TOKENS

Row = dict[str, Any]
"""One row by column name; never leaves the desk."""

PERSONAL: Final = (
    "online_id", "name", "id_kind", "id_number", "sex", "birth", "phone", "employer", "county",
    "department", "specialty_text", "level_text",
)  # fmt: skip
"""What of a roster entry the journal's commitment covers; the online state may change without the desk."""


def as_row(row: sa.Row[Any]) -> Row:
    """Return a result row as a dict."""
    return dict(row._mapping)


def add(conn: sa.Connection, table: sa.Table, row: Row) -> Row:
    """Insert a complete row and return it with its id."""
    made = conn.execute(sa.insert(table), row).inserted_primary_key
    assert made is not None
    return {**row, "id": made[0]}


def blank(table: sa.Table, **values: Any) -> Row:
    """Return a whole row for `table`: the given values, the column's plain default for the rest, or None."""
    row: Row = {}
    for column in table.c:
        if column.name == "id":
            continue
        default = column.default
        row[column.name] = (
            default.arg if isinstance(default, sa.ColumnDefault) and default.is_scalar else None
        )
    unknown = values.keys() - row.keys()
    if unknown:
        raise KeyError(sorted(unknown))
    return row | values


def note_key(note: str) -> bytes:
    """Return what keys the digest of an office's own row that holds a note; it goes when the note goes."""
    return secrets.token_bytes(32) if note else b""


def digest(subject_key: bytes, row: Mapping[str, Any]) -> str:
    """Return 40 hex digits that bind a row's every column, keyed with the person's secret.

    Keyed, because a row may hold a note or a title, and a bare hash of something guessable tells it.
    """
    plain = {name: _plain(value) for name, value in row.items()}
    return journal.commitment(subject_key, journal.canonical(plain))[:40]


def _plain(value: Any) -> journal.Json:
    if isinstance(value, datetime):
        return journal.utc_text(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, int):
        return value
    raise TypeError(type(value).__name__)


PRINT: Final = ("id", "paper_id", "copy_no", "file_name", "queued_at", "requested_by")
"""What of a print stays as it was asked for; the rest is how far the outbox has come."""


def print_digest(row: Mapping[str, Any]) -> str:
    """Return the digest by which the journal knows that a print was asked for."""
    return journal.row_digest({name: row[name] for name in PRINT})


def commitment(entry: Mapping[str, Any]) -> str:
    """Return the keyed commitment to a person's data; it says nothing once the key is erased."""
    return digest(entry["subject_key"], {name: entry[name] for name in PERSONAL})


def unpack(codes: str) -> tuple[str, ...]:
    """Return the codes of a comma-separated column."""
    return tuple(code for code in codes.split(",") if code)


def pack(codes: tuple[str, ...]) -> str:
    """Return codes as a column holds them."""
    return ",".join(codes)
