"""Identity documents and telephones."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter.rules.identity import (
    IdentityProblem,
    IdKind,
    PhoneProblem,
    Sex,
    check_character,
    check_identity,
    looks_like_identity,
    mask_identity,
    mask_phone,
    normal_phone,
)

TODAY = date(2024, 8, 12)
BIRTHS = st.dates(date(1900, 1, 1), TODAY)


def number(area: str, birth: date, serial: int) -> str:
    """Return a number with the check character worked out another way: the sum of d * 2**i is 1 mod 11."""
    body = f"{area}{birth:%Y%m%d}{serial:03d}"
    total = sum(int(d) * pow(2, 17 - i, 11) for i, d in enumerate(body))
    return body + "0123456789X"[(1 - total) % 11]


@pytest.mark.parametrize(
    ("text", "kind", "birth", "sex"),
    [
        ("320706198503121232", IdKind.RESIDENT, date(1985, 3, 12), Sex.MALE),
        ("320799199307154490", None, None, None),
        ("810000198808080013", IdKind.HMT_RESIDENCE, date(1988, 8, 8), Sex.MALE),
        ("830000197912310025", IdKind.HMT_RESIDENCE, date(1979, 12, 31), Sex.FEMALE),
        ("932840198503120014", IdKind.PERMANENT_RESIDENCE, date(1985, 3, 12), None),
        ("ABC123456789012", IdKind.PERMANENT_RESIDENCE, None, None),
        ("H12345678", IdKind.HM_TRAVEL, None, None),
        ("M1234567801", IdKind.HM_TRAVEL, None, None),
        ("12345678", IdKind.TW_TRAVEL, None, None),
        ("1234567890(B)", IdKind.TW_TRAVEL, None, None),
        ("1234567890（B）", IdKind.TW_TRAVEL, None, None),
        ("E12345678", IdKind.PASSPORT, None, None),
        ("EA1234567", IdKind.PASSPORT, None, None),
    ],
)
def test_each_document_is_known_by_its_form(
    text: str, kind: IdKind | None, birth: date | None, sex: Sex | None
) -> None:
    if kind is None:
        with pytest.raises(IdentityProblem):
            check_identity(None, text, today=TODAY)
        return
    found = check_identity(None, text, today=TODAY)
    assert (found.kind, found.birth, found.sex) == (kind, birth, sex)
    assert check_identity(kind, text, today=TODAY) == found


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (None, "", "empty"),
        (None, " \u3000", "empty"),
        (None, "320722199002290016", "date"),
        (None, "320706198503121231", "check"),
        (None, "32070619850312123", "length"),
        (None, "3207061985031212321", "length"),
        (None, "320706850312123", "first_generation"),
        (IdKind.RESIDENT, "320706850312123", "first_generation"),
        (None, "32070619850312A232", "digits"),
        (None, "3207061985031X1232", "digits"),
        (None, "3.20799E+17", "rounded"),
        (None, "3.207991985072109e+17", "rounded"),
        (None, "320799198507210900.0", "rounded"),
        (None, "320799198507210900", "rounded"),
        (None, "320799198507211000", "rounded"),
        (None, "ABCDEFGH", "unknown"),
        (None, "[/x]", "unknown"),
        (None, "LYG2024-000123", "unknown"),
        (None, "LYGGX20242674590001", "unknown"),
        (None, "32070619850312\x00232", "digits"),
        (IdKind.RESIDENT, "E12345678", "length"),
        (IdKind.HM_TRAVEL, "H1234567", "pattern"),
        (IdKind.HM_TRAVEL, "H123456789", "pattern"),
        (IdKind.TW_TRAVEL, "1234567", "pattern"),
        (IdKind.PASSPORT, "1234", "pattern"),
        (IdKind.PASSPORT, "1234567890123456", "pattern"),
        (IdKind.WORK_PERMIT, "x" * 21, "pattern"),
        (IdKind.PERMANENT_RESIDENCE, "AB1234567890123", "length"),
    ],
)
def test_a_wrong_number_is_refused_by_code(kind: IdKind | None, text: str, code: str) -> None:
    with pytest.raises(IdentityProblem) as refused:
        check_identity(kind, text, today=TODAY)
    assert refused.value.code == code


@given(st.integers(100000, 799999).map(str), BIRTHS, st.integers(0, 999))
def test_every_well_formed_number_is_taken_whatever_its_district(area: str, birth: date, serial: int) -> None:
    found = check_identity(None, number(area, birth, serial), today=TODAY)
    assert (found.kind, found.birth) == (IdKind.RESIDENT, birth)
    assert found.sex is (Sex.MALE if serial % 2 else Sex.FEMALE)


@given(BIRTHS, st.integers(0, 999), st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_mistyped_digit_is_always_noticed(birth: date, serial: int, at: int, digit: str) -> None:
    good = number("320799", birth, serial)
    bad = good[:at] + digit + good[at + 1 :]
    if bad != good:
        with pytest.raises(IdentityProblem):
            check_identity(IdKind.RESIDENT, bad, today=TODAY)


@given(BIRTHS, st.integers(0, 999), st.integers(0, 16))
def test_two_swapped_neighbours_are_always_noticed(birth: date, serial: int, at: int) -> None:
    good = number("320799", birth, serial)
    bad = good[:at] + good[at + 1] + good[at] + good[at + 2 :]
    if bad != good:
        with pytest.raises(IdentityProblem):
            check_identity(IdKind.RESIDENT, bad, today=TODAY)


@pytest.mark.parametrize(
    "typed",
    [
        "３２０７９９１９９３０７１５４４９Ｘ",
        " 320799 19930715 449x\u00a0",
        "320799-19930715-449x",
        "32079919930715449×",
        "32079919930715449х",
        "\ufeff32079919930715449X\t",
    ],
)
def test_width_blanks_and_the_small_x_do_not_matter(typed: str) -> None:
    assert check_identity(None, typed).number == "32079919930715449X"


def test_a_birth_after_today_is_refused_and_today_is_not() -> None:
    assert check_identity(None, number("320799", TODAY, 1), today=TODAY).birth == TODAY
    with pytest.raises(IdentityProblem) as refused:
        check_identity(None, number("320799", TODAY + timedelta(days=1), 1), today=TODAY)
    assert refused.value.code == "future"


def test_a_birth_before_1900_is_a_slip() -> None:
    with pytest.raises(IdentityProblem) as refused:
        check_identity(None, number("320799", date(1899, 12, 31), 1))
    assert refused.value.code == "date"


def test_the_number_says_which_card_it_is_even_if_a_roster_says_otherwise() -> None:
    assert check_identity(IdKind.RESIDENT, "810000198808080013").kind is IdKind.HMT_RESIDENCE
    assert check_identity(IdKind.HMT_RESIDENCE, "320706198503121232").kind is IdKind.RESIDENT


def test_a_new_permanent_residence_card_with_another_layout_is_kept_without_birth() -> None:
    body = "93284019851312001"
    found = check_identity(None, body + check_character(body))
    assert (found.kind, found.birth) == (IdKind.PERMANENT_RESIDENCE, None)


def test_renewed_travel_permits_are_one_person() -> None:
    keys = {check_identity(None, text).person_key for text in ("H12345678", "H1234567801", "H1234567802")}
    assert keys == {"H12345678"}
    assert check_identity(None, "1234567890(B)").person_key == "1234567890"


def test_the_facts_of_a_refusal_never_hold_the_number() -> None:
    with pytest.raises(IdentityProblem) as refused:
        check_identity(None, "320706198503121231")
    assert "320706" not in str(refused.value) + repr(refused.value.facts)


@given(st.text(max_size=300))
def test_any_text_is_either_a_document_or_refused_by_code(text: str) -> None:
    for kind in (None, *IdKind):
        with suppress(IdentityProblem):
            found = check_identity(kind, text, today=TODAY)
            assert check_identity(kind, found.number, today=TODAY) == found


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("320799198503121236", True),
        ("32079919930715449x", True),
        ("3207991993071544", False),
        ("LYGGX20242674590001", False),
    ],
)
def test_the_outer_form_of_a_card(text: str, looks: bool) -> None:
    assert looks_like_identity(text) is looks


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("320706198503121232", "320706********1232"),
        ("ABC123456789012", "A**********9012"),
        ("M1234567801", "M******7801"),
        ("H12345678", "H******78"),
        ("12345678", "1*****78"),
        ("E1234", "E**34"),
        ("E12", "***"),
        ("", ""),
    ],
)
def test_a_number_is_shown_masked(number: str, masked: str) -> None:
    assert mask_identity(number) == masked


@given(st.text(alphabet="0123456789", max_size=20))
def test_a_mask_hides_something_and_keeps_the_length(text: str) -> None:
    for masked in (mask_identity(text), mask_phone(text)):
        assert len(masked) == len(text)
        assert not text or "*" in masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [("13800138000", "138****8000"), ("85816207", "****6207"), ("8000", "****"), ("", "")],
)
def test_a_telephone_is_shown_masked(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "１３８００１３８０００",
        "138 0013 8000",
        "138-0013-8000",
        "+8613800138000",
        "8613800138000",
        "008613800138000",
        "13800138000.0",
        "\u00a013800138000\t",
    ],
)
def test_a_mobile_number_gets_eleven_digits(typed: str) -> None:
    assert normal_phone(typed) == "13800138000"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        ("1380013800", "length"),
        ("138001380000", "length"),
        ("12800138000", "pattern"),
        ("23800138000", "pattern"),
        ("1380013800a", "pattern"),
        ("13800138000.5", "pattern"),
        ("1.3800138E+10", "rounded"),
        ("0518-85816207", "length"),
        ("13800138000/13900139000", "pattern"),
        ("1380013\x008000", "pattern"),
    ],
)
def test_what_is_no_mobile_number_is_refused_by_code(typed: str, code: str) -> None:
    with pytest.raises(PhoneProblem) as refused:
        normal_phone(typed)
    assert refused.value.code == code
