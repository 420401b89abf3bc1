"""One cell of a roster brought to its stored form, or refused; each function says what it changed.

Cells arrive as the file holds them. A number where none belongs (an identity card) is refused, not repaired:
Excel keeps 15 digits, and one in twelve rounded card numbers still has a right check character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, NamedTuple

from counter.circular.model import Circular
from counter.rules.identity import IdKind, PhoneProblem, check_identity, normal_phone
from counter.rules.names import normal_name
from counter.rules.problem import Problem
from counter.sheets.aliases import Aliases, fold
from counter.sheets.frames import Cell

EXACT: Final = 10**15
"""Below this a spreadsheet keeps every digit of a number."""

_DROPPED: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_BLANKS: Final = re.compile("[ \t\r\n\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
"""Not `\\s`, which takes control characters for blanks."""
_HARMFUL: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_HALF: Final = {
    c: c - 0xFEE0 for r in ((0xFF10, 0xFF1A), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B)) for c in range(*r)
}
_PRIVATE: Final = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_ODD_NAME: Final = re.compile(r"[^\w\s\u00b7'’\-.()（）]|[\d_]")
"""What a name rarely holds; seen, told, kept."""
_LATIN_IN_HANZI: Final = re.compile("[\u4e00-\u9fff][A-Za-z]|[A-Za-z][\u4e00-\u9fff]")
_QUOTED: Final = re.compile(r'="?([^"]*)"?|\'(.*)', re.DOTALL)
"""Ways to keep a spreadsheet from reading a code as a number: ="123" and '123."""
_ONLINE_ID: Final = re.compile(r"[A-Za-z0-9_/-]{1,40}")
_MOMENT: Final = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T ]?(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?[秒分]?)?"
)
_MONTH: Final = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))")
_DAY: Final = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[T ]0{1,2}:00.*)?")
_NUMERALS: Final = {
    c: f" {n} " for row in ("一二三四五六七八九", "①②③④⑤⑥⑦⑧⑨") for n, c in enumerate(row, start=1)
}


class Value(NamedTuple):
    """A cell's stored form: whether it differs from what the file holds, and what is odd about it."""

    text: str
    changed: bool = False
    odd: tuple[str, ...] = ()


BLANK: Final = Value("")


def tidy(cell: Cell, limit: int) -> Value:
    """Return free text on one line, without invisible signs, full-width letters and digits made plain.

    Longer text is cut and said to be (`cut`); a private-area sign is kept and said (`private-character`).
    Raises Problem: control, lost.
    """
    raw = as_text(cell)
    text = _BLANKS.sub(" ", _DROPPED.sub("", raw)).strip(" ")
    if text.isascii() and text.isprintable():
        return _bounded(text, raw, limit)
    text = unicodedata.normalize("NFC", text).translate(_HALF)
    for c in text:
        if unicodedata.category(c) in _HARMFUL:
            raise Problem("control", sign=f"U+{ord(c):04X}")
    if "\ufffd" in text:
        raise Problem("lost")
    return _bounded(text, raw, limit)


def _bounded(text: str, raw: str, limit: int) -> Value:
    odd = ("private-character",) if _PRIVATE.search(text) else ()
    if len(text) > limit:
        return Value(text[:limit], True, (*odd, "cut"))
    return Value(text, text != raw, odd)


def as_text(cell: Cell) -> str:
    """Return a cell as one would read it; a whole number without its `.0`."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < EXACT:
        return str(int(cell))
    return str(cell)


def name(cell: Cell) -> Value:
    """Return a person's name. Raises Problem: empty, long, control, lost."""
    raw = as_text(cell)
    text = normal_name(raw)
    odd = []
    if _ODD_NAME.search(text) or _LATIN_IN_HANZI.search(text):
        odd.append("name-odd")
    if _PRIVATE.search(text):
        odd.append("private-character")
    return Value(text, text != raw, tuple(odd))


def online_id(cell: Cell) -> Value:
    """Return an online submission ID. Raises Problem: empty, control, numeric, long (limit), pattern."""
    if isinstance(cell, bool) or (isinstance(cell, int | float) and not _exact(cell)):
        raise Problem("numeric")
    raw = as_text(cell)
    text = unicodedata.normalize("NFKC", code_text(raw))
    if not text:
        raise Problem("empty")
    if len(text) > 40:
        raise Problem("long", limit=40)
    if not _ONLINE_ID.fullmatch(text):
        raise Problem("pattern")
    # As a number it has lost its zeros in front, if it had any.
    return Value(text, text != raw, () if isinstance(cell, str) else ("online-id-number",))


def id_number(cell: Cell, kind: IdKind | None, today: date | None) -> tuple[Value, IdKind, date | None, str]:
    """Return a document number with what it tells: kind, birth, sex code.

    Raises Problem: numeric, control, and the codes of IdentityProblem.
    """
    if cell is not None and not isinstance(cell, str):
        raise Problem("numeric")
    raw = cell or ""
    found = check_identity(kind, code_text(raw), today=today)
    odd = []
    if kind is not None and kind is not found.kind:
        odd.append("id-kind-differs")
    return (
        Value(found.number, found.number != raw, tuple(odd)),
        found.kind,
        found.birth,
        found.sex.value if found.sex else "",
    )


