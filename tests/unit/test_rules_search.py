"""Search tokens: every way of asking is one exact look-up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter.rules.names import display_pinyin, pinyin_keys
from counter.rules.search import (
    EMPLOYER_PREFIX,
    LONGEST_TOKEN,
    MOST_SOUNDS,
    QueryKind,
    distinctive_part,
    fold_token,
    nearness,
    query_tokens,
    search_tokens,
)

LIU = search_tokens(
    "刘宇翔",
    id_number="320799198503121236",
    phone="13800138000",
    online_id="LYGGX2024-26745-9001",
    employer="连云港创汇科技有限公司",
)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("刘", QueryKind.NAME),
        ("刘宇", QueryKind.NAME),
        ("刘 宇翔", QueryKind.NAME),
        ("宇翔", QueryKind.NAME),
        ("翔", None),
        ("l", QueryKind.INITIALS),
        ("ly", QueryKind.INITIALS),
        ("LYX", QueryKind.INITIALS),
        ("liu", QueryKind.PINYIN),
        ("liuyux", QueryKind.PINYIN),
        ("Liu Yuxiang", QueryKind.PINYIN),
        ("ｌｙｘ", QueryKind.INITIALS),
        ("320799198503121236", QueryKind.IDENTITY),
        ("1236", QueryKind.TAIL),
        ("13800138000", QueryKind.PHONE),
        ("8000", QueryKind.TAIL),
        ("lyggx2024-26745-9001", QueryKind.ONLINE_ID),
        ("LYGGX2024267459001", QueryKind.ONLINE_ID),
        ("459001", QueryKind.SERIAL),
        ("9001", QueryKind.TAIL),
        ("创汇", QueryKind.NAME),
        ("创汇科技有限公司", QueryKind.EMPLOYER),
        ("连云港创汇科技有限公司", QueryKind.EMPLOYER),
        ("连云港创", QueryKind.EMPLOYER),
        ("连云港创汇科技有限", QueryKind.EMPLOYER),
        ("chkj", QueryKind.INITIALS),
    ],
)
def test_a_person_is_found_however_one_asks(asked: str, kind: QueryKind | None) -> None:
    query = query_tokens(asked)
    if kind is None:
        assert query.token not in LIU
    else:
        if asked != "连云港创":  # one hanzi is no distinctive part, so the whole is asked for
            assert query.token in LIU
        assert query.kind is kind


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ("12401000000123", QueryKind.PAPER_NUMBER),
        ("连工信职收〔2024〕00001号", QueryKind.PAPER_NUMBER),
        ("00137", QueryKind.SERIAL),
        ("449X", QueryKind.TAIL),
        ("32079919930715449x", QueryKind.IDENTITY),
        ("O’Brien", QueryKind.NAME),
        ("nüe", QueryKind.PINYIN),
        ("chen?", QueryKind.PINYIN),
        ("xian", QueryKind.PINYIN),
        ("mmtas", QueryKind.INITIALS),
        ("", QueryKind.NOTHING),
        ("%_'\\", QueryKind.NOTHING),
        ("=1+1", QueryKind.NOTHING),
        ("12.50", QueryKind.NOTHING),
        ("１ ２-３", QueryKind.SERIAL),
    ],
)
def test_a_question_is_recognised_by_its_form(asked: str, kind: QueryKind) -> None:
    assert query_tokens(asked).kind is kind


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("单雄", "dan"),
        ("单雄", "shan"),
        ("吕绿", "lv"),
        ("吕绿", "lu"),
        ("吕绿", "lyu"),
        ("吕绿", "lü"),
        ("买买提·艾山", "买买提艾山"),
        ("买买提·艾山", "艾山"),
        ("O’Brien Mary", "mary"),
        ("O’Brien Mary", "obrien m"),
        ("欧阳修文", "修文"),
        ("单于飞", "于飞"),
        ("单于飞", "飞"),
        ("欧阳修文[/x]", "欧阳修文[/x]"),
        ("王䶮", "䶮"),
        ("王\ue863", "\ue863"),
        ("王\U0002ebf0", "王\U0002ebf0"),
    ],
)
def test_names_of_every_kind_are_found(name: str, asked: str) -> None:
    assert query_tokens(asked).token in search_tokens(name)


def test_a_typed_reading_finds_a_name_without_one() -> None:
    tokens = search_tokens("王\U0002ebf0", typed_pinyin="wang lei")
    assert {"wanglei", "wl", "wangl", "w"} <= tokens


def test_one_letter_asks_for_people_and_two_for_employers_as_well() -> None:
    tokens = search_tokens("王五", employer="连云港创汇科技有限公司")
    assert "c" not in tokens
    assert {"ch", "chk", "chkj"} <= tokens


def test_empty_fields_leave_no_tokens_behind() -> None:
    assert "" not in search_tokens("")
    assert search_tokens("") == frozenset()


NAMES = st.text(alphabet="王单雄吕绿翔宇䶮·a B\U0002ebf0", min_size=1, max_size=50)


@given(NAMES, st.integers(1, 50))
def test_every_beginning_of_a_name_finds_it(name: str, size: int) -> None:
    token = query_tokens(name[:size]).token
    assert not token or token in search_tokens(name)


@given(st.text(alphabet="王单雄吕绿翔宇䶮曾", min_size=2, max_size=4), st.integers(1, 20))
def test_every_beginning_of_the_usual_sounds_finds_it(name: str, size: int) -> None:
    tokens = search_tokens(name)
    if len(pinyin_keys(name)) <= 30:
        assert all(key[:size] in tokens for key in pinyin_keys(name))


@given(st.text(max_size=120), st.text(max_size=40), st.text(max_size=80))
def test_tokens_are_few_short_and_folded(name: str, number: str, employer: str) -> None:
    tokens = search_tokens(name, id_number=number, online_id=number, phone=number, employer=employer)
    assert len(tokens) <= MOST_SOUNDS + 6 * LONGEST_TOKEN
    assert all(0 < len(t) <= LONGEST_TOKEN and fold_token(t) == t for t in tokens)


def test_the_worst_ordinary_names_need_few_tokens() -> None:
    assert len(LIU) < 50
    assert len(search_tokens("阿依古丽·热合曼")) < 150
    assert len(search_tokens("阿依古丽·热合曼·" * 6)) < MOST_SOUNDS + 100


@given(st.text(max_size=2000))
def test_any_question_is_answered_without_failing(asked: str) -> None:
    query = query_tokens(asked)
    assert len(query.token) <= LONGEST_TOKEN
    assert (query.kind is QueryKind.NOTHING) == (query.token == "")


@pytest.mark.parametrize(
    ("employer", "part"),
    [
        ("连云港创汇科技有限公司", "创汇科技"),
        ("江苏恒瑞医药股份有限公司", "恒瑞医药"),
        ("江苏省连云港市海州区某某机械厂", "某某机械厂"),
        ("华为技术（连云港）有限公司", "华为技术"),
        ("连云港市", "连云港市"),
        ("连云港港口集团有限公司", "港口"),
        ("连云港公司", "公司"),
        ("", ""),
    ],
)
def test_an_employer_is_known_by_what_tells_it_apart(employer: str, part: str) -> None:
    assert distinctive_part(employer) == part


@given(st.text(alphabet="某创汇科技电力船舶", min_size=2, max_size=8), st.integers(2, 8))
def test_every_beginning_of_an_employer_finds_it(core: str, size: int) -> None:
    tokens = search_tokens("王五", employer=f"连云港市{core}有限公司")
    assert query_tokens(core[:size]).token in tokens
    assert query_tokens(f"连云港{core[:size]}").token[:EMPLOYER_PREFIX] in tokens


@pytest.mark.parametrize(
    ("asked", "name", "rank"),
    [
        ("王斌", "王斌", 0),
        ("王", "王斌", 2),
        ("wang", "王斌", 1),
        ("wangb", "王斌", 1),
        ("wb", "王斌", 1),
        ("WangBin", "王斌", 1),
        ("wang", "方荣", 2),
        ("fr", "方荣", 1),
        ("lv", "吕绿", 1),
        ("lyu", "吕绿", 2),
        ("", "王斌", 2),
    ],
)
def test_the_usual_reading_is_nearer_than_a_rare_one(asked: str, name: str, rank: int) -> None:
    assert nearness(query_tokens(asked).token, name, display_pinyin(name)) == rank
