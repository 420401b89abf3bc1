"""One proved thing, or the first row that disproves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

Progress = Callable[[str, int], None]
"""Told the code of the check at work and how many rows it has looked at so far."""


@dataclass(frozen=True)
class Check:
    """What one check found."""

    code: str
    """`database`, `journal`, `rows`, `people`, `numbers`, `papers`, `life`, `fees`, `files`, `search` or
    `totals`."""
    ok: bool
    count: int
    """How many rows were looked at; up to the first bad one."""
    first_bad: str = ""
    """The first bad row, such as `fee:17`; empty when all is well."""
    facts: dict[str, object] = field(default_factory=dict)
    """Of a bad row `why`, a stable code, and what belongs to it; of a good check its figures."""


def passed(code: str, count: int, **facts: object) -> Check:
    """Return a check that found nothing."""
    return Check(code, True, count, "", facts)


def without_sums(check: Check) -> Check:
    """Return a good check without sums of money, which tell a clerk what is to be counted blind."""
    told = {name: value for name, value in check.facts.items() if not name.endswith("_fen")}
    return replace(check, facts=told) if check.ok else check


def failed(code: str, count: int, first_bad: str, why: str, **facts: object) -> Check:
    """Return a check that found a bad row."""
    return Check(code, False, count, first_bad, {"why": why, **facts})
