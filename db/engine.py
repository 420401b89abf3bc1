"""Opens the records: one SQLCipher file, or PostgreSQL when several desks share.

Every connection is set up the same way and its settings are read back, because a setting that silently did
not take would cost receipts at the next power cut. Reading and writing are two context managers; a write
holds the write lock from its first moment, so it can wait but never fail half way for a lock.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast

import sqlalchemy as sa
from sqlalchemy import event

from db.between import between_desks
from db.errors import (
    Busy,
    DiskFault,
    KeyMissing,
    NetworkDisk,
    OutcomeUnknown,
    ReadOnly,
    RecordsError,
    StrangeWal,
    UnsafeSetting,
    UnsafeSqlite,
)
from db.faults import key_fits, translate, wal_fits, why_unreadable
from db.session import Work

if TYPE_CHECKING:
    from sqlmodel import Session

Dialect = Literal["sqlite", "postgresql"]

NETWORK_FILE_SYSTEMS: Final = frozenset(
    (
        *(
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "9p",
            "afs",
            "ceph",
            "glusterfs",
            "ncpfs",
            "davfs",
            "lustre",
        ),
        *("fuse.sshfs", "fuse.rclone", "fuse.glusterfs", "fuse.davfs2", "fuse.s3fs", "fuse.smbnetfs"),
    )
)
"""Their shared memory or locks are not what WAL relies on (sqlite.org/wal.html)."""

BUSY_MS: Final = 5000
"""How long a write waits for other desks before `Busy`."""

PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_MS}",
    "recursive_triggers=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "secure_delete=ON",
)

POSTGRES_OPTIONS: Final = (
    "-c lock_timeout=3s -c statement_timeout=10s -c idle_in_transaction_session_timeout=15s "
    "-c synchronous_commit=on -c timezone=UTC"
)


@dataclass(frozen=True)
class Records:
    """The opened records; shared by all threads of one process."""

    read_engine: sa.Engine
    write_engine: sa.Engine
    dialect: Dialect
    path: Path | None = None
    """The database file; None on PostgreSQL."""
    key_hex: str | None = field(default=None, repr=False)
    busy_ms: int = BUSY_MS
    wal_lost: bool = False
    """True when the last process that had the file open did not close it, and its WAL is gone."""
    _queue: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    """Threads of one process wait here: SQLite's own waiting is by sleeping and asking again, and unfair."""

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give a session that sees one unchanging state and refuses to write.

        Raises what `db.errors` names for a failing database.
        """
        with Work(self.read_engine) as work, _in_our_words():
            yield cast("Session", work)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give a session whose work is committed as a whole when the block ends, or not at all.

        On SQLite the write lock is taken at BEGIN. Rows are not to be used after the block. No user input,
        printing or file work belongs inside: every other desk waits.
        Raises `Busy`, `Stale`, `NumberTaken`, `Taken`, `Broken`, `DiskFull` and the like with nothing
        written, and `OutcomeUnknown` when the server went away during COMMIT.
        """
        with self._turn(), Work(self.write_engine) as work:
            with _in_our_words():
                work.connection()  # BEGIN now: a lock is waited for here, not half way
                yield cast("Session", work)
                work.flush()
            try:
                work.commit()
            except Exception as error:
                ours = translate(error)
                if ours is None:
                    raise
                if self.dialect == "postgresql" and getattr(error, "connection_invalidated", False):
                    raise OutcomeUnknown(ours.detail) from error
                raise ours from error

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self.dialect != "sqlite":
            yield
            return
        until = time.monotonic() + self.busy_ms / 1000
        if not self._queue.acquire(timeout=self.busy_ms / 1000):
            raise Busy("another thread of this desk is writing")
        try:
            assert self.path is not None
            with between_desks(self.path, until):
                yield
        finally:
            self._queue.release()

    def close(self) -> None:
        """Close all connections; the last one on a file folds its WAL back in."""
        if self.path is not None:
            _unmark(self)
        self.write_engine.dispose()


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except RecordsError:
        raise
    except Exception as error:
        ours = translate(error)
        if ours is None:
            raise
        raise ours from error


