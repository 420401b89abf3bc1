"""Rows for the records' tests: invented people, everything else at its simplest."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from db import journal
from db.tables import CircularVersion, Fee, Notice, Paper, RosterEntry, Submission

AT = datetime(2024, 8, 12, 1, 5, 0, 123456, tzinfo=UTC)
_numbers = itertools.count(1)


def add_entry(session: Session, **changes: Any) -> int:
    """Add one person of the roster and return the row's id."""
    fields: dict[str, Any] = {
        "circular_id": "lyg-2024-12",
        "origin": "roster",
        "name": "刘宇翔",
        "subject_key": bytes(32),
        "created_at": AT,
        "updated_at": AT,
    }
    entry = RosterEntry(**fields | changes)
    session.add(entry)
    session.flush()
    assert entry.id is not None
    return entry.id


def add_circular(session: Session) -> int:
    """Add one adopted circular and return the row's id."""
    row = CircularVersion(
        circular_id="lyg-2024-12",
        doc_no="12",
        sha256=uuid.uuid4().hex * 2,
        toml="",
        adopted_at=AT,
        adopted_by="demo",
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def add_submission(session: Session, **changes: Any) -> int:
    """Add one submission with all it rests on and return the row's id."""
    fields: dict[str, Any] = {
        "circular_id": "lyg-2024-12",
        "circular_version_id": add_circular(session),
        "entry_id": add_entry(session),
        "office": "LYG",
        "year": 2024,
        "serial": next(_numbers),
        "desk": 1,
        "status": "open",
        "opened_day": "2024-08-12",
        "opened_at": AT,
        "opened_by": "demo",
        "touched_at": AT,
    }
    row = Submission(**fields | changes)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def add_fee(session: Session, submission_id: int, **changes: Any) -> int:
    """Add one paid fee and return the row's id."""
    fields: dict[str, Any] = {
        "submission_id": submission_id,
        "state": "paid",
        "method": "cash",
        "amount_fen": 30000,
        "at": AT,
        "day": "2024-08-12",
        "actor": "demo",
    }
    row = Fee(**fields | changes)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def add_notice(session: Session, submission_id: int, **changes: Any) -> int:
    """Add one correction notice and return the row's id."""
    fields: dict[str, Any] = {
        "submission_id": submission_id,
        "turn": 1,
        "office": "LYG",
        "year": 2024,
        "serial": next(_numbers),
        "lines": "[]",
        "deadline": AT,
        "issued_at": AT,
        "issued_by": "demo",
    }
    row = Notice(**fields | changes)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def add_paper(session: Session, **changes: Any) -> int:
    """Add one issued paper and return the row's id."""
    fields: dict[str, Any] = {
        "kind": 1,
        "number": f"{next(_numbers):014d}",
        "display": "收〔2024〕00001号",
        "template": "receipt",
        "data": "{}",
        "copies": 1,
        "issued_at": AT,
        "issued_by": "demo",
    }
    row = Paper(**fields | changes)
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def start_journal(session: Session, **changes: Any) -> journal.JournalMark:
    """Write the journal's first event."""
    fields: dict[str, Any] = {
        "office": "LYG",
        "install": "0d9c1c5e-0000-4000-8000-000000000001",
        "at": AT,
        "desk": 1,
        "actor": "demo",
        "role": "supervisor",
        "circular": "lyg-2024-12",
    }
    return journal.start(session, **fields | changes)


def write_event(session: Session, n: int = 0, **changes: Any) -> journal.JournalMark:
    """Write one event."""
    fields: dict[str, Any] = {
        "at": AT,
        "desk": 1,
        "actor": "demo",
        "role": "clerk",
        "kind": "finding.set",
        "ref": f"submission:{n}",
        "body": {"n": n},
    }
    return journal.append(session, **fields | changes)
