"""Workbooks out of the desk: typed cells, ready to print, the same bytes for the same data.

Text from outside is text and nothing else: no cell of it becomes a formula, a link or a control sequence.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from rich.cells import cell_len

from counter.clock import SHANGHAI
from counter.rules.clean import clean
from counter.sheets.archive import column_name
from counter.sheets.errors import SheetError
from counter.sheets.files import write_atomically

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

Content: TypeAlias = str | int | date | time | datetime | None
"""What a cell may be given; money is int fen, a datetime is aware."""

LONGEST: Final = 2000
"""Characters of one text cell; longer ones end in an ellipsis."""
_WIDEST: Final = 60
"""Terminal cells; a longer text wraps."""
_PAGE: Final = 157
"""Terminal cells of 11 pt that fit on A4 landscape in 8 pt, measured with the widest of the usual fonts."""
_LINE: Final = 15.5
"""Points of one line of 11 pt."""
_NARROWEST: Final = 8.0
_FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))
_CODED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""Begins what a spreadsheet reads as a character by its number; ESC could come back as `_x001B_`."""
_PARTS_DATE: Final = (1980, 1, 1, 0, 0, 0)


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    INT = "int"
    YUAN = "yuan"
    """Given as int fen, shown as yuan with two decimals."""
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"


_FORMATS: Final = {
    Kind.TEXT: "@",
    Kind.INT: "0",
    Kind.YUAN: "#,##0.00",
    Kind.DATE: "yyyy-mm-dd",
    Kind.TIME: "hh:mm",
    Kind.DATETIME: "yyyy-mm-dd hh:mm",
}
_WIDTHS: Final = {Kind.INT: 6, Kind.YUAN: 11, Kind.DATE: 11, Kind.TIME: 7, Kind.DATETIME: 17}
_TYPES: Final[dict[Kind, type | tuple[type, ...]]] = {
    Kind.TEXT: str,
    Kind.INT: int,
    Kind.YUAN: int,
    Kind.DATE: date,
    Kind.TIME: (time, datetime),
    Kind.DATETIME: datetime,
}


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it holds, whether the last row sums it up."""

    title: str
    kind: Kind = Kind.TEXT
    total: bool = False
    whole: bool = False
    """True for a text that never wraps to save width on paper."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Content]]
    total: str = ""
    """Label of the sum row; empty for none."""
    on_paper: int | None = None
    """How many of the first columns are printed; the others are for the screen. None prints all."""


@dataclass(frozen=True)
class Meta:
    """What a workbook says about itself."""

    title: str
    creator: str
    at: datetime
    """Aware instant of the data, not of the writing: the same data gives the same bytes."""
    subject: str = ""
    page: str = "&P / &N"
    """Page footer in Excel's codes: &P page, &N pages; the caller puts the words of its language around."""


def write_workbook(sheets: Sequence[Sheet], meta: Meta) -> bytes:
    """Return an xlsx of the sheets.

    Headers are frozen and repeated on each printed page, columns filtered, pages A4 landscape, one page wide.
    Sums are numbers, not formulas, so that they can be compared with the records. Raises SheetError cell-type
    (sheet, cell) for a value that does not fit its column, no-sheets, bad-sheet-name (sheet).
    """
    from openpyxl import Workbook  # 0.1 s to import, needed once a day

    if not sheets:
        raise SheetError("no-sheets")
    book = Workbook()
    book.remove(book.worksheets[0])
    names: set[str] = set()
    for sheet in sheets:
        name = clean(sheet.name.translate(_FORBIDDEN), 31).strip("'")
        if not name or name.lower() in names:
            raise SheetError("bad-sheet-name", sheet=sheet.name)
        names.add(name.lower())
        _fill(book.create_sheet(name), sheet, meta)
    about = book.properties
    about.title, about.creator, about.subject = clean(meta.title), clean(meta.creator), clean(meta.subject)
    about.lastModifiedBy = about.creator
    at = meta.at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    about.created = about.modified = at
    raw = io.BytesIO()
    book.save(raw)
    return _steady(raw.getvalue(), at)


def _fill(page: Worksheet, sheet: Sheet, meta: Meta) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    thin = Side(style="thin", color="B0B0B0")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)
    heading = PatternFill("solid", fgColor="E8EDF3")
    bold = Font(bold=True)
    wraps = Alignment(vertical="center", wrap_text=True)
    numbers = Alignment(vertical="center")
    for place, column in enumerate(sheet.columns, start=1):
        cell = _cell(page, 1, place)
        _put(cell, Kind.TEXT, column.title, sheet)
        cell.font, cell.fill, cell.border = bold, heading, border
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    lines: list[Sequence[Content]] = list(sheet.rows)
    if sheet.total:
        lines.append(_sums(sheet))
    for number, line in enumerate(lines, start=2):
        summing = number == len(sheet.rows) + 2
        if len(line) != len(sheet.columns):
            raise SheetError("cell-type", sheet=sheet.name, cell=f"A{number}")
        for place, (column, value) in enumerate(zip(sheet.columns, line, strict=True), start=1):
            cell = _cell(page, number, place)
            kind = Kind.TEXT if summing and isinstance(value, str) else column.kind
            _put(cell, kind, value, sheet)
            cell.border = border
            cell.alignment = wraps if kind is Kind.TEXT else numbers
            if summing:
                cell.font = bold
    _set_up(page, sheet, meta)


