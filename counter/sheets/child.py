"""The process that reads a roster file, and dies alone if the file is hostile.

Started as `python -I -m counter.sheets.child NAME`, it gets the file's bytes on its input and answers in
frames. Before it looks at the first byte it gives up memory, processor time and the right to open
anything: no file, no socket. A native abort (python-calamine on a cell at XFD1048576) or a kill leaves the
desk untouched.
"""

from __future__ import annotations

import codecs
import contextlib
import gc
import io
import os
import resource
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

import python_calamine as calamine

from counter.sheets import csvtext, frames, limits
from counter.sheets.archive import check_archive
from counter.sheets.errors import SheetError

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SUFFIXES: Final = {".xlsx": "xlsx", ".xls": "xls", ".csv": "csv", ".txt": "csv", ".tsv": "csv", "": ""}


def lock_down() -> None:
    """Give up everything that reading bytes already in hand does not need."""
    for name in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "cp437", "ascii"):
        codecs.lookup(name)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_SECONDS, limits.CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY, limits.MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def kind_of(name: str, data: bytes) -> str:
    """Return xlsx, xls or csv, by the bytes.

    Raises SheetError: empty, format (kind), renamed (suffix, kind).
    """
    suffix = os.path.splitext(name)[1].lower()
    if not data.strip(b"\0 \t\r\n"):
        raise SheetError("empty")
    if data.startswith(_ZIP):
        kind = "xlsx"
    elif data.startswith(_OLE):
        kind = "xls"
    elif data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        kind = "html"
    elif data.startswith((b"%PDF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff")):
        kind = "other"
    else:
        kind = "csv"
    if kind in ("html", "other") or suffix not in _SUFFIXES:
        raise SheetError("format", kind=suffix.lstrip(".") if suffix not in _SUFFIXES else kind)
    if _SUFFIXES[suffix] not in ("", kind):
        raise SheetError("renamed", suffix=suffix, kind=kind)
    return kind


def read(name: str, data: bytes) -> Iterator[frames.Frame]:
    """Yield the frames of a file. Raises SheetError."""
    kind = kind_of(name, data)
    if kind == "csv":
        text, encoding = csvtext.decode(data)
        yield frames.SheetStart(name, True, 0, [])
        yield from _in_frames(csvtext.rows(text))
        yield frames.Done(encoding)
        return
    if kind == "xlsx":
        check_archive(data)
    yield from _workbook(data)
    yield frames.Done("")


def _workbook(data: bytes) -> Iterator[frames.Frame]:
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        sheets = [s for s in book.sheets_metadata if s.typ == calamine.SheetTypeEnum.WorkSheet]
        if len(sheets) > limits.SHEETS:
            raise SheetError("too-many-sheets", sheets=len(sheets), limit=limits.SHEETS)
        for about in sheets:
            sheet = book.get_sheet_by_name(about.name)
            (_, left), (bottom, right) = sheet.start or (0, 0), sheet.end or (0, 0)
            if bottom >= limits.ROWS:
                raise SheetError("too-many-rows", limit=limits.ROWS)
            if right >= limits.COLUMNS:
                raise SheetError("too-wide", line=1, limit=limits.COLUMNS)
            merged = [(*start, *end) for start, end in (sheet.merged_cell_ranges or [])[:2000]]
            visible = about.visible == calamine.SheetVisibleEnum.Visible
            yield frames.SheetStart(about.name, visible, left, merged)
            yield from _in_frames(sheet.iter_rows())
    except calamine.PasswordError as e:
        raise SheetError("encrypted") from e
    except (calamine.CalamineError, ValueError, OSError) as e:
        raise SheetError("damaged") from e


def _in_frames(rows: Iterable[Any]) -> Iterator[frames.SheetRows]:
    """Yield rows some at a time; msgpack writes dates and times as ISO text."""
    source = iter(rows)
    while some := list(islice(source, limits.FRAME_ROWS)):
        yield frames.SheetRows(some)


def main() -> None:
    """Read the input to its end and answer in frames."""
    gc.disable()  # this process is short and makes no cycles
    name = sys.argv[1]
    data = sys.stdin.buffer.read()
    lock_down()
    out = sys.stdout.buffer
    try:
        for frame in read(name, data):
            out.write(frames.pack(frame))
        out.flush()
    except SheetError as e:
        facts = {key: value for key, value in e.facts.items() if isinstance(value, str | int)}
        out.write(frames.pack(frames.Refusal(e.code, facts)))
    except MemoryError:
        out.write(frames.pack(frames.Refusal("reader-memory", {"limit": limits.MEMORY // limits.MIB})))
    with contextlib.suppress(BrokenPipeError):
        out.flush()


if __name__ == "__main__":
    main()
