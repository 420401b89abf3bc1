"""Set the counter desk up beside this file, then run it: `python3 run.py demo`, `python3 run.py test`.

Words: `test [pytest words]` runs the tests, `check [--bench] [--long]` the other gates, anything else is
`counter …`. Standard library only. The first start makes `.venv` from the locked, hashed requirements; a
stamp makes every later start cost one comparison. The lock names no host: pip knows where the wheels are.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this may well have an older one
    sys.exit("The counter desk needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])  # noqa: UP031

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements-dev.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "counter-stamp"
WINDOWS = os.name == "nt"
PY = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
PACKAGES = ("counter", "db", "receipts")
NO_PIP = (
    "Python here has neither ensurepip nor pip: run `apt install python3-venv` (or your system's like) first."
)


def wanted() -> list[str]:
    """Return the stamp of a finished set-up: what the environment is bound to, then what is installed."""
    content = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return [f"{' '.join(sys.version.split())} {ROOT}", content]


def stamped() -> list[str]:
    """Return the stamp as found, empty without one."""
    try:
        return STAMP.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold the set-up lock, which the system frees if we die: a venv cannot be built aside and renamed."""
    with (ROOT / ".venv.lock").open("a") as handle:
        if sys.platform == "win32":
            import msvcrt
            import time

            while True:
                try:
                    msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
                    break
                except OSError:
                    time.sleep(1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def sh(*words: object) -> None:
    """Run one set-up step with its output on stderr; end with one sentence if it fails."""
    import subprocess

    line = [str(word) for word in words]
    if subprocess.run(line, stdout=sys.stderr, cwd=ROOT).returncode:
        sys.exit(
            f"Setting up failed at `{' '.join(line[:6])}`; nothing was started. The lines above say why."
        )


def installer(clear: Sequence[str]) -> list[str]:
    """Make the environment and return the pip for it; Debian's plain python3 has no ensurepip."""
    from importlib.util import find_spec

    try:
        import ensurepip

        ensurepip.version()
        sh(sys.executable, "-m", "venv", *clear, VENV)
        return [str(PY), "-m", "pip"]
    except (ImportError, OSError):
        if find_spec("pip") is None:
            sys.exit(NO_PIP)
        sh(sys.executable, "-m", "venv", "--without-pip", *clear, VENV)
        return [sys.executable, "-m", "pip", "--python", str(PY)]


def set_up() -> None:
    """Bring `.venv` to the locked state, once however many starts ask for it."""
    with alone():
        want, have = wanted(), stamped()
        if have == want:
            return
        sys.stderr.write(f"Setting up the counter desk in {VENV} (once, 1 to 4 minutes) ...\n")
        STAMP.unlink(missing_ok=True)
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        pip = installer(["--clear"] if have and have[0] != want[0] else [])
        install = [
            *pip,
            "install",
            "-q",
            "--no-input",
            "--no-user",
            "--compile",
            "--disable-pip-version-check",
        ]
        sh(*install, "--require-hashes", "-r", LOCK)
        sh(*install, "--no-deps", "--no-build-isolation", "-e", ROOT)
        sh(PY, "-m", "compileall", "-q", *(ROOT / name for name in PACKAGES))
        STAMP.write_text("\n".join(want) + "\n", encoding="utf-8")


def command(words: Sequence[str]) -> list[str]:
    """Return the command line for the words; `-P` keeps a stranger's `db` folder out of the way."""
    if words[:1] == ["test"]:
        # A whole run uses the processors, one worker more than there are because much of it waits for others;
        # a run with words of its own is somebody looking at one thing.
        spread = [] if words[1:] else ["-n", str(min(4, 1 + (os.cpu_count() or 1))), "--dist", "worksteal"]
        return [str(PY), "-P", "-m", "pytest", *spread, *words[1:]]
    if words[:1] == ["check"]:
        return [str(PY), "-P", str(ROOT / "tools" / "check.py"), *words[1:]]
    return [str(PY), "-P", "-m", "counter", *words]


def main() -> None:
    """Set up if needed, then become the command: its exit code and its signals are its own."""
    try:
        if stamped() != wanted():
            set_up()
    except OSError as error:
        sys.exit(f"Setting up in {ROOT} failed: {error}")
    except KeyboardInterrupt:
        sys.exit("Setting up was interrupted; the next start goes on with it.")
    if sys.argv[1:2] in (["test"], ["check"]):
        os.chdir(ROOT)
    line = command(sys.argv[1:])
    if WINDOWS:
        import subprocess

        sys.exit(subprocess.call(line))
    os.execv(line[0], line)


if __name__ == "__main__":
    main()
