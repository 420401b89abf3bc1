"""Everything else a circular says: specialties, states, money, mail, sanction, papers."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import Final

from counter.circular.model import Circular, FeeOutcome, Mail
from counter.circular.problems import Mistake

MOST_FEN: Final = 100_000 * 100
"""A hundred thousand yuan; an assessment costs hundreds."""

MOST_DAYS: Final = 120
"""Working days of a correction; half a year is longer than any window."""

MOST_PRINTS: Final = 9
STARTS: Final = ("year_after_finding", "day_of_finding")
DEMANDED_PAPERS: Final = (1, 2)
"""Without a receipt and a correction notice no visit can end."""

FIELDS: Final = ("kind", "specialty", "name")
_SHOWN: Final = ", ".join(f"{{{name}}}" for name in FIELDS)
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def matter_mistakes(circular: Circular) -> Iterator[Mistake]:
    """Yield the mistakes outside the checklist and the calendar."""
    yield from _specialties(circular)
    if circular.online_states and not any(state.submitted for state in circular.online_states):
        yield Mistake(("online_states",), "no_submitted_state")
    yield from _fee(circular)
    days = circular.correction.working_days
    if days is not None and days < 1:
        yield Mistake(("correction", "working_days"), "correction_days_not_positive")
    elif days is not None and days > MOST_DAYS:
        yield Mistake(("correction", "working_days"), "correction_days_absurd", {"most": MOST_DAYS})
    yield from _mail(circular.mail)
    if not 1 <= circular.sanction.years <= 50:
        yield Mistake(("sanction", "years"), "sanction_years_range")
    if circular.sanction.starts not in STARTS:
        yield Mistake(("sanction", "starts"), "sanction_start", {"choices": ", ".join(STARTS)})
    yield from _papers(circular)


def _specialties(circular: Circular) -> Iterator[Mistake]:
    parents = {specialty.code: specialty.parent for specialty in circular.specialties}
    for number, specialty in enumerate(circular.specialties):
        place = ("specialties", number, "parent")
        if specialty.parent is not None and specialty.parent not in parents:
            yield Mistake(place, "unknown_parent", {"value": specialty.parent})
            continue
        above, passed = specialty.parent, set[str]()
        while above is not None and above != specialty.code and above not in passed:
            passed.add(above)
            above = parents.get(above)
        if above == specialty.code:
            yield Mistake(place, "parent_cycle")


def _fee(circular: Circular) -> Iterator[Mistake]:
    fee = circular.fee
    if fee.amount_fen < 0:
        yield Mistake(("fee", "amount_fen"), "fee_negative")
    elif fee.amount_fen > MOST_FEN:
        yield Mistake(("fee", "amount_fen"), "fee_absurd", {"most": MOST_FEN // 100})
    elif fee.amount_fen == 0 and not any(method.needs_document for method in fee.methods):
        yield Mistake(("fee", "amount_fen"), "fee_zero_without_waiver")
    for number, method in enumerate(fee.methods):
        if method.cash and method.outcome is not FeeOutcome.PAID:
            yield Mistake(("fee", "methods", number, "outcome"), "cash_not_paid")


def _mail(mail: Mail) -> Iterator[Mistake]:
    if not _ADDRESS.fullmatch(mail.address):
        yield Mistake(("mail", "address"), "mail_address")
    try:
        parts = list(string.Formatter().parse(mail.pattern))
    except ValueError:
        parts = []
    names = [name for _, name, _, _ in parts if name is not None]
    plain = all(not spec and conversion is None for _, _, spec, conversion in parts)
    if sorted(names) != sorted(FIELDS) or not plain:
        yield Mistake(("mail", "pattern"), "mail_pattern_fields", {"fields": _SHOWN})
        return
    rule = "".join(re.escape(text) + ("" if name is None else "(.+)") for text, name, _, _ in parts)
    if not re.fullmatch(rule, mail.example):
        yield Mistake(("mail", "example"), "mail_example")


def _papers(circular: Circular) -> Iterator[Mistake]:
    kinds = {paper.kind for paper in circular.papers}
    for number, paper in enumerate(circular.papers):
        if not 1 <= paper.kind <= 8:
            yield Mistake(("papers", number, "kind"), "paper_kind_range")
        if not 1 <= paper.copies <= MOST_PRINTS:
            yield Mistake(("papers", number, "copies"), "paper_copies_range", {"most": MOST_PRINTS})
    for kind in DEMANDED_PAPERS:
        if kind not in kinds:
            yield Mistake(("papers",), "paper_missing", {"value": kind})
    for number, bag in enumerate(circular.bags):
        if bag.paper not in kinds:
            yield Mistake(("bags", number, "paper"), "unknown_bag_paper", {"value": bag.paper})
