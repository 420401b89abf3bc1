"""People's names: stored spelling, sound keys, shown reading."""

from __future__ import annotations

import subprocess
import sys
import time
import zlib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, pinyin

from counter.rules.names import (
    MOST_KEYS,
    NameProblem,
    display_pinyin,
    full_keys,
    initial_keys,
    normal_name,
    pinyin_keys,
    split_surname,
    surnames,
)
from counter.rules.readings import readings
from tools.build_readings import pack, table

COMMON = (
    "王李张刘陈杨赵黄周吴单仇解曾查朴区翟覃盖么缪种召乜尉迟万"
    "俟澹台吕绿女略雄英缙国良恭雪志文勇䶮𬭎㛃堃喆赟行重乐"
)
HANZI_NAME = st.text(alphabet=COMMON, min_size=2, max_size=4)


def test_the_committed_table_is_what_the_builder_builds() -> None:
    blob = (files("counter.rules") / "data" / "readings.bin").read_bytes()
    assert len(blob) <= 150_000
    assert zlib.decompress(blob) == pack(table())


def test_the_table_answers_like_its_source_in_every_block() -> None:
    for low, high, step in ((0x3400, 0xA000, 37), (0x20000, 0x33480, 101)):
        for code in range(low, high, step):
            found = pinyin(chr(code), heteronym=True, style=Style.NORMAL, errors="ignore")
            assert set(readings(chr(code))) >= set(found[0] if found else [])


@pytest.mark.parametrize("c", ["a", "·", "\U0002ebf0", "\U00033479", "\u33ff", "[", "\x00"])
def test_what_has_no_reading_has_none(c: str) -> None:
    assert readings(c) == ()


def test_the_table_loads_without_pypinyin_and_quickly() -> None:
    probe = (
        "import sys, time; from counter.rules.readings import readings; t = time.perf_counter();"
        "readings('刘'); print(time.perf_counter() - t); assert 'pypinyin' not in sys.modules"
    )
    took = min(
        float(subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True).stdout)
        for _ in range(3)
    )
    assert took < 0.1  # 8 ms on a quiet machine; the bench prints the real figure


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("刘宇翔", "lyx"),
        ("刘宇翔", "liuyuxiang"),
        ("单雄", "shanxiong"),
        ("单雄", "danxiong"),
        ("单雄", "sx"),
        ("单雄", "dx"),
        ("单雄信", "shanxiongxin"),
        ("仇英", "qiuying"),
        ("解缙", "xiejin"),
        ("曾国藩", "zengguofan"),
        ("查良镛", "zhaliangyong"),
        ("尉迟恭", "yuchigong"),
        ("万俟雪", "moqixue"),
        ("澹台灭明", "tantaimieming"),
        ("吕绿", "lvlv"),
        ("吕绿", "lulu"),
        ("吕绿", "lyulyu"),
        ("吕布", "lvbu"),
        ("吕布", "lubu"),
        ("吕布", "lyubu"),
        ("女略", "nulue"),
        ("朴志", "piaozhi"),
        ("区文", "ouwen"),
        ("翟鑫", "zhaixin"),
        ("覃勇", "qinyong"),
        ("盖文", "gewen"),
        ("么文", "yaowen"),
        ("缪文", "miaowen"),
        ("种文", "chongwen"),
        ("召文", "shaowen"),
        ("乜文", "niewen"),
        ("王䶮", "wangyan"),
        ("陈𬭎", "chenhong"),
        ("李㛃", "lijie"),
        ("王𠅤", "wangxi"),
        ("赵堃", "zhaokun"),
        ("孙喆", "sunzhe"),
        ("周赟", "zhouyun"),
        ("买买提·艾山", "maimaitiaishan"),
        ("买买提·艾山", "mmtas"),
        ("O’Brien Mary", "obrienmary"),
        ("O’Brien Mary", "obm"),
        ("王\U0002ebf0", "wang?"),
        ("王\U0002ebf0", "w?"),
    ],
)
def test_a_name_is_found_by_each_of_its_sounds(name: str, key: str) -> None:
    assert key in pinyin_keys(name)


@given(HANZI_NAME)
def test_every_combination_of_readings_is_a_key(name: str) -> None:
    full, initials = set(full_keys(name)), set(initial_keys(name))
    usual = [readings(c) or ("?",) for c in name]
    count = 1
    for sounds in usual:
        count *= len(sounds) * 3
    if count <= MOST_KEYS:
        for i, sounds in enumerate(usual):
            for sound in sounds:
                parts = [s[0] for s in usual]
                parts[i] = sound
                assert "".join(parts) in full
                assert "".join(p[0] for p in parts) in initials


