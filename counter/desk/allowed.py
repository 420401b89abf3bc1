"""What may be done with a submission now: one answer for the view and for the use case's check."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from counter.circular.model import Circular
from counter.desk.findings import findings_now, is_waiting
from counter.desk.loaded import Loaded
from counter.desk.views import Act
from counter.rules import status
from counter.rules.hours import Closed
from counter.rules.status import FeeState, Status
from counter.rules.verdict import Verdict, VerdictKind, verdict

AT_THE_COUNTER: Final = frozenset({Act.TICK, Act.RESUME, Act.RETURN_VISIT, Act.ACCEPT, Act.CORRECT})
"""What needs the person at an open counter, or one who came before it closed today."""


def allowed(
    circular: Circular, loaded: Loaded, outcome: Verdict, closed: Closed | None, now: datetime
) -> frozenset[Act]:
    """Return what may be done with a submission now.

    `outcome` is what its findings come to, `closed` why the counter is closed for it.
    """
    return frozenset(
        act
        for act in Act
        if may(act, circular, loaded, outcome) and not (closed and needs_the_counter(act, loaded, now))
    )


def needs_the_counter(act: Act, loaded: Loaded, now: datetime) -> bool:
    """Tell whether an act has to wait for the counter to open; a deadline that passed lapses at any hour."""
    if act is Act.RETURN_VISIT and loaded.notices and now >= loaded.notices[-1]["deadline"]:
        return False
    return act in AT_THE_COUNTER


def may(act: Act, circular: Circular, loaded: Loaded, outcome: Verdict | None = None) -> bool:
    """Tell whether a submission's state allows one act, opening hours aside.

    The verdict is worked out only for the acts that need it.
    """
    stands = Status(loaded.sub["status"])
    match act:
        case Act.TICK:
            return status.can_tick(stands) and not is_waiting(loaded)
        case Act.PARK:
            return status.can_park(stands)
        case Act.RESUME:
            return status.can_resume(stands)
        case Act.REJECT:
            return status.can_reject(stands) and not is_waiting(loaded)
        case Act.SETTLE_FEE:
            return status.can_pay(stands, FeeState(loaded.sub["fee_state"]))
        case Act.REPRINT:
            return bool(loaded.papers)
        case Act.RETURN_VISIT:
            return is_waiting(loaded)
        case Act.ACCEPT:
            possible, needed = status.can_accept(stands), VerdictKind.ACCEPT
        case Act.CORRECT:
            possible, needed = status.can_correct(stands), VerdictKind.CORRECTION
    if not possible or is_waiting(loaded):
        return False
    return (outcome or verdict(circular, findings_now(loaded))).kind is needed
