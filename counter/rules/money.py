"""Money in integer fen: shown in yuan, written in capitals, read from what a clerk typed.

There is no float and no Decimal anywhere: a sum of fees must equal the notes in the till.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from counter.rules.problem import Problem

MOST_FEN: Final = 10**14 - 1
"""Just below one 万亿 yuan; the capitals are defined up to here and no fee comes near."""

_DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_SECTIONS: Final = ("", "万", "亿")
"""The signs of 支付结算办法 annex 1 for amounts on vouchers."""


class MoneyProblem(Problem):
    """An amount that cannot be read: `empty`, `pattern`, `decimals` (over two), `large` (limit in fen)."""


def yuan(fen: int) -> str:
    """Return an amount as shown everywhere: 30000 fen is `300.00`, without thousands signs."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def capitals(fen: int, *, currency: str = "人民币") -> str:
    """Return an amount in the capitals of a voucher: 30000 fen is 人民币叁佰元整.

    Ends with 整 at 元 and without it at 角 and 分. One 零 stands for any run of zeros between digits, and
    after 元 when its digit or 角 is zero and something follows. Raises MoneyProblem `large`; ValueError for a
    negative sum.
    """
    if fen < 0:
        raise ValueError("a negative sum has no capitals")
    if fen > MOST_FEN:
        raise MoneyProblem("large", limit=MOST_FEN)
    whole, jiao, cent = fen // 100, fen // 10 % 10, fen % 10
    text = _integer(whole) + "元" if whole or not fen else ""
    if not jiao and not cent:
        return f"{currency}{text}整"
    if text and (not jiao or whole % 10 == 0):
        text += "零"
    text += f"{_DIGITS[jiao]}角" if jiao else ""
    text += f"{_DIGITS[cent]}分" if cent else ""
    return currency + text


def _integer(number: int) -> str:
    """Return a whole number of yuan in capitals, section by section of four digits."""
    if number == 0:
        return _DIGITS[0]
    text = ""
    gap = False
    for at in (2, 1, 0):
        section = number // 10000**at % 10000
        if not section:
            gap = bool(text)
            continue
        if text and (gap or section < 1000):
            text += _DIGITS[0]
        text += _section(section) + _SECTIONS[at]
        gap = False
    return text


def _section(section: int) -> str:
    text = ""
    gap = False
    for at in (3, 2, 1, 0):
        digit = section // 10**at % 10
        if not digit:
            gap = bool(text)
            continue
        text += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[at]
        gap = False
    return text


def parse_yuan(text: str) -> int:
    """Return the fen of an amount in yuan as typed: `300`, `300.5`, `￥1,409.50`, `３００元`.

    Raises MoneyProblem; signs, exponents and a third decimal are refused, never rounded.
    """
    typed = "".join(unicodedata.normalize("NFKC", text[:100]).split())
    typed = re.sub(r"(元整?|圆整?)$", "", re.sub(r"^[¥]", "", typed))
    if not typed:
        raise MoneyProblem("empty")
    found = re.fullmatch(r"([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?", typed)
    if not found:
        raise MoneyProblem("pattern")
    decimals = found[2] or ""
    if len(decimals) > 2:
        raise MoneyProblem("decimals")
    fen = int(found[1].replace(",", "")) * 100 + int(decimals.ljust(2, "0"))
    if fen > MOST_FEN:
        raise MoneyProblem("large", limit=MOST_FEN)
    return fen
