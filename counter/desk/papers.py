"""Papers after the commit: the outbox carried out, copies, and where a paper lies.

A print is committed with its decision and carried out here, as often as needed: typesetting the same data
gives the same bytes, so a second run, a crash in between or two runs at once end with the same files.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import sqlalchemy as sa

from counter.clock import SystemClock, local
from counter.desk.act import read_view
from counter.desk.assemble import paper_view
from counter.desk.context import DeskContext
from counter.desk.figures import slip_display
from counter.desk.issue import queue
from counter.desk.loaded import prints_of
from counter.desk.paper_views import DrainReport, PaperView
from counter.desk.permit import use_case
from counter.desk.refusals import note_refusal
from counter.desk.rows import OUTBOX, PAPERS, PAYMENTS, SUBMISSIONS, Row, as_row
from counter.desk.unit import Unit, circular_of, once, reading, writing
from counter.desk.views import Actor, ApprovalId, Role, SubmissionId
from counter.errors import DeskError
from db.durable import sync_folder
from db.turn import take_turn
from receipts import wording
from receipts.data import as_copy, from_json
from receipts.errors import PaperError
from receipts.money_data import FeeSlip
from receipts.money_wording import taken_back
from receipts.number import PaperKind, parse_number

if TYPE_CHECKING:
    from datetime import datetime

OUTBOX_ACTOR: Final = Actor(name="outbox", role=Role.CLERK, desk=0)
"""Who the journal names for a print that left by itself."""

LATEST: Final = 3000
"""Files a start looks at: some weeks of a busy counter, and never a reason to wait."""

TORN_AFTER: Final = 60
"""Seconds of the machine's own clock, which also stamps the files."""

ERASED: Final = "erased"
"""Why a print is made no more: its person's data are gone."""

RETRIES: Final = 5
"""A print that failed so often waits for someone to ask for it again."""


def drain(ctx: DeskContext, *, limit: int = 500, check_files: bool | None = None) -> DrainReport:
    """Make the files of everything queued, sweep torn ones, and say what happened.

    A paper that cannot be made stays in the outbox as failed with its code. The first drain after a start
    also makes again what has gone missing among the latest files; `check_files` True looks at all of them,
    False at none.
    """
    if check_files is None:
        check_files = not ctx.memory.files_checked
        reach: int | None = LATEST
    else:
        reach = None
    if check_files:
        ctx.memory.files_checked = True
        ctx.documents.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (ctx.documents, ctx.exports):  # copies of the records are `keeping`'s to sweep
            _sweep(folder)
        _queue_missing(ctx, reach)
    printed: list[str] = []
    sheets = 0
    failed: list[tuple[str, str]] = []
    for paper, out in _waiting(ctx, limit):
        code = _carry_out(ctx, paper, out)
        if code:
            failed.append((out["file_name"], code))
        else:
            printed.append(out["file_name"])
            sheets += 1 if out["copy_no"] else paper["copies"]
        ctx.memory.forget(paper["submission_id"])
    with reading(ctx) as session:
        waiting = session.connection().execute(
            sa.select(sa.func.count()).select_from(OUTBOX).where(OUTBOX.c.state == "queued")
        )
        return DrainReport(tuple(printed), tuple(failed), int(waiting.scalar_one()), sheets)


def _waiting(ctx: DeskContext, limit: int) -> list[tuple[Row, Row]]:
    again = sa.and_(OUTBOX.c.state == "failed", OUTBOX.c.attempts < RETRIES)
    query = (
        sa.select(OUTBOX).where(sa.or_(OUTBOX.c.state == "queued", again)).order_by(OUTBOX.c.id).limit(limit)
    )
    with reading(ctx) as session:
        conn = session.connection()
        outs = [as_row(r) for r in conn.execute(query)]
        ids = [out["paper_id"] for out in outs]
        papers = {r.id: as_row(r) for r in conn.execute(sa.select(PAPERS).where(PAPERS.c.id.in_(ids)))}
    return [(papers[out["paper_id"]], out) for out in outs]


def _carry_out(ctx: DeskContext, paper: Row, out: Row) -> str:
    """Make one file and note it; return the code of what went wrong, empty when nothing did."""
    try:
        data = typeset(
            paper, out["copy_no"], out["queued_at"], out["requested_by"], voided=_voided(ctx, paper, out)
        )
        ctx.documents.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(ctx.documents / out["file_name"], data)
    except PaperError as e:
        _note(ctx, paper, out, state="failed", error=e.code)
        return e.code
    except OSError as e:
        _note(ctx, paper, out, state="failed", error=f"file-{e.errno}")
        return f"file-{e.errno}"
    if not _note(ctx, paper, out, state="done", sha256=hashlib.sha256(data).hexdigest(), size=len(data)):
        shred(ctx.documents / out["file_name"])
        return ERASED
    return ""


