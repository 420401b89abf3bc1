"""Findings as the rules take them, and which of them still count on a return visit."""

from __future__ import annotations

import json

from counter.circular.model import Circular
from counter.desk.loaded import Loaded
from counter.desk.rows import Row, unpack
from counter.rules.checklist import FindingInput
from counter.rules.finding import FindingKind
from counter.rules.verdict import Defect, verdict


def as_input(row: Row) -> FindingInput:
    """Return a stored finding as the rules take it."""
    return FindingInput(
        item=row["item"],
        kind=FindingKind(row["kind"]),
        copies=row["copies"],
        reasons=unpack(row["reasons"]),
        waive_reason=row["waive_reason"] or None,
        original_seen=row["original_seen"],
        note=row["note"],
    )


def is_waiting(loaded: Loaded) -> bool:
    """Tell whether the applicant is away with a notice: one was given on this visit."""
    return bool(loaded.sub["status"] == "correction" and len(loaded.notices) >= loaded.sub["visit"])


def asked_for(loaded: Loaded) -> frozenset[str] | None:
    """Return the items the last notice asked for, None on a first visit."""
    if loaded.sub["visit"] == 1 or not loaded.notices:
        return None
    return frozenset(line[0] for line in json.loads(loaded.notices[-1]["lines"]))


def is_open(loaded: Loaded, item: str, asked: frozenset[str] | None) -> bool:
    """Tell whether an item may be judged on this visit; `asked` is what `asked_for` gives.

    On a return visit that is what the notice asked for, and what has no finding of an earlier visit: a waiver
    that fell with its situation would otherwise leave an item that nobody can judge any more.
    """
    row = loaded.findings.get(item)
    return asked is None or item in asked or row is None or bool(row["visit"] == loaded.sub["visit"])


def is_earlier(loaded: Loaded, row: Row) -> bool:
    """Tell whether a finding is of an earlier visit and about something the notice asked for."""
    asked = asked_for(loaded)
    return asked is not None and row["item"] in asked and row["visit"] < loaded.sub["visit"]


def findings_now(loaded: Loaded) -> list[FindingInput]:
    """Return the findings that count now."""
    return [as_input(row) for row in loaded.findings.values() if not is_earlier(loaded, row)]


def notice_lines(defects: tuple[Defect, ...]) -> str:
    """Return what a notice says, as its row keeps it."""
    return json.dumps(
        [[d.item.code, str(d.kind), [r.code for r in d.reasons], d.copies] for d in defects],
        separators=(",", ":"),
    )


def told_defects(circular: Circular, notice: Row) -> tuple[Defect, ...]:
    """Return what a stored notice told the applicant."""
    inputs = [
        FindingInput(item=item, kind=FindingKind(kind), reasons=tuple(reasons), copies=copies)
        for item, kind, reasons, copies in json.loads(notice["lines"])
    ]
    return verdict(circular, inputs).defects
