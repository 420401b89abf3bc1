"""Alembic revisions, run from code by `db.migrate`."""
