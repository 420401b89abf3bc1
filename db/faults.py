"""Turns what the drivers raise into the records' own errors."""

from __future__ import annotations

import errno
import hashlib
import hmac
import sys
from pathlib import Path
from typing import Any, Final, Literal

import sqlalchemy as sa

from db.errors import (
    AppendOnly,
    Broken,
    Busy,
    Damaged,
    DiskFault,
    DiskFull,
    NotADatabase,
    NumberTaken,
    ReadOnly,
    RecordsError,
    Stale,
    Taken,
    Truncated,
    Unreachable,
    WrongKey,
)

APPEND_ONLY_MARK: Final = "append-only"
"""Every trigger that protects a row begins its message with this."""

_NUMBER_RULES: Final = ("serial", "paper.number", "paper_number", "counter.", "pk_counter")

_IOERR: Final = 10

_SQLITE: Final[dict[int, type[RecordsError]]] = {
    5: Busy,
    6: Busy,
    8: ReadOnly,
    10: DiskFault,
    11: Damaged,
    13: DiskFull,
    14: DiskFault,
    26: Damaged,
}
"""SQLite's primary result codes (sqlite.org/rescode.html)."""


def translate(error: BaseException) -> RecordsError | None:
    """Return our error for a driver's or SQLAlchemy's, or None when it is none of the database's."""
    if isinstance(error, RecordsError):
        return error
    if (orm := sys.modules.get("sqlalchemy.orm.exc")) and isinstance(error, orm.StaleDataError):
        return Stale(str(error))
    if isinstance(error, sa.exc.TimeoutError):
        return Busy(str(error))
    if isinstance(error, OSError):
        return _of_system(error)
    if isinstance(error, sa.exc.DBAPIError):
        original = error.orig
        if original is None:
            return None
        if isinstance(original, RecordsError):
            return original
        if getattr(original, "sqlstate", None) is not None or type(original).__module__.startswith("psycopg"):
            return _of_postgres(original)
        return _of_sqlite(original)
    if type(error).__module__.startswith("sqlcipher3"):
        return _of_sqlite(error)
    return None


def _of_system(error: OSError) -> RecordsError | None:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFull(str(error))
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReadOnly(str(error))
    return DiskFault(str(error)) if error.errno == errno.EIO else None


