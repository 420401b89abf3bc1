"""Papers as they leave the desk: their text, fonts, codes, pages and refusals."""

from __future__ import annotations

import dataclasses
import io
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from counter.circular.loader import shipped
from receipts import coverage, data, render
from receipts.data import (
    BagLabel,
    CopyMark,
    CorrectionNotice,
    Document,
    Fee,
    NoticeItem,
    OriginalRow,
    as_copy,
)
from receipts.errors import PaperError
from receipts.money_data import DaySheet
from receipts.number import PaperAnchor, PaperKind, PaperNumber, parse_number
from receipts.render import render_pdf, render_png
from tests.paper.reading import codes_in, fonts_of, pages_of, raster, squeezed, text_of, words_of
from tests.paper.samples import DOCUMENTS, ISSUED, LABEL, NOTICE, ORIGINALS_LABEL, RECEIPT

NAMES = ("receipt", "notice", "review bag", "originals bag", "fee slip")
LONG_NAME = "阿卜杜热合曼·买买提吐尔逊·" * 3 + "阿布都克里木·艾"
"""45 hanzi and separators; a name field must take at least 50 signs."""
LONG_LATIN = "Alexandria-Konstantinovna·Wisniewska-Brzeczyszczyk"
LONG_EMPLOYER = (
    "连云港经济技术开发区新海石化与精细化工联合研究院股份有限公司（第一分公司技术中心检测与分析试验室）"
)
PRINTABLE = 12
"""Points that an office printer may leave white at every edge (4.2 mm)."""
HOSTILE = (
    "#let x = 1",
    "#panic()",
    "[/x][red]某",
    "*_某_*",
    "$x^2$ <a> @b",
    "\\u{41}`某`",
    "//某 /*",
    '"}{"',
    "= 某\u3000- 某",
    "#d.digits",
    "~--..'某'",
    "=1+1",
)


@cache
def printed(doc: Document) -> bytes:
    return render_pdf(doc, ISSUED)


def shown_fields(doc: Document) -> Iterator[str]:
    """Yield every text of a document but those that print only in a certain state."""
    fields = dataclasses.asdict(doc)
    for hidden in ("copy", "template_version"):
        del fields[hidden]
    yield from _strings(fields)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from _strings(part)


def assert_inside(pdf: bytes, margin: float) -> None:
    """Assert that every word lies within the page's margin, in points."""
    for page, width, height, left, top, right, bottom, word in words_of(pdf):
        inside = left >= margin and top >= margin and right <= width - margin and bottom <= height - margin
        assert inside, (page, word, left, top, right, bottom)


@pytest.mark.parametrize("doc", DOCUMENTS, ids=NAMES)
def test_every_field_can_be_read_in_the_file(doc: Document) -> None:
    text = text_of(printed(doc))
    for field in shown_fields(doc):
        assert squeezed(field) in text, field


@pytest.mark.parametrize("doc", DOCUMENTS, ids=NAMES)
def test_all_fonts_are_in_the_file(doc: Document) -> None:
    fonts = fonts_of(printed(doc))
    assert {name[7:17] for name, *_ in fonts} == {"NotoSansSC", "NotoSerifS"}
    assert all(embedded and subset and mapped for _, embedded, subset, mapped in fonts)


@pytest.mark.parametrize("doc", DOCUMENTS, ids=NAMES)
def test_the_file_says_that_it_is_made_for_the_archive(doc: Document) -> None:
    pdf = printed(doc)
    assert b"pdfaid:part>2<" in pdf
    assert b"pdfaid:conformance>U<" in pdf


@pytest.mark.parametrize("dpi", [150, 200, 203.2, 300])
@pytest.mark.parametrize("doc", DOCUMENTS, ids=NAMES)
def test_both_codes_read_from_paper_at_every_resolution(doc: Document, dpi: float) -> None:
    assert codes_in(raster(printed(doc), dpi)) == {"Code128": doc.digits, "QRCode": doc.digits}


@pytest.mark.parametrize("doc", DOCUMENTS, ids=NAMES)
def test_both_codes_read_from_paper_that_lies_askew(doc: Document) -> None:
    image = raster(printed(doc), 200).convert("L").rotate(2, fillcolor=255, resample=Image.Resampling.BICUBIC)
    assert codes_in(image) == {"Code128": doc.digits, "QRCode": doc.digits}


