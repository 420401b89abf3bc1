"""Texts of a circular: present, clean, and narrow enough for the place on screen they were written for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from counter.circular import model
from counter.circular.problems import Mistake, Path

ANY: Final = 10_000
"""A text of this many cells may wrap; only its signs matter."""

SCREEN: Final[Mapping[type[msgspec.Struct], Mapping[str, int]]] = {
    model.Circular: {"doc_no": 32, "matter": 16, "level": 8},
    model.Office: {"short": 16, "phone": 20, "contact": 10},
    model.Specialty: {"full": 32, "short": 8},
    model.Situation: {"short": 28},
    model.Statement: {"text": ANY},
    model.Seal: {"name": 12},
    model.Reason: {"text": 40, "short": 14, "standard": 54},
    model.Bag: {"name": 12},
    model.Group: {"name": 10},
    model.OriginalKind: {"name": 20},
    model.Item: {"title": 42, "short": 32, "prompt": 40, "standard": 54, "note": ANY},
    model.FeeMethod: {"name": 8, "hint": 36},
    model.Fee: {"text": 40, "basis": 40, "note": 54, "when": 54},
    model.Correction: {"basis": 56, "bags": 54, "late": 54},
    model.OnlineState: {"name": 20, "warning": 48},
    model.Deputy: {"name": 10},
}
"""Most terminal cells of each text that is shown at the desk, from the screens at 80x24."""

REASON_CELLS: Final = 14
"""Room for a reason beside its item on an 80-column row."""

MOST_WORD: Final = 8
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_FORBIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def cells(text: str) -> int:
    """Return the width of a text on a terminal: a hanzi takes 2 cells, a combining mark none."""
    return sum(_cells_of(sign) for sign in text)


def _cells_of(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in ("W", "F") else 1


def text_mistakes(circular: model.Circular) -> Iterator[Mistake]:
    """Yield every text that is empty, unclean, or does not fit its place."""
    yield from _in_struct(circular, ())
    for number, reason in enumerate(circular.reasons):
        width = cells(reason.text)
        if not reason.short and width > REASON_CELLS:
            facts = {"cells": width, "most": REASON_CELLS}
            yield Mistake(("reasons", number, "text"), "too_wide", facts)
    yield from _word(circular.office.prefix, ("office", "prefix"))
    for number, paper in enumerate(circular.papers):
        yield from _word(paper.word, ("papers", number, "word"))


def _in_struct(part: msgspec.Struct, path: Path) -> Iterator[Mistake]:
    widths = SCREEN.get(type(part), {})
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        place = (*path, field.name)
        if isinstance(value, msgspec.Struct):
            yield from _in_struct(value, place)
        elif type(value) is str:
            if field.name in ("code", "id"):
                if not _CODE.fullmatch(value):
                    yield Mistake(place, "bad_code")
            elif value or field.required:
                yield from _in_text(value, place, widths.get(field.name))
        elif isinstance(value, tuple):
            yield from _in_list(value, place, required=field.required)


def _in_list(values: tuple[object, ...], place: Path, *, required: bool) -> Iterator[Mistake]:
    if required and not values and place[-1] not in ("slots", "missing"):  # those say it in their own words
        yield Mistake(place, "empty_list")
    for number, value in enumerate(values):
        if isinstance(value, msgspec.Struct):
            yield from _in_struct(value, (*place, number))
        elif isinstance(value, str):
            yield from _in_text(value, (*place, number), None)


def _in_text(text: str, place: Path, most: int | None) -> Iterator[Mistake]:
    """Check one text; `most` cells, or None for a text that is only printed."""
    if not text.strip():
        yield Mistake(place, "empty_text")
        return
    if text != text.strip():
        yield Mistake(place, "blank_edges")
    for sign in text:
        if unicodedata.category(sign) in _FORBIDDEN:
            yield Mistake(place, "forbidden_character", {"character": f"U+{ord(sign):04X}"})
            return
    if not unicodedata.is_normalized("NFC", text):
        yield Mistake(place, "not_nfc")
    if most is None:
        return
    for sign in text:
        if unicodedata.east_asian_width(sign) == "A":
            yield Mistake(place, "ambiguous_width", {"character": sign})
            return
    if (width := cells(text)) > most:
        yield Mistake(place, "too_wide", {"cells": width, "most": most})


def _word(word: str, place: Path) -> Iterator[Mistake]:
    if not 1 <= len(word) <= MOST_WORD or any(unicodedata.category(sign) != "Lo" for sign in word):
        yield Mistake(place, "bad_word", {"most": MOST_WORD})
