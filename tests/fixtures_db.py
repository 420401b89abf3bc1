"""Fixtures of the records: an open, migrated, empty database on SQLite and on PostgreSQL.

`records` gives each test both in turn; `sqlite_records` and `postgres_records` give one.
"""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.engine import Records, open_records
from db.migrate import migrate
from tests import pg

KEY = "5a" * 32
"""The key of every test database."""


def no_backup(_revision: str) -> None:
    """Stand for the backup of a database that holds nothing yet."""


@functools.cache
def _sqlite_template() -> bytes:
    folder = Path(tempfile.mkdtemp(prefix="tpl-"))
    try:
        records = open_records(folder / "desk.db", KEY)
        migrate(records, backup_first=no_backup)
        records.close()
        return (folder / "desk.db").read_bytes()
    finally:
        shutil.rmtree(folder)


@functools.cache
def _postgres_template() -> str:
    url = pg.server().database()
    records = open_records(url)
    migrate(records, backup_first=no_backup)
    records.close()
    return url.partition("?")[0].rsplit("/", 1)[1]


def sqlite_file(folder: Path) -> Path:
    """Write a migrated, empty database file under `KEY` and return its path."""
    path = folder / "desk.db"
    path.write_bytes(_sqlite_template())
    path.chmod(0o600)
    return path


def postgres_url() -> str:
    """Create a migrated, empty PostgreSQL database and return its URL; the server's end drops it."""
    return pg.server().database(_postgres_template())


@pytest.fixture
def sqlite_records(tmp_path: Path) -> Iterator[Records]:
    records = open_records(sqlite_file(tmp_path), KEY)
    yield records
    records.close()


@pytest.fixture
def postgres_records() -> Iterator[Records]:
    url = postgres_url()
    records = open_records(url)
    yield records
    records.close()
    pg.server().drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def records(request: Any) -> Records:
    found: Records = request.getfixturevalue(f"{request.param}_records")
    return found
