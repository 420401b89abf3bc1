"""Fourteen digits: nothing mistyped or swapped passes for another paper."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receipts.errors import PaperError
from receipts.number import PaperKind, PaperNumber, display_number, parse_number

numbers = st.builds(
    PaperNumber,
    kind=st.sampled_from(PaperKind),
    year=st.integers(2000, 2099),
    desk=st.integers(1, 99),
    serial=st.integers(1, 9_999_999),
)


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        ("12401000000123", PaperNumber(PaperKind.RECEIPT, 2024, 1, 1)),
        ("22401000000108", PaperNumber(PaperKind.NOTICE, 2024, 1, 1)),
        ("12402000000186", PaperNumber(PaperKind.RECEIPT, 2024, 2, 1)),
    ],
)
def test_the_known_examples_read_and_write_alike(digits: str, number: PaperNumber) -> None:
    assert number.digits == digits
    assert parse_number(digits) == number


@given(numbers)
def test_every_number_is_read_back_as_it_was_written(number: PaperNumber) -> None:
    assert len(number.digits) == 14
    assert int(number.digits) % 97 == 1
    assert parse_number(number.digits) == number
    assert parse_number(f" {number.grouped}\n") == number


@given(numbers)
def test_every_wrong_digit_is_noticed(number: PaperNumber) -> None:
    digits = number.digits
    for at in range(14):
        for other in "0123456789":
            if other != digits[at]:
                with pytest.raises(PaperError, match="bad-number"):
                    parse_number(digits[:at] + other + digits[at + 1 :])


@given(numbers)
def test_every_swap_of_neighbours_is_noticed(number: PaperNumber) -> None:
    d = number.digits
    for at in range(13):
        if d[at] != d[at + 1]:
            with pytest.raises(PaperError, match="bad-number"):
                parse_number(d[:at] + d[at + 1] + d[at] + d[at + 2 :])


@given(numbers)
def test_check_digits_that_only_leave_the_right_remainder_are_refused(number: PaperNumber) -> None:
    check = int(number.digits[12:])
    for twin in (check - 97, check + 97):
        if 0 <= twin <= 99:
            assert int(number.digits[:12] + f"{twin:02d}") % 97 == 1
            with pytest.raises(PaperError, match="bad-number"):
                parse_number(number.digits[:12] + f"{twin:02d}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "form"),
        ("1240100000012", "form"),
        ("124010000001233", "form"),
        ("１２４０１０００００００１２３", "form"),
        ("١٢٤٠١٠٠٠٠٠٠١٢٣", "form"),
        ("LYG2024-000123", "form"),
        ("12401000000124", "check"),
        ("02401000000129", "check"),
    ],
)
def test_anything_else_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(PaperError) as refused:
        parse_number(text)
    assert (refused.value.code, refused.value.facts) == ("bad-number", {"reason": reason})


@pytest.mark.parametrize("body", ["024010000001", "924010000001", "124000000001", "124010000000"])
def test_right_check_digits_do_not_make_an_impossible_paper_real(body: str) -> None:
    digits = body + f"{98 - int(body + '00') % 97:02d}"
    with pytest.raises(PaperError) as refused:
        parse_number(digits)
    assert refused.value.facts["reason"] in ("kind", "desk", "serial")


@pytest.mark.parametrize(
    ("year", "desk", "serial"), [(1999, 1, 1), (2024, 0, 1), (2024, 100, 1), (2024, 1, 0)]
)
def test_a_number_that_does_not_fit_its_digits_cannot_be_made(year: int, desk: int, serial: int) -> None:
    with pytest.raises(PaperError, match="bad-number"):
        PaperNumber(PaperKind.RECEIPT, year, desk, serial)


def test_the_official_number_grows_past_five_digits() -> None:
    assert display_number("连工信职", "收", 2024, 1) == "连工信职收〔2024〕00001号"
    assert display_number("连工信职", "补", 2024, 123456) == "连工信职补〔2024〕123456号"


def test_reading_a_number_loads_no_paper_library() -> None:
    script = (
        "import sys, receipts.number, receipts.errors\n"
        "heavy = {'typst', 'segno', 'barcode', 'msgspec', 'json', 'counter', 'db'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
