"""Bars, QR codes and their preview say the number and nothing else."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from receipts import barcode, preview
from receipts.errors import PaperError
from receipts.number import PaperAnchor, PaperKind, PaperNumber, parse_anchor
from tests.paper.reading import codes_in

DIGITS = "12401000000123"

numbers = st.builds(
    PaperNumber,
    kind=st.sampled_from(PaperKind),
    year=st.integers(2000, 2099),
    desk=st.integers(1, 99),
    serial=st.integers(1, 9_999_999),
)


def painted(rows: tuple[tuple[bool, ...], ...], wide: int, high: int) -> Image.Image:
    image = Image.new("L", (len(rows[0]) * wide, len(rows) * high), 255)
    for y, row in enumerate(rows):
        for x, ink in enumerate(row):
            if ink:
                image.paste(0, (x * wide, y * high, (x + 1) * wide, (y + 1) * high))
    return image


@given(numbers)
@settings(max_examples=30)
def test_every_number_has_112_modules_and_reads_back(number: PaperNumber) -> None:
    modules = barcode.code128_modules(number.digits)
    assert len(modules) == 112
    quiet = (False,) * barcode.QUIET
    row = (*quiet, *(sign == "1" for sign in modules), *quiet)
    assert codes_in(painted((row,), 3, 60)) == {"Code128": number.digits}


def test_the_runs_paint_the_same_bars() -> None:
    row = ["0"] * barcode.MODULES
    for start, width in barcode.code128_runs(DIGITS):
        row[start : start + width] = ["1"] * width
    assert "".join(row) == barcode.code128_modules(DIGITS)


@given(numbers)
@settings(max_examples=30)
def test_the_preview_reads_back_from_cells(number: PaperNumber) -> None:
    rows = preview.qr_rows(number.digits)
    assert [len(row) for row in rows] == [29] * 29
    assert not any(any(row) for row in (*rows[:4], *rows[-4:]))
    assert codes_in(painted(rows, 16, 16)) == {"QRCode": number.digits}


def test_half_blocks_keep_every_module() -> None:
    rows = preview.qr_rows(DIGITS)
    halves = preview.half_rows(rows)
    assert len(halves) == 15
    unfolded = [tuple(cell[part] for cell in row) for row in halves for part in (0, 1)]
    assert tuple(unfolded[:29]) == rows
    assert not any(unfolded[29])


def test_the_preview_as_text_uses_no_sign_of_doubtful_width() -> None:
    rows = preview.text_rows(preview.qr_rows(DIGITS))
    assert {len(row) for row in rows} == {58}
    assert set("".join(rows)) == {"#", " "}


def test_the_svg_is_the_same_code() -> None:
    rows = [[False] * 29 for _ in range(29)]
    svg = barcode.qr_svg(DIGITS)
    for piece in svg.split('d="')[1].split('"')[0].split("z")[:-1]:
        x, rest = piece[1:].split(" ")
        y, width = rest.split("v1")[0].split("h")
        for at in range(int(x), int(x) + int(width)):
            rows[int(y)][at] = True
    assert tuple(map(tuple, rows)) == barcode.qr_rows(DIGITS)


@pytest.mark.parametrize("text", ["", "王", "12401000000124", "1240100000012"])
def test_only_a_valid_number_becomes_a_code(text: str) -> None:
    for make in (barcode.code128_modules, barcode.qr_svg, preview.qr_rows):
        with pytest.raises(PaperError, match="bad-number"):
            make(text)


def test_a_saved_picture_of_the_preview_still_reads() -> None:
    out = io.BytesIO()
    painted(preview.qr_rows(DIGITS), 8, 8).save(out, "PNG")
    assert codes_in(Image.open(out)) == {"QRCode": DIGITS}


ANCHOR = "CD1 12401000000123 41 0123456789ABCDEF0123"

anchors = st.builds(
    PaperAnchor,
    number=numbers,
    seq=st.integers(1, 10**18 - 1),
    head=st.text("0123456789abcdef", min_size=20, max_size=20),
)


@given(anchors)
@settings(max_examples=30)
def test_an_anchor_reads_back_whole_and_always_takes_the_same_room(paper: PaperAnchor) -> None:
    rows = preview.qr_rows(paper.line)
    assert [len(row) for row in rows] == [37] * 37
    assert codes_in(painted(rows, 8, 8)) == {"QRCode": paper.line}
    assert parse_anchor(paper.line.lower()) == paper


@pytest.mark.parametrize(
    "wrong",
    ["CD1", "CD1 12401000000123", f"{ANCHOR}0", ANCHOR.replace(" 41 ", " 0 "), ANCHOR.replace("A", "G"),
     ANCHOR.replace("CD1", "CD2"), ANCHOR.replace(" 41", "  41"), ANCHOR.replace("0123 41", "0124 41")],
)  # fmt: skip
def test_what_is_no_anchor_is_refused(wrong: str) -> None:
    with pytest.raises(PaperError):
        parse_anchor(wrong)