@pytest.mark.parametrize("dpi", [150, 203.2])
@pytest.mark.parametrize("doc", DOCUMENTS, ids=NAMES)
def test_a_code_with_an_anchor_reads_from_paper_as_well(doc: Document, dpi: float) -> None:
    line = PaperAnchor(parse_number(doc.digits), 123_456, "0123456789abcdef0123").line
    codes = {"Code128": doc.digits, "QRCode": line}
    assert codes_in(raster(printed(dataclasses.replace(doc, anchor=line)), dpi)) == codes
    if isinstance(doc, BagLabel):
        (png,) = render_png(dataclasses.replace(doc, anchor=line))
        one_bit = Image.open(io.BytesIO(png)).convert("L").point(lambda grey: 255 if grey > 127 else 0)
        assert codes_in(one_bit) == codes


@pytest.mark.parametrize("doc", DOCUMENTS, ids=NAMES)
def test_an_anchor_of_another_paper_is_not_printed(doc: Document) -> None:
    other = PaperAnchor(PaperNumber(PaperKind.RECEIPT, 2024, 9, 9), 1, "0" * 20).line
    with pytest.raises(PaperError):
        printed(dataclasses.replace(doc, anchor=other))


@pytest.mark.parametrize("doc", [LABEL, ORIGINALS_LABEL], ids=NAMES[2:4])
def test_a_label_reads_in_one_bit_on_the_printers_own_grid(doc: Document) -> None:
    (png,) = render_png(doc)
    image = Image.open(io.BytesIO(png))
    assert image.size == (800, 560)
    one_bit = image.convert("L").point(lambda grey: 255 if grey > 127 else 0)
    assert codes_in(one_bit) == {"Code128": doc.digits, "QRCode": doc.digits}


def test_bars_are_whole_dots_wide_on_a_label() -> None:
    (png,) = render_png(LABEL)
    image = Image.open(io.BytesIO(png)).convert("L")
    row = [image.getpixel((x, 470)) for x in range(32 + 3 * 132)]
    inked = [x for x, grey in enumerate(row) if grey == 0]
    assert inked[0] == 32 + 30
    assert len([grey for grey in row if grey not in (0, 255)]) == 0
    edges = [x for x in range(1, len(row)) if row[x] != row[x - 1]]
    assert all((x - edges[0]) % 3 == 0 for x in edges)


@pytest.mark.parametrize("doc", DOCUMENTS, ids=NAMES)
def test_the_same_paper_and_time_give_the_same_bytes(doc: Document) -> None:
    again = data.from_json(data.to_json(doc))
    assert render_pdf(again, ISSUED) == printed(doc)
    assert render_pdf(doc, ISSUED.astimezone(tz=None)) == printed(doc)
    assert render_pdf(doc, ISSUED + timedelta(minutes=1)) != printed(doc)


def test_another_process_and_another_thread_give_the_same_bytes() -> None:
    script = (
        "import sys; from tests.paper.samples import RECEIPT, ISSUED; from receipts.render import render_pdf;"
        "sys.stdout.buffer.write(render_pdf(RECEIPT, ISSUED))"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    assert other == printed(RECEIPT)
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(render_pdf(RECEIPT, ISSUED))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [printed(RECEIPT)] * 3


def test_a_naive_time_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="aware"):
        render_pdf(RECEIPT, datetime(2024, 8, 12, 9, 32))  # noqa: DTZ001


def test_the_papers_keep_to_one_page() -> None:
    assert [len(pages_of(printed(doc))) for doc in DOCUMENTS] == [1, 1, 1, 1, 1]


def test_a_receipt_has_room_for_a_long_employer_a_copy_mark_and_the_journals_head() -> None:
    doc = dataclasses.replace(
        RECEIPT,
        applicant=dataclasses.replace(RECEIPT.applicant, employer=LONG_EMPLOYER),
        journal_seq="000123",
        journal_head="0123456789abcdef0123",
        copy=CopyMark(number=2, at="2024年9月2日 10:11", clerk="刘某某"),
    )
    pdf = printed(doc)
    (page,) = pages_of(pdf)
    assert LONG_EMPLOYER in page
    assert "流水0001230123456789abcdef0123" in page
    assert "第1页共1页" in page
    assert_inside(pdf, PRINTABLE)


