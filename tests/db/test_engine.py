"""Work on the records is whole or not at all, in turn, and whatever stops it is said in one word."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import select

from db import errors
from db.backup import integrity
from db.engine import (
    Records,
    check_settings,
    open_records,
    refuse_unsafe_wal,
    sqlite_engine,
)
from db.migrate import require_current
from db.tables import Meta, RosterEntry
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
