"""Lines of a result list: people with the latest of their submissions, read a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from counter.circular.model import Circular
from counter.clock import business_date
from counter.desk.people import person_view
from counter.desk.rows import ENTRIES, ORIGINALS, SUBMISSIONS, Row, as_row
from counter.desk.search_views import HitView
from counter.desk.views import EntryId, SubmissionId
from counter.rules.search import nearness
from counter.rules.status import FeeState, OriginalsState, Status


@dataclass(frozen=True)
class Found:
    """One entry that fits a query, with as much as ordering needs."""

    entry_id: int
    name: str
    pinyin: str
    submission_id: int | None
    status: str


def order(conn: sa.Connection, entry_ids: Sequence[int], token: str) -> list[Found]:
    """Return entries with their latest submission, the nearest to a question's token first.

    Among equally near ones who has arrived comes first, newest first; then by reading. Ranked are the entries
    given, which are as many as one answer holds; those beyond it are not looked at.
    """
    if not entry_ids:
        return []
    latest = (
        sa.select(SUBMISSIONS.c.entry_id, sa.func.max(SUBMISSIONS.c.id).label("submission_id"))
        .where(SUBMISSIONS.c.entry_id.in_(entry_ids))
        .group_by(SUBMISSIONS.c.entry_id)
        .subquery()
    )
    query = (
        sa.select(
            ENTRIES.c.id, ENTRIES.c.name, ENTRIES.c.pinyin, latest.c.submission_id, SUBMISSIONS.c.status
        )
        .outerjoin(latest, latest.c.entry_id == ENTRIES.c.id)
        .outerjoin(SUBMISSIONS, SUBMISSIONS.c.id == latest.c.submission_id)
        .where(ENTRIES.c.id.in_(entry_ids))
    )
    found = [Found(r[0], r[1], r[2], r[3], r[4] or "") for r in conn.execute(query)]
    return sorted(
        found,
        key=lambda f: (
            nearness(token, f.name, f.pinyin),
            -(f.submission_id or 0),
            f.pinyin.casefold(),
            f.entry_id,
        ),
    )


def of_submission(conn: sa.Connection, submission_id: SubmissionId) -> Found:
    """Return the line of one submission, also when its person has come again since."""
    query = (
        sa.select(ENTRIES.c.id, ENTRIES.c.name, ENTRIES.c.pinyin, SUBMISSIONS.c.id, SUBMISSIONS.c.status)
        .join(SUBMISSIONS, SUBMISSIONS.c.entry_id == ENTRIES.c.id)
        .where(SUBMISSIONS.c.id == submission_id)
    )
    return Found(*conn.execute(query).one())


def hits(conn: sa.Connection, circular: Circular, page: Sequence[Found]) -> tuple[HitView, ...]:
    """Return the lines of one page."""
    if not page:
        return ()
    entry_ids = [f.entry_id for f in page]
    sub_ids = [f.submission_id for f in page if f.submission_id is not None]
    entries = {r.id: as_row(r) for r in conn.execute(sa.select(ENTRIES).where(ENTRIES.c.id.in_(entry_ids)))}
    subs: dict[int, Row] = {}
    held: dict[int, int] = {}
    if sub_ids:
        rows = conn.execute(sa.select(SUBMISSIONS).where(SUBMISSIONS.c.id.in_(sub_ids)))
        subs = {r.id: as_row(r) for r in rows}
        counts = conn.execute(
            sa.select(ORIGINALS.c.submission_id, sa.func.count())
            .where(ORIGINALS.c.submission_id.in_(sub_ids), ORIGINALS.c.state == "held")
            .group_by(ORIGINALS.c.submission_id)
        )
        held = {r[0]: r[1] for r in counts}
    return tuple(
        hit(circular, entries[f.entry_id], subs.get(f.submission_id or 0), held.get(f.submission_id or 0, 0))
        for f in page
    )


def hit(circular: Circular, entry: Row, sub: Row | None, held: int) -> HitView:
    """Return one line."""
    person = person_view(circular, entry)
    return HitView(
        entry_id=EntryId(entry["id"]),
        submission_id=SubmissionId(sub["id"]) if sub else None,
        serial=f"{sub['serial']:05d}" if sub else "",
        name=person.name,
        pinyin=person.pinyin,
        sex=person.sex,
        birth=person.birth,
        identity=person.identity,
        phone=person.phone,
        employer=person.employer,
        employer_short=person.employer_short,
        specialty_short=person.specialty_short,
        status=Status(sub["status"]) if sub else None,
        fee_state=FeeState(sub["fee_state"] if sub else "none"),
        originals_state=OriginalsState(sub["originals_state"] if sub else "none"),
        originals_held=held,
        online_id=person.online_id,
        online_submitted=person.online_submitted,
        day=business_date(sub["touched_at"]) if sub else None,
    )
