"""What holds for every test: a home of its own, nobody's settings, the long runs only on request."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

pytest_plugins = ["tests.fixtures_db"]

BENCH: Final = Path(__file__).parent / "bench"

for _name in [
    name for name in os.environ if name.startswith("COUNTER_") and not name.startswith("COUNTER_TEST_")
]:
    if _name != "COUNTER_PG_BIN":
        del os.environ[_name]
os.environ["TEXTUAL_ANIMATIONS"] = "none"
os.environ.pop("NO_COLOR", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the long tier and the benches, which a plain run leaves out."""
    parser.addoption("--long", action="store_true", help="also run the long tier of faults and fuzzing")
    parser.addoption("--bench", action="store_true", help="also run tests/bench and print its ratios")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the benches alone unless asked: beside other tests they measure the other tests."""
    if not config.getoption("--bench") and collection_path.is_relative_to(BENCH):
        return True
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the long tier unless asked."""
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point COUNTER_HOME at a place of this test's own, which does not exist yet."""
    home = tmp_path_factory.mktemp("own", numbered=True) / "home"
    monkeypatch.setenv("COUNTER_HOME", str(home))
    return home
