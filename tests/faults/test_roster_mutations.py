"""Chance against the reader: changed bytes and rounded numbers, from a seed that is printed."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from counter.circular.loader import shipped
from counter.rules.identity import check_character
from counter.sheets import limits
from counter.sheets.errors import SheetError
from counter.sheets.roster import load_roster
from tests import sheetmaker
from tests.sheetmaker import Cell

TODAY = date(2024, 8, 12)
SEED = int(os.environ.get("COUNTER_TEST_SEED", "20240812"))


def mutated(rng: random.Random, data: bytes) -> bytes:
    """Return the bytes with a few of them changed, dropped or doubled."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 40))):
        at = rng.randrange(len(out))
        act = rng.randrange(4)
        if act == 0:
            out[at] ^= 1 << rng.randrange(8)
        elif act == 1:
            out[at] = rng.randrange(256)
        elif act == 2:
            del out[at : at + rng.randint(1, 9)]
        else:
            out[at:at] = out[at : at + rng.randint(1, 9)]
    return bytes(out)


def survive(tmp_path: Path, count: int) -> None:
    """Load that many mutants of good files; each ends in people or in a SheetError, never in a crash."""
    print(f"seed {SEED}")
    rng = random.Random(SEED)
    rows = list(sheetmaker.people(12))
    sources = {
        "r.xlsx": sheetmaker.roster(tmp_path / "g.xlsx", *rows).read_bytes(),
        "r.csv": sheetmaker.csv_text(*rows).encode("gb18030"),
        "u.csv": sheetmaker.csv_text(*rows).encode("utf-16"),
    }
    ends: dict[str, int] = {}
    for step in range(count):
        name = rng.choice(list(sources))
        path = tmp_path / name
        path.write_bytes(mutated(rng, sources[name]))
        try:
            got = load_roster(path, shipped(), today=TODAY)
        except SheetError as e:
            ends[e.code] = ends.get(e.code, 0) + 1
            continue
        ends["read"] = ends.get("read", 0) + 1
        assert len(got.rows) <= 14, f"step {step}"
        for row in got.rows:
            assert row.name.isprintable(), f"step {step}"
            assert row.id_number[17:] in {"", check_character(row.id_number[:17])}, f"step {step}"
    assert sum(ends.values()) == count
    print(ends)


def test_mutated_files_never_crash_the_desk(tmp_path: Path) -> None:
    survive(tmp_path, 80)


@pytest.mark.long
def test_fifty_thousand_mutated_files_never_crash_the_desk(tmp_path: Path) -> None:
    survive(tmp_path, 50_000)


def as_number(number: str) -> Cell:
    return int(number[:17] + "0")


def as_scientific(number: str) -> Cell:
    return f"{int(number[:17] + '0'):.5E}"


def as_rounded_text(number: str) -> Cell:
    return number[:15] + "000"


def none_is_accepted(tmp_path: Path, count: int, rounded: Callable[[str], Cell]) -> None:
    """Import people whose card numbers Excel has rounded: not one may come in, each cell is named."""
    print(f"seed {SEED}")
    rng = random.Random(SEED)

    def number() -> str:
        return sheetmaker.card(
            f"{rng.randint(1965, 2000)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}", rng.randrange(1000)
        )

    rows = [sheetmaker.person(n, 证件号码=rounded(number()), 性别=None) for n in range(1, count + 1)]
    got = load_roster(sheetmaker.roster(tmp_path / "r.xlsx", *rows), shipped(), today=TODAY)
    assert got.rows == ()
    assert {r.cell for r in got.refused} == {f"F{n}" for n in range(2, count + 2)}
    assert {r.code for r in got.refused} <= {"numeric", "rounded", "length"}
    assert sheetmaker.peak_of_reading(tmp_path / "r.xlsx") <= limits.MEMORY


@pytest.mark.parametrize("rounded", [as_number, as_scientific, as_rounded_text])
def test_no_rounded_number_is_accepted(tmp_path: Path, rounded: Callable[[str], Cell]) -> None:
    none_is_accepted(tmp_path, 2_000, rounded)


@pytest.mark.long
@pytest.mark.parametrize("rounded", [as_number, as_scientific, as_rounded_text])
def test_no_rounded_number_of_a_province_is_accepted(tmp_path: Path, rounded: Callable[[str], Cell]) -> None:
    none_is_accepted(tmp_path, 100_000, rounded)


def test_blanks_of_every_kind_around_three_thousand_numbers_come_off(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    signs = (" ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\t", "\u2003")
    rows, numbers = [], []
    for n in range(1, 3_001):
        born = f"{rng.randint(1970, 2000)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
        number = sheetmaker.card(born, rng.randrange(1, 1000))
        numbers.append(number)
        wide = "".join(chr(ord(c) + 0xFEE0) for c in number) if n % 3 == 0 else number
        around = rng.choice(signs) + (wide.lower() if n % 2 else wide) + rng.choice(signs)
        rows.append(sheetmaker.person(n, 证件号码=around, 性别=None))
    path = tmp_path / "r.csv"
    path.write_text(sheetmaker.csv_text(*rows), encoding="utf-8")
    got = load_roster(path, shipped(), today=TODAY)
    assert [row.id_number for row in got.rows] == numbers
    assert len([n for n in got.normalised if n.field == "id_number"]) == 3_000
