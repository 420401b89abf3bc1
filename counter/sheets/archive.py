"""A look into an xlsx before any spreadsheet library sees it.

Every part is unpacked once in small pieces and thrown away: what an archive says about its own sizes is not
believed. Runs in the reading child.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import IO, Final

from counter.sheets import limits
from counter.sheets.errors import SheetError

_PIECE: Final = limits.MIB
_SCANNED: Final = limits.MIB
"""This much of each sheet is searched for far cells whatever dimension it declares."""
_DIMENSION: Final = re.compile(rb'<dimension ref="[A-Z]+[0-9]+(?::([A-Z]+)([0-9]+))?"')
_CELL: Final = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,4})([0-9]{1,8})"[^>]*[^/>]>')
_PACKED: Final = (b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0")


def check_archive(data: bytes) -> None:
    """Raise SheetError unless `data` is a plain xlsx of bearable size.

    Codes: damaged, encrypted, format (kind), macros, too-many-parts, bomb, nested (part), entities (part),
    too-many-rows, far-cell (cell).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _kind(archive, parts)
            room = limits.INSIDE_BYTES
            for part in parts:
                with archive.open(part) as stream:
                    room -= _look(part.filename, stream, min(room, _densest(part)))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError) as e:
        raise SheetError("damaged") from e
    except RuntimeError as e:  # zipfile's word for a part that needs a password
        raise SheetError("encrypted") from e


def _kind(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > limits.PARTS:
        raise SheetError("too-many-parts", parts=len(parts), limit=limits.PARTS)
    if sum(part.file_size for part in parts) > limits.INSIDE_BYTES:
        raise SheetError("bomb", limit=limits.INSIDE_BYTES // limits.MIB)
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise SheetError("encrypted")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise SheetError("macros")
    if "xl/workbook.bin" in names:
        raise SheetError("format", kind="xlsb")
    if "mimetype" in names:
        raise SheetError("format", kind="ods")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise SheetError("format", kind="zip")
    with archive.open("[Content_Types].xml") as stream:
        if b"macroEnabled" in stream.read(_PIECE):
            raise SheetError("macros")


def _densest(part: zipfile.ZipInfo) -> int:
    return max(limits.DENSE_BYTES, part.compress_size * limits.DENSEST)


def _look(name: str, stream: IO[bytes], room: int) -> int:
    """Return the unpacked size of one part, at most `room`, after judging its content."""
    is_sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
    is_markup = name.endswith((".xml", ".rels", ".vml"))
    size = rows = 0
    tail = b""
    far: tuple[int, int] | None = None
    scan = False
    while piece := stream.read(_PIECE):
        if size == 0:
            if piece.startswith(_PACKED) and not is_markup:
                raise SheetError("nested", part=name)
            scan = is_sheet and _needs_scan(piece)
        size += len(piece)
        if size > room:
            raise SheetError("bomb", limit=limits.INSIDE_BYTES // limits.MIB)
        joined = tail + piece
        if is_markup and b"<!DOCTYPE" in joined:
            raise SheetError("entities", part=name)
        if is_sheet:
            rows += piece.count(b"</row>")
            if rows > limits.ROWS:
                raise SheetError("too-many-rows", limit=limits.ROWS)
            if scan or size <= _SCANNED:
                far = _farthest(joined, far)
        tail = piece[-64:]
    if far is not None:
        raise SheetError("far-cell", cell=f"{column_name(far[1])}{far[0] + 1}")
    return size


def _needs_scan(head: bytes) -> bool:
    """Tell whether a sheet declares more than it may have; the declaration alone convicts nobody."""
    found = _DIMENSION.search(head[:4096])
    if found is None or found[1] is None:
        return False
    return _is_far(int(found[2]) - 1, column_index(found[1].decode()))


def _farthest(text: bytes, known: tuple[int, int] | None) -> tuple[int, int] | None:
    for found in _CELL.finditer(text):
        row, column = int(found[2]) - 1, column_index(found[1].decode())
        if _is_far(row, column) and (known is None or (row, column) > known):
            known = (row, column)
    return known


def _is_far(row: int, column: int) -> bool:
    return row >= limits.ROWS or column >= limits.COLUMNS


def column_index(letters: str) -> int:
    """Return the column of its letters, counted from 0."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_name(index: int) -> str:
    """Return the letters of a column counted from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