@given(st.text(alphabet=COMMON, min_size=20, max_size=60))
def test_long_names_stay_bounded_and_keep_the_usual_reading(name: str) -> None:
    full = full_keys(name)
    assert len(full) <= MOST_KEYS
    assert len(initial_keys(name)) <= MOST_KEYS
    assert full[0] == "".join((readings(c) or ("?",))[0] for c in name)


def test_a_long_name_keeps_the_other_readings_of_its_surname() -> None:
    assert any(key.startswith("shan") for key in full_keys("单" + "重行乐" * 10))


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        (" 刘宇翔 ", "刘宇翔"),
        ("孙\u3000喆", "孙喆"),
        ("温\u3000桂 芳", "温桂芳"),
        ("买买提•艾山", "买买提·艾山"),
        ("买买提・艾山", "买买提·艾山"),
        ("买买提‧艾山", "买买提·艾山"),
        ("买买提･艾山", "买买提·艾山"),
        ("买买提．艾山", "买买提·艾山"),
        ("买买提.艾山", "买买提·艾山"),
        ("买买提→艾山", "买买提·艾山"),
        ("买买提 · 艾山", "买买提·艾山"),
        ("O’Brien   Mary", "O’Brien Mary"),
        ("John A. Smith", "John A. Smith"),
        ("Ｍary", "Mary"),
        ("欧阳修文[/x]", "欧阳修文[/x]"),
        ("[red]吴平", "[red]吴平"),
        ("王\ue81e", "王\u9fb4"),
        ("王\ue863", "王\ue863"),
        ("王\U0002ebf0", "王\U0002ebf0"),
        ("王\u200b五", "王五"),
        ("e\u0301ric", "éric"),
    ],
)
def test_a_name_gets_its_one_spelling(raw: str, stored: str) -> None:
    assert normal_name(raw) == stored


def test_a_name_of_fifty_characters_is_kept_whole() -> None:
    name = "阿依古丽·" * 9 + "热合曼江努"
    assert len(name) == 50
    assert normal_name(name) == name


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "empty"),
        (" \u3000", "empty"),
        ("··", "empty"),
        ("--", "empty"),
        ("王\x1b[2J五", "control"),
        ("王\n五", "control"),
        ("王\x00", "control"),
        ("王\u202e五", "control"),
        ("王\x9b五", "control"),
        ("陈\ufffd", "lost"),
        ("王" * 101, "long"),
        ("王" * 1000, "long"),
    ],
)
def test_a_name_that_cannot_be_stored_is_refused_by_code(raw: str, code: str) -> None:
    with pytest.raises(NameProblem) as refused:
        normal_name(raw)
    assert refused.value.code == code


def test_a_control_is_named_with_its_place() -> None:
    with pytest.raises(NameProblem) as refused:
        normal_name("王五\x1b")
    assert refused.value.facts == {"position": 3, "sign": "U+001B"}


@given(st.text(max_size=60))
def test_a_stored_spelling_is_stable(raw: str) -> None:
    try:
        name = normal_name(raw)
    except NameProblem:
        return
    assert normal_name(name) == name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("刘宇翔", "Liu Yuxiang"),
        ("单雄", "Shan Xiong"),
        ("仇英", "Qiu Ying"),
        ("解缙", "Xie Jin"),
        ("曾国", "Zeng Guo"),
        ("查良", "Zha Liang"),
        ("尉迟恭", "Yuchi Gong"),
        ("万俟雪", "Moqi Xue"),
        ("单于飞", "Chanyu Fei"),
        ("欧阳修文", "Ouyang Xiuwen"),
        ("吕奕璇", "Lv Yixuan"),
        ("买买提·艾山", "Maimaiti Aishan"),
        ("O’Brien Mary", "O’Brien Mary"),
        ("王\U0002ebf0", "Wang ?"),
        ("王", "Wang"),
        ("", ""),
    ],
)
def test_a_reading_is_shown_beside_the_name(name: str, shown: str) -> None:
    assert display_pinyin(name) == shown


def test_every_surname_reading_is_also_searchable() -> None:
    for surname, sounds in surnames().items():
        assert len(surname) == len(sounds)
        assert "".join(sounds) in full_keys(surname)


def test_a_double_surname_alone_is_still_a_surname_and_a_name() -> None:
    assert split_surname("欧阳文") == ("欧阳", "文")
    assert split_surname("欧阳") == ("欧", "阳")
    assert split_surname("买买提·艾山") == ("", "买买提·艾山")


def test_keys_of_a_thousand_names_take_no_noticeable_time() -> None:
    names = [a + b + c for a in COMMON[:10] for b in COMMON[10:20] for c in COMMON[20:30]]
    pinyin_keys(names[0])
    began = time.perf_counter()
    for name in names:
        pinyin_keys(name)
    assert time.perf_counter() - began < 2
