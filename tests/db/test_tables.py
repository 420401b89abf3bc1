"""What the tables refuse, whatever program writes; the same on both databases."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from db import core, errors, triggers
from db.core import LIVE_STATUSES, STATUSES, text_limits
from db.engine import Records
from db.tables import APPEND_ONLY, Meta, sqlite_checks
from tests.db import rows

Add = Callable[[Session], object]


def run(records: Records, statement: str, **values: Any) -> None:
    with records.write() as session:
        session.connection().execute(sa.text(statement), values)


def test_one_submission_at_a_time_holds_an_online_id(records: Records) -> None:
    with records.write() as session:
        rows.add_submission(session, online_id="W1")
    for status in LIVE_STATUSES:
        with pytest.raises(errors.Taken), records.write() as session:
            rows.add_submission(session, online_id="W1", status=status)


@pytest.mark.parametrize("status", sorted(set(STATUSES) - set(LIVE_STATUSES)))
def test_after_the_end_of_one_submission_the_person_may_come_again(records: Records, status: str) -> None:
    with records.write() as session:
        rows.add_submission(session, online_id="W1", status=status)
        rows.add_submission(session, online_id="W1")
        rows.add_submission(session, online_id="W1", circular_id="lyg-2025-12")
        rows.add_submission(session, online_id=None)
        rows.add_submission(session, online_id=None)


def test_a_submission_has_one_fee_that_counts(records: Records) -> None:
    with records.write() as session:
        submission = rows.add_submission(session)
        rows.add_fee(session, submission, state="voided")
        rows.add_fee(session, submission)
    with pytest.raises(errors.Taken), records.write() as session:
        rows.add_fee(session, submission, state="due")
    with records.write() as session:
        rows.add_fee(session, submission, state="voided")


def test_a_number_given_twice_is_told_as_such(records: Records) -> None:
    with records.write() as session:
        rows.add_submission(session, serial=7_000_000)
        rows.add_paper(session, number="12401000000123")
    with pytest.raises(errors.NumberTaken), records.write() as session:
        rows.add_submission(session, serial=7_000_000)
    with pytest.raises(errors.NumberTaken), records.write() as session:
        rows.add_paper(session, number="12401000000123")


def _sub(**changes: Any) -> Add:
    return lambda session: rows.add_submission(session, **changes)


def _fee(**changes: Any) -> Add:
    return lambda session: rows.add_fee(session, rows.add_submission(session), **changes)


WRONG: dict[str, Add] = {
    "unknown status": _sub(status="lost"),
    "serial zero": _sub(serial=0),
    "desk zero": _sub(desk=0),
    "desk 100": _sub(desk=100),
    "no such person": _sub(entry_id=987_654),
    "text as serial": _sub(serial="seven"),
    "online id too long": _sub(online_id="x" * 41),
    "text as amount": _fee(amount_fen="abc"),
    "negative amount": _fee(amount_fen=-1),
    "unknown fee state": _fee(state="lent"),
    "paper number of 13": lambda s: rows.add_paper(s, number="1234567890123"),
    "paper kind 9": lambda s: rows.add_paper(s, kind=9),
    "short subject key": lambda s: rows.add_entry(s, subject_key=b"short"),
    "name too long": lambda s: rows.add_entry(s, name="名" * 121),
    "no name": lambda s: rows.add_entry(s, name=None),
}


@pytest.mark.parametrize("add", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_row_is_refused(records: Records, add: Add) -> None:
    refused = (errors.Broken, sa.exc.StatementError, TypeError)
    with pytest.raises(refused), records.write() as session:
        add(session)
    with records.read() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM roster_entry").scalar() == 0


def test_a_fraction_of_a_fen_is_refused_where_columns_take_anything(sqlite_records: Records) -> None:
    with pytest.raises(errors.Broken), sqlite_records.write() as session:
        rows.add_fee(session, rows.add_submission(session), amount_fen=300.5)


def test_a_naive_time_never_reaches_the_tables(records: Records) -> None:
    naive = rows.AT.replace(tzinfo=None)
    with pytest.raises(sa.exc.StatementError), records.write() as session:
        rows.add_entry(session, created_at=naive)


def _history(session: Session) -> None:
    submission = rows.add_submission(session)
    rows.add_notice(session, submission)
    fee = rows.add_fee(session, submission)
    rows.add_staff(session)
    rows.add_approval(session)
    shift = rows.add_shift(session)
    rows.add_payment(session, shift, fee, submission)
    rows.add_count(session, shift)
    rows.add_closing(session, shift)
    rows.add_late(session, submission)
    paper = rows.add_paper(session, submission_id=submission)
    run_in(session, "INSERT INTO act (key, use_case, ref, at) VALUES ('k', 'u', 'r', :at)", at=_at(session))
    run_in(session, "INSERT INTO counter (office, series, year, n) VALUES ('LYG', 'receipt', 2024, 5)")
    run_in(
        session,
        "INSERT INTO outbox (paper_id, copy_no, state, file_name, sha256, size, attempts, error, queued_at,"
        " requested_by) VALUES (:p, 0, 'queued', 'f', '', 0, 0, '', :at, 'demo')",
        p=paper,
        at=_at(session),
    )
    rows.start_journal(session)


def _at(session: Session) -> object:
    return rows.AT if session.connection().dialect.name == "postgresql" else "2024-08-12 01:05:00.000000"


def run_in(session: Session, statement: str, **values: Any) -> None:
    session.connection().execute(sa.text(statement), values)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_history_is_only_added_to(records: Records, table: str) -> None:
    with records.write() as session:
        _history(session)
    columns = {c.name for c in SQLModel.metadata.tables[table].columns}
    for column in sorted(columns - {"variance_note", "note_key"}):  # what is blanked when its time is over
        with pytest.raises(errors.AppendOnly):
            run(records, f"UPDATE {table} SET {column} = {column}")
    with pytest.raises(errors.AppendOnly):
        run(records, f"DELETE FROM {table}")


@pytest.mark.parametrize("table", triggers.NEVER_DELETED)
def test_what_bears_a_number_is_never_deleted(records: Records, table: str) -> None:
    with records.write() as session:
        _history(session)
    with pytest.raises(errors.AppendOnly):
        run(records, f"DELETE FROM {table}")
    if records.dialect == "postgresql":
        with pytest.raises(errors.AppendOnly):
            run(records, f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "table", ["act", "circular_version", "closing", "journal", "notice", "paper", "staff", "submission"]
)
def test_insert_or_replace_is_no_way_round(sqlite_records: Records, table: str) -> None:
    with sqlite_records.write() as session:
        _history(session)
    with pytest.raises(errors.AppendOnly):
        run(sqlite_records, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE submission SET serial = serial + 1",
        "UPDATE submission SET year = 2025",
        "UPDATE paper SET number = '00000000000000'",
        "UPDATE paper SET issued_by = 'other'",
        "UPDATE counter SET n = n",
        "UPDATE counter SET n = n - 1",
        "UPDATE counter SET n = n + 1, series = 'other'",
        "UPDATE staff SET name = 'other'",
        "UPDATE approval SET approved_by = 'other'",
        "UPDATE approval SET note = 'other'",
        "UPDATE closing SET variance_note = 'other'",
        "UPDATE closing SET counted_fen = counted_fen + 1, variance_fen = variance_fen + 1",
        "UPDATE shift SET float_fen = 0",
        "UPDATE shift SET state = 'closed', closed_at = opened_at",
    ],
)
def test_a_number_once_given_stays_as_given(records: Records, change: str) -> None:
    with records.write() as session:
        _history(session)
    with pytest.raises(errors.AppendOnly):
        run(records, change)


def test_personal_data_can_be_blanked_while_history_stays(records: Records) -> None:
    with records.write() as session:
        _history(session)
    empty = "''" if records.dialect == "postgresql" else "x''"
    run(records, f"UPDATE roster_entry SET name = '', phone = '', subject_key = {empty}")
    run(records, "UPDATE paper SET data = ''")
    run(records, "UPDATE submission SET deputy_name = ''")
    run(records, f"UPDATE approval SET note = '', note_key = {empty}")
    run(records, f"UPDATE closing SET variance_note = '', note_key = {empty}")


@pytest.mark.parametrize(("seq", "prev"), [(1, "head"), (3, "head"), (2, "other"), (0, "head"), (-1, "head")])
def test_a_journal_row_out_of_its_place_is_refused(records: Records, seq: int, prev: str) -> None:
    with records.write() as session:
        head = rows.start_journal(session)
    row = {"seq": seq, "prev": head.hash if prev == "head" else bytes(32), "hash": bytes(32)}
    with pytest.raises((errors.AppendOnly, errors.Broken)), records.write() as session:
        run_in(
            session,
            "INSERT INTO journal (seq, at, kind, ref, event, prev, hash) "
            "VALUES (:seq, :at, 'k', '', :prev, :prev, :hash)",
            at=_at(session),
            **row,
        )


def test_sqlite_checks_what_postgres_knows_by_type(sqlite_records: Records) -> None:
    with sqlite_records.read() as session:
        stored = session.connection().exec_driver_sql("SELECT name, sql FROM sqlite_master")
        found = {str(name): str(sql) for name, sql in stored}
    for name, table in SQLModel.metadata.tables.items():
        spelt = re.sub(r"\s+", " ", found[name])
        for check, condition in sqlite_checks(table):
            assert f"CONSTRAINT ck_{name}_{check} CHECK ({condition})" in spelt


def test_the_limits_of_a_form_are_those_of_the_table(records: Records) -> None:
    limits = text_limits("roster_entry")
    assert limits["name"] == 120
    full = {name: "汉" * length for name, length in limits.items() if name not in ("origin", "id_kind")}
    with records.write() as session:
        rows.add_entry(session, **full)


def test_names_outside_the_first_plane_are_kept(records: Records) -> None:
    name = "𠮷野·䶮\U0002ebf0"
    with records.write() as session:
        session.add(Meta(key="n", value=name))
    with records.read() as session:
        assert session.get_one(Meta, "n").value == name


def shape(table: sa.Table) -> list[tuple[object, ...]]:
    """Return what Core statements go by: columns in their order with kind, size, key, null and default."""
    rows: list[tuple[object, ...]] = []
    for column in table.columns:
        kind = column.type
        spelled = {"AutoString": "String", "UTCDateTime": "Instant"}.get(
            type(kind).__name__, type(kind).__name__
        )
        default = column.default.arg if isinstance(column.default, sa.ColumnDefault) else None
        values = tuple(kind.enums) if isinstance(kind, sa.Enum) else ()
        size = getattr(kind, "length", None)
        key, null = column.primary_key, column.nullable
        rows.append((column.name, spelled, size, values, key, null, default, column.autoincrement))
    return rows


def test_the_core_tables_are_the_models_tables() -> None:
    ours = {t.name: t for t in vars(core).values() if isinstance(t, sa.Table)}
    assert ours.keys() == SQLModel.metadata.tables.keys()
    for name, model in SQLModel.metadata.tables.items():
        assert shape(ours[name]) == shape(model)


def test_both_kinds_of_instant_store_and_give_back_the_same() -> None:
    model = SQLModel.metadata.tables["journal"].c.at.type
    ours, at = core.JOURNAL.c.at.type, datetime(2024, 8, 12, 9, 5, tzinfo=timezone(timedelta(hours=8)))
    dialects: tuple[sa.Dialect, ...] = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]
    for dialect in dialects:
        for kind in (model, ours):
            assert isinstance(kind, sa.TypeDecorator)
            stored = kind.process_bind_param(at, dialect)
            assert stored == at
            assert stored.utcoffset() == timedelta(0)
            for given in (at, stored, stored.replace(tzinfo=None)):
                assert kind.process_result_value(given, dialect) == at
            with pytest.raises(ValueError, match="zone"):
                kind.process_bind_param(at.replace(tzinfo=None), dialect)


def _paid(session: Session) -> tuple[int, int, int, int]:
    """Return shift, fee, submission and payment of one fee taken in cash."""
    submission = rows.add_submission(session)
    fee, shift = rows.add_fee(session, submission), rows.add_shift(session)
    rows.add_staff(session)
    rows.add_staff(session, "zhou", "clerk")
    return shift, fee, submission, rows.add_payment(session, shift, fee, submission)


def test_a_fee_is_taken_in_an_open_shift_only(records: Records) -> None:
    with records.write() as session:
        shift, fee, submission, _ = _paid(session)
    elsewhere: tuple[dict[str, Any], ...] = ({"desk": 2}, {"office": "other"}, {"shift_id": 404})
    for changes in elsewhere:
        with pytest.raises((errors.AppendOnly, errors.Broken)), records.write() as session:
            rows.add_payment(
                session, **{"shift_id": shift, "fee_id": fee, "submission_id": submission, **changes}
            )
    run(records, "UPDATE shift SET state = 'counted'")
    with pytest.raises(errors.AppendOnly), records.write() as session:
        rows.add_payment(session, shift, fee, submission)


def test_one_shift_at_a_time_runs_at_a_desk(records: Records) -> None:
    with records.write() as session:
        rows.add_shift(session)
    with pytest.raises(errors.Taken), records.write() as session:
        rows.add_shift(session)
    with records.write() as session:
        rows.add_shift(session, desk=2)


def _void(session: Session, paid: tuple[int, int, int, int], **changes: Any) -> None:
    shift, fee, submission, payment = paid
    fields = {
        "kind": "void",
        "amount_fen": -30000,
        "negates": payment,
        "reason": "mistyped",
        "approved_by": "sun",
        "approval_id": rows.add_approval(session, ref=f"submission:{submission}", used_at=rows.AT),
    }
    rows.add_payment(session, shift, fee, submission, **fields | changes)


def test_money_goes_back_once_and_by_two_people(records: Records) -> None:
    with records.write() as session:
        paid = _paid(session)
    wrong: tuple[dict[str, Any], ...] = (
        {"approved_by": None, "approval_id": None},
        {"approved_by": "zhou"},
        {"requested_by": "sun"},
        {"reason": ""},
        {"amount_fen": -29999},
        {"amount_fen": 30000},
        {"negates": None},
        {"kind": "refund"},
        {"approval_id": None},
    )
    for changes in wrong:
        with pytest.raises((errors.AppendOnly, errors.Broken)), records.write() as session:
            _void(session, paid, **changes)
    with records.write() as session:
        _void(session, paid)
    with pytest.raises(errors.Taken), records.write() as session:
        _void(session, paid)
    with records.read() as session:
        void = session.connection().exec_driver_sql("SELECT id FROM payment WHERE kind = 'void'").scalar()
    with pytest.raises(errors.AppendOnly), records.write() as session:
        _void(session, paid, negates=void, amount_fen=30000, kind="void")


@pytest.mark.parametrize("approver", ["zhou", "nobody", "gone"])
def test_only_a_supervisor_who_still_works_here_approves(records: Records, approver: str) -> None:
    with records.write() as session:
        rows.add_staff(session, "zhou", "clerk")
        rows.add_staff(session, "gone", disabled_at=rows.AT)
    with pytest.raises(errors.AppendOnly), records.write() as session:
        rows.add_approval(session, approved_by=approver, requested_by="li")


def test_nobody_approves_for_themselves_or_without_a_reason(records: Records) -> None:
    with records.write() as session:
        rows.add_staff(session)
    for changes in ({"requested_by": "sun"}, {"reason": ""}, {"kind": "whim"}):
        with pytest.raises((errors.Broken, sa.exc.StatementError)), records.write() as session:
            rows.add_approval(session, **changes)


def test_an_approval_is_good_for_one_act(records: Records) -> None:
    with records.write() as session:
        rows.add_staff(session)
        rows.add_approval(session)
    run(records, "UPDATE approval SET used_at = granted_at")
    with pytest.raises(errors.AppendOnly):
        run(records, "UPDATE approval SET used_at = granted_at")


def test_a_shift_is_closed_on_what_was_counted(records: Records) -> None:
    with records.write() as session:
        shift = rows.add_shift(session)
    with pytest.raises(errors.AppendOnly), records.write() as session:
        rows.add_closing(session, shift)
    with records.write() as session:
        rows.add_count(session, shift)
    wrong: tuple[dict[str, Any], ...] = (
        {"counted_fen": 49900, "variance_fen": -100, "variance_reason": "unexplained"},
        {"expected_fen": 50100, "variance_fen": -100},
        {"expected_fen": 50100, "variance_fen": 0},
        {"variance_reason": "unexplained"},
    )
    for changes in wrong:
        with pytest.raises((errors.AppendOnly, errors.Broken)), records.write() as session:
            rows.add_closing(session, shift, **changes)
    with records.write() as session:
        rows.add_closing(session, shift)
    with pytest.raises(errors.Taken), records.write() as session:
        rows.add_closing(session, shift)


def test_what_happened_before_it_was_entered_is_a_late_entry(records: Records) -> None:
    with records.write() as session:
        submission = rows.add_submission(session)
    with pytest.raises(errors.Broken), records.write() as session:
        rows.add_late(session, submission, occurred_at=rows.AT + timedelta(seconds=1))
    with records.write() as session:
        rows.add_late(session, submission)
