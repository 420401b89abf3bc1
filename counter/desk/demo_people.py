"""The invented people of the demo, the same ones each time, as the file an online system would hand out.

Identity numbers carry area code 320799, which nobody has, with right check characters. Names with something
to them (rare hanzi, several readings, very long, signs that look like markup) come first in the data file.
"""

from __future__ import annotations

import csv
import io
import random
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any, Final

from counter.circular.model import Circular
from counter.rules.identity import check_character

PEOPLE: Final = 300
"""How many people the roster of the demo has."""

SEED: Final = 20240812
"""Of everything in the demo that looks like chance."""

_AREA: Final = "320799"
_FIRST_DAY: Final = date(2024, 7, 18)
_BORN: Final = date(1975, 1, 1)
_DAYS: Final = 20 * 365


@dataclass(frozen=True)
class Person:
    """One line of the roster file."""

    online_id: str
    name: str
    note: str
    """Why this person was put in by hand: `retired`, `draft` or empty."""
    cells: tuple[str, ...]
    """The line as the file holds it."""


def words() -> dict[str, Any]:
    """Return the demo's Chinese: names, employers, headings, notes."""
    return tomllib.loads(files("counter.desk").joinpath("demo_people.toml").read_text(encoding="utf-8"))


def invent(circular: Circular) -> tuple[Person, ...]:
    """Return the people of the demo, those with something to their names first."""
    text, chance = words(), random.Random(SEED)  # noqa: S311  a demo's people, no secret
    special = text["people"]
    made = []
    for number in range(1, PEOPLE + 1):
        given = special[number - 1] if number <= len(special) else _ordinary(text, chance)
        made.append(_person(text, chance, circular, number, given))
    return tuple(made)


def roster_file(people: tuple[Person, ...]) -> bytes:
    """Return the people as a CSV file as spreadsheets write it."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(words()["headings"])
    sheet.writerows(person.cells for person in people)
    return out.getvalue().encode("utf-8-sig")


def _ordinary(text: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    return {
        "name": chance.choice(text["surnames"]) + chance.choice(text["given"]),
        "sex": chance.choice(("male", "female")),
    }


def _person(
    text: dict[str, Any], chance: random.Random, circular: Circular, number: int, given: dict[str, Any]
) -> Person:
    sex = given.get("sex", "male")
    birth: date = given.get("birth") or _BORN + timedelta(days=chance.randrange(_DAYS))
    order = number * 2 % 998 + (sex == "male")
    body = f"{given.get('area', _AREA)}{birth:%Y%m%d}{order:03d}"
    online_id = f"LYG2024-{number:06d}"
    specialty = chance.choice([s for s in circular.specialties if s.code != "digital"])
    situations = given.get("situations") or text["joint"].join(
        chance.choice(("1", "2", "3", "23", "24", "34"))
    )
    submitted = _FIRST_DAY + timedelta(days=chance.randrange(13))
    at = f"{submitted.isoformat()} {chance.randrange(8, 22):02d}:{chance.randrange(60):02d}:00"
    cells = (
        str(number),
        online_id,
        given["name"],
        text["sexes"][sex],
        given.get("id_kind", ""),
        given.get("id_number") or body + check_character(body),
        f"{birth:%Y-%m}",
        chance.choice(text["employers"]),
        chance.choice(text["counties"]),
        chance.choice(text["departments"]),
        specialty.full,
        text["level"],
        situations,
        f"1{chance.choice((38, 39, 50, 86, 52))}{chance.randrange(10**8):08d}",
        given.get("state") or chance.choice(text["submitted"]),
        at,
    )
    return Person(online_id, given["name"], given.get("note", ""), cells)
