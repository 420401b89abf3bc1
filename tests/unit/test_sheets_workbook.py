"""Workbooks out: typed cells, nothing a formula, ready to print, the same bytes for the same data."""

from __future__ import annotations

import io
import time as clock
import zipfile
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook as openpyxl_load
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import load_workbook as calamine_load
from rich.cells import cell_len

from counter.sheets.errors import SheetError
from counter.sheets.workbook import LONGEST, Column, Content, Kind, Meta, Sheet, write_workbook

META = Meta("2024-08-12 收件", "职称办", datetime(2024, 8, 12, 10, 0, tzinfo=UTC), page="第 &P 页 共 &N 页")
COLUMNS = (
    Column("编号"),
    Column("姓名"),
    Column("份数", Kind.INT, total=True),
    Column("金额", Kind.YUAN, total=True),
    Column("日期", Kind.DATE),
    Column("时间", Kind.TIME),
    Column("时刻", Kind.DATETIME),
)
AT = datetime(2024, 8, 12, 1, 30, tzinfo=UTC)
ROW: tuple[Content, ...] = ("12401000000123", "王䶮", 20, 30000, date(2024, 8, 12), AT, AT)
HOSTILE = (
    '=HYPERLINK("http://x","y")', "=1+1", "=cmd|'/c calc'!A0", "@SUM(1)", "+1", "-1", "\t=1", "\r=1", "\n=1",
    "{=1}",
    "320799198503121232", "007", "1e5", "TRUE", "2024-08-12", "#REF!", "'x", " x ", "[red]x", "<b>&amp;",
    "_x001B_[2J", "https://example.test", "%1", "王" * 300,
)  # fmt: skip


def sheet_of(*texts: str) -> Sheet:
    return Sheet("表", (Column("文"),), [(t,) for t in texts])


def page_of(data: bytes) -> Worksheet:
    page = openpyxl_load(io.BytesIO(data)).worksheets[0]
    assert isinstance(page, Worksheet)
    return page


def read_back(data: bytes) -> list[list[object]]:
    book = calamine_load(io.BytesIO(data))
    return [list(row) for row in book.get_sheet_by_index(0).iter_rows()]


def test_values_come_back_in_their_types_from_two_readers() -> None:
    data = write_workbook([Sheet("收件", COLUMNS, [ROW, ROW], total="合计")], META)
    rows = read_back(data)
    assert rows[0] == [c.title for c in COLUMNS]
    wall = datetime(2024, 8, 12, 9, 30)  # noqa: DTZ001
    assert rows[1] == ["12401000000123", "王䶮", 20, 300, date(2024, 8, 12), time(9, 30), wall]
    assert rows[3][:4] == ["合计", "", 40, 600]
    page = page_of(data)
    assert [c.data_type for c in page[2]] == ["s", "s", "n", "n", "d", "d", "d"]
    assert [c.number_format for c in page[2]][:5] == ["@", "@", "0", "#,##0.00", "yyyy-mm-dd"]


@pytest.mark.parametrize("text", HOSTILE)
def test_outside_text_stays_text(text: str) -> None:
    data = write_workbook([sheet_of(text)], META)
    cell = page_of(data)["A2"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    expected = "\n".join(text.splitlines()).replace("\t", "\ufffd")
    assert read_back(data)[1] == [expected]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert all(b"<f>" not in archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("text", ["张\x1b[2J三", "张\x9b三", "张\x00三", "张\u202e三", "张\ud800三", "\x07"])
def test_a_control_sign_in_a_name_does_not_stop_the_export_and_does_not_get_out(text: str) -> None:
    shown = read_back(write_workbook([sheet_of(text)], META))[1][0]
    assert isinstance(shown, str)
    assert "\ufffd" in shown
    assert not any(sign in shown for sign in "\x1b\x9b\x00\u202e\x07")


def test_over_long_text_is_cut_and_shows_it() -> None:
    shown = read_back(write_workbook([sheet_of("王" * 50_000)], META))[1][0]
    assert shown == "王" * (LONGEST - 1) + "…"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=30), st.integers(-(10**9), 10**9)), min_size=1, max_size=8))
