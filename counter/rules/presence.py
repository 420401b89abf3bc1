"""Whether someone who came in time may still be served: at the open counter, or to the end of what was begun.

Nobody is sent away at the stroke of twelve with half a checklist judged; but papers that lie here from
another day are decided only while their owner can stand in front of an open counter.
"""

from __future__ import annotations

from datetime import date

from counter.rules.hours import Closed, OfficeState


def shut_out(office: OfficeState, came: date | None) -> Closed | None:
    """Return why nothing may be judged or decided now, None while it may.

    `came` is the office's date on which the person was last at the open counter, or was let in by a
    supervisor; None for never. What was begun on a day may be finished on it, at 12:05 as well as at 18:03.
    """
    return None if came == office.day else office.reason
