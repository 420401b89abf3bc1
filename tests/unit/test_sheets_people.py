"""From cells to people: numbers, names, moments and codes brought to one form, doubted or refused."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from counter.circular.loader import shipped
from tests.sheetmaker import (
    HEADER,
    Cell,
    card,
    csv_text,
    doubts,
    load,
    load_rows,
    person,
    refusals,
    xlsx,
)

ELEVEN = datetime(2024, 8, 6, 11, 39)  # noqa: DTZ001  # naive, as a spreadsheet holds it


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (320799198503121230, "numeric"),
        (3.20799e17, "numeric"),
        (date(1985, 3, 12), "length"),
        ("3.20705E+17", "rounded"),
        ("320799198503121000", "rounded"),
        ("320799198502301232", "check"),
        (card("19850231", 123), "date"),
        (card("20250101", 123), "future"),
        ("320799850312123", "first_generation"),
        ("32079919850312", "length"),
        ("32079919850312123\x00", "control"),
        ("3207991985\x1b0312123", "control"),
        (None, "empty"),
    ],
)
def test_a_wrong_card_number_is_refused_by_its_cell(tmp_path: Path, number: Cell, code: str) -> None:
    if isinstance(number, str) and not number.isprintable():
        path = tmp_path / "r.csv"
        path.write_text(csv_text(person(1, 证件号码=number)), encoding="utf-8")
        got = load(path)
    else:
        got = load_rows(tmp_path, person(1, 证件号码=number))
    assert (refusals(got), got.rows) == ([("F2", "id_number", code)], ())


@pytest.mark.parametrize(
    ("kind", "number", "stored"),
    [
        ("港澳台居民居住证", "810000198808080013", "hmt_residence"),
        ("外国人永久居留身份证", "932840198503120014", "permanent_residence"),
        ("外国人永久居留身份证", "USA320000000001", "permanent_residence"),
        ("港澳居民来往内地通行证", "H12345678", "hm_travel"),
        ("台湾居民来往大陆通行证", "12345678", "tw_travel"),
        ("护照", "E12345678", "passport"),
        (None, card(), "resident"),
    ],
)
def test_every_kind_of_document_is_taken(tmp_path: Path, kind: str, number: str, stored: str) -> None:
    got = load_rows(tmp_path, person(1, 证件类型=kind, 证件号码=number, 性别=None))
    assert [(row.id_kind, row.id_number) for row in got.rows] == [(stored, number)]


def test_a_number_ending_in_zeros_is_kept_alone_and_refused_beside_rounded_ones(tmp_path: Path) -> None:
    zeros = next(
        c for day in range(10, 29) for s in (100, 200, 300) if (c := card(f"198503{day}", s)).endswith("000")
    )
    alone = load_rows(tmp_path, person(1, 证件号码=zeros, 性别=None))
    assert [row.id_number for row in alone.rows] == [zeros]
    assert doubts(alone) == [("F2", "ends-in-zeros")]
    beside = load_rows(tmp_path, person(1, 证件号码=zeros, 性别=None), person(2, 证件号码=3.20799e17))
    assert beside.rows == ()
    assert sorted(refusals(beside)) == [("F2", "id_number", "rounded"), ("F3", "id_number", "numeric")]


@pytest.mark.parametrize("quoted", ['="{}"', "'{}", "\t{}", " {} ", "\u200b{}\ufeff", "{}\u00a0"])
def test_the_ways_a_number_is_guarded_from_excel_are_taken_off(tmp_path: Path, quoted: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(csv_text(person(1, 证件号码=quoted.format(card()), 性别="男")), encoding="utf-8")
    got = load(path)
    assert [row.id_number for row in got.rows] == [card()]
    assert [(n.cell, n.before, n.after) for n in got.normalised] == [("F2", quoted.format(card()), card())]


@pytest.mark.parametrize(
    ("online", "code"),
    [
        (None, "empty"), ("申报0001号", "pattern"), ("A" * 41, "long"), (1.5, "numeric"),
        (20242674590001000, "numeric"), ("A\u202eB1234", "control"),
    ],
)  # fmt: skip
def test_a_wrong_online_id_is_refused_by_its_cell(tmp_path: Path, online: Cell, code: str) -> None:
    assert refusals(load_rows(tmp_path, person(1, 申报编号=online))) == [("B2", "online_id", code)]


def test_an_online_id_in_a_number_cell_is_taken_and_doubted(tmp_path: Path) -> None:
    got = load_rows(tmp_path, person(1, 申报编号=2024267459))
    assert got.rows[0].online_id == "2024267459"
    assert doubts(got) == [("B2", "online-id-number")]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "empty"),
        ("　", "empty"),
        ("——", "empty"),
        ("王" * 101, "long"),
        ("王\u202e三", "control"),
        ("王\ufffd", "lost"),
    ],
)
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str, code: str) -> None:
    assert refusals(load_rows(tmp_path, person(1, 姓名=name))) == [("C2", "name", code)]


@pytest.mark.parametrize(
    "name", ["[red]吴平", '=HYPERLINK("x")', "@王三", "王3", "王mary", "<b>王</b>", "王□"]
)
def test_an_odd_name_is_kept_and_doubted(tmp_path: Path, name: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(csv_text(person(1, 姓名=name)), encoding="utf-8")
    got = load(path)
    assert got.rows[0].name == name
    assert doubts(got) == [("C2", "name-odd")]


@pytest.mark.parametrize("name", ["O’Brien Mary", "阿依古丽·热合曼", "陈𬭎", "王䶮", "欧阳娜娜"])
def test_an_uncommon_name_is_not_odd(tmp_path: Path, name: str) -> None:
    assert doubts(load_rows(tmp_path, person(1, 姓名=name))) == []


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        (13800138000, "13800138000"), (13800138000.0, "13800138000"), ("13800138000.0", "13800138000"),
        ("+86 138-0013-8000", "13800138000"), ("１３８００１３８０００", "13800138000"), (None, ""),
        ("0518-85816207", "0518-85816207"), ("（0518）85816207", "0518-85816207"),
    ],
)  # fmt: skip
def test_a_telephone_comes_out_right(tmp_path: Path, cell: Cell, stored: str) -> None:
    got = load_rows(tmp_path, person(1, 手机=cell))
    assert [row.phone for row in got.rows] == [stored]
    assert doubts(got) == []


@pytest.mark.parametrize("cell", [51885816207, 1.38e10 + 0.5, 1380013800, "1.38E+10", "12345", True, "无"])
def test_a_telephone_that_cannot_be_right_is_left_out_and_said(tmp_path: Path, cell: Cell) -> None:
    got = load_rows(tmp_path, person(1, 手机=cell))
    assert [row.phone for row in got.rows] == [""]
    assert [cell for cell, code in doubts(got) if code.startswith("phone-")] == ["M2"]


@pytest.mark.parametrize(
    ("cell", "stored"),
    [
        (ELEVEN, "2024-08-06 11:39:00"), (date(2024, 8, 6), "2024-08-06"),
        ("2024/8/6 9:05", "2024-08-06 09:05:00"), ("2024年8月6日", "2024-08-06"), (None, ""),
        ("2024-08-06T11:39:00", "2024-08-06 11:39:00"), ("２０２４－０８－０６", "2024-08-06"),
    ],
)  # fmt: skip
def test_a_moment_comes_out_right(tmp_path: Path, cell: Cell, stored: str) -> None:
    assert load_rows(tmp_path, person(1, 提交时间=cell)).rows[0].submitted_at == stored


@pytest.mark.parametrize("cell", ["2024-02-30", "昨天", 45510, "2024-13-01 00:00:00"])
def test_a_moment_that_does_not_exist_is_left_out_and_said(tmp_path: Path, cell: Cell) -> None:
    got = load_rows(tmp_path, person(1, 提交时间=cell))
    assert got.rows[0].submitted_at == ""
    assert doubts(got) == [("O2", "time-unreadable")]


def test_a_date_of_the_1904_calendar_is_read_as_excel_shows_it(tmp_path: Path) -> None:
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    for row in (HEADER, person(1, 提交时间=ELEVEN)):
        book.worksheets[0].append(list(row))
    book.save(tmp_path / "r.xlsx")
    assert load(tmp_path / "r.xlsx").rows[0].submitted_at == "2024-08-06 11:39:00"


@pytest.mark.parametrize(
    ("cell", "numbers", "odd"),
    [
        ("1、3", (1, 3), False), ("2,4", (2, 4), False), ("3，1", (1, 3), False), (5, (5,), False),
        ("①③", (1, 3), False), ("情形二", (2,), False), ("", (), False), ("7", (), True),
        ("1、9", (1,), True), (2.4, (), True), ("全部", (), True),
    ],
)  # fmt: skip
def test_situations_come_out_as_numbers(
    tmp_path: Path, cell: Cell, numbers: tuple[int, ...], odd: bool
) -> None:
    got = load_rows(tmp_path, person(1, 申报情形=cell))
    assert got.rows[0].situations == numbers
    assert doubts(got) == ([("L2", "situation-unknown")] if odd else [])


def test_specialty_and_state_come_out_as_codes_of_the_circular(tmp_path: Path) -> None:
    words = [(s.code, word) for s in shipped().specialties for word in (s.full, s.short, *s.aliases)]
    rows = [person(n, 申报专业=word) for n, (_, word) in enumerate(words, start=1)]
    assert [row.specialty for row in load_rows(tmp_path, *rows).rows] == [code for code, _ in words]
    states = [(s.code, word) for s in shipped().online_states for word in (s.name, *s.aliases)]
    rows = [person(n, 审核状态=word) for n, (_, word) in enumerate(states, start=1)]
    assert [row.online_state for row in load_rows(tmp_path, *rows).rows] == [code for code, _ in states]


def test_specialty_and_state_of_no_circular_are_kept_as_text_and_doubted(tmp_path: Path) -> None:
    got = load_rows(tmp_path, person(1, 申报专业="园艺", 审核状态="飞走了"))
    row = got.rows[0]
    assert (row.specialty, row.specialty_text) == ("", "园艺")
    assert (row.online_state, row.online_state_text) == ("unknown", "飞走了")
    assert doubts(got) == [("J2", "specialty-unknown"), ("N2", "state-unknown")]


def test_sex_that_differs_from_the_number_is_doubted(tmp_path: Path) -> None:
    got = load_rows(tmp_path, person(1, 证件号码=card(serial=123), 性别="女"))
    assert got.rows[0].sex == "male"
    assert doubts(got) == [("D2", "sex-differs")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1987.05", None), ("198705", None), (198705, None), (1987.05, None), ("1987年5月", None),
        ("1987-5-12", None), (date(1987, 5, 12), None), ("19870512", None), ("1988.05", "birth-differs"),
        ("87年", "birth-unreadable"), (31909, "birth-unreadable"),
    ],
)  # fmt: skip
def test_birth_is_compared_with_the_number(tmp_path: Path, cell: Cell, code: str | None) -> None:
    path = xlsx(
        tmp_path / "r.xlsx",
        [[*HEADER, "出生年月"], [*person(1, 证件号码=card("19870512"), 性别="男"), cell]],
    )
    got = load(path)
    assert got.rows[0].birth == "1987-05-12"
    assert doubts(got) == ([("P2", code)] if code else [])


def test_october_whose_zero_a_number_cell_has_lost_is_not_doubted(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        [*HEADER, "出生年月"],
        [*person(1, 证件号码=card("19871012"), 性别="男"), 1987.1],
    ]
    assert doubts(load(xlsx(tmp_path / "r.xlsx", rows))) == []


def test_birth_of_the_column_counts_when_the_document_tells_none(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        [*HEADER, "出生年月"],
        [*person(1, 证件类型="护照", 证件号码="E12345678"), "1987.05"],
    ]
    assert load(xlsx(tmp_path / "r.xlsx", rows)).rows[0].birth == "1987-05"


def test_the_year_of_retirement_is_said(tmp_path: Path) -> None:
    rows = [
        person(n, 证件号码=card(born, serial), 性别=None)
        for n, (born, serial) in enumerate([("19641231", 1), ("19650101", 1), ("19741231", 2)], start=1)
    ]
    got = load_rows(tmp_path, *rows)
    assert [(s.cell, s.code) for s in got.suspicious] == [
        ("F2", "retirement"), ("F4", "retirement-if-worker"),
    ]  # fmt: skip
    assert len(got.rows) == 3
