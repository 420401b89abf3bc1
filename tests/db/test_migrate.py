"""The schema moves forward only, after a backup, all or nothing, and ends where the tables say."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

from db import errors, journal, triggers
from db.engine import Records, open_records, sqlite_engine
from db.migrate import REVISIONS, Migration, migrate, require_current, schema_version, upgrade_connection
from db.numbering import next_number
from db.tables import Meta
from tests import pg
from tests.db import rows
from tests.fixtures_db import KEY, no_backup

HEAD = REVISIONS[-1]


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: Any, tmp_path: Path) -> Iterator[Records]:
    target = str(tmp_path / "desk.db") if request.param == "sqlite" else pg.server().database()
    records = open_records(target, KEY)
    yield records
    records.close()


def never(_revision: str) -> None:
    pytest.fail("a backup of nothing")


def _compare(records: Records) -> list[Any]:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with records.read_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Meta.metadata))


def test_the_migrated_schema_is_the_one_of_the_tables(records: Records) -> None:
    assert _compare(records) == []


def _checks(engine: sa.Engine) -> set[tuple[str, str, str]]:
    inspector = sa.inspect(engine)
    return {
        (table, str(check["name"]), re.sub(r"\s+", " ", check["sqltext"]))
        for table in inspector.get_table_names()
        for check in inspector.get_check_constraints(table)
    }


def test_the_checks_are_the_ones_of_the_tables(sqlite_records: Records, tmp_path: Path) -> None:
    fresh = sqlite_engine(tmp_path / "fresh.db", KEY)
    with fresh.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        SQLModel.metadata.create_all(connection)
    wanted = _checks(fresh)
    assert len(wanted) > 150
    assert _checks(sqlite_records.read_engine) == wanted
    fresh.dispose()


def test_the_checks_are_the_ones_of_the_tables_on_postgres(postgres_records: Records) -> None:
    fresh = open_records(pg.server().database())
    with fresh.write_engine.begin() as connection:
        SQLModel.metadata.create_all(connection)
    assert _checks(postgres_records.read_engine) == _checks(fresh.read_engine)
    fresh.close()


def test_every_protected_table_has_its_triggers_at_head(records: Records) -> None:
    with records.read() as session:
        assert triggers.missing(session.connection()) == set()


def test_a_lost_trigger_is_noticed(records: Records) -> None:
    on = " ON journal" if records.dialect == "postgresql" else ""
    with records.write() as session:
        session.connection().exec_driver_sql(f"DROP TRIGGER journal_no_update{on}")
    with records.read() as session:
        assert triggers.missing(session.connection()) == {"journal_no_update"}


def test_an_empty_database_is_made_without_a_backup_and_once(empty: Records) -> None:
    with pytest.raises(errors.OlderSchema):
        require_current(empty)
    assert migrate(empty, backup_first=never) == Migration(None, REVISIONS[-1])
    assert migrate(empty, backup_first=never) == Migration(REVISIONS[-1], REVISIONS[-1])
    assert not migrate(empty, backup_first=never).changed
    require_current(empty)


def test_the_revisions_known_are_the_revisions_shipped() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "db:migrations")
    script = ScriptDirectory.from_config(config)
    assert tuple(reversed([r.revision for r in script.walk_revisions()])) == REVISIONS
    assert resources.files("db").joinpath("migrations/script.py.mako").is_file()


def _set_revision(records: Records, revision: str) -> None:
    with records.write() as session:
        session.connection().exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")


def test_a_database_from_the_future_is_left_alone(records: Records) -> None:
    _set_revision(records, "9999")
    with pytest.raises(errors.NewerSchema) as refused:
        migrate(records, backup_first=never)
    assert refused.value.facts == {"version": "9999", "known": REVISIONS[-1]}
    with pytest.raises(errors.NewerSchema):
        require_current(records)


def test_a_database_that_holds_something_is_backed_up_before_it_changes(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.migrate.REVISIONS", (*REVISIONS, "9998"))
    steps: list[str] = []
    monkeypatch.setattr("db.migrate.upgrade_connection", lambda _c, to: steps.append(f"to {to}"))
    migrate(records, backup_first=lambda revision: steps.append(f"backup of {revision}"))
    assert steps == [f"backup of {HEAD}", "to 9998"]


def test_without_a_backup_nothing_is_changed(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.migrate.REVISIONS", (*REVISIONS, "9998"))
    monkeypatch.setattr("db.migrate.upgrade_connection", lambda _c, _to: pytest.fail("changed"))

    def full_disk(_revision: str) -> None:
        raise errors.DiskFull

    with pytest.raises(errors.DiskFull):
        migrate(records, backup_first=full_disk)
    assert schema_version(records) == HEAD


def test_a_migration_that_breaks_off_leaves_the_old_schema(
    empty: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db import migrate as module

    whole = module.upgrade_connection

    def break_off(connection: sa.Connection, revision: str) -> None:
        whole(connection, revision)
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "upgrade_connection", break_off)
    with pytest.raises(KeyboardInterrupt):
        migrate(empty, backup_first=never)
    assert sa.inspect(empty.read_engine).get_table_names() == []
    monkeypatch.setattr(module, "upgrade_connection", whole)
    assert migrate(empty, backup_first=never).after == REVISIONS[-1]


def test_dangling_references_stop_a_migration(
    sqlite_records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave_dangling(connection: sa.Connection, _to: str) -> None:
        connection.exec_driver_sql("INSERT INTO search_token (token, entry_id) VALUES ('x', 404)")

    monkeypatch.setattr("db.migrate.REVISIONS", (*REVISIONS, "9998"))
    monkeypatch.setattr("db.migrate.upgrade_connection", leave_dangling)
    with pytest.raises(errors.Damaged) as refused:
        migrate(sqlite_records, backup_first=no_backup)
    assert refused.value.facts == {"table": "search_token"}
    with sqlite_records.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM search_token").scalar() == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_desks_that_start_together_migrate_once(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db import migrate as module

    target = str(tmp_path / "desk.db") if kind == "sqlite" else pg.server().database()
    desks = [open_records(target, KEY) for _ in range(3)]
    whole, turns = module.upgrade_connection, []
    inside = threading.Lock()

    def one_at_a_time(connection: sa.Connection, revision: str) -> None:
        assert inside.acquire(blocking=False), "two migrations at once"
        turns.append(revision)
        whole(connection, revision)
        inside.release()

    monkeypatch.setattr(module, "upgrade_connection", one_at_a_time)
    failed: list[BaseException] = []

    def start(records: Records) -> None:
        try:
            migrate(records, backup_first=no_backup)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=start, args=(d,)) for d in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(turns) == 1
    for desk in desks:
        require_current(desk)
        desk.close()


def test_starting_up_does_not_load_alembic() -> None:
    import subprocess
    import sys

    code = (
        "import sys; import db, db.errors; assert 'sqlalchemy' not in sys.modules;"
        "import db.engine, db.migrate, db.journal, db.numbering, db.acts, db.search_index, db.backup;"
        "assert 'alembic' not in sys.modules and 'sqlmodel' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_migrated_database_is_ready_for_work(empty: Records) -> None:
    migrate(empty, backup_first=never)
    with empty.write() as session:
        rows.start_journal(session)
        assert next_number(session, office="LYG", series="receipt", year=2024) == 1


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_records_of_an_earlier_revision_come_up_with_all_they_hold(
    empty: Records, revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as old:
        old.setattr("db.migrate.REVISIONS", REVISIONS[: REVISIONS.index(revision) + 1])
        migrate(empty, backup_first=never)
    with empty.write() as session:
        submission = rows.add_submission(session)
        rows.add_fee(session, submission)
        head = rows.start_journal(session)
    asked: list[str] = []
    assert migrate(empty, backup_first=asked.append) == Migration(revision, HEAD)
    assert asked == [revision]
    with empty.read() as session:
        connection = session.connection()
        assert triggers.missing(connection) == set()
        assert connection.exec_driver_sql("SELECT count(*) FROM fee").scalar() == 1
        assert journal.head(session) == head
    assert _compare(empty) == []


def test_records_of_the_first_revision_are_copied_before_they_change(tmp_path: Path) -> None:
    from db.backup import backup, integrity

    records = open_records(tmp_path / "first.db", KEY)
    with records.write_engine.begin() as connection:
        upgrade_connection(connection, REVISIONS[0])
    assert integrity(records).ok
    copies: list[Path] = []
    migrate(records, backup_first=lambda _revision: copies.append(backup(records, tmp_path).path))
    assert schema_version(records) == REVISIONS[-1]
    records.close()
    (copy,) = copies
    copied = open_records(copy, KEY)
    assert schema_version(copied) == REVISIONS[0]
    copied.close()
