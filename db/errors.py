"""What the records can refuse or fail with, one class each, so that the desk can say each in its own words.

Every class has a stable `code`; `facts` carry paths, names and versions, never personal data. Importing this
module loads no database library.
"""

from __future__ import annotations

from typing import ClassVar


class RecordsError(Exception):
    """Anything the records refuse or fail with."""

    code: ClassVar[str] = "records_failed"

    def __init__(self, detail: str = "", **facts: object) -> None:
        super().__init__(detail or self.code)
        self.detail = detail
        self.facts = facts


class KeyMissing(RecordsError):
    """A database file needs its key (64 hex digits) and none, or no such thing, was given."""

    code = "key_missing"


class WrongKey(RecordsError):
    """The file is an encrypted database, but not under this key."""

    code = "wrong_key"


class NotADatabase(RecordsError):
    """The file holds something else: text, a plain SQLite file, a piece of a file."""

    code = "not_a_database"


class Truncated(RecordsError):
    """The file ends before the database does: half a copy, or cut off later."""

    code = "truncated"


class Damaged(RecordsError):
    """The key fits, but pages of the file are broken: restore a backup."""

    code = "damaged"


class NewerSchema(RecordsError):
    """A newer version of the program has written this database."""

    code = "newer_schema"


class OlderSchema(RecordsError):
    """The database has to be migrated before it can be used."""

    code = "older_schema"


class UnsafeSqlite(RecordsError):
    """The SQLite library is one of those that can corrupt a WAL database."""

    code = "unsafe_sqlite"


class UnsafeSetting(RecordsError):
    """The connection did not take a setting that durability rests on."""

    code = "unsafe_setting"


class NetworkDisk(RecordsError):
    """The file would lie on a network file system, where WAL is not safe."""

    code = "network_disk"


class Busy(RecordsError):
    """Others held the database longer than we wait; nothing was written, trying again is right."""

    code = "busy"


class Stale(RecordsError):
    """The row was changed by someone else since it was read."""

    code = "stale"


class Taken(RecordsError):
    """A uniqueness rule of the database refused the row; `facts['what']` names the columns or the index."""

    code = "taken"


class NumberTaken(Taken):
    """A paper or serial number would have been given twice."""

    code = "number_taken"


class Broken(RecordsError):
    """A CHECK, NOT NULL or foreign key rule refused the row: a mistake in the program."""

    code = "constraint"


class AppendOnly(RecordsError):
    """Someone tried to change or delete what is only ever added to."""

    code = "append_only"


class ReadOnly(RecordsError):
    """The file, its directory or this unit of work allows no writing."""

    code = "read_only"


class DiskFull(RecordsError):
    """The disk is full; nothing was written."""

    code = "disk_full"


class DiskFault(RecordsError):
    """The operating system could not read or write the file."""

    code = "disk_fault"


class Unreachable(RecordsError):
    """The database server does not answer; nothing was written."""

    code = "unreachable"


class OutcomeUnknown(RecordsError):
    """The connection broke during COMMIT: ask for the idempotency key on a new connection."""

    code = "outcome_unknown"


class JournalNotStarted(RecordsError):
    """The journal has no first row yet."""

    code = "journal_not_started"


class StrangeWal(RecordsError):
    """The WAL beside the file is another database's; opening would fold it in."""

    code = "strange_wal"


class InUse(RecordsError):
    """Another process has the records open."""

    code = "in_use"


class BackupElsewhere(RecordsError):
    """A PostgreSQL database is backed up by its server's own tools, not into a file by the desk."""

    code = "backup_by_server"


class BackupExists(RecordsError):
    """There is a file of that name; backups never overwrite."""

    code = "backup_exists"


class BackupBad(RecordsError):
    """The copy did not pass its check after reopening and was thrown away."""

    code = "backup_bad"
