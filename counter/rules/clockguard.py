"""Whether the machine's clock can be believed, judged by what was written last and by a clock nobody can set.

A clock that stands before the last event has gone backwards; two minutes are what machines differ by anyway.
One that runs ahead is harder to tell from an office that was closed: a weekend, a holiday, the months between
two intakes are no jump. So ahead is what the steady reading of the same run of the machine contradicts, and
after a restart, when there is none, two or more opening days on which nobody did anything at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from counter.clock import Steady, business_date

if TYPE_CHECKING:
    from counter.rules.hours import Opening

SLACK: Final = timedelta(minutes=2)
"""How far two clocks may differ, or one be set right, without a word."""

IDLE_DAYS: Final = 2
"""Opening days without any event, between the last one and today, from which on the date is doubted."""


class Jump(StrEnum):
    """What the clock seems to have done."""

    BACK = "back"
    AHEAD = "ahead"


class Reading(NamedTuple):
    """Both clocks of one machine at one moment."""

    at: datetime
    steady: Steady


def jump(now: Reading, before: Reading | None, last: datetime | None, plan: Sequence[Opening]) -> Jump | None:
    """Return what the clock seems to have done, None while it can be believed.

    `before` is an earlier reading of this process, `last` when the journal's last event was, `plan` the
    counter's openings.
    """
    if last is not None and now.at < last - SLACK:
        return Jump.BACK
    if before is not None and before.steady.boot == now.steady.boot and not sleeps(now.steady):
        ran = timedelta(seconds=now.steady.seconds - before.steady.seconds)
        shown = now.at - before.at
        if shown < ran - SLACK:
            return Jump.BACK
        return Jump.AHEAD if shown > ran + SLACK else None
    if last is not None and idle_days(last, now.at, plan) >= IDLE_DAYS:
        return Jump.AHEAD
    return None


def sleeps(steady: Steady) -> bool:
    """Tell whether the reading stands still while the machine sleeps, as where no run of it has a name."""
    return steady.boot.startswith("process-")


def idle_days(last: datetime, now: datetime, plan: Sequence[Opening]) -> int:
    """Return on how many days between two instants, those of both left out, the counter was to be open."""
    first, until = business_date(last), business_date(now)
    return len({day for opening in plan if first < (day := business_date(opening.opens)) < until})
