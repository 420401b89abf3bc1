"""Collects what has to be said about the cells of one table while its rows are judged."""

from __future__ import annotations

from collections.abc import Mapping

from counter.rules.problem import Problem
from counter.sheets import cells
from counter.sheets.cells import Value
from counter.sheets.columns import Table
from counter.sheets.frames import Cell
from counter.sheets.report import Normalised, Refused, Suspicious


class Findings:
    """The report of one pass; `row` (from 0) is the row being judged, `wrong` whether it was refused."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.row = 0
        self.wrong = False
        self.refused: list[Refused] = []
        self.normalised: list[Normalised] = []
        self.suspicious: list[Suspicious] = []

    def begin(self, row: int) -> None:
        """Turn to another row."""
        self.row = row
        self.wrong = False

    def refuse(self, field: str, code: str, facts: Mapping[str, object] | None = None) -> None:
        """Name a cell for which the present row is not imported."""
        self.wrong = True
        sheet = self.table.sheet.name
        self.refused.append(Refused(sheet, self.cell(field), field, code, dict(facts or {})))

    def problem(self, field: str, problem: Problem) -> None:
        """Name a cell that a rule refused; the rule's facts are kept as text."""
        self.refuse(field, problem.code, {key: str(value) for key, value in problem.facts.items()})

    def suspect(self, field: str, code: str, facts: Mapping[str, object] | None = None) -> None:
        """Name a cell that somebody should look at."""
        sheet = self.table.sheet.name
        self.suspicious.append(Suspicious(sheet, self.cell(field), field, code, dict(facts or {})))

    def take(self, field: str, cell: Cell, value: Value) -> str:
        """Return a cell's stored form after saying what was changed and what is odd."""
        for code in value.odd:
            self.suspect(field, code)
        if value.changed:
            sheet, before = self.table.sheet.name, cells.as_text(cell)
            self.normalised.append(Normalised(sheet, self.cell(field), field, before, value.text))
        return value.text

    def cell(self, field: str) -> str:
        """Return the A1 name of a field in the present row."""
        return self.table.cell(self.row, field)
