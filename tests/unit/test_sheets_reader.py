"""Reading files: formats, encodings, fingerprints, and what is refused before a row is looked at."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest

from counter.circular.loader import shipped
from counter.sheets.errors import SheetError
from counter.sheets.reader import read_roster
from counter.sheets.report import Roster
from counter.sheets.roster import load_roster
from tests import sheetmaker

DATA = Path(__file__).resolve().parents[1] / "data"
TODAY = date(2024, 8, 12)
RARE = ("王䶮", "陈𬭎", "李㛃", "吕𠅤", "赵堃", "孙喆")


def load(path: Path) -> Roster:
    return load_roster(path, shipped(), today=TODAY)


def code_of(path: Path) -> tuple[str, dict[str, object]]:
    with pytest.raises(SheetError) as caught:
        read_roster(path)
    return caught.value.code, caught.value.facts


def rare_rows() -> list[list[sheetmaker.Cell]]:
    return [sheetmaker.person(n, 姓名=name) for n, name in enumerate(RARE, start=1)]


def test_size_and_hash_are_those_of_the_bytes_that_were_read(tmp_path: Path) -> None:
    path = sheetmaker.roster(tmp_path / "r.xlsx", *sheetmaker.people(3))
    file = read_roster(path)
    assert (file.size, file.sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


def test_an_old_xls_is_read_like_any_workbook() -> None:
    """`data/roster.xls` is a spreadsheet program's own: five invented people below a merged title.

    Among them rare hanzi, a real date, and a card number that was typed as a number.
    """
    got = load(DATA / "roster.xls")
    assert (got.sheet, got.header) == ("名单", (2, 2))
    assert [(row.name, row.row) for row in got.rows] == [("周敏平", 3), ("王䶮", 4), ("陈𬭎", 5), ("施桂", 7)]
    assert got.rows[1].id_number == "320799199701030030"
    assert [row.submitted_at for row in got.rows[1:3]] == ["2024-08-19 11:39:00", "2024-08-05 10:30:00"]
    assert [(cell.cell, cell.code) for cell in got.refused] == [("F6", "numeric")]
    assert [(row.row, row.kind) for row in got.skipped] == [(8, "total")]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
    ],
)
def test_every_encoding_gives_the_same_names(tmp_path: Path, encoding: str, said: str) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(sheetmaker.csv_text(*rare_rows()).encode(encoding))
    got = load(path)
    assert tuple(row.name for row in got.rows) == RARE
    assert (got.encoding, got.refused) == (said, ())


def test_the_eight_old_private_characters_become_the_hanzi_of_today(tmp_path: Path) -> None:
    old = "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864"
    path = tmp_path / "r.csv"
    path.write_bytes(sheetmaker.csv_text(sheetmaker.person(1, 工作单位=f"连云港{old}公司")).encode("gb18030"))
    assert load(path).rows[0].employer == "连云港龴龵龶龷龸龹龺龻公司"


def test_another_private_character_is_kept_and_said(tmp_path: Path) -> None:
    got = load(sheetmaker.roster(tmp_path / "r.xlsx", sheetmaker.person(1, 姓名="王\ue123")))
    assert got.rows[0].name == "王\ue123"
    assert [(s.cell, s.code) for s in got.suspicious if s.code == "private-character"] == [
        ("C2", "private-character")
    ]


@pytest.mark.parametrize("most", ["utf-8", "gb18030"])
def test_a_file_of_two_encodings_is_refused_with_the_line_that_differs(tmp_path: Path, most: str) -> None:
    lines = sheetmaker.csv_text(*sheetmaker.people(9)).splitlines(keepends=True)
    other = "gb18030" if most == "utf-8" else "utf-8"
    path = tmp_path / "r.csv"
    path.write_bytes(b"".join(t.encode(other if n == 6 else most) for n, t in enumerate(lines, start=1)))
    assert code_of(path) == ("mixed-encodings", {"line": 6})


def test_bytes_of_no_encoding_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(sheetmaker.csv_text().encode("gb18030") + b"1,\xff\xff\xff,x\r\n")
    assert code_of(path) == ("encoding", {"line": 2})


def test_a_text_that_already_lost_characters_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(sheetmaker.csv_text(sheetmaker.person(1, 姓名="王\ufffd")), encoding="utf-8")
    assert code_of(path) == ("lost-characters", {"line": 2})


def test_a_broken_utf16_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(sheetmaker.csv_text(*sheetmaker.people(2)).encode("utf-16")[:-1])
    assert code_of(path) == ("encoding", {"line": 3})


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_tabs_and_semicolons_divide_columns_too(tmp_path: Path, delimiter: str) -> None:
    rows = [sheetmaker.HEADER, *(sheetmaker.person(n, 申报情形="1、3") for n in (1, 2))]
    path = tmp_path / "r.csv"
    path.write_text("".join(delimiter.join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    assert len(load(path).rows) == 2


def test_an_open_quotation_mark_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text(sheetmaker.csv_text() + '1,"abc', encoding="utf-8")
    assert code_of(path)[0] == "csv-syntax"


@pytest.mark.parametrize(
    ("name", "data", "code", "facts"),
    [
        ("r.xlsx", b"PK\x03\x04rest", "damaged", {}),
        ("r.csv", b"  \r\n\r\n", "empty", {}),
        ("r.xls", b"<html><table><tr><td>x</td></tr></table></html>", "format", {"kind": "html"}),
        ("r.xlsx", b"a,b\n1,2\n", "renamed", {"suffix": ".xlsx", "kind": "csv"}),
        ("r.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "damaged", {}),
        ("r.pdf", b"%PDF-1.7", "format", {"kind": "pdf"}),
        ("r.csv", b"%PDF-1.7", "format", {"kind": "other"}),
        ("r.ods", b"PK\x03\x04", "format", {"kind": "ods"}),
    ],
)
def test_what_is_no_roster_file_is_refused(
    tmp_path: Path, name: str, data: bytes, code: str, facts: dict[str, object]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert code_of(path) == (code, facts)


def test_what_is_not_a_file_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "folder.xlsx").mkdir()
    (tmp_path / "none.csv").touch()
    assert code_of(tmp_path / "pipe.xlsx")[0] == "not-a-file"
    assert code_of(tmp_path / "folder.xlsx")[0] == "not-a-file"
    assert code_of(tmp_path / "missing.xlsx")[0] == "not-found"
    assert code_of(tmp_path / "none.csv")[0] == "empty"


def test_a_name_of_odd_bytes_is_read_like_any_other(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"--roster\xff\n.xlsx")
    sheetmaker.roster(path, *sheetmaker.people(1))
    assert len(load(path).rows) == 1


def test_macros_and_binary_workbooks_are_refused_whatever_they_are_called(tmp_path: Path) -> None:
    path = sheetmaker.roster(tmp_path / "r.xlsx", *sheetmaker.people(1))
    sheetmaker.with_parts(path, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    assert code_of(path)[0] == "macros"
    path = sheetmaker.roster(tmp_path / "s.xlsx", *sheetmaker.people(1))
    sheetmaker.with_parts(path, {"xl/workbook.bin": b"\x83\x01"}, without="xl/workbook.xml")
    assert code_of(path) == ("format", {"kind": "xlsb"})
    path.rename(tmp_path / "s.xlsb")
    assert code_of(tmp_path / "s.xlsb") == ("format", {"kind": "xlsb"})
    path = sheetmaker.roster(tmp_path / "t.xls", *sheetmaker.people(1))
    assert code_of(path) == ("renamed", {"suffix": ".xls", "kind": "xlsx"})
