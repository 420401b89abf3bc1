"""Retirement age under both schemes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter.rules.identity import Sex
from counter.rules.retirement import Category, retirement_month, retires_in_year

MAN, W55, W50 = Category.MAN, Category.WOMAN_55, Category.WOMAN_50


@pytest.mark.parametrize(
    ("category", "born", "retires"),
    [
        (MAN, (1964, 12), (2024, 12)),
        (MAN, (1965, 1), (2025, 2)),
        (MAN, (1965, 9), (2025, 12)),
        (MAN, (1965, 10), (2026, 1)),
        (MAN, (1970, 6), (2031, 11)),
        (MAN, (1976, 9), (2039, 9)),
        (MAN, (1990, 1), (2053, 1)),
        (W55, (1969, 12), (2024, 12)),
        (W55, (1970, 9), (2025, 12)),
        (W55, (1981, 9), (2039, 9)),
        (W50, (1974, 12), (2024, 12)),
        (W50, (1975, 10), (2026, 3)),
        (W50, (1984, 11), (2039, 11)),
    ],
)
def test_the_month_of_retirement(category: Category, born: tuple[int, int], retires: tuple[int, int]) -> None:
    assert retirement_month(*born, category) == retires


@pytest.mark.parametrize(
    ("year", "category", "first", "last"),
    [
        (2025, MAN, (1965, 1), (1965, 9)),
        (2025, W55, (1970, 1), (1970, 9)),
        (2025, W50, (1975, 1), (1975, 8)),
        (2026, MAN, (1965, 10), (1966, 7)),
        (2026, W55, (1970, 10), (1971, 7)),
        (2026, W50, (1975, 9), (1976, 4)),
        (2027, MAN, (1966, 8), (1967, 4)),
    ],
)
def test_who_reaches_the_age_within_a_year(
    year: int, category: Category, first: tuple[int, int], last: tuple[int, int]
) -> None:
    born = [(y, m) for y in range(1960, 1985) for m in range(1, 13)]
    reach = [b for b in born if retirement_month(*b, category)[0] == year]
    assert (reach[0], reach[-1]) == (first, last)


@pytest.mark.parametrize(
    ("sex", "last_out", "certain"),
    [(Sex.MALE, (1964, 12), True), (Sex.FEMALE, (1969, 12), True), (Sex.FEMALE, (1974, 12), False)],
)
def test_who_may_not_apply_in_2024(sex: Sex, last_out: tuple[int, int], certain: bool) -> None:
    found = retires_in_year(date(*last_out, 31), sex, 2024)
    assert found is not None
    assert (found.year, found.month, found.certain, found.reached_earlier) == (2024, 12, certain, False)
    following = retires_in_year(date(last_out[0] + 1, 1, 1), sex, 2024)
    assert following is None or (certain and not following.certain)


def test_an_earlier_birth_is_out_as_well() -> None:
    found = retires_in_year(date(1960, 5, 1), Sex.MALE, 2024)
    assert found is not None
    assert (found.year, found.month, found.reached_earlier) == (2020, 5, True)


@given(st.integers(1930, 2000), st.integers(1, 12), st.sampled_from(Category))
def test_nobody_retires_before_somebody_older(year: int, month: int, category: Category) -> None:
    following = (year, month + 1) if month < 12 else (year + 1, 1)
    now, then = retirement_month(year, month, category), retirement_month(*following, category)
    step = (then[0] - now[0]) * 12 + then[1] - now[1]
    assert step in {1, 2}


@given(st.dates(date(1940, 1, 1), date(2005, 12, 31)), st.sampled_from(Sex), st.integers(2020, 2050))
def test_a_warning_once_given_stays_in_later_years(birth: date, sex: Sex, year: int) -> None:
    if retires_in_year(birth, sex, year) is not None:
        assert retires_in_year(birth, sex, year + 1) is not None


def test_a_month_is_a_month() -> None:
    with pytest.raises(ValueError, match="month"):
        retirement_month(1965, 13, MAN)