def test_more_notes_than_usual_push_the_signatures_down_instead_of_under_them() -> None:
    notes = tuple(f"第{n}条说明，足够长，要在这一栏里换一行才写得下，后面还有几个字。" for n in range(8))
    pdf = printed(dataclasses.replace(RECEIPT, notes=notes))
    assert all(squeezed(note) in text_of(pdf) for note in notes)
    assert_nothing_overlaps(pdf)
    assert_inside(pdf, PRINTABLE)


def test_two_sheets_come_in_one_file_each_counting_its_own_pages() -> None:
    pages = pages_of(printed(dataclasses.replace(RECEIPT, sheets=data.TWO_SHEETS)))
    assert len(pages) == 2
    for page, sheet in zip(pages, data.TWO_SHEETS, strict=True):
        assert squeezed(sheet) in page
        assert "第1页共1页" in page
        assert RECEIPT.digits in page


def test_many_originals_go_to_a_second_page_with_its_head() -> None:
    many = tuple(OriginalRow(name=f"获奖证书第{n}件", detail=f"编号 {n:06d}") for n in range(60))
    doc = dataclasses.replace(RECEIPT, originals=many, sheets=data.TWO_SHEETS)
    pages = pages_of(printed(doc))
    assert len(pages) == 4
    for second in (pages[1], pages[3]):
        assert second.startswith(
            squeezed(f"受理回执（续）{doc.display_number}{doc.digits}{doc.applicant.name}")
        )
        assert "第2页共2页" in second
    assert all(f"获奖证书第{n}件" in pages[0] + pages[1] for n in range(60))
    assert_inside(printed(doc), PRINTABLE)


def test_a_long_notice_repeats_its_head_and_names_every_item() -> None:
    items = NOTICE.items * 6
    pdf = printed(dataclasses.replace(NOTICE, items=items))
    pages = pages_of(pdf)
    assert len(pages) >= 3
    for n, page in enumerate(pages, 1):
        assert f"第{n}页共{len(pages)}页" in page
        assert NOTICE.digits in page
    assert "".join(pages).count(squeezed(NOTICE.items[1].standard)) == 6
    assert "有下列18项需要补正" in pages[0]
    assert all("材料名称、原因和要求" in page for page in pages)
    assert_inside(pdf, PRINTABLE)


ORDINARY = (
    ("A1-02", "unsigned"), ("A1-03", "publicity_short"), ("A1-04", "no_chsi"), ("A1-08", "incomplete"),
    ("A3-01", "no_review_seal"), ("C-01", "wrong_subject"), ("A2-05", "no_employer_seal"),
)  # fmt: skip
"""Items of the shipped circular with a reason each, as notices have them."""


def ordinary(count: int) -> CorrectionNotice:
    circular = shipped()
    found = [(circular.item(item), circular.reason(reason)) for item, reason in ORDINARY[:count]]
    items = [
        NoticeItem(
            place=circular.group(item.group).name,
            no=str(item.no),
            name=item.title,
            chip="瑕疵",
            reasons=(reason.text,),
            standard=reason.standard or item.standard,
        )
        for item, reason in found
    ]
    head = dataclasses.replace(NOTICE.head, circular_title=circular.title, matter=circular.matter_full)
    lines = circular.paper(2).lines
    return dataclasses.replace(
        NOTICE, head=head, items=tuple(items), legal=circular.correction.basis, notes=lines
    )


@pytest.mark.parametrize("count", range(1, 7))
def test_up_to_six_items_are_signed_and_sealed_on_one_page(count: int) -> None:
    pdf = printed(ordinary(count))
    assert len(pages_of(pdf)) == 1
    assert_inside(pdf, PRINTABLE)
    assert_nothing_overlaps(pdf)


