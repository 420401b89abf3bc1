"""The day's workbook says what the records say, twice in the same bytes, and never over another file."""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
import python_calamine
import sqlalchemy as sa
from openpyxl.utils import column_index_from_string, get_column_letter

from counter.desk import checklist, closing, fees, papers, shifts, submissions
from counter.desk.demo_money import in_pieces
from counter.desk.export import ExportReport, day_sheets, export_day
from counter.desk.forms import FeeInput
from counter.desk.unit import Unit
from counter.desk.views import SubmissionView
from counter.errors import DeskError
from counter.rules.finding import FindingKind
from db.engine import Records
from tests.builders import CLERK, SUPERVISOR, Office, events, office, office_at, on_shift, shanghai

DAY = date(2024, 8, 12)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Office]:
    """Give a desk to which nobody has come yet."""
    with office(tmp_path / "fresh") as made:
        yield made


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """Make a home with a day in it, and the time at its end."""
    home = tmp_path_factory.mktemp("worked") / "home"
    with office(home) as made:
        a_day(made)
        return home, made.clock.at


@pytest.fixture
def desk(worked: tuple[Path, datetime], tmp_path: Path) -> Iterator[Office]:
    """Give a desk on a copy of that home."""
    home, at = worked
    shutil.copytree(home, tmp_path / "home")
    with office(tmp_path / "home") as made:
        made.clock.at, made.people = at, 6
        yield made


def with_original(desk: Office, sub: SubmissionView, number: str = "1055") -> SubmissionView:
    return checklist.add_original(
        desk.ctx,
        submission_id=sub.id,
        version=sub.version,
        item="B-01",
        kind="diploma",
        title="本科毕业证书",
        number=number,
        actor=CLERK,
        key=uuid4(),
    )


def a_day(desk: Office) -> None:
    """Let a day pass with every outcome in it."""
    desk.accept(desk.tick_all(with_original(desk, desk.opened("张三"))))
    desk.clock.tick(minutes=11)
    card = FeeInput(method="card", bill_code="32060124", bill_number="0000000017")
    desk.accept(desk.tick_all(desk.opened("=HYPERLINK(1)")), card)
    desk.clock.tick(minutes=9)
    desk.accept(desk.tick_all(desk.opened("张[/x]三")), FeeInput(method="later"))
    desk.clock.tick(minutes=9)
    desk.accept(desk.tick_all(desk.opened("李𬭎", specialty="marine")), FeeInput(method="employer"))
    desk.clock.tick(minutes=9)
    desk.correct(desk.faulty("单雄"))
    sub = desk.opened("陈䶮")
    submissions.park(desk.ctx, submission_id=sub.id, version=sub.version, note="", actor=CLERK, key=uuid4())


def export(desk: Office, **how: Any) -> ExportReport:
    return export_day(desk.ctx, day=DAY, actor=SUPERVISOR, key=uuid4(), **how)


def read(path: Path, sheet: str) -> list[dict[str, Any]]:
    """Return a sheet's rows by heading, the sum row last where there is one."""
    lines = python_calamine.load_workbook(path).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, lines[0]), line, strict=True)) for line in lines[1:]]


def one(desk: Office, query: str) -> int:
    """Ask the database in plain SQL, past everything of ours."""
    with desk.ctx.records.read() as session:
        return int(session.connection().exec_driver_sql(query).scalar() or 0)


def test_what_is_printed_can_be_read(desk: Office) -> None:
    for page in openpyxl.load_workbook(export(desk).path).worksheets:
        last = page.print_area.split("$")[-2] if page.print_area else get_column_letter(page.max_column)
        printed = range(1, column_index_from_string(last) + 1)
        widths = [page.column_dimensions[get_column_letter(place)].width for place in printed]
        assert sum(widths) <= 157, page.title  # that many cells leave 8 pt on A4 landscape
        assert (page.page_setup.orientation, page.page_setup.fitToWidth) == ("landscape", 1)
    page = openpyxl.load_workbook(export(desk).path)["收件"]
    assert [cell.value for cell in page[1]][:4] == ["编号", "姓名", "单位", "申报专业"]
    assert page.print_area.endswith(f"$L${page.max_row}")


