"""Text tables: which encoding, which delimiter, and rows out of it; never a guess that loses a character.

Decoding is strict everywhere. A file that mixes encodings is refused with the line where it starts, because
the parts that "work" would be other people's names.
"""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import Final

from counter.sheets import limits
from counter.sheets.errors import SheetError

_PRIVATE: Final = dict(
    zip((0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE832, 0xE843, 0xE854, 0xE864), range(0x9FB4, 0x9FBC), strict=True)
)
"""Eight hanzi that the GB18030 mapping before 2022, which Python has, puts into the private area."""

_HANZI: Final = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def decode(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding: utf-8, utf-8-sig, utf-16 or gb18030.

    Raises SheetError: encoding (line), mixed-encodings (line), lost-characters (line).
    """
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        text, name = _strict(data, "utf-16"), "utf-16"
    elif data.startswith(BOM_UTF8):
        text, name = _strict(data, "utf-8-sig"), "utf-8-sig"
    elif order := _byte_order(data):
        text, name = _strict(data, order), "utf-16"
    else:
        text, name = _by_content(data)
    if (lost := text.find("\ufffd")) >= 0:
        raise SheetError("lost-characters", line=text.count("\n", 0, lost) + 1)
    return text, name


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as e:
        if encoding.startswith("utf-16"):
            before = data[: e.start].decode(encoding, errors="ignore")
            line = before.count("\n") + 1
        else:
            line = data.count(b"\n", 0, e.start) + 1
        raise SheetError("encoding", line=line) from e


def _byte_order(data: bytes) -> str:
    """Return the UTF-16 of a file without mark, empty when it is none.

    Digits, delimiters and line ends have their zero all on one side; a stray zero is a control character.
    """
    head = data[: 64 * 1024]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 20 or min(even, odd) * 20 > max(even, odd):
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _by_content(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as e:
        first_wrong = data.count(b"\n", 0, e.start) + 1
    _refuse_mixture(data, first_wrong)
    text = _strict(data, "gb18030")
    return text.translate(_PRIVATE), "gb18030"


def _refuse_mixture(data: bytes, first_wrong: int) -> None:
    """Refuse when some lines are UTF-8 for certain; GB18030 would read them as wrong hanzi without a word."""
    utf8 = other = first_utf8 = 0
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.isascii():
            continue
        try:
            certain = len(_HANZI.findall(line.decode("utf-8"))) >= 2
        except UnicodeDecodeError:
            other += 1
            continue
        if certain:
            utf8 += 1
            first_utf8 = first_utf8 or number
    if utf8:
        raise SheetError("mixed-encodings", line=first_wrong if utf8 >= other else first_utf8)


def rows(text: str) -> Iterator[list[str]]:
    """Yield the rows of a delimited text; comma, tab or semicolon, whichever the first lines use most.

    Raises SheetError: csv-syntax (line), too-many-rows (limit), too-wide (line, limit).
    """
    csv.field_size_limit(limits.CELL_CHARACTERS)
    head = text[:4096]
    delimiter = max(",\t;", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, start=1):
            if number > limits.ROWS:
                raise SheetError("too-many-rows", limit=limits.ROWS)
            if len(row) > limits.COLUMNS:
                raise SheetError("too-wide", line=reader.line_num, limit=limits.COLUMNS)
            yield row
    except csv.Error as e:
        raise SheetError("csv-syntax", line=reader.line_num) from e
