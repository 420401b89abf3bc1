"""The home directory: what a desk keeps on this machine, closed to everybody else.

A directory is a home when it holds a `key`. Directories are 0700 and files 0600. A demo home carries a mark
bound to its own key, made only when the home is made, so that neither a copied mark nor a setting can bring
demo time into real records.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from counter.clock import Clock, DemoClock, SystemClock
from counter.errors import DeskError

FOLDERS: Final = ("documents", "exports", "backups", "logs")
"""What a home is divided into."""

_OURS: Final = frozenset({*FOLDERS, "config.toml", "key", "demo"})
_KEY: Final = re.compile(r"[0-9a-f]{64}")


class Home(NamedTuple):
    """An opened home directory."""

    path: Path
    demo: bool
    """Whether the mark of a demo home is there and belongs to this home's key."""

    @property
    def config(self) -> Path:
        """Where the settings are."""
        return self.path / "config.toml"

    @property
    def database(self) -> Path:
        """Where the records are, unless a database URL says otherwise."""
        return self.path / "desk.db"

    @property
    def begun(self) -> Path:
        """Stands once the records have been begun, so that records that vanish are never begun anew."""
        return self.path / "begun"

    @property
    def logs(self) -> Path:
        """Where logs are written."""
        return self.path / "logs"

    def require_records(self) -> None:
        """Refuse a home whose records were there once and are gone: an empty desk must not take their place.

        Raises DeskError `records-gone`.
        """
        gone = not self.database.exists() or self.database.stat().st_size == 0
        if gone and self.begun.exists():
            raise DeskError("records-gone", path=self.database)

    def note_begun(self, install: str = "") -> None:
        """Remember that the records have been begun, and by which installation once that is known."""
        if not self.begun.exists() or (install and not self.install()):
            _write(self.begun, install)

    def install(self) -> str:
        """Return which installation's records belong here, empty when that was not noted."""
        try:
            return self.begun.read_text(encoding="ascii", errors="replace").strip()[:60]
        except OSError:
            return ""

    def key(self) -> str:
        """Return the records' key, 64 hex digits.

        Raises DeskError `key-missing`, `key-readable` or `key-invalid`.
        """
        return read_key(self.path / "key")

    def clock(self, at: datetime | None) -> Clock:
        """Return the clock to work by: the machine's, or one that starts at `at` (aware) in a demo home.

        Raises DeskError `demo-time-refused` for any other home.
        """
        if at is None:
            return SystemClock()
        if not self.demo:
            raise DeskError("demo-time-refused", home=self.path)
        return DemoClock(at)


def home_path(chosen: Path | None, environment: Mapping[str, str]) -> Path:
    """Return where the home is: `--home`, else COUNTER_HOME, else the platform's place for user data."""
    if chosen is not None:
        return chosen.expanduser().absolute()
    if stated := environment.get("COUNTER_HOME"):
        return Path(stated).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("counter-desk", appauthor=False)


def make_private() -> None:
    """Let nobody but the owner read what this process writes from now on."""
    os.umask(0o077)


def create_home(path: Path, *, demo: bool = False) -> Home:
    """Make a home in a directory that is empty or not there, and return it.

    The key comes last, so a making that was interrupted can be repeated.
    Raises DeskError `home-exists`, `home-not-empty`, `key-missing` or `home-not-writable`.
    """
    key = path / "key"
    try:
        found = {entry.name for entry in path.iterdir()} if path.exists() else set()
        if "key" in found:
            raise DeskError("home-exists", home=path)
        if "desk.db" in found:
            raise DeskError("key-missing", path=key)
        if strangers := sorted(name for name in found - _OURS if not name.startswith("key.")):
            raise DeskError("home-not-empty", home=path, found=strangers[0])
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
        for folder in FOLDERS:
            (path / folder).mkdir(mode=0o700, exist_ok=True)
        secret = _random(32)
        if demo:
            _write(path / "demo", _mark(secret))
        else:
            (path / "demo").unlink(missing_ok=True)
        _place_key(key, secret)
    except FileExistsError:
        raise DeskError("home-exists", home=path) from None
    except OSError as error:
        raise DeskError("home-not-writable", path=path, problem=error) from error
    return open_home(path)


def open_home(path: Path) -> Home:
    """Return the home at a path, with its directory closed to others.

    Raises DeskError `home-missing`, `key-missing`, `key-readable`, `key-invalid` or `home-not-writable`.
    """
    key = path / "key"
    if not key.exists():
        if (path / "desk.db").exists():
            raise DeskError("key-missing", path=key)
        raise DeskError("home-missing", home=path)
    secret = read_key(key)
    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o700)
        for folder in FOLDERS:
            (path / folder).mkdir(mode=0o700, exist_ok=True)
        marked = (path / "demo").exists()
        demo = marked and _belongs((path / "demo").read_text(encoding="ascii", errors="replace"), secret)
    except OSError as error:
        raise DeskError("home-not-writable", path=path, problem=error) from error
    return Home(path, demo=demo)


def read_key(path: Path) -> str:
    """Return the key in a file that only its owner can read.

    Raises DeskError `key-missing`, `key-readable` or `key-invalid`.
    """
    try:
        with path.open("rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & 0o077:
                raise DeskError("key-readable", path=path)
            text = file.read(200).decode("ascii", "replace").strip()
    except OSError as error:
        raise DeskError("key-missing", path=path) from error
    if not _KEY.fullmatch(text):
        raise DeskError("key-invalid", path=path)
    return text


def _random(count: int) -> str:
    """Return random bytes in hex; imported here, because most starts need none."""
    import secrets

    return secrets.token_hex(count)


def _belongs(mark: str, secret: str) -> bool:
    """Tell whether a demo home's mark was made for the key beside it."""
    import hmac

    return hmac.compare_digest(mark.strip().encode(), _mark(secret).encode())


def _mark(secret: str) -> str:
    """Return what the mark of a demo home with this key says."""
    import hashlib
    import hmac

    return hmac.new(bytes.fromhex(secret), b"demo home", hashlib.sha256).hexdigest()


def _write(path: Path, text: str) -> None:
    """Write a small file that nobody else can read, down to the disk."""
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii"
    ) as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _place_key(path: Path, secret: str) -> None:
    """Write the key whole or not at all; FileExistsError when another start was first."""
    new = path.with_name(f"key.{_random(4)}")
    _write(new, secret)
    try:
        if os.name == "posix":
            from db.durable import sync_folder

            os.link(new, path)
            sync_folder(path.parent)
        else:
            os.rename(new, path)
    finally:
        new.unlink(missing_ok=True)
