"""The self-check: is everything there that a morning at the counter needs?

Each thing is looked at by itself and without changing anything, so that one broken part hides no other. What
is merely worth a look (no backup since yesterday) is told apart from what must not be worked with.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from counter.clock import Clock, business_date
from counter.config import Config, load_config
from counter.errors import DeskError
from counter.home import FOLDERS, read_key
from counter.rules.calendar import WorkCalendar

if TYPE_CHECKING:
    import sqlalchemy as sa

    from db.engine import Records

LEAST_FREE: Final = 200 * 1024 * 1024
"""Bytes the disk of the home must have left."""

BACKUP_AGE: Final = timedelta(hours=26)
"""After that a nightly backup has been missed."""

CLOCK_SLACK: Final = timedelta(minutes=2)
"""How far the clock may lie behind the last event before it counts as gone backwards."""


class Health(StrEnum):
    """How one thing is."""

    OK = "ok"
    WARN = "warn"
    """Work can go on; someone should look."""
    BAD = "bad"
    """Do not work like this."""


@dataclass(frozen=True)
class Check:
    """One thing looked at; its sentence is `counter.words.check_sentence(say, facts)`."""

    code: str
    """What was looked at: stable, documented."""
    health: Health
    say: str
    """The code of the sentence: the check's own when all is well, else what is wrong."""
    facts: dict[str, object] = field(default_factory=dict)


def doctor(home: Path, *, clock: Clock, environment: Mapping[str, str]) -> tuple[Check, ...]:
    """Look at machine, home and records; a home that is not there is told and the machine still looked at."""
    now = clock.now()
    checks = [_driver(), _catalogue(environment), _fonts(), _disk(home)]
    if not (home / "key").exists() and not (home / "desk.db").exists():
        return (*checks, Check("home", Health.BAD, "home-missing", {"home": home}), _calendar(Config(), now))
    config, found = _config(home, environment)
    needed = (_rights(home), _key(home), found)
    checks += [*needed, _calendar(config, now)]
    if any(check.health is Health.BAD for check in needed):
        return tuple(checks)
    return (*checks, *_records(home, config, now))


def _driver() -> Check:
    """The SQLite library is none of those that can corrupt a WAL database."""
    import sqlcipher3.dbapi2 as driver

    from db.engine import refuse_unsafe_wal
    from db.errors import UnsafeSqlite

    try:
        refuse_unsafe_wal(driver.sqlite_version_info)
    except UnsafeSqlite as e:
        return Check("driver", Health.BAD, "driver-unsafe", dict(e.facts))
    return Check("driver", Health.OK, "driver", {"version": driver.sqlite_version})


def _catalogue(environment: Mapping[str, str]) -> Check:
    """The texts of the chosen language are there."""
    from counter.i18n import LANGUAGES, catalogue, chosen

    language = chosen(environment.get("COUNTER_LANG"))
    if LANGUAGES[language] and not catalogue(language).gettext(""):
        return Check("catalogue", Health.WARN, "catalogue-missing", {"language": language})
    return Check("catalogue", Health.OK, "catalogue", {"language": language})


def _fonts() -> Check:
    """A paper can be set, fonts, barcode and all."""
    from receipts import coverage, render
    from receipts.errors import PaperError

    try:
        coverage.require(("\u53d7\u7406\u56de\u6267",))
        render.warm()
    except (PaperError, OSError, ImportError) as e:
        problem = e.code if isinstance(e, PaperError) else type(e).__name__
        return Check("fonts", Health.BAD, "fonts-broken", {"problem": problem})
    return Check("fonts", Health.OK, "fonts")


