"""Bugs put in on purpose, each of which a bench must notice; the product knows nothing of them.

A mutant is a context manager that replaces something of the product in this process. In a child it is entered
by its name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import sqlalchemy as sa

import counter.desk.checklist
import counter.desk.export
import counter.desk.papers
import counter.desk.unit
import counter.desk.verdicts
import counter.rules.identity
import db.acts
import db.backup
import db.engine
import db.numbering
from counter.desk.rows import OUTBOX
from db.core import COUNTERS
from db.session import Work

Mutant = Callable[[], AbstractContextManager[Any]]


def _sync_seldom() -> AbstractContextManager[Any]:
    pragmas = tuple(p.replace("synchronous=FULL", "synchronous=NORMAL") for p in db.engine.PRAGMAS)
    return _both(
        patch.object(db.engine, "PRAGMAS", pragmas),
        patch.object(db.engine, "check_settings", lambda _connection: None),
    )


@contextmanager
def _both(*parts: AbstractContextManager[Any]) -> Iterator[None]:
    with parts[0], parts[1] if len(parts) > 1 else nullcontext():
        yield


def _papers_in_place() -> AbstractContextManager[Any]:
    return patch.object(counter.desk.papers, "write_file", lambda path, data: path.write_bytes(data))


def _renamed_unsynced() -> AbstractContextManager[Any]:
    def write(path: Path, data: bytes) -> None:
        temp = path.with_name(f".{path.name}.tmp")
        temp.write_bytes(data)
        os.replace(temp, path)

    return patch.object(counter.desk.papers, "write_file", write)


def _workbook_in_place() -> AbstractContextManager[Any]:
    return patch.object(
        counter.desk.export, "write_atomically", lambda path, data, overwrite=False: path.write_bytes(data)
    )


def _name_not_synced() -> AbstractContextManager[Any]:
    def write(path: Path, data: bytes, *, overwrite: bool = False) -> None:
        temp = path.with_name(f".{path.name}.tmp")
        with temp.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temp, path)

    return patch.object(counter.desk.export, "write_atomically", write)


def _copy_not_synced() -> AbstractContextManager[Any]:
    return patch.object(
        db.backup, "_fsync_and_digest", lambda path: hashlib.sha256(path.read_bytes()).hexdigest()
    )


def _no_fold_in() -> AbstractContextManager[Any]:
    return patch.object(db.backup, "_fold_in", lambda _records: None)


def _errors_swallowed() -> AbstractContextManager[Any]:
    """A commit that fails is taken for one that went well."""
    whole = Work.commit

    def commit(work: Any) -> None:
        with suppress(Exception):
            whole(work)

    return patch.object(Work, "commit", commit)


def _paper_errors_swallowed() -> AbstractContextManager[Any]:
    """A paper that could not be written is noted as printed."""
    whole = counter.desk.papers.write_file

    def write(path: Path, data: bytes) -> None:
        with suppress(OSError):
            whole(path, data)

    return patch.object(counter.desk.papers, "write_file", write)


def _said_too_early() -> AbstractContextManager[Any]:
    """An act is answered before it is committed: the commit comes with the next one."""
    whole = Work.commit
    kept: list[Any] = []

    def commit(work: Any) -> None:
        kept.append(work)
        if len(kept) % 2 == 0:
            whole(work)

    return patch.object(Work, "commit", commit)


def _next_is_highest_plus_one() -> AbstractContextManager[Any]:
    """A number is looked up, not counted."""

    def next_number(session: Any, *, office: str, series: str, year: int) -> int:
        connection = session.connection()
        of = (COUNTERS.c.office == office, COUNTERS.c.series == series, COUNTERS.c.year == year)
        last = connection.execute(sa.select(COUNTERS.c.n).where(*of)).scalar()
        if last is None:
            row = {"office": office, "series": series, "year": year, "n": 1}
            connection.execute(sa.insert(COUNTERS), row)
        else:
            connection.execute(sa.update(COUNTERS).where(*of).values(n=last + 1))
        return int(last or 0) + 1

    return _both(
        patch.object(db.numbering, "next_number", next_number),
        patch.object(db.numbering, "take_turn", lambda _s: None),
    )


def _begin_deferred() -> AbstractContextManager[Any]:
    """A write begins as a reader and asks for the lock half way."""
    whole = sa.Engine.execution_options

    def options(engine: Any, **how: Any) -> Any:
        if how.get("sqlite_begin") == "IMMEDIATE":
            return whole(engine, sqlite_begin="DEFERRED")
        return whole(engine, **how)

    return patch.object(sa.Engine, "execution_options", options)


def _version_not_asked() -> AbstractContextManager[Any]:
    """What the clerk saw is not held against what stands there."""
    whole = counter.desk.unit.Unit.take

    def take(unit: Any, submission_id: int, _version: int | None, *rest: Any) -> Any:
        return whole(unit, submission_id, None, *rest)

    return patch.object(counter.desk.unit.Unit, "take", take)


def _key_not_asked() -> AbstractContextManager[Any]:
    """A repeated act is carried out again."""
    return _both(
        patch.object(db.acts, "done", lambda _session, _key: None),
        patch.object(db.acts, "remember", lambda *_args: None),
    )


def _sweep_renumbers() -> AbstractContextManager[Any]:
    """A start makes a fresh print of what is missing instead of the one that was issued."""
    whole = counter.desk.papers._queue_missing

    def queue(ctx: Any, reach: int | None) -> None:
        whole(ctx, reach)
        with ctx.records.write() as session:
            session.connection().execute(
                sa.update(OUTBOX).where(OUTBOX.c.state == "queued").values(copy_no=OUTBOX.c.copy_no + 1)
            )

    return patch.object(counter.desk.papers, "_queue_missing", queue)


def _printed_first() -> AbstractContextManager[Any]:
    """A print is noted before its file is there, and a start does not look for files."""

    def carry_out(ctx: Any, paper: Any, out: Any) -> str:
        data = counter.desk.papers.typeset(paper, out["copy_no"], out["queued_at"], out["requested_by"])
        digest = hashlib.sha256(data).hexdigest()
        counter.desk.papers._note(ctx, paper, out, state="done", sha256=digest, size=len(data))
        counter.desk.papers.write_file(ctx.documents / out["file_name"], data)
        return ""

    return _both(
        patch.object(counter.desk.papers, "_carry_out", carry_out),
        patch.object(counter.desk.papers, "_queue_missing", lambda _ctx, _reach: None),
    )


def _copied_by_cp() -> AbstractContextManager[Any]:
    """The records are copied as a file, without what the WAL holds."""

    def copy(records: Any, draft: Path, _key: str) -> None:
        shutil.copyfile(records.path, draft)

    return patch.object(db.backup, "copy_into", copy)


def _originals_stay() -> AbstractContextManager[Any]:
    """The bags go back without what the journal says of the originals in them."""
    return patch.object(counter.desk.verdicts, "move_originals", lambda _unit, loaded, _state: loaded)


def _any_check_character() -> AbstractContextManager[Any]:
    """A card number is taken whatever its last character."""

    class Any18th(str):
        __slots__ = ()

        def __eq__(self, _other: object) -> bool:
            return True

        def __ne__(self, _other: object) -> bool:
            return False

        __hash__ = str.__hash__

    return patch.object(counter.rules.identity, "check_character", lambda _body: Any18th())


MUTANTS: Final[dict[str, Mutant]] = {
    "synchronous=NORMAL": _sync_seldom,
    "papers written in place": _papers_in_place,
    "papers renamed before they are synced": _renamed_unsynced,
    "workbook written in place": _workbook_in_place,
    "a name not synced": _name_not_synced,
    "a copy named before it is synced": _copy_not_synced,
    "torn pages of a checkpoint called damage": _no_fold_in,
    "a failed commit swallowed": _errors_swallowed,
    "a failed write of a paper swallowed": _paper_errors_swallowed,
    "answered before the commit": _said_too_early,
    "MAX+1 instead of a counter": _next_is_highest_plus_one,
    "BEGIN DEFERRED": _begin_deferred,
    "the shown version not asked for": _version_not_asked,
    "a repeated key carried out again": _key_not_asked,
    "a recovery that renumbers": _sweep_renumbers,
    "printed before the file is there": _printed_first,
    "records copied by cp": _copied_by_cp,
    "no check character asked for": _any_check_character,
    "originals that go back unnoted": _originals_stay,
}
"""What can be put in, by the name it has in the table."""


def on(name: str) -> AbstractContextManager[Any]:
    """Put a bug in for a block, none for an empty name."""
    return MUTANTS[name]() if name else nullcontext()
