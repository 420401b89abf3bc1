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
from pathlib import Path

import pytest
from PIL import Image

from receipts import coverage, data, render
from receipts.data import (
    BagLabel,
    Document,
)
from receipts.errors import PaperError
from receipts.number import PaperAnchor, PaperKind, PaperNumber, parse_number
from receipts.render import render_pdf, render_png
from tests.paper.reading import (
    codes_in,
    fonts_of,
    pages_of,
    raster,
    squeezed,
    text_of,
)
from tests.paper.samples import (
    DOCUMENTS,
    ISSUED,
    LABEL,
    NAMES,
    ORIGINALS_LABEL,
    RECEIPT,
    named,
    printed,
)

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
