"""The fault bench: every bench in its quick tier, on request in its long one.

`--report` writes what was tried into `tests/faults/results/`, from which `tools/reliability.py` makes the
table of `docs/reliability.md`. Long runs come in parts that are kept, so they go on where they were stopped:
`python -m tests.faults.long --minutes 60`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.benches import BENCHES
from tests.faults.long import run_on
from tests.faults.tally import RESULTS, store


@pytest.mark.parametrize("name", BENCHES)
def test_nothing_is_lost_doubled_missing_or_torn(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tally = BENCHES[name].quick(tmp_path, 1)
    if request.config.getoption("--report"):
        store(tally, "quick")
    tally.hold()


@pytest.mark.long
@pytest.mark.parametrize("name", BENCHES)
def test_nothing_is_lost_doubled_missing_or_torn_however_long_one_tries(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    failures = run_on(name, tmp_path, RESULTS if request.config.getoption("--report") else tmp_path)
    assert not failures, "\n".join(failures[:5])
