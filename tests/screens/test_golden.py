"""Every main screen as it was agreed: plain text, at both sizes, in both languages.

`COUNTER_TEST_GOLDEN=write pytest tests/screens/test_golden.py` writes what they show now; read the diff.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Final

import pytest
from rich.cells import cell_len

from tests.screens.scenes import SCENES

GOLDEN: Final = Path(__file__).parent / "golden"

MAIN: Final = (
    "desk",
    "submission",
    "accept",
    "correction",
    "search",
    "stop",
    "stop-closed",
    "walk-up",
    "help",
)
"""What is also held in the other language and size; the rest once."""

LARGE: Final = (
    "sign-in", "locked", "step-up", "void", "close", "close-counted", "closed", "shift", "staff", "staff-add",
    "own-password",
)  # fmt: skip
"""What is also held in the other size: people and money."""

CASES: Final = (
    pytest.param("zh", "80x24", tuple(SCENES), id="zh-80x24"),
    pytest.param("zh", "120x36", (*MAIN, *LARGE), id="zh-120x36"),
    pytest.param("en", "80x24", MAIN, id="en-80x24"),
    pytest.param("en", "120x36", MAIN, id="en-120x36", marks=pytest.mark.long),
)


def drawn(language: str, size: str, names: tuple[str, ...]) -> dict[str, str]:
    """Return scenes as a fresh process of a language draws them."""
    env = {**os.environ, "COUNTER_LANG": language}
    run = subprocess.run(
        [sys.executable, "-m", "tests.screens.scenes", size, *names],
        env=env,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    shown: dict[str, str] = json.loads(run.stdout)
    return shown


@pytest.mark.parametrize(("language", "size", "names"), CASES)
def test_the_screens_look_as_agreed(language: str, size: str, names: tuple[str, ...]) -> None:
    columns, rows = map(int, size.split("x"))
    shown = drawn(language, size, names)
    different = []
    for name, screen in shown.items():
        lines = screen.split("\n")
        assert len(lines) == rows, name
        assert all(cell_len(line) <= columns for line in lines), name
        assert lines[-2].strip(), f"{name}: the next step is never empty"
        file = GOLDEN / f"{language}-{size}-{name}.txt"
        if os.environ.get("COUNTER_TEST_GOLDEN") == "write":
            GOLDEN.mkdir(exist_ok=True)
            file.write_text(screen + "\n", encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != screen + "\n":
            different.append(f"{file.name}\n{screen}")
    assert not different, "\n\n".join(different)


def test_no_painted_sign_is_of_doubtful_width() -> None:
    doubtful = {
        (file.name, sign)
        for file in GOLDEN.glob("*.txt")
        for sign in file.read_text(encoding="utf-8")
        if unicodedata.east_asian_width(sign) == "A" or 0x2500 <= ord(sign) <= 0x259F
    }
    assert doubtful == set()


def test_english_screens_hold_no_chinese_of_ours() -> None:
    """What is Chinese on an English screen comes from the circular or the roster, never from the bars."""
    for file in GOLDEN.glob("en-*.txt"):
        keys = file.read_text(encoding="utf-8").rstrip("\n").split("\n")[-1]
        assert keys.isascii(), file.name