def test_the_totals_are_those_of_the_database(desk: Office) -> None:
    path = export(desk).path
    figures = {(row["类别"], row["项目"]): row for row in read(path, "汇总")}
    due = one(desk, "SELECT sum(amount_fen) FROM fee WHERE day = '2024-08-12'")
    paid = one(desk, "SELECT sum(amount_fen) FROM fee WHERE day = '2024-08-12' AND state = 'paid'")
    assert (due, paid) == (120000, 60000)
    total = read(path, "缴费")[-1]
    assert (total["编号"], total["应收金额"] * 100, total["已收金额"] * 100) == ("合计", due, paid)
    assert figures["评审费", "实收合计"]["金额"] * 100 == paid
    assert figures["评审费", "实收合计"]["件数"] == 2
    assert figures["收件", "当日收件"]["件数"] == one(desk, "SELECT count(*) FROM submission")
    for word, status in (("受理", "accepted"), ("补正", "correction"), ("挂起", "parked")):
        count = one(desk, f"SELECT count(*) FROM submission WHERE status = '{status}'")
        assert figures["收件", word]["件数"] == count > 0
    held = one(desk, "SELECT count(*) FROM original WHERE state = 'held'")
    assert figures["原件", "在库原件"]["件数"] == held == 4
    assert figures["编号", "缺号"]["件数"] == 0
    assert figures["编号", "首号"]["内容"].endswith("00001号")
    assert figures["编号", "末号"]["内容"].endswith("00006号")


def test_both_databases_give_the_same_workbook(records: Records, tmp_path: Path) -> None:
    made = office_at(tmp_path / "pg", records)
    a_day(made)
    rows = read(export(made).path, "收件")
    assert [row["状态"] for row in rows] == ["受理", "受理", "受理", "受理", "补正", "挂起", ""]


def test_each_submission_stands_on_its_line_as_it_is(desk: Office) -> None:
    rows = read(export(desk).path, "收件")[:-1]
    assert [row["姓名"] for row in rows] == ["张三", "=HYPERLINK(1)", "张[/x]三", "李𬭎", "单雄", "陈䶮"]
    assert [row["状态"] for row in rows] == ["受理", "受理", "受理", "受理", "补正", "挂起"]
    assert [row["评审费"] for row in rows] == ["已缴", "已缴", "未缴", "他处缴", "", ""]
    first = rows[0]
    assert (first["条码"], len(first["条码"])) == ("12401000000123", 14)
    assert first["证件号码"].startswith("320799********")
    assert first["收件时间"].isoformat() == "2024-08-12T09:05:00"
    assert first["在库原件"] == 1
    assert first["受理回执"] == first["编号"]
    assert rows[4]["告知书"].endswith("补〔2024〕00001号")


def test_text_from_outside_is_never_a_formula(desk: Office) -> None:
    book = openpyxl.load_workbook(export(desk).path)
    kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds
    assert book["收件"]["C2"].data_type == book["收件"]["F2"].data_type == "s"


def test_a_notice_lists_everything_with_standard_and_deadline(desk: Office) -> None:
    rows = read(export(desk).path, "补正")[:-1]
    assert [(row["材料项"], row["结果"]) for row in rows] == [
        ("个人获奖证书复印件", "瑕疵"),
        ("专业技术人员简介表（A3 单面，附件2）", "缺"),
    ]
    assert all(row["要求"] for row in rows)
    assert {row["补正截止"].isoformat() for row in rows} == {"2024-09-10T18:00:00"}
    assert {row["工作日"] for row in rows} == {21}


def test_originals_are_told_with_where_they_are(desk: Office) -> None:
    rows = read(export(desk).path, "原件")
    assert [(r["姓名"], r["种类"], r["证书编号"], r["状态"]) for r in rows] == [
        ("张三", "学历证书", "1055", "在库"),
        ("=HYPERLINK(1)", "学历证书", "", "在库"),
        ("张[/x]三", "学历证书", "", "在库"),
        ("李𬭎", "学历证书", "", "在库"),
        ("单雄", "学历证书", "", "已退"),
    ]


