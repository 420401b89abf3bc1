"""Proof that the records are whole: journal, rows, numbers, papers, life, fees, files, search and totals.

Everything is checked in one unchanging state of the records, each thing against something that does not
come from it: rows against the journal's digests, numbers against their counters, files against the seals the
journal took when they were printed. A bad check names its first bad row, so that somebody can go and look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import sqlalchemy as sa

from counter.desk import verify_files, verify_late, verify_life, verify_money, verify_numbers, verify_rows
from counter.desk.actor import Actor, Role
from counter.desk.backup import MADE
from counter.desk.backup import REF as BACKUP
from counter.desk.context import DeskContext
from counter.desk.journal_out import anchors
from counter.desk.permit import use_case
from counter.desk.rows import CLOSINGS, JOURNAL
from counter.desk.shifts import CLOSED
from counter.desk.unit import our_words
from counter.desk.verify_report import Check, Progress, failed, passed, without_sums
from counter.desk.verify_story import Story, listener, read_story
from counter.errors import DeskError
from db import journal, triggers
from db.backup import integrity
from receipts.errors import PaperError

ODD: Final = (
    LookupError, ValueError, TypeError, AttributeError, AssertionError, PaperError, sa.exc.NoResultFound,
)  # fmt: skip
"""What reading raises over a value no column may hold, or a row that points nowhere."""

QUICK: Final = 3000
"""Events a start looks at; a long day has ten thousand, and nobody waits for them."""

__all__ = ["Check", "Progress", "VerifyReport", "verify", "verify_quick"]


@dataclass(frozen=True)
class VerifyReport:
    """What verification found."""

    ok: bool
    checks: tuple[Check, ...]

    @property
    def first_bad(self) -> Check | None:
        """The first check that failed, None when the records are whole."""
        return next((check for check in self.checks if not check.ok), None)


@use_case
def verify(
    ctx: DeskContext, *, progress: Progress | None = None, expect: Sequence[str] = (), actor: Actor
) -> VerifyReport:
    """Check everything the desk has recorded; `progress` hears the code of each check as it begins.

    `expect` are seals that papers or names of backups show, each as `SEQ:HEX`; the journal must hold them.
    Raises DeskError("anchor-form", given) for a seal that is none. Sums of money are for a supervisor and an
    auditor: the machine's account can be anybody's.

    Reads every row and every file, about 2 ms a submission, and holds 5 KB of each meanwhile: a moment at a
    thousand submissions, half an hour and 5 GB at a million.
    """
    tell = progress or (lambda _code, _count: None)
    marks = anchors(expect)
    checks = tuple(_checks(ctx, tell, marks))
    if actor.role in (Role.CLERK, Role.IT):
        checks = tuple(without_sums(check) for check in checks)
    return VerifyReport(all(check.ok for check in checks), checks)


@use_case
def verify_quick(ctx: DeskContext, *, actor: Actor) -> Check:
    """Check what stands since the last close or backup, the last 3,000 events at most, and the protections.

    A few hundredths of a second, for every start; the whole is for `verify`. `why` as the check `journal`,
    and `trigger` where history is not protected any more.
    """
    with our_words(), ctx.records.read() as session:
        conn = session.connection()
        if gone := sorted(triggers.missing(conn)):
            return failed("quick", 0, f"trigger: {gone[0]}", "trigger")
        try:
            head = journal.head(session)
            last = 0 if head is None else head.seq
            since = max(_looked_at(conn, last), last - QUICK)
            mark = journal.mark_at(session, since) if since > 0 else None
            report = journal.verify(session, since=mark)
        except ODD:
            report = journal.VerifyReport(False, 0, None, 1, "unreadable")
    if report.ok:
        return passed("quick", report.count, since=since if since > 0 else 0)
    return failed("quick", report.count, f"journal:{report.first_bad_seq}", report.why)


def _looked_at(conn: sa.Connection, before: int) -> int:
    """Return the last event before one after which somebody has looked: a close, or a checked backup.

    Both by what they are about, which has an index: a search by kind would read the whole journal.
    """
    shift = conn.execute(sa.select(CLOSINGS.c.shift_id).order_by(CLOSINGS.c.id.desc()).limit(1)).scalar()
    seen = 0
    for ref, kind in ((f"shift:{shift}", CLOSED), (BACKUP, MADE)):
        query = (
            sa.select(JOURNAL.c.seq)
            .where(JOURNAL.c.ref == ref, JOURNAL.c.kind == kind, JOURNAL.c.seq < before)
            .order_by(JOURNAL.c.seq.desc())
            .limit(1)
        )
        seen = max(seen, conn.execute(query).scalar() or 0)
    return seen


def _checks(ctx: DeskContext, tell: Progress, marks: tuple[journal.Anchor, ...]) -> Iterator[Check]:
    tell("database", 0)
    with our_words():
        problems = integrity(ctx.records).problems
    yield failed("database", len(problems), problems[0], "damaged") if problems else passed("database", 1)
    with our_words(), ctx.records.read() as session:
        conn = session.connection()
        tell("journal", 0)
        story = Story()
        try:
            chain = journal.verify(session, anchors=marks, hear=listener(story, partial(tell, "journal")))
        except ODD:
            chain = journal.VerifyReport(False, 0, None, 1, "unreadable")
        if chain.ok and chain.head is not None:
            yield passed("journal", chain.count, seq=chain.head.seq, head=chain.head.hex)
        else:
            yield failed("journal", chain.count, f"journal:{chain.first_bad_seq}", chain.why)
            story = read_story(conn, partial(tell, "journal"))  # also what stands behind the bad event
        parts: tuple[tuple[str, Callable[[], Check]], ...] = (
            ("rows", lambda: verify_rows.rows(conn, story)),
            ("people", lambda: verify_rows.people(conn, story)),
            ("numbers", lambda: verify_numbers.serials(conn, story)),
            ("papers", lambda: verify_numbers.papers(conn, ctx, story)),
            ("life", lambda: verify_life.life(conn, ctx, story)),
            ("fees", lambda: verify_life.fees(conn, ctx)),
            ("money", lambda: verify_money.money(conn, ctx)),
            ("files", lambda: verify_files.files(conn, ctx.documents, story)),
            ("late", lambda: verify_late.late(conn, ctx)),
            ("search", lambda: verify_files.search(conn, story)),
            ("totals", lambda: verify_life.totals(conn, story)),
        )
        for code, check in parts:
            tell(code, 0)
            try:
                yield check()
            except DeskError as e:  # a circular in the records that cannot be read
                yield failed(code, 0, "circular_version", e.code, path=e.facts.get("path", ""))
            except ODD:
                yield failed(code, 0, verify_rows.unreadable(conn) or code, "unreadable")
