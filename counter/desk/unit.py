"""One use case = one transaction: key, version, rule, rows, number, journal, in this order.

Everything a use case changes goes through `Unit`, which collects the digest of each row it writes and puts
them into the journal event of the same transaction; `verify` compares them with the tables later.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import sqlalchemy as sa

from counter.circular.model import Circular
from counter.desk import approvals, clockguard
from counter.desk.allowed import AT_THE_COUNTER, may, needs_the_counter
from counter.desk.context import DeskContext
from counter.desk.hours import closed, door
from counter.desk.loaded import Loaded, load, versions
from counter.desk.rows import CIRCULARS, STAFF, SUBMISSIONS, Row, add, digest, print_digest
from counter.desk.views import Act, Actor, ApprovalId, SubmissionId
from counter.errors import DeskError
from db import acts, journal
from db.errors import OutcomeUnknown, RecordsError, Stale, Taken

if TYPE_CHECKING:
    from sqlmodel import Session

KEYED = ("finding", "original", "notice", "fee", "paper", "submission")
"""Tables whose rows the journal knows by a digest keyed with the person's secret."""


BY_THE_CLOCK: Final = AT_THE_COUNTER | {Act.SETTLE_FEE}
"""Acts that wait while the clock is doubted."""


class Unit:
    """The open transaction of one use case and what it has written so far."""

    def __init__(self, session: Session, ctx: DeskContext, actor: Actor) -> None:
        self.session = session
        self.conn: sa.Connection = session.connection()
        self.ctx = ctx
        self.actor = actor
        self.now: datetime = ctx.clock.now().astimezone(UTC)
        self._rows: dict[str, str | None] = {}
        self._came = ""
        self.watched = False
        """Whether the clock was looked at in this transaction."""
        self._overrides: list[dict[str, Any]] = []

    def circular(self, loaded: Loaded) -> Circular:
        """Return the circular a submission is judged by."""
        return circular_of(self.conn, self.ctx, loaded.sub["circular_version_id"])

    def override(self, kind: str, ref: str, approved: Sequence[ApprovalId]) -> bool:
        """Use up what a supervisor approved of a kind, and tell whether there was any.

        The next event then names approver and reason. Raises DeskError as `approvals.use`.
        """
        row = approvals.use_any(self, approved, kind=kind, ref=ref)
        if row is not None:
            self._overrides.append({"kind": kind, **approvals.facts(row)})
        return row is not None

    def take(
        self, submission_id: int, version: int | None, act: Act | None, approved: Sequence[ApprovalId] = ()
    ) -> Loaded:
        """Return the submission as the clerk saw it, having made sure that `act` may be done with it now.

        Without `act` the use case has a condition of its own. A supervisor may have approved an act outside
        the hours; what was begun so may be finished that day.

        Raises DeskError("unknown-submission"), DeskError("stale") when someone changed it since,
        DeskError("erased") when the person's data are gone, and
        DeskError("not-allowed", act, status), DeskError("closed", reason, next_opening).
        """
        stored = versions(self.conn, submission_id)
        if stored is None:
            raise DeskError("unknown-submission")
        if version is not None and stored[0] != version:
            raise DeskError("stale")
        loaded = self.ctx.memory.submissions.get(submission_id)
        if loaded is None or (loaded.sub["version"], loaded.entry["version"]) != stored:
            loaded = load(self.conn, submission_id)
            assert loaded is not None
        if not loaded.subject_key:
            raise DeskError("erased")
        circular = self.circular(loaded)
        if act in BY_THE_CLOCK:
            clockguard.require(self)
        if act is not None and not may(act, circular, loaded):
            raise DeskError("not-allowed", act=str(act), status=loaded.sub["status"])
        office, reason = door(self.ctx, circular, loaded, self.now)
        forced = False
        if act is not None and reason and needs_the_counter(act, loaded, self.now):
            forced = self.override("hours", f"submission:{submission_id}", approved)
            if not forced:
                raise closed(reason, office)
        self._came = office.day.isoformat() if office.open or forced else ""
        return loaded

    def change(self, loaded: Loaded, **values: Any) -> Loaded:
        """Change the submission's own row and count its version on. Raises DeskError("stale")."""
        version = loaded.sub["version"]
        values |= {"version": version + 1, "touched_at": self.now}
        if self._came:
            values["came_day"] = self._came
        done = self.conn.execute(
            sa.update(SUBMISSIONS)
            .where(SUBMISSIONS.c.id == loaded.id, SUBMISSIONS.c.version == version)
            .values(values)
        )
        if done.rowcount != 1:
            raise DeskError("stale")
        sub = loaded.sub | values
        self.note(loaded, "submission", sub)
        return replace(loaded, sub=sub)

    def add(self, loaded: Loaded, table: sa.Table, row: Row) -> Row:
        """Insert a row that belongs to a submission."""
        made = add(self.conn, table, row)
        self.note(loaded, table.name, made)
        return made

    def set(self, loaded: Loaded, table: sa.Table, row: Row, **values: Any) -> Row:
        """Change a row that belongs to a submission."""
        self.conn.execute(sa.update(table).where(table.c.id == row["id"]).values(values))
        changed = row | values
        self.note(loaded, table.name, changed)
        return changed

    def drop(self, loaded: Loaded, table: sa.Table, row: Row) -> None:
        """Delete a row that belongs to a submission and has left the desk on no paper."""
        self.conn.execute(sa.delete(table).where(table.c.id == row["id"]))
        self._rows[f"{table.name}:{row['id']}"] = None

    def add_own(self, table: sa.Table, row: Row) -> Row:
        """Insert a row of the office's own, such as a shift, that belongs to no person."""
        made = add(self.conn, table, row)
        self.note_own(table, made)
        return made

    def set_own(self, table: sa.Table, row: Row, **values: Any) -> Row:
        """Change a row of the office's own."""
        self.conn.execute(sa.update(table).where(table.c.id == row["id"]).values(values))
        changed = row | values
        self.note_own(table, changed)
        return changed

    def note_entry(self, entry: Row) -> None:
        """Put the digest of a person's own row into the next journal event."""
        self._rows[f"roster_entry:{entry['id']}"] = digest(entry["subject_key"], entry)

    def note_own(self, table: sa.Table, row: Row) -> None:
        """Put the plain digest of a row without personal data into the next journal event."""
        self._rows[f"{table.name}:{row['id']}"] = journal.row_digest(row)

    def note_print(self, row: Row) -> None:
        """Put the digest of a print that was asked for into the next journal event."""
        self._rows[f"outbox:{row['id']}"] = print_digest(row)

    @property
    def noted(self) -> int:
        """How many digests wait for the next event."""
        return len(self._rows)

    def note(self, loaded: Loaded, table: str, row: Row) -> None:
        """Put a row's digest into the next journal event."""
        self._rows[f"{table}:{row['id']}"] = digest(loaded.subject_key, row)

    def tell(self, kind: str, ref: str, **facts: Any) -> journal.JournalMark:
        """Append the event of what was done; facts are codes, numbers and digests, never personal data.

        `rows` is no fact: under that name stand the digests of what this unit wrote, and no others.
        """
        clockguard.watch(self)
        if "rows" in facts:
            raise TypeError("rows are noted, not told")
        body = {name: value for name, value in facts.items() if value not in ("", None, (), [])}
        if self._overrides:
            body["overrides"] = self._overrides
            self._overrides = []
        if self._rows:
            body["rows"] = self._rows
            self._rows = {}
        return journal.append(
            self.session,
            at=self.now,
            desk=self.ctx.desk,
            actor=self.actor.name,
            role=str(self.actor.role),
            kind=kind,
            ref=ref,
            body=body,
        )