def phone(cell: Cell) -> Value:
    """Return a telephone: a mobile number as 11 digits, or a fixed line as area-number.

    A number cell must hold exactly eleven digits. Raises Problem: numeric, control, rounded, length, pattern.
    """
    if isinstance(cell, bool):
        raise Problem("numeric")
    if isinstance(cell, int | float) and not (_exact(cell) and re.fullmatch(r"1[0-9]{10}", as_text(cell))):
        raise Problem("numeric")
    raw = as_text(cell)
    text = code_text(raw)
    if not text:
        return BLANK
    try:
        number = normal_phone(text)
    except PhoneProblem:
        fixed = re.fullmatch(r"\(?(0\d{2,3})\)?-?(\d{7,8})", unicodedata.normalize("NFKC", text))
        if fixed is None:
            raise
        number = f"{fixed[1]}-{fixed[2]}"
    return Value(number, number != raw)


def submitted(cell: Cell) -> Value:
    """Return a moment as `YYYY-MM-DD HH:MM:SS` or a day as `YYYY-MM-DD`, in the office's wall time.

    What cannot be read is left out and said (`time-unreadable`). Raises Problem: control, lost.
    """
    plain = unicodedata.normalize("NFKC", tidy(cell, 40).text)
    if not plain:
        return BLANK
    found = _MOMENT.fullmatch(plain)
    if found is None:
        return Value("", False, ("time-unreadable",))
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return Value("", False, ("time-unreadable",))
    return Value(f"{moment:%Y-%m-%d %H:%M:%S}" if found[4] else f"{moment:%Y-%m-%d}")


def birth_months(cell: Cell) -> frozenset[str]:
    """Return the months (YYYY-MM) a birth cell may mean, none when it cannot be read.

    1985.1 as a number is January or, its last zero lost, October; both are returned.
    """
    plain = unicodedata.normalize("NFKC", as_text(cell)).strip()
    if found := _MONTH.fullmatch(plain):
        year, month = found[1], int(found[2] or found[3])
        months = {month, month * 10} if isinstance(cell, float) and plain.endswith(".1") else {month}
    elif found := _DAY.fullmatch(plain):
        year, months = found[1], {int(found[2] or found[4])}
    else:
        return frozenset()
    return frozenset(f"{year}-{m:02d}" for m in months if 1 <= m <= 12 and year >= "1900")


def code_text(raw: str) -> str:
    """Return a code without blanks, invisible signs and the quoting that guards it from a spreadsheet.

    Raises Problem: control.
    """
    text = _DROPPED.sub("", _BLANKS.sub("", raw))
    if text[:1] in ("=", "'") and (found := _QUOTED.fullmatch(text)):
        text = found[1] or found[2] or ""
    for c in text:
        if not " " <= c <= "~" and unicodedata.category(c) in _HARMFUL:
            raise Problem("control", sign=f"U+{ord(c):04X}")
    return text


def _exact(number: int | float) -> bool:
    return abs(number) < EXACT and float(number).is_integer() and number >= 0


class Words:
    """What the circular and the aliases call things, ready for looking up one cell."""

    def __init__(self, circular: Circular, aliases: Aliases) -> None:
        self._specialties = _lookup((s.code, (s.full, s.short, *s.aliases)) for s in circular.specialties)
        self._states = _lookup((s.code, (s.name, *s.aliases)) for s in circular.online_states)
        self._situations = {s.no for s in circular.situations}
        self._sexes = _lookup(aliases.sex.items())
        self._kinds = _lookup(aliases.id_kinds.items())

    def specialty(self, cell: Cell) -> tuple[Value, str]:
        """Return the text and the circular's code, empty and `specialty-unknown` when it has none."""
        value = tidy(cell, 120)
        code = self._specialties.get(_word(value.text), "")
        return (value if code else value._replace(odd=(*value.odd, "specialty-unknown"))), code

    def state(self, cell: Cell) -> tuple[Value, str]:
        """Return the text and the circular's state code; `unknown` and `state-unknown` when it has none."""
        value = tidy(cell, 60)
        if not value.text:
            return value, ""
        code = self._states.get(_word(value.text))
        return (value, code) if code else (value._replace(odd=(*value.odd, "state-unknown")), "unknown")

    def situations(self, cell: Cell) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Return the situation numbers in a cell, ascending, and what is odd about it."""
        if isinstance(cell, float) and not cell.is_integer():
            return (), ("situation-unknown",)
        plain = "".join(_NUMERALS.get(c, c) for c in tidy(cell, 200).text)
        plain = unicodedata.normalize("NFKC", plain)
        numbers = sorted({int(n) for n in re.findall(r"[0-9]{1,4}", plain)})
        known = tuple(n for n in numbers if n in self._situations)
        odd = bool(plain) and len(known) < max(1, len(numbers))
        return known, ("situation-unknown",) if odd else ()

    def sex(self, cell: Cell) -> tuple[str, tuple[str, ...]]:
        """Return male, female or nothing, and `sex-unknown` for a word that is neither."""
        text = fold(tidy(cell, 40).text)
        code = self._sexes.get(text, "")
        return code, ("sex-unknown",) if text and not code else ()

    def id_kind(self, cell: Cell) -> tuple[IdKind | None, tuple[str, ...]]:
        """Return the kind of document named, and `id-kind-unknown` for a word that names none."""
        text = fold(tidy(cell, 80).text)
        code = self._kinds.get(text)
        return (IdKind(code) if code else None), (("id-kind-unknown",) if text and not code else ())


def _lookup(words: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    table: dict[str, str] = {}
    for code, names in words:
        for each in names:
            table.setdefault(_word(each), code)
    return table


def _word(text: str) -> str:
    """Return a word for looking up: folded, and without the brackets that are written in several ways."""
    return re.sub(r"[()\[\]〔〕【】—–·・-]", "", fold(text))
