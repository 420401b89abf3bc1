"""Search tokens: what is stored for a person so that every way of asking is one exact look-up.

No LIKE and no range scan: each allowed prefix is a token of its own, folded the same way as the question.
A token tells nothing about its sort; a tail of an identity number and of a telephone may be the same token.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Final

from counter.rules.identity import looks_like_identity
from counter.rules.names import UNKNOWN, full_keys, initial_keys, split_surname
from counter.rules.readings import is_hanzi, syllables

LONGEST_TOKEN: Final = 64
"""Characters; longer questions and prefixes are cut to it on both sides."""

MOST_SOUNDS: Final = 240
"""Bound of the tokens by sound of one name, usual readings first; three hanzi need 10 to 40."""

EMPLOYER_PREFIX: Final = 12
"""Characters of an employer's distinctive part that may be asked for."""

MOST_EMPLOYER_SOUNDS: Final = 12
"""Bound of the initial tokens of one employer."""


_NUMBER: Final = re.compile(r"[\d\s-]+")
"""A question of digits alone may have these between them; `1=2` or `12.50` is nobody's number."""


class QueryKind(StrEnum):
    """What a question looks like; a guess for the line above the results, never a filter."""

    PAPER_NUMBER = "paper_number"
    SERIAL = "serial"
    ONLINE_ID = "online_id"
    IDENTITY = "identity"
    PHONE = "phone"
    TAIL = "tail"
    NAME = "name"
    EMPLOYER = "employer"
    PINYIN = "pinyin"
    INITIALS = "initials"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Query:
    """One question: the exact token to look up and what it looks like."""

    token: str
    kind: QueryKind


def fold_token(text: str) -> str:
    """Return text as tokens hold it: NFKC, casefolded, only letters, digits, hanzi and `?`, ü as v."""
    if text.isascii() and text.isalnum():
        return text[:LONGEST_TOKEN].lower()
    folded = unicodedata.normalize("NFKC", text[: LONGEST_TOKEN * 8]).casefold()
    folded = unicodedata.normalize("NFKC", folded).replace("ü", "v")
    return "".join(c for c in folded if c == UNKNOWN or c.isalnum() or is_hanzi(c))[:LONGEST_TOKEN]


def search_tokens(
    name: str,
    *,
    id_number: str = "",
    phone: str = "",
    online_id: str = "",
    employer: str = "",
    typed_pinyin: str = "",
) -> frozenset[str]:
    """Return every token under which one person is found.

    `typed_pinyin` is what a clerk typed for a name without readings, syllables parted by blanks. Numbers come
    in their normal form, complete; empty means unknown.
    """
    tokens = set(_name_tokens(name))
    tokens.update(_sound_tokens(name))
    if typed_pinyin:
        words = typed_pinyin.split()
        tokens.update(_prefixes("".join(words)))
        tokens.update(_prefixes("".join(word[:1] for word in words)))
    tokens.update(_whole_and_tails(id_number, 4))
    tokens.update(_whole_and_tails(phone, 4))
    tokens.update(_whole_and_tails(online_id, 4, 6))
    tokens.update(_employer_tokens(employer))
    tokens.discard("")
    return frozenset(tokens)


def query_tokens(text: str) -> Query:
    """Return the token a question is looked up by and what it seems to ask for."""
    token = fold_token(text)
    if token.isdigit() and not _NUMBER.fullmatch(unicodedata.normalize("NFKC", text)):
        return Query("", QueryKind.NOTHING)
    kind = _kind(text, token)
    if kind is QueryKind.EMPLOYER:
        token = fold_token(distinctive_part(text, typing=True))[:EMPLOYER_PREFIX] or token
    return Query(token, kind)


def nearness(token: str, name: str, pinyin: str) -> int:
    """Return how near a person is to a question's token: 0 by the exact name, 1 by the usual reading, else 2.

    The usual reading is the one that is shown, `Wang Bin`, with its initials; a token may be the beginning of
    either. So 王斌 comes before 方荣 for `wang`, which a rare reading of 方 answers as well.
    """
    if fold_token(name) == token:
        return 0
    words = pinyin.split()
    sounds = (fold_token("".join(words)), fold_token("".join(word[:1] for word in words)))
    return 1 if token and any(sound.startswith(token) for sound in sounds) else 2


def distinctive_part(employer: str, *, typing: bool = False) -> str:
    """Return an employer's name without places in front and kinds of company behind.

    连云港创汇科技有限公司 gives 创汇科技. At least two characters stay. With `typing` an ending that is not
    complete yet (有限公) goes as well.
    """
    words = _employer_words()
    rest = unicodedata.normalize("NFKC", "".join(employer.split()))
    rest = words.bracketed.sub("", rest) if "(" in rest else rest
    while found := words.lead.match(rest):
        rest = rest[found.end() :]
    for ending in (*words.endings, *(words.begun if typing else ())):
        if rest.endswith(ending) and len(rest) - len(ending) >= 2:
            return rest[: -len(ending)]
    return rest


