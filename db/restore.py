"""Looking at copies of the records before one takes their place, and the taking of places itself.

A copy is looked at where it lies, read only and as one file; nothing is shown of it before every page's seal
and the whole journal have been checked. What it replaces is moved aside, never deleted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from db import journal
from db.backup import integrity
from db.core import COUNTERS, META, META_DEMO, META_INSTALL, META_OFFICE
from db.durable import sync_folder
from db.engine import Records, mark_of, refuse_cut_off, sqlite_engine
from db.errors import Damaged, NotADatabase, RecordsError
from db.faults import translate
from db.migrate import REVISIONS

if TYPE_CHECKING:
    from sqlmodel import Session

Series = tuple[str, str, int]
"""Office, series, year."""

BESIDE: Final = ("-wal", "-shm")
"""What belongs to a database file and lies beside it."""

_DMS: Final = 128
"""The byte of the -shm that SQLite locks while a connection is open (sqlite.org/walformat.html)."""


@dataclass(frozen=True)
class Look:
    """What a file of records says of itself; `problem` tells why it says no more."""

    path: Path
    problem: str = ""
    """Code of the error that ended the look; empty for whole records."""
    install: str = ""
    office: str = ""
    demo: bool = False
    schema: str = ""
    head: journal.JournalMark | None = None
    counters: dict[Series, int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.problem


def look(path: Path, key_hex: str, *, thorough: bool = True) -> Look:
    """Look at a file of records; of a damaged one what can still be read.

    Meant for finished copies and for drafts: looking at live records would fold their WAL in.

    `thorough` checks every page's seal, the structure and the journal as well; the `problem` is then one of
    `not_a_database`, `wrong_key`, `truncated`, `damaged`, `newer_schema`, `journal`.
    """
    facts: dict[str, Any] = {}
    try:
        size = path.stat().st_size
        if not size:
            raise NotADatabase(str(path))
        if not path.with_name(f"{path.name}-wal").exists():
            refuse_cut_off(path, key_hex)
        with opened(path, key_hex) as records:
            _facts(records, facts)
            if thorough:
                _check(records)
    except RecordsError as error:
        return Look(path, error.code, **facts)
    except OSError as error:
        return Look(path, (translate(error) or NotADatabase()).code, **facts)
    except Exception as error:
        ours = translate(error)
        if ours is None:
            raise
        return Look(path, ours.code, **facts)
    return Look(path, "", **facts)


@contextmanager
def opened(path: Path, key_hex: str) -> Iterator[Records]:
    """Open a file of records for looking; a finished copy stays the one file it is."""
    beside = path.with_name(f"{path.name}-wal").exists()
    engine = sqlite_engine(path, key_hex, wal=beside)
    try:
        yield Records(engine, engine, "sqlite", path, key_hex)
    finally:
        engine.dispose()


def holds(path: Path, key_hex: str, anchor: journal.Anchor) -> bool | None:
    """Tell whether the journal in a file holds an event; None when it ends before it or cannot be read."""
    query = sa.text("SELECT hash FROM journal WHERE seq = :seq")
    with contextlib.suppress(RecordsError, sa.exc.DBAPIError), opened(path, key_hex) as records:
        with records.read() as session:
            seal = session.connection().execute(query, {"seq": anchor.seq}).scalar()
        return None if seal is None else anchor.fits(bytes(seal))
    return None


def _facts(records: Records, facts: dict[str, Any]) -> None:
    with records.read() as session:
        connection = session.connection()
        tables = set(
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
        )
        if not {"alembic_version", "meta", "journal", "counter"} <= tables:
            raise NotADatabase("no records")
        facts["schema"] = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() or ""
        with _what_can_be_read():
            meta = {row.key: row.value for row in connection.execute(sa.select(META))}
            facts["install"], facts["office"] = meta.get(META_INSTALL, ""), meta.get(META_OFFICE, "")
            facts["demo"] = META_DEMO in meta
        with _what_can_be_read():
            facts["counters"] = {
                (row.office, row.series, row.year): row.n for row in connection.execute(sa.select(COUNTERS))
            }
        with _what_can_be_read():
            facts["head"] = journal.head(session)
    if facts["schema"] not in REVISIONS:
        from db.errors import NewerSchema

        raise NewerSchema(facts["schema"])


@contextmanager
def _what_can_be_read() -> Iterator[None]:
    """Go on with the next fact when one lies on a damaged page; the thorough look says that it does."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if not isinstance(translate(error), Damaged):
            raise


