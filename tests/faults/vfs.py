"""Stands between SQLite and the file system, inside the process: sees every write and sync, and can fail one.

SQLite lets a program register a file system of its own (sqlite.org/vfs.html). This one is the machine's with
four calls replaced, made with ctypes from the very library the desk uses, so it needs no compiler, no tracer
and no rights. Without a listener nothing is replaced.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p, cast
from pathlib import Path
from typing import Any, Final, Protocol

import sqlcipher3._sqlite3 as library

OK: Final = 0
IOERR: Final = 10
FULL: Final = 13
IOERR_FSYNC: Final = IOERR | (4 << 8)
IOERR_WRITE: Final = IOERR | (3 << 8)

_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Delete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_Close = CFUNCTYPE(c_int, c_void_p)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)

_CLOSE, _WRITE, _TRUNCATE, _SYNC = 0, 2, 3, 4
"""Places of the replaced calls in `sqlite3_io_methods`."""


class Listener(Protocol):
    """Hears of each call before it is made; an answer other than `OK` is given instead of making it."""

    def wrote(self, path: Path, at: int, data: bytes) -> int:
        """Hear of a write."""
        ...

    def truncated(self, path: Path, size: int) -> int:
        """Hear of a cut."""
        ...

    def synced(self, path: Path) -> int:
        """Hear of a sync."""
        ...

    def opened(self, path: Path) -> None:
        """Hear of a file that is open now."""
        ...

    def deleted(self, path: Path) -> int:
        """Hear of a file that goes."""
        ...


class _Methods(ctypes.Structure):
    _fields_ = (("version", c_int), ("call", c_void_p * 18))


class _Vfs(ctypes.Structure):
    _fields_ = (
        ("version", c_int),
        ("size", c_int),
        ("longest", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("rest", c_void_p * 16),
    )


class _Shim:
    """The file system of this process; made once, for ctypes' functions must outlive every connection."""

    def __init__(self) -> None:
        self.listener: Listener | None = None
        lib = ctypes.CDLL(library.__file__)
        lib.sqlite3_vfs_find.restype = POINTER(_Vfs)
        lib.sqlite3_vfs_find.argtypes = [c_char_p]
        self.machine = lib.sqlite3_vfs_find(None)
        self.vfs = _Vfs()
        ctypes.memmove(ctypes.byref(self.vfs), self.machine, ctypes.sizeof(_Vfs))
        self.vfs.name = b"watched"
        self.vfs.next = None
        self._open = _Open(self.machine.contents.open)
        self._delete = _Delete(self.machine.contents.delete)
        self._keep: list[Any] = [_Open(self._on_open), _Delete(self._on_delete)]
        self.vfs.open = cast(self._keep[0], c_void_p).value
        self.vfs.delete = cast(self._keep[1], c_void_p).value
        self._paths: dict[int, Path] = {}
        self._methods: dict[int, tuple[_Methods, Any, Any, Any, Any]] = {}
        self._of: dict[int, int] = {}
        lib.sqlite3_vfs_register.argtypes = [c_void_p, c_int]
        self._register = lib.sqlite3_vfs_register

    def use(self, listener: Listener | None) -> None:
        """Give new connections the watched file system, or the machine's again."""
        self.listener = listener
        place = cast(self.machine, c_void_p) if listener is None else ctypes.byref(self.vfs)
        self._register(place, 1)

    def _on_open(self, vfs: int, name: int, file: int, flags: int, out: int) -> int:
        code = int(self._open(vfs, name, file, flags, out))
        if code != OK or not name or self.listener is None:
            return code
        path = Path(ctypes.string_at(name).decode())
        slot = cast(file, POINTER(c_void_p))
        original = int(slot[0] or 0)
        if original not in self._methods:
            self._methods[original] = self._replaced(original)
        slot[0] = ctypes.addressof(self._methods[original][0])
        self._paths[file], self._of[file] = path, original
        self.listener.opened(path)
        return code

    def _replaced(self, original: int) -> tuple[_Methods, Any, Any, Any, Any]:
        methods = _Methods()
        ctypes.memmove(ctypes.byref(methods), original, ctypes.sizeof(_Methods))
        close, write = _Close(methods.call[_CLOSE]), _Write(methods.call[_WRITE])
        truncate, sync = _Truncate(methods.call[_TRUNCATE]), _Sync(methods.call[_SYNC])

        def on_close(file: int) -> int:
            self._paths.pop(file, None)
            return int(close(file))

        def on_write(file: int, data: int, size: int, at: int) -> int:
            code = self._ask(file, "wrote", at, ctypes.string_at(data, size))
            return code or int(write(file, data, size, at))

        def on_truncate(file: int, size: int) -> int:
            return self._ask(file, "truncated", size) or int(truncate(file, size))

        def on_sync(file: int, flags: int) -> int:
            return self._ask(file, "synced") or int(sync(file, flags))

        made = (_Close(on_close), _Write(on_write), _Truncate(on_truncate), _Sync(on_sync))
        for place, function in zip((_CLOSE, _WRITE, _TRUNCATE, _SYNC), made, strict=True):
            methods.call[place] = cast(function, c_void_p).value
        self._keep.append((close, write, truncate, sync))
        return (methods, *made)

    def _ask(self, file: int, what: str, *facts: Any) -> int:
        path = self._paths.get(file)
        if path is None or self.listener is None:
            return OK
        return int(getattr(self.listener, what)(path, *facts))

    def _on_delete(self, vfs: int, name: bytes, durable: int) -> int:
        if self.listener is not None and (code := self.listener.deleted(Path(name.decode()))):
            return code
        return int(self._delete(vfs, name, durable))


_shim: list[_Shim] = []


@contextmanager
def watched(listener: Listener) -> Iterator[None]:
    """Let a listener hear of all files that connections opened in this block use."""
    if not _shim:
        _shim.append(_Shim())
    _shim[0].use(listener)
    try:
        yield
    finally:
        _shim[0].use(None)