def once(ctx: DeskContext, use_case: str, actor: Actor, key: UUID, work: Callable[[Unit], str]) -> str:
    """Carry out `work` in one transaction, or answer a key that was carried out before.

    `work` returns a reference such as `submission:17`, which the same key gives again ever after. When two
    desks send one key at once, or the answer to a commit was lost, the key tells what really happened.
    Raises DeskError; nothing is written then.
    """
    return carried_out(ctx, use_case, actor, key, work)[0]


def carried_out(
    ctx: DeskContext, use_case: str, actor: Actor, key: UUID, work: Callable[[Unit], str]
) -> tuple[str, bool]:
    """Do as `once` and tell besides whether what `work` just wrote is what was committed."""
    try:
        with writing(ctx) as session:
            done = acts.done(session, str(key))
            if done is not None:
                return done, False
            unit = Unit(session, ctx, actor)
            require_still_here(unit.conn, actor)
            ref = work(unit)
            if unit.conn.dialect.name == "postgresql":
                require_still_here(unit.conn, actor)  # in our turn, in which nobody's account is taken away
            acts.remember(session, str(key), use_case, ref, unit.now)
        return ref, True
    except DeskError:
        answered = None
        with suppress(DeskError), reading(ctx) as session:  # what went wrong first is what counts
            answered = acts.done(session, str(key))
        if answered is None:
            raise
        return answered, False


