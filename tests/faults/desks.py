"""Several desks at once: numbers from many processes that roll back and die, and two desks on one submission.

The processes tell their numbers on their own output, a line after each commit; the counting is done here.
`python -m tests.faults.desks WHERE SEED SECONDS MUTANT` is all of them: it forks eight and kills some.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from counter.desk import checklist, fees, submissions
from counter.desk.forms import FeeInput, FindingInput
from counter.desk.views import SubmissionId
from counter.errors import DeskError
from counter.rules.finding import FindingKind
from db import acts, journal, numbering
from db.engine import Records, open_records
from db.errors import RecordsError
from tests.builders import CASH, CLERK, Office, office_at
from tests.db import rows
from tests.faults import mutants
from tests.faults.shiftwork import AT, KEY
from tests.faults.tally import Tally
from tests.fixtures_db import postgres_url, sqlite_file

ROOT: Final = Path(__file__).parents[2]
OFFICE: Final = "LYG"
DESKS: Final = 8


def give_numbers(where: str, name: str, seconds: float, mutant: str) -> None:
    """Take numbers until the time is up, one in ten of them rolled back."""
    chance = random.Random(name)
    with mutants.on(mutant):
        records = open_records(where, KEY)
        until = time.monotonic() + seconds
        turn = 0
        while time.monotonic() < until:
            turn += 1
            key, back = f"{name}-{turn}", chance.random() < 0.1
            began = time.perf_counter()
            try:
                with records.write() as session:
                    number = numbering.next_number(session, office=OFFICE, series="receipt", year=2024)
                    acts.remember(session, key, "many", f"receipt:{number}", rows.AT)
                    rows.write_event(session, number)
                    if back:
                        raise LookupError
            except LookupError:
                continue
            except RecordsError as error:
                os.write(1, f"refused {error.code}\n".encode())
                continue
            told = f"{key} {number} {round((time.perf_counter() - began) * 1000)}\n"
            os.write(1, told.encode())  # whole or not at all, whoever else writes
        records.close()


def many(where: str, seed: int, seconds: float, mutant: str) -> None:
    """Keep eight desks at work, killing one every now and then and starting another in its place."""
    chance = random.Random(seed)
    until = time.monotonic() + seconds
    alive: list[int] = []
    started = 0
    while time.monotonic() < until:
        while len(alive) < DESKS:
            started += 1
            pid = os.fork()
            if pid == 0:
                give_numbers(where, f"{seed}.{started}", until - time.monotonic(), mutant)
                os._exit(0)
            alive.append(pid)
        time.sleep(0.075)
        if chance.random() < 0.5:
            os.kill(pid := alive.pop(chance.randrange(DESKS)), signal.SIGKILL)
            os.waitpid(pid, 0)
            os.write(1, b"killed\n")
    for pid in alive:
        os.waitpid(pid, 0)


def numbers(folder: Path, seed: int, *, kind: str, seconds: float, mutant: str = "") -> Tally:
    """Let eight desks take numbers from one place, some of them killed and started again."""
    tally = Tally(f"numbers-{kind}", seed)
    folder.mkdir(exist_ok=True)
    where = str(sqlite_file(folder)) if kind == "sqlite" else postgres_url()
    records = open_records(where, KEY)
    with records.write() as session:
        rows.start_journal(session)
    said: dict[str, int] = {}
    waited: list[int] = []
    refused = 0
    many = subprocess.run(
        [sys.executable, "-m", "tests.faults.desks", where, str(seed), str(seconds), mutant],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    for line in many.stdout.splitlines():
        words = line.split()
        if words[0] == "killed":
            tally.add("killed")
        elif words[0] == "refused":
            refused += 1
        else:
            said[words[0]] = int(words[1])
            waited.append(int(words[2]))
    tally.tried = len(said)
    tally.add("refused", refused)
    if waited:
        tally.add("slowest ms", max(waited))
    tally.failures += _numbers_wrong(records, said)
    if refused > len(said) // 20:
        tally.failures.append(f"{refused} acts were refused beside {len(said)}")
    records.close()
    return tally


def _numbers_wrong(records: Records, said: dict[str, int]) -> list[str]:
    wrong = []
    with records.read() as session:
        connection = session.connection()
        stored = [(str(k), str(r)) for k, r in connection.exec_driver_sql("SELECT key, ref FROM act")]
        last = numbering.last_number(session, office=OFFICE, series="receipt", year=2024)
        report = journal.verify(session)
    given = sorted(int(ref.partition(":")[2]) for _, ref in stored)
    if len(set(given)) != len(given):
        wrong.append(f"{len(given) - len(set(given))} numbers twice")
    if set(given) != set(range(1, last + 1)):
        wrong.append(f"{len(set(range(1, last + 1)) - set(given))} numbers missing below {last}")
    there = dict(stored)
    if lost := [key for key, number in said.items() if there.get(key) != f"receipt:{number}"]:
        wrong.append(f"{len(lost)} told and lost")
    if not report.ok:
        wrong.append(f"journal: {report.why} at {report.first_bad_seq}")
    return wrong


def pair(folder: Path, kind: str) -> tuple[Office, Office]:
    """Return two desks on the same records, each with connections of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    where: str | Path = sqlite_file(folder) if kind == "sqlite" else postgres_url()
    first = office_at(folder / "home", open_records(where, KEY), at=AT)
    second = office_at(folder / "home", open_records(where, KEY), at=AT)
    return first, second


