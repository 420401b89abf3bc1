"""The one spelling of the journal, and its events read back in that spelling only.

UTF-8, NFC, sorted keys, no blanks, no floats. Whoever spells an event another way could make two readers
read two things, so it counts for none.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final


def fields_of(event: bytes) -> Sequence[Any] | None:
    """Return the nine fields of an event, None for one that is not spelled the one way.

    msgspec spells as `SPELLER` does, sign for sign (a test holds them together), in a sixth of the time; what
    it does not know, or spells otherwise, is judged by the standard library.
    """
    decode, encode = _quick()
    try:
        found: Sequence[Any] = decode(event)
        if encode(found) == event and (event.isascii() or unicodedata.is_normalized("NFC", event.decode())):
            return found
    except (ValueError, RecursionError):
        pass
    return _slowly(event)


def _slowly(event: bytes) -> Sequence[Any] | None:
    try:
        text = event.decode()
        fields = _READER.decode(text)
        if type(fields) is not list or [type(field) for field in fields[:8]] != _TYPES or len(fields) != 9:
            return None
        if SPELLER.encode(fields) != text or not unicodedata.is_normalized("NFC", text):
            return None
    except (ValueError, RecursionError):
        return None
    return fields


@cache
def _quick() -> tuple[Callable[[bytes], Sequence[Any]], Callable[[Any], bytes]]:
    """Return what reads an event and what spells it; imported late, because a start does not wait for it."""
    from msgspec.json import Decoder, Encoder

    reader = Decoder(tuple[int, str, str, int, str, str, str, str, Any], float_hook=no_number)
    return reader.decode, Encoder(order="sorted").encode


_TYPES: Final = [int, str, str, int, str, str, str, str]
"""Of an event's fields before its body."""


def no_number(text: str) -> None:
    """Refuse a float where JSON is read."""
    raise ValueError(text)


_READER: Final = json.JSONDecoder(parse_float=no_number, parse_constant=no_number)
SPELLER: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, check_circular=False
)
"""Spells what `db.journal.canonical` has made plain."""
