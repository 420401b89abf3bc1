"""The demo: a throw-away home with invented people and some days' work done through the real use cases.

Monday 2024-08-12, five past nine: seven working days lie behind the desk, four people have come this
morning. Everything but the keys and seals is the same in every demo.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import sqlalchemy as sa

from counter.clock import DEMO_STARTS, SHANGHAI, FixedClock
from counter.desk import demo_people, office, roster
from counter.desk.context import DeskContext
from counter.desk.demo_money import open_day
from counter.desk.demo_work import Clerk, a_morning, earlier_days
from counter.desk.rows import ENTRIES, NOTICES, PAPERS, SUBMISSIONS
from counter.desk.views import Actor, EntryId, Role
from db.engine import Records
from receipts.number import PaperKind

if TYPE_CHECKING:
    from sqlmodel import Session

STARTS: Final = DEMO_STARTS
"""Where the demo's clock begins."""

CLERK: Final = Actor("demo", Role.CLERK, 1)
"""Who has worked in the demo so far."""

KEEPER: Final = Actor("setup", Role.IT, 1)
"""Who takes the invented roster in."""

_ORDINARY: Final = re.compile("[\u4e00-\u9fa5]{2,3}")
"""A name that every terminal shows and everybody can read out."""

_IMPORTED: Final = datetime(2024, 7, 31, 16, 30, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Thing:
    """Something to try on the first screen."""

    kind: str
    """`call` a person who has not come yet, `scan` a paper, or `search` for someone."""
    code: str
    """What to type or scan."""
    name: str
    """Whom it is about."""
    path: Path | None = None
    """The PDF whose barcode can be scanned."""


@dataclass(frozen=True)
class DemoReport:
    """A demo home that is ready to be opened."""

    path: Path
    things: tuple[Thing, ...]
    people: int
    submissions: int


def make_demo(home: Path, *, empty: bool = False) -> DemoReport:
    """Make a demo home at a path that is empty or not there; with `empty` nobody has come yet.

    Raises DeskError as `counter.home.create_home`.
    """
    clock = FixedClock(_IMPORTED)
    office.first_run(home, clock=clock, desk=CLERK.desk, demo=True)
    ctx = office.open_desk(home, clock=clock, desk=CLERK.desk)
    with closing(ctx.records), _one_transaction(ctx) as quick:
        chance = random.Random(demo_people.SEED)  # noqa: S311  a demo's course, no secret
        people = demo_people.invent(quick.circular)
        _import(quick, people, chance)
        entries = _entries(quick)
        clerk = Clerk(quick, clock, chance, CLERK)
        if not empty:
            earlier_days(clerk, people, entries)
            a_morning(clerk, people, entries, date(2024, 8, 12), time(9, 0))
        else:
            clock.at = STARTS
            open_day(quick, CLERK, clerk.key())
        things = things_to_try(quick)
    return DemoReport(home, things, len(people), clerk.opened)


def things_to_try(ctx: DeskContext) -> tuple[Thing, ...]:
    """Return what the first screen of a demo proposes, as the records stand now.

    Someone who has not come yet, a notice that waits for its answer with the file that carries its barcode,
    and someone to look up by sound. What there is none of (an empty demo has no notice) is left out.
    """
    arrived = sa.exists().where(SUBMISSIONS.c.entry_id == ENTRIES.c.id)
    newcomer = (
        sa.select(ENTRIES.c.online_id, ENTRIES.c.name)
        .where(~arrived, ENTRIES.c.name == demo_people.words()["newcomer"])
        .limit(1)
    )
    waiting = (
        sa.select(PAPERS.c.number, ENTRIES.c.name)
        .join(SUBMISSIONS, SUBMISSIONS.c.id == PAPERS.c.submission_id)
        .join(ENTRIES, ENTRIES.c.id == SUBMISSIONS.c.entry_id)
        .join(NOTICES, NOTICES.c.submission_id == SUBMISSIONS.c.id)
        .where(PAPERS.c.kind == int(PaperKind.NOTICE), SUBMISSIONS.c.status == "correction")
        .where(NOTICES.c.turn == SUBMISSIONS.c.visit)
        .order_by(PAPERS.c.id.desc())
    )
    things = []
    with ctx.records.read() as session:
        conn = session.connection()
        if person := conn.execute(newcomer).first():
            things.append(Thing("call", person.online_id, person.name))
        papers = conn.execute(
            waiting
        ).all()  # a demo's few; the oddest names are for finding, not for a start
        if paper := next((p for p in papers if _ORDINARY.fullmatch(p.name)), papers[0] if papers else None):
            file = ctx.documents / f"{paper.number}.pdf"
            things.append(Thing("scan", paper.number, paper.name, file))
    known = demo_people.words()["known"]
    return (*things, Thing("search", known["sound"], known["name"]))


def _import(ctx: DeskContext, people: tuple[demo_people.Person, ...], chance: random.Random) -> None:
    """Take the people in as any roster comes in: from a file, judged line by line."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / demo_people.words()["file"]
        file.write_bytes(demo_people.roster_file(people))
        preview = roster.import_preview(ctx, file=file, actor=KEEPER)
        key = UUID(int=chance.getrandbits(128), version=4)
        roster.import_roster(ctx, preview=preview, actor=KEEPER, key=key)


def _entries(ctx: DeskContext) -> dict[str, EntryId]:
    with ctx.records.read() as session:
        found = session.connection().execute(sa.select(ENTRIES.c.online_id, ENTRIES.c.id))
        return {online_id: EntryId(entry_id) for online_id, entry_id in found}


@dataclass(frozen=True)
class _Held(Records):
    """Records whose every unit of work joins one transaction that stays open."""

    session: Session | None = None

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Give the open session."""
        assert self.session is not None
        yield self.session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Give the open session; nothing is final before the whole demo is."""
        assert self.session is not None
        yield self.session
        self.session.flush()


@contextmanager
def _one_transaction(ctx: DeskContext) -> Iterator[DeskContext]:
    """Give a context whose use cases all become final together.

    A week of work is a thousand commits, each of which would wait for the disk. A demo that was interrupted
    is thrown away, so one wait is enough.
    """
    with ctx.records.write() as session:
        held = _Held(**{f.name: getattr(ctx.records, f.name) for f in fields(Records)}, session=session)
        yield replace(ctx, records=held)
