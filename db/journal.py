"""The journal: who did what when, each event sealed to the one before.

An event is the JSON array `[seq, ts_utc, tz, desk, actor, role, kind, ref, body]` in one fixed spelling
(UTF-8, NFC, sorted keys, no blanks, no floats); its seal is SHA-256 over `J1`, NUL, the seal before and
those bytes. The exact bytes are stored and verification never spells them again, so the seals are the same
on every database, machine and Python. The seal before the first event is made of the office's code and the
installation's UUID, so no two installations share a chain.

A chain alone shows careless changes only. Whoever can rewrite the whole file can rewrite the chain; the
seals printed on papers and day sheets are what such a rewrite cannot reach.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, Union

import sqlalchemy as sa

from db.core import JOURNAL, META, META_INSTALL, META_OFFICE
from db.errors import JournalNotStarted
from db.spelling import SPELLER, fields_of
from db.turn import take_turn

if TYPE_CHECKING:
    from sqlmodel import Session

Json: TypeAlias = Union[bool, int, str, "list[Json]", "tuple[Json, ...]", "Mapping[str, Json]", None]

TZ: Final = "+08:00"
"""The office's offset, stored beside the UTC time so that an event tells local time by itself."""

STARTED: Final = "journal.started"
"""Kind of every journal's first event."""

_SEAL: Final = b"J1\0"
_ROW: Final = b"R1\0"
_PAGE: Final = 2000


@dataclass(frozen=True)
class JournalMark:
    """One event's place and seal: enough to prove later that the journal up to it is unchanged."""

    seq: int
    hash: bytes

    @property
    def hex(self) -> str:
        """The whole seal, 64 hex digits."""
        return self.hash.hex()

    @property
    def short(self) -> str:
        """The first 20 hex digits, for papers; fewer could be forged by trying."""
        return self.hash.hex()[:20]


@dataclass(frozen=True)
class Anchor:
    """An event's place and the first digits of its seal, as a paper or a file's name shows them."""

    seq: int
    hex: str
    """20 to 64 hex digits, lower case."""

    def fits(self, seal: bytes) -> bool:
        """Tell whether a seal begins with these digits."""
        return seal.hex().startswith(self.hex)


_ANCHOR: Final = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{20}|[0-9a-f]{64})")


def anchor(text: str) -> Anchor:
    """Read `SEQ:HEX` with 20 or 64 hex digits; raises `ValueError` for anything else."""
    found = _ANCHOR.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError(text)
    return Anchor(int(found[1]), found[2])


@dataclass(frozen=True)
class VerifyReport:
    """What verification found; `first_bad_seq` and `why` are set exactly when `ok` is false."""

    ok: bool
    count: int
    """Events checked."""
    head: JournalMark | None
    """The last good event."""
    first_bad_seq: int | None = None
    why: str = ""
    """Stable code: see `verify`."""


def canonical(value: Json) -> bytes:
    """Spell a value the one way the journal spells it.

    Text and keys become NFC. Raises `TypeError` for floats and other types, `ValueError` for two keys that
    become one and for text that UTF-8 cannot hold.
    """
    return SPELLER.encode(_plain(value)).encode("utf-8")


def _plain(value: object) -> object:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, Mapping):
        out: dict[str, object] = {}
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key must be text, not {type(key).__name__}")
            name = unicodedata.normalize("NFC", key)
            if name in out:
                raise ValueError(f"two keys are the same in NFC: {name!r}")
            out[name] = _plain(item)
        return out
    raise TypeError(f"{type(value).__name__} has no place in the journal")


def utc_text(at: datetime) -> str:
    """Spell an aware instant as `2024-08-12T01:05:00.000000Z`; raises `ValueError` for a naive one."""
    if at.utcoffset() is None:
        raise ValueError("a time without a zone")
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def genesis(office: str, install: str) -> bytes:
    """Return what stands before the first event of an installation."""
    return hashlib.sha256(canonical([office, install])).digest()


def seal(prev: bytes, event: bytes) -> bytes:
    """Return the seal of an event after the one with seal `prev`."""
    return hashlib.sha256(_SEAL + prev + event).digest()


def commitment(subject_key: bytes, canonical_data: bytes) -> str:
    """Return the name under which a person stands in the journal: HMAC-SHA256, 64 hex digits.

    A plain hash of an identity number can be guessed; without the 32-byte key this cannot, and once the key
    is erased nobody can tell whom the event was about.
    """
    if len(subject_key) != 32:
        raise ValueError("a subject key has 32 bytes")
    return hmac.new(subject_key, canonical_data, hashlib.sha256).hexdigest()


