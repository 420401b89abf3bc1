"""The arrows of the design hold, in the source and at run time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def modules_after(code: str) -> set[str]:
    """Return the top-level modules a fresh process holds after running the code."""
    ask = f"{code}\nimport sys; print('\\n'.join(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    line = [sys.executable, "-P", "-c", ask]
    return set(subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines())


def test_the_import_contracts_hold() -> None:
    line = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    said = subprocess.run(line, cwd=ROOT, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout


@pytest.mark.parametrize(
    ("code", "strangers"),
    [
        (
            "import counter.cli",
            {"textual", "rich", "sqlmodel", "sqlalchemy", "openpyxl", "typst", "pydantic"},
        ),
        ("import counter.home, counter.config, counter.words", {"textual", "msgspec", "sqlmodel"}),
        ("import counter.app", {"sqlmodel", "sqlalchemy", "openpyxl", "alembic", "pypinyin", "pydantic"}),
        (
            "import counter.desk.office, counter.desk.verdicts, counter.desk.papers",
            {"sqlmodel", "pydantic", "alembic", "textual", "openpyxl", "pypinyin"},
        ),
    ],
)
def test_what_a_start_does_not_need_is_not_imported(code: str, strangers: set[str]) -> None:
    assert modules_after(code) & strangers == set()


def test_rules_and_circular_bring_neither_records_nor_screen() -> None:
    names = [
        f"{path.relative_to(ROOT).with_suffix('').as_posix().replace('/', '.')}"
        for folder in ("rules", "circular")
        for path in sorted((ROOT / "counter" / folder).glob("*.py"))
        if path.stem != "__init__"
    ]
    strangers = {"textual", "rich", "sqlmodel", "sqlalchemy", "openpyxl", "db", "receipts"}
    assert modules_after(f"import {', '.join(names)}") & strangers == set()


def test_the_desk_paints_before_the_records_are_imported() -> None:
    code = """
import asyncio, sys
from counter.app import CounterApp
from counter.clock import SystemClock
from counter.desk.views import Actor, Role
from counter.errors import DeskError

seen = []
def open_records():
    seen.append((app.screen.is_mounted, bool(app.screen.query("ScanInput")), "sqlalchemy" in sys.modules))
    raise DeskError("stale")

app = CounterApp(
    clock=SystemClock(), actor=Actor("x", Role.CLERK, 1), open_records=open_records
)
async def start():
    async with app.run_test(size=(80, 24)) as pilot:
        while not seen:
            await pilot.pause(0.01)
asyncio.run(start())
assert seen == [(True, True, False)], seen
"""
    said = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert said.returncode == 0, said.stderr
