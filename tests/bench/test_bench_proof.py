"""A million events proved on one core, and the newest of them at a start."""

from __future__ import annotations

import hashlib
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from counter.desk.verify import verify_quick
from db import journal
from db.journal import Event, JournalMark
from tests.builders import CLERK, office

EVENTS = 1_000_000
AT = datetime(2024, 8, 12, 1, 5, tzinfo=UTC)


def events(count: int) -> tuple[JournalMark, list[Event]]:
    """Make a journal of ticks."""
    before = prev = journal.genesis("LYG", "u")
    made = []
    for seq in range(1, count + 1):
        at = AT + timedelta(seconds=seq)
        kind = journal.STARTED if seq == 1 else "finding.recorded"
        body: journal.Json = {"item": "A1-01", "kind": "ok", "rows": {"finding:17": "a" * 40}}
        event = journal.canonical(
            [seq, journal.utc_text(at), "+08:00", 1, "zhou", "clerk", kind, "submission:17", body]
        )
        seal = journal.seal(prev, event)
        made.append(Event(seq, at, kind, "submission:17", event, prev, seal))
        prev = seal
    return JournalMark(0, before), made


def test_proving_costs_little_more_than_reading_and_hashing() -> None:
    """Ten seconds for a million on a quiet core; a busy one is judged by what reading alone takes on it."""
    before, made = events(EVENTS // 10)
    began = time.process_time()
    for row in made:
        json.loads(row.event)
        hashlib.sha256(row.prev + row.event).digest()
    floor = (time.process_time() - began) * 10
    began = time.process_time()
    assert journal.verify_events(made, before).ok
    seconds = (time.process_time() - began) * 10
    print(f"journal of 1,000,000 events: {seconds:.1f} s of one core, floor {floor:.1f} s")
    assert seconds <= max(10, 4 * floor)


def test_a_start_proves_the_newest_events_in_a_twentieth_of_a_second(tmp_path: Path) -> None:
    with office(tmp_path / "home") as desk:
        for n in range(70):
            desk.accepted(f"张{n}")
        verify_quick(desk.ctx, actor=CLERK)
        began = time.process_time()
        check = verify_quick(desk.ctx, actor=CLERK)
        seconds = time.process_time() - began
    print(f"quick proof of {check.count} events: {seconds * 1000:.0f} ms")
    assert check.ok
    assert seconds <= 0.05
