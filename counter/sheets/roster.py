"""From sheets to people: every row becomes an entry to import or is named with the cell that is wrong.

Nothing is repaired by guessing. A row is refused for what would make it somebody else (number, name, online
ID); everything odd but bearable is imported and said.
"""

from __future__ import annotations

import gc
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Final

from counter.circular.model import Circular
from counter.rules.identity import Sex
from counter.rules.retirement import retires_in_year
from counter.sheets import cells
from counter.sheets.aliases import FIELDS, Aliases, fold, shipped_aliases
from counter.sheets.columns import Table, find_table
from counter.sheets.findings import Findings
from counter.sheets.frames import Cell
from counter.sheets.people import People
from counter.sheets.reader import RosterFile, read_roster
from counter.sheets.report import Roster, RosterRow, Skipped, Suspicious

_FILLED: Final = ("employer", "county", "department", "specialty", "level")
"""Columns in which a merged cell stands for all its rows; never those that name a person."""
_ONLINE_ID: Final = FIELDS.index("online_id")
_NAME: Final = FIELDS.index("name")
_ID_NUMBER: Final = FIELDS.index("id_number")


def load_roster(
    path: Path, circular: Circular, *, aliases: Aliases | None = None, today: date | None = None
) -> Roster:
    """Return a roster file judged by a circular; reads it in the limited child and stores nothing.

    With `today` (the business date) a later birth is refused. Raises SheetError as read_roster, find_table.
    """
    return parse_roster(read_roster(path), circular, aliases=aliases, today=today)


def parse_roster(
    file: RosterFile, circular: Circular, *, aliases: Aliases | None = None, today: date | None = None
) -> Roster:
    """Return the rows of an already read file, judged by a circular. Raises SheetError as find_table."""
    words = aliases or shipped_aliases()
    table, others = find_table(file.sheets, words)
    findings = Findings(table)
    walk = _Walk(table, findings, People(findings, circular, words, today), words, circular.year)
    was = gc.isenabled()
    gc.disable()  # none of the many small values is a cycle
    try:
        walk.run()
    finally:
        if was:
            gc.enable()
    for other in others:
        header = next(iter(other.columns.values()))
        findings.suspicious.append(Suspicious(other.sheet.name, header.cell, "sheet", "second-roster"))
    return Roster(
        name=file.name,
        size=file.size,
        sha256=file.sha256,
        encoding=file.encoding,
        sheet=table.sheet.name,
        header=(table.first + 1, table.body),
        columns=dict(table.columns),
        unknown_columns=table.unknown,
        duplicate_columns=table.duplicates,
        rows=tuple(walk.rows),
        refused=tuple(findings.refused),
        suspicious=tuple(findings.suspicious),
        normalised=tuple(findings.normalised),
        skipped=tuple(walk.skipped),
    )


