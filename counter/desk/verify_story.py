"""What the journal tells about the tables, gathered in one pass over it."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import sqlalchemy as sa

from counter.desk.rows import JOURNAL

_PAGE = 2000


@dataclass(frozen=True)
class Story:
    """The journal's last word on everything that can be held against a table."""

    rows: dict[str, str | None] = field(default_factory=dict)
    """Digest of each row by `table:id`; None for a row that was taken away."""
    subjects: dict[str, str] = field(default_factory=dict)
    """Commitment to the person of each submission, by reference."""
    opened: list[str] = field(default_factory=list)
    """Receipt numbers of all submissions in the order they were opened; whether they are any is not said."""
    states: dict[str, str] = field(default_factory=dict)
    """Status of each submission as its last event leaves it, by reference."""
    visits: dict[str, int] = field(default_factory=dict)
    """Visit of each submission: one, and one more for each time it came back."""
    fee_states: dict[str, str] = field(default_factory=dict)
    """State of each submission's fee as the journal last told it, by reference."""
    fees: dict[str, tuple[str, int]] = field(default_factory=dict)
    """State and fen of each submission's fee, by reference."""
    prints: dict[tuple[str, int], tuple[str, int, str]] = field(default_factory=dict)
    """SHA-256, size and time of each printed file, by paper number and copy."""
    erased: set[str] = field(default_factory=set)
    """Rows, by `table:id`, of people whose data were erased."""
    lost: dict[tuple[str, str, int], list[tuple[int, int]]] = field(default_factory=dict)
    """Numbers a restore had to pass over, both ends, by office, series and year."""


STATES: Final = {
    "submission.opened": "open",
    "submission.parked": "parked",
    "submission.resumed": "open",
    "submission.returned": "correction",
    "submission.accepted": "accepted",
    "notice.issued": "correction",
    "submission.rejected": "rejected",
    "submission.lapsed": "lapsed",
    "submission.withdrawn": "withdrawn",
}
"""The status each kind of event leaves a submission in; the others leave it as it was."""


def listener(story: Story, progress: Callable[[int], None]) -> Callable[[Sequence[Any]], None]:
    """Return what takes in the nine fields of one event after another; `progress` hears how many so far."""
    count = 0

    def hear(fields: Sequence[Any]) -> None:
        nonlocal count
        count += 1
        if count % _PAGE == 0:
            progress(count)
        try:
            _take(story, fields[6], fields[7], fields[1], fields[8])
        except (ValueError, TypeError, LookupError, AttributeError):
            return

    return hear


def read_story(conn: sa.Connection, progress: Callable[[int], None]) -> Story:
    """Read a journal whose chain is broken; an event that is none is left to the check of the chain."""
    story = Story()
    hear = listener(story, progress)
    query = sa.select(JOURNAL.c.event).order_by(JOURNAL.c.seq)
    for (event,) in conn.execute(query.execution_options(yield_per=_PAGE)):
        try:
            fields = json.loads(bytes(event))
        except (ValueError, TypeError, RecursionError):
            continue
        if isinstance(fields, list) and len(fields) == 9:
            hear(fields)
    return story


def _take(story: Story, kind: str, ref: str, at: str, body: dict[str, Any]) -> None:
    """Take in what one event tells; what is of another type than the desk writes is not taken for told."""
    if body is None:
        return
    for name, value in body.get("rows", {}).items():
        if value is None or isinstance(value, str):
            story.rows[name] = value
    if kind in STATES:
        story.states[ref] = STATES[kind]
        story.visits[ref] = story.visits.get(ref, 1) + (kind == "submission.returned")
    if kind.startswith(("fee.", "submission.fee")) and isinstance(body.get("state"), str):
        story.fee_states[ref] = body["state"]
    elif kind == "fee.voided":
        story.fee_states[ref] = "voided"
    if kind == "submission.opened":
        story.subjects[ref] = body["subject"]
        story.opened.append(str(body["number"]))
    elif kind == "fee.recorded":
        story.fees[ref] = (str(body["state"]), operator.index(body["amount_fen"]))
    elif kind == "fee.voided":
        story.fees[ref] = ("voided", 0)
    elif kind == "paper.printed":
        story.prints[body["number"], body.get("copy", 0)] = (body["sha256"], body["size"], at)
    elif kind == "records.restored":
        for office, series, year, first, last in body.get("lost", ()):
            gap = (operator.index(first), operator.index(last))
            story.lost.setdefault((str(office), str(series), operator.index(year)), []).append(gap)
    elif kind == "person.erased":
        story.erased.update(body.get("rows", {}))
