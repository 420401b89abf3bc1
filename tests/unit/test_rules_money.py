"""Money in fen: figures, capitals, typed amounts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter.rules.money import MOST_FEN, MoneyProblem, capitals, parse_yuan, yuan

AMOUNTS = st.integers(0, MOST_FEN) | st.integers(0, 10_000_000)


def read_capitals(text: str) -> int:
    """Return the fen of an amount in capitals; written from the reader's side, sign by sign."""
    assert text.startswith("人民币")
    total = section = digit = fen = 0
    for sign in text.removeprefix("人民币").removesuffix("整"):
        if sign in "零壹贰叁肆伍陆柒捌玖":
            digit = "零壹贰叁肆伍陆柒捌玖".index(sign)
        elif sign in "拾佰仟":
            section += digit * {"拾": 10, "佰": 100, "仟": 1000}[sign]
            digit = 0
        elif sign in "万亿":
            total += (section + digit) * {"万": 10_000, "亿": 100_000_000}[sign]
            section = digit = 0
        elif sign == "元":
            fen += (total + section + digit) * 100
            digit = 0
        elif sign in "角分":
            fen += digit * {"角": 10, "分": 1}[sign]
            digit = 0
        else:
            raise AssertionError(sign)
    return fen


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (30000, "叁佰元整"),
        (18000, "壹佰捌拾元整"),
        (140950, "壹仟肆佰零玖元伍角"),
        (600714, "陆仟零柒元壹角肆分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (168032, "壹仟陆佰捌拾元零叁角贰分"),
        (10700053, "壹拾万柒仟元零伍角叁分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角"),
        (55, "伍角伍分"),
        (100, "壹元整"),
        (1000, "壹拾元整"),
        (10000000, "壹拾万元整"),
        (10050000, "壹拾万零伍佰元整"),
        (1000000100, "壹仟万零壹元整"),
        (10000000100, "壹亿零壹元整"),
        (10000100000, "壹亿零壹仟元整"),
        (10000000000, "壹亿元整"),
        (1000000000000, "壹佰亿元整"),
    ],
)
def test_an_amount_in_capitals(fen: int, text: str) -> None:
    assert capitals(fen) == "人民币" + text
    assert capitals(fen, currency="") == text


@given(AMOUNTS)
def test_capitals_read_back_to_the_same_amount(fen: int) -> None:
    assert read_capitals(capitals(fen)) == fen


@given(AMOUNTS)
def test_capitals_never_double_or_end_in_a_zero(fen: int) -> None:
    text = capitals(fen)
    assert "零零" not in text
    assert "零元" not in text or fen < 100
    assert "零万" not in text
    assert "零亿" not in text
    assert not text.endswith("零")
    assert text.endswith("整") == (fen % 100 == 0)


def test_no_capitals_beyond_the_bound_or_below_zero() -> None:
    with pytest.raises(MoneyProblem):
        capitals(MOST_FEN + 1)
    with pytest.raises(ValueError, match="negative"):
        capitals(-1)


@pytest.mark.parametrize(
    ("fen", "text"),
    [(30000, "300.00"), (5, "0.05"), (0, "0.00"), (-30050, "-300.50"), (123456789, "1234567.89")],
)
def test_an_amount_in_figures(fen: int, text: str) -> None:
    assert yuan(fen) == text


@given(AMOUNTS)
def test_figures_read_back_to_the_same_amount(fen: int) -> None:
    assert parse_yuan(yuan(fen)) == fen


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("300", 30000),
        ("300.5", 30050),
        ("300.50元", 30050),
        ("￥300", 30000),
        ("¥ 1,409.50", 140950),
        ("３００．００", 30000),
        ("1234567", 123456700),
        ("0.29", 29),
        ("300元整", 30000),
    ],
)
def test_a_typed_amount_is_exact(typed: str, fen: int) -> None:
    assert parse_yuan(typed) == fen


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("元", "empty"),
        ("-300", "pattern"),
        ("+300", "pattern"),
        ("3e2", "pattern"),
        ("三百", "pattern"),
        ("1,40", "pattern"),
        ("12,34.00", "pattern"),
        ("300.", "pattern"),
        (".5", "pattern"),
        ("300.005", "decimals"),
        ("9999999999999", "large"),
        ("٣٠٠", "pattern"),
    ],
)
def test_an_amount_that_cannot_be_read_is_refused(typed: str, code: str) -> None:
    with pytest.raises(MoneyProblem) as refused:
        parse_yuan(typed)
    assert refused.value.code == code
