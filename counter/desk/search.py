"""Asking where someone stands, by everything the desk knows.

Every question is one exact token or one number, so an answer costs the same at a million submissions. A
list is cut at MOST_HITS: a longer one is no answer, and the screen says so.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from typing import Final

import sqlalchemy as sa

from counter.clock import business_date
from counter.desk.assemble import assemble
from counter.desk.context import DeskContext
from counter.desk.hits import Found, hits, of_submission, order
from counter.desk.loaded import load
from counter.desk.people import person_view
from counter.desk.permit import use_case
from counter.desk.reveal import reveal
from counter.desk.rows import COUNTERS, ENTRIES, JOURNAL, PAPERS, SUBMISSIONS, TOKENS, as_row
from counter.desk.scan import differs, submission_by_number, submission_by_serial
from counter.desk.search_views import DetailsView, HitView, JournalLine, LookUpView, StatusView
from counter.desk.unit import circular_of, reading
from counter.desk.views import Actor, EntryId, SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.rules.clean import fold_scan
from counter.rules.search import QueryKind, query_tokens
from receipts.errors import PaperError
from receipts.number import PaperKind, PaperNumber, display_number, parse_number

MOST_HITS: Final = 200
"""Lines of one answer; whoever sees more than that types one letter more."""

MOST_EVENTS: Final = 200
"""Events of one timeline."""

_OFFICIAL: Final = re.compile(r"\s*(\D*)[〔\[(（](\d{4})[〕\])）](\d{1,7})\D?\s*")
"""Prefix and word of the paper, year, serial; the word tells notices from receipts, as both begin at 1."""

_JOINTS: Final = str.maketrans("", "", "- ")
"""What people put between the 14 digits when they read them aloud."""


@use_case
def look_up(ctx: DeskContext, text: str, *, limit: int = 50, offset: int = 0, actor: Actor) -> LookUpView:
    """Return one page of who fits a question: the nearest by name or usual reading first, then the newest."""
    asked, text = text, text.strip()
    if text[:4].upper() == "CD1 ":
        if differs(ctx, text):
            return LookUpView(query=asked, kind="anchor", hits=(), total=0, more=False, arrived=0)
        text = text[4:18]
    question = query_tokens(text)
    with reading(ctx) as session:
        conn = session.connection()
        found, more, kind = _found(conn, ctx, text, question.token, question.kind)
        page = hits(conn, ctx.circular, found[offset : offset + limit])
    return LookUpView(
        query=asked,
        kind=str(kind),
        hits=page,
        total=len(found),
        more=more,
        arrived=sum(f.submission_id is not None for f in found),
    )


def _found(
    conn: sa.Connection, ctx: DeskContext, text: str, token: str, kind: QueryKind
) -> tuple[list[Found], bool, QueryKind]:
    exact = _by_number(conn, ctx, text, token, kind)
    if exact is None:
        return *_by_token(conn, ctx, token), kind
    first = of_submission(conn, exact)
    if kind is not QueryKind.SERIAL:
        return [first], False, QueryKind.PAPER_NUMBER
    # The same digits may end somebody else's online ID: then the list decides, not we.
    others, more = _by_token(conn, ctx, token)
    return [first, *(found for found in others if found.entry_id != first.entry_id)], more, kind


def _by_token(conn: sa.Connection, ctx: DeskContext, token: str) -> tuple[list[Found], bool]:
    if not token:
        return [], False
    query = (
        sa.select(TOKENS.c.entry_id)
        .join(ENTRIES, ENTRIES.c.id == TOKENS.c.entry_id)
        .where(TOKENS.c.token == token, ENTRIES.c.circular_id == ctx.circular.id)
        .order_by(TOKENS.c.entry_id.desc())
        .limit(MOST_HITS + 1)
    )
    ids = [row[0] for row in conn.execute(query)]
    return order(conn, ids[:MOST_HITS], token), len(ids) > MOST_HITS


def _by_number(
    conn: sa.Connection, ctx: DeskContext, text: str, token: str, kind: QueryKind
) -> SubmissionId | None:
    """Return the submission that carries the number asked for, or whose notice does."""
    if official := _OFFICIAL.fullmatch(text):
        paper = _paper_of(ctx, official[1].strip())
        if paper is None:
            return None
        return submission_by_serial(conn, ctx, paper, int(official[2]), int(official[3]))
    if kind is QueryKind.SERIAL and token.isdigit():
        return _newest(conn, ctx, int(token))
    if kind is QueryKind.PAPER_NUMBER:
        with suppress(PaperError):
            return submission_by_number(conn, ctx, parse_number(text).digits)
    return None


def _newest(conn: sa.Connection, ctx: DeskContext, serial: int) -> SubmissionId | None:
    """Return the submission of a bare serial in the newest year that has it.

    The year of the clock would lose every number at the turn of the year. The counter rows name the years, so
    that no table is searched for them.
    """
    years = sa.select(COUNTERS.c.year).where(COUNTERS.c.office == ctx.circular.office.code).distinct()
    for year in conn.execute(years.order_by(COUNTERS.c.year.desc())).scalars():
        found = submission_by_serial(conn, ctx, PaperKind.RECEIPT, year, serial)
        if found is not None:
            return found
    return None


def paper_number(ctx: DeskContext, text: str) -> str:
    """Return the 14 digits of the paper that a person names.

    The digits themselves, what its QR code reads, the number as printed, or a bare serial, which is that of
    the receipt in the newest year that has it. Raises DeskError("paper-form") for anything else,
    DeskError("bad-check-digit"), and DeskError("unknown-number") where no such paper was issued.
    """
    if text.strip()[:4].upper() == "CD1 ":
        text = text.strip()[4:18]
    named = fold_scan(text).translate(_JOINTS)
    if re.fullmatch(r"[0-9]{14}", named):
        try:
            return parse_number(named).digits
        except PaperError as e:
            raise DeskError("bad-check-digit") from e
    official = _OFFICIAL.fullmatch(text)
    if official is None and not re.fullmatch(r"[0-9]{1,7}", named):
        raise DeskError("paper-form", example=_example(ctx))
    query = sa.select(PAPERS.c.number)
    with reading(ctx) as session:
        conn = session.connection()
        if official is None:
            paper, submission = PaperKind.RECEIPT, _newest(conn, ctx, int(named))
            query = query.where(PAPERS.c.submission_id == submission, PAPERS.c.kind == int(paper))
        else:
            query = query.where(PAPERS.c.number.in_(_of_every_desk(ctx, official)))
        found = conn.execute(query).scalar()
    if found is None:
        raise DeskError("unknown-number")
    return str(found)


def _of_every_desk(ctx: DeskContext, official: re.Match[str]) -> list[str]:
    """Return the 14 digits that a printed number stands for: it does not tell the desk, so one for each."""
    kind, year, serial = _paper_of(ctx, official[1].strip()), int(official[2]), int(official[3])
    with suppress(PaperError):
        return [PaperNumber(kind, year, desk, serial).digits for desk in range(1, 100)] if kind else []
    return []  # no paper was ever numbered like that


def _example(ctx: DeskContext) -> str:
    word = ctx.circular.paper(PaperKind.RECEIPT).word
    return display_number(ctx.circular.office.prefix, word, business_date(ctx.clock.now()).year, 3)


def _paper_of(ctx: DeskContext, words: str) -> PaperKind | None:
    """Return the paper whose word ends what stands before the year; without any word it is the receipt."""
    if not words:
        return PaperKind.RECEIPT
    fitting = [paper for paper in ctx.circular.papers if words.endswith(paper.word)]
    longest = max(fitting, key=lambda paper: len(paper.word), default=None)
    return None if longest is None else PaperKind(longest.kind)


@use_case
def details(ctx: DeskContext, entry_id: EntryId, *, actor: Actor) -> DetailsView:
    """Return the person of a result line with submission, timeline and papers.

    Raises DeskError("unknown-entry").
    """
    with reading(ctx) as session:
        conn = session.connection()
        entry = conn.execute(sa.select(ENTRIES).where(ENTRIES.c.id == entry_id)).one_or_none()
        if entry is None:
            raise DeskError("unknown-entry")
        submission: SubmissionView | None = None
        lines: tuple[JournalLine, ...] = ()
        latest = conn.execute(
            sa.select(sa.func.max(SUBMISSIONS.c.id)).where(SUBMISSIONS.c.entry_id == entry_id)
        ).scalar_one()
        if latest is not None and (loaded := load(conn, latest)):
            circular = circular_of(conn, ctx, loaded.sub["circular_version_id"])
            submission = assemble(ctx, circular, loaded)
            lines = timeline(conn, latest)
        person = submission.person if submission else person_view(ctx.circular, as_row(entry))
    papers = submission.papers if submission else ()
    return DetailsView(person=person, submission=submission, journal=lines, papers=papers)


def timeline(conn: sa.Connection, submission_id: int) -> tuple[JournalLine, ...]:
    """Return what happened to a submission, newest first, single ticks left out."""
    query = (
        sa.select(JOURNAL.c.seq, JOURNAL.c.at, JOURNAL.c.kind, JOURNAL.c.event)
        .where(
            JOURNAL.c.ref == f"submission:{submission_id}",
            JOURNAL.c.kind.not_in(("finding.recorded", "finding.cleared")),
        )
        .order_by(JOURNAL.c.seq.desc())
        .limit(MOST_EVENTS)
    )
    lines = []
    for seq, at, kind, event in conn.execute(query):
        fields = json.loads(bytes(event))
        facts = {name: value for name, value in fields[8].items() if name not in ("rows", "subject")}
        lines.append(JournalLine(seq=seq, at=at, kind=kind, actor=fields[4], facts=facts))
    return tuple(lines)


def _whole(ctx: DeskContext, hit: HitView, reason: str, actor: Actor) -> HitView:
    try:
        seen = reveal(ctx, entry_id=hit.entry_id, reason=reason, actor=actor)
    except DeskError as e:
        if e.code != "erased":
            raise
        return hit
    return replace(hit, identity=seen.identity, phone=seen.phone)


@use_case
def status(
    ctx: DeskContext, query: str, *, limit: int = 20, full: str = "", actor: Actor
) -> tuple[StatusView, ...]:
    """Return where everyone stands who fits a question, at most `limit` of them.

    `full` is a reason for which their whole numbers are shown; the journal hears of each.
    Raises DeskError("reveal-reason", given).
    """
    from counter.desk.payments import moved

    answer = look_up(ctx, query, limit=limit, actor=actor)
    if full:
        answer = replace(answer, hits=tuple(_whole(ctx, hit, full, actor) for hit in answer.hits))
    views = []
    with reading(ctx) as session:
        conn = session.connection()
        for hit in answer.hits:
            loaded = None if hit.submission_id is None else load(conn, hit.submission_id)
            if loaded is None:
                views.append(StatusView(hit, None, None, None, "", "", (), ()))
                continue
            circular = circular_of(conn, ctx, loaded.sub["circular_version_id"])
            sub = assemble(ctx, circular, loaded)
            views.append(
                StatusView(
                    hit=hit,
                    opened_at=sub.opened_at,
                    decided_at=sub.decided_at,
                    deadline=loaded.sub["deadline"],
                    number=sub.number,
                    display=sub.display,
                    papers=sub.papers,
                    open_items=sub.defects,
                    late=sub.late,
                    fee=sub.fee if sub.fee.method is not None else None,
                    payments=moved(conn, ctx, sub.id),
                )
            )
    return tuple(views)
