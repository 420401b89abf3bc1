"""One person's papers from first scan to receipt on a real terminal, and what is told of it afterwards."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.faults.clerk import ITEMS, Clerk, code_on, command, demo_home, newcomers

SIZES = [(80, 24), (120, 36)]
DAY = "2024-08-12"


def rows_of(workbook: Path, sheet: str) -> list[dict[str, object]]:
    """Return the rows of a sheet by its headings, as another program reads them."""
    lines = CalamineWorkbook.from_path(workbook).get_sheet_by_name(sheet).to_python()
    head = next(n for n, line in enumerate(lines) if "编号" in line)
    names = [str(name) for name in lines[head]]
    return [dict(zip(names, line, strict=False)) for line in lines[head + 1 :]]


@pytest.mark.parametrize(("columns", "rows"), [SIZES[0], pytest.param(*SIZES[1], marks=pytest.mark.long)])
def test_a_defect_is_told_put_right_accepted_and_the_receipt_opens_it_again(
    columns: int, rows: int, tmp_path: Path
) -> None:
    home = demo_home(tmp_path, empty=False)
    online_id, name = newcomers(home)[5]
    with Clerk(home, "demo", at="", columns=columns, rows=rows) as clerk:
        clerk.wait("演示", timeout=40)
        clerk.opened()
        clerk.settle(0.3)
        serial = clerk.enter(online_id)  # the first screen of a demo gives way to a scan
        assert name in clerk.text()
        clerk.tick(2)
        clerk.key("f6")
        clerk.wait("瑕疵")
        clerk.settle()
        clerk.key("f9")
        clerk.until(lambda _text: clerk.saved == 3, what="the defect saved")
        clerk.tick(ITEMS - 3)
        assert "瑕疵 1" in clerk.step
        before = clerk.pressed
        clerk.key("f9")
        clerk.wait("一次性告知书")
        clerk.settle()
        assert "须补正 1 项" in clerk.text()
        clerk.key("f9")
        clerk.at_desk()
        assert clerk.pressed - before == 2
        notice = code_on(clerk.paper("2*.pdf", newer=True))

        assert clerk.enter(notice) == serial
        clerk.tick(1)
        clerk.key("f9")
        clerk.wait("受理回执")
        clerk.settle()
        assert "300.00" in clerk.text()
        clerk.key("f9")
        clerk.at_desk()
        receipt = code_on(clerk.paper("1*.pdf", newer=True))
        assert receipt != notice
        labels = [clerk.paper(f"{kind}24*{serial}??.pdf") for kind in (3, 4)]
        assert [code_on(label)[0] for label in labels] == ["3", "4"]

        assert clerk.enter(receipt) == serial
        assert "受理" in clerk.step
        clerk.key("esc")
        clerk.at_desk()
        assert serial in clerk.text()
        clerk.key("ctrl+q")
        assert clerk.ended() == 0
    agrees(home, serial, name, notice, receipt)


def agrees(home: Path, serial: str, name: str, notice: str, receipt: str) -> None:
    """Hold the command line's three answers against what was done at the desk."""
    for query in (receipt, notice, serial, name):
        asked = command(home, "status", query, "--json")
        assert asked.returncode == 0, asked
        (found,) = json.loads(asked.stdout)["found"]
        assert (found["number"], found["status"], found["fee"]) == (receipt, "accepted", "paid")
        assert {paper["number"][0] for paper in found["papers"]} == {"1", "2", "3", "4", "5"}
        assert found["open_items"] == []
    assert "受理" in command(home, "status", receipt).stdout

    written = command(home, "export", DAY)
    assert written.returncode == 0, written
    workbook = Path(written.stdout.strip())
    (submission,) = [row for row in rows_of(workbook, "收件") if str(row["条码"]) == receipt]
    assert (submission["姓名"], submission["状态"]) == (name, "受理")
    (fee,) = [row for row in rows_of(workbook, "缴费") if serial in str(row["编号"])]
    assert (fee["状态"], fee["已收金额"]) == ("已缴", 300.0)
    told = [row for row in rows_of(workbook, "补正") if str(row["姓名"]) == name]
    assert [str(row["结果"]) for row in told] == ["瑕疵"]

    proved = command(home, "verify", "--json")
    assert proved.returncode == 0, proved
    assert json.loads(proved.stdout)["ok"]


@pytest.mark.parametrize(("columns", "rows"), SIZES)
def test_a_clean_submission_takes_at_most_its_items_and_eight_keys(
    columns: int, rows: int, tmp_path: Path
) -> None:
    home = demo_home(tmp_path)
    online_id, _name = newcomers(home)[5]
    with Clerk(home, columns=columns, rows=rows) as clerk:
        clerk.opened()
        serial = clerk.enter(online_id)
        clerk.tick(ITEMS)
        clerk.key("f9")
        clerk.wait("受理回执")
        clerk.settle()
        clerk.key("f9")
        clerk.at_desk()
        clerk.paper(f"124*{serial}??.pdf")
        assert clerk.pressed <= ITEMS + 8
        print(f"keys of a clean submission at {columns}x{rows}: {clerk.pressed}")


def test_a_parked_submission_is_taken_up_where_it_was_left(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    online_id, name = newcomers(home)[5]
    with Clerk(home) as clerk:
        clerk.opened()
        serial = clerk.enter(online_id)
        clerk.tick(7)
        clerk.key("f8")
        clerk.settle(0.2)
        clerk.type("回单位盖章", gap=0.05)
        clerk.key("f9")
        clerk.at_desk()
        clerk.until(lambda text: serial in text and "挂起" in text, what="parked on the list")
    with Clerk(home, at="2024-08-12T10:30") as clerk:
        clerk.opened()
        assert clerk.enter(online_id) == serial
        assert clerk.saved == 7
        assert name in clerk.text()
        clerk.tick(1)
