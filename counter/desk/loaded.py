"""One submission with everything that belongs to it, as read in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from counter.desk.rows import (
    ENTRIES,
    FEES,
    FINDINGS,
    LATE_ENTRIES,
    NOTICES,
    ORIGINALS,
    OUTBOX,
    PAPERS,
    SUBMISSIONS,
    Row,
    as_row,
)


@dataclass(frozen=True)
class Loaded:
    """Rows of one submission; findings by item, notices by turn, prints by paper id."""

    sub: Row
    entry: Row
    findings: dict[str, Row]
    originals: tuple[Row, ...]
    notices: tuple[Row, ...]
    fee: Row | None
    papers: tuple[Row, ...]
    prints: dict[int, tuple[Row, ...]]
    late: Row | None = None

    @property
    def id(self) -> int:
        """The submission's id."""
        return int(self.sub["id"])

    @property
    def subject_key(self) -> bytes:
        """The person's secret, by which the journal's digests are keyed."""
        return bytes(self.entry["subject_key"])


def load(conn: sa.Connection, submission_id: int) -> Loaded | None:
    """Read a submission with its rows, or None when there is none of that id."""
    sub = conn.execute(sa.select(SUBMISSIONS).where(SUBMISSIONS.c.id == submission_id)).one_or_none()
    if sub is None:
        return None
    entry = conn.execute(sa.select(ENTRIES).where(ENTRIES.c.id == sub.entry_id)).one()
    findings = conn.execute(sa.select(FINDINGS).where(FINDINGS.c.submission_id == submission_id))
    originals = conn.execute(
        sa.select(ORIGINALS).where(ORIGINALS.c.submission_id == submission_id).order_by(ORIGINALS.c.id)
    )
    notices = conn.execute(
        sa.select(NOTICES).where(NOTICES.c.submission_id == submission_id).order_by(NOTICES.c.turn)
    )
    fee = conn.execute(
        sa.select(FEES).where(FEES.c.submission_id == submission_id, FEES.c.state != "voided")
    ).one_or_none()
    late = conn.execute(
        sa.select(LATE_ENTRIES).where(LATE_ENTRIES.c.submission_id == submission_id)
    ).one_or_none()
    papers = [
        as_row(r)
        for r in conn.execute(
            sa.select(PAPERS).where(PAPERS.c.submission_id == submission_id).order_by(PAPERS.c.id)
        )
    ]
    return Loaded(
        sub=as_row(sub),
        entry=as_row(entry),
        findings={r.item: as_row(r) for r in findings},
        originals=tuple(map(as_row, originals)),
        notices=tuple(map(as_row, notices)),
        fee=as_row(fee) if fee is not None else None,
        papers=tuple(papers),
        prints=prints_of(conn, [p["id"] for p in papers]) if papers else {},
        late=as_row(late) if late is not None else None,
    )


def prints_of(conn: sa.Connection, paper_ids: list[int]) -> dict[int, tuple[Row, ...]]:
    """Read the prints of some papers, the original first."""
    found: dict[int, list[Row]] = {paper_id: [] for paper_id in paper_ids}
    query = sa.select(OUTBOX).where(OUTBOX.c.paper_id.in_(paper_ids)).order_by(OUTBOX.c.copy_no)
    for row in conn.execute(query):
        found[row.paper_id].append(as_row(row))
    return {paper_id: tuple(rows) for paper_id, rows in found.items()}


def versions(conn: sa.Connection, submission_id: int) -> tuple[int, int] | None:
    """Return the stored versions of a submission and of its roster entry, or None.

    Keeps other desks from changing the submission until the transaction ends, so that whoever comes second
    sees the new version instead of running into a constraint.
    """
    row = conn.execute(
        sa.select(SUBMISSIONS.c.version, ENTRIES.c.version)
        .join(ENTRIES, ENTRIES.c.id == SUBMISSIONS.c.entry_id)
        .where(SUBMISSIONS.c.id == submission_id)
        .with_for_update(of=SUBMISSIONS)
    ).one_or_none()
    return None if row is None else (row[0], row[1])
