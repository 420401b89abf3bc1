"""The ends of the process, on a real pseudo-terminal: the terminal comes back and no person stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.builders import CLERK, TELLER, office_at
from tests.terminal import Terminal

ROOT: Final = Path(__file__).parents[2]

DESK: Final = """
import sys
from pathlib import Path
from tests.builders import TELLER, office_at
from tests.screens.driven import app_on
app = app_on(office_at(Path(sys.argv[1]), clerk=TELLER).ctx)
if len(sys.argv) > 2:
    from counter.screens.desk import DeskScreen
    def broken(self, *_):
        person = "张三 320799198603121232"
        raise RuntimeError(person)
    setattr(DeskScreen, sys.argv[2], broken)
app.run(mouse=False)
sys.exit(app.return_code or 0)
"""
"""A desk on a test's records; the second word names a method of the desk's screen that breaks."""

PERSON: Final = "LYGGX20240000000001"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with one person on the roster."""
    path = tmp_path / "home"
    desk = office_at(path, clerk=TELLER)
    desk.person("张三丰")
    desk.ctx.records.close()
    return path


def desk_on(home: Path, *words: str) -> Terminal:
    """Start a desk."""
    env = {"PYTHONPATH": str(ROOT), "COLORTERM": "truecolor"}
    return Terminal([sys.executable, "-c", DESK, str(home), *words], env=env, cwd=str(ROOT))


def ended(terminal: Terminal, timeout: float = 15.0) -> int:
    """Wait for the end and return the exit code."""
    import time

    until = time.monotonic() + timeout
    while terminal.code is None and time.monotonic() < until:
        terminal.pump(0.05)
        terminal._reap()
    assert terminal.code is not None, "it did not end"
    return terminal.code


def left_behind(terminal: Terminal) -> str:
    """Return what was written after the desk gave the screen back."""
    return bytes(terminal.raw).rpartition(b"\x1b[?1049l")[2].decode("utf-8", "replace")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back_and_loses_nothing(home: Path, number: signal.Signals) -> None:
    with desk_on(home) as terminal:
        terminal.wait("扫描或输入")
        terminal.wait("请下一位")
        os.write(terminal.master, PERSON.encode() + b"\r")
        terminal.wait("张三丰")
        terminal.key("space", "space", "space")
        terminal.wait("已核 3/19")
        os.kill(terminal.pid, number)
        assert ended(terminal) == 143
        assert b"\x1b[?1049l" in terminal.raw
        after = left_behind(terminal)
        assert "张三丰" not in after
        assert "320799" not in after
    desk = office_at(home, clerk=TELLER)
    from counter.desk import submissions, today

    row = today.desk_view(desk.ctx, actor=CLERK).rows[0]
    assert submissions.view(desk.ctx, row.submission_id, actor=CLERK).unjudged == 16
    desk.ctx.records.close()


@pytest.mark.parametrize("method", ["action_down", "reload", "step"])
def test_an_exception_gives_the_terminal_back_and_tells_no_name(home: Path, method: str) -> None:
    with desk_on(home, method) as terminal:
        if method == "action_down":
            terminal.wait("请下一位")
            terminal.key("down")
        assert ended(terminal) == 1
        everything = bytes(terminal.raw).decode("utf-8", "replace")
        assert "320799198603121232" not in everything
        assert "RuntimeError" not in everything
        assert "故障" in left_behind(terminal)


def test_the_desk_paints_before_the_records_are_imported() -> None:
    code = "import counter.app, sys; print([m for m in ('sqlmodel', 'sqlalchemy', 'db') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
