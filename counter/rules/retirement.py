"""The month in which somebody reaches retirement age: a warning and a question to the clerk, never a stop.

Two schemes: the ages of 1978 (60, 55, 50) for months before 2025, and the gradual one in force since
2025-01-01. Flexible early or late retirement exists as well, so that only people can decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from counter.rules.identity import Sex


class Category(StrEnum):
    """Which retirement age holds; which of the two a woman has is not in any number."""

    MAN = "man"
    WOMAN_55 = "woman_55"
    """Cadres and technical posts."""
    WOMAN_50 = "woman_50"
    """Workers."""


@dataclass(frozen=True)
class _Scheme:
    age: int
    first_delayed: tuple[int, int]
    """Birth year and month from which retirement is put off."""
    step: int
    """Months of birth per month of delay."""
    cap: int
    """Longest delay in months."""


_SCHEMES: Final = {
    Category.MAN: _Scheme(60, (1965, 1), 4, 36),
    Category.WOMAN_55: _Scheme(55, (1970, 1), 4, 36),
    Category.WOMAN_50: _Scheme(50, (1975, 1), 2, 60),
}
"""国务院关于渐进式延迟法定退休年龄的办法, 2024-09-13, in force 2025-01-01."""


@dataclass(frozen=True)
class RetirementWarning:
    """Somebody who reaches, or has reached, retirement age within the year of application."""

    category: Category
    year: int
    month: int
    reached_earlier: bool
    """True when the month lies in a year before that of the application."""
    certain: bool
    """False when it depends on which category a woman belongs to."""


def retirement_month(birth_year: int, birth_month: int, category: Category) -> tuple[int, int]:
    """Return year and month in which retirement age is reached.

    Births before the scheme's first delayed month keep the old age; the delay grows by one month for every
    `step` months of birth up to its cap. Raises ValueError for a month outside 1 to 12.
    """
    if not 1 <= birth_month <= 12:
        raise ValueError("month must be 1 to 12")
    scheme = _SCHEMES[category]
    first_year, first_month = scheme.first_delayed
    index = (birth_year - first_year) * 12 + (birth_month - first_month)
    delay = 0 if index < 0 else min(scheme.cap, index // scheme.step + 1)
    months = birth_year * 12 + (birth_month - 1) + scheme.age * 12 + delay
    return months // 12, months % 12 + 1


def retires_in_year(birth: date, sex: Sex, year: int) -> RetirementWarning | None:
    """Return a warning when retirement age is reached by the end of the year of application.

    The year counts, not the day of the visit. A woman is taken at 55; one who would be past it only at 50
    gets a warning that is not `certain`.
    """
    choices = (Category.MAN,) if sex is Sex.MALE else (Category.WOMAN_55, Category.WOMAN_50)
    for category in choices:
        reached_year, reached_month = retirement_month(birth.year, birth.month, category)
        if reached_year <= year:
            certain = category is not Category.WOMAN_50
            return RetirementWarning(category, reached_year, reached_month, reached_year < year, certain)
    return None
