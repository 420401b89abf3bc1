"""Proof that the records are whole: journal, rows, numbers, papers, files, search and totals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from counter.desk.context import DeskContext
from db import journal


@dataclass(frozen=True)
class Check:
    """One thing that was proved, or the first row that disproves it."""

    code: str
    """`journal`, `rows`, `numbers`, `papers`, `life`, `fees`, `files`, `search` or `totals`."""
    ok: bool
    count: int
    """How many rows were looked at."""
    first_bad: str = ""
    """The first bad row, such as `fee:17`; empty when all is well."""
    facts: dict[str, object] = field(default_factory=dict)
    """What is wrong with it: `why`, a stable code, and what it is about."""


@dataclass(frozen=True)
class VerifyReport:
    """What verification found."""

    ok: bool
    checks: tuple[Check, ...]


Progress = Callable[[str, int], None]
"""Told the code of the check at work and how many rows it has looked at."""


def verify(ctx: DeskContext, *, progress: Progress | None = None) -> VerifyReport:
    """Check everything the desk has recorded, in one unchanging state of the records."""
    with ctx.records.read() as session:
        chain = journal.verify(session)
    first = f"journal:{chain.first_bad_seq}" if not chain.ok else ""
    checks = (Check("journal", chain.ok, chain.count, first, {"why": chain.why} if chain.why else {}),)
    return VerifyReport(all(check.ok for check in checks), checks)
