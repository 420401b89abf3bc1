"""A server whose records were put back: noticed by what each home has seen of them, and told as a restore."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from counter.desk import papers, today
from counter.desk.context import Memory
from counter.desk.history import require_latest
from counter.desk.rows import COUNTERS, JOURNAL
from db.engine import Records
from tests.builders import SUPERVISOR, office_at


def test_a_server_that_was_put_back_is_noticed_and_gives_no_number_twice(
    postgres_records: Records, tmp_path: Path
) -> None:
    """Here the rows are taken away by hand; what a home has seen of them is out of a server's reach."""
    desk = office_at(tmp_path / "home", postgres_records)
    require_latest(desk.ctx)
    assert today.desk_view(desk.ctx, actor=SUPERVISOR).restored is None
    with postgres_records.read() as session:
        kept = session.connection().execute(sa.select(sa.func.max(JOURNAL.c.seq))).scalar_one()
    sub = desk.accepted()
    papers.drain(desk.ctx)
    require_latest(desk.ctx)
    with postgres_records.write() as session:
        run = session.connection().exec_driver_sql
        for table in ("journal", "counter"):
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        run(f"DELETE FROM journal WHERE seq > {kept}")
        run("DELETE FROM counter WHERE series = 'submission'")
    require_latest(replace(desk.ctx, memory=Memory()))
    told = today.desk_view(desk.ctx, actor=SUPERVISOR).restored
    assert told is not None
    assert told.lost == 1  # the receipt's, whose paper lies in the home
    with postgres_records.read() as session:
        given = sa.select(COUNTERS.c.n).where(COUNTERS.c.series == "submission")
        assert session.connection().execute(given).scalar() == int(sub.serial)
    require_latest(desk.ctx)
    again = today.desk_view(desk.ctx, actor=SUPERVISOR).restored
    assert again == told  # once noticed, it is told once
