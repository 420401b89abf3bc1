"""Warnings about who may apply."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter.circular.loader import shipped
from counter.rules.calendar import WorkCalendar
from counter.rules.eligibility import (
    Applicant,
    WarningCode,
    barred_years,
    eligibility_warnings,
    find_online_state,
    find_specialty,
    is_submitted,
)
from counter.rules.identity import Sex

CIRCULAR = shipped()
PLAIN = WorkCalendar()
FINE = Applicant(
    online_id="LYGGX20240001",
    online_state="已提交",
    specialty="石油化工工程",
    situations=(2,),
    birth=date(1986, 3, 12),
    sex=Sex.MALE,
    publicity=(date(2024, 7, 22), date(2024, 7, 26)),
)


def codes(person: Applicant) -> list[WarningCode]:
    return [warning.code for warning in eligibility_warnings(CIRCULAR, PLAIN, person)]


def test_an_ordinary_applicant_needs_no_warning() -> None:
    assert codes(FINE) == []


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (replace(FINE, online_id=""), WarningCode.NOT_SUBMITTED),
        (replace(FINE, online_state="草稿"), WarningCode.NOT_SUBMITTED),
        (replace(FINE, online_state="未提交"), WarningCode.NOT_SUBMITTED),
        (replace(FINE, online_state="退回修改"), WarningCode.ONLINE_STATE),
        (replace(FINE, online_state="从未见过"), WarningCode.ONLINE_STATE_UNKNOWN),
        (replace(FINE, specialty=""), WarningCode.SPECIALTY_MISSING),
        (replace(FINE, specialty="建筑工程"), WarningCode.SPECIALTY_UNKNOWN),
        (replace(FINE, specialty="数字经济工程"), WarningCode.SPECIALTY_BRANCH),
        (replace(FINE, situations=()), WarningCode.SITUATION_MISSING),
        (replace(FINE, situations=(2, 7)), WarningCode.SITUATION_UNKNOWN),
        (replace(FINE, birth=date(1964, 12, 31)), WarningCode.RETIRES_IN_YEAR),
        (replace(FINE, birth=date(1963, 12, 31)), WarningCode.RETIRED),
        (replace(FINE, birth=date(1969, 12, 31), sex=Sex.FEMALE), WarningCode.RETIRES_IN_YEAR),
        (replace(FINE, birth=date(1972, 6, 1), sex=Sex.FEMALE), WarningCode.RETIREMENT_UNSURE),
        (replace(FINE, findings=(date(2023, 12, 31),)), WarningCode.BARRED),
        (replace(FINE, findings=(date(2021, 1, 1),)), WarningCode.BARRED),
        (replace(FINE, publicity=(date(2024, 7, 22), date(2024, 7, 25))), WarningCode.PUBLICITY_SHORT),
        (replace(FINE, publicity=(date(2024, 7, 20), date(2024, 7, 25))), WarningCode.PUBLICITY_SHORT),
    ],
)
def test_each_doubt_is_one_warning(person: Applicant, code: WarningCode) -> None:
    assert codes(person) == [code]


@pytest.mark.parametrize(
    "person",
    [
        replace(FINE, online_state=""),
        replace(FINE, online_state="单位审核通过"),
        replace(FINE, specialty="石化"),
        replace(FINE, specialty=" 船舶与海洋工程 "),
        replace(FINE, specialty="数字经济（人工智能）工程"),
        replace(FINE, specialty="数字经济(人工智能)"),
        replace(FINE, birth=date(1965, 1, 1)),
        replace(FINE, birth=date(1975, 1, 1), sex=Sex.FEMALE),
        replace(FINE, birth=None),
        replace(FINE, sex=None, birth=date(1950, 1, 1)),
        replace(FINE, findings=(date(2024, 5, 1),)),
        replace(FINE, findings=(date(2020, 12, 31),)),
        replace(FINE, publicity=None),
    ],
)
def test_what_is_in_order_or_unknown_is_no_warning(person: Applicant) -> None:
    assert codes(person) == []


@pytest.mark.parametrize(
    ("found", "barred"),
    [
        (date(2024, 1, 1), [2025, 2026, 2027]),
        (date(2024, 12, 31), [2025, 2026, 2027]),
        (date(2025, 1, 15), [2026, 2027, 2028]),
    ],
)
def test_the_bar_counts_from_the_date_of_the_finding(found: date, barred: list[int]) -> None:
    assert list(barred_years(CIRCULAR.sanction, found)) == barred


def test_another_circular_may_bar_at_once() -> None:
    at_once = msgspec.structs.replace(CIRCULAR.sanction, starts="day_of_finding", years=3)
    assert list(barred_years(at_once, date(2024, 5, 1))) == [2024, 2025, 2026]


def test_a_bar_names_its_years() -> None:
    (warning,) = eligibility_warnings(CIRCULAR, PLAIN, replace(FINE, findings=(date(2022, 5, 1),)))
    assert warning.facts == {"found": date(2022, 5, 1), "first": 2023, "last": 2025}


def test_every_spelling_of_the_circular_finds_its_specialty() -> None:
    for specialty in CIRCULAR.specialties:
        for text in (specialty.code, specialty.full, specialty.short, *specialty.aliases):
            assert find_specialty(CIRCULAR, text) is not None
        assert find_specialty(CIRCULAR, specialty.full) == specialty
    assert find_specialty(CIRCULAR, "") is None


def test_every_spelling_of_the_circular_finds_its_online_state() -> None:
    for state in CIRCULAR.online_states:
        for text in (state.name, *state.aliases):
            assert find_online_state(CIRCULAR, text) == state
            assert is_submitted(CIRCULAR, "LYG-1", text) == state.submitted
    assert not is_submitted(CIRCULAR, " ", "已提交")


@given(
    st.builds(
        Applicant,
        online_id=st.text(max_size=10),
        online_state=st.text(max_size=10),
        specialty=st.text(max_size=10),
        situations=st.sets(st.integers(-1, 9)),
        birth=st.none() | st.dates(),
        sex=st.none() | st.sampled_from(Sex),
        findings=st.lists(st.dates(), max_size=3).map(tuple),
    )
)
def test_any_applicant_gets_warnings_and_never_a_failure(person: Applicant) -> None:
    for warning in eligibility_warnings(CIRCULAR, PLAIN, person):
        assert warning.code in WarningCode
