"""Alembic's entry: runs on the connection and in the transaction `db.migrate` hands over."""

from __future__ import annotations

from alembic import context

_connection = context.config.attributes["connection"]
context.configure(
    connection=_connection,
    target_metadata=context.config.attributes.get("target_metadata"),
    render_as_batch=_connection.dialect.name == "sqlite",
    transactional_ddl=True,
)
context.run_migrations()
