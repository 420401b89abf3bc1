"""The records open safely or say in one word why not."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import select

from db import errors, journal
from db.backup import integrity
from db.engine import (
    Records,
    check_settings,
    file_system_of,
    open_records,
    refuse_unsafe_wal,
    sqlite_engine,
)
from db.migrate import require_current
from db.tables import Meta, RosterEntry
from tests.db import rows
from tests.db.rows import AT, add_entry
from tests.fixtures_db import KEY, sqlite_file


@pytest.mark.parametrize(
    "version",
    [(3, 7, 0), (3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 0), (3, 51, 1), (3, 51, 2)],
)
def test_a_sqlite_whose_wal_can_corrupt_is_refused(version: tuple[int, ...]) -> None:
    with pytest.raises(errors.UnsafeSqlite) as refused:
        refuse_unsafe_wal(version)
    assert refused.value.facts == {"version": ".".join(map(str, version)), "fixed": "3.51.3"}


@pytest.mark.parametrize(
    "version", [(3, 44, 6), (3, 50, 7), (3, 50, 8), (3, 51, 3), (3, 52, 0), (3, 53, 4), (4, 0, 0)]
)
def test_a_sqlite_with_the_correction_is_taken(version: tuple[int, ...]) -> None:
    refuse_unsafe_wal(version)


SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 5000,
    "recursive_triggers": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "secure_delete": 1,
}


def test_every_connection_has_the_settings_durability_rests_on(sqlite_records: Records) -> None:
    for engine in (sqlite_records.read_engine, sqlite_records.write_engine):
        with engine.connect() as connection:
            found = {n: connection.exec_driver_sql(f"PRAGMA {n}").scalar() for n in SETTINGS}
        assert found == SETTINGS


@pytest.mark.parametrize(
    ("spoil", "named"),
    [
        ("PRAGMA synchronous=NORMAL", "synchronous"),
        ("PRAGMA synchronous=OFF", "synchronous"),
        ("PRAGMA journal_mode=DELETE", "journal_mode"),
        ("PRAGMA recursive_triggers=OFF", "recursive_triggers"),
    ],
)
def test_a_setting_that_did_not_take_stops_the_start(tmp_path: Path, spoil: str, named: str) -> None:
    engine = sqlite_engine(sqlite_file(tmp_path), KEY)
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        connection.rollback()
        raw.execute(spoil)
        with pytest.raises(errors.UnsafeSetting) as refused:
            check_settings(raw)
    engine.dispose()
    assert refused.value.facts["setting"] == named


def test_file_wal_and_shm_are_for_their_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        records = open_records(tmp_path / "new.db", KEY)
        with records.write_engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (a)")
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    finally:
        os.umask(before)
    records.close()
    assert modes == dict.fromkeys(("new.db", "new.db-open", "new.db-wal", "new.db-shm"), 0o600)


def test_a_file_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path)
    path.chmod(0o644)
    open_records(path, KEY).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def _plain_sqlite(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a)")
    connection.commit()
    connection.close()


def _flip(offset: int) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        raw = bytearray(path.read_bytes())
        raw[offset] ^= 1
        path.write_bytes(raw)

    return flip


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda p: p.write_text("name,number\n" * 4096), errors.NotADatabase),
        (lambda p: p.write_bytes(b"%PDF-1.7" + bytes(5000)), errors.NotADatabase),
        (lambda p: p.write_bytes(p.read_bytes()[:700]), errors.NotADatabase),
        (_plain_sqlite, errors.NotADatabase),
        (_flip(100), errors.Damaged),
        (_flip(4000), errors.Damaged),
    ],
    ids=["text", "pdf", "stub", "plain sqlite", "bit in the header", "bit in page 1"],
)
def test_what_is_wrong_with_a_file_is_told_apart(
    tmp_path: Path, spoil: Callable[[Path], object], expected: type[Exception], capfd: Any
) -> None:
    path = sqlite_file(tmp_path)
    spoil(path)
    with pytest.raises(expected):
        open_records(path, KEY)
    assert capfd.readouterr() == ("", ""), "the driver wrote into the terminal"


def test_a_wrong_key_is_neither_damage_nor_another_file(tmp_path: Path, capfd: Any) -> None:
    path = sqlite_file(tmp_path)
    with pytest.raises(errors.WrongKey):
        open_records(path, "ab" * 32)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("key", [None, "", "secret", "5a" * 31, "5a" * 32 + "\n", "x'" * 32])
def test_a_file_is_never_opened_without_a_whole_key(tmp_path: Path, key: str | None) -> None:
    with pytest.raises(errors.KeyMissing):
        open_records(tmp_path / "new.db", key)
    assert not (tmp_path / "new.db").exists()


def test_the_key_is_not_shown_when_the_records_are(sqlite_records: Records) -> None:
    assert KEY not in repr(sqlite_records)
    assert KEY not in str(sqlite_records.write_engine.url)


def test_names_are_not_readable_in_the_files(sqlite_records: Records, tmp_path: Path) -> None:
    with sqlite_records.write() as session:
        add_entry(session, name="单雄信", phone="13800138000")
    raw = b"".join(p.read_bytes() for p in tmp_path.glob("desk.db*"))
    assert "单雄信".encode() not in raw
    assert b"13800138000" not in raw


def test_damage_in_any_page_is_found(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path)
    records = open_records(path, KEY)
    with records.write() as session:
        for n in range(40):
            add_entry(session, name=f"人{n}", note="注" * 300)
    records.close()
    whole = path.read_bytes()
    chance = random.Random(7)
    for _ in range(40):
        raw = bytearray(whole)
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        path.write_bytes(raw)
        try:
            hurt = open_records(path, KEY)
        except (errors.Damaged, errors.WrongKey):
            continue
        try:
            assert not integrity(hurt).ok
        except errors.Damaged:
            pass
        finally:
            hurt.close()


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("22 1 0:20 / / rw - ext4 /dev/a rw\n30 22 0:40 / /srv/share rw - nfs4 box:/x rw", "nfs4"),
        ("22 1 0:20 / / rw - ext4 /dev/a rw\n30 22 0:40 / /srv/share\\040x rw - cifs //box/x rw", "ext4"),
        ("22 1 0:20 / / rw - ext4 /dev/a rw\n30 22 0:40 / /srv/sha rw - cifs //box/x rw", "ext4"),
        ("nonsense", None),
    ],
)
def test_the_file_system_of_a_folder_is_told_by_its_longest_mount(
    tmp_path: Path, mounts: str, kind: str | None
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(mounts)
    assert file_system_of(Path("/srv/share/office"), table) == kind


def test_a_network_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.engine.file_system_of", lambda _folder: "nfs4")
    with pytest.raises(errors.NetworkDisk):
        open_records(tmp_path / "new.db", KEY)
    assert not (tmp_path / "new.db").exists()


def test_a_missing_folder_is_a_fault_of_the_disk_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(errors.RecordsError):
        open_records(tmp_path / "nowhere" / "desk.db", KEY)


def test_work_is_committed_whole_or_not_at_all(records: Records) -> None:
    class PoweredOffError(Exception):
        pass

    def half() -> None:
        with records.write() as session:
            session.add(Meta(key="a", value="1"))
            session.flush()
            raise PoweredOffError

    with pytest.raises(PoweredOffError):
        half()
    with records.write() as session:
        session.add(Meta(key="b", value="2"))
    with records.read() as session:
        assert [m.key for m in session.exec(select(Meta))] == ["b"]


def test_a_reading_unit_cannot_write(records: Records) -> None:
    with pytest.raises(errors.ReadOnly), records.read() as session:  # noqa: PT012
        session.add(Meta(key="a", value="1"))
        session.flush()
    with records.write() as session:
        session.add(Meta(key="a", value="1"))


def test_a_reading_unit_sees_one_state_while_others_write(records: Records) -> None:
    with records.read() as reading:
        assert list(reading.exec(select(Meta))) == []
        with records.write() as writing:
            writing.add(Meta(key="a", value="1"))
        assert list(reading.exec(select(Meta))) == []


def test_instants_come_back_aware_utc(records: Records) -> None:
    with records.write() as session:
        entry = add_entry(session)
    with records.read() as session:
        found = session.get_one(RosterEntry, entry)
        assert found.created_at == AT
        assert found.created_at.utcoffset() == datetime.now(UTC).utcoffset()


def test_a_form_shown_before_someone_elses_change_is_stale(records: Records) -> None:
    with records.write() as session:
        entry = add_entry(session)
    with pytest.raises(errors.Stale), records.write() as session:  # noqa: PT012
        row = session.get_one(RosterEntry, entry)
        session.connection().execute(
            sa.text("UPDATE roster_entry SET version = version + 1 WHERE id = :id"), {"id": entry}
        )
        row.phone = "13900139000"


def test_a_second_writer_waits_and_is_then_told_busy(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path)
    one, two = open_records(path, KEY), open_records(path, KEY, busy_ms=50)
    with one.write() as holding:
        holding.add(Meta(key="a", value="1"))
        with pytest.raises(errors.Busy), two.write():
            pytest.fail("two writers at once")
    with two.write() as session:
        session.add(Meta(key="b", value="2"))
    one.close()
    two.close()


def test_a_full_disk_is_its_own_error_and_loses_nothing(sqlite_records: Records) -> None:
    with sqlite_records.write() as session:
        session.add(Meta(key="a", value="1"))

    @event.listens_for(sqlite_records.write_engine, "begin")
    def _cap(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    with pytest.raises(errors.DiskFull), sqlite_records.write() as session:
        session.add(Meta(key="b", value="x" * 1_000_000))
    with sqlite_records.read() as session:
        assert [m.key for m in session.exec(select(Meta))] == ["a"]


def test_a_server_that_is_not_there_is_unreachable(tmp_path: Path) -> None:
    with pytest.raises(errors.Unreachable):
        open_records(f"postgresql:///x?host={tmp_path}&user=nobody")


def test_a_connection_lost_at_commit_leaves_the_outcome_open(postgres_records: Records) -> None:
    with pytest.raises(errors.OutcomeUnknown), postgres_records.write() as session:  # noqa: PT012
        session.add(Meta(key="a", value="1"))
        session.flush()
        pid = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with postgres_records.write_engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
    with postgres_records.write() as session:
        assert session.get(Meta, "a") is None


def test_a_connection_lost_before_commit_wrote_nothing(postgres_records: Records) -> None:
    with pytest.raises(errors.Unreachable), postgres_records.write() as session:  # noqa: PT012
        pid = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with postgres_records.write_engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({pid})")
        session.add(Meta(key="a", value="1"))
        session.flush()


def test_postgres_waits_are_bounded(postgres_records: Records) -> None:
    with postgres_records.read() as session:
        shown = {
            name: session.connection().exec_driver_sql(f"SHOW {name}").scalar()
            for name in (
                "lock_timeout",
                "statement_timeout",
                "idle_in_transaction_session_timeout",
                "synchronous_commit",
                "TimeZone",
            )
        }
    assert shown == {
        "lock_timeout": "3s",
        "statement_timeout": "10s",
        "idle_in_transaction_session_timeout": "15s",
        "synchronous_commit": "on",
        "TimeZone": "UTC",
    }


def test_an_open_and_current_database_passes_its_checks(records: Records) -> None:
    require_current(records)
    assert integrity(records).problems == ()


def test_an_error_does_not_repeat_personal_data(records: Records) -> None:
    with records.write() as session:
        add_entry(session, online_id="320799199001011234")
    with pytest.raises(errors.Taken) as refused, records.write() as session:
        add_entry(session, online_id="320799199001011234", name="单雄信")
    assert "320799199001011234" not in str(refused.value) + repr(refused.value.facts)
    cause = refused.value.__cause__
    assert "单雄信" not in str(cause)


def test_a_write_holds_the_lock_from_its_first_moment(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path)
    one, two = open_records(path, KEY), open_records(path, KEY, busy_ms=50)
    with one.write(), pytest.raises(errors.Busy), two.write():
        pytest.fail("two writers at once")
    one.close()
    two.close()


def test_a_write_inside_a_write_is_refused_and_does_not_hang(tmp_path: Path) -> None:
    records = open_records(sqlite_file(tmp_path), KEY, busy_ms=50)
    with records.write(), pytest.raises(errors.Busy), records.write():
        pytest.fail("a write inside a write")
    with records.write() as session:
        session.add(Meta(key="a", value="1"))
    records.close()


def test_readers_do_not_wait_for_a_writer(records: Records) -> None:
    with records.write() as writing:
        writing.add(Meta(key="a", value="1"))
        writing.flush()
        with records.read() as session:
            assert session.get(Meta, "a") is None


def test_the_last_desk_to_close_leaves_one_file(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path)
    one, two = open_records(path, KEY), open_records(path, KEY)
    with two.write() as session:
        session.add(Meta(key="a", value="1"))
    one.close()
    two.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["desk.db", "desk.db-turn"]


def _as_nobody(act: Callable[[], object]) -> str:
    """Carry something out in a child without root's rights and return the class of what it raised."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            act()
            said = "nothing"
        except BaseException as error:
            said = type(error).__name__
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