@pytest.mark.parametrize("count", [7, 8, 9, 12, 13, 14, 15, 20, 21, 22, 27, 34])
def test_nobody_signs_a_page_without_an_item(count: int) -> None:
    items = (ordinary(7).items * 5)[:count]
    pages = pages_of(printed(dataclasses.replace(NOTICE, items=items)))
    assert len(pages) > 1
    signed = pages[-1]
    assert "签收人" in signed
    assert "盖章" in signed
    assert squeezed(items[-1].name) in signed
    assert "材料名称、原因和要求" in signed
    assert sum(page.count("签收人") for page in pages) == 1


def test_what_a_second_notice_adds_is_marked() -> None:
    items = (NOTICE.items[0], dataclasses.replace(NOTICE.items[1], added=True))
    text = text_of(printed(dataclasses.replace(NOTICE, items=items, version=2)))
    assert text.count("本次新增") == 1
    assert "告知次数第2次" in text
    assert "本次新增" not in text_of(printed(NOTICE))


@pytest.mark.parametrize("doc", DOCUMENTS, ids=NAMES)
def test_a_copy_says_so_and_an_original_does_not(doc: Document) -> None:
    copy = printed(as_copy(doc, number=3, at="2024年9月2日 10:11", clerk="刘某"))
    assert "副本第3次2024年9月2日10:11刘某" in text_of(copy)
    assert "副本" not in text_of(printed(doc))
    assert codes_in(raster(copy, 200)) == {"Code128": doc.digits, "QRCode": doc.digits}
    assert len(pages_of(copy)) == 1


def named(doc: Document, name: str, employer: str) -> Document:
    assert not isinstance(doc, DaySheet)
    if isinstance(doc, BagLabel):
        return dataclasses.replace(doc, name=name, employer=employer)
    return dataclasses.replace(
        doc, applicant=dataclasses.replace(doc.applicant, name=name, employer=employer)
    )


@pytest.mark.parametrize(
    "name", [LONG_NAME, LONG_LATIN, "王" * 50, "W" * 50], ids=["dots", "latin", "hanzi", "W"]
)
@pytest.mark.parametrize("doc", DOCUMENTS, ids=NAMES)
def test_a_name_of_fifty_signs_wraps_and_stays_on_the_paper(doc: Document, name: str) -> None:
    pdf = printed(named(doc, name, LONG_EMPLOYER))
    text = text_of(pdf)
    assert name in text
    assert LONG_EMPLOYER in text
    assert_inside(pdf, 8 if isinstance(doc, BagLabel) else PRINTABLE)
    assert codes_in(raster(pdf, 200))["Code128"] == doc.digits
    if isinstance(doc, BagLabel):
        assert len(pages_of(pdf)) == 1
        assert_nothing_overlaps(pdf)


def assert_nothing_overlaps(pdf: bytes) -> None:
    """Assert that no word is set upon another."""
    words = words_of(pdf)
    for n, (page, _, _, left, top, right, bottom, word) in enumerate(words):
        for page2, _, _, left2, top2, right2, bottom2, other in words[n + 1 :]:
            if page != page2:
                break
            wide = min(right, right2) - max(left, left2)
            high = min(bottom, bottom2) - max(top, top2)
            assert wide < 1 or high < 0.5 * min(bottom - top, bottom2 - top2), (word, other)


@pytest.mark.parametrize("doc", DOCUMENTS[:3], ids=NAMES[:3])
def test_no_text_stands_on_another(doc: Document) -> None:
    assert_nothing_overlaps(printed(doc))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("doc", DOCUMENTS[:3], ids=NAMES[:3])
def test_markup_in_data_is_printed_as_it_stands(doc: Document, text: str) -> None:
    assert squeezed(text) in text_of(printed(named(doc, text, f"某{text}某")))


@pytest.mark.parametrize("char", ["䶮", "㛃", "𬭎", "堃", "喆", "赟"])
def test_a_rare_name_is_printed_and_read_back(char: str) -> None:
    for doc in DOCUMENTS[:3]:
        assert f"王{char}" in text_of(printed(named(doc, f"王{char}", "某厂")))


