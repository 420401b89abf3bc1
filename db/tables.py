"""The tables of the records.

Invariants that must hold whatever program writes are constraints here; statuses are text with a closed list
whose meaning lives in `counter/rules`. Personal data stands in `roster_entry`, in `paper.data` and in a
submission's deputy only, all of which can be blanked while the journal stays whole. Instants are aware UTC,
money is integer fen.

What holds a code of the circular takes 40 characters, as many as a circular's check lets pass.

SQLite keeps any value in any column; what PostgreSQL refuses by type (a text as amount, a text too long) is
refused there by CHECK, so that the same row is right or wrong on both.
"""

# No `from __future__ import annotations` here: SQLModel reads the real annotations.
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import declared_attr
from sqlmodel import AutoString, Field, SQLModel

from db.core import (
    APPROVAL_KINDS,
    CUSTODY_STATES,
    EFILE_STATES,
    FEE_STATES,
    FINDING_KINDS,
    LIVE_STATUSES,
    ORIGINALS_STATES,
    ORIGINS,
    OUTBOX_STATES,
    PAYMENT_KINDS,
    SHIFT_SHEETS,
    SHIFT_STATES,
    STAFF_ROLES,
    STATUSES,
    SUBMISSION_FEE_STATES,
    one_of,
)

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def _in(column: str, values: tuple[str, ...]) -> sa.TextClause:
    return sa.text(f"{column} IN ({', '.join(repr(v) for v in values)})")


