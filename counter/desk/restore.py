"""Putting a backup in the place of records that are gone, damaged or older than it.

Before anything moves, the copy is checked whole and held against everything that still knows how far the
history went: the old records, the names of other copies, the last day sheet, the papers in `documents/`.
Numbers that were given after the copy are never given again; the journal names them, so that `verify` accepts
exactly those as lost. What was there is kept aside.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from counter.clock import Clock, local
from counter.desk.actor import Actor, Role
from counter.desk.rows import PAPERS
from counter.desk.unit import Unit, our_words, writing
from counter.errors import DeskError
from counter.rules.keeping import Copy, copies, copy_named
from db import journal
from db import restore as files
from db.engine import open_records
from receipts.errors import PaperError
from receipts.number import PaperKind, PaperNumber, parse_anchor, parse_number

if TYPE_CHECKING:
    from counter.home import Home

REF: Final = "restore"
RESTORED: Final = "records.restored"
CONFIRMED: Final = "records.confirmed"

SERIES_OF: Final[dict[PaperKind, str]] = {
    PaperKind.RECEIPT: "submission",
    PaperKind.REVIEW_BAG: "submission",
    PaperKind.ORIGINALS_BAG: "submission",
    PaperKind.NOTICE: "notice",
    PaperKind.FEE_SLIP: "fee",
    PaperKind.DAY_SHEET: "closing",
}
"""From which series a paper's serial comes."""

_FILE: Final = re.compile(r"([0-9]{14})(?:-[0-9]+)?\.pdf")
_SHEET: Final = re.compile(r"(?<![0-9])([1-9][0-9]{0,11})[-: ]+([0-9a-f]{20,64})(?![0-9a-f])")


@dataclass(frozen=True)
class Lost:
    """Numbers of one series that were given after the copy was made and are not given again."""

    series: str
    year: int
    first: int
    last: int


@dataclass(frozen=True)
class Drill:
    """What a restore found and did."""

    file: Path
    made: str
    """When the copy was made by its name, `20240812-091500`; empty when the name does not tell."""
    seq: int
    head: str
    """64 hex digits of the last event in the copy."""
    old: str
    """The records in the home: `none`, `older`, `longer` (damaged but readable), `other` (another history),
    or the code of why they cannot be read."""
    old_seq: int | None
    """Their last event, where that could be read."""
    sheet: str
    """The day sheet: `none`, `held` (its event is in the copy), `ahead` (it is later than the copy)."""
    sheet_seq: int | None
    lost: tuple[Lost, ...]
    papers: tuple[str, ...]
    """14-digit numbers on papers that the copy does not know."""
    unusable: tuple[str, ...]
    """Later copies that are damaged."""
    done: bool = False
    confirmed: bool = True
    """False until a supervisor confirms what the machine's account did."""
    aside: Path | None = None
    """Where the old records lie now."""
    seconds: float = 0.0


@dataclass(frozen=True)
class _Evidence:
    """What else knows how far the history went."""

    old: files.Look
    state: str
    later: tuple[Copy, ...] = ()


def restore(
    home: Home,
    file: Path,
    *,
    clock: Clock,
    desk: int,
    actor: Actor,
    sheet: str = "",
    papers: Sequence[str] = (),
    elsewhere: Path | None = None,
    really: bool,
) -> Drill:
    """Put a backup in the place of the home's records, or only say what that would do.

    Raises DeskError("restore", reason): `in_use`, `not_a_database`, `wrong_key`, `truncated`, `damaged`,
    `newer_schema`, `journal`, `foreign`, `demo`, `name`, `whole`, `older`, `sheet`, `paper`, `sheet-form`.
    """
    began = time.monotonic()
    key = home.key()
    if files.in_use(home.database):
        raise DeskError("restore", reason="in_use", path=home.database)
    _sweep(home.path)
    if not file.is_file():
        raise DeskError("restore", reason="gone", path=file)
    with our_words():
        draft = files.stage(file, home.path, key)
    scratch = home.path / f"{draft.name}-old"
    try:
        look = _checked(home, file, draft, key)
        found = _evidence(home, file, look, key, scratch, elsewhere)
        drill, wanted = _drill(home, file, look, found, key, draft, sheet, papers)
        if not really:
            return replace(drill, seconds=time.monotonic() - began)
        confirmed = _write(home, draft, key, drill, wanted, found, clock=clock, desk=desk, actor=actor)
        aside = _swap(home, draft, clock.now())
        return replace(drill, done=True, confirmed=confirmed, aside=aside, seconds=time.monotonic() - began)
    finally:
        for path in (draft, *home.path.glob(f"{draft.name}-*")):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _sweep(home: Path) -> None:
    """Drop the drafts of a restore that was interrupted; they never held anything of their own."""
    for path in home.glob(".*.restoring*"):
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _checked(home: Home, file: Path, draft: Path, key: str) -> files.Look:
    """Look at the whole copy before anything is made of it."""
    look = files.look(draft, key)
    if look.problem:
        raise DeskError("restore", reason=look.problem, path=file)
    if look.head is None:
        raise DeskError("restore", reason="journal", path=file)
    if look.demo != home.demo:
        raise DeskError("restore", reason="demo", path=file)
    if (known := home.install()) and known != look.install:
        raise DeskError("restore", reason="foreign", path=file)
    named = copy_named(file.name)
    if named is not None and not look.head.hex.startswith(named.head):
        raise DeskError("restore", reason="name", path=file)
    return look