@pytest.mark.parametrize(
    ("char", "code", "point"),
    [
        ("𠮷", "missing-glyph", "U+20BB7"),
        ("𪚥", "missing-glyph", "U+2A6A5"),
        ("\ue000", "private-use", "U+E000"),
        ("\x1b", "control-character", "U+001B"),
        ("\u200b", "control-character", "U+200B"),
    ],
)
@pytest.mark.parametrize("doc", DOCUMENTS[:3], ids=NAMES[:3])
def test_a_sign_that_cannot_be_printed_stops_the_paper(
    doc: Document, char: str, code: str, point: str
) -> None:
    for make in (lambda d: render_pdf(d, ISSUED), render_png):
        with pytest.raises(PaperError) as refused:
            make(named(doc, f"王{char}", "某厂"))
        assert refused.value.code == code
        assert refused.value.facts["code"] == point


def test_the_typesetter_itself_refuses_what_the_first_guard_might_miss(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(coverage, "require", lambda texts: None)
    for char in ("𪚥", "\ue000"):
        with pytest.raises(PaperError) as refused:
            render_pdf(named(RECEIPT, f"王{char}", "某厂"), ISSUED)
        assert refused.value.code == "typeset"
        assert char not in str(refused.value)
        assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    "fee",
    [
        Fee(state="已缴", amount="0.01", capitals="壹分", method="现金"),
        Fee(
            state="已缴",
            amount="99,999.99",
            capitals="玖万玖仟玖佰玖拾玖元玖角玖分",
            method="非税缴款书",
            bill="12345678901234567890123456789012",
        ),
        Fee(state="未缴", amount="300.00", capitals="叁佰元整"),
        Fee(state="他处缴", amount="300.00", capitals="叁佰元整", note="由单位统一缴纳，缴款书由单位留存"),
    ],
    ids=["a fen", "much", "due", "elsewhere"],
)
def test_the_fee_is_said_in_full_and_never_leaves_its_box(fee: Fee) -> None:
    pdf = printed(dataclasses.replace(RECEIPT, fee=fee))
    (page,) = pages_of(pdf)
    for part in (
        f"¥{fee.amount}",
        f"人民币（大写）{fee.capitals}",
        fee.state,
        fee.method,
        fee.bill,
        fee.note,
    ):
        assert squeezed(part) in page
    assert_inside(pdf, PRINTABLE)
    assert_nothing_overlaps(pdf)


def test_a_receipt_is_never_called_a_voucher() -> None:
    (page,) = pages_of(printed(RECEIPT))
    assert "不作报销凭证，缴费以财政票据为准" in page
    assert "不表示职称已经取得" in page
    assert "收据" not in page


def test_a_template_of_another_version_is_not_guessed() -> None:
    with pytest.raises(PaperError) as refused:
        render_pdf(dataclasses.replace(RECEIPT, template_version=99), ISSUED)
    assert refused.value.code == "template-version"
    assert refused.value.facts == {"paper": "receipt", "version": 99}


def test_warming_up_makes_a_paper_like_any_other() -> None:
    render.warm()
    assert render_pdf(LABEL, ISSUED) == printed(LABEL)


@pytest.fixture
def own_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the templates that this test may spoil."""
    folder = tmp_path / "templates"
    shutil.copytree(render.TEMPLATES, folder)
    monkeypatch.setattr(render, "TEMPLATES", folder)
    monkeypatch.setattr(render, "_local", threading.local())
    return folder


def test_a_template_that_names_an_unknown_face_prints_nothing(own_templates: Path) -> None:
    template = own_templates / "label-1.typ"
    template.write_text(template.read_text(encoding="utf-8") + '\n#text(font: "Arial")[x]', encoding="utf-8")
    with pytest.raises(PaperError) as refused:
        render_pdf(LABEL, ISSUED)
    assert refused.value.code in ("template-warning", "typeset")


def test_a_broken_template_prints_nothing_and_tells_no_name(own_templates: Path) -> None:
    template = own_templates / "label-1.typ"
    template.write_text(template.read_text(encoding="utf-8") + "\n#panic(d.name)", encoding="utf-8")
    with pytest.raises(PaperError) as refused:
        render_pdf(LABEL, ISSUED)
    assert refused.value.code == "typeset"
    assert LABEL.name not in str(refused.value)
