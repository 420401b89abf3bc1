"""Asking: scans, numbers, names, sounds and tails all lead to the right person, bounded and in order."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from counter.desk import export, search, submissions, today
from counter.desk.forms import FeeInput
from counter.desk.rows import COUNTERS, SUBMISSIONS, add, as_row
from counter.desk.scan import parse_scan, resolve
from counter.desk.search_views import Calls, Opens, Several, Unknown
from counter.desk.views import SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.rules.status import Status
from receipts.number import PaperKind, parse_number
from tests.builders import CLERK, SUPERVISOR, Office, identity_number, shanghai


@pytest.mark.parametrize(
    ("burst", "code"),
    [
        ("12401000000123", "12401000000123"),
        ("１２４０１０００００0123", "12401000000123"),
        ("]C112401000000123", "12401000000123"),
        ("12401000000124", None),
        ("LYGGX20242674590001", "LYGGX20242674590001"),
        ("LYG2024-000123", "LYG2024-000123"),
        (identity_number(1), identity_number(1)),
        ("320799198603121230", None),
        ("32079919930715449x", "32079919930715449X"),
        ("刘宇翔刘宇翔刘宇翔", None),
        ("liuyuxiang", None),
        ("13800138000", None),
        ("", None),
        ("\x1b[31m12401000000123", None),
        ("A" * 500, None),
    ],
)
def test_only_codes_this_desk_knows_are_taken_for_scans(burst: str, code: str | None) -> None:
    assert parse_scan(burst) == code


def test_reading_a_scan_loads_no_database_library() -> None:
    ask = (
        "import sys, counter.desk.views, counter.desk.context; from counter.desk.scan import parse_scan;"
        "assert parse_scan('12401000000123'); assert parse_scan('320799198603121230') is None;"
        "print([m for m in ('sqlmodel', 'sqlalchemy', 'pydantic', 'typst', 'textual') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_way_of_asking_finds_the_one_person(desk: Office) -> None:
    desk.person("李雨欣")
    entry = desk.person("刘宇翔", phone="13912345678", employer="连云港创汇科技有限公司")
    person = search.details(desk.ctx, entry, actor=CLERK).person
    for asked in (
        "刘宇翔",
        "liuyuxiang",
        "liuyux",
        "宇翔",
        "5678",
        "13912345678",
        "创汇",
        person.online_id,
        person.online_id.lower(),
    ):
        assert resolve(desk.ctx, asked, actor=CLERK) == Calls(entry), asked
    sub = desk.open(entry)
    for asked in ("刘宇翔", "00001", "1", sub.number, sub.display, "1-24-01-0000001-23"):
        assert resolve(desk.ctx, asked, actor=CLERK) == Opens(sub.id), asked


def test_the_official_number_of_a_notice_leads_to_its_own_submission(desk: Office) -> None:
    other = desk.opened("甲一")
    told = desk.correct(desk.faulty("乙二"))
    notice = told.papers[0]
    assert (notice.display[-6:], other.display[-6:]) == ("00001号", "00001号")
    assert (
        resolve(desk.ctx, notice.display, actor=CLERK)
        == resolve(desk.ctx, notice.number, actor=CLERK)
        == Opens(told.id)
    )
    assert (
        resolve(desk.ctx, other.display, actor=CLERK)
        == resolve(desk.ctx, "〔2024〕1", actor=CLERK)
        == Opens(other.id)
    )
    assert resolve(desk.ctx, notice.display.replace("补", "不受"), actor=CLERK) == Unknown(
        notice.display.replace("补", "不受"), "unknown"
    )


def test_a_number_opens_the_submission_that_carries_it_though_its_person_came_again(desk: Office) -> None:
    entry = desk.person("甲一")
    first = desk.reject(desk.open(entry))
    second = desk.open(entry)
    for asked in (first.number, first.display, "1", "00001"):
        assert resolve(desk.ctx, asked, actor=CLERK) == Opens(first.id), asked
        assert [found.number for found in search.status(desk.ctx, asked, actor=CLERK)] == [first.number]
    assert (
        resolve(desk.ctx, second.display, actor=CLERK)
        == resolve(desk.ctx, "甲一", actor=CLERK)
        == Opens(second.id)
    )


def in_another_year(desk: Office, like: SubmissionView, year: int, serial: int) -> SubmissionId:
    """Put in a submission of another year, whose window this circular does not open."""
    entry = desk.person("丙三", online_id="LYGGX2025770000042")
    office = desk.ctx.circular.office.code
    with desk.ctx.records.write() as session:
        conn = session.connection()
        row = as_row(conn.execute(sa.select(SUBMISSIONS).where(SUBMISSIONS.c.id == like.id)).one())
        del row["id"]
        row |= {"entry_id": entry, "online_id": "LYGGX2025770000042", "year": year, "serial": serial}
        conn.execute(sa.insert(COUNTERS).values(office=office, series="submission", year=year, n=serial))
        return SubmissionId(add(conn, SUBMISSIONS, row)["id"])


def test_a_bare_serial_is_that_of_the_newest_year_that_has_it(desk: Office) -> None:
    first, second = desk.opened("甲一"), desk.opened("乙二")
    later = in_another_year(desk, first, 2025, 1)
    for at in ("2024-08-12T10:00", "2025-08-12T10:00", "2031-01-02T10:00"):
        desk.clock.at = shanghai(at)
        assert resolve(desk.ctx, "00001", actor=CLERK) == Opens(later), at
        assert resolve(desk.ctx, first.display, actor=CLERK) == Opens(first.id), at
        (found,) = search.status(desk.ctx, "00002", actor=CLERK)
        assert found.display == second.display, at
    assert search.status(desk.ctx, "00003", actor=CLERK) == ()


def test_a_paper_is_named_by_its_digits_its_number_or_the_receipts_serial(desk: Office) -> None:
    sub = desk.accept(desk.tick_all(desk.opened("甲一")))
    receipt, *_labels = sub.papers
    notice = next(p for p in desk.correct(desk.faulty("乙二")).papers if p.kind == PaperKind.NOTICE)
    desk.clock.at = shanghai("2026-01-05T10:00")
    grouped = parse_number(receipt.number).grouped
    for text in (receipt.number, grouped, receipt.display, "00001", "1", "０００01"):
        assert search.paper_number(desk.ctx, text) == receipt.number, text
    assert search.paper_number(desk.ctx, notice.display) == notice.number
    wrong = {
        "hello": "paper-form",
        "": "paper-form",
        "1240100000012": "paper-form",
        "12401000000124": "bad-check-digit",
        "2": "unknown-number",  # taken in, but no receipt was issued
        "00009": "unknown-number",
        receipt.display.replace("2024", "2023"): "unknown-number",
        receipt.display.replace("2024", "1999"): "unknown-number",
        f"甲{notice.display.replace('补', '丁')}": "unknown-number",
    }
    for text, code in wrong.items():
        with pytest.raises(DeskError) as refused:
            search.paper_number(desk.ctx, text)
        assert refused.value.code == code, text


def test_digits_that_are_a_serial_and_end_another_online_id_are_left_to_the_clerk(desk: Office) -> None:
    absent = desk.person("甲一", online_id="LYGGX2024000000001")
    sub = desk.opened("乙二")
    answer = resolve(desk.ctx, "000001", actor=CLERK)
    assert isinstance(answer, Several)
    assert [hit.entry_id for hit in answer.look_up.hits] == [sub.person.entry_id, absent]
    assert resolve(desk.ctx, "00001", actor=CLERK) == Opens(sub.id)


def test_who_is_usually_read_so_comes_before_rare_readings(desk: Office) -> None:
    rare = desk.opened("方荣").person.entry_id
    usual, single = desk.person("王斌"), desk.person("王")
    other = desk.opened("王芳").person.entry_id
    assert [hit.entry_id for hit in search.look_up(desk.ctx, "wang", actor=CLERK).hits] == [
        other,
        single,
        usual,
        rare,
    ]
    assert [hit.entry_id for hit in search.look_up(desk.ctx, "w", actor=CLERK).hits][-1] == rare
    assert search.look_up(desk.ctx, "王", actor=CLERK).hits[0].entry_id == single
    assert [hit.entry_id for hit in search.look_up(desk.ctx, "wb", actor=CLERK).hits] == [usual]


def test_what_fits_several_is_listed_with_those_who_came_first(desk: Office) -> None:
    absent = desk.person("吕奕璇")
    first, second = desk.opened("李雨欣"), desk.opened("林玉霞")
    answer = resolve(desk.ctx, "lyx", actor=CLERK)
    assert isinstance(answer, Several)
    assert [hit.entry_id for hit in answer.look_up.hits] == [
        second.person.entry_id,
        first.person.entry_id,
        absent,
    ]
    assert (answer.look_up.total, answer.look_up.arrived, answer.look_up.kind) == (3, 2, "initials")


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("12401000000124", "bad-check-digit"),
        ("12402000000186", "unknown-number"),
        ("22401000000108", "unknown-number"),
        ("320799198603121230", "bad-identity"),
        ("王麻子", "unknown"),
        ("%", "unknown"),
        ("' OR 1=1 --", "unknown"),
        ("\x00\x1b", "empty"),
    ],
)
def test_what_is_unknown_says_why(sqlite_desk: Office, asked: str, code: str) -> None:
    sqlite_desk.opened()
    answer = resolve(sqlite_desk.ctx, asked, actor=CLERK)
    assert isinstance(answer, Unknown)
    assert answer.code == code


def test_whoever_was_rejected_is_called_by_their_id_and_looked_at_by_the_number(desk: Office) -> None:
    sub = desk.reject(desk.opened())
    assert resolve(desk.ctx, sub.person.online_id, actor=CLERK) == Calls(sub.person.entry_id)
    assert resolve(desk.ctx, sub.number, actor=CLERK) == Opens(sub.id)
    assert resolve(desk.ctx, "00001", actor=CLERK) == Opens(sub.id)


def test_a_long_list_is_paged_and_cut(sqlite_desk: Office) -> None:
    for _ in range(search.MOST_HITS + 5):
        sqlite_desk.person("张三")
    page = search.look_up(sqlite_desk.ctx, "zs", limit=10, offset=190, actor=CLERK)
    assert (len(page.hits), page.total, page.more) == (10, search.MOST_HITS, True)
    assert search.look_up(sqlite_desk.ctx, "zs", limit=10, offset=200, actor=CLERK).hits == ()


def test_details_tell_the_story_without_single_ticks(desk: Office) -> None:
    sub = desk.accepted()
    shown = search.details(desk.ctx, sub.person.entry_id, actor=CLERK)
    assert [line.kind for line in shown.journal] == [
        "paper.issued",
        "submission.accepted",
        "fee.recorded",
        "original.added",
        "submission.opened",
    ]
    assert shown.submission == sub
    assert all("rows" not in line.facts and "subject" not in line.facts for line in shown.journal)
    assert shown.journal[0].actor == CLERK.name


def test_status_answers_by_number_and_names_what_is_open(desk: Office) -> None:
    sub = desk.correct(desk.faulty())
    (found,) = search.status(desk.ctx, sub.number, actor=CLERK)
    assert found.hit.status is Status.CORRECTION
    assert [line.item for line in found.open_items] == ["A1-09", "A3-03"]
    assert found.deadline == shanghai("2024-09-10T18:00")
    assert search.status(desk.ctx, "nobody", actor=CLERK) == ()


def test_the_day_is_counted_as_it_went(desk: Office) -> None:
    yesterday = desk.correct(desk.faulty("昨日"))
    desk.clock.at = shanghai("2024-08-13T09:30")
    desk.accepted("张三")
    desk.clock.tick(minutes=10)
    left = desk.opened("李四")
    left = submissions.park(
        desk.ctx, submission_id=left.id, version=left.version, note="去盖章", actor=CLERK, key=uuid4()
    )
    back = desk.tick_all(desk.again(yesterday))
    desk.clock.tick(minutes=6)
    desk.accept(back)
    view = today.desk_view(desk.ctx, actor=CLERK)
    assert (view.accepted, view.corrections, view.rejected, view.parked) == (2, 0, 0, 1)
    assert (view.fee_fen, view.fee_count) == (None, 2)
    assert today.desk_view(desk.ctx, actor=SUPERVISOR).fee_fen == 60000
    assert [row.serial for row in view.rows] == ["00001", "00003", "00002"]
    assert (view.total, view.waiting_prints, view.corrections_open) == (3, 10, 0)
    assert view.last is not None
    assert view.last.serial == "00001"
    assert view.oldest_parked is not None
    assert view.oldest_parked.note == "去盖章"
    assert [row.serial for row in today.parked(desk.ctx, actor=CLERK)] == ["00003"]


def test_the_day_knows_what_is_still_owed(desk: Office) -> None:
    from counter.desk.forms import FeeInput

    desk.accept(desk.tick_all(desk.opened()), FeeInput(method="employer"))
    desk.correct(desk.faulty("李四"))
    view = today.desk_view(desk.ctx, actor=CLERK)
    assert (view.elsewhere_without_bill, view.corrections_open) == (1, 1)
    assert view.next_deadline is not None
    assert view.next_deadline.isoformat() == "2024-09-10"
    assert (view.fee_fen, view.fee_count) == (None, 0)


def test_the_figures_of_a_day_use_their_indexes(sqlite_desk: Office) -> None:
    sqlite_desk.accepted()
    plans = []
    with sqlite_desk.ctx.records.read() as session:
        for table, where in (
            ("submission", today.HELD),
            ("original", today.IN_THE_BAG),
            ("fee", today.NO_BILL),
        ):
            rows = session.connection().exec_driver_sql(
                f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {where}"
            )
            plans.append(" ".join(str(row[-1]) for row in rows))
    assert all("ix_" in plan for plan in plans), plans


def test_only_a_fee_without_any_number_still_lacks_its_bill(sqlite_desk: Office) -> None:
    def settled(fee: FeeInput) -> int:
        sqlite_desk.accept(sqlite_desk.tick_all(sqlite_desk.opened()), fee)
        return today.desk_view(sqlite_desk.ctx, actor=CLERK).elsewhere_without_bill

    assert settled(FeeInput(method="waived", document_no="2024-17")) == 0
    assert settled(FeeInput(method="employer", bill_number="0012345678")) == 0
    assert settled(FeeInput(method="employer")) == 1


def plans(desk: Office, work: Callable[[], object]) -> list[str]:
    """Return how the database goes about every query of some work: the lines of its plans."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        asked.append((statement, values))

    event.listen(desk.ctx.records.read_engine, "before_cursor_execute", note)
    work()
    event.remove(desk.ctx.records.read_engine, "before_cursor_execute", note)
    with desk.ctx.records.read() as session:
        run = session.connection().exec_driver_sql
        return [
            row.detail
            for statement, values in asked
            if statement.lstrip().startswith("SELECT")
            for row in run(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


@pytest.mark.parametrize("what", ["desk", "export", "look-up", "details", "parked", "unfinished"])
def test_nothing_a_screen_or_a_day_needs_walks_through_a_whole_table(sqlite_desk: Office, what: str) -> None:
    desk = sqlite_desk
    sub = desk.correct(desk.faulty())
    work: dict[str, Callable[[], object]] = {
        "desk": lambda: today.desk_view(desk.ctx, actor=CLERK),
        "export": lambda: export.day_sheets(desk.ctx, date(2024, 8, 12), actor=SUPERVISOR),
        "look-up": lambda: search.look_up(desk.ctx, "zs", actor=CLERK),
        "details": lambda: search.details(desk.ctx, sub.person.entry_id, actor=CLERK),
        "parked": lambda: today.parked(desk.ctx, actor=CLERK),
        "unfinished": lambda: today.unfinished(desk.ctx, actor=CLERK),
    }
    found = plans(desk, work[what])
    assert found
    tables = "act|fee|finding|journal|notice|original|outbox|paper|roster_entry|search_token|submission"
    few = r"(?! USING (?:COVERING )?INDEX ix_\w+_(?:held|no_bill))"  # partial indexes of a handful of rows
    assert [line for line in found if re.match(rf"SCAN (?:{tables})\b{few}", line)] == []


def test_the_next_deadline_is_the_first_of_an_index(sqlite_desk: Office) -> None:
    sqlite_desk.correct(sqlite_desk.faulty())
    assert today.desk_view(sqlite_desk.ctx, actor=CLERK).next_deadline == date(2024, 9, 10)
    found = plans(sqlite_desk, lambda: today.desk_view(sqlite_desk.ctx, actor=CLERK))
    assert [line for line in found if "ix_submission_status (status=? AND deadline>?)" in line]
