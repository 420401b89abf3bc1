"""Who this is: one row at 80 columns, two with air where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from counter.i18n import _
from counter.text import width
from counter.widgets.paint import Painted, Row
from counter.widgets.words import SEXES

if TYPE_CHECKING:
    from counter.desk.views import PersonView


class PersonCard(Painted):
    """Name, sex, birth, identity, employer, specialty and situations of the person at the counter."""

    person: PersonView | None = None

    def show(self, person: PersonView) -> None:
        """Show a person."""
        if person != self.person:
            self.person = person
            self.repaint()

    def rows(self, cells: int, height: int) -> Sequence[Row]:
        person = self.person
        if person is None:
            return ()
        return _tall(person) if height >= 4 else [_short(person, cells)]


def situation_numbers(person: PersonView) -> str:
    """Return the declared situations by number."""
    numbers = ",".join(s.code for s in person.situations)
    return _("case {numbers}").format(numbers=numbers) if numbers else _("no case")


def _short(person: PersonView, cells: int) -> Row:
    row = Row().put(1, person.name, "strong")
    for text in (SEXES.get(person.sex, person.sex), person.birth):
        if text:
            row.then(text, "muted", 2)
    row.then(person.identity, "fact", 2)
    tail = f"{person.specialty_short}  {situation_numbers(person)}"
    room = cells - 1 - width(tail) - 2 - row.end - 2
    if room >= 6:
        employer = person.employer if width(person.employer) <= room else person.employer_short
        row.put(row.end + 2, employer, "fact", room)
    if row.end + 2 + width(tail) <= cells:
        row.right(cells - 1, tail, "strong")
    return row


def _tall(person: PersonView) -> list[Row]:
    first = Row().put(1, person.name, "strong")
    for text in (SEXES.get(person.sex, person.sex), person.birth):
        if text:
            first.then(text, "muted", 3)
    first.then(person.identity, "fact", 3)
    if person.phone:
        first.then(_("phone {phone}").format(phone=person.phone), "muted", 3)
    second = Row().put(1, person.employer, "strong", 44)
    second.then(person.specialty, "fact", 3)
    words = "  ".join(
        _("case {numbers}").format(numbers=s.code) + f" {s.short}" for s in person.situations
    ) or _("no case")
    second.put(second.end + 3, words, "muted", max(0, 88 - second.end - 4))
    return [Row(), first, second, Row()]