def row_digest(row: Mapping[str, object]) -> str:
    """Return the digest of a table's row for an event's body, 64 hex digits.

    Instants are spelt in UTC, dates as ISO, bytes in hex; column order does not matter. An edit of the
    table later no longer matches what the journal says.
    """
    plain: dict[str, Json] = {name: _column(value) for name, value in row.items()}
    return hashlib.sha256(_ROW + canonical(plain)).hexdigest()


def _column(value: object) -> Json:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"{type(value).__name__} in a row")


def start(
    session: Session,
    *,
    office: str,
    install: str,
    at: datetime,
    desk: int,
    actor: str,
    role: str,
    circular: str,
) -> JournalMark:
    """Write who we are into `meta` and the first event; `circular` names the version adopted.

    Once in an installation's life: a second time is refused (`Taken`).
    """
    take_turn(session)
    who = [{"key": META_OFFICE, "value": office}, {"key": META_INSTALL, "value": install}]
    session.connection().execute(sa.insert(META), who)
    body: Json = {"circular": circular, "desk": desk, "install": install, "office": office}
    return _write(session, 1, genesis(office, install), at, desk, actor, role, STARTED, "", body)


def append(
    session: Session,
    *,
    at: datetime,
    desk: int,
    actor: str,
    role: str,
    kind: str,
    ref: str = "",
    body: Json = None,
) -> JournalMark:
    """Add one event in the act's own transaction and return its mark, to be printed on the paper.

    `at` is aware UTC; `body` holds no personal data, only codes, numbers, `commitment` and `row_digest`.
    Raises `JournalNotStarted`, `TypeError` and `ValueError` as `canonical`.
    """
    take_turn(session)
    last = head(session)
    if last is None:
        raise JournalNotStarted()
    return _write(session, last.seq + 1, last.hash, at, desk, actor, role, kind, ref, body)


_SEAL_AT: Final = sa.text("SELECT hash FROM journal WHERE seq = :seq")
_HEAD: Final = sa.text("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")


def _write(
    session: Session,
    seq: int,
    prev: bytes,
    at: datetime,
    desk: int,
    actor: str,
    role: str,
    kind: str,
    ref: str,
    body: Json,
) -> JournalMark:
    kind, ref = unicodedata.normalize("NFC", kind), unicodedata.normalize("NFC", ref)
    event = canonical([seq, utc_text(at), TZ, desk, actor, role, kind, ref, body])
    mark = JournalMark(seq, seal(prev, event))
    row = {"seq": seq, "at": at, "kind": kind, "ref": ref, "event": event, "prev": prev, "hash": mark.hash}
    session.connection().execute(sa.insert(JOURNAL), row)
    return mark


def head(session: Session) -> JournalMark | None:
    """Return the last event's mark, None for a journal that has not begun."""
    row = session.connection().execute(_HEAD).first()
    return None if row is None else JournalMark(row.seq, bytes(row.hash))


def mark_at(session: Session, seq: int) -> JournalMark | None:
    """Return the mark of the event of a number, None when there is none."""
    stored = _seal_at(session, seq)
    return None if stored is None else JournalMark(seq, stored)


def holds(session: Session, mark: JournalMark) -> bool:
    """Say whether the event of a mark stands in the journal as it stood then; one look-up, no chain."""
    return _seal_at(session, mark.seq) == mark.hash


def _seal_at(session: Session, seq: int) -> bytes | None:
    stored = session.connection().execute(_SEAL_AT, {"seq": seq}).scalar()
    return None if stored is None else bytes(stored)


def verify(
    session: Session,
    *,
    since: JournalMark | None = None,
    expected: JournalMark | None = None,
    anchors: Sequence[Anchor] = (),
    hear: Hear | None = None,
) -> VerifyReport:
    """Check every event, or those after a mark known to be good, in bounded memory.

    `hear` is told each event that is good, so that nobody who needs their words has to read them again.

    `expected` is a mark the journal must still hold, from a paper, a day sheet or a backup's name: it shows
    a cut tail and a rewritten history, which the chain by itself cannot. `anchors` are more of them, shorter.
    `why` is `gap` (a number is missing, doubled or out of order), `link` (does not follow the event
    before), `seal` (bytes do not match the seal), `columns` (the table's copy of time, kind or reference
    differs from the event), `event` (not an event), `empty` (no journal), `mark` (the mark given does not
    stand in the journal), `tail` (the journal ends before the mark).
    """
    connection = session.connection()
    if since is None:
        who = {row.key: row.value for row in connection.execute(sa.select(META.c.key, META.c.value))}
        if META_OFFICE not in who or META_INSTALL not in who:
            return VerifyReport(False, 0, None, 1, "empty")
        before = JournalMark(0, genesis(who[META_OFFICE], who[META_INSTALL]))
    else:
        for mark in _wanted(since, anchors, expected):
            if mark.seq > since.seq:
                continue
            stored = _seal_at(session, mark.seq)
            if stored is None or not mark.fits(stored):
                return VerifyReport(False, 0, None, mark.seq, "tail" if stored is None else "mark")
        before = since
    report = verify_events(
        _stored(connection, before.seq), before, expected=expected, anchors=anchors, hear=hear
    )
    if since is None and report.ok and report.count == 0:
        return VerifyReport(False, 0, None, 1, "empty")
    return report


