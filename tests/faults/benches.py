"""All benches in one place: what each tries, how much of it in which tier, and the bugs it has to notice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.faults import breaks, cuts, desk_year, desks, flips, kills, machine, mutants, power
from tests.faults.tally import Tally

Part = Callable[[Path, int], Tally]
"""A part of a bench: in a folder, from a seed."""


@dataclass(frozen=True)
class Bench:
    """One row of the table."""

    title: str
    quick: Part
    long: Part
    target: int
    """Tries of the long tier."""


BENCHES: Final[dict[str, Bench]] = {
    "power": Bench(
        "power cut while a clerk works: images of records, papers, workbooks and copies together",
        partial(power.images, count=100),
        partial(power.images, count=500),
        50_000,
    ),
    "disk": Bench(
        "no room at a write, an error at a sync",
        partial(breaks.faults, count=15),
        partial(breaks.faults, count=50),
        700,
    ),
    "kill": Bench(
        "kill -9 at any call to the disk of a decision, its printing, export, copy and recovery",
        partial(kills.kills, count=8),
        partial(kills.kills, count=25),
        1_000,
    ),
    "migrate": Bench(
        "kill -9 while records of the first schema are brought up to date",
        partial(kills.migrations, count=5),
        partial(kills.migrations, count=10),
        50,
    ),
    "numbers-sqlite": Bench(
        "numbers taken by 8 processes on one file, one in ten rolled back, killed all the time",
        partial(desks.numbers, kind="sqlite", seconds=3),
        partial(desks.numbers, kind="sqlite", seconds=30),
        100_000,
    ),
    "numbers-postgres": Bench(
        "numbers taken by 8 processes on PostgreSQL, one in ten rolled back, killed all the time",
        partial(desks.numbers, kind="postgres", seconds=3),
        partial(desks.numbers, kind="postgres", seconds=30),
        50_000,
    ),
    "two-desks-sqlite": Bench(
        "two desks find, accept and settle on one submission in the same moment (SQLite)",
        partial(desks.two_desks, kind="sqlite", count=20),
        partial(desks.two_desks, kind="sqlite", count=200),
        5_000,
    ),
    "two-desks-postgres": Bench(
        "two desks find, accept and settle on one submission in the same moment (PostgreSQL)",
        partial(desks.two_desks, kind="postgres", count=20),
        partial(desks.two_desks, kind="postgres", count=200),
        5_000,
    ),
    "cut-commits": Bench(
        "the line to PostgreSQL cut between COMMIT and its answer: the truth within 5 s",
        partial(cuts.commits_cut, count=20),
        partial(cuts.commits_cut, count=50),
        2_000,
    ),
    "restarts": Bench(
        "PostgreSQL restarted, fast or at once, under a working desk",
        partial(cuts.restarts, count=4),
        partial(cuts.restarts, count=10),
        500,
    ),
    "model": Bench(
        "series of acts drawn by hypothesis against a model of the whole desk",
        partial(machine.against_the_model, count=12, acts=15),
        partial(machine.against_the_model, count=60),
        20_000,
    ),
    "bits": Bench(
        "one bit flipped anywhere in the records: noticed, or no row changed",
        partial(flips.bits, count=40),
        partial(flips.bits, count=250),
        2_000,
    ),
    "roster": Bench(
        "roster rows with a damaged card number: refused, or taken in with the right one",
        partial(flips.roster_rows, count=2_000),
        partial(flips.roster_rows, count=5_000),
        100_000,
    ),
    "year": Bench(
        "events of simulated days at four desks, everything going wrong, the same seal from the same seed",
        partial(desk_year.twice, days=1, people=4),
        partial(desk_year.year, days=1, people=40),
        250 * 200 * 24,
    ),
}


def _images(mutant: str, where: str) -> Callable[[Path], Tally]:
    def run(folder: Path) -> Tally:
        tally = Tally("power", 1)
        with mutants.on(mutant):
            for seed in range(1, 9):
                part = power.images(folder, seed, 40, where=where, stop_early=True)
                tally.tried += part.tried
                tally.failures += part.failures
                if tally.failures:
                    break
        return tally

    return run


def _breaks(mutant: str) -> Callable[[Path], Tally]:
    def run(folder: Path) -> Tally:
        with mutants.on(mutant):
            return breaks.faults(folder, 1, 40, stop_early=True)

    return run


def _kills(mutant: str) -> Callable[[Path], Tally]:
    return lambda folder: kills.kills(folder, 1, 25, mutant=mutant, stop_early=True)


def _in(mutant: str, run: Callable[..., Tally], **how: object) -> Callable[[Path], Tally]:
    def ran(folder: Path) -> Tally:
        with mutants.on(mutant):
            return run(folder, 1, **how)

    return ran


CATCHES: Final[dict[tuple[str, str], Callable[[Path], Tally]]] = {
    ("power", "synchronous=NORMAL"): _images("synchronous=NORMAL", "desk.db-wal"),
    ("power", "papers written in place"): _images("papers written in place", "documents/"),
    ("power", "papers renamed before they are synced"): _images(
        "papers renamed before they are synced", "documents/"
    ),
    ("power", "workbook written in place"): _images("workbook written in place", "exports/"),
    ("power", "a name not synced"): _images("a name not synced", "exports/"),
    ("power", "a copy named before it is synced"): _images("a copy named before it is synced", "backups/"),
    ("power", "torn pages of a checkpoint called damage"): _images(
        "torn pages of a checkpoint called damage", "desk.db"
    ),
    ("power", "printed before the file is there"): _images("printed before the file is there", "documents/"),
    ("power", "a recovery that renumbers"): _images("a recovery that renumbers", "documents/"),
    ("disk", "a failed commit swallowed"): _breaks("a failed commit swallowed"),
    ("disk", "a failed write of a paper swallowed"): _breaks("a failed write of a paper swallowed"),
    ("kill", "told before it is done"): _kills("told before it is done"),
    ("numbers-sqlite", "BEGIN DEFERRED"): partial(
        desks.numbers, seed=1, kind="sqlite", seconds=2, mutant="BEGIN DEFERRED"
    ),
    ("numbers-postgres", "MAX+1 instead of a counter"): partial(
        desks.numbers, seed=1, kind="postgres", seconds=2, mutant="MAX+1 instead of a counter"
    ),
    ("two-desks-sqlite", "the shown version not asked for"): _in(
        "the shown version not asked for", desks.two_desks, kind="sqlite", count=4
    ),
    ("cut-commits", "a repeated key carried out again"): _in(
        "a repeated key carried out again", cuts.commits_cut, count=6
    ),
    ("model", "a repeated key carried out again"): _in(
        "a repeated key carried out again", machine.against_the_model, count=20
    ),
    ("bits", "a plain SQLite file instead of SQLCipher"): lambda folder: flips.bits(
        folder, 1, 300, plain=True
    ),
    ("roster", "no check character asked for"): _in(
        "no check character asked for", flips.roster_rows, count=400
    ),
    ("model", "originals that go back unnoted"): _in(
        "originals that go back unnoted", machine.against_the_model, count=60
    ),
}
"""By bench and bug: a run of that bench with the bug in it; it must come back with a failure."""
