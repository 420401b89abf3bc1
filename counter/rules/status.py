"""The life of a submission and the three small states beside it: which moves exist, who may do what.

The value lists are repeated as database constraints in `db`; a test holds them together.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from counter.rules.problem import Problem


class Status(StrEnum):
    """Where a submission stands."""

    OPEN = "open"
    PARKED = "parked"
    ACCEPTED = "accepted"
    CORRECTION = "correction"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class FeeState(StrEnum):
    """Where the fee stands; `none` until something was noted."""

    NONE = "none"
    DUE = "due"
    PAID = "paid"
    ELSEWHERE = "elsewhere"
    VOIDED = "voided"


class OriginalsState(StrEnum):
    """Where the originals are."""

    NONE = "none"
    HELD = "held"
    PARTLY_RETURNED = "partly_returned"
    RETURNED = "returned"


class EfileState(StrEnum):
    """Whether the electronic part has come."""

    AWAITED = "awaited"
    RECEIVED = "received"
    MISMATCH = "mismatch"


MOVES: Final[dict[Status, frozenset[Status]]] = {
    Status.OPEN: frozenset({Status.PARKED, Status.ACCEPTED, Status.CORRECTION, Status.REJECTED}),
    Status.PARKED: frozenset({Status.OPEN, Status.REJECTED}),
    Status.CORRECTION: frozenset({Status.ACCEPTED, Status.CORRECTION, Status.REJECTED, Status.LAPSED}),
    Status.ACCEPTED: frozenset({Status.WITHDRAWN}),
    Status.REJECTED: frozenset(),
    Status.LAPSED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}
"""Correction to correction is a second notice. A parked submission is opened again before anything else but a
rejection, which is all that is left for it after the window."""

FEE_MOVES: Final[dict[FeeState, frozenset[FeeState]]] = {
    FeeState.NONE: frozenset({FeeState.DUE, FeeState.PAID, FeeState.ELSEWHERE}),
    FeeState.DUE: frozenset({FeeState.PAID, FeeState.ELSEWHERE}),
    FeeState.PAID: frozenset({FeeState.VOIDED}),
    FeeState.ELSEWHERE: frozenset({FeeState.VOIDED}),
    FeeState.VOIDED: frozenset({FeeState.DUE, FeeState.PAID, FeeState.ELSEWHERE}),
}
"""Money noted, here or elsewhere, is never changed, only voided with a supervisor and noted again."""


class StatusProblem(Problem):
    """A move that does not exist: `move` (now, to)."""


def require_move(now: Status, to: Status) -> None:
    """Raise StatusProblem unless a submission may go from one status to another."""
    if to not in MOVES[now]:
        raise StatusProblem("move", now=now, to=to)


def require_fee_move(now: FeeState, to: FeeState) -> None:
    """Raise StatusProblem unless a fee may go from one state to another."""
    if to not in FEE_MOVES[now]:
        raise StatusProblem("move", now=now, to=to)


def is_live(status: Status) -> bool:
    """Tell whether a status keeps another submission of the same person and circular out."""
    return status not in {Status.REJECTED, Status.LAPSED, Status.WITHDRAWN}


def can_tick(status: Status) -> bool:
    """Tell whether findings, originals coming in and the person's data may change."""
    return status in {Status.OPEN, Status.CORRECTION}


def can_park(status: Status) -> bool:
    """Tell whether a submission may be set aside."""
    return Status.PARKED in MOVES[status]


def can_resume(status: Status) -> bool:
    """Tell whether a submission was set aside and may be taken up."""
    return status is Status.PARKED


def can_accept(status: Status) -> bool:
    """Tell whether the status allows acceptance; the verdict decides besides."""
    return Status.ACCEPTED in MOVES[status]


def can_correct(status: Status) -> bool:
    """Tell whether the status allows a correction notice; the verdict decides besides."""
    return Status.CORRECTION in MOVES[status]


def can_reject(status: Status) -> bool:
    """Tell whether the status allows a rejection."""
    return Status.REJECTED in MOVES[status]


def can_lapse(status: Status) -> bool:
    """Tell whether a submission may lapse because its deadline passed."""
    return Status.LAPSED in MOVES[status]


def can_withdraw(status: Status) -> bool:
    """Tell whether the applicant may take the submission back."""
    return Status.WITHDRAWN in MOVES[status]


def can_pay(status: Status, fee: FeeState) -> bool:
    """Tell whether a payment may be noted: accepted, and none noted yet."""
    return status is Status.ACCEPTED and FeeState.PAID in FEE_MOVES[fee]


def can_void_fee(fee: FeeState) -> bool:
    """Tell whether there is a payment to void."""
    return FeeState.VOIDED in FEE_MOVES[fee]


def can_hand_back(originals: OriginalsState) -> bool:
    """Tell whether originals are here to be handed back, whatever became of the submission."""
    return originals in {OriginalsState.HELD, OriginalsState.PARTLY_RETURNED}


def originals_state(taken: int, returned: int) -> OriginalsState:
    """Return the state of `taken` originals of which `returned` went back; ValueError if that cannot be."""
    if not 0 <= returned <= taken:
        raise ValueError("more originals went back than came in")
    if not taken:
        return OriginalsState.NONE
    if not returned:
        return OriginalsState.HELD
    return OriginalsState.RETURNED if returned == taken else OriginalsState.PARTLY_RETURNED
