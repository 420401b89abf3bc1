"""The journal as a file of its own: lines of JSON that anybody can check without the records and their key.

The first line says whose journal it is, every further one holds an event with its seal:

    {"format":"counter-journal-1","install":"…","office":"…"}
    {"event":"[1,…]","hash":"…","prev":"…","seq":1}

`event` is the text that was sealed, to the byte. Every line is spelled the one way the journal spells things,
so a file has no second form, and the same journal gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from db.core import JOURNAL, META, META_INSTALL, META_OFFICE
from db.durable import sync_folder
from db.errors import JournalNotStarted
from db.journal import STARTED, Anchor, JournalMark, VerifyReport, canonical, genesis, read_event
from db.spelling import no_number

if TYPE_CHECKING:
    from sqlmodel import Session

FORMAT: Final = "counter-journal-1"

_PAGE: Final = 2000


@dataclass(frozen=True)
class Written:
    """A finished file."""

    path: Path
    count: int
    """Events in it."""
    head: JournalMark
    sha256: str
    same: bool
    """Whether the very same file was there already."""


def lines(session: Session) -> Iterator[bytes]:
    """Give the file line by line, in one unchanging state. Raises `JournalNotStarted`."""
    connection = session.connection()
    who = {row.key: row.value for row in connection.execute(sa.select(META.c.key, META.c.value))}
    if META_OFFICE not in who or META_INSTALL not in who:
        raise JournalNotStarted()
    yield canonical({"format": FORMAT, "install": who[META_INSTALL], "office": who[META_OFFICE]}) + b"\n"
    columns = (JOURNAL.c.seq, JOURNAL.c.event, JOURNAL.c.prev, JOURNAL.c.hash)
    query = sa.select(*columns).order_by(JOURNAL.c.seq)
    for seq, event, prev, seal in connection.execution_options(yield_per=_PAGE).execute(query):
        yield _line(seq, bytes(event).decode(errors="replace"), bytes(prev), bytes(seal)) + b"\n"


def _line(seq: int, event: str, prev: bytes, seal: bytes) -> bytes:
    fields = {"event": event, "hash": seal.hex(), "prev": prev.hex(), "seq": seq}
    return _ENCODER.encode(fields).encode()


_DECODER: Final = json.JSONDecoder(parse_float=no_number, parse_constant=no_number)
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write(session: Session, target: Path) -> Written:
    """Write the file whole or not at all, 0600; into a directory under the name of its last event.

    A file of that name with the same content is left as it is. Raises `FileExistsError` for another one,
    `JournalNotStarted` and OSError.
    """
    into = target.is_dir()
    folder = target if into else target.absolute().parent
    draft = folder / f".{secrets.token_hex(8)}.tmp"
    digest, count, last = hashlib.sha256(), -1, b""
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for line in lines(session):
                file.write(line)
                digest.update(line)
                count, last = count + 1, line
            file.flush()
            os.fsync(file.fileno())
        if count < 1:
            raise JournalNotStarted()
        fields = json.loads(last)
        head = JournalMark(fields["seq"], bytes.fromhex(fields["hash"]))
        final = folder / f"journal-{head.seq}-{head.short}.jsonl" if into else target
        if final.is_symlink() or (final.exists() and not _same(final, digest.hexdigest())):
            raise FileExistsError(str(final))
        same = final.exists()
        os.replace(draft, final)
        sync_folder(folder)
        return Written(final, count, head, digest.hexdigest(), same)
    finally:
        draft.unlink(missing_ok=True)


def _same(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def check(file: Iterable[bytes], anchors: Sequence[Anchor] = ()) -> VerifyReport:
    """Check a file line by line; `why` as `db.journal.verify`, and `header` and `line` for a wrong line.

    `first_bad_seq` counts on from the last good event, whatever a bad line calls itself.
    """
    seq, seal = 0, b""
    office = install = ""
    wanted: dict[int, list[Anchor]] = {}
    for mark in anchors:
        wanted.setdefault(mark.seq, []).append(mark)

    def bad(why: str) -> VerifyReport:
        return VerifyReport(False, seq, JournalMark(seq, seal) if seq else None, seq + 1, why)

    for number, line in enumerate(file):
        fields = _read(line)
        if number == 0:
            if fields is None or list(fields) != ["format", "install", "office"]:
                return bad("header")
            if fields["format"] != FORMAT or not all(isinstance(v, str) for v in fields.values()):
                return bad("header")
            office, install = str(fields["office"]), str(fields["install"])
            seal = genesis(office, install)
            continue
        found = None if fields is None else _event(fields)
        if found is None:
            return bad("line")
        own, prev, event, own_seal = found
        why, told = read_event(own, prev, event, own_seal, seq, seal)
        if not why and told[6] == STARTED:
            body = told[8] if isinstance(told[8], dict) else {}
            why = "" if (body.get("office"), body.get("install")) == (office, install) else "event"
        if not why and not all(mark.fits(own_seal) for mark in wanted.get(own, ())):
            why = "mark"
        if why:
            return bad(why)
        seq, seal = own, own_seal
    if not office and not install:
        return bad("header")
    if seq == 0:
        return bad("empty")
    if any(mark > seq for mark in wanted):
        return bad("tail")
    return VerifyReport(True, seq, JournalMark(seq, seal))


def _read(line: bytes) -> dict[str, object] | None:
    """Return the fields of a line, None unless it is spelled as this program spells it."""
    if not line.endswith(b"\n"):
        return None
    try:
        text = line[:-1].decode()
        fields = _DECODER.decode(text)
        if not isinstance(fields, dict) or _ENCODER.encode(fields) != text:
            return None
        if not unicodedata.is_normalized("NFC", text):
            return None
    except (ValueError, RecursionError):
        return None
    return fields


def _event(fields: dict[str, object]) -> tuple[int, bytes, bytes, bytes] | None:
    if list(fields) != ["event", "hash", "prev", "seq"] or type(fields["seq"]) is not int:
        return None
    texts = [fields[name] for name in ("event", "hash", "prev")]
    if not all(isinstance(text, str) for text in texts):
        return None
    try:
        event = str(texts[0]).encode()
        seal, prev = (bytes.fromhex(str(text)) for text in texts[1:])
    except ValueError:
        return None
    if [len(seal), len(prev)] != [32, 32] or [seal.hex(), prev.hex()] != texts[1:]:
        return None
    return fields["seq"], prev, event, seal
