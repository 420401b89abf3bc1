"""How long wrong passwords are answered for: the account is locked, the desk is made to wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

TRIES: Final = 5
"""Wrong passwords after which an account is locked."""

LASTS: Final = timedelta(minutes=15)
"""How long it stays locked."""

PATIENCE: Final = 60
"""Seconds a desk waits at most after many wrong tries, whosever account they named."""


class Moment(NamedTuple):
    """A moment by two clocks: the wall's, and one nobody can set, which counts in one run of the machine."""

    at: datetime
    boot: str
    steady: int


def left(locked: Moment, now: Moment) -> timedelta:
    """Return how long a lock still lasts, nothing when it is over.

    Within one run of the machine the steady clock alone counts, so that setting the clock shortens nothing.
    Across runs only the wall clock is left; a lock that seems to lie ahead of now lasts its whole time.
    """
    same = locked.boot == now.boot
    passed = timedelta(seconds=now.steady - locked.steady) if same else now.at - locked.at
    return min(LASTS, max(timedelta(), LASTS - passed))


def wait(wrong: int) -> int:
    """Return the seconds a desk waits after so many wrong tries in a row; one slip of the hand is free."""
    return 0 if wrong < 2 else min(PATIENCE, 1 << min(wrong - 2, 10))
