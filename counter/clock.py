"""The one source of time: every "now" in the desk comes from an injected Clock.

Business dates are Asia/Shanghai whatever the machine's zone says; stored instants are aware UTC. What has to
last its time whatever somebody does to the machine's clock counts by `steady`, which nobody can set.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
"""The office's zone; it has one offset all year, so a business date is never ambiguous."""


DEMO_STARTS: Final = datetime(2024, 8, 12, 9, 5, tzinfo=SHANGHAI)
"""Where a demo's clock begins: a Monday morning inside the shipped circular's window."""


class Steady(NamedTuple):
    """A reading of a clock that only runs on: two of one boot may be subtracted, others say nothing."""

    boot: str
    """Which run of the machine the seconds count in; at most 60 signs."""
    seconds: float


class Clock(Protocol):
    """Anything that tells the time as aware UTC, and a reading nobody can set."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""
        ...

    def steady(self) -> Steady:
        """Return a reading that no change of the machine's clock moves."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""
        return datetime.now(UTC)

    def steady(self) -> Steady:
        """Return the time since the machine was started, sleep included, where the system tells it."""
        if sys.platform == "linux":
            return Steady(_boot(), time.clock_gettime(time.CLOCK_BOOTTIME))
        return Steady(_boot(), time.monotonic())


@dataclass(frozen=True)
class DemoClock:
    """A clock that starts at a chosen instant and runs on at the monotonic rate.

    It follows `time.monotonic`, so a change of the machine's clock never jumps a demo.
    """

    start: datetime
    """Where the demo begins, aware UTC."""
    began: float = field(default_factory=time.monotonic)
    """Monotonic seconds at which `start` held."""

    def now(self) -> datetime:
        """Return the demo's instant, aware UTC."""
        return self.start.astimezone(UTC) + timedelta(seconds=time.monotonic() - self.began)

    def steady(self) -> Steady:
        """Return the machine's steady reading: a demo's time is chosen, its course is not."""
        return SystemClock().steady()


@dataclass
class FixedClock:
    """A clock that stands still until it is moved; for tests, simulations and one-shot commands."""

    at: datetime
    """The instant it tells, aware UTC; setting it is what somebody does who changes the machine's clock."""
    boot: str = "boot"
    """Another text is a machine started anew."""
    seconds: float = 0.0
    """Steady seconds since that start."""

    def now(self) -> datetime:
        """Return the set instant, aware UTC."""
        return self.at

    def steady(self) -> Steady:
        """Return the steady reading."""
        return Steady(self.boot, self.seconds)

    def tick(self, **delta: float) -> None:
        """Let time pass, a `timedelta` given in its own words (`minutes=5`)."""
        self.at += timedelta(**delta)
        self.seconds += timedelta(**delta).total_seconds()


@cache
def _boot() -> str:
    """Return which run of the machine this is; where the system does not say, this process is the run."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:60]
    except (OSError, ValueError):
        return f"process-{os.getpid()}-{time.time_ns()}"


def local(at: datetime) -> datetime:
    """Return the instant as the office's wall clock shows it."""
    return at.astimezone(SHANGHAI)


def business_date(at: datetime) -> date:
    """Return the office's calendar date of an instant, whatever zone the machine is in."""
    return local(at).date()
