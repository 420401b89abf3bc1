"""A million events proved on one core, read from the encrypted file, and the newest of them at a start."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from counter.desk.rows import JOURNAL
from counter.desk.verify import QUICK, verify_quick
from db import journal
from tests.bench.conftest import Report
from tests.builders import CLERK, Office, office

EVENTS = 100_000
TO_A_MILLION = 10
KIND = "finding.recorded"
BODY: journal.Json = {
    "item": "A1-01",
    "finding": "ok",
    "rows": {"finding:17": "a" * 64, "submission:17": "b" * 64},
}
AT = datetime(2024, 8, 12, 1, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Records with a long history of ticks, each with the digests of two rows."""
    with office(tmp_path_factory.mktemp("history") / "home") as desk:
        with desk.ctx.records.write() as session:
            head = journal.head(session)
            assert head is not None
            prev, rows = head.hash, []
            for seq in range(head.seq + 1, head.seq + 1 + EVENTS):
                at = AT + timedelta(seconds=seq)
                told: list[journal.Json] = [
                    seq,
                    journal.utc_text(at),
                    "+08:00",
                    1,
                    "周敏",
                    "clerk",
                    KIND,
                    "s:17",
                    BODY,
                ]
                event = journal.canonical(told)
                own = {"kind": KIND, "ref": "s:17", "event": event, "prev": prev}
                prev = journal.seal(prev, event)
                rows.append({"seq": seq, "at": at, "hash": prev} | own)
            session.connection().execute(sa.insert(JOURNAL), rows)
        yield desk


def seconds_of(work: Callable[[], object]) -> float:
    """Return the processor time of one run."""
    began = time.process_time()
    work()
    return time.process_time() - began


def read_once(desk: Office) -> None:
    """Read the whole journal, parse and hash each event once: what any proof has to do."""
    with desk.ctx.records.read() as session:
        for event, prev in session.connection().exec_driver_sql("SELECT event, prev FROM journal"):
            json.loads(event)
            hashlib.sha256(prev + event).digest()


def prove(desk: Office) -> None:
    with desk.ctx.records.read() as session:
        assert journal.verify(session).ok


def test_a_million_events_are_proved_in_ten_seconds(history: Office, report: Report) -> None:
    """Ten on a quiet core; a busy one is judged by what reading them once, parsed and hashed, takes on it."""
    turns = [(seconds_of(lambda: read_once(history)), seconds_of(lambda: prove(history))) for _ in range(4)]
    floor, seconds = (min(column) * TO_A_MILLION for column in zip(*turns, strict=True))
    report("J6", "journal of 1,000,000 events", seconds, floor=floor, bound="≤ 10 s or 1.5 x")
    assert seconds <= max(10, 1.5 * floor)


def test_a_start_proves_the_newest_events_in_a_twentieth_of_a_second(history: Office, report: Report) -> None:
    """However long the history is; a busy core is judged by what reading these events once takes on it."""
    found = []
    seconds = min(seconds_of(lambda: found.append(verify_quick(history.ctx, actor=CLERK))) for _ in range(9))
    floor = min(seconds_of(lambda: read_once(history)) for _ in range(2)) * QUICK / EVENTS
    report("J6", f"quick proof of {QUICK} events at a start", seconds, floor=floor, bound="≤ 50 ms")
    assert found[-1].ok
    assert found[-1].count == QUICK
    assert seconds <= max(0.05, 2.5 * floor)
