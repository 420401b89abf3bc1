"""What a clerk does in one shift, act by act, so that a bench can stop, fail or kill the desk in any of them.

The order comes from a seed. An act is asked for with its own idempotency key; what it answers is what the
clerk was told, and nothing the desk keeps inside decides what comes next.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final
from uuid import UUID

from counter.desk import backup, checklist, closing, export, papers, shifts, submissions, verdicts
from counter.desk.demo_money import in_pieces, open_day
from counter.desk.figures import movements
from counter.desk.forms import FindingInput
from counter.desk.views import EntryId, SubmissionView
from counter.rules.cash import expected
from counter.rules.finding import FindingKind
from tests.builders import CASH, CLERK, SUPERVISOR, Office, office_at
from tests.faults.images import lay_out

AT: Final = "2024-08-12T09:05"
DAY: Final = date(2024, 8, 12)
KEY: Final = "5a" * 32
PEOPLE: Final = 6

State = dict[str, tuple[str, int, str, int]]
"""By serial: status, items judged, fee, papers."""


@dataclass
class Told:
    """The answer to one act."""

    sub: SubmissionView | None = None
    files: tuple[Path, ...] = ()
    closing: str = ""
    """Number of the day sheet of a close."""

    def into(self, state: State) -> bool:
        """Write what was told into a state; tell whether anything was."""
        if self.sub is not None:
            state[self.sub.serial] = as_told(self.sub)
        if self.closing:
            state[f"closing {self.closing}"] = ("closed", 0, "", 0)
        return self.sub is not None or bool(self.closing)


Act = Callable[[Office], Told]
Acts = Generator[Act, Told, None]


def as_told(sub: SubmissionView) -> tuple[str, int, str, int]:
    """Return what the clerk sees of a submission."""
    return (str(sub.status), len(sub.items) - sub.unjudged, str(sub.fee.state), len(sub.papers))


def seal(data: bytes) -> str:
    """Return the digest of a file."""
    return hashlib.sha256(data).hexdigest()


def template(folder: Path, *, judged: int = 0) -> dict[str, bytes]:
    """Return the files of a closed home with people on its roster, of whom `judged` are all but decided."""
    home = folder / f"template-{judged}"
    if not home.exists():
        made = office_at(home, at=AT)
        for n in range(PEOPLE):
            entry = made.person(("张三", "李四", "欧阳若琳")[n % 3])
            if n < judged:
                made.tick_all(made.open(entry), "B-01", "A3-03")
        made.ctx.records.close()
    return {p.relative_to(home).as_posix(): p.read_bytes() for p in home.rglob("*") if p.is_file()}


def fresh(folder: Path, name: str, *, judged: int = 0) -> Path:
    """Return a home of its own."""
    home = folder / name
    lay_out(template(folder, judged=judged), home)
    return home


@dataclass
class Work:
    """One clerk's shift over several visits; `visit` gives the acts of one of them."""

    chance: random.Random
    begun: list[int] = field(default_factory=list)
    """Submissions that stand in the template, by id: nearly judged."""
    waiting: list[int] = field(default_factory=list)
    """Submissions that are away with a notice."""
    next_entry: int = 1

    def key(self) -> UUID:
        """Return the next act's key."""
        return UUID(int=self.chance.getrandbits(128), version=4)

    def visit(self, look: Callable[[int], SubmissionView]) -> Acts:
        """Serve one person, print, then perhaps export, copy the records or copy a paper.

        `look` reads a submission as it stands; it changes nothing.
        """
        chance = self.chance
        clean = chance.random() < 0.5
        if self.begun:
            sub = look(self.begun.pop(0))
        else:
            entry, self.next_entry = EntryId(self.next_entry), self.next_entry + 1
            sub = yield from self._ask(_open(entry, self.key()))
        sub = yield from self._judge(sub, clean)
        if clean:
            sub = yield from self._ask(_accept(sub, self.key()))
        else:
            sub = yield from self._ask(_correct(sub, self.key()))
            self.waiting.append(sub.id)
        yield _print
        if self.waiting and chance.random() < 0.5:
            back = yield from self._ask(_again(look(self.waiting.pop(0)), self.key()))
            back = yield from self._judge(back, clean=True)
            yield from self._ask(_accept(back, self.key()))
            yield _print
        for asked in chance.sample(("export", "export", "backup", "reprint", "close"), 2):
            if asked == "export":
                yield _export(self.key())
            elif asked == "backup":
                yield _backup(self.key())
            elif asked == "close":
                yield _count(self.key())
                yield _close(self.key())
                yield _reopen(self.key())
                yield _print
            else:
                yield _copy(look(sub.id).papers[0].number, self.key())
                yield _print

    def _judge(self, sub: SubmissionView, clean: bool) -> Generator[Act, Told, SubmissionView]:
        faulty = not clean
        for item in sub.items:
            if not item.open or (item.finding is not None and not item.finding.earlier):
                continue
            if item.original_kinds == sub.original_kinds and not sub.originals_held:
                sub = yield from self._ask(_put_in(sub, item.code, self.key()))
            kind = FindingKind.OK
            reasons: tuple[str, ...] = ()
            if faulty and item.missing_reasons and item.code == "A3-03":
                kind, reasons = FindingKind.MISSING, (item.missing_reasons[0].code,)
            found = FindingInput(item=item.code, kind=kind, reasons=reasons)
            sub = yield from self._ask(_tick(sub, found, self.key()))
        return sub

    def _ask(self, act: Act) -> Generator[Act, Told, SubmissionView]:
        told = yield act
        assert told.sub is not None
        return told.sub