def _partial(name: str, column: str, where: str) -> sa.Index:
    """Return an index of the few rows a screen counts all day; queries repeat the condition to the letter."""
    return sa.Index(name, column, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


class _Versioned(SQLModel):
    version: int = Field(default=1, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


class Meta(SQLModel, table=True):
    """Facts about the installation itself: install UUID, office code, demo mark."""

    key: str = Field(primary_key=True, max_length=40)
    value: str


class CircularVersion(SQLModel, table=True):
    """A circular exactly as it was adopted; a submission keeps the version it was judged by."""

    __tablename__ = "circular_version"
    __table_args__ = (sa.UniqueConstraint("circular_id", "sha256"),)
    id: int | None = Field(default=None, primary_key=True)
    circular_id: str = Field(max_length=40)
    doc_no: str = Field(max_length=80)
    sha256: str = Field(max_length=64)
    toml: str
    adopted_at: datetime
    adopted_by: str = Field(max_length=60)


class RosterImport(SQLModel, table=True):
    """One roster file that was taken in."""

    __tablename__ = "roster_import"
    id: int | None = Field(default=None, primary_key=True)
    file_name: str = Field(max_length=255)
    sha256: str = Field(max_length=64, index=True)
    size: int
    at: datetime
    actor: str = Field(max_length=60)
    new: int
    changed: int
    same: int
    refused: int
    suspicious: int


class RosterEntry(_Versioned, table=True):
    """One person of the online roster, or a walk-up who is not on it: the only home of personal data."""

    __tablename__ = "roster_entry"
    __table_args__ = (
        sa.Index(
            "uq_roster_entry_online_id",
            "circular_id",
            "online_id",
            unique=True,
            sqlite_where=sa.text("online_id IS NOT NULL"),
            postgresql_where=sa.text("online_id IS NOT NULL"),
        ),
        sa.Index("ix_roster_entry_id_number", "circular_id", "id_number"),
        sa.CheckConstraint("length(subject_key) IN (0, 32)", name="subject_key_length"),
    )
    id: int | None = Field(default=None, primary_key=True)
    circular_id: str = Field(max_length=40)
    origin: str = Field(sa_type=one_of("origin", ORIGINS))
    online_id: str | None = Field(default=None, max_length=40)
    name: str = Field(max_length=120)
    pinyin: str = Field(default="", max_length=200)
    id_kind: str = Field(default="", max_length=24)
    id_number: str = Field(default="", max_length=40)
    sex: str = Field(default="", max_length=8)
    """`male`, `female` or empty."""
    birth: str = Field(default="", max_length=10)
    """YYYY-MM or YYYY-MM-DD, empty when unknown."""
    phone: str = Field(default="", max_length=20)
    employer: str = Field(default="", max_length=200)
    county: str = Field(default="", max_length=80)
    department: str = Field(default="", max_length=120)
    specialty: str = Field(default="", max_length=40)
    """Code in the circular, empty when the text matches none."""
    specialty_text: str = Field(default="", max_length=120)
    level_text: str = Field(default="", max_length=60)
    situations: str = Field(default="", max_length=40)
    """Numbers of the circular's situations, ascending, comma separated."""
    online_state: str = Field(default="", max_length=40)
    online_state_text: str = Field(default="", max_length=60)
    submitted_at: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=400)
    place: str = Field(default="", max_length=120)
    """File, sheet and row it came from."""
    import_id: int | None = Field(default=None, foreign_key="roster_import.id")
    subject_key: bytes
    """32 random bytes; the journal names this person only by a keyed commitment. Empty once erased."""
    created_at: datetime
    updated_at: datetime


class Submission(_Versioned, table=True):
    """A person's papers at this counter."""

    __table_args__ = (
        sa.UniqueConstraint("office", "year", "serial"),
        sa.Index(
            "uq_submission_live_online_id",
            "circular_id",
            "online_id",
            unique=True,
            sqlite_where=sa.and_(sa.text("online_id IS NOT NULL"), _in("status", LIVE_STATUSES)),
            postgresql_where=sa.and_(sa.text("online_id IS NOT NULL"), _in("status", LIVE_STATUSES)),
        ),
        sa.Index("ix_submission_entry_id", "entry_id"),
        sa.Index("ix_submission_day", "opened_day", "id"),
        sa.Index("ix_submission_status", "status", "deadline"),
        _partial("ix_submission_held", "id", "originals_state IN ('held', 'partly_returned')"),
        sa.CheckConstraint("serial > 0 AND desk BETWEEN 1 AND 99", name="serial_positive"),
    )
    id: int | None = Field(default=None, primary_key=True)
    circular_id: str = Field(max_length=40)
    circular_version_id: int = Field(foreign_key="circular_version.id")
    entry_id: int = Field(foreign_key="roster_entry.id")
    online_id: str | None = Field(default=None, max_length=40)
    office: str = Field(max_length=40)
    year: int
    serial: int
    desk: int
    status: str = Field(sa_type=one_of("status", STATUSES))
    specialty: str = Field(default="", max_length=40)
    situations: str = Field(default="", max_length=40)
    submitter: str = Field(default="self", max_length=40)
    """Code of the circular's submitter: who stands at the counter."""
    deputy_name: str = Field(default="", max_length=120)
    deputy_relation: str = Field(default="", max_length=60)
    visit: int = Field(default=1)
    opened_day: str = Field(max_length=10)
    """Business date YYYY-MM-DD, for lists of a day."""
    opened_at: datetime
    opened_by: str = Field(max_length=60)
    touched_at: datetime
    came_day: str = Field(default="", max_length=10)
    """Business date on which the person was last served at the open counter."""
    parked_at: datetime | None = None
    park_note: str = Field(default="", max_length=200)
    decided_at: datetime | None = None
    decided_day: str | None = Field(default=None, max_length=10, index=True)
    decided_by: str | None = Field(default=None, max_length=60)
    ground: str = Field(default="", max_length=40)
    ground_note: str = Field(default="", max_length=400)
    deadline: datetime | None = None
    """When the correction runs out, aware UTC."""
    fee_state: str = Field(default="none", sa_type=one_of("fee_state", SUBMISSION_FEE_STATES))
    originals_state: str = Field(default="none", sa_type=one_of("originals_state", ORIGINALS_STATES))
    efile_state: str = Field(default="awaited", sa_type=one_of("efile_state", EFILE_STATES))


class Finding(SQLModel, table=True):
    """What the clerk found for one item; the latest word, its history is in the journal."""

    __table_args__ = (
        sa.UniqueConstraint("submission_id", "item"),
        sa.CheckConstraint("copies IS NULL OR copies >= 0", name="copies_not_negative"),
    )
    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id")
    item: str = Field(max_length=40)
    kind: str = Field(sa_type=one_of("kind", FINDING_KINDS))
    copies: int | None = None
    original_seen: bool | None = None
    reasons: str = Field(default="", max_length=2000)
    """Reason codes, comma separated, in the order chosen."""
    waive_reason: str = Field(default="", max_length=40)
    note: str = Field(default="", max_length=400)
    visit: int = Field(default=1)
    at: datetime
    actor: str = Field(max_length=60)


class Original(SQLModel, table=True):
    """One original in custody."""

    __table_args__ = (
        sa.CheckConstraint("(state = 'returned') = (returned_at IS NOT NULL)", name="returned_when"),
        _partial("ix_original_held", "id", "state = 'held'"),
    )
    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id", index=True)
    item: str = Field(default="", max_length=40)
    kind: str = Field(max_length=40)
    title: str = Field(default="", max_length=200)
    number: str = Field(default="", max_length=80)
    state: str = Field(sa_type=one_of("state", CUSTODY_STATES))
    taken_at: datetime
    taken_by: str = Field(max_length=60)
    returned_at: datetime | None = None
    returned_by: str | None = Field(default=None, max_length=60)


class Notice(SQLModel, table=True):
    """One correction notice: everything that was open when it was issued."""

    __table_args__ = (
        sa.UniqueConstraint("office", "year", "serial"),
        sa.UniqueConstraint("submission_id", "turn"),
    )
    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id")
    turn: int
    """1 for the first notice of a submission, 2 for its second …"""
    office: str = Field(max_length=40)
    year: int
    serial: int
    lines: str
    """JSON: [[item code, finding kind, [reason codes], copies or null], …] in the circular's order."""
    deadline: datetime
    issued_at: datetime
    issued_by: str = Field(max_length=60)


class Fee(_Versioned, table=True):
    """The fee of one submission; a void stays visible and frees the place for the right one."""

    __table_args__ = (
        sa.Index(
            "uq_fee_live",
            "submission_id",
            unique=True,
            sqlite_where=sa.text("state <> 'voided'"),
            postgresql_where=sa.text("state <> 'voided'"),
        ),
        sa.Index("ix_fee_submission_id", "submission_id", "id"),
        _partial("ix_fee_no_bill", "id", "state = 'elsewhere' AND bill_number = '' AND document_no = ''"),
        _partial(
            "ix_fee_unbilled",
            "id",
            "state IN ('paid', 'elsewhere') AND bill_number = '' AND document_no = ''",
        ),
        sa.CheckConstraint("amount_fen >= 0 AND tendered_fen >= 0", name="not_negative"),
    )
    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id")
    state: str = Field(sa_type=one_of("state", FEE_STATES))
    method: str = Field(max_length=40)
    amount_fen: int
    tendered_fen: int = Field(default=0)
    bill_code: str = Field(default="", max_length=40)
    bill_number: str = Field(default="", max_length=40)
    document_no: str = Field(default="", max_length=80)
    at: datetime
    day: str = Field(max_length=10, index=True)
    actor: str = Field(max_length=60)


class Paper(SQLModel, table=True):
    """One issued paper with the very data it was typeset from, so that it can be printed again unchanged."""

    __table_args__ = (
        sa.CheckConstraint("kind BETWEEN 1 AND 8 AND length(number) = 14", name="number_shape"),
        sa.Index("ix_paper_submission_id", "submission_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: int
    number: str = Field(max_length=14, unique=True)
    display: str = Field(max_length=60)
    submission_id: int | None = Field(default=None, foreign_key="submission.id")
    template: str = Field(max_length=40)
    data: str
    """JSON of the typed document; holds personal data."""
    copies: int
    issued_at: datetime
    issued_by: str = Field(max_length=60)


class Outbox(SQLModel, table=True):
    """One print of a paper that has to leave the desk: committed with the act, carried out afterwards."""

    __table_args__ = (
        sa.UniqueConstraint("paper_id", "copy_no"),
        sa.Index("ix_outbox_state", "state", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    paper_id: int = Field(foreign_key="paper.id")
    copy_no: int
    """0 is the original print, n the n-th copy."""
    state: str = Field(sa_type=one_of("state", OUTBOX_STATES))
    file_name: str = Field(max_length=120)
    sha256: str = Field(default="", max_length=64)
    size: int = Field(default=0)
    attempts: int = Field(default=0)
    error: str = Field(default="", max_length=80)
    queued_at: datetime
    requested_by: str = Field(max_length=60)
    done_at: datetime | None = None


class Counter(SQLModel, table=True):
    """The last number given in one series; taken last in its transaction, so no number is ever lost."""

    __table_args__ = (sa.CheckConstraint("n > 0", name="positive"),)
    office: str = Field(primary_key=True, max_length=40)
    series: str = Field(primary_key=True, max_length=24)
    year: int = Field(primary_key=True)
    n: int


class Journal(SQLModel, table=True):
    """One event, chained to the one before by SHA-256 over its stored canonical bytes."""

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    kind: str = Field(max_length=40)
    ref: str = Field(default="", max_length=60)
    """What it is about: `submission:17`, `paper:…`, empty for the desk itself."""
    event: bytes
    """The canonical bytes exactly as hashed."""
    prev: bytes
    hash: bytes
    __table_args__ = (
        sa.Index("ix_journal_ref", "ref", "seq"),
        sa.Index("ix_journal_at", "at"),
        sa.CheckConstraint("seq > 0 AND length(prev) = 32 AND length(hash) = 32", name="shape"),
    )


class Act(SQLModel, table=True):
    """One finished act by its idempotency key: the same key again answers with the same result."""

    key: str = Field(primary_key=True, max_length=36)
    use_case: str = Field(max_length=40)
    ref: str = Field(max_length=60)
    at: datetime


class SearchToken(SQLModel, table=True):
    """Exact tokens by which a roster entry is found; exact look-ups stay fast at a million entries."""

    __tablename__ = "search_token"
    token: str = Field(primary_key=True, max_length=80)
    entry_id: int = Field(primary_key=True, foreign_key="roster_entry.id")
    __table_args__ = (sa.Index("ix_search_token_entry_id", "entry_id"), {"sqlite_with_rowid": False})


class Staff(_Versioned, table=True):
    """Somebody who signs in. `login` is what is typed, `name` what papers and journal say."""

    __table_args__ = (
        sa.UniqueConstraint("login"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("badge"),
        sa.CheckConstraint("failures >= 0", name="failures_not_negative"),
    )
    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(max_length=40)
    name: str = Field(max_length=60)
    role: str = Field(sa_type=one_of("role", STAFF_ROLES))
    password: str = Field(max_length=200)
    """Argon2id in its own encoding."""
    password_at: datetime
    password_set_by: str = Field(default="", max_length=60)
    """Who chose it, empty for its owner; until its owner has chosen another it opens nothing."""
    badge: str | None = Field(default=None, max_length=40)
    """What a badge's code reads; it names a person and proves nothing."""
    failures: int = Field(default=0)
    """Wrong passwords since the last right one or the last lock."""
    locked_at: datetime | None = None
    locked_boot: str = Field(default="", max_length=60)
    """Which run of the machine `locked_steady` counts in."""
    locked_steady: int | None = None
    """Seconds of that run's steady clock, which nobody can set, when the account was locked."""
    created_at: datetime
    created_by: str = Field(max_length=60)
    disabled_at: datetime | None = None


class Approval(SQLModel, table=True):
    """A supervisor's word for one exception, given by password on the clerk's screen, good for one act."""

    __table_args__ = (
        sa.CheckConstraint("requested_by <> approved_by", name="four_eyes"),
        sa.CheckConstraint("length(reason) > 0", name="reasoned"),
        sa.Index("ix_approval_ref", "ref", "kind"),
        sa.Index("ix_approval_granted_at", "granted_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=one_of("kind", APPROVAL_KINDS))
    ref: str = Field(default="", max_length=60)
    """What it is good for, such as `submission:17` or `roster_entry:4`."""
    desk: int
    requested_by: str = Field(max_length=60)
    approved_by: str = Field(max_length=60)
    reason: str = Field(max_length=40)
    note: str = Field(default="", max_length=400)
    note_key: bytes = Field(default=b"")
    """Random where there is a note: no digest of the row tells what it was once both are blanked."""
    granted_at: datetime
    used_at: datetime | None = None


class Shift(_Versioned, table=True):
    """One cash period of one clerk at one desk; one at a time per desk."""

    __table_args__ = (
        sa.CheckConstraint("float_fen >= 0 AND desk BETWEEN 1 AND 99", name="not_negative"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_when"),
        sa.Index(
            "uq_shift_live",
            "office",
            "desk",
            unique=True,
            sqlite_where=sa.text("state <> 'closed'"),
            postgresql_where=sa.text("state <> 'closed'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    office: str = Field(max_length=40)
    desk: int
    clerk: str = Field(max_length=60)
    day: str = Field(max_length=10, index=True)
    opened_at: datetime
    float_fen: int
    sheet: str = Field(sa_type=one_of("sheet", SHIFT_SHEETS))
    state: str = Field(default="open", sa_type=one_of("state", SHIFT_STATES))
    """`counted` between the blind count and the close: no money moves any more."""
    closed_at: datetime | None = None


class Payment(SQLModel, table=True):
    """Money that moved at this counter in one shift; a void or refund is a row of its own, never a change."""

    __table_args__ = (
        sa.UniqueConstraint("office", "year", "serial"),
        sa.UniqueConstraint("negates"),
        sa.CheckConstraint(
            "(kind = 'take' AND amount_fen > 0 AND negates IS NULL) "
            "OR (kind <> 'take' AND amount_fen < 0 AND negates IS NOT NULL)",
            name="sign",
        ),
        sa.CheckConstraint(
            "kind = 'take' OR (approved_by IS NOT NULL AND approval_id IS NOT NULL "
            "AND approved_by <> requested_by AND length(reason) > 0)",
            name="four_eyes",
        ),
        sa.CheckConstraint("tendered_fen >= 0 AND serial > 0", name="not_negative"),
        sa.Index("ix_payment_submission_id", "submission_id"),
        sa.Index("ix_payment_shift_id", "shift_id", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    submission_id: int = Field(foreign_key="submission.id")
    fee_id: int = Field(foreign_key="fee.id")
    shift_id: int = Field(foreign_key="shift.id")
    office: str = Field(max_length=40)
    year: int
    serial: int
    """In the series of fee slips, which voids and refunds share."""
    desk: int
    kind: str = Field(sa_type=one_of("kind", PAYMENT_KINDS))
    method: str = Field(max_length=40)
    amount_fen: int
    """Negative for money that went back."""
    tendered_fen: int = Field(default=0)
    negates: int | None = Field(default=None, foreign_key="payment.id")
    reason: str = Field(default="", max_length=40)
    requested_by: str = Field(max_length=60)
    approved_by: str | None = Field(default=None, max_length=60)
    approval_id: int | None = Field(default=None, foreign_key="approval.id")
    at: datetime
    day: str = Field(max_length=10, index=True)
    actor: str = Field(max_length=60)


class CashCount(SQLModel, table=True):
    """What lay in the drawer, counted before anybody was shown what should lie there."""

    __tablename__ = "cash_count"
    __table_args__ = (sa.CheckConstraint("counted_fen >= 0", name="not_negative"),)
    id: int | None = Field(default=None, primary_key=True)
    shift_id: int = Field(foreign_key="shift.id", unique=True)
    lines: str
    """JSON: [[fen of the note or coin, how many], …], the largest first."""
    counted_fen: int
    at: datetime
    actor: str = Field(max_length=60)


class Closing(SQLModel, table=True):
    """The numbered end of a shift: what was expected, counted and why they differ; never changed."""

    __table_args__ = (
        sa.UniqueConstraint("office", "year", "serial"),
        sa.CheckConstraint("counted_fen - expected_fen = variance_fen", name="variance"),
        sa.CheckConstraint("(variance_fen = 0) = (variance_reason = '')", name="variance_reasoned"),
    )
    id: int | None = Field(default=None, primary_key=True)
    shift_id: int = Field(foreign_key="shift.id", unique=True)
    office: str = Field(max_length=40)
    year: int
    serial: int
    desk: int
    day: str = Field(max_length=10, index=True)
    figures: str
    """Canonical JSON of every figure of the day sheet."""
    float_fen: int
    expected_fen: int
    """Cash that should be there, the float included."""
    counted_fen: int
    variance_fen: int
    variance_reason: str = Field(default="", max_length=40)
    variance_note: str = Field(default="", max_length=400)
    note_key: bytes = Field(default=b"")
    """As that of an approval."""
    perpetual_count: int
    """Payments since the first of all, voids counted."""
    perpetual_fen: int
    at: datetime
    actor: str = Field(max_length=60)


class LateEntry(SQLModel, table=True):
    """A submission taken in on a numbered emergency paper while the desk was down, and entered afterwards."""

    __tablename__ = "late_entry"
    __table_args__ = (sa.CheckConstraint("occurred_at <= entered_at", name="order"),)
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=20, unique=True)
    """Of the pre-printed series."""
    submission_id: int = Field(foreign_key="submission.id", unique=True)
    occurred_at: datetime
    entered_at: datetime
    entered_by: str = Field(max_length=60)


APPEND_ONLY: Final = (
    "act",
    "cash_count",
    "circular_version",
    "closing",
    "journal",
    "late_entry",
    "notice",
    "payment",
)
"""Tables whose rows are never changed or deleted; triggers refuse it on both databases."""


def sqlite_checks(table: sa.Table) -> list[tuple[str, str]]:
    """Return the CHECKs, name and condition, that give SQLite the column types PostgreSQL has anyway."""
    checks: list[tuple[str, str]] = []
    for column in table.columns:
        name, kind = column.name, column.type
        if isinstance(kind, sa.Boolean):
            checks.append((f"{name}_boolean", f"{name} IS NULL OR {name} IN (0, 1)"))
        elif isinstance(kind, sa.Integer):
            if not (column.primary_key and len(table.primary_key.columns) == 1):
                checks.append((f"{name}_integer", f"typeof({name}) IN ('integer', 'null')"))
        elif isinstance(kind, sa.LargeBinary):
            checks.append((f"{name}_bytes", f"typeof({name}) IN ('blob', 'null')"))
        elif isinstance(kind, AutoString):
            long = f" AND length({name}) <= {kind.length}" if kind.length else ""
            checks.append((f"{name}_text", f"{name} IS NULL OR typeof({name}) = 'text'{long}"))
        elif not isinstance(kind, sa.Enum):
            checks.append((f"{name}_instant", f"{name} IS NULL OR typeof({name}) = 'text'"))
    return checks


for _table in SQLModel.metadata.tables.values():
    for _name, _condition in sqlite_checks(_table):
        _table.append_constraint(sa.CheckConstraint(_condition, name=_name).ddl_if(dialect="sqlite"))
