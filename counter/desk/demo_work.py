"""What the demo's clerk has done so far: visits at the pace of a counter, through the real use cases."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from counter.clock import SHANGHAI, FixedClock
from counter.desk import checklist, fees, papers, submissions, verdicts
from counter.desk.context import DeskContext
from counter.desk.demo_money import close_day, open_day
from counter.desk.demo_people import Person, words
from counter.desk.forms import FeeInput, FindingInput
from counter.desk.views import Act, Actor, EntryId, ItemView, SubmissionView
from counter.rules.finding import FindingKind
from counter.rules.originals import is_bag_item

_DAYS: Final = (1, 2, 5, 6, 7, 8, 9)
"""Working days of August 2024 before the demo's Monday."""

_STARTS: Final = (time(9, 4), time(9, 51), time(10, 43), time(11, 22), time(15, 8), time(16, 31))
"""When people come on an ordinary day."""

_SOME_FAULTS: Final = (
    (FindingInput(item="A3-03", kind=FindingKind.OK, copies=18),),
    (FindingInput(item="A1-03", kind=FindingKind.DEFECT, reasons=("publicity_short",)),),
    (
        FindingInput(item="A1-02", kind=FindingKind.DEFECT, reasons=("unsigned",)),
        FindingInput(item="A3-01", kind=FindingKind.DEFECT, reasons=("not_duplex", "no_review_seal")),
    ),
    (FindingInput(item="C-01", kind=FindingKind.MISSING, reasons=("mail_not_received",)),),
    (
        FindingInput(item="A1-08", kind=FindingKind.MISSING, reasons=("not_submitted",)),
        FindingInput(item="A2-05", kind=FindingKind.DEFECT, reasons=("no_employer_seal",)),
    ),
    (FindingInput(item="A1-04", kind=FindingKind.DEFECT, reasons=("no_chsi",)),),
)
"""What was wrong with those who got a notice."""

_FEES: Final = ("cash", "card", "cash", "wechat", "later", "cash", "employer", "card", "cash", "transfer")


@dataclass
class Clerk:
    """Someone who takes in one submission after the other."""

    ctx: DeskContext
    clock: FixedClock
    chance: random.Random
    actor: Actor
    opened: int = 0
    due: list[SubmissionView] = field(default_factory=list)
    """Accepted, the fee still to come."""
    told: list[SubmissionView] = field(default_factory=list)
    """Sent away with a notice."""
    pace: int = 9
    """Seconds an item takes."""

    def key(self) -> UUID:
        """Return the next idempotency key."""
        return UUID(int=self.chance.getrandbits(128), version=4)

    def come(self, entry: EntryId) -> SubmissionView:
        """Open the submission of who stands at the counter."""
        self.opened += 1
        return submissions.open_submission(self.ctx, entry_id=entry, actor=self.actor, key=self.key())

    def judge(
        self, sub: SubmissionView, faults: Sequence[FindingInput] = (), most: int = 99
    ) -> SubmissionView:
        """Judge the open items in their order and list the originals before their bag is in order."""
        wrong = {fault.item: fault for fault in faults}
        for item in sub.items[:most]:
            if not item.open or (item.finding is not None and not item.finding.earlier):
                continue
            self.clock.tick(seconds=max(1, self.pace + self.chance.randint(-3, 5)))
            finding = wrong.get(item.code)
            if finding is None and item.waive_reasons and self.chance.random() < 0.6:
                reason = item.waive_reasons[0].code
                finding = FindingInput(item=item.code, kind=FindingKind.WAIVED, waive_reason=reason)
            elif finding is None:
                finding = FindingInput(item=item.code, kind=FindingKind.OK)
                if is_bag_item(self.ctx.circular, item.code):
                    sub = self.list_originals(sub, item)
            sub = checklist.record_finding(
                self.ctx,
                submission_id=sub.id,
                version=sub.version,
                finding=finding,
                actor=self.actor,
                key=self.key(),
            )
        return sub

    def list_originals(self, sub: SubmissionView, bag: ItemView) -> SubmissionView:
        """List the originals that go into the bag."""
        titles: dict[str, str] = words()["originals"]
        for kind in sub.originals_expected[: self.chance.randint(1, 3)]:
            self.clock.tick(seconds=max(1, self.pace))
            sub = checklist.add_original(
                self.ctx,
                submission_id=sub.id,
                version=sub.version,
                item=bag.code,
                kind=kind.code,
                title=titles.get(kind.code, ""),
                number=f"{self.chance.randrange(10**9):09d}",
                actor=self.actor,
                key=self.key(),
            )
        return sub

    def accept(self, sub: SubmissionView, method: str) -> SubmissionView:
        """Accept a clean submission, take the fee as it comes, print."""
        self.clock.tick(seconds=self.pace * 3)
        billed = method in ("card", "wechat")
        fee = FeeInput(
            method=method,
            tendered_fen=50000 if method == "cash" and self.chance.random() < 0.3 else 0,
            bill_code="32060124" if billed else "",
            bill_number=f"{self.chance.randrange(10**10):010d}" if billed else "",
        )
        sub = verdicts.accept(
            self.ctx, submission_id=sub.id, version=sub.version, fee=fee, actor=self.actor, key=self.key()
        )
        if method == "later":
            self.due.append(sub)
        self.print_out()
        return sub

    def send_away(self, sub: SubmissionView) -> SubmissionView:
        """Hand out the notice of everything that is wanting."""
        self.clock.tick(seconds=self.pace * 4)
        sub = verdicts.send_correction(
            self.ctx, submission_id=sub.id, version=sub.version, actor=self.actor, key=self.key()
        )
        self.told.append(sub)
        self.print_out()
        return sub

    def park(self, sub: SubmissionView, note: str) -> SubmissionView:
        """Set a submission aside."""
        return submissions.park(
            self.ctx, submission_id=sub.id, version=sub.version, note=note, actor=self.actor, key=self.key()
        )

    def print_out(self) -> None:
        """Let the papers leave the outbox."""
        self.clock.tick(seconds=2)
        papers.drain(self.ctx)


