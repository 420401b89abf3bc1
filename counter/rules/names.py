"""People's names: one spelling for storing, sound keys for finding, a reading for showing.

A name is kept as its owner writes it: rare characters, long names, brackets and quotes stay; only the
separator of names such as 买买提·艾山 (U+00B7), blanks and width are brought to one form.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, TypeAlias

from counter.rules.problem import Problem
from counter.rules.readings import is_hanzi, readings

LONGEST_NAME: Final = 100
"""Characters; 民委发〔2016〕33号 asks for room for at least 50."""

MOST_KEYS: Final = 512
"""Bound of the readings' product; keys with the usual readings are kept first."""

UNKNOWN: Final = "?"
"""Stands in a key for a hanzi without a known reading; the clerk may type it as well."""

_DOT: Final = "\u00b7"
_DOTS: Final = frozenset("\u2022\u2027\u2219\u22c5\u30fb\uff65\u2192\u25cf\u16eb\u2e31")
"""Signs seen in rosters for U+00B7; a full stop is one only between two hanzi."""
_STOPS: Final = frozenset(".\uff0e")

_DROPPED: Final = frozenset("\u200b\ufeff\u2060\u00ad")
"""Zero-width signs that spreadsheets and web pages leave in cells."""

_Ranked: TypeAlias = tuple[tuple[str, int], ...]
"""Spellings with their ranks."""

_OLD_PRIVATE: Final = dict(
    zip((0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864), range(0x9FB4, 0x9FBC), strict=True)
)
"""Private code points that the GB18030 mapping before 2022 used for eight hanzi of today."""


class NameProblem(Problem):
    """A name that cannot be stored: `empty`, `long` (length, limit), `control` (position, sign), `lost`.

    `lost` means that an earlier program already replaced a character by U+FFFD.
    """


def normal_name(text: str) -> str:
    """Return a person's name in its one stored spelling.

    NFC; separator variants become U+00B7; blanks next to a hanzi go, others become one space; full-width
    letters and digits become plain ones; everything else, markup signs included, stays as it is.
    Raises NameProblem.
    """
    raw = "".join(c for c in text.strip(" \t\r\n\u3000\u00a0") if c not in _DROPPED)
    if len(raw) > LONGEST_NAME * 2:
        raise NameProblem("long", length=len(raw), limit=LONGEST_NAME)
    for place, c in enumerate(raw, start=1):
        if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            raise NameProblem("control", position=place, sign=f"U+{ord(c):04X}")
        if c == "\ufffd":
            raise NameProblem("lost", position=place)
    signs = unicodedata.normalize("NFC", raw.translate(_OLD_PRIVATE))
    name = _blanks("".join(_one_sign(signs, i) for i in range(len(signs))))
    if not any(unicodedata.category(c)[0] in "LNC" for c in name):
        raise NameProblem("empty")
    if len(name) > LONGEST_NAME:
        raise NameProblem("long", length=len(name), limit=LONGEST_NAME)
    return name


def _one_sign(signs: str, i: int) -> str:
    c = signs[i]
    if c in _DOTS:
        return _DOT
    if c in _STOPS:
        between = 0 < i < len(signs) - 1 and is_hanzi(signs[i - 1]) and is_hanzi(signs[i + 1])
        return _DOT if between else "."
    if "\uff10" <= c <= "\uff5a" and unicodedata.category(c)[0] in "LN":
        return chr(ord(c) - 0xFEE0)
    return " " if c.isspace() else c


def _blanks(name: str) -> str:
    name = re.sub(" +", " ", name).strip(" ")
    kept: list[str] = []
    for i, c in enumerate(name):
        if c == " " and any(n == _DOT or is_hanzi(n) for n in (name[i - 1], name[i + 1])):
            continue
        kept.append(c)
    return re.sub(f"{_DOT}+", _DOT, "".join(kept)).strip(_DOT)


def pinyin_keys(name: str) -> frozenset[str]:
    """Return the full and the initial sound keys of a name, with all readings of every character.

    刘宇翔 gives liuyuxiang and lyx; ü counts as v, lv, lu and lyu. Separators, blanks and other signs are
    ignored, latin letters and digits stand for themselves, a hanzi without reading is `?`. At most
    MOST_KEYS of each sort.
    """
    return frozenset(full_keys(name)) | frozenset(initial_keys(name))