def require_still_here(conn: sa.Connection, actor: Actor) -> None:
    """Let pass whose account was not taken away meanwhile. Raises DeskError("disabled").

    What is no member of staff, such as the machine's account or the outbox, has no account to lose.
    """
    row = conn.execute(_STANDING, {"who": actor.name}).one_or_none()
    if row is not None and (row.disabled_at is not None or row.role != actor.role):
        raise DeskError("disabled")


_STANDING: Final = sa.select(STAFF.c.role, STAFF.c.disabled_at).where(STAFF.c.name == sa.bindparam("who"))


@contextmanager
def reading(ctx: DeskContext) -> Iterator[Session]:
    """Give a session on one unchanging state of the records. Raises DeskError when they cannot be read."""
    with our_words(), ctx.records.read() as session:
        yield session


@contextmanager
def writing(ctx: DeskContext) -> Iterator[Session]:
    """Give a session whose work is committed as a whole or not at all. Raises DeskError."""
    with our_words(), ctx.records.write() as session:
        yield session


@contextmanager
def our_words() -> Iterator[None]:
    """Turn what the records refuse into refusals of the desk."""
    try:
        yield
    except Stale as e:
        raise DeskError("stale") from e
    except Taken as e:
        raise DeskError("conflict", what=e.facts.get("what", "")) from e
    except OutcomeUnknown as e:
        raise DeskError("outcome-unknown") from e
    except RecordsError as e:
        raise DeskError("records", reason=e.code, detail=e.detail) from e


def circular_of(conn: sa.Connection, ctx: DeskContext, version_id: int) -> Circular:
    """Return a circular by the version a submission was judged by. Raises DeskError as `stored_circular`."""
    if version_id == ctx.circular_version_id:
        return ctx.circular
    known = ctx.memory.circulars.get(version_id)
    if known is None:
        row = conn.execute(
            sa.select(CIRCULARS.c.doc_no, CIRCULARS.c.toml).where(CIRCULARS.c.id == version_id)
        ).one()
        known = ctx.memory.circulars.setdefault(version_id, stored_circular(row.doc_no, row.toml))
    return known


def stored_circular(doc_no: str, toml: str) -> Circular:
    """Return a circular as it was adopted.

    Raises DeskError("circular", path, problems) when this program does not take it any more.
    """
    from counter.circular.loader import load as read_circular
    from counter.circular.problems import CircularError

    try:
        return read_circular(toml.encode())
    except CircularError as e:
        raise DeskError("circular", path=doc_no, problems=e.problems) from e


def ref_of(loaded: Loaded) -> str:
    """Return how the journal and the acts name a submission."""
    return f"submission:{loaded.id}"


def id_of(ref: str) -> SubmissionId:
    """Return the submission a reference names."""
    return SubmissionId(int(ref.partition(":")[2]))


def blind(ctx: DeskContext, text: str) -> str:
    """Return a short mark of a refused text that tells repeats apart until the desk is closed.

    Keyed, because whoever has the roster could try its names and numbers on a bare hash.
    """
    return hmac.new(ctx.memory.salt, text.encode(), hashlib.sha256).hexdigest()[:6]
