"""One history is one row of bytes: on both databases, after a copy, and under another key."""

from __future__ import annotations

import itertools
import random
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlcipher3.dbapi2 as driver

from counter.desk import office as opening
from counter.desk import papers, submissions
from counter.desk.backup import backup
from counter.desk.export import export_day
from counter.desk.forms import FeeInput
from counter.desk.verify import verify
from db import journal_file
from db.engine import Records, open_records
from tests import builders, pg
from tests.builders import CLERK, SUPERVISOR, Office, office_at

INSTALL = UUID("0d9c1c5e-0000-4000-8000-000000000001")


@pytest.fixture
def no_chance(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Give what makes a home's chance begin anew: its number, its people's secrets, its demo mark."""

    def begin() -> None:
        rng = random.Random(7)
        monkeypatch.setattr(opening, "uuid4", lambda: INSTALL)
        for module in (opening, builders, submissions):
            secrets = type("secrets", (), {})
            secrets.token_bytes = staticmethod(rng.randbytes)  # type: ignore[attr-defined]
            secrets.token_hex = staticmethod(lambda n: rng.randbytes(n).hex())  # type: ignore[attr-defined]
            monkeypatch.setattr(module, "secrets", secrets)

    return begin


def worked(home: Path, records: Records) -> Office:
    """Work a morning with something of everything."""
    desk = office_at(home, records)
    desk.clock.tick(seconds=61)
    desk.accepted("张三")
    sent = desk.correct(desk.faulty("单雄"))
    desk.clock.tick(seconds=3600)
    back = desk.accept(desk.tick_all(desk.again(sent)), FeeInput(method="later"))
    desk.reject(desk.opened("欧阳若琳é"))
    papers.drain(desk.ctx)
    papers.reprint(desk.ctx, number=back.number, actor=CLERK, key=uuid4())
    papers.drain(desk.ctx)
    export_day(desk.ctx, day=date(2024, 8, 12), actor=SUPERVISOR, key=uuid4())
    return desk


def told(records: Records) -> bytes:
    with records.read() as session:
        return b"".join(journal_file.lines(session))


def test_the_same_acts_give_the_same_bytes_on_both_databases(
    sqlite_records: Records, postgres_records: Records, tmp_path: Path, no_chance: Callable[[], None]
) -> None:
    found = []
    for name, records in (("one", sqlite_records), ("two", postgres_records)):
        no_chance()
        worked(tmp_path / name, records)
        found.append(told(records))
    for one, two in itertools.zip_longest(*(data.splitlines() for data in found)):
        assert one == two
    assert len(found[0].splitlines()) > 60


def test_a_copy_and_an_export_under_another_key_tell_the_same(
    sqlite_records: Records, tmp_path: Path
) -> None:
    desk = worked(tmp_path / "home", sqlite_records)
    copy = backup(desk.ctx, actor=CLERK, key=uuid4())
    whole = told(sqlite_records)
    assert copy.head in copy.path.name
    opened = open_records(copy.path, sqlite_records.key_hex)
    assert whole.startswith(told(opened))
    opened.close()
    other = tmp_path / "other.db"
    raw = driver.connect(str(sqlite_records.path), isolation_level=None)
    try:
        raw.execute(f"PRAGMA key = \"x'{sqlite_records.key_hex}'\"")
        raw.execute(f"ATTACH DATABASE '{other}' AS other KEY \"x'{'7b' * 32}'\"")
        raw.execute("SELECT sqlcipher_export('other')").fetchall()
        raw.execute("DETACH DATABASE other")
    finally:
        raw.close()
    moved = open_records(other, "7b" * 32)
    try:
        assert told(moved) == whole
        again = office_at(tmp_path / "home", moved)
        assert verify(again.ctx, actor=CLERK).ok
    finally:
        moved.close()


def test_a_dump_that_is_restored_tells_the_same(postgres_records: Records, tmp_path: Path) -> None:
    worked(tmp_path / "home", postgres_records)
    whole = told(postgres_records)
    binaries, dump = pg._bin_folder(), tmp_path / "dump.sql"
    url = postgres_records.write_engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    subprocess.run([binaries / "pg_dump", "--no-owner", f"--dbname={url}", f"--file={dump}"], check=True)
    new = pg.server().database()
    try:
        plain = new.replace("+psycopg", "")
        words = ("-q", "-v", "ON_ERROR_STOP=1", f"--dbname={plain}", f"--file={dump}")
        subprocess.run([binaries / "psql", *words], check=True, stdout=subprocess.DEVNULL)
        restored = open_records(new)
        try:
            assert told(restored) == whole
            again = office_at(tmp_path / "home", restored)
            assert verify(again.ctx, actor=CLERK).ok
        finally:
            restored.close()
    finally:
        pg.server().drop(new)