def test_a_fee_without_its_bill_is_marked(desk: Office) -> None:
    rows = read(export(desk).path, "缴费")[:-1]
    assert [(r["方式"], r["缺票据号"]) for r in rows] == [
        ("现金", "是"),
        ("刷卡", ""),
        ("未缴", ""),
        ("他处缴", "是"),
    ]
    assert (rows[1]["票据代码"], rows[1]["票据号码"]) == ("32060124", "0000000017")


def test_the_same_day_gives_the_same_bytes(desk: Office, tmp_path: Path) -> None:
    first = export(desk, target=tmp_path / "first.xlsx")
    desk.clock.tick(hours=3)
    second = export(desk, target=tmp_path / "second.xlsx")
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.sha256 == second.sha256


def test_a_second_export_of_the_same_is_no_export(desk: Office) -> None:
    first = export(desk)
    before = first.path.stat()
    again = export(desk)
    assert (first.same, again.same) == (False, True)
    assert first.path.stat().st_mtime_ns == before.st_mtime_ns
    assert len(events(desk, "day.exported")) == 1


def test_another_file_of_that_name_is_left_as_it_is(desk: Office, tmp_path: Path) -> None:
    target = tmp_path / "day.xlsx"
    target.write_text("mine")
    with pytest.raises(DeskError) as refused:
        export(desk, target=target)
    assert (refused.value.code, target.read_text()) == ("export-exists", "mine")
    assert len(events(desk, "day.exported")) == 0
    assert export(desk, target=target, overwrite=True).path.read_bytes()[:2] == b"PK"


def test_a_changed_day_is_not_written_over_the_old_one(desk: Office) -> None:
    export(desk)
    desk.accepted("吕绿")
    with pytest.raises(DeskError, match="export-exists"):
        export(desk)
    assert "吕绿" in {row["姓名"] for row in read(export(desk, overwrite=True).path, "收件")}


def test_it_lies_under_its_day_and_nobody_else_reads_it(desk: Office) -> None:
    report = export(desk)
    assert report.path == desk.ctx.exports / "2024-08-12.xlsx"
    assert report.path.stat().st_mode & 0o777 == 0o600
    assert report.rows == {
        "收件": 6,
        "缴费": 4,
        "补正": 2,
        "原件": 5,
        "日结": 0,
        "汇总": report.rows["汇总"],
    }


def test_a_folder_gets_the_workbook_under_its_day(fresh: Office, tmp_path: Path) -> None:
    made = export(fresh, target=tmp_path)
    assert made.path == tmp_path / "2024-08-12.xlsx"
    assert made.path.is_file()
    assert export(fresh, target=tmp_path).same
    assert export(fresh, target=tmp_path, full="audit").path == tmp_path / "2024-08-12-full.xlsx"


def test_what_cannot_be_written_is_said(fresh: Office, tmp_path: Path) -> None:
    with pytest.raises(DeskError) as refused:
        export(fresh, target=tmp_path / "nowhere" / "day.xlsx")
    assert refused.value.code == "file"


def test_a_day_to_come_has_no_workbook(fresh: Office) -> None:
    with pytest.raises(DeskError, match="day-ahead"):
        day_sheets(fresh.ctx, date(2024, 8, 13), actor=SUPERVISOR)


def test_a_day_without_anybody_has_empty_sheets_and_zero_sums(fresh: Office) -> None:
    rows = read(export(fresh).path, "汇总")
    figures = {row["项目"]: row for row in rows}
    assert (figures["当日收件"]["件数"], figures["实收合计"]["金额"]) == (0, 0)


def test_only_what_was_worked_on_that_day_is_told(fresh: Office) -> None:
    told = fresh.correct(fresh.faulty("单雄"))
    owing = fresh.accept(fresh.tick_all(fresh.opened("吕绿")), FeeInput(method="later"))
    fresh.accepted("张三")
    fresh.clock.at = shanghai("2024-08-13T15:10")
    fresh.again(told)
    cash = FeeInput(method="cash")
    on_shift(fresh.ctx)
    fees.settle_fee(
        fresh.ctx, submission_id=owing.id, version=owing.version, fee=cash, actor=CLERK, key=uuid4()
    )
    report = export_day(fresh.ctx, day=date(2024, 8, 13), actor=SUPERVISOR, key=uuid4())
    assert [row["姓名"] for row in read(report.path, "收件")[:-1]] == ["单雄", "吕绿"]
    assert [row["姓名"] for row in read(report.path, "缴费")[:-1]] == ["吕绿"]
    assert read(report.path, "补正")[:-1] == []


