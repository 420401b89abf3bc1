"""What may be done with a submission now: one answer for the view and for the use case's check."""

from __future__ import annotations

from datetime import datetime

from counter.circular.model import Circular
from counter.desk.findings import findings_now, is_waiting
from counter.desk.loaded import Loaded
from counter.desk.views import Act
from counter.rules import status
from counter.rules.status import FeeState, Status
from counter.rules.verdict import VerdictKind, verdict


def allowed(circular: Circular, loaded: Loaded, now: datetime) -> frozenset[Act]:
    """Return the acts the submission's state allows at an aware instant, opening hours aside."""
    stands = Status(loaded.sub["status"])
    waiting = is_waiting(loaded)
    acts = {
        Act.TICK: status.can_tick(stands) and not waiting,
        Act.PARK: status.can_park(stands),
        Act.RESUME: status.can_resume(stands),
        Act.REJECT: status.can_reject(stands) and not waiting,
        Act.SETTLE_FEE: status.can_pay(stands, FeeState(loaded.sub["fee_state"])),
        Act.REPRINT: bool(loaded.papers),
        Act.RETURN_VISIT: waiting,
    }
    if not waiting and (status.can_accept(stands) or status.can_correct(stands)):
        comes_to = verdict(circular, findings_now(loaded)).kind
        acts[Act.ACCEPT] = status.can_accept(stands) and comes_to is VerdictKind.ACCEPT
        acts[Act.CORRECT] = status.can_correct(stands) and comes_to is VerdictKind.CORRECTION
    return frozenset(act for act, may in acts.items() if may)
