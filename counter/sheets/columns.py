"""Where in a workbook the roster is: the sheet, its header line or lines, and which column is what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from counter.sheets.aliases import FIELDS, REQUIRED, Aliases, fold, fold_column
from counter.sheets.archive import column_name
from counter.sheets.errors import SheetError
from counter.sheets.frames import Cell
from counter.sheets.reader import RawSheet

SEARCHED: Final = 40
"""Rows from the top in which a header is looked for; titles and explanations are shorter."""


@dataclass(frozen=True)
class Column:
    """A column of the file: its header's cell (as A1), the header as written."""

    cell: str
    header: str


@dataclass(frozen=True)
class Table:
    """A roster found on a sheet; rows and columns count from 0."""

    sheet: RawSheet
    first: int
    """First header row."""
    body: int
    """First row below the header."""
    places: Mapping[str, int]
    """Column position in the sheet's rows, by field."""
    columns: Mapping[str, Column]
    unknown: tuple[Column, ...]
    duplicates: tuple[Column, ...]
    """Columns of a field that another column already gives; they are not read."""

    def cell(self, row: int, field: str) -> str:
        """Return the A1 name of a field's cell in a row counted from 0."""
        place = self.places.get(field)
        if place is None:
            place = self.places["online_id"]
        return f"{column_name(place + self.sheet.left)}{row + 1}"


def find_table(sheets: Sequence[RawSheet], aliases: Aliases) -> tuple[Table, tuple[Table, ...]]:
    """Return the best roster of a file and the others that look like one.

    The header with the most known columns wins; visible sheets go before hidden ones, earlier before later.
    Raises SheetError: no-header, missing-columns (sheet, row, missing: the first word of each column's list).
    """
    guides = [fold(word) for word in aliases.sheets.guides]
    found: list[tuple[tuple[bool, int, bool], Table]] = []
    for sheet in sheets:
        if len(sheets) > 1 and any(word in fold(sheet.name) for word in guides):
            continue
        if table := _best(sheet, aliases):
            complete = all(field in table.places for field in REQUIRED)
            found.append(((complete, len(table.places), sheet.visible), table))
    if not found:
        raise SheetError("no-header")
    found.sort(key=lambda entry: entry[0], reverse=True)
    (complete, _, _), best = found[0]
    if not complete:
        missing = [aliases.columns[f][0] for f in REQUIRED if f not in best.places]
        raise SheetError(
            "missing-columns", sheet=best.sheet.name, row=best.first + 1, missing="、".join(missing)
        )
    return best, tuple(table for (whole, _, _), table in found[1:] if whole)


def _best(sheet: RawSheet, aliases: Aliases) -> Table | None:
    words = aliases.column_words()
    ignored = {fold(word) for word in aliases.ignored.columns}
    best: Table | None = None
    most = (1, 0)
    for first in range(min(SEARCHED, len(sheet.rows))):
        for lines in (1, 2):
            if lines == 2 and not _continues(sheet, first, words):
                continue
            table = _table(sheet, first, lines, words, ignored)
            # Of two that find as much the one without a title line above it is the header.
            if table and "name" in table.places and (len(table.places), -lines) > most:
                best, most = table, (len(table.places), -lines)
    return best


def _continues(sheet: RawSheet, first: int, words: Mapping[str, tuple[str, int]]) -> bool:
    """Tell whether the next row belongs to the header: a person's row never reads like two column names."""
    if first + 1 >= len(sheet.rows):
        return False
    lower = [text for text in map(_text, sheet.rows[first + 1]) if text]
    upper = [text for text in _spread(sheet.rows[first]) if text]
    hits = sum(_match(text, words) is not None for text in lower)
    pairs = sum(_match(u + t, words) is not None for u in set(upper) for t in lower)
    return hits >= 2 or (hits >= 1 and pairs >= 2)


def _table(
    sheet: RawSheet, first: int, lines: int, words: Mapping[str, tuple[str, int]], ignored: set[str]
) -> Table | None:
    upper = _spread(sheet.rows[first]) if lines == 2 else []
    own = [_text(c) for c in sheet.rows[first]]
    last = [_text(c) for c in sheet.rows[first + lines - 1]]
    ranked: dict[str, list[tuple[int, int, Column]]] = {}
    unknown: list[Column] = []
    for place in range(max(len(own), len(last))):
        low, high = _at(last, place), _at(upper, place)
        written = low or _at(own, place)
        if not written:
            continue
        row = first + lines if low else first + 1
        column = Column(f"{column_name(place + sheet.left)}{row}", written)
        match = _match(high + low, words) if low and high else None
        match = match or _match(written, words)
        if match:
            ranked.setdefault(match[0], []).append((match[1], place, column))
        elif fold(written) not in ignored:
            unknown.append(column)
    places: dict[str, int] = {}
    columns: dict[str, Column] = {}
    duplicates: list[Column] = []
    for field in FIELDS:
        if field in ranked:
            (_, place, column), *others = sorted(ranked[field], key=lambda entry: entry[:2])
            places[field], columns[field] = place, column
            duplicates += [other for _, _, other in others]
    if not places:
        return None
    return Table(sheet, first, first + lines, places, columns, tuple(unknown), tuple(duplicates))


def _spread(row: Sequence[Cell]) -> list[str]:
    """Return a row's texts with each group heading carried over the blank cells to its right."""
    texts, current = [], ""
    for cell in row:
        current = _text(cell) or current
        texts.append(current)
    return texts


def _match(text: str, words: Mapping[str, tuple[str, int]]) -> tuple[str, int] | None:
    whole, short = fold_column(text)
    return words.get(whole) or words.get(short)


def _at(texts: Sequence[str], place: int) -> str:
    return texts[place] if place < len(texts) else ""


def _text(cell: Cell) -> str:
    return cell.strip()[:200] if isinstance(cell, str) else ""