def _name_tokens(name: str) -> Iterator[str]:
    yield from _prefixes(name)
    _, given = split_surname(name)
    yield from _prefixes(given)
    if name and all(map(is_hanzi, name)):
        yield from _prefixes(name[1:])
    for part in re.split(r"[\s·]+", name):
        yield from _prefixes(part)


def _sound_tokens(name: str) -> set[str]:
    """Return sound tokens by worth: initials, the usual reading, whole other readings, their prefixes."""
    full, initials = full_keys(name), initial_keys(name)
    tokens: dict[str, None] = {}
    for key in (*initials[:32], *full[:1]):
        tokens.update(dict.fromkeys(_prefixes(key)))
    tokens.update(dict.fromkeys(fold_token(key) for key in full[:64]))
    for key in full[1:]:
        if len(tokens) >= MOST_SOUNDS:
            break
        tokens.update(dict.fromkeys(_prefixes(key)))
    return set(islice(tokens, MOST_SOUNDS))


def _employer_tokens(employer: str) -> Iterator[str]:
    part = distinctive_part(employer)[:EMPLOYER_PREFIX]
    yield from _prefixes(part)
    yield fold_token(employer)
    sounds = (token for key in initial_keys(part) for token in _prefixes(key) if len(token) > 1)
    yield from islice(sounds, MOST_EMPLOYER_SOUNDS)  # one letter asks for people, not for employers


def _prefixes(text: str) -> list[str]:
    token = fold_token(text)
    return [token[:n] for n in range(1, len(token) + 1)]


def _whole_and_tails(number: str, *sizes: int) -> Iterable[str]:
    token = fold_token(number)
    return [token, *(token[-size:] for size in sizes if len(token) > size)]


def _kind(text: str, token: str) -> QueryKind:
    if not token:
        return QueryKind.NOTHING
    if any(map(is_hanzi, token)):
        return _hanzi_kind(token)
    if token.isascii() and token.isdigit():
        return _digit_kind(token)
    if not any(c.isdigit() for c in token):
        return _letter_kind(token)
    if re.fullmatch(r"\d{3}x", token):
        return QueryKind.TAIL
    return QueryKind.IDENTITY if looks_like_identity(text) else QueryKind.ONLINE_ID


def _hanzi_kind(token: str) -> QueryKind:
    if re.search(r"\d{5,}号$", token):
        return QueryKind.PAPER_NUMBER
    words = _employer_words()
    if token.startswith(words.places) or token.endswith(words.endings):
        return QueryKind.EMPLOYER
    return QueryKind.NAME


def _digit_kind(token: str) -> QueryKind:
    if len(token) == 14:
        return QueryKind.PAPER_NUMBER
    if len(token) == 11 and token.startswith("1"):
        return QueryKind.PHONE
    if len(token) == 18:
        return QueryKind.IDENTITY
    if len(token) == 4:
        return QueryKind.TAIL
    return QueryKind.SERIAL if len(token) <= 7 else QueryKind.ONLINE_ID


def _letter_kind(token: str) -> QueryKind:
    if not set(token) <= set("abcdefghijklmnopqrstuvwxyz?"):
        return QueryKind.NAME
    if len(token) > 1 and _reads_as_syllables(token):
        return QueryKind.PINYIN
    return QueryKind.NAME if set(token) & set("iuv") else QueryKind.INITIALS  # no syllable begins with these


def _reads_as_syllables(token: str) -> bool:
    """Tell whether letters are syllables, one at least of two letters, and at most a begun one last."""
    known, begun = _typed_syllables()
    reached = {0: False}
    for at in range(len(token)):
        if at not in reached:
            continue
        if reached[at] and token[at:] in begun:
            return True
        for size in range(1, 7):
            if token[at : at + size] in known and (size > 1 or token[at] in "aeo?"):
                reached[at + size] = reached.get(at + size, False) or reached[at] or size > 1
    return reached.get(len(token), False)


@cache
def _typed_syllables() -> tuple[frozenset[str], frozenset[str]]:
    known = syllables() | {s.replace("v", "yu") for s in syllables() if "v" in s} | {UNKNOWN}
    return known, frozenset(s[:n] for s in known for n in range(1, len(s)))


@dataclass(frozen=True)
class _Words:
    places: tuple[str, ...]
    endings: tuple[str, ...]
    begun: tuple[str, ...]
    """Endings not typed to the end, longest first."""
    lead: re.Pattern[str]
    bracketed: re.Pattern[str]


@cache
def _employer_words() -> _Words:
    text = (files("counter.rules") / "data" / "employers.txt").read_text(encoding="utf-8")
    rows = [line.split() for line in text.splitlines() if not line.startswith("#")]
    places = tuple(word for sort, word in rows if sort == "place")
    endings = tuple(word for sort, word in rows if sort == "ending")
    begun = {ending[:n] for ending in endings for n in range(2, len(ending))}
    any_place = "|".join(places)
    return _Words(
        places,
        endings,
        tuple(sorted(begun, key=lambda word: (-len(word), word))),
        re.compile(rf"(?:{any_place})(?=..)"),
        re.compile(rf"\((?:{any_place})+\)"),
    )
