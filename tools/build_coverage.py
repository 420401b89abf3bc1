"""Build receipts/coverage.bin: the characters that both paper faces can print.

Run it after the font package changes; a test compares the committed file with what this builds.
"""

from __future__ import annotations

import zlib
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "receipts" / "coverage.bin"


def build() -> bytes:
    """Return the bitset (bit n = code point n) of the intersection of both cmaps, not yet compressed."""
    import pylopdf_fonts_zh_cn
    from fontTools.ttLib import TTFont

    cmaps = [
        set(TTFont(str(path), lazy=True).getBestCmap())
        for path in (pylopdf_fonts_zh_cn.sans_path(), pylopdf_fonts_zh_cn.serif_path())
    ]
    both = set.intersection(*cmaps)
    bits = bytearray(max(both) // 8 + 1)
    for point in both:
        bits[point >> 3] |= 1 << (point & 7)
    return bytes(bits)


if __name__ == "__main__":
    bits = build()
    TARGET.write_bytes(zlib.compress(bits, 9))
    count = sum(byte.bit_count() for byte in bits)
    print(f"{count} characters, {TARGET.stat().st_size} bytes in {TARGET.name}")
