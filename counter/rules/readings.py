"""Every reading of every hanzi, from a table built beforehand.

The table is loaded on first use and costs a few milliseconds; it is built from pypinyin by
`tools/build_readings.py`, which the desk itself never imports.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from bisect import bisect_left
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Final

_HANZI: Final = (
    (0x3007, 0x3007),  # the zero of dates and of some names
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xE000, 0xF8FF),  # private area: where older fonts keep the hanzi of rare names
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def is_hanzi(c: str) -> bool:
    """Tell whether a character is a hanzi, private and not yet assigned ones included."""
    code = ord(c)
    return any(low <= code <= high for low, high in _HANZI)


def readings(c: str) -> tuple[str, ...]:
    """Return every toneless reading of one hanzi, the usual one first, ü as v; empty when none is known."""
    codes, places, lists = _table()
    code = ord(c)
    at = bisect_left(codes, code)
    if at == len(codes) or codes[at] != code:
        return ()
    return tuple(lists[places[at]].split("/"))


@cache
def syllables() -> frozenset[str]:
    """Return every syllable that some hanzi is read with, ü as v."""
    _, _, lists = _table()
    return frozenset(sound for item in lists for sound in item.split("/"))


@cache
def _table() -> tuple[array[int], array[int], list[str]]:
    blob = zlib.decompress((files("counter.rules") / "data" / "readings.bin").read_bytes())
    sizes = _numbers("I", blob[:8])
    text_end = 8 + sizes[0]
    gap_end = text_end + 4 * sizes[1]
    lists = blob[8:text_end].decode("ascii").split(" ")
    codes = array("I", accumulate(_numbers("I", blob[text_end:gap_end])))
    return codes, _numbers("H", blob[gap_end:]), lists


def _numbers(kind: str, raw: bytes) -> array[int]:
    numbers: array[int] = array(kind)
    numbers.frombytes(raw)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
