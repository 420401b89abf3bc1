"""Bad bits in the records, and bad rows in a roster: what is wrong is noticed, and nothing wrong is taken."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from counter.circular.loader import shipped
from counter.rules.identity import normal_identity
from counter.sheets.roster import load_roster
from db import journal
from db.backup import integrity
from db.engine import Records, open_records
from tests import sheetmaker
from tests.faults.shiftwork import KEY, fresh
from tests.faults.tally import Tally
from tests.sheetmaker import Cell

TODAY: Final = date(2024, 8, 12)


def bits(folder: Path, seed: int, count: int, *, plain: bool = False) -> Tally:
    """Flip one bit of the records at a time; each flip that changes a row must be noticed.

    `plain` does the same with a file that is not sealed page by page: the bug to be noticed.
    """
    tally = Tally("bits", seed)
    chance = random.Random(seed)
    home = fresh(folder, "flipped", judged=3)
    path = home / "desk.db"
    if plain:
        path = _unsealed(path, home / "plain.db")
    good = path.read_bytes()
    before, _ = _read(path, plain)
    for _ in range(count):
        bad = bytearray(good)
        at = chance.randrange(len(bad))
        bad[at] ^= 1 << chance.randrange(8)
        path.write_bytes(bad)
        for beside in home.glob(f"{path.name}-*"):
            beside.unlink()
        rows, noticed = _read(path, plain)
        if noticed:
            tally.add("noticed")
        tally.count("" if noticed or rows == before else f"byte {at} of {len(good)} changed a row, unnoticed")
    shutil.rmtree(home)
    return tally


def _unsealed(path: Path, to: Path) -> Path:
    import sqlcipher3.dbapi2 as driver

    with closing(driver.connect(str(path))) as connection:
        connection.execute(f"PRAGMA key = \"x'{KEY}'\"")
        connection.execute(f"ATTACH DATABASE '{to}' AS plain KEY ''")
        connection.execute("SELECT sqlcipher_export('plain')").fetchall()
    return to


def _read(path: Path, plain: bool) -> tuple[str, bool]:
    """Return all rows, and whether the records said that something is wrong with them."""
    try:
        if plain:
            engine = sa.create_engine(f"sqlite:///{path}", module=sqlite3)
            records = Records(engine, engine, "sqlite", path, KEY)
            with records.read() as session:
                conn = session.connection()
                whole = conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        else:
            records = open_records(path, KEY)
            whole = integrity(records).ok
        with closing(records), records.read() as session:
            whole = journal.verify(session).ok and whole
            conn = session.connection()
            names = conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            rows = repr([(n, conn.exec_driver_sql(f"SELECT * FROM {n}").all()) for (n,) in names.all()])
        return rows, not whole
    except Exception as error:  # a refusal to open or to read is a notice
        return repr(error), True


def _digit(number: str, chance: random.Random) -> Cell:
    at = chance.randrange(17)
    return number[:at] + chance.choice([d for d in "0123456789" if d != number[at]]) + number[at + 1 :]


def _swapped(number: str, chance: random.Random) -> Cell:
    pairs = [n for n in range(16) if number[n] != number[n + 1]]
    at = chance.choice(pairs)
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def _last(number: str, chance: random.Random) -> Cell:
    return number[:17] + chance.choice([c for c in "0123456789X" if c != number[17]])


def _rounded(number: str, _chance: random.Random) -> Cell:
    return int(number[:15] + "000")


def _rounded_text(number: str, _chance: random.Random) -> Cell:
    return number[:15] + "000"


def _float(number: str, _chance: random.Random) -> Cell:
    return float(int(number[:17] + "0"))


def _scientific(number: str, _chance: random.Random) -> Cell:
    return f"{int(number[:17] + '0'):.5E}"


def _short(number: str, chance: random.Random) -> Cell:
    at = chance.randrange(18)
    return number[:at] + number[at + 1 :]


def _long(number: str, chance: random.Random) -> Cell:
    at = chance.randrange(18)
    return number[:at] + chance.choice("0123456789") + number[at:]


def _letter(number: str, chance: random.Random) -> Cell:
    at = chance.randrange(17)
    return number[:at] + chance.choice("OIlSBZoXx?") + number[at + 1 :]


def _dressed(number: str, chance: random.Random) -> Cell:
    """Leave the number itself right: it may come in, as what it is."""
    wide = "".join(chr(ord(c) + 0xFEE0) for c in number)
    return chance.choice((f" {number} ", wide, number.lower(), f"\u3000{number}\u00a0", f"\u200b{number}"))


DAMAGE: Final[tuple[Callable[[str, random.Random], Cell], ...]] = (
    _digit, _swapped, _last, _rounded, _rounded_text, _float, _scientific, _short, _long, _letter, _dressed,
)  # fmt: skip


def roster_rows(folder: Path, seed: int, count: int) -> Tally:
    """Import so many rows with a damaged card number: refused, or taken in with the right number."""
    tally = Tally("roster", seed)
    chance = random.Random(seed)
    right: dict[str, str] = {}
    rows = []
    for n in range(1, count + 1):
        born = f"{chance.randint(1965, 2000)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        number = sheetmaker.card(born, chance.randrange(1, 1000))
        row = sheetmaker.person(n, 证件号码=chance.choice(DAMAGE)(number, chance), 性别=None)
        right[str(row[1])] = number
        rows.append(row)
    got = load_roster(sheetmaker.roster(folder / "r.xlsx", *rows), shipped(), today=TODAY)
    tally.tried = count
    known = {normal_identity(number) for number in right.values()}
    wrong = [row for row in got.rows if row.id_number not in known]
    tally.failures += [f"seed {seed}: a number nobody has was taken in, {len(wrong)} in all"] if wrong else []
    by_id = {row.online_id: row.id_number for row in got.rows}
    mixed = [k for k, number in by_id.items() if k in right and right[k] != number]
    tally.failures += [f"seed {seed}: {len(mixed)} have another's number"] if mixed else []
    if len(got.rows) + len({r.cell.lstrip("ABCDEFGHIJKLMNO") for r in got.refused}) < count:
        tally.failures.append(f"seed {seed}: rows that were neither taken in nor refused")
    tally.add("taken in, right", len(got.rows) - len(wrong))
    return tally
