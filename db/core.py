"""The tables as Core statements see them: columns, types and defaults, without the ORM.

`db.tables` says what the tables are, with every constraint, and a test keeps the two equal. Importing its
models takes as long as the rest of the desk's start, and use cases write Core statements only, so the desk
runs on these and leaves the models to migrations and proofs.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

STATUSES: Final = ("open", "parked", "accepted", "correction", "rejected", "lapsed", "withdrawn")
LIVE_STATUSES: Final = ("open", "parked", "accepted", "correction")
"""A submission in one of these holds its online ID; after the others the person may come again."""
FINDING_KINDS: Final = ("ok", "missing", "defect", "waived")
FEE_STATES: Final = ("due", "paid", "elsewhere", "voided")
SUBMISSION_FEE_STATES: Final = ("none", *FEE_STATES)
ORIGINALS_STATES: Final = ("none", "held", "partly_returned", "returned")
EFILE_STATES: Final = ("awaited", "received", "mismatch")
ORIGINS: Final = ("roster", "walk_up")
CUSTODY_STATES: Final = ("held", "returned")
OUTBOX_STATES: Final = ("queued", "done", "failed")
STAFF_ROLES: Final = ("clerk", "supervisor", "auditor", "it")
APPROVAL_KINDS: Final = (
    "hours", "duplicate", "notice", "price", "reprint", "void", "refund", "clock", "sheet", "restore",
    "report", "late",
)  # fmt: skip
"""What a supervisor may approve on a clerk's screen."""
SHIFT_STATES: Final = ("open", "counted", "closed")
SHIFT_SHEETS: Final = ("first", "match", "override")
"""How the last day sheet was seen when a shift was opened."""
PAYMENT_KINDS: Final = ("take", "void", "refund")

META_INSTALL: Final = "install"
"""Key in `meta` of the installation's UUID."""
META_OFFICE: Final = "office"
"""Key in `meta` of the office's code."""
META_DEMO: Final = "demo"
"""Key in `meta` that is there, with any value, in a demo home only."""