def _evidence(
    home: Home, file: Path, look: files.Look, key: str, scratch: Path, elsewhere: Path | None
) -> _Evidence:
    """Ask the old records and the other copies; refuse a copy that would lose what they hold."""
    assert look.head is not None
    itself = home.database.exists() and file.exists() and file.samefile(home.database)
    old, state = files.Look(home.database, "none"), "none"
    if home.database.exists() and home.database.stat().st_size and not itself:
        old = _look_at_old(home, key, scratch)
        state = _compared(old, look, key, scratch / home.database.name)
        if old.install and old.install != look.install:
            raise DeskError("restore", reason="foreign", path=file)
        if old.whole and state == "longer":
            raise DeskError("restore", reason="whole", path=home.database)
    anchor = journal.Anchor(look.head.seq, look.head.hex)
    later = []
    for folder, copy in _others(home, file, elsewhere):
        path = folder / copy.name
        if look.head.hex.startswith(copy.head):
            continue
        other = files.look(path, key, thorough=False)
        if other.install and other.install != look.install:
            continue
        if other.whole and (other.head is None or other.head.seq <= look.head.seq):
            continue
        if other.whole and files.holds(path, key, anchor) and files.look(path, key).whole:
            raise DeskError("restore", reason="older", path=file, better=path)
        if other.problem != "wrong_key":
            later.append(copy)
    return _Evidence(old, state, tuple(later))


def _look_at_old(home: Home, key: str, scratch: Path) -> files.Look:
    """Look at a copy of the old records: they themselves stay as they were found."""
    scratch.mkdir(mode=0o700)
    wal = home.database.with_name(f"{home.database.name}-wal")
    for path in (home.database, wal):
        if path.exists():
            shutil.copyfile(path, scratch / path.name)
    return files.look(scratch / home.database.name, key)


def _compared(old: files.Look, look: files.Look, key: str, path: Path) -> str:
    assert look.head is not None
    if old.head is None:
        return old.problem or "not_a_database"
    if files.holds(path, key, journal.Anchor(look.head.seq, look.head.hex)):
        return "longer"
    if old.head.seq <= look.head.seq and files.holds(
        look.path, key, journal.Anchor(old.head.seq, old.head.hex)
    ):
        return "older"
    return "other"


def _others(home: Home, file: Path, elsewhere: Path | None) -> list[tuple[Path, Copy]]:
    """Return the other copies that by their names are later than this one, the latest first."""
    own = copy_named(file.name)
    found: dict[str, tuple[Path, Copy]] = {}
    for folder in (home.path / "backups", file.absolute().parent, elsewhere):
        if folder is not None and folder.is_dir():
            for copy in copies(p.name for p in folder.iterdir()):
                if copy.name != file.name and (own is None or copy.stamp >= own.stamp):
                    found.setdefault(copy.name, (folder, copy))
    return sorted(found.values(), key=lambda pair: pair[1], reverse=True)