def shred(file: Path) -> None:
    """Overwrite a file before its name goes; what a disk keeps besides is the disk's own matter."""
    with file.open("r+b") as data:
        data.write(b"\0" * file.stat().st_size)
        os.fsync(data.fileno())
    file.unlink()


def _note(
    ctx: DeskContext, paper: Row, out: Row, *, state: str, sha256: str = "", size: int = 0, error: str = ""
) -> bool:
    """Note how a print went; return False when the person was erased while it was made."""
    with writing(ctx) as session:
        unit = Unit(session, ctx, OUTBOX_ACTOR)
        values: dict[str, Any] = {"state": state, "error": error, "attempts": OUTBOX.c.attempts + 1}
        if state == "done":
            values |= {"sha256": sha256, "size": size, "done_at": unit.now}
        changed = unit.conn.execute(
            sa.update(OUTBOX)
            .where(OUTBOX.c.id == out["id"], OUTBOX.c.state != "done", OUTBOX.c.error != ERASED)
            .values(values)
        )
        if changed.rowcount == 1 and state == "done":
            unit.tell(
                "paper.printed",
                _ref(paper),
                number=paper["number"],
                copy=out["copy_no"],
                sha256=sha256,
                size=size,
            )
        now = sa.select(OUTBOX.c.error).where(OUTBOX.c.id == out["id"])
        return bool(changed.rowcount) or unit.conn.execute(now).scalar() != ERASED


def typeset(paper: Row, copy_no: int, asked_at: datetime, asked_by: str, *, voided: str = "") -> bytes:
    """Return the bytes of one print of a stored paper; copies carry their mark. Raises PaperError.

    `voided` says when and by which slip the money of a slip went back.
    """
    from receipts.render import render_pdf

    doc = from_json(paper["data"])
    if voided and isinstance(doc, FeeSlip):
        doc = replace(doc, voided=voided)
    if copy_no:
        doc = as_copy(doc, number=copy_no, at=wording.minute(local(asked_at)), clerk=asked_by)
    return render_pdf(doc, paper["issued_at"])


def _voided(ctx: DeskContext, paper: Row, out: Row) -> str:
    """Return what a copy of a slip says that was taken back before the copy was asked for.

    By then, not by now: the same print made again after a crash has the same bytes.
    """
    if paper["kind"] != PaperKind.FEE_SLIP or not out["copy_no"]:
        return ""
    number = parse_number(paper["number"])
    taken, back = PAYMENTS.alias(), PAYMENTS.alias()
    query = (
        sa.select(*back.c)
        .join(taken, taken.c.id == back.c.negates)
        .where(taken.c.office == ctx.circular.office.code)
        .where(taken.c.year == number.year, taken.c.serial == number.serial)
        .where(back.c.at <= out["queued_at"])
    )
    with reading(ctx) as session:
        found = session.connection().execute(query).one_or_none()
    if found is None:
        return ""
    row = as_row(found)
    return taken_back(wording.minute(local(row["at"])), slip_display(ctx, row))


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, 0600, and make the rename itself durable.

    Names of temporary files are unique, so two runs at once never write into each other's file.
    """
    temp = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        descriptor = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temp, path)
    except OSError:
        temp.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _sweep(folder: Path) -> None:
    """Remove what a crash left half written; a file of this minute may be another run's."""
    for torn in folder.glob(".*.tmp"):
        with suppress(FileNotFoundError):
            if SystemClock().now().timestamp() - torn.stat().st_mtime > TORN_AFTER:
                torn.unlink()


def _queue_missing(ctx: DeskContext, reach: int | None) -> None:
    """Queue again what the outbox calls done and the disk no longer has."""
    query = (
        sa.select(OUTBOX.c.id, OUTBOX.c.file_name)
        .join(PAPERS, PAPERS.c.id == OUTBOX.c.paper_id)
        .where(OUTBOX.c.state == "done", PAPERS.c.data != "")
    )
    with reading(ctx) as session:
        rows = session.connection().execute(query.order_by(OUTBOX.c.id.desc()).limit(reach))
        gone = [r.id for r in rows if not (ctx.documents / r.file_name).exists()]
    if gone:
        with writing(ctx) as session:
            for start in range(0, len(gone), 500):
                session.connection().execute(
                    sa.update(OUTBOX)
                    .where(OUTBOX.c.id.in_(gone[start : start + 500]), OUTBOX.c.state == "done")
                    .values(state="queued", attempts=0)
                )


