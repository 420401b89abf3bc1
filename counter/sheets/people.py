"""One row's cells become one person: the common case by short cuts, everything else by the rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

from counter.circular.model import Circular
from counter.rules.identity import IdKind
from counter.rules.problem import Problem
from counter.sheets import cells, quick
from counter.sheets.aliases import Aliases
from counter.sheets.cells import Value, Words
from counter.sheets.findings import Findings
from counter.sheets.frames import Cell
from counter.sheets.report import RosterRow

_LIMITS: Final = {"employer": 200, "county": 80, "department": 120, "level": 60, "note": 400}
"""Longest text of a field in characters, as the records keep it."""
_KEPT: Final = 20_000
"""Most answers kept of one column."""
_RESIDENT: Final = IdKind.RESIDENT.value

_A = TypeVar("_A")


class People:
    """Judges rows; remembers the clean answers of columns in which the same few words return."""

    def __init__(self, findings: Findings, circular: Circular, aliases: Aliases, today: date | None) -> None:
        self.rounded = False
        """True once a card number was seen that a spreadsheet has rounded."""
        self._findings = findings
        self._today = today
        self._words = Words(circular, aliases)
        self._cards = quick.PlainCards(today)
        self._texts: dict[str, dict[Cell, str]] = {field: {} for field in _LIMITS}
        self._specialties: dict[Cell, tuple[str, str]] = {}
        if "specialty" not in findings.table.places:
            self._specialties[""] = ("", "")
        self._states: dict[Cell, tuple[str, str]] = {}
        self._situations: dict[Cell, tuple[int, ...]] = {}
        self._sexes: dict[Cell, str] = {"": ""}
        self._kinds: dict[Cell, IdKind] = {}
        self._births: dict[Cell, frozenset[str]] = {}

    def person(
        self,
        online: Cell,
        name: Cell,
        sex: Cell,
        id_kind: Cell,
        number: Cell,
        birth: Cell,
        employer: Cell,
        county: Cell,
        department: Cell,
        specialty: Cell,
        level: Cell,
        situations: Cell,
        phone: Cell,
        state: Cell,
        submitted: Cell,
        note: Cell,
    ) -> RosterRow | None:
        """Return the person in a row's cells (in the order of FIELDS), None when one of them was refused."""
        if not (type(online) is str and quick.plain_online_id(online)):
            online = self._judged("online_id", online, cells.online_id)
        if not (type(name) is str and quick.plain_name(name)):
            name = self._judged("name", name, cells.name)
        kind = self._kinds.get(id_kind) or self._id_kind(id_kind)
        card = None
        if type(number) is str and (kind is None or kind is IdKind.RESIDENT):
            card = self._cards.check(number)
        if card is not None and type(number) is str:
            id_number, kind_code, (born, born_sex) = number, _RESIDENT, card
        else:
            id_number, kind_code, born, born_sex = self._id_number(number, kind)
        if not (type(employer) is str and quick.plain_text(employer)):
            employer = self._text("employer", employer)
        if not (type(phone) is str and quick.plain_phone(phone)):
            phone = self._phone(phone)
        if not (type(submitted) is str and quick.plain_moment(submitted)):
            submitted = self._judged("submitted_at", submitted, cells.submitted)
        said_sex = self._sexes.get(sex)
        if said_sex is None or (said_sex and said_sex != born_sex):
            said_sex = self._sex(sex, born_sex)
        texts = self._texts
        specialty_code, specialty_text = self._specialties.get(specialty) or self._specialty(specialty)
        state_code, state_text = self._states.get(state) or self._state(state)
        found = RosterRow(
            online,
            name,
            born_sex or said_sex,
            kind_code,
            id_number,
            self._birth(birth, born) if birth else born,
            employer,
            texts["county"].get(county) or self._text("county", county),
            texts["department"].get(department) or self._text("department", department),
            specialty_code,
            specialty_text,
            texts["level"].get(level) or self._text("level", level),
            self._situations.get(situations) or self._situation_numbers(situations),
            phone,
            state_code,
            state_text,
            submitted,
            self._text("note", note) if note else "",
            self._findings.row + 1,
        )
        return None if self._findings.wrong else found

    def _judged(self, field: str, cell: Cell, judge: Callable[[Cell], Value]) -> str:
        """Return a cell's stored form by the rules, and say what has to be said about it."""
        if (value := self._asked(field, cell, judge)) is None:
            return ""
        return self._findings.take(field, cell, value)

    def _asked(self, field: str, cell: Cell, judge: Callable[[Cell], _A]) -> _A | None:
        try:
            return judge(cell)
        except Problem as e:
            self._findings.problem(field, e)
            return None

    def _text(self, field: str, cell: Cell) -> str:
        if not cell:
            return ""
        known = self._texts[field]
        if (text := known.get(cell)) is not None:
            return text
        limit = _LIMITS[field]
        value = self._asked(field, cell, lambda c: cells.tidy(c, limit))
        if value is None:
            return ""
        if not (value.changed or value.odd):
            _remember(known, cell, value.text)
        return self._findings.take(field, cell, value)

    def _id_kind(self, cell: Cell) -> IdKind | None:
        kind, odd = self._asked("id_kind", cell, self._words.id_kind) or (None, ())
        for code in odd:
            self._findings.suspect("id_kind", code)
        if kind is not None:
            _remember(self._kinds, cell, kind)
        return kind

    def _id_number(self, cell: Cell, kind: IdKind | None) -> tuple[str, str, str, str]:
        try:
            found = cells.id_number(cell, kind, self._today)
        except Problem as e:
            self.rounded = self.rounded or e.code in ("numeric", "rounded")
            self._findings.problem("id_number", e)
            return "", "", "", ""
        value, kind, born, sex = found
        return (
            self._findings.take("id_number", cell, value),
            kind.value,
            born.isoformat() if born else "",
            sex,
        )

    def _phone(self, cell: Cell) -> str:
        """Return a telephone; a wrong one is left out and said, for it makes nobody somebody else."""
        try:
            value = cells.phone(cell)
        except Problem as e:
            if e.code == "control":
                self._findings.problem("phone", e)
            else:
                self._findings.suspect("phone", f"phone-{e.code}")
            return ""
        return self._findings.take("phone", cell, value)

    def _specialty(self, cell: Cell) -> tuple[str, str]:
        value, code = self._asked("specialty", cell, self._words.specialty) or (cells.BLANK, "")
        if not (value.changed or value.odd):
            _remember(self._specialties, cell, (code, value.text))
        return code, self._findings.take("specialty", cell, value)

    def _state(self, cell: Cell) -> tuple[str, str]:
        value, code = self._asked("online_state", cell, self._words.state) or (cells.BLANK, "")
        if not (value.changed or value.odd):
            _remember(self._states, cell, (code, value.text))
        return code, self._findings.take("online_state", cell, value)

    def _situation_numbers(self, cell: Cell) -> tuple[int, ...]:
        numbers, odd = self._asked("situations", cell, self._words.situations) or ((), ())
        for code in odd:
            self._findings.suspect("situations", code)
        if not odd:
            _remember(self._situations, cell, numbers)
        return numbers

    def _sex(self, cell: Cell, born_sex: str) -> str:
        said, odd = self._asked("sex", cell, self._words.sex) or ("", ())
        for code in odd:
            self._findings.suspect("sex", code)
        if not odd:
            _remember(self._sexes, cell, said)
        if said and born_sex and said != born_sex:
            self._findings.suspect("sex", "sex-differs")
        return said

    def _birth(self, cell: Cell, born: str) -> str:
        """Return the birth of the number, or of the column when no number tells it."""
        months = self._births.get(cell)
        if months is None:
            months = cells.birth_months(cell)
            _remember(self._births, cell, months)
        if not months:
            self._findings.suspect("birth", "birth-unreadable")
        elif born and born[:7] not in months:
            self._findings.suspect("birth", "birth-differs")
        elif not born and len(months) == 1:
            return next(iter(months))
        return born


def _remember(memory: dict[Cell, _A], cell: Cell, answer: _A) -> None:
    """Keep the answer to a text; as keys True, 1 and 1.0 would be one."""
    if isinstance(cell, str):
        if len(memory) > _KEPT:
            memory.clear()
        memory[cell] = answer
