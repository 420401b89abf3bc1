"""The first schema: all tables, their constraints, and the triggers that keep history as it was.

Frozen: it never imports `db.tables`, whose later changes are later revisions.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.creating import INSTANT as _INSTANT
from db.migrations.creating import create

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    _tables()
    bind = op.get_bind()
    for statement in _sqlite_triggers() if bind.dialect.name == "sqlite" else _postgres_triggers():
        bind.exec_driver_sql(statement)


def _tables() -> None:
    create(
        "act",
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("use_case", sa.String(40), nullable=False),
        sa.Column("ref", sa.String(60), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_act")),
    )
    create(
        "circular_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.String(40), nullable=False),
        sa.Column("doc_no", sa.String(80), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("toml", sa.String(), nullable=False),
        sa.Column("adopted_at", _INSTANT, nullable=False),
        sa.Column("adopted_by", sa.String(60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circular_version")),
        sa.UniqueConstraint("circular_id", "sha256", name=op.f("uq_circular_version_circular_id_sha256")),
    )
    create(
        "counter",
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("series", sa.String(24), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("n > 0", name=op.f("ck_counter_positive")),
        sa.PrimaryKeyConstraint("office", "series", "year", name=op.f("pk_counter")),
    )
    create(
        "journal",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("ref", sa.String(60), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "seq > 0 AND length(prev) = 32 AND length(hash) = 32", name=op.f("ck_journal_shape")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_at", "journal", ["at"], unique=False)
    op.create_index("ix_journal_ref", "journal", ["ref", "seq"], unique=False)
    create(
        "meta",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    create(
        "roster_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("suspicious", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_import")),
    )
    op.create_index(op.f("ix_roster_import_sha256"), "roster_import", ["sha256"], unique=False)
    create(
        "roster_entry",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.String(40), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "roster",
                "walk_up",
                name=op.f("ck_roster_entry_origin"),
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("online_id", sa.String(40), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("pinyin", sa.String(200), nullable=False),
        sa.Column("id_kind", sa.String(24), nullable=False),
        sa.Column("id_number", sa.String(40), nullable=False),
        sa.Column("sex", sa.String(8), nullable=False),
        sa.Column("birth", sa.String(10), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("employer", sa.String(200), nullable=False),
        sa.Column("county", sa.String(80), nullable=False),
        sa.Column("department", sa.String(120), nullable=False),
        sa.Column("specialty", sa.String(40), nullable=False),
        sa.Column("specialty_text", sa.String(120), nullable=False),
        sa.Column("level_text", sa.String(60), nullable=False),
        sa.Column("situations", sa.String(40), nullable=False),
        sa.Column("online_state", sa.String(40), nullable=False),
        sa.Column("online_state_text", sa.String(60), nullable=False),
        sa.Column("submitted_at", sa.String(40), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("subject_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.CheckConstraint("length(subject_key) IN (0, 32)", name=op.f("ck_roster_entry_subject_key_length")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["roster_import.id"], name=op.f("fk_roster_entry_import_id_roster_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_entry")),
    )
    op.create_index("ix_roster_entry_id_number", "roster_entry", ["circular_id", "id_number"], unique=False)
    op.create_index(
        "uq_roster_entry_online_id",
        "roster_entry",
        ["circular_id", "online_id"],
        unique=True,
        sqlite_where=sa.text("online_id IS NOT NULL"),
        postgresql_where=sa.text("online_id IS NOT NULL"),
    )
    create(
        "search_token",
        sa.Column("token", sa.String(80), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_search_token_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("token", "entry_id", name=op.f("pk_search_token")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_token_entry_id", "search_token", ["entry_id"], unique=False)
    create(
        "submission",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.String(40), nullable=False),
        sa.Column("circular_version_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("online_id", sa.String(40), nullable=True),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("desk", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "parked",
                "accepted",
                "correction",
                "rejected",
                "lapsed",
                "withdrawn",
                name=op.f("ck_submission_status"),
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("specialty", sa.String(40), nullable=False),
        sa.Column("situations", sa.String(40), nullable=False),
        sa.Column("submitter", sa.String(40), nullable=False),
        sa.Column("deputy_name", sa.String(120), nullable=False),
        sa.Column("deputy_relation", sa.String(60), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("opened_day", sa.String(10), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("opened_by", sa.String(60), nullable=False),
        sa.Column("touched_at", _INSTANT, nullable=False),
        sa.Column("came_day", sa.String(10), nullable=False),
        sa.Column("parked_at", _INSTANT, nullable=True),
        sa.Column("park_note", sa.String(200), nullable=False),
        sa.Column("decided_at", _INSTANT, nullable=True),
        sa.Column("decided_day", sa.String(10), nullable=True),
        sa.Column("decided_by", sa.String(60), nullable=True),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("ground_note", sa.String(400), nullable=False),
        sa.Column("deadline", _INSTANT, nullable=True),
        sa.Column(
            "fee_state",
            sa.Enum(
                "none",
                "due",
                "paid",
                "elsewhere",
                "voided",
                name=op.f("ck_submission_fee_state"),
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "originals_state",
            sa.Enum(
                "none",
                "held",
                "partly_returned",
                "returned",
                name=op.f("ck_submission_originals_state"),
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "efile_state",
            sa.Enum(
                "awaited",
                "received",
                "mismatch",
                name=op.f("ck_submission_efile_state"),
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "serial > 0 AND desk BETWEEN 1 AND 99", name=op.f("ck_submission_serial_positive")
        ),
        sa.ForeignKeyConstraint(
            ["circular_version_id"],
            ["circular_version.id"],
            name=op.f("fk_submission_circular_version_id_circular_version"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["roster_entry.id"], name=op.f("fk_submission_entry_id_roster_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("office", "year", "serial", name=op.f("uq_submission_office_year_serial")),
    )
    op.create_index("ix_submission_day", "submission", ["opened_day", "id"], unique=False)
    op.create_index(op.f("ix_submission_decided_day"), "submission", ["decided_day"], unique=False)
    op.create_index("ix_submission_entry_id", "submission", ["entry_id"], unique=False)
    op.create_index("ix_submission_status", "submission", ["status", "deadline"], unique=False)
    op.create_index(
        "ix_submission_held",
        "submission",
        ["id"],
        unique=False,
        sqlite_where=sa.text("originals_state IN ('held', 'partly_returned')"),
        postgresql_where=sa.text("originals_state IN ('held', 'partly_returned')"),
    )
    op.create_index(
        "uq_submission_live_online_id",
        "submission",
        ["circular_id", "online_id"],
        unique=True,
        sqlite_where=sa.text(
            "online_id IS NOT NULL AND status IN ('open', 'parked', 'accepted', 'correction')"
        ),
        postgresql_where=sa.text(
            "online_id IS NOT NULL AND status IN ('open', 'parked', 'accepted', 'correction')"
        ),
    )
    create(
        "fee",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "due",
                "paid",
                "elsewhere",
                "voided",
                name=op.f("ck_fee_state"),
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("tendered_fen", sa.Integer(), nullable=False),
        sa.Column("bill_code", sa.String(40), nullable=False),
        sa.Column("bill_number", sa.String(40), nullable=False),
        sa.Column("document_no", sa.String(80), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.CheckConstraint("amount_fen >= 0 AND tendered_fen >= 0", name=op.f("ck_fee_not_negative")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_fee_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee")),
    )
    op.create_index(op.f("ix_fee_day"), "fee", ["day"], unique=False)
    op.create_index("ix_fee_submission_id", "fee", ["submission_id", "id"], unique=False)
    op.create_index(
        "ix_fee_no_bill",
        "fee",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'elsewhere' AND bill_number = '' AND document_no = ''"),
        postgresql_where=sa.text("state = 'elsewhere' AND bill_number = '' AND document_no = ''"),
    )
    op.create_index(
        "uq_fee_live",
        "fee",
        ["submission_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'voided'"),
        postgresql_where=sa.text("state <> 'voided'"),
    )
    create(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "ok",
                "missing",
                "defect",
                "waived",
                name=op.f("ck_finding_kind"),
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("copies", sa.Integer(), nullable=True),
        sa.Column("original_seen", sa.Boolean(), nullable=True),
        sa.Column("reasons", sa.String(2000), nullable=False),
        sa.Column("waive_reason", sa.String(40), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.CheckConstraint("copies IS NULL OR copies >= 0", name=op.f("ck_finding_copies_not_negative")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_finding_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("submission_id", "item", name=op.f("uq_finding_submission_id_item")),
    )
    create(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("lines", sa.String(), nullable=False),
        sa.Column("deadline", _INSTANT, nullable=False),
        sa.Column("issued_at", _INSTANT, nullable=False),
        sa.Column("issued_by", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_notice_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("office", "year", "serial", name=op.f("uq_notice_office_year_serial")),
        sa.UniqueConstraint("submission_id", "turn", name=op.f("uq_notice_submission_id_turn")),
    )
    create(
        "original",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("number", sa.String(80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "held",
                "returned",
                name=op.f("ck_original_state"),
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("taken_at", _INSTANT, nullable=False),
        sa.Column("taken_by", sa.String(60), nullable=False),
        sa.Column("returned_at", _INSTANT, nullable=True),
        sa.Column("returned_by", sa.String(60), nullable=True),
        sa.CheckConstraint(
            "(state = 'returned') = (returned_at IS NOT NULL)", name=op.f("ck_original_returned_when")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_original_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_original")),
    )
    op.create_index(op.f("ix_original_submission_id"), "original", ["submission_id"], unique=False)
    op.create_index(
        "ix_original_held",
        "original",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    create(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(14), nullable=False),
        sa.Column("display", sa.String(60), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("template", sa.String(40), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("issued_at", _INSTANT, nullable=False),
        sa.Column("issued_by", sa.String(60), nullable=False),
        sa.CheckConstraint(
            "kind BETWEEN 1 AND 8 AND length(number) = 14", name=op.f("ck_paper_number_shape")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_paper_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("number", name=op.f("uq_paper_number")),
    )
    op.create_index("ix_paper_submission_id", "paper", ["submission_id"], unique=False)
    create(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("copy_no", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "done",
                "failed",
                name=op.f("ck_outbox_state"),
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(80), nullable=False),
        sa.Column("queued_at", _INSTANT, nullable=False),
        sa.Column("requested_by", sa.String(60), nullable=False),
        sa.Column("done_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"], name=op.f("fk_outbox_paper_id_paper")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("paper_id", "copy_no", name=op.f("uq_outbox_paper_id_copy_no")),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "id"], unique=False)


_ADDED_TO_ONLY = ("act", "circular_version", "journal", "notice")
_NEVER_DELETED = (*_ADDED_TO_ONLY, "counter", "fee", "outbox", "paper", "submission")
_FIXED = {
    "submission": "office, year, serial, circular_id, entry_id",
    "paper": "kind, number, display, submission_id, template, issued_at, issued_by",
}
_NOT_FORWARD = (
    "NEW.n <= OLD.n OR NEW.office <> OLD.office OR NEW.series <> OLD.series OR NEW.year <> OLD.year"
)
_BREAKS_CHAIN = (
    "NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM journal) "
    "OR EXISTS (SELECT 1 FROM journal WHERE seq = NEW.seq - 1 AND hash <> NEW.prev)"
)


def _sqlite_triggers() -> list[str]:
    def trigger(table: str, suffix: str, when: str, condition: str = "") -> str:
        where = f"WHEN {condition} " if condition else ""
        return (
            f"CREATE TRIGGER {table}_{suffix} BEFORE {when} ON {table} FOR EACH ROW {where}"
            f"BEGIN SELECT RAISE(ABORT, 'append-only: {table}'); END"
        )

    return [
        *(trigger(t, "no_update", "UPDATE") for t in _ADDED_TO_ONLY),
        *(trigger(t, "no_delete", "DELETE") for t in _NEVER_DELETED),
        *(trigger(t, "fixed", f"UPDATE OF {columns}") for t, columns in _FIXED.items()),
        trigger("counter", "forward", "UPDATE", _NOT_FORWARD),
        trigger("journal", "links", "INSERT", _BREAKS_CHAIN),
    ]


def _postgres_triggers() -> list[str]:
    refuse = "RAISE EXCEPTION USING MESSAGE = 'append-only: ' || TG_TABLE_NAME, ERRCODE = '23000';"

    def function(name: str, body: str) -> str:
        return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"

    def trigger(table: str, suffix: str, when: str, run: str = "records_refuse", each: str = "ROW") -> str:
        return (
            f"CREATE TRIGGER {table}_{suffix} BEFORE {when} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {run}()"
        )

    return [
        function("records_refuse", refuse),
        function("records_forward", f"IF {_NOT_FORWARD} THEN {refuse} END IF; RETURN NEW;"),
        function("records_links", f"IF {_BREAKS_CHAIN} THEN {refuse} END IF; RETURN NEW;"),
        *(trigger(t, "no_update", "UPDATE") for t in _ADDED_TO_ONLY),
        *(trigger(t, "no_delete", "DELETE") for t in _NEVER_DELETED),
        *(trigger(t, "no_truncate", "TRUNCATE", each="STATEMENT") for t in _NEVER_DELETED),
        *(trigger(t, "fixed", f"UPDATE OF {columns}") for t, columns in _FIXED.items()),
        trigger("counter", "forward", "UPDATE", "records_forward"),
        trigger("journal", "links", "INSERT", "records_links"),
    ]
