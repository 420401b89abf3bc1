"""A desk for each test, on SQLite and on PostgreSQL in turn."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.engine import Records
from tests.builders import Office, office_at


@pytest.fixture
def desk(records: Records, tmp_path: Path) -> Office:
    """A desk on an empty database; a Monday inside the window, five past nine."""
    return office_at(tmp_path / "home", records)


@pytest.fixture
def sqlite_desk(sqlite_records: Records, tmp_path: Path) -> Office:
    """The same on SQLite alone, for what does not depend on the database."""
    return office_at(tmp_path / "home", sqlite_records)
