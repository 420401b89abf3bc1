"""Where things stand on a paper: what fits on a page, what goes to the next; nothing lies on another."""

from __future__ import annotations

import dataclasses

import pytest

from counter.circular.loader import shipped
from receipts import data
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
from tests.paper.reading import (
    PRINTABLE,
    assert_inside,
    codes_in,
    pages_of,
    raster,
    squeezed,
    text_of,
    words_of,
)
from tests.paper.samples import (
    DOCUMENTS,
    LONG_EMPLOYER,
    NAMES,
    NOTICE,
    RECEIPT,
    named,
    printed,
)

LONG_NAME = "阿卜杜热合曼·买买提吐尔逊·" * 3 + "阿布都克里木·艾"
"""45 hanzi and separators; a name field must take at least 50 signs."""
LONG_LATIN = "Alexandria-Konstantinovna·Wisniewska-Brzeczyszczyk"


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
