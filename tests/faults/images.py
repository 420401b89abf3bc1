"""Records everything that reaches the disk, and says what a disk could hold after the power went away.

What was written and not yet synced may be there wholly, in part or not at all; what was synced is there. A
name given by rename or creation is there once its directory was synced. A log is made once and gives as many
images as there are moments and ways to lose something.
"""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from tests.faults import vfs

MODES: Final = ("none", "all", "prefix", "subset", "torn")
SECTOR: Final = 512
FOLDERS: Final = ("documents", "exports", "backups")

Entry = tuple[Any, ...]
"""`write path at data`, `truncate path size`, `sync path`, `create path`, `rename from to`, `unlink path`,
`folder path` (its names are durable), `say what` (somebody was told)."""


class Recorder:
    """Writes the log of a home while the desk works in this process."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log: list[Entry] = []
        self._now: dict[str, bytearray] = {}
        self._inode: dict[str, int] = {}

    def say(self, what: object) -> None:
        """Note what somebody outside was told."""
        self.look()
        self.log.append(("say", what))

    @contextmanager
    def recording(self) -> Iterator[Recorder]:
        """Record what happens in this block, from a home that is closed and whole."""
        for path in self.home.rglob("*"):
            if path.is_file():
                self._now[self._name(path)] = bytearray(path.read_bytes())
                self._inode[self._name(path)] = path.stat().st_ino
        with vfs.watched(self), self._python():
            yield self
            self.look()

    def _name(self, path: Path) -> str:
        return path.relative_to(self.home).as_posix()

    # what SQLite does

    def opened(self, path: Path) -> None:
        """Hear of a file that is open now."""
        name = self._name(path)
        if name not in self._now:
            self._now[name] = bytearray()
            self._inode[name] = path.stat().st_ino
            self.log.append(("create", name))

    def wrote(self, path: Path, at: int, data: bytes) -> int:
        """Hear of a write."""
        name = self._name(path)
        self.log.append(("write", name, at, data))
        _apply(self._now[name], ("write", at, data))
        return vfs.OK

    def truncated(self, path: Path, size: int) -> int:
        """Hear of a cut."""
        name = self._name(path)
        self.log.append(("truncate", name, size))
        _apply(self._now[name], ("truncate", size))
        return vfs.OK

    def synced(self, path: Path) -> int:
        """Hear of a sync; with a journal's first one SQLite syncs its directory too."""
        self.log.append(("sync", self._name(path)))
        if path.name.endswith(("-wal", "-journal")):
            self.log.append(("folder", self._name(path.parent)))
        return vfs.OK

    def deleted(self, path: Path) -> int:
        """Hear of a file that goes."""
        self._gone(path)
        return vfs.OK

    # what Python does

    @contextmanager
    def _python(self) -> Iterator[None]:
        fsync, replace, link, unlink = os.fsync, os.replace, os.link, os.unlink

        def fsynced(fd: int) -> None:
            fsync(fd)
            self.look()
            found = os.fstat(fd)
            if stat.S_ISDIR(found.st_mode):
                where = Path(os.readlink(f"/proc/self/fd/{fd}"))
                if where.is_relative_to(self.home):
                    self.log.append(("folder", self._name(where)))
                return
            self.log += [("sync", n) for n, inode in self._inode.items() if inode == found.st_ino]

        def replaced(old: Any, new: Any, **how: Any) -> None:
            self.look()
            replace(old, new, **how)
            self._renamed(_at(old, how.get("src_dir_fd")), _at(new, how.get("dst_dir_fd")))

        def linked(old: Any, new: Any, **how: Any) -> None:
            self.look()
            link(old, new, **how)
            self._renamed(_at(old, how.get("src_dir_fd")), _at(new, how.get("dst_dir_fd")), keep=True)

        def unlinked(path: Any, **how: Any) -> None:
            self.look()
            unlink(path, **how)
            self._gone(_at(path, how.get("dir_fd")))

        with (
            patch.object(os, "fsync", fsynced),
            patch.object(os, "replace", replaced),
            patch.object(os, "rename", replaced),
            patch.object(os, "link", linked),
            patch.object(os, "unlink", unlinked),
        ):
            yield

    def _renamed(self, old: Path, new: Path, *, keep: bool = False) -> None:
        if not old.is_relative_to(self.home) or not new.is_relative_to(self.home):
            return
        a, b = self._name(old), self._name(new)
        self.log.append(("link" if keep else "rename", a, b))
        self._now[b], self._inode[b] = self._now[a], self._inode[a]
        if not keep:
            del self._now[a], self._inode[a]

    def _gone(self, path: Path) -> None:
        if path.is_relative_to(self.home) and self._now.pop(self._name(path), None) is not None:
            del self._inode[self._name(path)]
            self.log.append(("unlink", self._name(path)))

    def look(self) -> None:
        """Find what Python wrote since the last look: files that are other than they were."""
        for folder in FOLDERS:
            for path in sorted((self.home / folder).glob("*")) if (self.home / folder).is_dir() else ():
                name, data = self._name(path), path.read_bytes()
                if name not in self._now:
                    self._now[name] = bytearray()
                    self._inode[name] = path.stat().st_ino
                    self.log.append(("create", name))
                if self._now[name] != data:
                    if len(data) < len(self._now[name]) or self._now[name] != data[: len(self._now[name])]:
                        self.log.append(("truncate", name, 0))
                        self._now[name].clear()
                    at = len(self._now[name])
                    self.log.append(("write", name, at, data[at:]))
                    self._now[name][:] = data


