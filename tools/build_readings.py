"""Build the committed reading table of hanzi (`counter/rules/data/readings.bin`) from pypinyin.

Run `python tools/build_readings.py` after a change of pypinyin or of the surname list; a unit test rebuilds
the table and compares. The desk itself never imports pypinyin: it costs 0.3 s and 65 MiB.
"""

from __future__ import annotations

import re
import sys
import zlib
from array import array
from collections import Counter
from itertools import pairwise
from pathlib import Path

from pypinyin import Style, pinyin
from pypinyin.constants import PINYIN_DICT

DATA = Path(__file__).resolve().parent.parent / "counter" / "rules" / "data"


def table() -> dict[int, tuple[str, ...]]:
    """Return every toneless reading of every character that has one, the usual reading first."""
    readings: dict[int, tuple[str, ...]] = {}
    for code in sorted(PINYIN_DICT):
        found = pinyin(chr(code), heteronym=True, style=Style.NORMAL, errors="ignore")
        plain = [sound.replace("ê", "e") for sound in (found[0] if found else [])]
        if kept := tuple(dict.fromkeys(s for s in plain if re.fullmatch("[a-z]+", s))):
            readings[code] = kept
    for line in (DATA / "surnames.txt").read_text(encoding="utf-8").splitlines():
        surname, *sounds = line.split()
        if surname == "#":
            continue
        for char, sound in zip(surname, sounds, strict=True):
            known = readings.get(ord(char), ())
            if sound not in known:
                readings[ord(char)] = (*known, sound)
    return dict(sorted(readings.items()))


def pack(readings: dict[int, tuple[str, ...]]) -> bytes:
    """Return the table's bytes before compression.

    Three parts: the line of all distinct reading lists (commonest first), then for every character the gap
    to the one before (uint32) and the place of its reading list (uint16), little-endian.
    """
    lists = [item for item, _ in Counter(readings.values()).most_common()]
    place = {item: i for i, item in enumerate(lists)}
    head = " ".join("/".join(item) for item in lists).encode("ascii")
    codes = list(readings)
    gaps = array("I", [codes[0], *(b - a for a, b in pairwise(codes))])
    places = array("H", [place[readings[code]] for code in codes])
    if sys.byteorder == "big":
        gaps.byteswap()
        places.byteswap()
    sizes = array("I", [len(head), len(codes)])
    if sys.byteorder == "big":
        sizes.byteswap()
    return sizes.tobytes() + head + gaps.tobytes() + places.tobytes()


def main() -> None:
    """Write the table."""
    blob = zlib.compress(pack(table()), 9)
    (DATA / "readings.bin").write_bytes(blob)
    print(f"{len(blob)} bytes")


if __name__ == "__main__":
    main()
