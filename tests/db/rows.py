"""Rows for the records' tests: invented people, everything else at its simplest."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from db import journal
from db.tables import (
    Approval,
    CashCount,
    CircularVersion,
    Closing,
    Fee,
    LateEntry,
    Notice,
    Paper,
    Payment,
    RosterEntry,
    Shift,
    Staff,
    Submission,
)

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


def _added(session: Session, row: Any) -> int:
    session.add(row)
    session.flush()
    return int(row.id)


def add_staff(session: Session, name: str = "sun", role: str = "supervisor", **changes: Any) -> int:
    """Add one member of staff and return the row's id."""
    fields: dict[str, Any] = {
        "login": name,
        "name": name,
        "role": role,
        "password": "$argon2id$",
        "password_at": AT,
        "created_at": AT,
        "created_by": "setup",
    }
    return _added(session, Staff(**fields | changes))


def add_approval(session: Session, kind: str = "void", **changes: Any) -> int:
    """Add one approval by the supervisor sun and return the row's id."""
    fields: dict[str, Any] = {
        "kind": kind,
        "ref": "submission:1",
        "desk": 1,
        "requested_by": "zhou",
        "approved_by": "sun",
        "reason": "mistyped",
        "granted_at": AT,
    }
    return _added(session, Approval(**fields | changes))


def add_shift(session: Session, **changes: Any) -> int:
    """Add one open shift of desk 1 and return the row's id."""
    fields: dict[str, Any] = {
        "office": "LYG",
        "desk": 1,
        "clerk": "zhou",
        "day": "2024-08-12",
        "opened_at": AT,
        "float_fen": 20000,
        "sheet": "first",
    }
    return _added(session, Shift(**fields | changes))


def add_payment(session: Session, shift_id: int, fee_id: int, submission_id: int, **changes: Any) -> int:
    """Add one payment in cash and return the row's id."""
    fields: dict[str, Any] = {
        "submission_id": submission_id,
        "fee_id": fee_id,
        "shift_id": shift_id,
        "office": "LYG",
        "year": 2024,
        "serial": next(_numbers),
        "desk": 1,
        "kind": "take",
        "method": "cash",
        "amount_fen": 30000,
        "requested_by": "zhou",
        "at": AT,
        "day": "2024-08-12",
        "actor": "zhou",
    }
    return _added(session, Payment(**fields | changes))


def add_count(session: Session, shift_id: int, **changes: Any) -> int:
    """Add what was counted in a shift's drawer and return the row's id."""
    fields: dict[str, Any] = {"shift_id": shift_id, "lines": "[]", "counted_fen": 50000, "at": AT}
    return _added(session, CashCount(**{**fields, "actor": "zhou", **changes}))


def add_closing(session: Session, shift_id: int, **changes: Any) -> int:
    """Add the end of a shift in which the drawer was right and return the row's id."""
    fields: dict[str, Any] = {
        "shift_id": shift_id,
        "office": "LYG",
        "year": 2024,
        "serial": next(_numbers),
        "desk": 1,
        "day": "2024-08-12",
        "figures": "{}",
        "float_fen": 20000,
        "expected_fen": 50000,
        "counted_fen": 50000,
        "variance_fen": 0,
        "perpetual_count": 1,
        "perpetual_fen": 30000,
        "at": AT,
        "actor": "zhou",
    }
    return _added(session, Closing(**fields | changes))


def add_late(session: Session, submission_id: int, **changes: Any) -> int:
    """Add one submission that was entered afterwards and return the row's id."""
    fields: dict[str, Any] = {
        "number": f"YJ{next(_numbers):04d}",
        "submission_id": submission_id,
        "occurred_at": AT,
        "entered_at": AT,
        "entered_by": "zhou",
    }
    return _added(session, LateEntry(**fields | changes))


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