def refuse_unsafe_wal(version: tuple[int, ...]) -> None:
    """Refuse the SQLite versions whose WAL can corrupt a file that several connections use.

    The reset race lived in 3.7.0 to 3.51.2; 3.50.7 and 3.44.6 have the correction too.
    Raises `UnsafeSqlite`.
    """
    line = tuple(version[:2])
    patch = version[2] if len(version) > 2 else 0
    fixed_in = {(3, 51): 3, (3, 50): 7, (3, 44): 6}
    if line > (3, 51) or (line in fixed_in and patch >= fixed_in[line]):
        return
    raise UnsafeSqlite(
        f"SQLite {'.'.join(map(str, version))}", version=".".join(map(str, version)), fixed="3.51.3"
    )


def open_records(
    url_or_path: str | Path, key_hex: str | None = None, *, busy_ms: int = BUSY_MS, pool_size: int = 5
) -> Records:
    """Open the database file under its key, or the PostgreSQL database of a URL.

    A file that is not there yet is created, 0600; its schema comes from `db.migrate`.
    `key_hex` is 64 hex digits, used raw, without a key derivation that would cost 0.1 s at each start.
    Raises `KeyMissing`, `WrongKey`, `NotADatabase`, `Damaged`, `Truncated`, `NetworkDisk`, `ReadOnly`,
    `UnsafeSqlite`, `UnsafeSetting`, `Unreachable`.
    """
    text = str(url_or_path)
    if re.match(r"postgres(ql)?(\+psycopg)?://", text):
        return _open_postgres(text, pool_size)
    if text.startswith("sqlite:///"):
        text = text.removeprefix("sqlite:///")
    return _open_sqlite(Path(text), key_hex, busy_ms)


def _open_sqlite(path: Path, key_hex: str | None, busy_ms: int) -> Records:
    import sqlcipher3.dbapi2 as driver

    if key_hex is None or not re.fullmatch(r"[0-9a-fA-F]{64}", key_hex):
        raise KeyMissing(path=path)
    refuse_unsafe_wal(driver.sqlite_version_info)
    path = path.absolute()
    _refuse_network_disk(path)
    _make_private(path)
    refuse_cut_off(path, key_hex)
    lost = _mark(path)
    engine = sqlite_engine(path, key_hex, busy_ms=busy_ms)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
    except RecordsError:
        engine.dispose()
        raise
    except Exception as error:
        engine.dispose()
        raise (translate(error) or DiskFault(str(error))) from error
    return Records(
        read_engine=engine,
        write_engine=engine.execution_options(sqlite_begin="IMMEDIATE"),
        dialect="sqlite",
        path=path,
        key_hex=key_hex,
        busy_ms=busy_ms,
        wal_lost=lost,
    )


def sqlite_engine(
    path: Path, key_hex: str, *, busy_ms: int = BUSY_MS, foreign_keys: bool = True, wal: bool = True
) -> sa.Engine:
    """Make the engine of one file.

    `foreign_keys=False` is for migrations alone, which re-create tables; inside a transaction the pragma
    would be a silent no-op, so it has to be part of the connection. `wal=False` is for looking at a backup,
    which stays one file and may lie on any disk; it takes no writes.
    """
    import sqlcipher3.dbapi2 as driver

    engine = sa.create_engine(
        f"sqlite:///{path}",
        module=driver,
        connect_args={"timeout": busy_ms / 1000},
        hide_parameters=True,  # they hold personal data, and error texts end up in logs
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must emit no BEGIN of its own
        connection.execute(f"PRAGMA key = \"x'{key_hex}'\"")
        connection.execute("PRAGMA cipher_log_level = NONE")  # it would write into the terminal
        try:
            for pragma in PRAGMAS if wal else PRAGMAS[1:]:
                connection.execute(f"PRAGMA {pragma}")
            connection.execute(f"PRAGMA busy_timeout={busy_ms}")
            if not foreign_keys:
                connection.execute("PRAGMA foreign_keys=OFF")
            if wal:
                check_settings(connection)
        except driver.DatabaseError as error:
            connection.close()
            if "not a database" in str(error) or "malformed" in str(error):
                raise why_unreadable(path, key_hex) from error
            raise

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if kind == 'IMMEDIATE' else 'ON'}")
        connection.exec_driver_sql(f"BEGIN {kind}")

    return engine