class _Walk:
    """One pass down a table: which rows are people, and which of them are alike."""

    def __init__(self, table: Table, findings: Findings, people: People, aliases: Aliases, year: int) -> None:
        self.rows: list[RosterRow] = []
        self.skipped: list[Skipped] = []
        self._table = table
        self._findings = findings
        self._people = people
        self._year = year
        self._totals = {fold(word) for word in aliases.rows.totals}
        self._signatures = {fold(word) for word in aliases.rows.signatures}
        self._headers = {column.header.strip() for column in table.columns.values()}
        self._retiring: dict[tuple[str, str], str] = {}
        self._by_online: dict[str, RosterRow] = {}
        self._by_person: dict[str, RosterRow] = {}
        self._zeros: list[RosterRow] = []

    def run(self) -> None:
        """Judge every row below the header."""
        table, sheet = self._table, self._table.sheet
        self._fill_merged()
        width = max(table.places.values()) + 1
        # A column that is missing is read from the blank put behind each row.
        pick = itemgetter(*(table.places.get(field, -1) for field in FIELDS))
        for number in range(table.body, len(sheet.rows)):
            row = sheet.rows[number]
            short = max(0, width - len(row))
            picked = pick((*row, *("",) * (short + 1)))
            if not self._is_person(number, picked, row):
                continue
            self._findings.begin(number)
            person = self._people.person(*picked)
            if person is not None:
                self._keep(person)
        self._judge_zeros()

    def _fill_merged(self) -> None:
        sheet = self._table.sheet
        places = {self._table.places[f] for f in _FILLED if f in self._table.places}
        for top, left, bottom, _ in sheet.merged:
            place = left - sheet.left
            if place in places and self._table.body <= top < bottom < len(sheet.rows):
                for row in sheet.rows[top + 1 : bottom + 1]:
                    row[place] = sheet.rows[top][place]

    def _is_person(self, number: int, picked: tuple[Cell, ...], row: list[Cell]) -> bool:
        """Tell persons from the blank, total, signature, header and remark rows around them."""
        online = picked[_ONLINE_ID]
        if type(online) is str and len(online) > 5 and online.isascii() and picked[_ID_NUMBER]:
            return True
        texts = [text for text in (cells.as_text(c).strip() for c in row) if text]
        if not texts:
            return False
        kind = self._kind_of_row(picked, texts)
        if kind:
            self.skipped.append(Skipped(self._table.sheet.name, number + 1, kind))
        return not kind

    def _kind_of_row(self, picked: tuple[Cell, ...], texts: list[str]) -> str:
        word = fold(texts[0]).partition(":")[0]
        if not any(_looks_coded(c) for c in (picked[_ONLINE_ID], picked[_ID_NUMBER])):
            if word in self._totals:
                return "total"
            if word in self._signatures:
                return "signature"
        if len(self._headers.intersection(texts)) >= 3:
            return "header"
        told = (picked[_ONLINE_ID], picked[_NAME], picked[_ID_NUMBER])
        if len(texts) == 1 and not any(cells.as_text(c).strip() for c in told):
            return "remark"
        return ""

    def _keep(self, person: RosterRow) -> None:
        """Keep a person unless an earlier row has the same online ID; tell every likeness."""
        if person.birth and person.sex:
            self._warn_of_retirement(person.birth, person.sex)
        earlier = self._by_online.setdefault(person.online_id, person)
        if earlier is not person:
            facts = {"first": self._table.cell(earlier.row - 1, "online_id")}
            if _content(earlier) == _content(person):
                self._findings.suspect("online_id", "duplicate-row", facts)
            else:
                self._findings.suspect("online_id", "online-id-twice", facts)
                self._findings.refuse("online_id", "taken", facts)
            return
        twin = self._by_person.setdefault(person.id_number, person)
        if twin is not person:
            code = "person-twice" if twin.name == person.name else "id-number-twice"
            first = self._table.cell(twin.row - 1, "id_number")
            self._findings.suspect("id_number", code, {"first": first})
        if person.id_number.endswith("000"):
            self._zeros.append(person)
        self.rows.append(person)

    def _warn_of_retirement(self, birth: str, sex: str) -> None:
        key = (birth[:7], sex)
        code = self._retiring.get(key)
        if code is None:
            born = date(int(birth[:4]), int(birth[5:7]), 1)
            warning = retires_in_year(born, Sex(sex), self._year)
            code = "" if warning is None else "retirement" if warning.certain else "retirement-if-worker"
            self._retiring[key] = code
        if code:
            self._findings.suspect("birth" if "birth" in self._table.places else "id_number", code)

    def _judge_zeros(self) -> None:
        """Judge the card numbers ending in 000, which one real number in a thousand does, check and all.

        In a file that has rounded numbers they are refused: one rounded number in twelve passes the check.
        """
        for person in self._zeros:
            self._findings.begin(person.row - 1)
            if self._people.rounded:
                self._findings.refuse("id_number", "rounded")
            else:
                self._findings.suspect("id_number", "ends-in-zeros")
        if self._people.rounded:
            wrong = {person.row for person in self._zeros}
            self.rows = [person for person in self.rows if person.row not in wrong]


def _content(person: RosterRow) -> tuple[object, ...]:
    return tuple(getattr(person, name) for name in RosterRow.__struct_fields__ if name != "row")


def _looks_coded(cell: Cell) -> bool:
    """Tell whether a cell could be a card number or an online ID rather than a word of a total row."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return abs(cell) >= 100_000
    return sum(c.isascii() and c.isalnum() for c in cells.as_text(cell)) >= 6
