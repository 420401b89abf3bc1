"""A killed demo's folder goes at the next demo's start, and nothing else does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from counter import throwaway

HOLD = """
import time
from counter import throwaway
with throwaway.folder() as folder:
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the machine's temporary folder be a test's own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def left(place: Path, name: str = "counter-demo-dead", *, mark: bool = True, age: int = 3600) -> Path:
    """Make what a killed demo leaves behind."""
    folder = place / name
    (folder / "home" / "documents").mkdir(parents=True)
    if mark:
        (folder / throwaway.IN_USE).touch()
    then = folder.stat().st_mtime - age
    os.utime(folder, (then, then))
    return folder


def test_a_folder_goes_with_its_demo(place: Path) -> None:
    with throwaway.folder() as folder:
        (folder / "home").mkdir()
        assert folder.parent == place
    assert list(place.iterdir()) == []


def test_what_a_killed_demo_left_goes_at_the_next_start_and_a_running_one_stays(place: Path) -> None:
    with subprocess.Popen([sys.executable, "-P", "-c", HOLD], stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        folder = Path(demo.stdout.readline().strip())
        os.utime(folder, (0, 0))
        throwaway.sweep()
        assert folder.is_dir()
        demo.send_signal(signal.SIGKILL)
        demo.wait()
    assert folder.is_dir()
    throwaway.sweep()
    assert not folder.exists()


def test_what_may_be_somebody_elses_or_in_the_making_stays(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [
        left(place, "counter-demo-unmarked", mark=False),
        left(place, "counter-demo-new", age=1),
        left(place, "elsewhere"),
    ]
    (place / "counter-demo-link").symlink_to(kept[2])
    (place / "counter-demo-file").touch()
    dead = left(place)
    with monkeypatch.context() as other:
        other.setattr(os, "geteuid", lambda: 54321)
        throwaway.sweep()
    assert dead.is_dir()
    throwaway.sweep()
    assert not dead.exists()
    assert [folder.is_dir() for folder in kept] == [True] * 3
