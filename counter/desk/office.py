"""Opening a home, making a new one, and adopting a circular.

Opening migrates with a backup first, adopts the shipped circular when the records hold none, and leaves the
outbox alone: the desk drains it once it has painted.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import sqlalchemy as sa

from counter.circular.loader import load, shipped, shipped_source
from counter.circular.model import Circular
from counter.circular.problems import CircularError
from counter.clock import Clock
from counter.config import load_config
from counter.desk.context import DeskContext
from counter.desk.permit import use_case
from counter.desk.rows import CIRCULARS, META, add, blank
from counter.desk.unit import our_words, stored_circular, writing
from counter.desk.views import Actor, Role
from counter.errors import DeskError
from counter.home import Home, open_home
from counter.rules.calendar import WorkCalendar
from counter.rules.keeping import Keeping
from db import journal
from db.core import META_DEMO, META_INSTALL
from db.engine import Records, open_records

if TYPE_CHECKING:
    from sqlmodel import Session

OPENER = "setup"
"""Who the journal names for what happens when a home is made."""


def first_run(home: Path, *, clock: Clock, desk: int = 1, demo: bool = False, database_url: str = "") -> None:
    """Make the home and its records: key, schema, first journal event, the shipped circular.

    Raises DeskError as `counter.home.create_home` and for a database that cannot be used.
    """
    from counter.home import create_home

    create_home(home, demo=demo)
    ctx = open_desk(home, clock=clock, desk=desk, database_url=database_url)
    try:
        if demo:
            from counter.desk.demo_staff import enlist

            enlist(ctx)
    finally:
        ctx.records.close()


def open_desk(home: Path, *, clock: Clock, desk: int = 1, database_url: str = "") -> DeskContext:
    """Open the records of a home and return what the use cases need.

    Raises DeskError: the home's own codes, "records-gone", "foreign-records", "rolled-back", "records" with
    a reason for a database that cannot be used, and "circular" for an
    adopted circular that this program does not take any more.
    """
    place = open_home(home)
    config = load_config(place.config, {})
    if not database_url:
        place.require_records()
    with our_words():
        records = open_records(database_url or place.database, None if database_url else place.key())
    try:
        context = ready(
            records,
            home=place.path,
            clock=clock,
            desk=desk,
            demo=place.demo,
            calendar=WorkCalendar(closed=config.closed, opened=config.open),
            copies_limit=config.copies_limit,
            keeping=Keeping(
                every=timedelta(minutes=config.backup_minutes),
                kept=config.backups_kept,
                second=Path(config.backup_to).expanduser() if config.backup_to else None,
            ),
        )
        if not database_url:
            _require_ours(context, place)
        from counter.desk.history import require_latest

        require_latest(context)
        return context
    except BaseException:
        records.close()
        raise


def _require_ours(ctx: DeskContext, place: Home) -> None:
    """Refuse another installation's records in this home, and remember whose they are.

    Raises DeskError("foreign-records").
    """
    with our_words(), ctx.records.read() as session:
        query = sa.select(META.c.value).where(META.c.key == META_INSTALL)
        install: str = session.connection().execute(query).scalar_one()
    if (known := place.install()) and known != install:
        raise DeskError("foreign-records", path=place.database)
    place.note_begun(install)


def ready(
    records: Records,
    *,
    home: Path,
    clock: Clock,
    desk: int = 1,
    demo: bool = False,
    calendar: WorkCalendar | None = None,
    keeping: Keeping | None = None,
    copies_limit: int = 1,
) -> DeskContext:
    """Bring opened records up to date and return the context of one desk.

    Raises DeskError("demo-records") when demo time would meet real records, or the other way round.
    """
    from db.migrate import migrate

    with our_words():
        migrate(records, backup_first=_backup_into(records, home / "backups"))
        with records.read() as session:
            known = _current(session)
            mark = (
                session.connection().execute(sa.select(META.c.value).where(META.c.key == META_DEMO)).scalar()
            )
        if known is None:
            known = _begin(records, clock, desk, demo)
        elif (mark is not None) != demo:
            raise DeskError("demo-records")
    version_id, circular = known
    return DeskContext(
        records=records,
        circular=circular,
        circular_version_id=version_id,
        calendar=calendar or WorkCalendar(),
        clock=clock,
        home=home,
        desk=desk,
        demo=demo,
        keeping=keeping or Keeping(),
        copies_limit=copies_limit,
    )


def _backup_into(records: Records, folder: Path) -> Callable[[str], object]:
    def backup_first(_revision: str) -> object:
        from db.backup import backup

        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return backup(records, folder) if records.dialect == "sqlite" else None

    return backup_first


def _current(session: Session) -> tuple[int, Circular] | None:
    """Return the circular adopted last, None in records that have not begun.

    Raises DeskError as `stored_circular`.
    """
    row = (
        session.connection()
        .execute(
            sa.select(CIRCULARS.c.id, CIRCULARS.c.doc_no, CIRCULARS.c.sha256, CIRCULARS.c.toml)
            .order_by(CIRCULARS.c.id.desc())
            .limit(1)
        )
        .first()
    )
    if row is None:
        return None
    if row.sha256 == hashlib.sha256(shipped_source()).hexdigest():
        return row.id, shipped()
    return row.id, stored_circular(row.doc_no, row.toml)


def _begin(records: Records, clock: Clock, desk: int, demo: bool) -> tuple[int, Circular]:
    source, circular = shipped_source(), shipped()
    actor = Actor(OPENER, Role.SUPERVISOR, desk)
    with records.write() as session:
        known = _current(session)
        if known is not None:
            return known
        journal.start(
            session,
            office=circular.office.code,
            install=str(uuid4()),
            at=clock.now(),
            desk=desk,
            actor=actor.name,
            role=str(actor.role),
            circular=f"{circular.id} {hashlib.sha256(source).hexdigest()}",
        )
        own: dict[str, str] = {}
        if demo:
            mark = {"key": META_DEMO, "value": secrets.token_hex(8)}
            session.connection().execute(sa.insert(META), mark)
            own["meta:demo"] = journal.row_digest(mark)
        return _adopt(session, circular, source, clock, actor, own), circular


def _adopt(
    session: Session,
    circular: Circular,
    source: bytes,
    clock: Clock,
    actor: Actor,
    own: Mapping[str, str] | None = None,
) -> int:
    """Store a circular; its event holds the digest of the row, and of others that came with it."""
    at = clock.now()
    sha256 = hashlib.sha256(source).hexdigest()
    row = add(
        session.connection(),
        CIRCULARS,
        blank(
            CIRCULARS,
            circular_id=circular.id,
            doc_no=circular.doc_no,
            sha256=sha256,
            toml=source.decode(),
            adopted_at=at,
            adopted_by=actor.name,
        ),
    )
    rows = {**(own or {}), f"circular_version:{row['id']}": journal.row_digest(row)}
    journal.append(
        session,
        at=at,
        desk=actor.desk,
        actor=actor.name,
        role=str(actor.role),
        kind="circular.adopted",
        ref="circular",
        body={"circular": circular.id, "rows": rows, "sha256": sha256},
    )
    return int(row["id"])


@use_case
def adopt_circular(ctx: DeskContext, *, file: Path, actor: Actor) -> DeskContext:
    """Judge from now on by the circular in a file; what is open keeps the one it was opened under.

    Numbers run by office, and the paper numbers of two offices would meet: another office has its own home.
    Raises DeskError("circular", path, problems) for a wrong file, DeskError("circular-office") and
    DeskError("file", path, reason); the circular already in force is left as it is.
    """
    try:
        source = file.read_bytes()
        circular = load(source)
    except OSError as e:
        raise DeskError("file", path=str(file), reason=e) from e
    except CircularError as e:
        raise DeskError("circular", path=str(file), problems=e.problems) from e
    if circular.office.code != ctx.circular.office.code:
        raise DeskError("circular-office", path=str(file), office=ctx.circular.office.code)
    with writing(ctx) as session:
        known = (
            session.connection()
            .execute(
                sa.select(CIRCULARS.c.id).where(
                    CIRCULARS.c.circular_id == circular.id,
                    CIRCULARS.c.sha256 == hashlib.sha256(source).hexdigest(),
                )
            )
            .scalar_one_or_none()
        )
        if known == ctx.circular_version_id:
            return ctx
        if known is not None:
            raise DeskError("circular-older", path=str(file))
        version_id = _adopt(session, circular, source, ctx.clock, actor)
    return replace(ctx, circular=circular, circular_version_id=version_id)
