"""Copies the records while the desk works, and proves the copy by opening it.

The copy is an encrypted file under the same key. Copying the file by other means takes a moment without its
WAL and can come out torn; the driver's own backup call does not.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from db import triggers
from db.durable import sync_folder
from db.engine import Records, sqlite_engine
from db.errors import BackupBad, BackupElsewhere, BackupExists, RecordsError
from db.faults import translate

if TYPE_CHECKING:
    from db.journal import JournalMark


@dataclass(frozen=True)
class BackupReport:
    """A finished and checked copy."""

    path: Path
    size: int
    """Bytes."""
    sha256: str
    head: JournalMark | None
    """The last event it holds; None when the journal had not begun."""


@dataclass(frozen=True)
class IntegrityReport:
    """What the database says about itself; no problems means whole."""

    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.problems


_CHECK_CACHE: Final = -131_072
"""KiB, negative as SQLite wants it; each page fetched twice is decrypted twice, which is most of the time."""
_USUAL_CACHE: Final = -8_000


def integrity(records: Records, *, references: bool = True) -> IntegrityReport:
    """Check every page's seal, the structure, the references and the triggers that protect history.

    Reads the whole file, about 5 s per 100 MB, half of that without `references`: for `doctor` and the
    night, not for the start of a day. Raises `Damaged` where the file cannot even be read through.
    """
    problems: list[str] = []
    if records.dialect == "sqlite":
        _fold_in(records)
    with records.read() as session:
        connection = session.connection()
        if records.dialect == "sqlite":
            connection.exec_driver_sql(f"PRAGMA cache_size={_CHECK_CACHE}")
            pages = connection.exec_driver_sql("PRAGMA cipher_integrity_check").fetchall()
            problems += [f"page: {row[0]}" for row in pages[:20]]
            rows = connection.exec_driver_sql("PRAGMA quick_check(20)").fetchall()
            problems += [f"structure: {row[0]}" for row in rows if row[0] != "ok"]
            if references:
                rows = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                problems += [f"reference: {row[0]} {row[1]}" for row in rows[:20]]
            connection.exec_driver_sql(f"PRAGMA cache_size={_USUAL_CACHE}")
        problems += [f"trigger: {name}" for name in sorted(triggers.missing(connection))]
    return IntegrityReport(tuple(problems))


def _fold_in(records: Records) -> None:
    """Carry what the WAL holds into the file, whose pages are looked at as they lie there.

    Power lost while SQLite was doing that leaves torn pages in the file and whole ones in the WAL: nothing is
    lost, and it must not be called damage. Beside readers a part of it may have to wait.
    Raises `DiskFull` where the file has no room to grow, and what else the disk may say.
    """
    raw = records.write_engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
    except Exception as error:
        raise (translate(error) or error) from error
    finally:
        raw.close()


def backup(records: Records, target: Path) -> BackupReport:
    """Write a consistent copy, 0600, and check it by reopening before it gets its name.

    `target` is a new file's path, or a directory, in which the copy is named after the last event and its
    seal (`desk-<seq>-<20 hex>.db`), so that the name itself tells a later, shorter history.
    Raises `BackupElsewhere` on PostgreSQL, `BackupExists`, `BackupBad`, `DiskFull`, `ReadOnly`.
    """
    if records.dialect != "sqlite" or records.key_hex is None:
        raise BackupElsewhere()
    into_directory = target.is_dir()
    directory = target if into_directory else target.parent
    if not into_directory and target.exists():
        raise BackupExists(str(target), path=target)
    draft = directory / f".{secrets.token_hex(8)}.tmp"
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        copy_into(records, draft, records.key_hex)
        head = _check(records, draft, records.key_hex)
        name = f"desk-{head.seq}-{head.short}.db" if head else "desk-0.db"
        final = directory / name if into_directory else target
        digest = _fsync_and_digest(draft)
        size = draft.stat().st_size
        if into_directory:
            os.replace(draft, final)  # the same head: the newer copy of the same history
        else:
            _link_new(draft, final)
        sync_folder(directory)
    except RecordsError:
        raise
    except Exception as error:
        raise (translate(error) or BackupBad(str(error), path=target)) from error
    finally:
        for leftover in directory.glob(f"{draft.name}*"):
            leftover.unlink(missing_ok=True)
    return BackupReport(final, size, digest, head)


def copy_into(records: Records, draft: Path, key_hex: str) -> None:
    """Copy one unchanging state of the records into an empty file."""
    import sqlcipher3.dbapi2 as driver

    target = driver.connect(str(draft), isolation_level=None)
    try:
        target.execute(f"PRAGMA key = \"x'{key_hex}'\"")
        target.execute("PRAGMA synchronous=OFF")  # the file is fsynced as a whole before it gets its name
        source = records.write_engine.raw_connection()
        try:
            source.driver_connection.backup(target)  # type: ignore[union-attr]
        finally:
            source.close()
        target.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, with nothing beside it
    finally:
        target.close()


def _check(records: Records, draft: Path, key_hex: str) -> JournalMark | None:
    """Open the copy and hold it against the original; return its journal's head.

    Its pages are sealed and its structure whole, its last event stands in the original, and it holds no
    more than that: a copy of one moment. Whether the journal itself is good is for `journal.verify` to say.
    """
    from db import journal

    engine = sqlite_engine(draft, key_hex, wal=False)
    copy = Records(engine, engine, "sqlite", draft, key_hex)
    try:
        report = integrity(copy, references=False)
        if not report.ok:
            raise BackupBad("; ".join(report.problems), path=draft)
        with copy.read() as session:
            head = journal.head(session)
            counts = _counts(session.connection())
        with records.read() as session:
            if head is not None and not journal.holds(session, head):
                raise BackupBad(f"the original does not hold event {head.seq}", path=draft)
            now = _counts(session.connection())
        if any(counts.get(table, -1) > now.get(table, -1) for table in triggers.NEVER_DELETED):
            raise BackupBad("the copy holds rows the original does not", path=draft)
    finally:
        copy.close()
    return head


def _counts(connection: Any) -> dict[str, int]:
    there = set(sa.inspect(connection).get_table_names())  # fewer before a migration
    tables = [t for t in triggers.NEVER_DELETED if t in there]
    return {t: int(connection.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar()) for t in tables}  # noqa: S608


def _fsync_and_digest(path: Path) -> str:
    with path.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return digest


def _link_new(draft: Path, final: Path) -> None:
    """Give the file its name unless that is taken, also where the disk knows no hard links (a USB stick)."""
    try:
        os.link(draft, final)
    except FileExistsError as error:
        raise BackupExists(str(final), path=final) from error
    except OSError:
        os.replace(draft, final)
