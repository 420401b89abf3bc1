"""What holds for every test: a home of its own, nobody's settings, the long runs only on request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest
from hypothesis import settings

pytest_plugins = ["tests.fixtures_db", "tests.fixtures_desk"]

HERE: Final = Path(__file__).parent
BENCH: Final = HERE / "bench"

SLOW: Final = (
    "faults",
    "cli",
    "screens/test_areas.py",
    "screens/test_frame.py",
    "screens/test_golden.py",
    "screens/test_hostile.py",
    "screens/test_scans.py",
    "screens/test_submission.py",
    "desk/test_checking.py",
    "desk/test_deciding.py",
    "desk/test_demo.py",
    "desk/test_export.py",
    "desk/test_random_days.py",
    "proof/test_erasure.py",
    "proof/test_every_act.py",
    "test_wheel.py",
)
"""What runs whole programs, kills them, or works whole days: `run.py check` and CI run it, a plain test run
does not, so that somebody new has an answer in a minute."""

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # how long something may take is what tests/bench asks, on a quiet machine

for _name in [
    name for name in os.environ if name.startswith("COUNTER_") and not name.startswith("COUNTER_TEST_")
]:
    if _name != "COUNTER_PG_BIN":
        del os.environ[_name]
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ.pop("NO_COLOR", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the long tier and the benches, which a plain run leaves out."""
    parser.addoption("--slow", action="store_true", help="also run what takes whole programs and days")
    parser.addoption("--long", action="store_true", help="also run the long tier of faults and fuzzing")
    parser.addoption("--report", action="store_true", help="also write the fault bench's results")
    parser.addoption("--bench", action="store_true", help="also run tests/bench and print its ratios")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the benches alone unless asked: beside other tests they measure the other tests."""
    if not config.getoption("--bench") and collection_path.is_relative_to(BENCH):
        return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the slow tests; deselect them and the long tier unless asked for, or named on the command line."""
    for item in items:
        if any(item.path.is_relative_to(HERE / part) for part in SLOW):
            item.add_marker(pytest.mark.slow)
    named = any("test_" in word for word in config.args)
    left_out = [name for name in ("slow", "long") if not config.getoption(f"--{name}")]
    if named and "slow" in left_out:
        left_out.remove("slow")
    out = [item for item in items if any(item.get_closest_marker(name) for name in left_out)]
    config.hook.pytest_deselected(items=out)
    items[:] = [item for item in items if item not in out]


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point COUNTER_HOME at a place of this test's own, which does not exist yet."""
    home = tmp_path_factory.mktemp("own", numbered=True) / "home"
    monkeypatch.setenv("COUNTER_HOME", str(home))
    return home
