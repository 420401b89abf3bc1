"""Builders for tests: a desk in a temporary home, people for its roster, and a clerk's whole visits."""

from __future__ import annotations

import functools
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from counter.clock import SHANGHAI, FixedClock, business_date
from counter.desk import checklist, shifts, sign_in, staff, submissions, verdicts
from counter.desk.context import DeskContext
from counter.desk.demo_money import close_day, open_day
from counter.desk.forms import FeeInput, FindingInput
from counter.desk.office import ready
from counter.desk.passwords import Cost, hashed
from counter.desk.rows import ENTRIES, JOURNAL, STAFF, add, blank
from counter.desk.unit import Unit
from counter.desk.views import Actor, ApprovalId, EntryId, Role, SubmissionView
from counter.errors import DeskError
from counter.rules.finding import FindingKind
from counter.rules.identity import check_character
from counter.rules.names import display_pinyin
from counter.rules.search import search_tokens
from db.engine import Records, open_records
from db.search_index import put_tokens

CLERK = Actor("zhou", Role.CLERK, 1)
SUPERVISOR = Actor("sun", Role.SUPERVISOR, 1)
CASH = FeeInput(method="cash")
TELLER = Actor("周敏", Role.CLERK, 1)
STAFF_LIST = (("zhou", CLERK), ("sun", SUPERVISOR), ("zhoumin", TELLER))
"""Who works at a test's desk, by login; the last one sits at the desk of the screens' tests."""
PASSWORD = "lychee-2024"
"""Everybody's password in tests."""
CHEAP = Cost(passes=1, memory_kib=8)
"""What a password costs in tests: as little as Argon2 allows."""