def test_any_text_and_money_come_back(rows: list[tuple[str, int]]) -> None:
    columns = (Column("文"), Column("元", Kind.YUAN, total=True))
    data = write_workbook([Sheet("表", columns, rows, total="合计")], META)
    assert all(c.value is None or c.data_type == "s" for c in page_of(data)["A"])
    *body, last = read_back(data)[1:]
    got = [round(float(str(row[-1])) * 100) for row in body]
    assert got == [fen for _, fen in rows]
    assert round(float(str(last[-1])) * 100) == sum(fen for _, fen in rows)


def test_the_same_data_gives_the_same_bytes_at_another_time() -> None:
    sheets = [Sheet("收件", COLUMNS, [ROW], total="合计"), sheet_of("x")]
    first = write_workbook(sheets, META)
    clock.sleep(2.1)
    assert write_workbook(sheets, META) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b"2024-08-12T10:00:00Z") == 2


def test_other_data_gives_other_bytes() -> None:
    assert write_workbook([sheet_of("x")], META) != write_workbook([sheet_of("y")], META)


def test_pages_are_set_up_for_printing() -> None:
    page = page_of(write_workbook([Sheet("收件", COLUMNS, [ROW, ROW], total="合计")], META))
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:G3"
    assert page.print_title_rows == "$1:$1"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.sheet_properties.pageSetUpPr is not None
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.oddFooter is not None
    assert page.oddFooter.center.text == "第 &P 页 共 &N 页"


def test_what_is_printed_fits_on_a_page_in_8_points_and_the_rest_stays_on_the_screen() -> None:
    columns = [Column("编号", whole=True), *(Column(f"栏{n}") for n in range(9)), Column("件", Kind.INT)]
    number = "连工信职收〔2024〕00001号"
    rows: list[list[Content]] = [[number, *["很长的单位名称" * 6] * 9, 3], [number, *["短"] * 9, 1]]
    sheet = Sheet(
        "表", [*columns, Column("旁"), Column("注")], [[*r, "旁" * 20, "注"] for r in rows], "合计", 11
    )
    page = page_of(write_workbook([sheet], META))
    widths = [page.column_dimensions[letter].width for letter in "ABCDEFGHIJKLM"]
    assert page.print_area == "'表'!$A$1:$K$4"
    assert sum(widths[:11]) <= 157  # cells of 11 pt on A4 landscape, at a scale that leaves 8 pt
    assert widths[0] > cell_len(number)
    assert widths[11] > 40
    assert (page.row_dimensions[2].height or 0) > 5 * (page.row_dimensions[3].height or 99)


def test_a_hanzi_counts_as_two_in_a_column_s_width() -> None:
    narrow = page_of(write_workbook([sheet_of("x" * 20)], META)).column_dimensions["A"].width
    wide = page_of(write_workbook([sheet_of("王" * 20)], META)).column_dimensions["A"].width
    assert (narrow, wide) == (22, 42)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Kind.TEXT, 1), (Kind.INT, "1"), (Kind.INT, True), (Kind.YUAN, 300.0), (Kind.DATE, AT),
        (Kind.DATETIME, AT.replace(tzinfo=None)), (Kind.DATETIME, date(2024, 8, 12)),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_by_its_cell(kind: Kind, value: Content) -> None:
    with pytest.raises(SheetError) as caught:
        write_workbook([Sheet("表", (Column("x", kind),), [(value,)])], META)
    assert (caught.value.code, caught.value.facts["cell"]) == ("cell-type", "A2")


def test_sheet_names_are_made_safe_and_never_shared() -> None:
    data = write_workbook([Sheet("收/件:[1]", COLUMNS, [])], META)
    assert page_of(data).title == "收_件__1_"
    with pytest.raises(SheetError) as caught:
        write_workbook([sheet_of("x"), sheet_of("y")], META)
    assert caught.value.code == "bad-sheet-name"


def test_an_empty_day_is_a_workbook_too() -> None:
    rows = read_back(write_workbook([Sheet("收件", COLUMNS, [], total="合计")], META))
    assert rows[1][:4] == ["合计", "", 0, 0]
