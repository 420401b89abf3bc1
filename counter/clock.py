"""The one source of time: every "now" in the desk comes from an injected Clock.

Business dates are Asia/Shanghai whatever the machine's zone says; stored instants are aware UTC.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
"""The office's zone; it has one offset all year, so a business date is never ambiguous."""


DEMO_STARTS: Final = datetime(2024, 8, 12, 9, 5, tzinfo=SHANGHAI)
"""Where a demo's clock begins: a Monday morning inside the shipped circular's window."""


class Clock(Protocol):
    """Anything that tells the time as aware UTC."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""
        return datetime.now(UTC)


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


@dataclass
class FixedClock:
    """A clock that stands still until it is moved; for tests, simulations and one-shot commands."""

    at: datetime
    """The instant it tells, aware UTC."""

    def now(self) -> datetime:
        """Return the set instant, aware UTC."""
        return self.at

    def tick(self, **delta: float) -> None:
        """Move on by a `timedelta` given in its own words (`minutes=5`)."""
        self.at += timedelta(**delta)


def local(at: datetime) -> datetime:
    """Return the instant as the office's wall clock shows it."""
    return at.astimezone(SHANGHAI)


def business_date(at: datetime) -> date:
    """Return the office's calendar date of an instant, whatever zone the machine is in."""
    return local(at).date()
