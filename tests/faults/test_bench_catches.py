"""A bench that stays green on a bug proves nothing: each is run with bugs put in, and has to fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.benches import CATCHES
from tests.faults.tally import store_caught

FIRST = dict(reversed(CATCHES))
"""One bug of each bench, for the quick tier; the long one puts in all of them."""

BUGS = [
    pytest.param(bench, bug, id=f"{bench}: {bug}", marks=[pytest.mark.long] if FIRST[bench] != bug else [])
    for bench, bug in CATCHES
]


@pytest.mark.parametrize(("bench", "bug"), BUGS)
def test_the_bench_catches(bench: str, bug: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    tally = CATCHES[bench, bug](tmp_path)
    print(f"{tally.tried} tried: {tally.failures[:1]}")
    assert tally.failures, f"{bench} tried {tally.tried} and does not notice: {bug}"
    if request.config.getoption("--report"):
        store_caught(bench, bug, f"at try {tally.tried}")


def test_at_least_a_dozen_bugs_are_put_in() -> None:
    assert len(CATCHES) >= 12


def test_the_table_is_the_one_of_the_results(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--report"):
        line = [sys.executable, "tools/reliability.py", "--check"]
        assert subprocess.run(line, cwd=Path(__file__).parents[2], check=False).returncode == 0