def check_settings(connection: Any) -> None:
    """Read back what durability rests on; raises `UnsafeSetting` naming the first that did not take."""
    for pragma, wanted in (("journal_mode", "wal"), ("synchronous", 2), ("recursive_triggers", 1)):
        (got,) = connection.execute(f"PRAGMA {pragma}").fetchone()
        if got != wanted:
            raise UnsafeSetting(f"{pragma} is {got}", setting=pragma, value=got, wanted=wanted)


def mark_of(path: Path) -> Path:
    """Return the file that stands beside records while somebody has them open."""
    return path.with_name(f"{path.name}-open")


def _mark(path: Path) -> bool:
    """Note that the records are open; tell whether they were left open and what was not folded in is gone.

    SQLite keeps what was committed last in the -wal until the file is closed. A machine that died leaves
    both; the mark without the -wal means that somebody took it away, and acts with it.
    """
    mark = mark_of(path)
    lost = mark.exists() and path.stat().st_size > 0 and not path.with_name(f"{path.name}-wal").exists()
    if not lost:
        with contextlib.suppress(OSError):  # a folder that may only be read is refused elsewhere
            os.close(os.open(mark, os.O_WRONLY | os.O_CREAT, 0o600))
    return lost


def _unmark(records: Records) -> None:
    """Take the mark away once nothing is left in the WAL; another desk that is open puts nothing at risk."""
    assert records.path is not None
    wal = records.path.with_name(f"{records.path.name}-wal")
    try:
        with records.write_engine.connect() as connection:
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA busy_timeout=200")
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if not records.wal_lost and not (wal.exists() and wal.stat().st_size):
            mark_of(records.path).unlink(missing_ok=True)
    except Exception as error:  # the mark stays, and so does the WAL
        if not isinstance(error, OSError) and translate(error) is None:
            raise


def refuse_cut_off(path: Path, key_hex: str) -> None:
    """Refuse a file that ends within a page, or whose WAL is another's: SQLite itself would notice too late.

    While a WAL stands beside it the last page may be half written, and is whole in there.
    Raises `Truncated`, `StrangeWal`, `Damaged`, `WrongKey`, `NotADatabase`.
    """
    wal = path.with_name(f"{path.name}-wal")
    if key_fits(path, key_hex) and not wal_fits(path, wal, key_hex):
        raise StrangeWal(str(wal), path=wal)
    if path.stat().st_size % 4096 and not (wal.exists() and wal.stat().st_size):
        raise why_unreadable(path, key_hex)


def _open_postgres(url: str, pool_size: int) -> Records:
    url = re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", url)
    engine = sa.create_engine(
        url,
        pool_pre_ping=True,
        hide_parameters=True,
        pool_size=pool_size,
        connect_args={"connect_timeout": 3, "options": POSTGRES_OPTIONS},
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except Exception as error:
        engine.dispose()
        raise (translate(error) or error) from error
    return Records(
        read_engine=engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
        write_engine=engine,
        dialect="postgresql",
    )


def _make_private(path: Path) -> None:
    """Create the file 0600 if need be; SQLite gives its -wal and -shm the same rights."""
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
        raise ReadOnly(str(path.parent), path=path.parent)  # not even reading works: WAL needs its -shm
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except PermissionError as error:
        raise ReadOnly(str(path), path=path) from error
    except OSError as error:
        raise (translate(error) or DiskFault(str(error), path=path)) from error


def _refuse_network_disk(path: Path) -> None:
    kind = file_system_of(path.parent)
    if kind in NETWORK_FILE_SYSTEMS:
        raise NetworkDisk(f"{path} lies on {kind}", path=path, kind=kind)


def file_system_of(directory: Path, mounts: Path = Path("/proc/self/mountinfo")) -> str | None:
    """Return the kind of file system a directory lies on, or None where that cannot be told cheaply."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    real = os.path.realpath(directory)
    best, kind = -1, None
    for line in lines:
        before, _, after = line.partition(" - ")
        fields = before.split()
        if len(fields) < 5 or not after:
            continue
        point = fields[4].replace("\\040", " ")
        if (real == point or real.startswith(point.rstrip("/") + "/")) and len(point) >= best:
            best, kind = len(point), after.split()[0]
    return kind


__all__ = [
    "Dialect",
    "Records",
    "check_settings",
    "file_system_of",
    "key_fits",
    "open_records",
    "refuse_unsafe_wal",
    "sqlite_engine",
]
