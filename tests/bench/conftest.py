"""What benches share: one worked-through demo home, and a line per figure beside its floor."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from counter.desk.demo import DemoReport, make_demo
from tests.terminal import Terminal

Report = Callable[..., None]
"""`report(goal, what, seconds, floor=seconds, bound="≤ 1.5")` prints one line of the table."""

READY: Final = "下一步"
"""Stands on every screen, so its coming is the first whole paint."""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoReport:
    """A demo home, made once; who changes it takes a copy."""
    return make_demo(tmp_path_factory.mktemp("bench") / "home")


@pytest.fixture
def home(demo: DemoReport, tmp_path: Path) -> Path:
    """A demo home of this bench's own."""
    path = tmp_path / "home"
    shutil.copytree(demo.path, path)
    return path


def command(home: Path) -> list[str]:
    """Return the command line that opens the desk of a demo home."""
    return [sys.executable, "-P", "-m", "counter", "--home", str(home), "demo"]


@pytest.fixture
def desk(home: Path) -> Iterator[Terminal]:
    """The desk, open and usable in a terminal of 80x24."""
    with Terminal(command(home)) as terminal:
        terminal.wait(READY, timeout=30)
        terminal.wait("今日", timeout=30)
        terminal.settle(0.3)
        yield terminal


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """Print one line of the bench's table, past pytest's own capture."""

    def line(goal: str, what: str, seconds: float, *, floor: float | None = None, bound: str = "") -> None:
        ratio = f"{seconds / floor:6.2f}x" if floor else "       "
        base = f"{floor * 1000:9.2f} ms" if floor else " " * 12
        with capsys.disabled():
            print(f"{goal:4} {what:52} {seconds * 1000:9.2f} ms {base} {ratio}  {bound}", flush=True)

    return line
