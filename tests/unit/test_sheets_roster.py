"""From a file to its list: headers, what is skipped, what is given twice, what the quick way leaves alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from counter.circular.loader import shipped
from counter.rules.identity import check_identity, normal_phone
from counter.rules.names import normal_name
from counter.rules.problem import Problem
from counter.sheets import cells, quick
from counter.sheets.aliases import load_aliases
from counter.sheets.errors import SheetError
from counter.sheets.roster import load_roster
from tests.sheetmaker import (
    HEADER,
    TODAY,
    Cell,
    card,
    csv_text,
    doubts,
    load,
    load_rows,
    people,
    person,
    refusals,
    roster,
    xlsx,
)


def messy(path: Path) -> Path:
    """Write the kind of list a county sends: guide sheet, title, two header lines, totals, signatures."""
    book = Workbook()
    guide = book.worksheets[0]
    guide.title = "填表说明"
    guide["A1"] = "请勿修改表头"
    page = book.create_sheet("名单")
    page.append(["附件：网上申报人员名单"])
    page.append(
        [
            "序号",
            "基本情况",
            None,
            None,
            None,
            "单位",
            None,
            "申报",
            None,
            "联系电话",
            "当前环节",
            "业务流水号",
        ]
    )
    page.append([None, "申报人姓名", "性别", "身份证号", "出生年月", "名称", "区县", "专业", "情形"])
    page.merge_cells("B2:E2")
    page.merge_cells("F2:G2")
    page.merge_cells("H2:I2")
    good = card("19850312", 123)
    for n, (name, number, phone) in enumerate(
        [
            ("王䶮", f" {good}\u00a0", "13900000001"),
            ("孙\u3000喆", "".join(chr(ord(c) + 0xFEE0) for c in card("19850312", 125)), 13900000002),
            ("吕绿", int(card("19850312", 127)), "13900000003"),
            ("欧阳修文[/x]", card("19850312", 129), "13900000004"),
            ("买买提•艾山", card("19850312", 131)[:17] + "A", "13900000005"),
            ("朴志", card("19850312", 133), 13900000006.5),
        ],
        start=1,
    ):
        place = ["海州区", "机械", "1、3", phone, "已提交", f"LYGGX{n:05d}"]
        page.append([n, name, "男", number, "1985.03", "连云港公司", *place])
    page.append([])
    page.append(["合计", "6人"])
    page.append(["填表人：", None, None, "审核人："])
    book.save(path)
    return path


def test_a_messy_list_ends_with_every_good_row_in_and_every_bad_row_named(tmp_path: Path) -> None:
    got = load(messy(tmp_path / "r.xlsx"))
    assert (got.sheet, got.header) == ("名单", (2, 3))
    assert [row.name for row in got.rows] == ["王䶮", "孙喆", "欧阳修文[/x]", "朴志"]
    assert refusals(got) == [("D6", "id_number", "numeric"), ("D8", "id_number", "digits")]
    assert doubts(got) == [("B7", "name-odd"), ("J9", "phone-numeric")]
    assert [(s.row, s.kind) for s in got.skipped] == [(11, "total"), (12, "signature")]
    assert [row.phone for row in got.rows] == ["13900000001", "13900000002", "13900000004", ""]
    assert {row.specialty for row in got.rows} == {"mechanical"}
    assert {row.situations for row in got.rows} == {(1, 3)}
    assert {row.employer for row in got.rows} == {"连云港公司"}


def test_what_was_normalised_is_said_with_the_original(tmp_path: Path) -> None:
    got = load(messy(tmp_path / "r.xlsx"))
    said = {n.cell: (n.before, n.after) for n in got.normalised}
    good = card("19850312", 123)
    assert said["D4"] == (f" {good}\u00a0", good)
    assert said["B5"] == ("孙\u3000喆", "孙喆")
    assert said["B8"] == ("买买提•艾山", "买买提·艾山")
    assert said["D5"][1] == card("19850312", 125)


@pytest.mark.parametrize("shift", range(6))
def test_a_header_is_found_below_titles_and_right_of_blank_columns(tmp_path: Path, shift: int) -> None:
    rows = [["2024年度名单"]] * shift + [[None] * shift + list(r) for r in (HEADER, *people(3))]
    got = load(xlsx(tmp_path / "r.xlsx", rows))
    assert len(got.rows) == 3
    assert got.header == (shift + 1, shift + 1)
    assert got.columns["online_id"].cell == f"{'BCDEFG'[shift]}{shift + 1}"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("姓名", "申报人 *"),
        ("姓名", "姓　名"),
        ("证件号码", "身份证号码（18位）"),
        ("证件号码", "公民身份号码"),
        ("申报编号", "业务流水号"),
        ("手机", "联系电话"),
        ("审核状态", "当前环节"),
        ("工作单位", "所在单位："),
    ],
)
def test_columns_are_known_by_their_other_words(tmp_path: Path, old: str, new: str) -> None:
    header = [new if word == old else word for word in HEADER]
    got = load(xlsx(tmp_path / "r.xlsx", [header, *people(2)]))
    assert (len(got.rows), got.unknown_columns) == (2, ())
    assert got.rows[0].phone
    assert got.rows[0].online_state


@pytest.mark.parametrize("word", ["申报编号", "姓名", "证件号码"])
def test_a_list_without_a_needed_column_is_refused_by_its_word(tmp_path: Path, word: str) -> None:
    header = ["别的" if h == word else h for h in HEADER]
    with pytest.raises(SheetError) as caught:
        load(xlsx(tmp_path / "r.xlsx", [header, *people(2)]))
    if word == "姓名":
        assert caught.value.code == "no-header"
    else:
        assert caught.value.code == "missing-columns"
        assert word in str(caught.value.facts["missing"])


def test_a_workbook_without_any_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SheetError) as caught:
        load(xlsx(tmp_path / "r.xlsx", [["请勿修改表头"]], [["a", "b"], [1, 2]]))
    assert caught.value.code == "no-header"


def test_columns_in_another_order_give_the_same_people(tmp_path: Path) -> None:
    rows = [list(reversed(r)) for r in (HEADER, *people(4))]
    turned = load(xlsx(tmp_path / "a.xlsx", rows))
    assert turned.rows == load(roster(tmp_path / "b.xlsx", *people(4))).rows


def test_unknown_and_duplicate_columns_are_reported_and_not_read(tmp_path: Path) -> None:
    header = [*HEADER, "民族", "联系电话"]
    got = load(xlsx(tmp_path / "r.xlsx", [header, [*person(1), "汉", "0518-85816207"]]))
    assert [(c.cell, c.header) for c in got.unknown_columns] == [("P1", "民族")]
    assert [(c.cell, c.header) for c in got.duplicate_columns] == [("Q1", "联系电话")]
    assert got.rows[0].phone.startswith("139")


def test_the_fuller_sheet_is_read_and_another_list_is_named(tmp_path: Path) -> None:
    small = [["申报编号", "姓名", "证件号码"], ["X00001", "张三", card()]]
    got = load(xlsx(tmp_path / "r.xlsx", small, [HEADER, *people(2)], names=("县区", "全市")))
    assert (got.sheet, len(got.rows)) == ("全市", 2)
    assert [(s.sheet, s.code) for s in got.suspicious if s.field == "sheet"] == [("县区", "second-roster")]


def test_a_hidden_sheet_gives_way_to_a_visible_one(tmp_path: Path) -> None:
    book = Workbook()
    for name, state in (("旧", "hidden"), ("新", "visible")):
        page = book.create_sheet(name)
        page.sheet_state = state
        for row in (HEADER, person(1, 工作单位=name)):
            page.append(list(row))
    book.remove(book.worksheets[0])
    book.save(tmp_path / "r.xlsx")
    assert load(tmp_path / "r.xlsx").rows[0].employer == "新"


def test_headers_repeated_in_the_list_and_remarks_below_it_are_skipped(tmp_path: Path) -> None:
    blank: list[Cell] = [None] * 15
    got = load_rows(
        tmp_path, person(1), HEADER, person(2), blank, ["7"], ["总 计：", None, "2"], ["注：以上均已公示"]
    )
    assert len(got.rows) == 2
    assert [(s.row, s.kind) for s in got.skipped] == [
        (3, "header"), (6, "remark"), (7, "total"), (8, "signature"),
    ]  # fmt: skip
    assert got.refused == ()


def test_a_cell_merged_over_several_people_counts_for_each(tmp_path: Path) -> None:
    book = Workbook()
    page = book.worksheets[0]
    for row in (HEADER, *people(3)):
        page.append(list(row))
    page["G2"] = "连云港共同有限公司"
    page.merge_cells("G2:G4")
    book.save(tmp_path / "r.xlsx")
    assert {row.employer for row in load(tmp_path / "r.xlsx").rows} == {"连云港共同有限公司"}


def test_words_of_another_office_come_from_its_own_file(tmp_path: Path) -> None:
    shipped_words = (Path(cells.__file__).parent / "aliases.toml").read_text(encoding="utf-8")
    own = tmp_path / "aliases.toml"
    own.write_text(shipped_words.replace('"申报编号"', '"申办号"'), encoding="utf-8")
    header = ["申办号" if h == "申报编号" else h for h in HEADER]
    path = xlsx(tmp_path / "r.xlsx", [header, *people(1)])
    assert len(load_roster(path, shipped(), aliases=load_aliases(own), today=TODAY).rows) == 1
    own.write_text("[columns]\nshoe_size = ['鞋码']\n", encoding="utf-8")
    with pytest.raises(SheetError) as caught:
        load_aliases(own)
    assert caught.value.code == "aliases-invalid"


def test_a_row_given_twice_is_kept_once_and_said(tmp_path: Path) -> None:
    got = load_rows(tmp_path, person(1), person(2), person(1, 序号="3", 姓名=f" {person(1)[2]} "))
    assert [row.row for row in got.rows] == [2, 3]
    assert [(s.cell, s.code, s.facts) for s in got.suspicious if s.field == "online_id"] == [
        ("B4", "duplicate-row", {"first": "B2"})
    ]
    assert got.refused == ()


def test_an_online_id_given_to_two_is_kept_once_and_the_other_is_named(tmp_path: Path) -> None:
    got = load_rows(tmp_path, person(1), person(2, 申报编号=person(1)[1]))
    assert [row.row for row in got.rows] == [2]
    assert refusals(got) == [("B3", "online_id", "taken")]
    assert doubts(got) == [("B3", "online-id-twice")]


def test_one_person_twice_and_one_number_for_two_people_are_doubted(tmp_path: Path) -> None:
    number = {"证件号码": card(), "性别": "男"}
    got = load_rows(
        tmp_path,
        person(1, 姓名="张三", **number),
        person(2, 姓名="张三", **number),
        person(3, 姓名="李四", **number),
    )
    assert len(got.rows) == 3
    assert doubts(got) == [("F3", "person-twice"), ("F4", "id-number-twice")]


def test_every_wrong_cell_of_a_row_is_named(tmp_path: Path) -> None:
    got = load_rows(tmp_path, person(1, 姓名="", 证件号码=1.5, 申报编号="?"))
    assert refusals(got) == [
        ("B2", "online_id", "pattern"),
        ("C2", "name", "empty"),
        ("F2", "id_number", "numeric"),
    ]


def test_no_refusal_repeats_the_number_it_refuses(tmp_path: Path) -> None:
    wrong = card()[:17] + ("0" if card()[17] != "0" else "1")
    got = load_rows(tmp_path, person(1, 证件号码=wrong))
    assert wrong not in repr(got.refused)


@pytest.mark.parametrize(
    "word", ["工作单位", "所属区划", "主管部门", "申报级别", "手机", "提交时间", "申报专业"]
)
def test_a_control_sequence_in_any_column_refuses_the_row(tmp_path: Path, word: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(csv_text(person(1, **{word: "连云港\x1b]2;x\x07"})), encoding="utf-8")
    got = load(path)
    assert [(r.cell[0], r.code) for r in got.refused] == [("ABCDEFGHIJKLMNO"[HEADER.index(word)], "control")]


def test_an_escape_that_a_workbook_hides_in_a_code_is_found(tmp_path: Path) -> None:
    got = load_rows(tmp_path, person(1, 姓名="王_x001B_[2J"))
    assert refusals(got) == [("C2", "name", "control")]


def test_a_line_end_in_a_cell_becomes_a_space(tmp_path: Path) -> None:
    got = load_rows(tmp_path, person(1, 工作单位="连云港\n第一公司"))
    assert got.rows[0].employer == "连云港 第一公司"
    assert [n.cell for n in got.normalised] == ["G2"]


@given(st.text(alphabet="王䶮张a1·. \u4e00\u9fa5[\u3000", max_size=6))
def test_a_plain_name_is_one_the_rules_leave_alone(text: str) -> None:
    if quick.plain_name(text):
        assert normal_name(text) == text


@given(
    st.one_of(
        st.from_regex(r"[0-9]{6}(19|20)[0-9]{2}(0[0-9]|1[0-2])[0-3][0-9][0-9]{3}[0-9X]", fullmatch=True),
        st.builds(
            card,
            st.dates(date(1890, 1, 1), date(2030, 1, 1)).map(lambda d: f"{d:%Y%m%d}"),
            st.integers(0, 999),
        ),
        st.text(max_size=20),
    )
)
def test_a_card_taken_by_table_is_the_one_the_rules_take(text: str) -> None:
    found = quick.PlainCards(TODAY).check(text)
    try:
        rule = check_identity(None, text, today=TODAY)
    except Problem:
        assert found is None
        return
    if found is not None:
        assert rule.birth is not None
        assert rule.sex is not None
        assert (rule.number, rule.kind.value) == (text, "resident")
        assert found == (rule.birth.isoformat(), rule.sex.value)


@given(st.integers(1970, 2024), st.integers(1, 12), st.integers(1, 28), st.integers(0, 999))
def test_every_right_resident_number_is_taken_by_table(y: int, m: int, d: int, serial: int) -> None:
    assert quick.PlainCards(None).check(card(f"{y}{m:02d}{d:02d}", serial)) is not None


@given(st.text(alphabet="0123456789+-. ", max_size=14))
def test_a_plain_telephone_is_one_the_rules_leave_alone(text: str) -> None:
    if quick.plain_phone(text):
        assert normal_phone(text) == text


@given(st.text(alphabet="连云港A1（）\u200b \x1b", max_size=8))
def test_plain_text_is_text_that_tidying_leaves_alone(text: str) -> None:
    if quick.plain_text(text):
        assert cells.tidy(text, 200) == (text, False, ())


@given(st.from_regex(r"20[0-9]{2}-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9]", fullmatch=True))
def test_a_plain_moment_is_one_that_reading_leaves_alone(text: str) -> None:
    if quick.plain_moment(text):
        assert cells.submitted(text).text == text
