"""Cash and takings of one shift: what was counted, what should be there, and sums nobody can bend.

Money that moved is a list of movements, each taken or given back; a void or refund is a movement of its own
that negates another. Every figure of a day sheet is a sum over that list, so nothing is ever counted twice
and nothing disappears: the sum of all movements is the sum of those still standing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from counter.rules.problem import Problem

DENOMINATIONS: Final = (10000, 5000, 2000, 1000, 500, 100, 50, 10)
"""Fen of the notes and coins a drawer is counted by, the largest first."""

MOST_PIECES: Final = 9_999
"""More of one kind than any drawer holds: a figure above is a slip or a scan."""

MOST_FLOAT_FEN: Final = 10_000_00
"""A desk begins its day with change, not with a treasury."""

DISPUTED: Final = "unexplained"
"""The reason that says nobody knows why, and that the clerk does not agree to be charged."""

OTHER: Final = "other"
"""The reason that has to be explained in words."""

VARIANCE_REASONS: Final = ("change_error", "not_recorded", "float_wrong", "counterfeit", DISPUTED, OTHER)
"""Why a drawer may differ from the book; the book is never bent to fit."""


def variance_problem(variance_fen: int, reason: str, note: str) -> str:
    """Return the code of what is wrong with the reason for a difference, empty for nothing."""
    if not variance_fen:
        return "variance-none" if reason or note else ""
    if reason not in VARIANCE_REASONS:
        return "variance-reason"
    return "variance-note" if reason == OTHER and not note else ""


class CashProblem(Problem):
    """A count that cannot be right: `kind` (not a note or coin), `pieces`, `lacking` (a kind not counted)."""


@dataclass(frozen=True)
class Movement:
    """One payment as the sums need it."""

    id: int
    kind: str
    """`take`, `void` or `refund`."""
    method: str
    cash: bool
    amount_fen: int
    """Negative for money that went back."""
    negates: int | None = None


@dataclass(frozen=True)
class Sum:
    """How many movements and how much."""

    count: int = 0
    fen: int = 0

    def plus(self, fen: int) -> Sum:
        """Return the sum with one more movement."""
        return Sum(self.count + 1, self.fen + fen)


def counted(lines: Sequence[tuple[int, int]]) -> int:
    """Return what lies in a drawer, by fen and pieces of each kind; each kind has to be counted.

    Raises CashProblem.
    """
    seen: set[int] = set()
    total = 0
    for fen, pieces in lines:
        if fen not in DENOMINATIONS or fen in seen:
            raise CashProblem("kind", fen=fen)
        if not 0 <= pieces <= MOST_PIECES:
            raise CashProblem("pieces", fen=fen)
        seen.add(fen)
        total += fen * pieces
    if lacking := [fen for fen in DENOMINATIONS if fen not in seen]:
        raise CashProblem("lacking", fen=lacking[0])
    return total


def expected(float_fen: int, movements: Iterable[Movement]) -> int:
    """Return the cash that should lie in the drawer: the float and every cash movement of the shift.

    What was handed over and given back as change is no movement of its own.
    """
    return float_fen + sum(m.amount_fen for m in movements if m.cash)


def total(movements: Iterable[Movement], kind: str | None = None, method: str | None = None) -> Sum:
    """Return count and sum of the movements of one kind, one method, or all."""
    found = Sum()
    for m in movements:
        if kind in (None, m.kind) and method in (None, m.method):
            found = found.plus(m.amount_fen)
    return found


def standing(movements: Sequence[Movement]) -> Sum:
    """Return count and sum of what was taken and not given back since.

    Over a whole history its sum is that of all movements.
    """
    back = {m.negates for m in movements if m.negates is not None}
    return total(m for m in movements if m.kind == "take" and m.id not in back)