_AFTER: Final = "SELECT seq, at, kind, ref, event, prev, hash FROM journal WHERE seq > {:d} ORDER BY seq"


def _stored(connection: sa.Connection, seq: int) -> Iterator[Row]:
    """Give the rows after an event, past the types of the columns: they cost as much as all the hashing."""
    spell = _sqlite_time if connection.dialect.name == "sqlite" else utc_text
    result = connection.execution_options(yield_per=_PAGE).exec_driver_sql(_AFTER.format(seq))
    try:
        while page := result.fetchmany(_PAGE):
            for number, at, kind, ref, event, prev, seal_ in page:
                yield number, spell(at), kind, ref, event, prev, seal_
    finally:
        result.close()


_SQLITE_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}")


def _sqlite_time(text: str) -> str:
    """Spell an instant as it lies in SQLite the way events do; raises `ValueError` for what is none."""
    if _SQLITE_TIME.fullmatch(text) is None:
        raise ValueError(text)
    datetime.fromisoformat(text)
    return f"{text[:10]}T{text[11:]}Z"


class Event(NamedTuple):
    """One row of the journal as stored."""

    seq: int
    at: str
    """As `utc_text` spells it."""
    kind: str
    ref: str
    event: bytes
    prev: bytes
    hash: bytes


Row: TypeAlias = tuple[int, str, str, str, bytes, bytes, bytes]
"""An event without the names, which a million of them have no time for."""

Hear: TypeAlias = Callable[[Sequence[Any]], None]
"""Takes the nine fields of an event."""


def verify_events(
    rows: Iterable[Row],
    before: JournalMark,
    *,
    expected: JournalMark | None = None,
    anchors: Sequence[Anchor] = (),
    hear: Hear | None = None,
) -> VerifyReport:
    """Check events in their order after the mark `before`; see `verify` for `hear` and the words of `why`."""
    seq, seal_before, count = before.seq, before.hash, 0
    wanted: dict[int, list[Anchor]] = {}
    for mark in _wanted(None, anchors, expected):
        wanted.setdefault(mark.seq, []).append(mark)
    for number, at, kind, ref, event, prev, seal_ in rows:
        why, fields = read_event(number, prev, event, seal_, seq, seal_before)
        if not why and (fields[6], fields[7], fields[1]) != (kind, ref, at):
            why = "columns"
        if not why and number in wanted and not all(mark.fits(seal_) for mark in wanted[number]):
            why = "mark"
        if why:
            bad = min(number, seq + 1) if why == "gap" else number
            return VerifyReport(False, count, JournalMark(seq, seal_before) if seq else None, bad, why)
        seq, seal_before, count = number, seal_, count + 1
        if hear is not None:
            hear(fields)
    reached = JournalMark(seq, seal_before) if seq else None
    if any(mark > seq for mark in wanted):
        return VerifyReport(False, count, reached, seq + 1, "tail")
    return VerifyReport(True, count, reached)


def _wanted(
    since: JournalMark | None, anchors: Sequence[Anchor], expected: JournalMark | None
) -> list[Anchor]:
    return [*(Anchor(mark.seq, mark.hex) for mark in (since, expected) if mark is not None), *anchors]


def read_event(
    seq: int, prev: bytes, event: bytes, seal: bytes, seq_before: int, seal_before: bytes
) -> tuple[str, Sequence[Any]]:
    """Return what is wrong with one event after another, see `verify`, or nothing and its nine fields."""
    if seq != seq_before + 1:
        return "gap", ()
    if prev != seal_before:
        return "link", ()
    if hashlib.sha256(_SEAL + prev + event).digest() != seal:
        return "seal", ()
    fields = fields_of(event)
    if fields is None:
        return "event", ()
    right = fields[0] == seq and (seq == 1) == (fields[6] == STARTED)
    return ("", fields) if right else ("event", ())
