"""The slip of a payment and the sheet of a day, read back from print."""

from __future__ import annotations

import dataclasses

import pytest

from counter.desk.shifts import read_sheet
from receipts import data
from receipts.data import as_copy
from receipts.errors import PaperError
from receipts.money_data import SheetRow
from receipts.render import render_pdf
from tests.paper.reading import codes_in, pages_of, raster, text_of
from tests.paper.samples import ISSUED, SHEET, SLIP


def test_a_slip_says_in_capitals_how_much_and_that_it_is_no_bill() -> None:
    text = text_of(render_pdf(SLIP, ISSUED))
    for words in ("人民币叁佰元整", "300.00", "本凭条不作报销凭证，以财政票据为准"):
        assert words in text
    assert "3206012400004815" in text.replace(" ", "")
    assert "已作废" not in text


def test_the_slip_of_a_void_names_what_it_takes_back_and_who_allowed_it() -> None:
    void = dataclasses.replace(
        SLIP,
        move="作废",
        amount="-300.00",
        capitals="负人民币叁佰元整",
        negates="连工信职缴〔2024〕00001号",
        reason="重复登记",
        approved_by="孙立",
    )
    text = text_of(render_pdf(void, ISSUED))
    for words in ("作废", "-300.00", "负人民币叁佰元整", "冲销凭条", "重复登记", "孙立"):
        assert words in text


def test_a_later_print_of_a_slip_taken_back_says_so_across_it() -> None:
    copy = as_copy(SLIP, number=1, at="2024年8月13日 09:00", clerk="周敏")
    gone = dataclasses.replace(copy, voided="2024年8月12日 10:20 连工信职缴〔2024〕00003号")
    pdf = render_pdf(gone, ISSUED)
    assert "已作废" in text_of(pdf)
    assert codes_in(raster(pdf, 200)) == {"Code128": SLIP.digits, "QRCode": SLIP.digits}


def test_a_day_sheet_carries_the_whole_seal_as_text_and_as_a_code_that_scans() -> None:
    pdf = render_pdf(SHEET, ISSUED)
    text = text_of(pdf).replace(" ", "")
    assert SHEET.chain_head.replace(" ", "") in text
    assert text.count("签字") >= 2
    for dpi in (150, 200, 300):
        assert codes_in(raster(pdf, dpi)) == {"Code128": SHEET.digits, "QRCode": SHEET.anchor}
    seen = read_sheet(SHEET.anchor)
    assert seen is not None
    assert (seen.number.digits, seen.seq) == (SHEET.digits, 4711)
    assert seen.line == SHEET.anchor


def test_a_day_of_many_exceptions_goes_on_to_a_second_page_and_keeps_its_signatures() -> None:
    many = tuple(SheetRow(label="作废", count="1", text=f"{n:05d} 周敏/孙立 重复登记") for n in range(80))
    long = dataclasses.replace(
        SHEET, sections=(*SHEET.sections[:2], dataclasses.replace(SHEET.sections[2], rows=many))
    )
    pdf = render_pdf(long, ISSUED)
    assert len(pages_of(pdf)) >= 2
    text = text_of(pdf)
    assert "00079" in text
    assert "复核人签字" in text


def test_both_papers_are_stored_as_the_data_they_are_made_of() -> None:
    for doc in (SLIP, SHEET):
        assert data.from_json(data.to_json(doc)) == doc
        assert render_pdf(doc, ISSUED) == render_pdf(doc, ISSUED)


def test_a_slip_with_the_number_of_another_paper_is_refused() -> None:
    for doc, digits in ((SLIP, SHEET.digits), (SHEET, SLIP.digits)):
        with pytest.raises(PaperError):
            render_pdf(dataclasses.replace(doc, digits=digits), ISSUED)