def _drill(
    home: Home,
    file: Path,
    look: files.Look,
    found: _Evidence,
    key: str,
    draft: Path,
    sheet: str,
    papers: Sequence[str],
) -> tuple[Drill, dict[files.Series, int]]:
    assert look.head is not None
    state, sheet_seq = _held(sheet, look, key, draft, file)
    with files.opened(draft, key) as records, records.read() as session:
        known = set(session.connection().execute(sa.select(PAPERS.c.number)).scalars())
    numbers = {*papers_in(home.path / "documents"), *_typed(papers), *_number_of(sheet)}
    unknown = sorted(n.digits for n in numbers if n.digits not in known)
    wanted: dict[files.Series, int] = dict(found.old.counters)
    for digits in unknown:
        number = parse_number(digits)
        if number.kind in SERIES_OF:
            series = (look.office, SERIES_OF[number.kind], number.year)
            wanted[series] = max(wanted.get(series, 0), number.serial)
    wanted = {s: n for s, n in wanted.items() if s[0] == look.office and n > look.counters.get(s, 0)}
    lost = tuple(
        Lost(series, year, look.counters.get((office, series, year), 0) + 1, last)
        for (office, series, year), last in sorted(wanted.items())
    )
    own = copy_named(file.name)
    drill = Drill(
        file=file,
        made=f"{own.stamp[:8]}-{own.stamp[8:]}" if own else "",
        seq=look.head.seq,
        head=look.head.hex,
        old=found.state,
        old_seq=found.old.head.seq if found.old.head else None,
        sheet=state,
        sheet_seq=sheet_seq,
        lost=lost,
        papers=tuple(unknown),
        unusable=tuple(copy.name for copy in found.later),
    )
    return drill, wanted


def _held(text: str, look: files.Look, key: str, draft: Path, file: Path) -> tuple[str, int | None]:
    """Hold the copy against the seal on the last day sheet."""
    assert look.head is not None
    if not text.strip():
        return "none", None
    found = _SHEET.search(text.strip().lower())
    if found is None:
        raise DeskError("restore", reason="sheet-form")
    seq = int(found[1])
    if seq > look.head.seq:
        return "ahead", seq
    if not files.holds(draft, key, journal.Anchor(seq, found[2])):
        raise DeskError("restore", reason="sheet", path=file)
    return "held", seq


def papers_in(folder: Path) -> Iterable[PaperNumber]:
    """Give the numbers of the papers that lie in a folder, by the names of their files."""
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if found := _FILE.fullmatch(entry.name):
            with suppress(PaperError):
                yield parse_number(found[1])


def _typed(papers: Sequence[str]) -> Iterable[PaperNumber]:
    for text in papers:
        try:
            yield parse_number(text)
        except PaperError:
            raise DeskError("restore", reason="paper", given=text) from None


def _number_of(sheet: str) -> Iterable[PaperNumber]:
    """Give the number of a day sheet whose code was scanned; typed by hand, a seal comes without one."""
    with suppress(PaperError):
        yield parse_anchor(sheet).number


def _write(
    home: Home,
    draft: Path,
    key: str,
    drill: Drill,
    wanted: dict[files.Series, int],
    found: _Evidence,
    *,
    clock: Clock,
    desk: int,
    actor: Actor,
) -> bool:
    """Bring the draft to this program's schema, skip the lost numbers, tell the journal; return whether done.

    What anybody but a supervisor did waits for one of them, also in a copy from before there was any.
    """
    from counter.desk.office import ready

    with our_words():
        records = open_records(draft, key)
    try:
        ctx = ready(records, home=home.path, clock=clock, desk=desk, demo=home.demo)
        with writing(ctx) as session:
            unit = Unit(session, ctx, actor)
            confirmed = actor.role is Role.SUPERVISOR
            skipped = files.counters_to(session, wanted)
            old = found.old.head
            facts: dict[str, Any] = {
                "file": drill.file.name[:120],
                "copy_seq": drill.seq,
                "copy_head": drill.head[:20],
                "lost": [[office, series, year, *both] for (office, series, year), both in skipped.items()],
                "old": drill.old,
                "old_seq": old.seq if old else None,
                "old_head": old.short if old else None,
                "beyond": [copy.head for copy in found.later],
                "sheet": drill.sheet,
                "sheet_seq": drill.sheet_seq,
                "papers": len(drill.papers) or None,
                "unconfirmed": None if confirmed else True,
            }
            unit.tell(RESTORED, REF, **facts)
        return confirmed
    finally:
        records.close()


def _swap(home: Home, draft: Path, now: datetime) -> Path | None:
    """Move the old records aside and the draft into their place; a crash between leaves none, never both."""
    folder = home.path / "backups" / f"aside-{local(now):%Y%m%d-%H%M%S}"
    earlier = sorted((home.path / "backups").glob("aside-*"))
    if not home.database.exists() and earlier:
        folder = earlier[-1]  # an interrupted restore: what belongs together lies together
    try:
        moved = files.set_aside(home.database, folder)
        files.put_in_place(draft, home.database)
        home.note_begun()
    except OSError as e:
        raise DeskError("file", path=str(home.database), reason=e) from e
    return folder if moved else None
