"""Until when a correction must be back: working days, never beyond the counter window.

The deadline is the closing time of a day on which the counter is open, so nobody is sent to a shut door.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from counter.circular.model import Circular, WindowKind
from counter.rules.calendar import WorkCalendar
from counter.rules.hours import office_time, open_minutes, openings


@dataclass(frozen=True)
class Deadline:
    """The last moment for a correction, as printed on the notice."""

    at: datetime
    """Aware, in the office's zone; this instant itself is too late."""
    working_days_left: int
    """Working days after the day of the notice, the deadline's own day included."""
    minutes_left: int
    """Open minutes of the counter between the notice and the deadline."""
    capped: bool
    """True when the window's end is earlier than the working days the circular gives."""
    calendar_known: bool
    """False when a day up to the deadline lies in a year whose holidays are not published."""

    def passed(self, at: datetime) -> bool:
        """Tell whether the deadline is over at an aware instant."""
        return office_time(at) >= self.at


def correction_deadline(circular: Circular, calendar: WorkCalendar, issued: datetime) -> Deadline | None:
    """Return the deadline of a correction notice issued at an aware instant.

    The circular's working days count from the day after the notice, in the window; without them, and at the
    latest, the window's last closing holds, which may already be past when a notice was issued by override.
    None when the window has no opening at all. Raises ValueError for a naive instant.
    """
    plan = openings(circular, calendar)
    if not plan:
        return None
    now = office_time(issued)
    end = plan[-1].closes
    capped = False
    days = circular.correction.working_days
    if days is not None:
        window = circular.window(WindowKind.COUNTER)
        since = max(now.date(), window.start - timedelta(days=1))
        target = calendar.after(since, days)
        closings = [o.closes for o in plan if since < o.closes.date() <= target]
        capped = target > window.end
        end = closings[-1] if closings else end
    return Deadline(
        at=end,
        working_days_left=sum(o > now.date() for o in {o.closes.date() for o in plan if o.closes <= end}),
        minutes_left=open_minutes(plan, now, end),
        capped=capped,
        calendar_known=calendar.known_between(min(now, end).date(), max(now, end).date()),
    )
