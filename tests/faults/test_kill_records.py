"""A desk killed at any moment loses nothing it has said was saved, and no number twice or missing.

The oracle is outside: the desk prints a line after each commit, and what it printed must be there.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from db import acts, journal
from db.engine import Records, open_records
from db.numbering import last_number
from tests.db import rows
from tests.fixtures_db import KEY, postgres_url, sqlite_file

DESK = """
import sys
from db import acts
from db.engine import open_records
from db.numbering import next_number
from tests.db import rows

records = open_records(sys.argv[1], sys.argv[2])
turn = 0
while True:
    turn += 1
    key = f"{sys.argv[3]}-{turn}"
    with records.write() as session:
        serial = next_number(session, office="LYG", series="submission", year=2024)
        rows.add_submission(session, serial=serial)
        number = next_number(session, office="LYG", series="receipt", year=2024)
        acts.remember(session, key, "kill", f"receipt:{number}", rows.AT)
        rows.write_event(session, number)
    print(key, number, flush=True)
"""


def run_and_kill(where: str, run: int, seconds: float, desks: int = 1) -> dict[str, int]:
    """Let desks work and kill them all; return what they said was saved, key -> number."""
    commands = [[sys.executable, "-c", DESK, where, KEY, f"{run}.{desk}"] for desk in range(desks)]
    working = [subprocess.Popen(c, stdout=subprocess.PIPE, text=True) for c in commands]
    said: dict[str, int] = {}
    for desk in working:  # the clock runs from the first word, so that start-up time does not matter
        assert desk.stdout is not None
        first = desk.stdout.readline().split()
        assert first, "a desk did not start"
        said[first[0]] = int(first[1])
    time.sleep(seconds)
    for desk in working:
        desk.send_signal(signal.SIGKILL)
    for desk in working:
        out, _ = desk.communicate()
        for line in out.splitlines(keepends=True):
            if line.endswith("\n"):
                key, number = line.split()
                said[key] = int(number)
    return said


def check(records: Records, said: dict[str, int]) -> None:
    """Hold what stands in the records against what was said, and against itself."""
    assert sorted(said.values()) == sorted(set(said.values())), "a number was given twice"
    with records.read() as session:
        connection = session.connection()
        for key, number in said.items():
            assert acts.done(session, key) == f"receipt:{number}", "a saved act is lost"
        given = last_number(session, office="LYG", series="receipt", year=2024)
        refs = {ref for (ref,) in connection.exec_driver_sql("SELECT ref FROM act")}
        assert refs == {f"receipt:{n}" for n in range(1, given + 1)}, "a number is missing"
        serials = [n for (n,) in connection.exec_driver_sql("SELECT serial FROM submission ORDER BY serial")]
        assert serials == list(range(1, given + 1))
        report = journal.verify(session)
        assert report.ok, report
        assert report.count == given + 1


def series_of_kills(where: str, kills: int, desks: int, seed: int) -> None:
    """Kill and look, again and again on the same records."""
    chance = random.Random(seed)
    records = open_records(where, KEY)
    with records.write() as session:
        rows.start_journal(session)
    said: dict[str, int] = {}
    for run in range(kills):
        said |= run_and_kill(where, run, chance.uniform(0, 0.3), desks)
        began = time.monotonic()
        again = open_records(where, KEY)
        check(again, said)
        again.close()
        assert time.monotonic() - began < 5
    assert len(said) >= kills
    records.close()


def test_a_killed_desk_loses_nothing_it_said_was_saved(tmp_path: Path) -> None:
    series_of_kills(str(sqlite_file(tmp_path)), kills=5, desks=1, seed=1)


def test_two_desks_killed_on_one_file_lose_nothing(tmp_path: Path) -> None:
    series_of_kills(str(sqlite_file(tmp_path)), kills=2, desks=2, seed=2)


def test_desks_killed_on_postgres_lose_nothing() -> None:
    series_of_kills(postgres_url(), kills=3, desks=2, seed=3)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_desks_killed_a_hundred_times_lose_nothing(kind: str, tmp_path: Path) -> None:
    where = str(sqlite_file(tmp_path)) if kind == "sqlite" else postgres_url()
    series_of_kills(where, kills=100, desks=3, seed=4)


MIGRATION = """
import sys
from db.engine import open_records
from db.migrate import migrate
records = open_records(sys.argv[1], sys.argv[2])
print("ready", flush=True)
migrate(records, backup_first=lambda revision: None)
print("done", flush=True)
"""


def test_a_desk_killed_while_it_makes_the_schema_leaves_none_or_the_whole(tmp_path: Path) -> None:
    from db.backup import integrity
    from db.migrate import REVISIONS, migrate, schema_version
    from tests.fixtures_db import no_backup

    chance = random.Random(5)
    for run in range(4):
        path = tmp_path / f"{run}.db"
        child = subprocess.Popen(
            [sys.executable, "-c", MIGRATION, str(path), KEY], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.5))
        child.kill()
        done = "done" in child.communicate()[0]
        records = open_records(path, KEY)
        version = schema_version(records)
        assert version in ((REVISIONS[-1],) if done else (None, REVISIONS[-1]))
        migrate(records, backup_first=no_backup)
        assert integrity(records).ok
        records.close()


BACKUP = """
import sys
from pathlib import Path
from db.backup import backup
from db.engine import open_records
records = open_records(sys.argv[1], sys.argv[2])
print("ready", flush=True)
for n in range(1000):
    print(backup(records, Path(sys.argv[3]) / f"{n}.db").path.name, flush=True)
"""


def test_a_backup_killed_half_way_never_has_a_backups_name(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path)
    records = open_records(path, KEY)
    with records.write() as session:
        rows.start_journal(session)
        for n in range(50):
            rows.add_entry(session, note="注" * 400)
            rows.write_event(session, n)
    folder = tmp_path / "backups"
    folder.mkdir()
    for seconds in (0.05, 0.2):
        child = subprocess.Popen(
            [sys.executable, "-c", BACKUP, str(path), KEY, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(seconds)
        child.kill()
        said = child.communicate()[0].split()
        named = sorted(p for p in folder.glob("*.db"))
        assert {n for n in said if n.endswith(".db")} <= {p.name for p in named}
        for copy_path in named:
            copy = open_records(copy_path, KEY)
            with copy.read() as session:
                assert journal.verify(session).ok
            copy.close()
            copy_path.unlink()
    records.close()