def _at(path: Any, folder: int | None) -> Path:
    """Return a path that may be given beside an open directory."""
    return Path(path) if folder is None else Path(os.readlink(f"/proc/self/fd/{folder}")) / path


def _apply(content: bytearray, change: tuple[Any, ...]) -> None:
    if change[0] == "truncate":
        size = change[1]
        if len(content) > size:
            del content[size:]
        else:
            content.extend(bytes(size - len(content)))
        return
    _, at, data = change
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


@dataclass
class Node:
    """One file by whatever name: what surely is on the disk, and what may be."""

    durable: bytearray = field(default_factory=bytearray)
    waiting: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)
    """Number and change, in the order they were made."""


class Disk:
    """The disk at one moment of a log."""

    def __init__(self, start: dict[str, bytes]) -> None:
        self.names = {name: Node(bytearray(data)) for name, data in start.items()}
        self.durable = dict(self.names)
        self.waiting: list[tuple[int, str, dict[str, Node | None]]] = []
        """Number, directory, and what its names become."""
        self.said: list[object] = []
        self.step = 0

    def take(self, entry: Entry) -> None:
        """Do what the log says next."""
        self.step += 1
        what = entry[0]
        if what == "say":
            self.said.append(entry[1])
        elif what in ("write", "truncate"):
            self.names[entry[1]].waiting.append((self.step, (what, *entry[2:])))
        elif what == "sync":
            node = self.names[entry[1]]
            for _, written in node.waiting:
                _apply(node.durable, written)
            node.waiting.clear()
        elif what == "folder":
            mine = [w for w in self.waiting if w[1] == entry[1]]
            for _, _, names in mine:
                _rename(self.durable, names)
            self.waiting = [w for w in self.waiting if w[1] != entry[1]]
        else:
            change: dict[str, Node | None]
            if what == "create":
                change = {entry[1]: Node()}
            elif what == "unlink":
                change = {entry[1]: None}
            elif what == "link":
                change = {entry[2]: self.names[entry[1]]}
            else:
                change = {entry[2]: self.names[entry[1]], entry[1]: None}
            _rename(self.names, change)
            self.waiting.append((self.step, entry[1].rpartition("/")[0] or ".", change))

    @property
    def unsure(self) -> int:
        """How many changes might be there or not."""
        return len(self.waiting) + sum(len(n.waiting) for n in self.names.values())

    def image(self, mode: str, chance: random.Random) -> dict[str, bytes]:
        """Return what a restart finds, in one of the ways of `MODES`."""
        steps = sorted([w[0] for w in self.waiting] + [s for n in self._nodes() for s, _ in n.waiting])
        if mode == "all":
            kept = set(steps)
        elif mode == "none":
            kept = set()
        elif mode == "prefix":
            kept = set(steps[: chance.randint(0, len(steps))])
        else:
            kept = {s for s in steps if chance.random() < 0.5}
        names = dict(self.durable)
        last = max(kept, default=0) if mode in ("all", "prefix") else chance.choice([0, *steps])
        for step, _, change in self.waiting:  # a file system keeps the order of names
            if step > last:
                break
            _rename(names, change)
        torn = chance.choice(steps) if mode == "torn" and steps else None
        return {name: bytes(self._content(node, kept, torn, chance)) for name, node in names.items()}

    def _nodes(self) -> list[Node]:
        nodes = list(self.names.values()) + list(self.durable.values())
        return list({id(n): n for n in nodes}.values())

    def _content(self, node: Node, kept: set[int], torn: int | None, chance: random.Random) -> bytearray:
        content = bytearray(node.durable)
        for step, change in node.waiting:
            if step == torn and change[0] == "write":
                _, at, data = change
                for start in range(0, len(data), SECTOR):
                    if chance.random() < 0.5:
                        _apply(content, ("write", at + start, data[start : start + SECTOR]))
            elif step in kept:
                _apply(content, change)
        return content


def _rename(names: dict[str, Node], change: dict[str, Node | None]) -> None:
    for name, node in change.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


def lay_out(image: dict[str, bytes], home: Path) -> None:
    """Write an image where the desk will find it."""
    for folder in FOLDERS:
        (home / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, data in image.items():
        if not name.endswith("-shm"):  # never on the disk: it is memory
            path = home / name
            path.write_bytes(data)
            path.chmod(0o600)
            if ".tmp" in name:
                os.utime(path, (0, 0))
