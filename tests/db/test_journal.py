"""The journal keeps exact bytes, and no change of it stays unseen."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from db import errors, journal
from db.engine import Records
from db.journal import Event, JournalMark, canonical, commitment, row_digest, verify_events
from db.tables import Journal, Meta
from tests.db import rows

EVENTS = 12


def written(records: Records, count: int = EVENTS) -> list[JournalMark]:
    with records.write() as session:
        marks = [rows.start_journal(session)]
        marks += [rows.write_event(session, n) for n in range(2, count + 1)]
    return marks


def stored(records: Records) -> list[Event]:
    with records.read() as session:
        found = session.exec(select(Journal).order_by(sa.text("seq"))).all()
        return [Event(r.seq, journal.utc_text(r.at), r.kind, r.ref, r.event, r.prev, r.hash) for r in found]


def chain(count: int = EVENTS) -> tuple[JournalMark, list[Event]]:
    """Make a journal without a database, by the published rule alone."""
    before = prev = hashlib.sha256(b'["LYG","u-1"]').digest()
    events = []
    for seq in range(1, count + 1):
        at = rows.AT + timedelta(seconds=seq)
        kind = journal.STARTED if seq == 1 else "finding.set"
        fields = [
            seq,
            at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "+08:00",
            1,
            "demo",
            "clerk",
            kind,
            "s",
            {"n": seq},
        ]
        event = json.dumps(fields, separators=(",", ":")).encode()
        seal = hashlib.sha256(b"J1\0" + prev + event).digest()
        events.append(Event(seq, str(fields[1]), kind, "s", event, prev, seal))
        prev = seal
    return JournalMark(0, before), events


def test_a_journal_as_written_verifies(records: Records) -> None:
    marks = written(records)
    with records.read() as session:
        assert journal.verify(session) == journal.VerifyReport(True, EVENTS, marks[-1])
        assert journal.verify(session, since=marks[4], expected=marks[-1]).count == EVENTS - 5
        assert journal.verify(session, expected=marks[3]).ok
        assert journal.verify(session, since=marks[5], expected=marks[3]).ok
        assert journal.head(session) == marks[-1]


def test_the_first_row_names_installation_desk_and_circular(records: Records) -> None:
    with records.write() as session:
        first = rows.start_journal(session, desk=3)
    event = stored(records)[0]
    assert event.prev == journal.genesis("LYG", "0d9c1c5e-0000-4000-8000-000000000001")
    assert json.loads(event.event)[3:] == [
        3,
        "demo",
        "supervisor",
        "journal.started",
        "",
        {
            "circular": "lyg-2024-12",
            "desk": 3,
            "install": "0d9c1c5e-0000-4000-8000-000000000001",
            "office": "LYG",
        },
    ]
    assert first.seq == 1


def test_a_journal_starts_once(records: Records) -> None:
    with records.write() as session:
        rows.start_journal(session)
    with pytest.raises(errors.Taken), records.write() as session:
        rows.start_journal(session, install="another")


def test_no_event_comes_before_the_first(records: Records) -> None:
    with pytest.raises(errors.JournalNotStarted), records.write() as session:
        rows.write_event(session)
    with records.read() as session:
        assert journal.verify(session).why == "empty"


def test_the_same_acts_give_the_same_bytes_on_both_databases(
    sqlite_records: Records, postgres_records: Records
) -> None:
    for records in (sqlite_records, postgres_records):
        with records.write() as session:
            rows.start_journal(session)
            rows.write_event(
                session, 2, actor="李\u0301", body={"é": "e\u0301", "a": [2**53 + 1, None, True]}
            )
            rows.write_event(session, 3, at=rows.AT.astimezone(timezone(timedelta(hours=8))))
            rows.write_event(session, 4, ref="paper:é", body="𠮷 😀\u2028\x01")
    assert stored(sqlite_records) == stored(postgres_records)


def test_the_spelling_is_pinned() -> None:
    body: Any = {"b": [1, True, None], "a": "e\u0301\u4e2d\n\u2028", "é": 2**53 + 1}
    assert canonical(body) == '{"a":"é中\\n\u2028","b":[1,true,null],"é":9007199254740993}'.encode()
    assert journal.genesis("LYG", "u-1").hex() == hashlib.sha256(b'["LYG","u-1"]').hexdigest()
    assert journal.seal(bytes(32), b"[]").hex() == hashlib.sha256(b"J1\0" + bytes(32) + b"[]").hexdigest()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abé中", max_size=3), inner),
    max_leaves=10,
)


@given(JSON)
def test_a_spelling_read_and_spelt_again_is_the_same(value: Any) -> None:
    once = canonical(value)
    assert canonical(json.loads(once)) == once


@pytest.mark.parametrize("wrong", [1.0, float("nan"), b"x", datetime.now(UTC), {1: "a"}, {"a": 0.1}, {1, 2}])
def test_what_has_more_than_one_spelling_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError):
        canonical(wrong)


@pytest.mark.parametrize("wrong", [{"é": 1, "e\u0301": 2}, "\ud800"])
def test_text_that_is_ambiguous_or_no_text_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"NFC|surrogate"):
        canonical(wrong)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        journal.utc_text(rows.AT.replace(tzinfo=None))


def test_a_chain_made_by_the_published_rule_verifies() -> None:
    before, events = chain()
    assert verify_events(events, before) == journal.VerifyReport(
        True, EVENTS, JournalMark(12, events[-1].hash)
    )


@given(st.data())
@settings(max_examples=300)
def test_any_one_changed_bit_of_any_field_is_found_and_its_row_named(data: st.DataObject) -> None:
    before, events = chain()
    at = data.draw(st.integers(0, EVENTS - 1))
    name = data.draw(st.sampled_from(["seq", "at", "kind", "ref", "event", "prev", "hash"]))
    old = getattr(events[at], name)
    new: Any
    if isinstance(old, bytes):
        bit = data.draw(st.integers(0, len(old) * 8 - 1))
        raw = bytearray(old)
        raw[bit // 8] ^= 1 << (bit % 8)
        new = bytes(raw)
    elif isinstance(old, str):
        place = data.draw(st.integers(0, len(old) - 1))
        new = old[:place] + chr(ord(old[place]) ^ 1) + old[place + 1 :]
    elif isinstance(old, datetime):
        new = old + timedelta(microseconds=1)
    else:
        new = old ^ (1 << data.draw(st.integers(0, 20)))
    events[at] = events[at]._replace(**{name: new})
    if name == "seq":
        events.sort(key=lambda e: e.seq)
    report = verify_events(events, before)
    assert not report.ok
    assert report.first_bad_seq is not None
    assert report.first_bad_seq <= at + 1
    if name != "seq":
        assert report.first_bad_seq == at + 1
        assert report.count == at


@given(
    st.integers(0, EVENTS - 1), st.integers(0, EVENTS - 1), st.sampled_from(["drop", "swap", "twice", "move"])
)
@settings(max_examples=150)
def test_rows_dropped_swapped_doubled_or_moved_are_found(one: int, two: int, how: str) -> None:
    before, events = chain()
    whole = list(events)
    if how == "drop":
        del events[one]
    elif how == "swap":
        events[one], events[two] = events[two], events[one]
    elif how == "twice":
        events.insert(two, events[one])
    else:
        events.insert(two, events.pop(one))
    if events == whole:
        return
    report = verify_events(events, before, expected=JournalMark(EVENTS, whole[-1].hash))
    assert not report.ok
    first_difference = next(
        (i for i, (a, b) in enumerate(zip(whole, events, strict=False)) if a != b), min(len(events), EVENTS)
    )
    assert report.first_bad_seq == first_difference + 1 or how == "twice"


def test_swapped_contents_under_renumbered_rows_are_found() -> None:
    before, events = chain()
    a, b = events[4], events[7]
    events[4] = b._replace(seq=a.seq)
    events[7] = a._replace(seq=b.seq)
    assert verify_events(events, before).first_bad_seq == 5


@given(st.integers(1, EVENTS))
def test_a_row_slipped_in_is_found(at: int) -> None:
    before, events = chain()
    prev = events[at - 1].hash
    forged = events[at - 1].event.replace(b'"clerk"', b'"other"')
    row = events[at - 1]._replace(seq=at + 1, prev=prev, event=forged, hash=journal.seal(prev, forged))
    later = [e._replace(seq=e.seq + 1) for e in events[at:]]
    report = verify_events([*events[:at], row, *later], before)
    assert not report.ok
    assert report.first_bad_seq == at + 1


@given(st.integers(0, EVENTS - 1))
def test_a_cut_tail_is_found_by_any_later_mark(keep: int) -> None:
    before, events = chain()
    mark = JournalMark(EVENTS, events[-1].hash)
    report = verify_events(events[:keep], before, expected=mark)
    assert (report.ok, report.why, report.first_bad_seq) == (False, "tail", keep + 1)
    assert verify_events(events[:keep], before).ok, "a bare chain cannot know"


@given(st.integers(2, EVENTS))
def test_a_history_rewritten_with_right_seals_is_found_by_any_paper_after_it(at: int) -> None:
    before, events = chain()
    paper = JournalMark(EVENTS, events[-1].hash)
    prev = events[at - 2].hash
    for i in range(at - 1, EVENTS):
        event = events[i].event.replace(b'"clerk"', b'"other"') if i == at - 1 else events[i].event
        events[i] = events[i]._replace(event=event, prev=prev, hash=journal.seal(prev, event))
        prev = events[i].hash
    assert verify_events(events, before).ok
    assert verify_events(events, before, expected=paper).why == "mark"


def test_another_installations_journal_does_not_fit(records: Records) -> None:
    marks = written(records)
    with records.write() as session:
        row = session.get_one(Meta, "install")
        row.value = "another"
    with records.read() as session:
        report = journal.verify(session)
        assert (report.first_bad_seq, report.why, report.head) == (1, "link", None)
        assert journal.verify(session, since=JournalMark(3, bytes(32))).why == "mark"
        assert journal.verify(session, since=JournalMark(99, bytes(32))).why == "tail"
        assert journal.verify(session, since=marks[3], expected=JournalMark(99, bytes(32))).why == "tail"


def _unprotect(records: Records) -> None:
    with records.write() as session:
        connection = session.connection()
        on = " ON journal" if records.dialect == "postgresql" else ""
        for name in ("journal_no_update", "journal_no_delete", "journal_links"):
            connection.exec_driver_sql(f"DROP TRIGGER {name}{on}")


FORGERIES = [
    ("UPDATE journal SET ref = 'submission:99' WHERE seq = 7", 7, "columns"),
    ("UPDATE journal SET kind = 'other' WHERE seq = 7", 7, "columns"),
    ("UPDATE journal SET hash = prev WHERE seq = 7", 7, "seal"),
    ("UPDATE journal SET prev = hash WHERE seq = 7", 7, "link"),
    ("DELETE FROM journal WHERE seq = 7", 7, "gap"),
    ("DELETE FROM journal WHERE seq = 1", 1, "gap"),
    ("DELETE FROM journal WHERE seq > 7", 8, "tail"),
    ("UPDATE journal SET seq = 99 WHERE seq = 7", 7, "gap"),
    ("UPDATE journal SET event = (SELECT event FROM journal WHERE seq = 5) WHERE seq = 7", 7, "seal"),
    ("DELETE FROM journal", 1, "tail"),
]


@pytest.mark.parametrize(("forgery", "seq", "why"), FORGERIES, ids=[f[0][:45] for f in FORGERIES])
def test_a_forger_with_the_triggers_gone_is_found(records: Records, forgery: str, seq: int, why: str) -> None:
    marks = written(records)
    _unprotect(records)
    with records.write() as session:
        session.connection().exec_driver_sql(forgery)
    with records.read() as session:
        report = journal.verify(session, expected=marks[-1])
    assert (report.ok, report.first_bad_seq, report.why) == (False, seq, why)


def test_an_event_in_an_act_that_fails_never_was(records: Records) -> None:
    marks = written(records)
    with pytest.raises(ZeroDivisionError), records.write() as session:  # noqa: PT012
        rows.write_event(session)
        raise ZeroDivisionError
    with records.write() as session:
        assert rows.write_event(session).seq == marks[-1].seq + 1


def test_a_mark_has_a_short_form_for_papers() -> None:
    mark = JournalMark(5, bytes.fromhex("0123456789abcdef" * 4))
    assert mark.short == "0123456789abcdef0123"
    assert mark.hex == "0123456789abcdef" * 4


def test_a_person_stands_in_the_journal_by_a_keyed_name_only() -> None:
    data = b"320799199001011234"
    assert commitment(b"k" * 32, data) == commitment(b"k" * 32, data)
    assert commitment(b"k" * 32, data) != commitment(b"l" * 32, data)
    assert commitment(b"k" * 32, data) != hashlib.sha256(data).hexdigest()
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(b"", data)


def test_a_rows_digest_knows_every_value_and_no_order() -> None:
    row = {"id": 7, "fen": 30000, "at": rows.AT, "who": "李", "key": b"\x01", "none": None}
    digest = row_digest(row)
    assert digest == row_digest(dict(reversed(row.items())))
    assert digest == row_digest(row | {"at": rows.AT.astimezone(timezone(timedelta(hours=8)))})
    for name in row:
        assert row_digest(row | {name: "other"}) != digest
    with pytest.raises(TypeError):
        row_digest({"fee": 300.0})


def test_verification_holds_little_in_memory(sqlite_records: Records) -> None:
    import tracemalloc

    with sqlite_records.write() as session:
        rows.start_journal(session)
        for n in range(6000):
            rows.write_event(session, n, body={"text": "x" * 500})
    with sqlite_records.read() as session:
        tracemalloc.start()
        assert journal.verify(session).count == 6001
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 8_000_000