@use_case
def reprint(
    ctx: DeskContext, *, number: str, actor: Actor, key: UUID, approved: Sequence[ApprovalId] = ()
) -> PaperView:
    """Ask for one more copy of a paper; it will be marked 副本 第n次 and leaves with the next drain.

    Raises DeskError("bad-check-digit"), DeskError("unknown-number"), and DeskError("copies-limit", limit)
    beyond what a clerk may print, unless a supervisor has approved `reprint` for `paper:NUMBER`; also
    DeskError("erased") when the data of the person are gone.
    """
    digits = _digits(number)
    _queue_copy(ctx, digits, actor, key, approved)
    return paper_of(ctx, digits, actor=actor)


def _queue_copy(
    ctx: DeskContext, digits: str, actor: Actor, key: UUID, approved: Sequence[ApprovalId] = ()
) -> int:
    """Queue the next copy of a paper and return its number; the same key again gives the same copy."""

    def work(unit: Unit) -> str:
        take_turn(unit.session)  # two desks that copy one paper get two numbers of copies
        paper = _paper(unit.conn, digits)
        if not paper["data"]:
            raise DeskError("erased")
        last = unit.conn.execute(
            sa.select(sa.func.max(OUTBOX.c.copy_no)).where(OUTBOX.c.paper_id == paper["id"])
        ).scalar_one()
        limit = ctx.copies_limit
        if (last or 0) >= limit and not unit.override("reprint", f"paper:{digits}", approved):
            raise DeskError("copies-limit", limit=limit)
        out = queue(unit, paper, (last or 0) + 1)
        unit.tell("paper.copied", _ref(paper), number=paper["number"], copy=out["copy_no"])
        ctx.memory.forget(paper["submission_id"])
        return f"paper:{paper['id']}:{out['copy_no']}"

    try:
        return int(once(ctx, "reprint", actor, key, work).rpartition(":")[2])
    except DeskError as e:
        note_refusal(ctx, e, actor, ref=f"paper:{digits}")
        raise


@use_case
def print_to(ctx: DeskContext, *, number: str, path: Path, actor: Actor, key: UUID) -> PaperView:
    """Print a copy of a paper into a file of the caller's choice; it counts as a copy like any other.

    Raises what `reprint` raises, DeskError("exists", path), DeskError("paper", reason) when it cannot be
    made, and DeskError("file", path, reason).
    """
    if path.exists():
        raise DeskError("exists", path=str(path))
    if not os.access(path.absolute().parent, os.W_OK | os.X_OK):  # before a copy is counted
        problem = errno.EACCES if path.absolute().parent.exists() else errno.ENOENT
        raise DeskError("file", path=str(path), reason=OSError(problem, ""))
    digits = _digits(number)
    copy_no = _queue_copy(ctx, digits, actor, key)
    with reading(ctx) as session:
        conn = session.connection()
        paper = _paper(conn, digits)
        out = next(p for p in prints_of(conn, [paper["id"]])[paper["id"]] if p["copy_no"] == copy_no)
    code = _carry_out(ctx, paper, out)
    if code:
        raise DeskError("paper", reason=code)
    try:
        write_file(path, (ctx.documents / out["file_name"]).read_bytes())
    except OSError as e:
        raise DeskError("file", path=str(path), reason=e) from e
    return paper_of(ctx, digits, actor=actor)


@use_case
def papers_of(ctx: DeskContext, submission_id: SubmissionId, *, actor: Actor) -> tuple[PaperView, ...]:
    """Return the papers of a submission, the earliest first. Raises DeskError("unknown-submission")."""
    return read_view(ctx, submission_id).papers


@use_case
def paper_of(ctx: DeskContext, number: str, *, actor: Actor) -> PaperView:
    """Return one paper by its 14 digits. Raises as `reprint`."""
    digits = _digits(number)
    with reading(ctx) as session:
        conn = session.connection()
        paper = _paper(conn, digits)
        version = conn.execute(
            sa.select(SUBMISSIONS.c.circular_version_id).where(SUBMISSIONS.c.id == paper["submission_id"])
        ).scalar_one_or_none()
        circular = circular_of(conn, ctx, version or ctx.circular_version_id)
        return paper_view(ctx, circular, paper, prints_of(conn, [paper["id"]])[paper["id"]])


def _digits(number: str) -> str:
    try:
        return parse_number(number).digits
    except PaperError as e:
        raise DeskError("bad-check-digit") from e


def _paper(conn: sa.Connection, digits: str) -> Row:
    row = conn.execute(sa.select(PAPERS).where(PAPERS.c.number == digits)).one_or_none()
    if row is None:
        raise DeskError("unknown-number")
    return as_row(row)


def _ref(paper: Row) -> str:
    sub = paper["submission_id"]
    return f"submission:{sub}" if sub is not None else f"paper:{paper['number']}"
