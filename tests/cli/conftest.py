"""A home on which a morning's work was done, and the command line run on it as a script would."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from counter.clock import FixedClock
from counter.desk.office import first_run, open_desk
from counter.desk.papers import drain
from tests.builders import PASSWORD, Office, shanghai

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., subprocess.CompletedProcess[str]]


@dataclass(frozen=True)
class Morning:
    """A demo home and what was done in it."""

    home: Path
    accepted: str
    """Number of the receipt of 单雄, accepted with its fee."""
    corrected: str
    """Number of the correction notice of 吕一."""


@functools.cache
def zygote() -> subprocess.Popen[str]:
    """Start the process that forks one child a command; it ends with this process, whose pipe it reads."""
    line = [sys.executable, "-P", str(Path(__file__).with_name("zygote.py"))]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True, bufsize=1
    )


def counter(
    home: Path, *words: str, given: str | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run one command on a home, in English unless `COUNTER_LANG` says otherwise; `given` is on its stdin."""
    settings = os.environ | {"COUNTER_HOME": str(home), "COUNTER_LANG": "en"} | env
    forks = zygote()
    assert forks.stdin is not None
    assert forks.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        source = Path(os.devnull)
        if given is not None:
            source = Path(folder) / "in"
            source.write_text(given, encoding="utf-8")
        asked = {"words": words, "env": settings, "out": str(out), "err": str(err), "given": str(source)}
        forks.stdin.write(json.dumps(asked) + "\n")
        code = int(forks.stdout.readline())
        return subprocess.CompletedProcess(words, code, out.read_text("utf-8"), err.read_text("utf-8"))


def init(home: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Make a home whose first supervisor is `sun`."""
    who = ("--login", "sun", "--name", "孙一", "--password-stdin")
    return counter(home, "init", *who, given=f"{PASSWORD}\n", **env)


def asking(home: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run one command as `sun`."""
    return counter(home, *words, "--as", "sun", "--password-stdin", given=f"{PASSWORD}\n", **env)


def fresh(home: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run one command in a Python of its own, for what depends on how that starts."""
    line = [sys.executable, "-P", "-m", "counter", *words]
    settings = os.environ | {"COUNTER_HOME": str(home), "COUNTER_LANG": "en"} | env
    return subprocess.run(
        line, env=settings, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=60
    )


@pytest.fixture(scope="session")
def kept_morning(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """Do the morning once: one accepted, one sent back, one half way, one who has not come, one hostile."""
    home = tmp_path_factory.mktemp("morning") / "home"
    clock = FixedClock(shanghai("2024-08-12T09:05"))
    first_run(home, clock=clock, demo=True)
    ctx = open_desk(home, clock=clock)
    office = Office(ctx, clock)
    accepted = office.accepted("单雄")
    corrected = office.correct(office.faulty("吕一"))
    office.tick(office.opened("张三"), "A3-03")
    office.person("张三")
    office.person("李\x1b[2J\x07四\x9b31m", employer="[red]某厂[/]\u202e")
    drain(ctx)
    ctx.records.close()
    notice = next(paper.number for paper in corrected.papers if paper.kind == 2)
    return Morning(home, accepted.number, notice)


@pytest.fixture
def morning(kept_morning: Morning, tmp_path: Path) -> Morning:
    """Give a copy of the morning that a test may change."""
    home = tmp_path / "home"
    shutil.copytree(kept_morning.home, home)
    return Morning(home, kept_morning.accepted, kept_morning.corrected)


@pytest.fixture
def run(morning: Morning) -> Run:
    """Run commands on the copied morning."""

    def on_home(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return counter(morning.home, *words, **env)

    return on_home