def test_the_journal_stands_in_it_with_the_seal_of_the_days_last_work(desk: Office) -> None:
    figures = {row["项目"]: row for row in read(export(desk).path, "汇总")}
    with desk.ctx.records.read() as session:
        query = sa.text(
            "SELECT seq, hash, event FROM journal WHERE ref LIKE 'submission:%' ORDER BY seq DESC LIMIT 1"
        )
        last = session.connection().execute(query).one()
    assert json.loads(last.event)[6] == "submission.parked"
    assert figures["流水号"]["内容"] == str(last.seq)
    assert figures["流水校验值"]["内容"] == bytes(last.hash).hex()


def test_printing_copies_later_changes_nothing(desk: Office) -> None:
    sub = desk.accepted("吕绿")
    first = export(desk)
    papers.drain(desk.ctx)
    papers.reprint(desk.ctx, number=sub.number, actor=CLERK, key=uuid4())
    assert export(desk).sha256 == first.sha256


def test_midnight_in_shanghai_parts_the_days(fresh: Office) -> None:
    sub = fresh.opened("张三")
    for at in ("2024-08-13T00:00", "2024-08-13T23:59"):
        fresh.clock.at = shanghai(at)
        with fresh.ctx.records.write() as session:
            Unit(session, fresh.ctx, CLERK).tell("submission.noted", f"submission:{sub.id}")
    fresh.clock.at = shanghai("2024-08-14T00:00")
    days = [date(2024, 8, day) for day in (12, 13, 14)]
    handled = [len(day_sheets(fresh.ctx, day, actor=SUPERVISOR)[0].rows) for day in days]
    assert handled == [1, 1, 0]


def test_a_defect_by_number_tells_how_many_are_lacking(fresh: Office) -> None:
    sub = fresh.tick_all(fresh.opened("张三"), "A3-03")
    sub = fresh.tick(sub, "A3-03", FindingKind.OK, copies=18)
    fresh.correct(sub)
    (line, total) = read(export(fresh).path, "补正")
    assert (line["差份"], total["差份"]) == (2, 2)


def test_the_close_stands_in_the_workbook_to_the_fen(fresh: Office) -> None:
    fresh.accepted("张三")
    fresh.accept(fresh.tick_all(fresh.opened("李四")), FeeInput(method="card"))
    live = shifts.current(fresh.ctx, actor=CLERK).live
    assert live is not None
    closing.count(fresh.ctx, lines=in_pieces(20000 + 30000 - 100), actor=CLERK, key=uuid4())
    made = closing.close(fresh.ctx, reason="unexplained", backup=False, actor=CLERK, key=uuid4())
    rows = [row for row in read(export(fresh).path, "日结") if row["日结单"] == made.display]
    told = {(row["类别"], row["项目"]): (row["件数"], row["金额"]) for row in rows}
    assert told["现金", "应有现金"] == ("", made.expected_fen / 100)
    assert told["现金", "实点现金"] == ("", made.counted_fen / 100)
    assert told["现金", "差额"] == ("", -1)
    assert told["凭条", "合计"] == (2, 600)
    assert told["受理与收费核对", "核对差额"] == (0, 0)
    assert told["累计", ""] == (made.perpetual_count, made.perpetual_fen / 100)
    figures = {row["项目"]: row for row in read(export(fresh).path, "汇总")}
    assert figures["实收合计"]["金额"] == told["凭条", "合计"][1]


def test_no_room_for_the_sheets_is_told_in_words(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("counter.sheets.workbook.write_workbook", full)
    with pytest.raises(DeskError, match="file"):
        export_day(desk.ctx, day=DAY, actor=SUPERVISOR, key=uuid4())
