"""What the faces lack is named before anything is printed."""

from __future__ import annotations

import pytest

from receipts.coverage import _bits, missing, require
from receipts.errors import PaperError
from tools.build_coverage import build


def test_the_committed_set_is_what_the_installed_fonts_hold() -> None:
    assert _bits() == build()
    assert sum(byte.bit_count() for byte in _bits()) == 30_880


def test_rare_names_can_be_printed() -> None:
    assert missing("王䶮㛃𬭎堃喆赟 阿卜杜·热合曼〔2024〕¥￥《》“”—…") == ()


def test_all_hanzi_of_gbk_can_be_printed() -> None:
    pairs = (bytes((high, low)) for high in range(0x81, 0xFF) for low in range(0x40, 0xFF) if low != 0x7F)
    signs = [pair.decode("gbk", errors="ignore") for pair in pairs]
    hanzi = [sign for sign in signs if len(sign) == 1 and "\u4e00" <= sign <= "\u9fff"]
    assert len(hanzi) >= 20_902
    assert missing("".join(hanzi)) == ()


@pytest.mark.parametrize(
    ("char", "code", "point"),
    [
        ("𠮷", "missing-glyph", "U+20BB7"),
        ("𪚥", "missing-glyph", "U+2A6A5"),
        ("😀", "missing-glyph", "U+1F600"),
        ("\U0010fffe", "missing-glyph", "U+10FFFE"),
        ("\ue000", "private-use", "U+E000"),
        ("\U000f0000", "private-use", "U+F0000"),
        ("\x1b", "control-character", "U+001B"),
        ("\x00", "control-character", "U+0000"),
        ("\x9b", "control-character", "U+009B"),
        ("\n", "control-character", "U+000A"),
        ("\u200b", "control-character", "U+200B"),
        ("\u202e", "control-character", "U+202E"),
        ("\u2028", "control-character", "U+2028"),
        ("\ud800", "control-character", "U+D800"),
    ],
)
def test_a_character_that_cannot_be_printed_is_named(char: str, code: str, point: str) -> None:
    assert missing(f"王{char}某{char}") == (char,)
    with pytest.raises(PaperError) as refused:
        require(["李某", f"王{char}某"])
    assert refused.value.code == code
    assert refused.value.facts == {"char": char, "code": point, "count": 1}


def test_the_count_tells_how_many_characters_are_wanting() -> None:
    with pytest.raises(PaperError) as refused:
        require(["王𠮷", "𪚥𪚥"])
    assert refused.value.facts == {"char": "𠮷", "code": "U+20BB7", "count": 2}
