"""The slip of a payment and the sheet of a day, printed by `counter print` and read as people read them."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest

from counter.desk import shifts
from counter.desk.demo_money import close_day
from counter.desk.papers import drain
from receipts.number import parse_anchor
from tests.builders import CLERK
from tests.cli.conftest import Morning, Run
from tests.keeping import at_work
from tests.paper.reading import codes_in, raster, text_of


@pytest.fixture
def sheet(morning: Morning) -> str:
    """Close the morning's shift, and return the number of its day sheet."""
    (morning.home / "config.toml").write_text("copies_limit = 9\n", encoding="utf-8")
    with at_work(morning.home, at="2024-08-12T17:30") as desk:
        close_day(desk.ctx, CLERK, (uuid4(), uuid4()), short_fen=1000)
        drain(desk.ctx)
    (made,) = (morning.home / "documents").glob("7*.pdf")
    return made.name[:14]


def printed(run: Run, number: str, to: Path) -> bytes:
    said = run("print", number, "--to", str(to))
    assert (said.returncode, said.stderr) == (0, "")
    return to.read_bytes()


def test_a_slip_is_printed_by_each_name_it_has(
    run: Run, morning: Morning, sheet: str, tmp_path: Path
) -> None:
    (found,) = json.loads(run("status", morning.accepted, "--json").stdout)["found"]
    (payment,) = found["payments"]
    assert payment["number"][0] == "5"
    names = (payment["number"], payment["display"])
    for turn, name in enumerate(names, start=1):
        pdf = printed(run, name, tmp_path / f"{turn}.pdf")
        text = text_of(pdf)
        for words in ("缴费凭条", "人民币叁佰元整", "300.00", "单雄", f"副本第{turn}次"):
            assert words in text, words
        assert "不作报销凭证" in text
        codes = codes_in(raster(pdf, 200))
        anchor = parse_anchor(codes["QRCode"])
        assert (codes["Code128"], anchor.number.digits) == (payment["number"], payment["number"])
        assert run("verify", "--expect", f"{anchor.seq}:{anchor.head}").returncode == 0


def test_the_day_sheet_is_printed_by_each_name_it_has_and_its_code_opens_the_next_shift(
    run: Run, morning: Morning, sheet: str, tmp_path: Path
) -> None:
    pdf = printed(run, sheet, tmp_path / "sheet.pdf")
    text = text_of(pdf)
    for words in ("日结单", "300.00", "490.00", "-10.00", "原因不明", "签字", "副本第1次"):
        assert words in text, words
    code = codes_in(raster(pdf, 200))["QRCode"]
    anchor = parse_anchor(code)
    assert len(anchor.head) == 64
    assert anchor.head.upper() in text.upper()
    for turn, name in enumerate((f"连工信职结〔2024〕{int(sheet[5:12]):05d}号", code), start=2):
        assert f"副本第{turn}次" in text_of(printed(run, name, tmp_path / f"{turn}.pdf"))
    with at_work(morning.home, at="2024-08-13T09:00") as desk:
        opened = shifts.open_shift(desk.ctx, float_fen=0, sheet=code, actor=CLERK, key=uuid4())
    assert opened.sheet == "match"
