"""A file on disk that is whole or not there: written beside its place, synced, then moved in.

The same recipe as for papers; a name is never followed through a symbolic link, and nothing is overwritten
unless that was asked for.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from counter.sheets.errors import SheetError


def write_atomically(path: Path, data: bytes, *, overwrite: bool = False) -> None:
    """Write `data` to `path` so that a crash leaves the old file, the new one or none, never a part.

    The file is 0600 from its first byte. A symbolic link in its place counts as existing, and `overwrite`
    replaces the link, never what it points to. Raises SheetError, all with `path`: exists, bad-name,
    not-a-file, unwritable (problem).
    """
    name = path.name
    if not name or "\0" in name or len(os.fsencode(name)) > 255 or name in (".", ".."):
        raise SheetError("bad-name", path=str(path))
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as e:
        raise SheetError("unwritable", path=str(path), problem=e) from e
    try:
        _refuse_taken(folder, path, overwrite)
        _write_in(folder, path, data, overwrite)
    except OSError as e:
        raise SheetError("unwritable", path=str(path), problem=e) from e
    finally:
        os.close(folder)


def _refuse_taken(folder: int, path: Path, overwrite: bool) -> None:
    try:
        there = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return
    if not overwrite:
        raise SheetError("exists", path=str(path))
    if not (stat.S_ISREG(there.st_mode) or stat.S_ISLNK(there.st_mode)):
        raise SheetError("not-a-file", path=str(path))


def _write_in(folder: int, path: Path, data: bytes, overwrite: bool) -> None:
    part = f".{secrets.token_hex(8)}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(part, flags, 0o600, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            os.replace(part, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        else:
            # A link is refused when the name has been taken in the meantime; a rename would not be.
            try:
                os.link(part, path.name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
            except FileExistsError as e:
                raise SheetError("exists", path=str(path)) from e
            os.unlink(part, dir_fd=folder)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(part, dir_fd=folder)
        raise
    os.fsync(folder)