def full_keys(name: str) -> list[str]:
    """Return the full sound keys, those nearest to the usual readings first."""
    return _product([_sounds(c) for c in name])


def initial_keys(name: str) -> list[str]:
    """Return the keys of first letters, those nearest to the usual readings first.

    A hanzi gives the first letter of each reading; of latin words capitals, word starts and digits count.
    """
    parts = []
    for before, c in zip(f" {name}", name, strict=False):
        if is_hanzi(c):
            parts.append(_firsts(c))
        elif not before.isalpha() or is_hanzi(before) or c.isupper() or c.isdigit():
            parts.append(_sounds(c))
    return _product(parts)


@lru_cache(maxsize=8192)
def _sounds(c: str) -> _Ranked:
    """Return the spellings one character may have in a key, each with its rank (0 = usual)."""
    if not is_hanzi(c):
        plain = unicodedata.normalize("NFKC", c).casefold()
        return (("".join(p for p in plain if p.isalnum()), 0),)
    spelled = [
        (way, 3 * rank + turn)  # other spellings of a reading come before the next reading
        for rank, sound in enumerate(readings(c))
        for turn, way in enumerate(_spellings(sound))
    ]
    return _best(spelled) or ((UNKNOWN, 0),)


@lru_cache(maxsize=8192)
def _firsts(c: str) -> _Ranked:
    """Return the first letters one hanzi may have in a key, each with its rank."""
    return _best([(sound[:1], rank) for sound, rank in _sounds(c)])


def _spellings(sound: str) -> tuple[str, ...]:
    """Return the ways people type a syllable: ü is v on a keyboard, yu in passports, u to the careless."""
    if "v" not in sound:
        return (sound,)
    return tuple(dict.fromkeys((sound, sound.replace("v", "u"), sound.replace("v", "yu"))))


def _best(options: list[tuple[str, int]]) -> _Ranked:
    """Return each spelling once, with its lowest rank."""
    best: dict[str, int] = {}
    for sound, rank in options:
        best.setdefault(sound, rank)
    return tuple(best.items())


def _product(parts: list[_Ranked]) -> list[str]:
    """Return the combinations in order of rank, the MOST_KEYS best of them.

    A rank weighs more the later the character stands: people know how to read a surname.
    """
    keys: dict[str, int] = {"": 0}
    for weight, part in enumerate(parts, start=1):
        if len(part) == 1:
            sound, more = part[0]
            keys = {key + sound: rank + more * weight for key, rank in keys.items()}
            continue
        longer: dict[str, int] = {}
        for key, rank in keys.items():
            for sound, more in part:
                total = rank + more * weight
                if total < longer.get(key + sound, total + 1):
                    longer[key + sound] = total
        if len(longer) > MOST_KEYS:
            longer = dict(sorted(longer.items(), key=lambda entry: (entry[1], entry[0]))[:MOST_KEYS])
        keys = longer
    ordered = sorted(keys.items(), key=lambda entry: entry[1])
    return [key for key, _ in ordered if key]


def split_surname(name: str) -> tuple[str, str]:
    """Return surname and given name of a hanzi name; names of other forms have no surname here."""
    if not name or not all(map(is_hanzi, name)):
        return "", name
    for size in (4, 2):
        if len(name) > size and name[:size] in surnames():
            return name[:size], name[size:]
    return name[:1], name[1:]


def display_pinyin(name: str) -> str:
    """Return the reading shown beside a name and used for sorting: Liu Yuxiang, Maimaiti Aishan.

    Surnames are read by the surname table, other characters by their usual reading; a character without
    reading shows as `?`, anything that is no hanzi as itself.
    """
    surname, given = split_surname(name)
    if surname:
        sounds = surnames().get(surname) or tuple(map(_usual, surname))
        return " ".join(
            filter(None, ("".join(sounds).capitalize(), "".join(map(_usual, given)).capitalize()))
        )
    words = []
    for part in re.split(f"[{_DOT} ]", name):
        word = "".join(_usual(c) if is_hanzi(c) else c for c in part)
        words.append(word.capitalize() if part and is_hanzi(part[0]) else word)
    return " ".join(filter(None, words))


def _usual(c: str) -> str:
    return next(iter(readings(c)), UNKNOWN)


@cache
def surnames() -> dict[str, tuple[str, ...]]:
    """Return the surnames that need a table: the reading by surname."""
    text = (files("counter.rules") / "data" / "surnames.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {surname: tuple(sounds) for surname, *sounds in rows}
