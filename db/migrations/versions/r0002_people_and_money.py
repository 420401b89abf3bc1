"""People who sign in, approvals, shifts, the money that moved, counts and closings, late entries.

Frozen: it never imports `db.tables`, whose later changes are later revisions.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.migrations.creating import INSTANT as _INSTANT
from db.migrations.creating import create

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    _tables()
    bind = op.get_bind()
    for statement in _sqlite_triggers() if bind.dialect.name == "sqlite" else _postgres_triggers():
        bind.exec_driver_sql(statement)


def _one_of(table: str, name: str, *values: str) -> sa.Enum:
    return sa.Enum(
        *values, name=op.f(f"ck_{table}_{name}"), native_enum=False, create_constraint=True, length=24
    )


def _number(table: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("office", "year", "serial", name=op.f(f"uq_{table}_office_year_serial"))


def _tables() -> None:
    create(
        "staff",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("role", _one_of("staff", "role", "clerk", "supervisor", "auditor", "it"), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("password_at", _INSTANT, nullable=False),
        sa.Column("password_set_by", sa.String(60), nullable=False),
        sa.Column("badge", sa.String(40), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_at", _INSTANT, nullable=True),
        sa.Column("locked_boot", sa.String(60), nullable=False),
        sa.Column("locked_steady", sa.Integer(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("created_by", sa.String(60), nullable=False),
        sa.Column("disabled_at", _INSTANT, nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_staff_failures_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_name")),
        sa.UniqueConstraint("badge", name=op.f("uq_staff_badge")),
    )
    create(
        "approval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            _one_of(
                "approval",
                "kind",
                "hours",
                "duplicate",
                "notice",
                "price",
                "reprint",
                "void",
                "refund",
                "clock",
                "sheet",
                "restore",
                "report",
                "late",
            ),
            nullable=False,
        ),
        sa.Column("ref", sa.String(60), nullable=False),
        sa.Column("desk", sa.Integer(), nullable=False),
        sa.Column("requested_by", sa.String(60), nullable=False),
        sa.Column("approved_by", sa.String(60), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("note", sa.String(400), nullable=False),
        sa.Column("note_key", sa.LargeBinary(), nullable=False),
        sa.Column("granted_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.CheckConstraint("requested_by <> approved_by", name=op.f("ck_approval_four_eyes")),
        sa.CheckConstraint("length(reason) > 0", name=op.f("ck_approval_reasoned")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index("ix_approval_ref", "approval", ["ref", "kind"], unique=False)
    op.create_index("ix_approval_granted_at", "approval", ["granted_at"], unique=False)
    create(
        "shift",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("desk", sa.Integer(), nullable=False),
        sa.Column("clerk", sa.String(60), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("float_fen", sa.Integer(), nullable=False),
        sa.Column("sheet", _one_of("shift", "sheet", "first", "match", "override"), nullable=False),
        sa.Column("state", _one_of("shift", "state", "open", "counted", "closed"), nullable=False),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.CheckConstraint("float_fen >= 0 AND desk BETWEEN 1 AND 99", name=op.f("ck_shift_not_negative")),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_shift_closed_when")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    op.create_index(
        "uq_shift_live",
        "shift",
        ["office", "desk"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index("ix_shift_day", "shift", ["day"], unique=False)
    create(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("fee_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("desk", sa.Integer(), nullable=False),
        sa.Column("kind", _one_of("payment", "kind", "take", "void", "refund"), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("tendered_fen", sa.Integer(), nullable=False),
        sa.Column("negates", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("requested_by", sa.String(60), nullable=False),
        sa.Column("approved_by", sa.String(60), nullable=True),
        sa.Column("approval_id", sa.Integer(), nullable=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.CheckConstraint(
            "(kind = 'take' AND amount_fen > 0 AND negates IS NULL) "
            "OR (kind <> 'take' AND amount_fen < 0 AND negates IS NOT NULL)",
            name=op.f("ck_payment_sign"),
        ),
        sa.CheckConstraint(
            "kind = 'take' OR (approved_by IS NOT NULL AND approval_id IS NOT NULL "
            "AND approved_by <> requested_by AND length(reason) > 0)",
            name=op.f("ck_payment_four_eyes"),
        ),
        sa.CheckConstraint("tendered_fen >= 0 AND serial > 0", name=op.f("ck_payment_not_negative")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_payment_submission_id_submission")
        ),
        sa.ForeignKeyConstraint(["fee_id"], ["fee.id"], name=op.f("fk_payment_fee_id_fee")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_payment_shift_id_shift")),
        sa.ForeignKeyConstraint(["negates"], ["payment.id"], name=op.f("fk_payment_negates_payment")),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], name=op.f("fk_payment_approval_id_approval")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("negates", name=op.f("uq_payment_negates")),
        _number("payment"),
    )
    op.create_index("ix_payment_submission_id", "payment", ["submission_id"], unique=False)
    op.create_index("ix_payment_shift_id", "payment", ["shift_id", "id"], unique=False)
    op.create_index("ix_payment_day", "payment", ["day"], unique=False)
    create(
        "cash_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("lines", sa.String(), nullable=False),
        sa.Column("counted_fen", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.CheckConstraint("counted_fen >= 0", name=op.f("ck_cash_count_not_negative")),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_cash_count_shift_id_shift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_count")),
        sa.UniqueConstraint("shift_id", name=op.f("uq_cash_count_shift_id")),
    )
    create(
        "closing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("office", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("desk", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("figures", sa.String(), nullable=False),
        sa.Column("float_fen", sa.Integer(), nullable=False),
        sa.Column("expected_fen", sa.Integer(), nullable=False),
        sa.Column("counted_fen", sa.Integer(), nullable=False),
        sa.Column("variance_fen", sa.Integer(), nullable=False),
        sa.Column("variance_reason", sa.String(40), nullable=False),
        sa.Column("variance_note", sa.String(400), nullable=False),
        sa.Column("note_key", sa.LargeBinary(), nullable=False),
        sa.Column("perpetual_count", sa.Integer(), nullable=False),
        sa.Column("perpetual_fen", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.CheckConstraint("counted_fen - expected_fen = variance_fen", name=op.f("ck_closing_variance")),
        sa.CheckConstraint(
            "(variance_fen = 0) = (variance_reason = '')", name=op.f("ck_closing_variance_reasoned")
        ),
        sa.ForeignKeyConstraint(["shift_id"], ["shift.id"], name=op.f("fk_closing_shift_id_shift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
        sa.UniqueConstraint("shift_id", name=op.f("uq_closing_shift_id")),
        _number("closing"),
    )
    op.create_index("ix_closing_day", "closing", ["day"], unique=False)
    unbilled = sa.text("state IN ('paid', 'elsewhere') AND bill_number = '' AND document_no = ''")
    op.create_index(
        "ix_fee_unbilled", "fee", ["id"], unique=False, sqlite_where=unbilled, postgresql_where=unbilled
    )
    create(
        "late_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("occurred_at", _INSTANT, nullable=False),
        sa.Column("entered_at", _INSTANT, nullable=False),
        sa.Column("entered_by", sa.String(60), nullable=False),
        sa.CheckConstraint("occurred_at <= entered_at", name=op.f("ck_late_entry_order")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_late_entry_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_entry")),
        sa.UniqueConstraint("number", name=op.f("uq_late_entry_number")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_late_entry_submission_id")),
    )


_ADDED_TO_ONLY = ("payment", "cash_count", "late_entry")
_NEVER_DELETED = (*_ADDED_TO_ONLY, "closing", "staff", "approval", "shift")
_FIXED = {
    "staff": "login, name, created_at, created_by",
    "approval": "kind, ref, desk, requested_by, approved_by, reason, granted_at",
    "closing": "id, shift_id, office, year, serial, desk, day, figures, float_fen, expected_fen, "
    "counted_fen, variance_fen, variance_reason, perpetual_count, perpetual_fen, at, actor",
    "shift": "office, desk, clerk, day, opened_at, float_fen, sheet",
}
_NOTED = (
    "(NEW.{note} <> OLD.{note} AND NEW.{note} <> '') "
    "OR (NEW.note_key <> OLD.note_key AND length(NEW.note_key) > 0)"
)
"""What may not be: a note is written once, and blanked when its time is over."""
_RULES = (
    (
        "approval",
        "by_supervisor",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM staff WHERE name = NEW.approved_by AND role = 'supervisor' "
        "AND disabled_at IS NULL)",
    ),
    ("approval", "noted", "UPDATE", _NOTED.format(note="note")),
    ("closing", "noted", "UPDATE", _NOTED.format(note="variance_note")),
    ("approval", "once", "UPDATE OF used_at", "OLD.used_at IS NOT NULL OR NEW.used_at IS NULL"),
    (
        "shift",
        "forward",
        "UPDATE",
        "OLD.state = 'closed' OR (OLD.state = 'counted' AND NEW.state = 'open') "
        "OR (OLD.state = 'open' AND NEW.state = 'closed')",
    ),
    (
        "payment",
        "in_shift",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM shift WHERE id = NEW.shift_id AND state = 'open' "
        "AND office = NEW.office AND desk = NEW.desk)",
    ),
    (
        "payment",
        "negates",
        "INSERT",
        "NEW.kind <> 'take' AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.id = NEW.negates "
        "AND p.kind = 'take' AND p.amount_fen = -NEW.amount_fen AND p.submission_id = NEW.submission_id)",
    ),
    (
        "payment",
        "approved",
        "INSERT",
        "NEW.kind <> 'take' AND NOT EXISTS (SELECT 1 FROM approval a WHERE a.id = NEW.approval_id "
        "AND a.kind = NEW.kind AND a.approved_by = NEW.approved_by AND a.requested_by = NEW.requested_by "
        "AND a.ref = 'submission:' || NEW.submission_id AND a.used_at IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM payment p WHERE p.approval_id = a.id))",
    ),
    (
        "closing",
        "counted",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM cash_count c WHERE c.shift_id = NEW.shift_id "
        "AND c.counted_fen = NEW.counted_fen)",
    ),
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
        *(trigger(*rule) for rule in _RULES),
    ]


def _postgres_triggers() -> list[str]:
    refuse = "RAISE EXCEPTION USING MESSAGE = 'append-only: ' || TG_TABLE_NAME, ERRCODE = '23000';"

    def trigger(table: str, suffix: str, when: str, run: str = "records_refuse", each: str = "ROW") -> str:
        return (
            f"CREATE TRIGGER {table}_{suffix} BEFORE {when} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION {run}()"
        )

    def rule(table: str, suffix: str, when: str, condition: str) -> list[str]:
        name = f"records_{table}_{suffix}"
        body = f"IF {condition} THEN {refuse} END IF; RETURN NEW;"
        return [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$",
            trigger(table, suffix, when, name),
        ]

    return [
        *(trigger(t, "no_update", "UPDATE") for t in _ADDED_TO_ONLY),
        *(trigger(t, "no_delete", "DELETE") for t in _NEVER_DELETED),
        *(trigger(t, "no_truncate", "TRUNCATE", each="STATEMENT") for t in _NEVER_DELETED),
        *(trigger(t, "fixed", f"UPDATE OF {columns}") for t, columns in _FIXED.items()),
        *(statement for each in _RULES for statement in rule(*each)),
    ]