def earlier_days(clerk: Clerk, people: Sequence[Person], entries: dict[str, EntryId]) -> None:
    """Work through the days before: most accepted, some sent away, one refused, one still parked."""
    coming = iter(_visitors(clerk, people, entries))
    faults, method = 0, 0
    for number, day in enumerate(_DAYS):
        clerk.clock.at = _at(date(2024, 8, day), time(8, 52))
        open_day(clerk.ctx, clerk.actor, clerk.key())
        for turn, start in enumerate(_STARTS):
            clerk.clock.at = _at(date(2024, 8, day), start) + timedelta(seconds=clerk.chance.randrange(240))
            visit = number * len(_STARTS) + turn
            sub = clerk.come(next(coming))
            if visit == 10:
                _refuse(clerk, clerk.judge(sub, most=5))
            elif visit == len(_DAYS) * len(_STARTS) - 1:
                clerk.park(clerk.judge(sub, most=11), words()["park_notes"][0])
            elif visit % 5 == 2:
                wrong = _SOME_FAULTS[faults % len(_SOME_FAULTS)]
                faults += 1
                clerk.send_away(clerk.judge(sub, wrong))
            else:
                if visit % 12 == 3:
                    sub = _absent_a_while(clerk, sub)
                clerk.accept(clerk.judge(sub), _FEES[method % len(_FEES)])
                method += 1
        clerk.clock.at = _at(date(2024, 8, day), time(17, 40))
        _late_afternoon(clerk, number)
        clerk.clock.at = _at(date(2024, 8, day), time(18, 6))
        short = 100 if number == 3 else 0  # a yuan nobody can explain: the demo shows how that reads
        close_day(clerk.ctx, clerk.actor, (clerk.key(), clerk.key()), short_fen=short)
        clerk.print_out()


def a_morning(
    clerk: Clerk, people: Sequence[Person], entries: dict[str, EntryId], day: date, opens: time
) -> None:
    """Take in four people in five minutes: three as quick as it goes, one set aside."""
    coming = [entries[people[i].online_id] for i in (0, 21, 16, 250)]
    clerk.pace = 2
    clerk.clock.at = _at(day, opens) - timedelta(minutes=8)
    open_day(clerk.ctx, clerk.actor, clerk.key())
    clerk.clock.at = _at(day, opens) + timedelta(seconds=8)
    clerk.accept(clerk.judge(clerk.come(coming[0])), "cash")
    clerk.send_away(clerk.judge(clerk.come(coming[1]), _SOME_FAULTS[0]))
    clerk.accept(clerk.judge(clerk.come(coming[2])), "card")
    clerk.park(clerk.judge(clerk.come(coming[3]), most=9), words()["park_notes"][1])


def _visitors(clerk: Clerk, people: Sequence[Person], entries: dict[str, EntryId]) -> list[EntryId]:
    """Return who came, in order: some with names worth a look, the rest by chance."""
    named = [4, 1, 13, 22, 29, 27, 20, 24, 31]
    kept = {0, 12, 16, 21, 25, 250, *named}
    rest = [i for i in range(32, len(people)) if i not in kept and not people[i].note]
    order = [*named, *clerk.chance.sample(rest, len(_DAYS) * len(_STARTS) - len(named))]
    clerk.chance.shuffle(order)
    return [entries[people[i].online_id] for i in order]


def _absent_a_while(clerk: Clerk, sub: SubmissionView) -> SubmissionView:
    """Park someone who went to fetch something, and go on a few minutes later."""
    sub = clerk.park(clerk.judge(sub, most=6), words()["park_notes"][1])
    clerk.clock.tick(minutes=7)
    return submissions.resume(
        clerk.ctx, submission_id=sub.id, version=sub.version, actor=clerk.actor, key=clerk.key()
    )


def _refuse(clerk: Clerk, sub: SubmissionView) -> None:
    clerk.clock.tick(seconds=90)
    verdicts.reject(
        clerk.ctx,
        submission_id=sub.id,
        version=sub.version,
        ground="no_publicity",
        note=words()["rejected_note"],
        actor=clerk.actor,
        key=clerk.key(),
    )


def _late_afternoon(clerk: Clerk, number: int) -> None:
    """Someone comes back with what was wanting, someone pays what was due."""
    if number in (2, 4, 6):
        sub = verdicts.return_visit(
            clerk.ctx,
            submission_id=clerk.told[number // 2 - 1].id,
            version=clerk.told[number // 2 - 1].version,
            actor=clerk.actor,
            key=clerk.key(),
        )
        assert Act.TICK in sub.allowed
        clerk.accept(clerk.judge(sub), "cash")
    if number == 3 and clerk.due:
        sub = submissions.view(clerk.ctx, clerk.due[0].id, actor=clerk.actor)
        fee = FeeInput(method="treasury_code", bill_code="32060124", bill_number="0000481516")
        fees.settle_fee(
            clerk.ctx, submission_id=sub.id, version=sub.version, fee=fee, actor=clerk.actor, key=clerk.key()
        )


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, SHANGHAI)
