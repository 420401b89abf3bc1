"""A year at the counter from one seed: four clerks, two hundred people a day, and everything that goes wrong.

Disks fill up and fail, desks crash in the middle of an act, keys are pressed twice, clocks are put back,
printers refuse, rosters come damaged. After each event the cheap invariants are held: numbers without a hole,
the journal linked, the answer what the clerk expects. Every simulated week the whole of it is proved, and the
same seed ends with the same seal.

`python -m tests.faults.desk_year --seed 1 --days 250 --people 200 --minutes 60` runs one.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch
from uuid import UUID

from counter.circular.loader import shipped_source
from counter.clock import SHANGHAI
from counter.desk import checklist, office, papers, payments, roster, shifts, sign_in, submissions, verdicts
from counter.desk.closing import closings
from counter.desk.demo_money import close_day
from counter.desk.forms import FeeInput, FindingInput
from counter.desk.verify import verify
from counter.desk.views import Actor, EntryId, Role, SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.rules.calendar import WorkCalendar
from counter.rules.finding import FindingKind
from db import journal
from db.engine import open_records
from tests import builders, sheetmaker
from tests.builders import PASSWORD, SUPERVISOR, Office, office_at
from tests.faults.breaks import FULL, SYNC, Disk
from tests.faults.shiftwork import KEY
from tests.faults.tally import Tally

CLERKS: Final = 4
METHODS: Final = (*["cash"] * 4, "card", "wechat", "alipay", "employer", "later")
FIRST: Final = date(2024, 1, 2)
SHM: Final = Path("/dev/shm")


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let every random byte of the desk come from the seed, so that a year ends with the same seal again."""
    source = random.Random(seed)
    builders.password_hash.cache_clear()
    with (
        patch.object(os, "urandom", source.randbytes),
        patch.object(random, "_urandom", source.randbytes),
    ):
        yield
    builders.password_hash.cache_clear()


def year_round(folder: Path) -> Path:
    """Write a circular whose window and hours last the whole year."""
    text = shipped_source().decode()
    text = re.sub(r"2024-0[78]-(01|18)", "2024-01-02", text)
    text = text.replace("2024-09-10", "2024-12-31")
    path = folder / "year.toml"
    path.write_text(text)
    return path


def paper_without_typesetter(
    paper: Any, copy_no: int, asked_at: datetime, asked_by: str, **more: Any
) -> bytes:
    """Stand for the typesetter, which has tests of its own: the same data give the same bytes."""
    asked = f"{asked_at:%Y%m%d%H%M%S} {asked_by}" if copy_no else ""
    return f"%PDF {paper['number']} {copy_no} {asked} {more} {paper['data']}\n%%EOF\n".encode()


@dataclass
class Visit:
    """One person at one desk."""

    entry: int
    faulty: bool
    method: str
    sub: SubmissionView | None = None