def _of_sqlite(error: BaseException) -> RecordsError:
    text = str(error)
    if text.startswith(APPEND_ONLY_MARK):
        return AppendOnly(text)
    if "UNIQUE constraint failed" in text:
        return _taken(text.partition(": ")[2] or text)
    if "constraint failed" in text or getattr(error, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_TRIGGER":
        return Broken(text)
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF == _IOERR and _no_room():
        return DiskFull(text)
    if code is not None and (kind := _SQLITE.get(code & 0xFF)):
        return kind(text)
    if "locked" in text:
        return Busy(text)
    return Broken(text) if type(error).__name__ == "IntegrityError" else RecordsError(text)


def _no_room() -> bool:
    """Tell whether this process may write no larger files: SQLite calls that a fault of the disk."""
    if sys.platform == "win32":
        return False
    import resource

    return resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY


def _of_postgres(error: Any) -> RecordsError:
    state = error.sqlstate or ""
    text = error.diag.message_primary or str(error)  # the rest quotes values, which may be personal data
    if APPEND_ONLY_MARK in text:
        return AppendOnly(text)
    if state == "23505":
        return _taken(error.diag.constraint_name or text)
    if state[:2] in ("22", "23"):
        return Broken(text, what=error.diag.constraint_name)
    if state in ("40001", "40P01", "55P03", "57014", "53300"):
        return Busy(text)
    if state == "25006":
        return ReadOnly(text)
    if state in ("53100", "53200"):
        return DiskFull(text)
    if state[:2] in ("08", "57") or (not state and type(error).__name__ == "OperationalError"):
        return Unreachable(text)
    return RecordsError(text)


def _taken(what: str) -> Taken:
    number = any(rule in what for rule in _NUMBER_RULES)
    return NumberTaken(what, what=what) if number else Taken(what, what=what)


_PAGE: Final = 4096
_RESERVE: Final = 80
"""SQLCipher 4: each page ends in a 16-byte IV and a 64-byte HMAC-SHA512."""


def sealed_pages(path: Path, key_hex: str, most: int | None = None) -> tuple[int, int]:
    """Count the pages that carry a seal made with this key, and those that do not.

    The seal is HMAC-SHA512 over ciphertext, IV and page number, its key PBKDF2-SHA512 of the raw key over the
    file's salt xor 0x3a in two rounds (SQLCipher 4 design). What is left of a page at the end is not counted.
    """
    good = bad = 0
    with path.open("rb") as file:
        page = file.read(_PAGE)
        seal_key = _seal_key(page, key_hex)
        while len(page) == _PAGE and good + bad != most:
            if _sealed(page, good + bad + 1, seal_key):
                good += 1
            else:
                bad += 1
            page = file.read(_PAGE)
    return good, bad


def wal_fits(path: Path, wal: Path, key_hex: str, frames: int = 8) -> bool:
    """Say whether the first frames of a WAL carry this file's seal; an empty one, or none, fits.

    SQLite takes any WAL that is whole in itself for its file's own, and folds it in page by page. Where it is
    not whole, as after a power cut, SQLite itself stops reading it, and nobody was told of what comes there.
    """
    try:
        with path.open("rb") as file, wal.open("rb") as log:
            page, header = file.read(_PAGE), log.read(32)
            if len(page) < _PAGE or len(header) < 32:
                return True
            seal_key = _seal_key(page, key_hex)
            before = header[24:32]
            for _ in range(frames):
                head, page = log.read(24), log.read(_PAGE)
                if len(page) < _PAGE or head[8:16] != header[16:24]:  # left over from before the last reset
                    return True
                if not _sealed(page, int.from_bytes(head[:4], "big"), seal_key):
                    return not _whole(head, page, before, header)
                before = head[16:24]
    except FileNotFoundError:
        return True
    return True


def _whole(head: bytes, page: bytes, before: bytes, header: bytes) -> bool:
    """Say whether a frame's sum is right (sqlite.org/fileformat2.html, 4.2); `before` is the one ahead."""
    order: Literal["big", "little"] = "big" if header[3] & 1 else "little"
    first, second = (int.from_bytes(before[n : n + 4], "big") for n in (0, 4))
    data = head[:8] + page
    for at in range(0, len(data), 8):
        first = (first + int.from_bytes(data[at : at + 4], order) + second) & 0xFFFFFFFF
        second = (second + int.from_bytes(data[at + 4 : at + 8], order) + first) & 0xFFFFFFFF
    return head[16:24] == first.to_bytes(4, "big") + second.to_bytes(4, "big")


def _seal_key(first_page: bytes, key_hex: str) -> bytes:
    salt = bytes(b ^ 0x3A for b in first_page[:16])
    return hashlib.pbkdf2_hmac("sha512", bytes.fromhex(key_hex), salt, 2, 32)


def _sealed(page: bytes, number: int, seal_key: bytes) -> bool:
    body = page[16 if number == 1 else 0 : _PAGE - _RESERVE + 16]
    seal = hmac.digest(seal_key, body + number.to_bytes(4, "little"), "sha512")
    return hmac.compare_digest(seal, page[_PAGE - 64 :])


def key_fits(path: Path, key_hex: str, pages: int = 16) -> bool:
    """Say whether any of the first pages carries a seal made with this key.

    SQLCipher answers a wrong key and a broken first page with the same words; the clerk needs to know which.
    """
    return sealed_pages(path, key_hex, pages)[0] > 0


def why_unreadable(path: Path, key_hex: str) -> RecordsError:
    """Tell a wrong key from a damaged file, from one cut off, and from something that never was our database.

    Where every page that is there is sealed and the database still ends too early, something is missing.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        page = file.read(_PAGE)
    if page.startswith(b"SQLite format 3\x00") or size < _PAGE:
        return NotADatabase(str(path), path=path)
    if key_fits(path, key_hex):
        whole = size % _PAGE == 0 and sealed_pages(path, key_hex)[1] > 0
        return Damaged(str(path), path=path) if whole else Truncated(str(path), path=path)
    if size % 512 or len(set(page)) < 200:  # ciphertext uses nearly all 256 byte values
        return NotADatabase(str(path), path=path)
    return WrongKey(str(path), path=path)
