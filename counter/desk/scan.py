"""What a scan or a typed question names: the patterns a scanner sends, and who they belong to.

`parse_scan` is asked for every burst of keys before anything is painted, so this module imports nothing but
the standard library until a question is really looked up.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from counter.desk.permit import use_case
from counter.rules.clean import fold_scan

if TYPE_CHECKING:
    import sqlalchemy as sa

    from counter.desk.actor import Actor
    from counter.desk.context import DeskContext
    from counter.desk.search_views import Resolution
    from counter.desk.views import SubmissionId
    from receipts.number import PaperKind

_ONLINE_ID: Final = re.compile(r"(?=[A-Za-z]*-?\d)[A-Za-z]{1,12}[0-9A-Za-z-]{7,39}")
"""Letters in front, then digits: what the online system prints. Plain words and hanzi never fit."""

LIVE: Final = ("open", "parked", "accepted", "correction")
"""After any other status the person may come again, so their own number calls them anew."""


def parse_scan(text: str) -> str | None:
    """Return the bare code in a burst of characters, or None when it is no code this desk knows.

    Known are our own 14 digits, alone or with the anchor a paper's QR code holds, and 18-character identity
    numbers, both with right check digits, and online submission IDs. Anything else fast, such as hanzi
    committed together, is typing.
    """
    code = fold_scan(text, 120)
    if not code.isascii():
        return None
    if code[:4].upper() == "CD1 ":
        return _anchored(code)
    if re.fullmatch(r"[0-9]{14}", code):
        return code if _paper_number(code) else None
    if re.fullmatch(r"[0-9]{17}[0-9Xx]", code):
        return code.upper() if _identity(code) else None
    if _ONLINE_ID.fullmatch(code) and sum(c.isdigit() for c in code) >= 6:
        return code
    return None


@use_case
def resolve(ctx: DeskContext, text: str, *, actor: Actor) -> Resolution:
    """Return what a scanned or typed text names: one submission, one person, several, or nothing and why."""
    from counter.desk import search
    from counter.desk.search_views import Calls, Opens, Several, Unknown
    from counter.desk.unit import reading
    from receipts.errors import PaperError
    from receipts.number import parse_number

    code = fold_scan(text)
    if not code:
        return Unknown(code, "empty")
    if code[:4].upper() == "CD1 ":
        if witness(ctx, code, actor=actor):
            return Unknown(code, "anchor")
        code = code[4:18]
    if re.fullmatch(r"[1-8][0-9]{13}", code.replace("-", "").replace(" ", "")):
        try:
            number = parse_number(code)
        except PaperError:
            return Unknown(code, "bad-check-digit")
        with reading(ctx) as session:
            found = submission_by_number(session.connection(), ctx, number.digits)
        return Opens(found) if found is not None else Unknown(code, "unknown-number")
    if re.fullmatch(r"[0-9]{17}[0-9Xx]", code) and not _identity(code):
        return Unknown(code, "bad-identity")
    answer = search.look_up(ctx, code, actor=actor)
    if not answer.hits:
        return Unknown(code, "unknown")
    if len(answer.hits) > 1 or answer.more:
        return Several(answer)
    hit = answer.hits[0]
    by_number = answer.kind in ("serial", "paper_number")
    if hit.submission_id is None or (hit.status not in LIVE and not by_number):
        return Calls(hit.entry_id)
    return Opens(hit.submission_id)


def witness(ctx: DeskContext, code: str, *, actor: Actor) -> bool:
    """Hold a scanned paper's anchor against the journal; tell the journal and return True when it differs."""
    why = differs(ctx, code)
    if not why:
        return False
    from counter.desk.unit import Unit, writing
    from receipts.number import parse_anchor

    paper = parse_anchor(code)
    with writing(ctx) as session:
        Unit(session, ctx, actor).tell(
            "paper.differs", f"paper:{paper.number.digits}", seq=paper.seq, head=paper.head, reason=why
        )
    return True


def differs(ctx: DeskContext, code: str) -> str:
    """Return why a paper's anchor does not fit the journal, empty when it does: every paper is a witness.

    `tail` (the journal ends before it), `seal` (another event stands there), `other` (the event is about
    something else). A line that is no anchor, or whose number nobody knows, is told by its number alone.
    """
    from counter.desk.rows import JOURNAL
    from counter.desk.unit import reading
    from receipts.errors import PaperError
    from receipts.number import parse_anchor

    try:
        paper = parse_anchor(code)
    except PaperError:
        return ""
    with reading(ctx) as session:
        conn = session.connection()
        found = submission_by_number(conn, ctx, paper.number.digits)
        event = conn.execute(JOURNAL.select().where(JOURNAL.c.seq == paper.seq)).one_or_none()
    if found is None:
        return ""
    if event is None:
        return "tail"
    if not bytes(event.hash).hex().startswith(paper.head):
        return "seal"
    return "" if event.ref == f"submission:{found}" else "other"


def submission_by_number(conn: sa.Connection, ctx: DeskContext, digits: str) -> SubmissionId | None:
    """Return the submission a valid 14-digit number belongs to, whatever its status, or None."""
    from receipts.number import parse_number

    number = parse_number(digits)
    return submission_by_serial(conn, ctx, number.kind, number.year, number.serial, desk=number.desk)


def submission_by_serial(
    conn: sa.Connection, ctx: DeskContext, kind: PaperKind, year: int, serial: int, *, desk: int | None = None
) -> SubmissionId | None:
    """Return the submission a paper's serial belongs to, or None; notices run in a series of their own.

    `desk` is the one that a receipt or bag names; an official number names none.
    """
    import sqlalchemy as sa

    from counter.desk.rows import NOTICES, PAYMENTS, SUBMISSIONS
    from counter.desk.views import SubmissionId
    from receipts.number import PaperKind

    if kind in (PaperKind.RECEIPT, PaperKind.REVIEW_BAG, PaperKind.ORIGINALS_BAG):
        table, wanted = SUBMISSIONS, SUBMISSIONS.c.id
    elif kind is PaperKind.NOTICE:
        table, wanted = NOTICES, NOTICES.c.submission_id
    elif kind is PaperKind.FEE_SLIP:
        table, wanted = PAYMENTS, PAYMENTS.c.submission_id
    else:
        return None
    query = sa.select(wanted).where(
        table.c.office == ctx.circular.office.code, table.c.year == year, table.c.serial == serial
    )
    if desk is not None and table is SUBMISSIONS:
        query = query.where(SUBMISSIONS.c.desk == desk)
    found = conn.execute(query).scalar_one_or_none()
    return None if found is None else SubmissionId(found)


def _paper_number(code: str) -> bool:
    from receipts.errors import PaperError
    from receipts.number import parse_number

    try:
        parse_number(code)
    except PaperError:
        return False
    return True


def _anchored(code: str) -> str | None:
    from receipts.errors import PaperError
    from receipts.number import parse_anchor

    try:
        return parse_anchor(code).line
    except PaperError:
        return None


def _identity(code: str) -> bool:
    from counter.rules.identity import IdentityProblem, check_identity

    try:
        check_identity(None, code)
    except IdentityProblem:
        return False
    return True