def both(one: Callable[[], Any], other: Callable[[], Any]) -> list[Any]:
    """Do two things in the same moment; return what each came to, refusals included."""
    barrier = threading.Barrier(2)
    out: list[Any] = [None, None]

    def run(n: int, what: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            out[n] = what()
        except DeskError as error:
            out[n] = error

    threads = [threading.Thread(target=run, args=(n, what)) for n, what in enumerate((one, other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return out


def two_desks(folder: Path, seed: int, count: int, *, kind: str, mutant: str = "") -> Tally:
    """Let two desks find, accept and settle on the same submission, each as it saw it a moment before."""
    tally = Tally(f"two-desks-{kind}", seed)
    chance = random.Random(seed)
    first, second = pair(folder, kind)
    with mutants.on(mutant):
        while tally.tried < count:
            sub = first.opened()
            item = chance.choice([i for i in sub.items if i.missing_reasons and i.code != "B-01"])
            missing = FindingInput(
                item=item.code, kind=FindingKind.MISSING, reasons=(item.missing_reasons[0].code,)
            )
            found = FindingInput(item=item.code, kind=FindingKind.OK)
            ends = both(partial(_find, first, sub, found), partial(_find, second, sub, missing))
            tally.count(_one(ends, "stale"), f"seed {seed}: two findings")
            sub = first.tick(submissions.view(first.ctx, sub.id, actor=CLERK), item.code)
            sub = first.tick_all(sub)
            due = FeeInput(method="later")
            ends = both(partial(first.accept, sub, due), partial(second.accept, sub, due))
            tally.count(_one(ends, "stale", "not-allowed"), f"seed {seed}: two acceptances")
            sub = submissions.view(first.ctx, sub.id, actor=CLERK)
            ends = both(partial(_settle, first, sub), partial(_settle, second, sub))
            tally.count(_one(ends, "stale", "not-allowed"), f"seed {seed}: two fees")
            tally.count(_one_fee(first, sub.id), f"seed {seed}: fees of one submission")
    first.ctx.records.close()
    second.ctx.records.close()
    return tally


def _find(desk: Office, sub: Any, found: FindingInput) -> Any:
    return checklist.record_finding(
        desk.ctx, submission_id=sub.id, version=sub.version, finding=found, actor=CLERK, key=uuid4()
    )


def _settle(desk: Office, sub: Any) -> Any:
    return fees.settle_fee(
        desk.ctx, submission_id=sub.id, version=sub.version, fee=CASH, actor=CLERK, key=uuid4()
    )


def _one(ends: list[Any], *refusals: str) -> str:
    """Say what is wrong when not exactly one of two was done and the other told why."""
    refused = [end for end in ends if isinstance(end, DeskError)]
    if len(refused) != 1:
        return f"{2 - len(refused)} of 2 were done: {[getattr(e, 'code', 'done') for e in ends]}"
    return "" if refused[0].code in refusals else f"refused as {refused[0].code}: {refused[0].facts}"


def _one_fee(desk: Office, submission_id: SubmissionId) -> str:
    with desk.ctx.records.read() as session:
        n = session.connection().exec_driver_sql(
            f"SELECT count(*) FROM journal WHERE kind = 'fee.recorded' AND ref = 'submission:{submission_id}'"
        )
        count = n.scalar_one()
    return "" if count == 2 else f"{count} fees were told of: one due and one taken are right"


if __name__ == "__main__":
    many(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