@dataclass
class Year:
    """The counter as the simulator knows it."""

    home: Path
    seed: int
    days: int
    people: int
    tally: Tally
    until: float = 0.0
    disk: Disk = field(default_factory=Disk)
    opened: int = 0
    notices: int = 0
    paid: int = 0
    closed: int = 0
    happened: Counter[str] = field(default_factory=Counter)
    away: list[tuple[int, int]] = field(default_factory=list)
    """Day on which somebody with a notice comes again, and the submission."""
    mark: journal.JournalMark | None = None
    head: str = ""

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.desks: list[Office] = []

    def key(self) -> UUID:
        """Return the next idempotency key."""
        return UUID(int=self.chance.getrandbits(128), version=4)

    def begin(self) -> None:
        """Make the home and adopt the year's circular."""
        desk = office_at(self.home, open_records(self.home / "desk.db", KEY), shift=False)
        desk.clock.at = datetime(2024, 1, 2, 8, 30, tzinfo=SHANGHAI)
        self.now = desk.clock.at
        office.adopt_circular(desk.ctx, file=year_round(self.home), actor=SUPERVISOR)
        desk.ctx.records.close()
        self.start()

    def start(self) -> None:
        """Start every desk, as in the morning or after a crash."""
        self.desks = []
        for n in range(1, CLERKS + 1):
            clerk = Actor(f"clerk{n}", Role.CLERK, n)
            desk = office_at(self.home, open_records(self.home / "desk.db", KEY), clerk=clerk, shift=False)
            desk.clock.at = self.now
            desk.ctx = replace(desk.ctx, desk=n)
            self.desks.append(desk)

    def stop(self) -> None:
        """Close every desk."""
        for desk in self.desks:
            with suppress(Exception):
                desk.ctx.records.close()

    def later(self, seconds: float) -> None:
        """Let time pass for everybody; clocks of the machine are the same one."""
        self.now += timedelta(seconds=seconds)
        for desk in self.desks:
            desk.clock.at = self.now

    # one act, with what can go wrong in it

    def did(self, n: int, act: Any, *args: Any, **how: Any) -> Any:
        """Carry out one act of clerk n, whatever happens to the machine meanwhile."""
        chance, key = self.chance, self.key()
        kind = chance.choices(("", "full", "sync", "crash", "twice", "back"), (180, 2, 2, 1, 4, 1))[0]
        if kind in ("full", "sync", "crash"):
            self.disk.breaks(
                FULL if kind == "full" else SYNC,
                chance.randrange(6),
                once=kind != "crash" and chance.random() < 0.5,
            )
        elif kind == "back":
            self.later(-chance.randint(1, 90))
        answer, refused = None, False
        try:
            answer = act(self.desks[n], key, *args, **how)
        except DeskError as error:
            if error.code not in ("records", "file", "outcome-unknown") or not self.disk.failed:
                raise
            refused = True
        if kind == "crash":
            self.stop()
        self.disk.mended()
        if kind == "crash":
            self.start()
            papers.drain(self.desks[0].ctx)
        if refused or kind in ("crash", "twice"):
            for desk in self.desks:
                desk.ctx.memory.forget()
            again = act(self.desks[n], key, *args, **how)
            if isinstance(answer, SubmissionView) and again.version != answer.version:
                self.wrong(f"{kind}: answered version {answer.version}, there is {again.version}")
            answer = again
        if kind:
            self.happened[kind] += 1
        self.later(chance.uniform(2, 20))
        self.hold(kind)
        return answer

    def wrong(self, what: str) -> None:
        """Note a failure."""
        self.tally.failures.append(f"seed {self.seed}, {self.now:%Y-%m-%d %H:%M}: {what}")

    def hold(self, kind: str) -> None:
        """Hold the cheap invariants: two numbers and the links of what was just written."""
        self.tally.tried += 1
        with self.desks[0].ctx.records.read() as session:
            conn = session.connection()
            rows = conn.exec_driver_sql("SELECT series, n FROM counter").all()
            given = {str(series): int(n) for series, n in rows}
            report = journal.verify(session, since=self.mark)
        for series, count in (
            ("submission", self.opened),
            ("notice", self.notices),
            ("closing", self.closed),
        ):
            if given.get(series, 0) != count:
                self.wrong(f"{kind}: {given.get(series, 0)} numbers of {series}, {count} were told")
        if not report.ok:
            self.wrong(f"{kind}: journal {report.why} at {report.first_bad_seq}")
        self.mark = report.head or self.mark

    # the day

    def day(self, number: int, today: date) -> None:
        """Work one day: open, serve everybody, close, and see that the money is right."""
        self.now = datetime(today.year, today.month, today.day, 9, 1, tzinfo=SHANGHAI)
        self.later(0)
        for desk in self.desks:
            shifts.open_shift(
                desk.ctx, float_fen=20000, sheet=_last_sheet(desk), actor=desk.clerk, key=self.key()
            )
        came = [Visit(n, self.chance.random() < 0.12, self.chance.choice(METHODS)) for n in self.expected]
        again = [sub for day, sub in self.away if day <= number]
        self.away = [(day, sub) for day, sub in self.away if day > number]
        queue: list[Any] = [*came, *again]
        self.chance.shuffle(queue)
        at: list[Iterator[None] | None] = [None] * CLERKS
        while queue or any(at):
            n = self.chance.randrange(CLERKS)
            if at[n] is None and queue:
                at[n] = self.serve(n, queue.pop(), number)
            if (visit := at[n]) is not None:
                try:
                    next(visit)
                except StopIteration:
                    at[n] = None
            self.in_hours(today)
        self.now = max(self.now, datetime(today.year, today.month, today.day, 17, 40, tzinfo=SHANGHAI))
        self.later(0)
        self.evening(today)

    def in_hours(self, today: date) -> None:
        """Skip the break; when the day is over in the simulation, time stands still."""
        noon = datetime(today.year, today.month, today.day, 11, 50, tzinfo=SHANGHAI)
        if noon < self.now < noon.replace(hour=15, minute=0):
            self.later((noon.replace(hour=15, minute=1) - self.now).total_seconds())
        if self.now > noon.replace(hour=17, minute=30):
            self.later((noon.replace(hour=15, minute=5) - self.now).total_seconds())
            self.happened["put back to finish the day"] += 1

    def serve(self, n: int, who: Visit | int, number: int) -> Iterator[None]:
        """Serve one person, an act at a time."""
        if isinstance(who, int):
            yield from self.serve_again(n, who)
            return
        self.opened += 1
        sub = self.did(n, _open, EntryId(who.entry))
        yield
        for item in [item.code for item in sub.items]:
            if item == "B-01":
                sub = self.did(n, _put_in, sub)
                yield
            missing = who.faulty and item == "A3-03"
            sub = self.did(n, _tick, sub, item, missing)
            yield
        if who.faulty:
            self.notices += 1
            sub = self.did(n, _correct, sub)
            self.away.append((number + self.chance.randint(1, 3), sub.id))
        else:
            sub = self.did(n, _accept, sub, who.method)
            if str(sub.fee.state) == "paid":
                self.paid += sub.fee.amount_fen
        self.expect(sub, "correction" if who.faulty else "accepted")
        yield
        self.did(n, _print)
        if not who.faulty and str(sub.fee.state) == "paid" and self.chance.random() < 0.01:
            yield
            sub = self.did(n, _void, sub)
            self.paid -= sub.fee.amount_fen
            self.happened["voided"] += 1

    def serve_again(self, n: int, submission_id: int) -> Iterator[None]:
        """Serve somebody who answers a notice."""
        actor = self.desks[n].clerk
        sub = submissions.view(self.desks[n].ctx, SubmissionId(submission_id), actor=actor)
        sub = self.did(n, _again, sub)
        yield
        for item in [i.code for i in sub.items if i.open]:
            sub = self.did(n, _tick, sub, item, False)
            yield
        sub = self.did(n, _accept, sub, "cash")
        self.paid += sub.fee.amount_fen
        self.expect(sub, "accepted")

    def expect(self, sub: SubmissionView, status: str) -> None:
        """Hold an answer against what the clerk expects."""
        if str(sub.status) != status:
            self.wrong(f"{sub.serial} is {sub.status}, not {status}")

    def evening(self, today: date) -> None:
        """Close every shift and hold the closes and the takings against the model."""
        for n, desk in enumerate(self.desks):
            self.closed += 1
            self.did(n, _close)
            _ = desk
        desk = self.desks[0]
        papers.drain(desk.ctx)
        with desk.ctx.records.read() as session:
            taken = session.connection().exec_driver_sql("SELECT sum(amount_fen) FROM payment").scalar() or 0
        if taken != self.paid:
            self.wrong(f"{taken} fen in the records, {self.paid} were told")
        if closings(desk.ctx, actor=desk.clerk)[0].day != today:
            self.wrong("the last close is of another day")

    def new_people(self, first: int, count: int) -> None:
        """Import a roster in which some rows are damaged; the others are who comes next."""
        rows = [
            sheetmaker.person(n, 提交时间="2024-01-02 11:39:00", 审核状态="已提交")
            for n in range(first, first + count)
        ]
        bad = self.chance.sample(range(count), max(1, count // 30))
        for at in bad:
            number = str(rows[at][5])
            rows[at][5] = number[:15] + ("000" if self.chance.random() < 0.5 else "99")
        path = self.home / "roster.csv"  # a workbook would hold the moment it was made
        path.write_text(sheetmaker.csv_text(*rows), encoding="utf-8")
        it = Actor("setup", Role.IT, 1)
        preview = roster.import_preview(self.desks[0].ctx, file=path, actor=it)
        if preview.new + len({r.cell for r in preview.refused}) != count or len(preview.refused) < len(bad):
            self.wrong(
                f"a roster of {count} with {len(bad)} bad: {preview.new} new, {len(preview.refused)} refused"
            )
        roster.import_roster(self.desks[0].ctx, preview=preview, actor=it, key=self.key())
        self.happened["damaged rows refused"] += len(preview.refused)

    def week(self) -> None:
        """Prove everything."""
        report = verify(self.desks[0].ctx, actor=self.desks[0].clerk)
        if not report.ok:
            self.wrong(f"proof: {report.first_bad}")
        self.happened["whole proofs"] += 1

    def run(self) -> None:
        """Work the year, or as much of it as there is time for."""
        calendar = WorkCalendar()
        self.begin()
        waiting: list[int] = []
        today, first = FIRST, 1
        for number in range(self.days):
            while not calendar.is_working(today):
                today += timedelta(days=1)
            if len(waiting) < self.people:
                count = self.people * 5 + 20
                self.new_people(first, count)
                first += count
                with self.desks[0].ctx.records.read() as session:
                    last = waiting[-1] if waiting else 0
                    found = session.connection().exec_driver_sql(
                        f"SELECT id FROM roster_entry WHERE id > {last} ORDER BY id"
                    )
                    waiting += [int(n) for (n,) in found]
            self.expected, waiting = waiting[: self.people], waiting[self.people :]
            self.day(number, today)
            self.tally.add("days")
            today += timedelta(days=1)
            if number % 5 == 4 or number + 1 == self.days:
                self.week()
            if self.until and time.monotonic() > self.until:
                break
        with self.desks[0].ctx.records.read() as session:
            end = journal.head(session)
        assert end is not None
        self.head = end.hex
        self.tally.add("submissions", self.opened)
        self.tally.add("journal events", end.seq)
        for what, count in self.happened.items():
            self.tally.add(what or "nothing", count)


def _at(desk: Office, key: UUID, sub: SubmissionView) -> dict[str, Any]:
    return {"submission_id": sub.id, "version": sub.version, "actor": desk.clerk, "key": key}


def _open(desk: Office, key: UUID, entry: EntryId) -> SubmissionView:
    return submissions.open_submission(desk.ctx, entry_id=entry, actor=desk.clerk, key=key)


def _tick(desk: Office, key: UUID, sub: SubmissionView, item: str, missing: bool) -> SubmissionView:
    reasons = next(i.missing_reasons for i in sub.items if i.code == item) if missing else ()
    kind = FindingKind.MISSING if missing else FindingKind.OK
    found = FindingInput(item=item, kind=kind, reasons=tuple(r.code for r in reasons[:1]))
    return checklist.record_finding(desk.ctx, finding=found, **_at(desk, key, sub))


def _put_in(desk: Office, key: UUID, sub: SubmissionView) -> SubmissionView:
    kind = sub.originals_expected[0].code
    return checklist.add_original(desk.ctx, item="B-01", kind=kind, **_at(desk, key, sub))


def _accept(desk: Office, key: UUID, sub: SubmissionView, method: str) -> SubmissionView:
    fee = FeeInput(method=method, document_no="12号" if method == "waived" else "")
    return verdicts.accept(desk.ctx, fee=fee, **_at(desk, key, sub))


def _correct(desk: Office, key: UUID, sub: SubmissionView) -> SubmissionView:
    return verdicts.send_correction(desk.ctx, **_at(desk, key, sub))


def _again(desk: Office, key: UUID, sub: SubmissionView) -> SubmissionView:
    return verdicts.return_visit(desk.ctx, **_at(desk, key, sub))


def _void(desk: Office, key: UUID, sub: SubmissionView) -> SubmissionView:
    granted = sign_in.approve(
        desk.ctx, login="sun", password=PASSWORD, kind="void", ref=f"submission:{sub.id}",
        reason="mistyped", actor=desk.clerk, key=UUID(int=key.int ^ 1, version=4),
    )  # fmt: skip
    return payments.void_payment(desk.ctx, approval=granted, **_at(desk, key, sub))


def _last_sheet(desk: Office) -> str:
    """Return what the code on this desk's last day sheet says; empty when there is none."""
    with desk.ctx.records.read() as session:
        data = session.connection().exec_driver_sql(
            "SELECT data FROM paper WHERE kind = 7 AND substr(number, 4, 2) = "
            f"'{desk.ctx.desk:02d}' ORDER BY id DESC LIMIT 1"
        )
        row = data.scalar_one_or_none()
    return "" if row is None else str(json.loads(row)["data"]["anchor"])


def _print(desk: Office, _key: UUID) -> None:
    papers.drain(desk.ctx)


def _close(desk: Office, key: UUID) -> None:
    live = shifts.current(desk.ctx, actor=desk.clerk).live
    if live is not None:
        close_day(desk.ctx, desk.clerk, (key, UUID(int=key.int ^ 1, version=4)))


def year(
    folder: Path, seed: int, *, days: int, people: int, minutes: float = 0.0, printer: bool = False
) -> Tally:
    """Work so many days with so many people each; the seal it ended with is in the tally's notes."""
    tally = Tally("year", seed)
    home = Path(tempfile.mkdtemp(prefix="year-", dir=SHM if SHM.is_dir() else folder))
    disk = Disk()
    with ExitStack() as stack:
        stack.enter_context(seeded(seed))
        stack.enter_context(disk.watching())
        if not printer:
            stack.enter_context(patch.object(papers, "typeset", paper_without_typesetter))
        until = time.monotonic() + minutes * 60 if minutes else 0.0
        made = Year(home, seed, days, people, tally, until, disk)
        try:
            made.run()
        except Exception as error:
            import traceback

            where = traceback.format_exc().splitlines()[-9:]
            tally.failures.append(f"seed {seed}: {error!r} {where}")
        finally:
            made.stop()
    shutil.rmtree(home, ignore_errors=True)
    tally.note = made.head
    return tally


def twice(folder: Path, seed: int, *, days: int, people: int) -> Tally:
    """Work the same days twice: they have to end with the same seal."""
    first = year(folder, seed, days=days, people=people)
    second = year(folder, seed, days=days, people=people)
    if not first.failures and first.note != second.note:
        first.failures.append(f"seed {seed}: ended with {first.note[:20]}, then with {second.note[:20]}")
    first.failures += second.failures
    return first


def main() -> None:
    """Work a year and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=250)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=0.0)
    asked = parser.parse_args()
    tally = year(
        Path(tempfile.gettempdir()), asked.seed, days=asked.days, people=asked.people, minutes=asked.minutes
    )
    print(f"seed {asked.seed}: {tally.tried} events in {tally.seconds:.0f} s, seal {tally.note}")
    for fact, count in sorted(tally.facts.items()):
        print(f"  {fact}: {count}")
    print("\n".join(tally.failures[:10]) or "  nothing lost, doubled, missing or torn")


if __name__ == "__main__":
    main()
