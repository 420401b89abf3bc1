"""What every revision creates tables with; a change here would change old revisions, so none is made."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

INSTANT: Final = sa.DateTime(timezone=True)


def _checks(column: sa.Column[Any], row_id: bool) -> list[tuple[str, str]]:
    """Say in CHECKs what SQLite's column types do not enforce; a row id needs nothing."""
    name, kind = column.name, column.type
    if isinstance(kind, sa.Enum):
        return []
    if isinstance(kind, sa.Boolean):
        return [(f"{name}_boolean", f"{name} IS NULL OR {name} IN (0, 1)")]
    if isinstance(kind, sa.Integer):
        return [] if row_id else [(f"{name}_integer", f"typeof({name}) IN ('integer', 'null')")]
    if isinstance(kind, sa.LargeBinary):
        return [(f"{name}_bytes", f"typeof({name}) IN ('blob', 'null')")]
    if isinstance(kind, sa.String):
        long = f" AND length({name}) <= {kind.length}" if kind.length else ""
        return [(f"{name}_text", f"{name} IS NULL OR typeof({name}) = 'text'{long}")]
    return [(f"{name}_instant", f"{name} IS NULL OR typeof({name}) = 'text'")]


def create(table: str, *parts: Any, **options: Any) -> None:
    """Create a table with the CHECKs that SQLite needs besides."""
    extra = [
        sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}")).ddl_if(dialect="sqlite")
        for part in parts
        if isinstance(part, sa.Column)
        for name, condition in _checks(part, row_id=part.name in ("id", "seq"))
    ]
    op.create_table(table, *parts, *extra, **options)
