"""When a backup is due, when the last one is too old, and which copies may go.

Only what happened since the last copy counts: a desk that stood still over a weekend has nothing to save and
nothing to be warned of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

RETRY: Final = timedelta(minutes=5)
"""A try that failed is repeated after this, or after the usual time where that is shorter."""

UNSCHEDULED: Final = timedelta(hours=26)
"""Without a schedule a copy a day is expected; after this a nightly one has been missed."""

_NAME: Final = re.compile(r"desk-(\d{8})-(\d{6})-([0-9a-f]{20})\.db")


@dataclass(frozen=True)
class Keeping:
    """What the office wants of its backups."""

    every: timedelta = timedelta()
    """How long work may go uncopied; zero means that nobody but people and their own programs make copies."""
    kept: int = 40
    """How many of the latest copies stay."""
    days: int = 30
    """Of how many days besides the last copy stays."""
    second: Path | None = None
    """Another folder that gets every copy as well, such as a stick."""


class Copy(NamedTuple):
    """What the name of a copy tells."""

    stamp: str
    """When it was made on the office's clock, as digits that sort by time."""
    head: str
    """20 hex digits of the seal its history ends with."""
    name: str


def copy_named(name: str) -> Copy | None:
    """Read the name of a copy this desk made; None for any other file."""
    found = _NAME.fullmatch(name)
    return Copy(found[1] + found[2], found[3], name) if found else None


def copies(names: Iterable[str]) -> list[Copy]:
    """Return the copies among some file names, the oldest first."""
    return sorted(copy for name in names if (copy := copy_named(name)))


def over(now: datetime, last: datetime | None, wait: timedelta) -> bool:
    """Tell whether a time has passed since `last`; a clock that went backwards puts nothing off."""
    return last is None or not timedelta() <= now - last < wait


def due(
    now: datetime,
    last_try: datetime | None,
    change: datetime | None,
    keeping: Keeping,
    *,
    failed: bool = False,
) -> bool:
    """Tell whether a copy is to be made now.

    `change` is when the oldest thing happened that no copy holds, `last_try` when this desk last tried;
    after a try that failed it tries again sooner.
    """
    if not keeping.every or change is None:
        return False
    return over(now, last_try, min(RETRY, keeping.every) if failed else keeping.every)


def stale(now: datetime, change: datetime | None, keeping: Keeping) -> bool:
    """Tell whether something has gone without a copy for too long: twice the time between two copies."""
    allowed = 2 * keeping.every if keeping.every else UNSCHEDULED
    return change is not None and now - change > allowed


def to_go(names: Iterable[str], keeping: Keeping, *, made: str, today: date) -> tuple[str, ...]:
    """Return the copies that may be deleted now that `made` has been made and checked.

    The latest stay, and of each of the last days the last one; `made` itself stays whatever the clock says,
    and so does every file that is none of our copies.
    """
    there = copies(names)
    stay = {copy.name for copy in there[-max(keeping.kept, 1) :]} | {made}
    since = f"{today - timedelta(days=keeping.days):%Y%m%d}"
    last_of_day = {copy.stamp[:8]: copy.name for copy in there if copy.stamp[:8] >= since}
    stay |= set(last_of_day.values())
    return tuple(copy.name for copy in there if copy.name not in stay)