def _cell(page: Worksheet, row: int, place: int) -> Cell:
    from openpyxl.cell.cell import Cell

    cell = page.cell(row, place)
    assert isinstance(cell, Cell)  # nothing is merged in these sheets
    return cell


def _put(cell: Cell, kind: Kind, value: Content, sheet: Sheet) -> None:
    """Give a cell its value in the column's type. Raises SheetError cell-type."""
    if value is None or value == "":
        return
    fits = isinstance(value, _TYPES[kind]) and not isinstance(value, bool)
    if kind is Kind.DATE and isinstance(value, datetime):
        fits = False
    if isinstance(value, datetime) and value.tzinfo is None:
        fits = False
    if not fits:
        raise SheetError("cell-type", sheet=sheet.name, cell=cell.coordinate)
    if isinstance(value, str):
        # The type is set by hand: left alone, openpyxl makes a formula of what begins with "=".
        cell.value = _bounded(value)
        cell.data_type = "s"
    elif isinstance(value, datetime):
        wall = value.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
        cell.value = wall.time() if kind is Kind.TIME else wall
    elif kind is Kind.YUAN and isinstance(value, int):
        cell.value = value / 100 if value % 100 else value // 100
    else:
        cell.value = value
    cell.number_format = _FORMATS[kind]


def _bounded(text: str) -> str:
    """Return outside text for one cell; line ends stay, other controls do not."""
    safe = "\n".join(clean(line, LONGEST) for line in text[: LONGEST * 2].splitlines() or [""])
    if len(safe) > LONGEST or len(text) > LONGEST * 2:
        safe = safe[: LONGEST - 1] + "…"
    return _CODED.sub("_x005F_", safe)


def _sums(sheet: Sheet) -> list[Content]:
    line: list[Content] = []
    for place, column in enumerate(sheet.columns):
        values = [row[place] for row in sheet.rows]
        if column.total:
            line.append(sum(v for v in values if isinstance(v, int)))
        else:
            line.append(None)
    if not sheet.columns[0].total:
        line[0] = sheet.total
    return line


def _set_up(page: Worksheet, sheet: Sheet, meta: Meta) -> None:
    last = column_name(len(sheet.columns) - 1)
    page.freeze_panes = "A2"
    # The sum row stays outside the filter, so that filtering never hides or sorts it.
    page.auto_filter.ref = f"A1:{last}{len(sheet.rows) + 1}"
    printed = len(sheet.columns) if sheet.on_paper is None else sheet.on_paper
    widths = _widths(sheet, printed)
    for place, width in enumerate(widths):
        page.column_dimensions[column_name(place)].width = width
    for number, line in enumerate(sheet.rows, start=2):
        # Said here, because LibreOffice keeps the usual height and prints the lines of a cell over others.
        page.row_dimensions[number].height = _LINE * max(map(_lines, line, widths), default=1)
    if printed < len(sheet.columns):
        page.print_area = f"A1:{column_name(printed - 1)}{len(sheet.rows) + 1 + bool(sheet.total)}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    page.print_title_rows = "1:1"
    page.print_options.horizontalCentered = True
    margins = page.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom = 0.8, 0.7
    margins.header = margins.footer = 0.35
    for part, text in (
        (page.oddHeader, clean(meta.title, 100).replace("&", "&&")),
        (page.oddFooter, meta.page),
    ):
        assert part is not None
        part.center.text = text


def _widths(sheet: Sheet, printed: int) -> list[float]:
    """Return the columns' widths: those for paper together fit on a page that can be read."""
    widths = [_width(sheet, place, column) for place, column in enumerate(sheet.columns)]
    most = float(_WIDEST)
    narrow = [column.kind is Kind.TEXT and not column.whole for column in sheet.columns[:printed]]

    def fitted() -> list[float]:
        return [min(w, most) if text else w for w, text in zip(widths, narrow, strict=False)]

    while sum(fitted()) > _PAGE and most > _NARROWEST:
        most -= 1
    return fitted() + widths[printed:]


def _lines(value: Content, width: float) -> int:
    """Return into how many lines a cell wraps; a hanzi that does not fit leaves half its place empty."""
    if not isinstance(value, str):
        return 1
    usable = max(1.0, width - 1)
    return sum(max(1, math.ceil(cell_len(line) / usable)) for line in _bounded(value).split("\n"))


def _width(sheet: Sheet, place: int, column: Column) -> float:
    """Return a column's width in terminal cells; a hanzi takes two."""
    widest = max(_WIDTHS.get(column.kind, 0), cell_len(column.title) + 3)
    if column.kind is Kind.TEXT:
        texts = (row[place] for row in sheet.rows)
        widest = max(
            widest, max((cell_len(clean(t, _WIDEST)) + 2 for t in texts if isinstance(t, str)), default=0)
        )
    return float(min(_WIDEST, widest))


def _steady(raw: bytes, at: datetime) -> bytes:
    """Return the archive with nothing in it that depends on when and where it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist(), key=lambda n: (n != "[Content_Types].xml", n)):
            part = zipfile.ZipInfo(name, _PARTS_DATE)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.create_system, part.external_attr = 3, 0o600 << 16
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _own_time(data, at)
            target.writestr(part, data, compresslevel=6)
    return out.getvalue()


def _own_time(core: bytes, at: datetime) -> bytes:
    """Put the data's time back where openpyxl writes the moment of saving."""
    stamp = at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, core)


__all__ = ["Column", "Content", "Kind", "Meta", "Sheet", "write_atomically", "write_workbook"]
