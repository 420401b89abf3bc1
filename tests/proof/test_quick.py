"""A start looks at the newest history, and whoever changed that finds the desk saying so."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa

from counter.desk import papers, today
from counter.desk.backup import backup
from counter.desk.demo_money import close_day
from counter.desk.rows import JOURNAL
from counter.desk.shifts import CLOSED
from counter.desk.verify import verify, verify_quick
from counter.desk.warm import warm_up
from counter.screens.alerts import alerts
from tests.builders import CLERK, Office
from tests.desk.test_verify import tamper


def test_a_quick_look_finds_nothing_in_honest_work(desk: Office) -> None:
    desk.accepted("张三")
    check = verify_quick(desk.ctx, actor=CLERK)
    assert check.ok
    assert check.count > 25
    warm_up(desk.ctx)
    assert today.desk_view(desk.ctx, actor=CLERK).unproved == ""


def test_a_protection_taken_away_is_said_at_the_start_on_both_databases(desk: Office) -> None:
    on = " ON journal" if desk.ctx.records.dialect == "postgresql" else ""
    with desk.ctx.records.write() as session:
        session.connection().exec_driver_sql(f"DROP TRIGGER journal_no_update{on}")
    warm_up(desk.ctx)
    view = today.desk_view(desk.ctx, actor=CLERK)
    assert view.unproved == "trigger: journal_no_update"
    assert "journal_no_update" in alerts(view)[0]


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ("UPDATE journal SET kind = 'other' WHERE seq = 20", "journal:20"),
        ("UPDATE journal SET hash = prev WHERE seq = 20", "journal:20"),
        ("DELETE FROM journal WHERE seq = 20", "journal:20"),
    ],
)
def test_a_changed_event_of_late_is_said_at_the_start(sqlite_desk: Office, change: str, row: str) -> None:
    sqlite_desk.accepted("张三")
    tamper(sqlite_desk, change, table="journal")
    warm_up(sqlite_desk.ctx)
    assert today.desk_view(sqlite_desk.ctx, actor=CLERK).unproved == row


def test_what_lies_before_the_last_backup_is_left_to_the_whole_proof(sqlite_desk: Office) -> None:
    sqlite_desk.accepted("张三")
    papers.drain(sqlite_desk.ctx)
    backup(sqlite_desk.ctx, actor=CLERK, key=uuid4())
    sqlite_desk.opened("单雄")
    tamper(sqlite_desk, "UPDATE journal SET ref = 'x' WHERE seq = 20", table="journal")
    check = verify_quick(sqlite_desk.ctx, actor=CLERK)
    assert check.ok
    assert check.count < 5
    assert not verify(sqlite_desk.ctx, actor=CLERK).ok


def test_what_lies_before_the_last_close_is_left_to_the_whole_proof(desk: Office) -> None:
    desk.accepted("张三")
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    check = verify_quick(desk.ctx, actor=CLERK)
    assert check.ok
    assert check.count == 1  # the day sheet's paper, after the event the sheet shows
    with desk.ctx.records.read() as session:
        kinds = session.connection().execute(sa.select(JOURNAL.c.seq).where(JOURNAL.c.kind == CLOSED))
        assert check.facts["since"] == kinds.scalar_one()
