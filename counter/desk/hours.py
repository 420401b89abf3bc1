"""The counter's door: whether someone may be taken in now."""

from __future__ import annotations

from datetime import datetime

from counter.desk.context import DeskContext
from counter.errors import DeskError
from counter.rules.hours import office_state


def require_open(ctx: DeskContext, at: datetime) -> None:
    """Let pass while the counter is open. Raises DeskError("closed", reason, next_opening)."""
    state = office_state(ctx.circular, ctx.calendar, at)
    if state.reason is not None:
        raise DeskError("closed", reason=str(state.reason), next_opening=state.next_opening)