def shanghai(text: str) -> datetime:
    """Return an instant written as the office's wall clock shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def identity_number(serial: int, birth: str = "19860312") -> str:
    """Return an invented identity number of area 320799 with the right check character."""
    body = f"320799{birth}{serial % 1000:03d}"
    return body + check_character(body)


@dataclass
class Office:
    """One desk with its clock, and short names for what its clerk does."""

    ctx: DeskContext
    clock: FixedClock
    people: int = field(default=0)
    clerk: Actor = CLERK
    """Who does all this."""

    def person(self, name: str = "张三", **columns: Any) -> EntryId:
        """Put an invented person on the roster."""
        self.people += 1
        n = self.people
        entry = {
            "circular_id": self.ctx.circular.id,
            "origin": "roster",
            "online_id": f"LYGGX2024{n:010d}",
            "name": name,
            "pinyin": display_pinyin(name),
            "id_kind": "resident",
            "id_number": identity_number(n % 1000, f"1986{n // 1000 % 12 + 1:02d}12"),
            "sex": "male",
            "birth": f"1986-{n // 1000 % 12 + 1:02d}-12",
            "phone": f"138{n:08d}",
            "employer": "连云港某某化工有限公司",
            "county": "海州区",
            "specialty": "petrochemical",
            "specialty_text": "石油化工工程",
            "situations": "2,3",
            "online_state": "submitted",
            "online_state_text": "已提交",
            "subject_key": secrets.token_bytes(32),
            "created_at": self.clock.now(),
            "updated_at": self.clock.now(),
        } | columns
        with self.ctx.records.write() as session:
            row = add(session.connection(), ENTRIES, blank(ENTRIES, **entry))
            tokens = search_tokens(
                row["name"],
                id_number=row["id_number"],
                phone=row["phone"],
                online_id=row["online_id"] or "",
                employer=row["employer"],
            )
            put_tokens(session, row["id"], tokens)
            unit = Unit(session, self.ctx, SUPERVISOR)
            unit.note_entry(row)
            unit.tell("roster.rows", "roster")
        return EntryId(row["id"])

    def opened(self, name: str = "张三", **columns: Any) -> SubmissionView:
        """Open a submission for a new person."""
        return self.open(self.person(name, **columns))

    def open(self, entry_id: EntryId, key: UUID | None = None) -> SubmissionView:
        """Open a submission."""
        return submissions.open_submission(self.ctx, entry_id=entry_id, actor=self.clerk, key=key or uuid4())

    def tick(
        self, sub: SubmissionView, item: str, kind: FindingKind = FindingKind.OK, **found: Any
    ) -> SubmissionView:
        """Record one finding."""
        return checklist.record_finding(
            self.ctx,
            submission_id=sub.id,
            version=sub.version,
            finding=FindingInput(item=item, kind=kind, **found),
            actor=self.clerk,
            key=uuid4(),
        )

    def tick_all(self, sub: SubmissionView, *but: str) -> SubmissionView:
        """Find every open item in order, except some."""
        for item in sub.items:
            judged = item.finding is not None and not item.finding.earlier
            if item.open and not judged and item.code not in but:
                if item.original_kinds == sub.original_kinds and not sub.originals_held:
                    sub = self.put_in(sub)
                sub = self.tick(sub, item.code)
        return sub

    def put_in(self, sub: SubmissionView, kind: str = "", title: str = "") -> SubmissionView:
        """List one original that goes into the bag, of the first kind expected unless one is named."""
        bag = next(item for item in sub.items if item.original_kinds == sub.original_kinds)
        return checklist.add_original(
            self.ctx,
            submission_id=sub.id,
            version=sub.version,
            item=bag.code,
            kind=kind or sub.originals_expected[0].code,
            title=title,
            actor=self.clerk,
            key=uuid4(),
        )

    def accept(self, sub: SubmissionView, fee: FeeInput = CASH, key: UUID | None = None) -> SubmissionView:
        """Accept a submission, in a shift of today."""
        on_shift(self.ctx, self.clerk)
        return verdicts.accept(
            self.ctx, submission_id=sub.id, version=sub.version, fee=fee, actor=self.clerk, key=key or uuid4()
        )

    def accepted(self, name: str = "张三", **columns: Any) -> SubmissionView:
        """Take in a whole clean submission."""
        return self.accept(self.tick_all(self.opened(name, **columns)))

    def faulty(self, name: str = "张三") -> SubmissionView:
        """Open a submission whose A3 forms are missing and whose conferral lacks a seal."""
        sub = self.tick_all(self.opened(name), "A3-03", "A1-09")
        sub = self.tick(sub, "A3-03", FindingKind.MISSING, reasons=("not_submitted",))
        return self.tick(sub, "A1-09", FindingKind.DEFECT, reasons=("no_employer_seal",))

    def approval(self, kind: str, ref: str, reason: str = "other") -> ApprovalId:
        """Have the supervisor allow the clerk one exception, by password."""
        words = {"kind": kind, "ref": ref, "reason": reason, "note": "invented"}
        return sign_in.approve(
            self.ctx, login="sun", password=PASSWORD, actor=self.clerk, key=uuid4(), **words
        )

    def correct(self, sub: SubmissionView, approved: tuple[ApprovalId, ...] = ()) -> SubmissionView:
        """Hand out a correction notice."""
        return verdicts.send_correction(
            self.ctx,
            submission_id=sub.id,
            version=sub.version,
            actor=self.clerk,
            key=uuid4(),
            approved=approved,
        )

    def reject(self, sub: SubmissionView) -> SubmissionView:
        """Refuse a submission as forged."""
        return verdicts.reject(
            self.ctx,
            submission_id=sub.id,
            version=sub.version,
            ground="forged",
            note="",
            actor=self.clerk,
            key=uuid4(),
        )

    def again(self, sub: SubmissionView) -> SubmissionView:
        """Begin the visit that answers a notice."""
        return verdicts.return_visit(
            self.ctx, submission_id=sub.id, version=sub.version, actor=self.clerk, key=uuid4()
        )


@functools.cache
def password_hash() -> str:
    """Return the hash of everybody's password, as cheap as argon2 allows."""
    return hashed(CHEAP, PASSWORD)