@pytest.mark.parametrize("protected", ["folder", "file"])
def test_a_file_or_folder_without_write_rights_is_read_only(protected: str) -> None:
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        path = sqlite_file(folder)
        if protected == "folder" and os.geteuid() == 0:
            os.chown(path, 65534, 65534)
        path.chmod(0o600 if protected == "folder" else 0o444)
        folder.chmod(0o555 if protected == "folder" else 0o777)
        assert _as_nobody(lambda: open_records(path, KEY)) == "ReadOnly"
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_desk_waits_for_the_turn_of_another_process_and_gets_it_when_that_dies(tmp_path: Path) -> None:
    holder = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from db.between import between_desks\n"
        "with between_desks(Path(sys.argv[1]), time.monotonic() + 5):\n"
        "    print('mine', flush=True)\n"
        "    time.sleep(60)\n"
    )
    file = sqlite_file(tmp_path)
    records = open_records(file, KEY, busy_ms=200)
    with subprocess.Popen([sys.executable, "-c", holder, str(file)], stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(errors.Busy), records.write():
            pass
        other.kill()
        other.wait()
    with records.write() as session:
        session.add(Meta(key="a", value="1"))
    records.close()


def test_a_first_frame_torn_by_a_power_cut_is_no_strange_wal(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path)
    records = open_records(path, KEY)
    with records.write() as session:
        rows.start_journal(session)
    left = tmp_path / "left"
    left.mkdir()
    for name in ("desk.db", "desk.db-wal"):
        (left / name).write_bytes((tmp_path / name).read_bytes())
    records.close()
    wal = bytearray((left / "desk.db-wal").read_bytes())
    whole = bytes(wal)
    wal[32 + 24 + 2048 : 32 + 24 + 4096] = bytes(2048)
    (left / "desk.db-wal").write_bytes(wal)
    torn = open_records(left / "desk.db", KEY)
    with torn.read() as session:
        assert journal.head(session) is None  # it was never synced, so nobody was told of it
    torn.close()
    assert whole != bytes(wal)