def _open(entry: EntryId, key: UUID) -> Act:
    return lambda desk: Told(submissions.open_submission(desk.ctx, entry_id=entry, key=key, actor=CLERK))


def _tick(sub: SubmissionView, found: FindingInput, key: UUID) -> Act:
    return lambda desk: Told(
        checklist.record_finding(
            desk.ctx, submission_id=sub.id, version=sub.version, finding=found, key=key, actor=CLERK
        )
    )


def _put_in(sub: SubmissionView, item: str, key: UUID) -> Act:
    kind = sub.originals_expected[0].code
    return lambda desk: Told(
        checklist.add_original(
            desk.ctx, submission_id=sub.id, version=sub.version, item=item, kind=kind, key=key, actor=CLERK
        )
    )


def _accept(sub: SubmissionView, key: UUID) -> Act:
    return lambda desk: Told(
        verdicts.accept(desk.ctx, submission_id=sub.id, version=sub.version, fee=CASH, key=key, actor=CLERK)
    )


def _correct(sub: SubmissionView, key: UUID) -> Act:
    return lambda desk: Told(
        verdicts.send_correction(desk.ctx, submission_id=sub.id, version=sub.version, key=key, actor=CLERK)
    )


def _again(sub: SubmissionView, key: UUID) -> Act:
    return lambda desk: Told(
        verdicts.return_visit(desk.ctx, submission_id=sub.id, version=sub.version, key=key, actor=CLERK)
    )


def _print(desk: Office) -> Told:
    done = papers.drain(desk.ctx)
    return Told(files=tuple(desk.ctx.documents / name for name in done.printed))


def _export(key: UUID) -> Act:
    return lambda desk: Told(
        files=(export.export_day(desk.ctx, day=DAY, actor=SUPERVISOR, key=key, overwrite=True).path,)
    )


def _backup(key: UUID) -> Act:
    return lambda desk: Told(files=(backup.backup(desk.ctx, actor=CLERK, key=key).path,))


def _count(key: UUID) -> Act:
    def act(desk: Office) -> Told:
        live = shifts.current(desk.ctx, actor=CLERK).live
        assert live is not None
        with desk.ctx.records.read() as session:
            should = expected(live.float_fen, movements(session.connection(), desk.ctx, live.id))
        closing.count(desk.ctx, lines=in_pieces(should), actor=CLERK, key=key)
        return Told()

    return act


def _close(key: UUID) -> Act:
    return lambda desk: Told(closing=closing.close(desk.ctx, backup=False, actor=CLERK, key=key).display)


def _reopen(key: UUID) -> Act:
    def act(desk: Office) -> Told:
        open_day(desk.ctx, CLERK, key)
        return Told()

    return act


def _copy(number: str, key: UUID) -> Act:
    def act(desk: Office) -> Told:
        papers.reprint(desk.ctx, number=number, actor=CLERK, key=key)
        return Told()

    return act