class Instant(sa.TypeDecorator[datetime]):
    """An aware instant: refused without a zone, stored and given back in UTC."""

    impl = sa.DateTime
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return what is stored. Raises ValueError for a time without a zone."""
        if value is not None and value.utcoffset() is None:
            raise ValueError("a time without a zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the instant; SQLite keeps no zone, and what it keeps is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def one_of(name: str, values: tuple[str, ...]) -> Any:
    """Return the type of a text with a closed list."""
    return sa.Enum(
        *values, native_enum=False, create_constraint=True, name=name, length=24, validate_strings=True
    )


_METADATA: Final = sa.MetaData()


def _column(name: str, kind: sa.types.TypeEngine[Any], **how: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, **{"nullable": False, **how})


def _table(name: str, *columns: sa.Column[Any]) -> sa.Table:
    return sa.Table(name, _METADATA, *columns)


META: Final = _table(
    "meta",
    _column("key", sa.String(40), primary_key=True),
    _column("value", sa.String()),
)
CIRCULARS: Final = _table(
    "circular_version",
    _column("id", sa.Integer(), primary_key=True),
    _column("circular_id", sa.String(40)),
    _column("doc_no", sa.String(80)),
    _column("sha256", sa.String(64)),
    _column("toml", sa.String()),
    _column("adopted_at", Instant()),
    _column("adopted_by", sa.String(60)),
)
IMPORTS: Final = _table(
    "roster_import",
    _column("id", sa.Integer(), primary_key=True),
    _column("file_name", sa.String(255)),
    _column("sha256", sa.String(64)),
    _column("size", sa.Integer()),
    _column("at", Instant()),
    _column("actor", sa.String(60)),
    _column("new", sa.Integer()),
    _column("changed", sa.Integer()),
    _column("same", sa.Integer()),
    _column("refused", sa.Integer()),
    _column("suspicious", sa.Integer()),
)
ENTRIES: Final = _table(
    "roster_entry",
    _column("version", sa.Integer(), default=1),
    _column("id", sa.Integer(), primary_key=True),
    _column("circular_id", sa.String(40)),
    _column("origin", one_of("origin", ORIGINS)),
    _column("online_id", sa.String(40), nullable=True),
    _column("name", sa.String(120)),
    _column("pinyin", sa.String(200), default=""),
    _column("id_kind", sa.String(24), default=""),
    _column("id_number", sa.String(40), default=""),
    _column("sex", sa.String(8), default=""),
    _column("birth", sa.String(10), default=""),
    _column("phone", sa.String(20), default=""),
    _column("employer", sa.String(200), default=""),
    _column("county", sa.String(80), default=""),
    _column("department", sa.String(120), default=""),
    _column("specialty", sa.String(40), default=""),
    _column("specialty_text", sa.String(120), default=""),
    _column("level_text", sa.String(60), default=""),
    _column("situations", sa.String(40), default=""),
    _column("online_state", sa.String(40), default=""),
    _column("online_state_text", sa.String(60), default=""),
    _column("submitted_at", sa.String(40), default=""),
    _column("note", sa.String(400), default=""),
    _column("place", sa.String(120), default=""),
    _column("import_id", sa.Integer(), nullable=True),
    _column("subject_key", sa.LargeBinary()),
    _column("created_at", Instant()),
    _column("updated_at", Instant()),
)
SUBMISSIONS: Final = _table(
    "submission",
    _column("version", sa.Integer(), default=1),
    _column("id", sa.Integer(), primary_key=True),
    _column("circular_id", sa.String(40)),
    _column("circular_version_id", sa.Integer()),
    _column("entry_id", sa.Integer()),
    _column("online_id", sa.String(40), nullable=True),
    _column("office", sa.String(40)),
    _column("year", sa.Integer()),
    _column("serial", sa.Integer()),
    _column("desk", sa.Integer()),
    _column("status", one_of("status", STATUSES)),
    _column("specialty", sa.String(40), default=""),
    _column("situations", sa.String(40), default=""),
    _column("submitter", sa.String(40), default="self"),
    _column("deputy_name", sa.String(120), default=""),
    _column("deputy_relation", sa.String(60), default=""),
    _column("visit", sa.Integer(), default=1),
    _column("opened_day", sa.String(10)),
    _column("opened_at", Instant()),
    _column("opened_by", sa.String(60)),
    _column("touched_at", Instant()),
    _column("came_day", sa.String(10), default=""),
    _column("parked_at", Instant(), nullable=True),
    _column("park_note", sa.String(200), default=""),
    _column("decided_at", Instant(), nullable=True),
    _column("decided_day", sa.String(10), nullable=True),
    _column("decided_by", sa.String(60), nullable=True),
    _column("ground", sa.String(40), default=""),
    _column("ground_note", sa.String(400), default=""),
    _column("deadline", Instant(), nullable=True),
    _column("fee_state", one_of("fee_state", SUBMISSION_FEE_STATES), default="none"),
    _column("originals_state", one_of("originals_state", ORIGINALS_STATES), default="none"),
    _column("efile_state", one_of("efile_state", EFILE_STATES), default="awaited"),
)
FINDINGS: Final = _table(
    "finding",
    _column("id", sa.Integer(), primary_key=True),
    _column("submission_id", sa.Integer()),
    _column("item", sa.String(40)),
    _column("kind", one_of("kind", FINDING_KINDS)),
    _column("copies", sa.Integer(), nullable=True),
    _column("original_seen", sa.Boolean(), nullable=True),
    _column("reasons", sa.String(2000), default=""),
    _column("waive_reason", sa.String(40), default=""),
    _column("note", sa.String(400), default=""),
    _column("visit", sa.Integer(), default=1),
    _column("at", Instant()),
    _column("actor", sa.String(60)),
)
ORIGINALS: Final = _table(
    "original",
    _column("id", sa.Integer(), primary_key=True),
    _column("submission_id", sa.Integer()),
    _column("item", sa.String(40), default=""),
    _column("kind", sa.String(40)),
    _column("title", sa.String(200), default=""),
    _column("number", sa.String(80), default=""),
    _column("state", one_of("state", CUSTODY_STATES)),
    _column("taken_at", Instant()),
    _column("taken_by", sa.String(60)),
    _column("returned_at", Instant(), nullable=True),
    _column("returned_by", sa.String(60), nullable=True),
)
NOTICES: Final = _table(
    "notice",
    _column("id", sa.Integer(), primary_key=True),
    _column("submission_id", sa.Integer()),
    _column("turn", sa.Integer()),
    _column("office", sa.String(40)),
    _column("year", sa.Integer()),
    _column("serial", sa.Integer()),
    _column("lines", sa.String()),
    _column("deadline", Instant()),
    _column("issued_at", Instant()),
    _column("issued_by", sa.String(60)),
)
FEES: Final = _table(
    "fee",
    _column("version", sa.Integer(), default=1),
    _column("id", sa.Integer(), primary_key=True),
    _column("submission_id", sa.Integer()),
    _column("state", one_of("state", FEE_STATES)),
    _column("method", sa.String(40)),
    _column("amount_fen", sa.Integer()),
    _column("tendered_fen", sa.Integer(), default=0),
    _column("bill_code", sa.String(40), default=""),
    _column("bill_number", sa.String(40), default=""),
    _column("document_no", sa.String(80), default=""),
    _column("at", Instant()),
    _column("day", sa.String(10)),
    _column("actor", sa.String(60)),
)
PAPERS: Final = _table(
    "paper",
    _column("id", sa.Integer(), primary_key=True),
    _column("kind", sa.Integer()),
    _column("number", sa.String(14)),
    _column("display", sa.String(60)),
    _column("submission_id", sa.Integer(), nullable=True),
    _column("template", sa.String(40)),
    _column("data", sa.String()),
    _column("copies", sa.Integer()),
    _column("issued_at", Instant()),
    _column("issued_by", sa.String(60)),
)
OUTBOX: Final = _table(
    "outbox",
    _column("id", sa.Integer(), primary_key=True),
    _column("paper_id", sa.Integer()),
    _column("copy_no", sa.Integer()),
    _column("state", one_of("state", OUTBOX_STATES)),
    _column("file_name", sa.String(120)),
    _column("sha256", sa.String(64), default=""),
    _column("size", sa.Integer(), default=0),
    _column("attempts", sa.Integer(), default=0),
    _column("error", sa.String(80), default=""),
    _column("queued_at", Instant()),
    _column("requested_by", sa.String(60)),
    _column("done_at", Instant(), nullable=True),
)
COUNTERS: Final = _table(
    "counter",
    _column("office", sa.String(40), primary_key=True),
    _column("series", sa.String(24), primary_key=True),
    _column("year", sa.Integer(), primary_key=True),
    _column("n", sa.Integer()),
)
JOURNAL: Final = _table(
    "journal",
    _column("seq", sa.Integer(), primary_key=True, autoincrement=False),
    _column("at", Instant()),
    _column("kind", sa.String(40)),
    _column("ref", sa.String(60), default=""),
    _column("event", sa.LargeBinary()),
    _column("prev", sa.LargeBinary()),
    _column("hash", sa.LargeBinary()),
)
ACTS: Final = _table(
    "act",
    _column("key", sa.String(36), primary_key=True),
    _column("use_case", sa.String(40)),
    _column("ref", sa.String(60)),
    _column("at", Instant()),
)
TOKENS: Final = _table(
    "search_token",
    _column("token", sa.String(80), primary_key=True),
    _column("entry_id", sa.Integer(), primary_key=True),
)


STAFF: Final = _table(
    "staff",
    _column("version", sa.Integer(), default=1),
    _column("id", sa.Integer(), primary_key=True),
    _column("login", sa.String(40)),
    _column("name", sa.String(60)),
    _column("role", one_of("role", STAFF_ROLES)),
    _column("password", sa.String(200)),
    _column("password_at", Instant()),
    _column("password_set_by", sa.String(60), default=""),
    _column("badge", sa.String(40), nullable=True),
    _column("failures", sa.Integer(), default=0),
    _column("locked_at", Instant(), nullable=True),
    _column("locked_boot", sa.String(60), default=""),
    _column("locked_steady", sa.Integer(), nullable=True),
    _column("created_at", Instant()),
    _column("created_by", sa.String(60)),
    _column("disabled_at", Instant(), nullable=True),
)
APPROVALS: Final = _table(
    "approval",
    _column("id", sa.Integer(), primary_key=True),
    _column("kind", one_of("kind", APPROVAL_KINDS)),
    _column("ref", sa.String(60), default=""),
    _column("desk", sa.Integer()),
    _column("requested_by", sa.String(60)),
    _column("approved_by", sa.String(60)),
    _column("reason", sa.String(40)),
    _column("note", sa.String(400), default=""),
    _column("note_key", sa.LargeBinary(), default=b""),
    _column("granted_at", Instant()),
    _column("used_at", Instant(), nullable=True),
)
SHIFTS: Final = _table(
    "shift",
    _column("version", sa.Integer(), default=1),
    _column("id", sa.Integer(), primary_key=True),
    _column("office", sa.String(40)),
    _column("desk", sa.Integer()),
    _column("clerk", sa.String(60)),
    _column("day", sa.String(10)),
    _column("opened_at", Instant()),
    _column("float_fen", sa.Integer()),
    _column("sheet", one_of("sheet", SHIFT_SHEETS)),
    _column("state", one_of("state", SHIFT_STATES), default="open"),
    _column("closed_at", Instant(), nullable=True),
)
PAYMENTS: Final = _table(
    "payment",
    _column("id", sa.Integer(), primary_key=True),
    _column("submission_id", sa.Integer()),
    _column("fee_id", sa.Integer()),
    _column("shift_id", sa.Integer()),
    _column("office", sa.String(40)),
    _column("year", sa.Integer()),
    _column("serial", sa.Integer()),
    _column("desk", sa.Integer()),
    _column("kind", one_of("kind", PAYMENT_KINDS)),
    _column("method", sa.String(40)),
    _column("amount_fen", sa.Integer()),
    _column("tendered_fen", sa.Integer(), default=0),
    _column("negates", sa.Integer(), nullable=True),
    _column("reason", sa.String(40), default=""),
    _column("requested_by", sa.String(60)),
    _column("approved_by", sa.String(60), nullable=True),
    _column("approval_id", sa.Integer(), nullable=True),
    _column("at", Instant()),
    _column("day", sa.String(10)),
    _column("actor", sa.String(60)),
)
CASH_COUNTS: Final = _table(
    "cash_count",
    _column("id", sa.Integer(), primary_key=True),
    _column("shift_id", sa.Integer()),
    _column("lines", sa.String()),
    _column("counted_fen", sa.Integer()),
    _column("at", Instant()),
    _column("actor", sa.String(60)),
)
CLOSINGS: Final = _table(
    "closing",
    _column("id", sa.Integer(), primary_key=True),
    _column("shift_id", sa.Integer()),
    _column("office", sa.String(40)),
    _column("year", sa.Integer()),
    _column("serial", sa.Integer()),
    _column("desk", sa.Integer()),
    _column("day", sa.String(10)),
    _column("figures", sa.String()),
    _column("float_fen", sa.Integer()),
    _column("expected_fen", sa.Integer()),
    _column("counted_fen", sa.Integer()),
    _column("variance_fen", sa.Integer()),
    _column("variance_reason", sa.String(40), default=""),
    _column("variance_note", sa.String(400), default=""),
    _column("note_key", sa.LargeBinary(), default=b""),
    _column("perpetual_count", sa.Integer()),
    _column("perpetual_fen", sa.Integer()),
    _column("at", Instant()),
    _column("actor", sa.String(60)),
)
LATE_ENTRIES: Final = _table(
    "late_entry",
    _column("id", sa.Integer(), primary_key=True),
    _column("number", sa.String(20)),
    _column("submission_id", sa.Integer()),
    _column("occurred_at", Instant()),
    _column("entered_at", Instant()),
    _column("entered_by", sa.String(60)),
)


def text_limits(table_name: str) -> dict[str, int]:
    """Return how many characters each text column takes, for checking a form before it is saved."""
    columns = _METADATA.tables[table_name].columns
    return {c.name: c.type.length for c in columns if type(c.type) is sa.String and c.type.length}
