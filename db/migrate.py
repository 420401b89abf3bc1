"""Brings the records to the schema this program knows: forward only, a backup first, all or nothing.

The version is read with one query; Alembic is imported only when it differs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from db.engine import sqlite_engine
from db.errors import Damaged, NewerSchema, OlderSchema
from db.faults import translate
from db.turn import MIGRATION_LOCK

if TYPE_CHECKING:
    from db.engine import Records

REVISIONS: Final = ("0001", "0002")
"""All revisions, oldest first; the last is the schema of this program."""


@dataclass(frozen=True)
class Migration:
    """What `migrate` found and did; `before` is None for an empty database."""

    before: str | None
    after: str

    @property
    def changed(self) -> bool:
        """Whether the schema was touched."""
        return self.before != self.after


def schema_version(records: Records) -> str | None:
    """Return the revision of the database, None when it is empty. Raises what `db.errors` names."""
    try:
        with records.read_engine.connect() as connection:
            return _version(connection)
    except sa.exc.DBAPIError as error:
        raise (translate(error) or error) from error


def require_current(records: Records) -> None:
    """Refuse a database of another schema; raises `OlderSchema` or `NewerSchema`."""
    version = schema_version(records)
    _refuse_newer(version)
    if version != REVISIONS[-1]:
        raise OlderSchema(version or "", version=version, wanted=REVISIONS[-1])


def migrate(records: Records, *, backup_first: Callable[[str], object]) -> Migration:
    """Upgrade the records to the newest schema, in one transaction, once, however many desks start.

    `backup_first` gets the present revision and is called only before a database that holds something is
    changed; if it raises, nothing is touched. Not for two threads of one process (Alembic's context is
    global), and before the screen is taken (Alembic may print).
    Raises `NewerSchema`, `Damaged` when foreign keys would be left dangling, and what `db.errors` names.
    """
    before = schema_version(records)
    _refuse_newer(before)
    if before == REVISIONS[-1]:
        return Migration(before, before)
    if before is not None:
        backup_first(before)
    try:
        if records.dialect == "sqlite":
            _upgrade_sqlite(records)
        else:
            with records.write_engine.begin() as connection:
                connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
                connection.exec_driver_sql("SET LOCAL statement_timeout = '10min'")
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
                if _version(connection) != REVISIONS[-1]:
                    upgrade_connection(connection, REVISIONS[-1])
    except sa.exc.DBAPIError as error:
        raise (translate(error) or error) from error
    return Migration(before, REVISIONS[-1])


def _upgrade_sqlite(records: Records) -> None:
    assert records.path is not None
    assert records.key_hex is not None
    engine = sqlite_engine(records.path, records.key_hex, foreign_keys=False, busy_ms=60_000)
    try:
        with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            if _version(connection) == REVISIONS[-1]:
                return
            upgrade_connection(connection, REVISIONS[-1])
            dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if dangling:
                raise Damaged(f"{len(dangling)} dangling references", table=dangling[0][0])
    finally:
        engine.dispose()


def upgrade_connection(connection: sa.Connection, revision: str) -> None:
    """Run Alembic on an open connection, inside its transaction."""
    import io

    from alembic import command
    from alembic.config import Config

    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", "db:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return version


def _refuse_newer(version: str | None) -> None:
    if version is not None and version not in REVISIONS:
        raise NewerSchema(version, version=version, known=REVISIONS[-1])
