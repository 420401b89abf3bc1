"""The counter's door: whether someone may be taken in now, or what was begun be finished."""

from __future__ import annotations

from datetime import date, datetime

from counter.circular.model import Circular
from counter.desk.context import DeskContext
from counter.desk.loaded import Loaded
from counter.errors import DeskError
from counter.rules.hours import Closed, OfficeState, office_state
from counter.rules.presence import shut_out


def shut(ctx: DeskContext, at: datetime) -> DeskError | None:
    """Return the refusal of a newcomer, DeskError("closed", reason, next_opening), None while it is open."""
    state = office_state(ctx.circular, ctx.calendar, at)
    return None if state.reason is None else closed(state.reason, state)


def door(
    ctx: DeskContext, circular: Circular, loaded: Loaded, at: datetime
) -> tuple[OfficeState, Closed | None]:
    """Return the counter at an instant, and why it is closed for this submission; None while it is not."""
    state = office_state(circular, ctx.calendar, at)
    came = loaded.sub["came_day"]
    return state, shut_out(state, date.fromisoformat(came) if came else None)


def closed(reason: Closed, state: OfficeState) -> DeskError:
    """Return the refusal of somebody who comes while the counter is closed."""
    return DeskError("closed", reason=str(reason), next_opening=state.next_opening)