def enlist(ctx: DeskContext) -> None:
    """Put the test's staff into fresh records, in one event."""
    with ctx.records.write() as session:
        unit = Unit(session, ctx, Actor("setup", Role.IT, 1))
        if unit.conn.execute(STAFF.select()).first() is not None:
            return
        for login, actor in STAFF_LIST:
            who = {"login": login, "name": actor.name, "role": str(actor.role), "password": password_hash()}
            stamps = {"password_at": unit.now, "created_at": unit.now, "created_by": "setup"}
            unit.add_own(STAFF, blank(STAFF, **who, **stamps))
        unit.tell("staff.added", "staff")


def pad(desk: Office, first: int = 31, last: int = 60, number: int = 1) -> None:
    """Let the journal know a pad of emergency papers, as if it had been printed."""
    with desk.ctx.records.write() as session:
        Unit(session, desk.ctx, SUPERVISOR).tell("pad.printed", f"pad:{number}", first=first, last=last)


def on_shift(ctx: DeskContext, clerk: Actor = CLERK) -> None:
    """Make sure that a clerk may take money now: close what is left of another day or person, open anew."""
    live, today = shifts.current(ctx, actor=clerk).live, business_date(ctx.clock.now())
    if live is not None:
        if live.clerk == clerk.name and live.state == "open" and live.day == today:
            return
        close_day(ctx, Actor(live.clerk, Role.CLERK, clerk.desk), (uuid4(), uuid4()))
    open_day(ctx, clerk, uuid4())


def office_at(
    home: Path,
    records: Records | None = None,
    at: str = "2024-08-12T09:05",
    *,
    clerk: Actor = CLERK,
    shift: bool = True,
) -> Office:
    """Return a desk on fresh records, SQLite in `home` unless others are given, with an open shift."""
    home.mkdir(parents=True, exist_ok=True)
    clock = FixedClock(shanghai(at))
    opened = records or open_records(home / "desk.db", "5a" * 32)
    ctx = replace(ready(opened, home=home, clock=clock, demo=True), cost=CHEAP, copies_limit=9)
    enlist(ctx)
    if shift:
        on_shift(ctx, clerk)
    return Office(ctx, clock, clerk=clerk)


@contextmanager
def office(home: Path, at: str = "2024-08-12T09:05") -> Iterator[Office]:
    """Give a desk on SQLite and close it afterwards."""
    made = office_at(home, at=at)
    try:
        yield made
    finally:
        made.ctx.records.close()


def employ(desk: Office, **changes: Any) -> staff.Member:
    """Put a clerk on the staff, as the supervisor does."""
    words: dict[str, Any] = {
        "login": "chen",
        "name": "陈一",
        "role": Role.CLERK,
        "password": PASSWORD,
        "actor": SUPERVISOR,
        "key": uuid4(),
    }
    return staff.add(desk.ctx, **words | changes)


def events(desk: Office, kind: str) -> list[dict[str, Any]]:
    """Return the bodies of all events of a kind, oldest first."""
    query = sa.select(JOURNAL.c.event).where(JOURNAL.c.kind == kind).order_by(JOURNAL.c.seq)
    with desk.ctx.records.read() as session:
        return [json.loads(bytes(event))[8] for (event,) in session.connection().execute(query)]


def code_of(act: Callable[[], object]) -> str:
    """Return the code by which an act is refused."""
    with pytest.raises(DeskError) as caught:
        act()
    return caught.value.code


def at_once(act: Callable[[], object], times: int = 4) -> list[object]:
    """Do something in several threads at once; return each one's answer, or the code of its refusal."""
    answers: list[object] = []

    def run() -> None:
        try:
            answers.append(act())
        except DeskError as refused:
            answers.append(refused.code)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
