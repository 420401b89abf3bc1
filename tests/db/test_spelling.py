"""The one spelling: the quick reader and the standard library take the same events, sign for sign."""

from __future__ import annotations

import json
import unicodedata
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db import spelling
from db.journal import canonical
from db.spelling import SPELLER, fields_of

SIGNS: Final = "".join(chr(n) for n in range(0x110000) if not 0xD800 <= n < 0xE000)
TEXT: Final = st.text(st.characters(codec="utf-8"), max_size=8).map(lambda t: unicodedata.normalize("NFC", t))
VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(2**70), 2**70) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
HEAD: Final = '1,"2024-08-12T01:05:00.000000Z","+08:00",1,"孙","clerk","refused","staff"'


def event(body: str, head: str = HEAD) -> bytes:
    return f"[{head},{body}]".encode()


def test_every_sign_there_is_is_spelled_alike() -> None:
    _read, spell = spelling._quick()
    assert spell([SIGNS, {SIGNS: 1}]).decode() == SPELLER.encode([SIGNS, {SIGNS: 1}])


@given(VALUES)
@settings(max_examples=300)
def test_what_the_journal_writes_is_read_back_without_the_slow_way(body: Any) -> None:
    fields = [2, "2024-08-12T01:05:00.000000Z", "+08:00", 1, "孙", "clerk", "fee.recorded", "s", body]
    written = canonical(fields)
    read, spell = spelling._quick()
    assert spell(read(written)) == written
    found = fields_of(written)
    assert found is not None
    assert list(found) == json.loads(written)


OTHERWISE: Final = {
    "a float": event('{"n":1.5}'),
    "a whole float": event('{"n":1.0}'),
    "an exponent": event('{"n":1e3}'),
    "a float in a list": event("[[[2.0]]]"),
    "no number": event("[NaN]"),
    "minus nought": event('{"n":-0}'),
    "keys out of order": event('{"b":1,"a":2}'),
    "one key twice": event('{"a":1,"a":2}'),
    "a blank": event('{"a": 1}'),
    "a sign escaped for no reason": event('{"a":"\\u0041"}'),
    "an escaped slash": event('{"a":"\\/"}'),
    "a capital in an escape": event('{"a":"\\u001F"}'),
    "a bare control sign": event('{"a":"\x01"}'),
    "half a pair": event('{"a":"\\ud800"}'),
    "not in NFC": event('{"a":"e\u0301"}'),
    "a byte order mark": b"\xef\xbb\xbf" + event("null"),
    "no UTF-8": event("null").replace("孙".encode(), b"\xff"),
    "more after the end": event("null") + b"[]",
    "eight fields": f"[{HEAD}]".encode(),
    "ten fields": event("null,null"),
    "true for a number": event("null", HEAD.replace("1,", "true,", 1)),
    "a float for a number": event("null", HEAD.replace("1,", "1.0,", 1)),
    "a number for a text": event("null", HEAD.replace('"staff"', "5")),
    "an object": b"{}",
    "too deep": event("[" * 100_000 + "]" * 100_000),
    "nothing": b"",
}


@pytest.mark.parametrize("how", OTHERWISE)
def test_an_event_spelled_another_way_is_none(how: str) -> None:
    assert fields_of(OTHERWISE[how]) is None


@given(st.binary(max_size=3), st.integers(0, 200), st.integers(0, 3))
@settings(max_examples=500)
def test_the_quick_reader_takes_no_event_that_the_slow_one_refuses(put: bytes, at: int, drop: int) -> None:
    whole = event('{"a":["é",{"b":null,"c":-12}],"n":9007199254740993,"t":"\\n\\u0001"}')
    changed = whole[:at] + put + whole[at + drop :]
    slow = spelling._slowly(changed)
    found = fields_of(changed)
    assert (found is None) == (slow is None)
    assert found is None or list(found) == slow
