"""A desk with its records on disk, for every test of the screens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import TELLER, Office, office_at


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    """Give a desk at five past nine on a Monday inside the window, with nobody there yet."""
    made = office_at(tmp_path / "home", clerk=TELLER)
    yield made
    made.ctx.records.close()