def _disk(home: Path) -> Check:
    there = next(folder for folder in (home, *home.absolute().parents) if folder.exists())
    free = shutil.disk_usage(there).free
    facts: dict[str, object] = {"free": free // 2**20, "least": LEAST_FREE // 2**20}
    if free < LEAST_FREE:
        return Check("disk", Health.BAD, "disk-full", facts)
    return Check("disk", Health.OK, "disk", facts)


def _rights(home: Path) -> Check:
    """Nobody else can read the home and we can write into it."""
    for path in (home, *(home / name for name in FOLDERS), home / "desk.db"):
        if not path.exists():
            continue
        if not os.access(path, os.R_OK | os.W_OK):
            return Check("home", Health.BAD, "home-closed", {"path": path})
        if os.name == "posix" and path.stat().st_mode & 0o077:
            return Check("home", Health.WARN, "home-open", {"path": path})
    return Check("home", Health.OK, "home", {"home": home})


def _key(home: Path) -> Check:
    try:
        read_key(home / "key")
    except DeskError as e:
        return Check("key", Health.BAD, e.code, dict(e.facts))
    return Check("key", Health.OK, "key")


def _config(home: Path, environment: Mapping[str, str]) -> tuple[Config, Check]:
    try:
        return load_config(home / "config.toml", environment), Check("config", Health.OK, "config")
    except DeskError as e:
        return Config(), Check("config", Health.BAD, e.code, dict(e.facts))


def _calendar(config: Config, now: datetime) -> Check:
    """The state has published the year's holidays."""
    today = business_date(now)
    if WorkCalendar(closed=config.closed, opened=config.open).known_between(
        today.replace(month=1, day=1), today
    ):
        return Check("calendar", Health.OK, "calendar", {"year": today.year})
    return Check("calendar", Health.WARN, "calendar-unknown", {"year": today.year})


def _records(home: Path, config: Config, now: datetime) -> Iterator[Check]:
    """Open the records as a desk would, but for looking only."""
    from db.engine import open_records
    from db.errors import RecordsError
    from db.migrate import require_current

    url = config.database_url
    if url is None and not (home / "desk.db").exists():
        yield Check("records", Health.BAD, "records-missing", {"path": home / "desk.db"})
        return
    try:
        records = open_records(url or home / "desk.db", None if url else read_key(home / "key"))
    except RecordsError as e:
        yield Check("records", Health.BAD, "records-closed", {"reason": e.code})
        return
    try:
        require_current(records)
        yield Check("records", Health.OK, "records", {"dialect": records.dialect})
        for look in (_circular, _clock, _prints):
            yield _looked(records, look, now)
        if records.dialect == "sqlite":
            yield _looked(records, _backup, now)
    except RecordsError as e:
        yield Check("records", Health.BAD, "records-closed", {"reason": e.code})
    finally:
        records.close()


def _looked(records: Records, look: Callable[[sa.Connection, datetime], Check], now: datetime) -> Check:
    with records.read() as session:
        return look(session.connection(), now)


def _circular(conn: sa.Connection, now: datetime) -> Check:
    """Every circular that submissions are judged by can be read, and the last one's window is not over."""
    import sqlalchemy as sa

    from counter.circular.loader import load
    from counter.circular.model import WindowKind
    from counter.circular.problems import CircularError
    from counter.desk.rows import CIRCULARS

    versions = conn.execute(sa.select(CIRCULARS.c.toml).order_by(CIRCULARS.c.id)).scalars().all()
    if not versions:
        return Check("circular", Health.BAD, "circular-missing")
    try:
        for toml in versions:
            circular = load(toml.encode())
    except CircularError as e:
        return Check("circular", Health.BAD, "circular-broken", {"problems": len(e.problems)})
    facts: dict[str, object] = {"doc_no": circular.doc_no, "end": circular.window(WindowKind.COUNTER).end}
    if business_date(now) > circular.window(WindowKind.COUNTER).end:
        return Check("circular", Health.WARN, "circular-over", facts)
    return Check("circular", Health.OK, "circular", facts)


def _clock(conn: sa.Connection, now: datetime) -> Check:
    """The clock does not stand before what has been written already."""
    import sqlalchemy as sa

    from counter.desk.rows import JOURNAL

    last = conn.execute(sa.select(JOURNAL.c.at).order_by(JOURNAL.c.seq.desc()).limit(1)).scalar()
    if last is not None and now < last - CLOCK_SLACK:
        return Check("clock", Health.BAD, "clock-back", {"now": now, "last": last})
    return Check("clock", Health.OK, "clock", {"now": now})


def _prints(conn: sa.Connection, _now: datetime) -> Check:
    """No paper is stuck on its way out."""
    import sqlalchemy as sa

    from counter.desk.rows import OUTBOX

    query = sa.select(sa.func.count()).select_from(OUTBOX).where(OUTBOX.c.state == "failed")
    failed = conn.execute(query).scalar_one()
    if failed:
        return Check("prints", Health.WARN, "prints-failed", {"count": failed})
    return Check("prints", Health.OK, "prints")


def _backup(conn: sa.Connection, now: datetime) -> Check:
    from counter.desk.keeping import told
    from counter.word_lists import BACKUPS

    found = told(conn)
    if found.failed:
        reason = BACKUPS.get(found.failed, found.failed)
        return Check("backup", Health.WARN, "backup-failed", {"reason": reason})
    if found.at is None:
        return Check("backup", Health.WARN, "backup-none")
    if found.carry_failed:
        reason = BACKUPS.get(found.carry_failed, found.carry_failed)
        return Check("backup", Health.WARN, "backup-second", {"reason": reason})
    if now - found.at > BACKUP_AGE:
        return Check("backup", Health.WARN, "backup-old", {"at": found.at})
    return Check("backup", Health.OK, "backup", {"at": found.at})
