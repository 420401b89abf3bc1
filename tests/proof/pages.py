"""The pages of an enciphered file as they read, free ones included, which no query shows.

The driver has no table of pages, so they are deciphered here: SQLCipher 4 writes pages of 4096 bytes, AES-256
in CBC mode, with the initial vector and an HMAC in the last 80; the first 16 bytes of the file are its salt.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import Final

PAGE: Final = 4096
RESERVED: Final = 80

_Words = tuple[int, int, int, int]


def _double(a: int) -> int:
    return (a << 1) ^ (0x11B if a & 0x80 else 0)


def _times(a: int, b: int) -> int:
    out = 0
    while b:
        if b & 1:
            out ^= a
        a, b = _double(a), b >> 1
    return out


@cache
def _boxes() -> tuple[list[int], list[int], list[list[int]]]:
    """Return the box, its inverse, and the four tables of one inverse round (FIPS 197)."""
    box, p, q = [0x63] * 256, 1, 1
    while True:
        p = (p ^ _double(p)) & 0xFF
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xFF
        if q & 0x80:
            q ^= 0x09
        turned = 0
        for shift in range(5):
            turned ^= ((q << shift) | (q >> (8 - shift))) & 0xFF
        box[p] = turned ^ 0x63
        if p == 1:
            break
    inverse = [0] * 256
    for at, value in enumerate(box):
        inverse[value] = at
    first = []
    for value in range(256):
        s = inverse[value]
        first.append(_times(s, 14) << 24 | _times(s, 9) << 16 | _times(s, 13) << 8 | _times(s, 11))
    tables = [first]
    for _ in range(3):
        tables.append([(word >> 8) | (word & 0xFF) << 24 for word in tables[-1]])
    return box, inverse, tables


@cache
def _round_keys(key: bytes) -> list[_Words]:
    """Return the keys of the inverse rounds of AES-256, the last first."""
    box, _inverse, tables = _boxes()
    words = list(struct.unpack(">8I", key))
    rcon = 1
    for at in range(8, 60):
        word = words[-1]
        if at % 8 == 0:
            word = ((word << 8) | (word >> 24)) & 0xFFFFFFFF
        if at % 4 == 0:
            word = sum(box[(word >> shift) & 0xFF] << shift for shift in (24, 16, 8, 0))
        if at % 8 == 0:
            word ^= rcon << 24
            rcon = _double(rcon)
        words.append(words[at - 8] ^ word)
    mixed = []
    for number in range(14, -1, -1):
        four = words[number * 4 : number * 4 + 4]
        if 0 < number < 14:
            four = [
                tables[0][box[w >> 24]] ^ tables[1][box[w >> 16 & 255]] ^ tables[2][box[w >> 8 & 255]]
                ^ tables[3][box[w & 255]]
                for w in four
            ]  # fmt: skip
        mixed.append((four[0], four[1], four[2], four[3]))
    return mixed


def decipher(key: bytes, vector: bytes, data: bytes) -> bytes:
    """Return what AES-256-CBC made `data` of."""
    keys = _round_keys(key)
    _box, inverse, (t0, t1, t2, t3) = _boxes()
    out = []
    before = struct.unpack(">4I", vector)
    middle, last = keys[1:-1], keys[-1]
    for block in struct.iter_unpack(">4I", data):
        a, b, c, d = (x ^ k for x, k in zip(block, keys[0], strict=True))
        for k0, k1, k2, k3 in middle:
            a, b, c, d = (
                t0[a >> 24] ^ t1[d >> 16 & 255] ^ t2[c >> 8 & 255] ^ t3[b & 255] ^ k0,
                t0[b >> 24] ^ t1[a >> 16 & 255] ^ t2[d >> 8 & 255] ^ t3[c & 255] ^ k1,
                t0[c >> 24] ^ t1[b >> 16 & 255] ^ t2[a >> 8 & 255] ^ t3[d & 255] ^ k2,
                t0[d >> 24] ^ t1[c >> 16 & 255] ^ t2[b >> 8 & 255] ^ t3[a & 255] ^ k3,
            )
        rows = ((a, d, c, b), (b, a, d, c), (c, b, a, d), (d, c, b, a))
        plain = [
            (inverse[w >> 24] << 24 | inverse[x >> 16 & 255] << 16 | inverse[y >> 8 & 255] << 8
             | inverse[z & 255]) ^ last[i] ^ before[i]
            for i, (w, x, y, z) in enumerate(rows)
        ]  # fmt: skip
        out.append(struct.pack(">4I", *plain))
        before = block
    return b"".join(out)


def opened(data: bytes, key: bytes) -> bytes:
    """Return all pages of a file, one after the other."""
    found = []
    for at in range(0, len(data), PAGE):
        page = data[at : at + PAGE]
        start = 16 if at == 0 else 0
        vector = page[-RESERVED : -RESERVED + 16]
        found.append(decipher(key, vector, page[start:-RESERVED]))
    return b"".join(found)