def _check(records: Records) -> None:
    if problems := _of_structure(records):
        raise Damaged("; ".join(problems))
    with records.read() as session:
        found = journal.verify(session)
    if not found.ok:
        raise JournalBroken(found.why, seq=found.first_bad_seq)


def _of_structure(records: Records) -> tuple[str, ...]:
    """Return what the database says is wrong with it; the triggers of an older schema are its own matter."""
    found = integrity(records).problems
    return tuple(problem for problem in found if not problem.startswith("trigger:"))


class JournalBroken(RecordsError):
    """The journal in a file does not hold together."""

    code = "journal"


def counters_to(session: Session, wanted: dict[Series, int]) -> dict[Series, tuple[int, int]]:
    """Raise counters so that no number up to `wanted` is given again; return what each skips, both ends."""
    connection = session.connection()
    skipped: dict[Series, tuple[int, int]] = {}
    for (office, series, year), last in sorted(wanted.items()):
        at = (COUNTERS.c.office == office, COUNTERS.c.series == series, COUNTERS.c.year == year)
        now = connection.execute(sa.select(COUNTERS.c.n).where(*at)).scalar()
        if now is not None and now >= last:
            continue
        if now is None:
            row = {"office": office, "series": series, "year": year, "n": last}
            connection.execute(sa.insert(COUNTERS), row)
        else:
            connection.execute(sa.update(COUNTERS).where(*at).values(n=last))
        skipped[office, series, year] = ((now or 0) + 1, last)
    return skipped


def in_use(path: Path) -> bool:
    """Tell whether another process has the records open."""
    shm = path.with_name(f"{path.name}-shm")
    if sys.platform == "win32":
        return False  # there the file itself cannot be moved while it is open
    import fcntl

    try:
        handle = os.open(shm, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _DMS)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def set_aside(path: Path, folder: Path) -> bool:
    """Move records and what lies beside them into a folder; tell whether there was anything.

    The database goes first: records without their WAL must never stand where a desk would open them.
    """
    there = [path, *(path.with_name(f"{path.name}{end}") for end in BESIDE)]
    moved = False
    for file in there:
        if file.exists():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.replace(file, folder / file.name)
            moved = True
    if moved:
        sync_folder(folder)
        sync_folder(path.parent)
    return moved


def put_in_place(staged: Path, path: Path) -> None:
    """Give checked records their place. Raises OSError."""
    for end in BESIDE:
        if path.with_name(f"{path.name}{end}").exists():
            raise FileExistsError(17, "a WAL of other records", str(path))
    with staged.open("rb+") as file:
        os.fsync(file.fileno())
    mark_of(path).unlink(missing_ok=True)
    os.replace(staged, path)
    sync_folder(path.parent)


def stage(source: Path, folder: Path, key_hex: str) -> Path:
    """Copy a file of records, 0600, to a draft in a folder, with what its WAL holds if it has one."""
    draft = folder / f".{os.urandom(8).hex()}.restoring"
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        if source.with_name(f"{source.name}-wal").exists():
            from db.backup import copy_into

            with opened(source, key_hex) as records:
                copy_into(records, draft, key_hex)
        else:
            with source.open("rb") as read, draft.open("wb") as write:
                shutil.copyfileobj(read, write, 1 << 20)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return draft
