"""Ticking: every finding saved at once, the bag of originals, and what a slow or torn line leaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
import sqlalchemy as sa
from sqlmodel import Session

from counter.circular.model import Requirement
from counter.desk import checklist, papers, submissions
from counter.desk.forms import FindingInput
from counter.desk.rows import ENTRIES, FEES, FINDINGS, NOTICES, ORIGINALS, PAPERS, SUBMISSIONS, as_row, digest
from counter.desk.verify import verify
from counter.desk.views import SubmissionView
from counter.errors import DeskError
from counter.rules.finding import FindingKind
from counter.rules.status import Status
from counter.rules.verdict import VerdictKind
from db import journal
from db.engine import Records, open_records
from db.errors import OutcomeUnknown
from tests.builders import CLERK, Office, code_of, office_at
from tests.fixtures_db import KEY, sqlite_file


def test_every_tick_is_there_for_another_reader_at_once(desk: Office) -> None:
    sub = desk.tick(desk.opened(), "A1-01")
    assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub
    assert sub.tally[FindingKind.OK] == 1
    assert sub.unjudged == 18


def test_the_view_after_a_tick_is_the_view_read_afresh(desk: Office) -> None:
    sub = desk.faulty()
    sub = desk.put_in(sub, "diploma", "毕业证")
    assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub
    sub = desk.correct(sub)
    assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub
    sub = desk.again(sub)
    assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub
    sub = desk.accept(desk.tick_all(sub))
    assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub


def test_too_few_copies_become_a_defect_by_themselves(desk: Office) -> None:
    sub = desk.tick(desk.opened(), "A3-03", copies=18)
    finding = next(i.finding for i in sub.items if i.code == "A3-03")
    assert finding is not None
    assert (finding.kind, finding.lacking, [r.code for r in finding.reasons]) == (
        FindingKind.DEFECT,
        2,
        ["short"],
    )


def test_a_finding_that_cannot_be_is_refused_and_changes_nothing(sqlite_desk: Office) -> None:
    sub = sqlite_desk.opened()
    for item, kind, found in (
        ("A1-01", FindingKind.DEFECT, {}),
        ("A1-01", FindingKind.WAIVED, {"waive_reason": "no_paper"}),
        ("Z9", FindingKind.OK, {}),
        ("A3-01", FindingKind.OK, {"copies": 3}),
    ):
        assert code_of(partial(sqlite_desk.tick, sub, item, kind, **found)) == "finding"
    assert submissions.view(sqlite_desk.ctx, sub.id, actor=CLERK) == sub


def test_a_changed_finding_replaces_the_one_before(desk: Office) -> None:
    sub = desk.tick(desk.opened(), "A1-02", FindingKind.DEFECT, reasons=("unsigned",))
    sub = desk.tick(sub, "A1-02")
    assert sub.defects == ()
    sub = checklist.clear_finding(
        desk.ctx, submission_id=sub.id, version=sub.version, item="A1-02", actor=CLERK, key=uuid4()
    )
    assert sub.unjudged == 19


def test_a_tick_on_an_old_view_is_refused(desk: Office) -> None:
    old = desk.opened()
    desk.tick(old, "A1-01")
    assert code_of(lambda: desk.tick(old, "A1-02")) == "stale"


def test_the_same_tick_sent_twice_counts_once(desk: Office) -> None:
    sub, key = desk.opened(), uuid4()
    first, second = (
        checklist.record_finding(
            desk.ctx,
            submission_id=sub.id,
            version=sub.version,
            finding=FindingInput(item="A1-01", kind=FindingKind.OK),
            actor=CLERK,
            key=key,
        )
        for _ in range(2)
    )
    assert first == second


def test_two_desks_on_one_submission_never_lose_a_tick(desk: Office) -> None:
    sub = desk.put_in(desk.opened())
    items = [item.code for item in sub.items]
    errors: list[str] = []

    def work(mine: list[str]) -> None:
        for code in mine:
            while True:
                now = submissions.view(desk.ctx, sub.id, actor=CLERK)
                try:
                    desk.tick(now, code)
                    break
                except DeskError as e:
                    if e.code != "stale":
                        errors.append(e.code)
                        return

    threads = [threading.Thread(target=work, args=(items[n::2],)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert submissions.view(desk.ctx, sub.id, actor=CLERK).unjudged == 0


def test_a_bag_with_nothing_in_it_is_not_in_order(desk: Office) -> None:
    sub = desk.tick_all(desk.opened(), "B-01")
    assert [kind.code for kind in sub.originals_expected] == [
        *("diploma", "degree", "title", "appointment", "paper", "award", "patent")
    ]
    with pytest.raises(DeskError) as caught:
        desk.tick(sub, "B-01")
    assert (caught.value.code, caught.value.facts) == ("no-originals", {"kinds": 7})
    assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub
    sub = desk.put_in(sub, "diploma")
    assert (sub.originals_held, desk.tick(sub, "B-01").verdict) == (1, VerdictKind.ACCEPT)


def test_what_is_waived_is_not_expected_in_the_bag(sqlite_desk: Office) -> None:
    sub = sqlite_desk.tick(sqlite_desk.opened(), "A2-03", FindingKind.WAIVED, waive_reason="no_paper")
    assert "paper" not in {kind.code for kind in sub.originals_expected}


def test_with_its_last_original_the_bag_loses_its_tick(desk: Office) -> None:
    sub = desk.tick_all(desk.opened())
    for original in sub.originals:
        sub = checklist.remove_original(
            desk.ctx,
            submission_id=sub.id,
            version=sub.version,
            original_id=original.id,
            actor=CLERK,
            key=uuid4(),
        )
    assert (sub.unjudged, sub.verdict) == (1, None)
    assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub


def all_waived(desk: Office) -> SubmissionView:
    """Return a submission under a circular in which everything with an original was waived."""
    circular = desk.ctx.circular
    with_original = [i.code for i in circular.items if i.needs_original and i.code != "B-01"]
    items = tuple(
        msgspec.structs.replace(item, requirement=Requirement.CONDITIONAL, waives=("not_demanded",))
        if item.code in with_original
        else item
        for item in circular.items
    )
    desk.ctx = replace(desk.ctx, circular=msgspec.structs.replace(circular, items=items))
    sub = desk.opened()
    for code in with_original:
        sub = desk.tick(sub, code, FindingKind.WAIVED, waive_reason="not_demanded")
    return sub


def test_without_any_original_there_is_no_bag_for_them_and_the_receipt_says_why(desk: Office) -> None:
    sub = desk.tick(all_waived(desk), "B-01")
    assert sub.originals == ()
    sub = desk.tick_all(sub)
    assert [plan.title for plan in sub.accept_prints] == ["受理回执", "评审材料袋"]
    sub = desk.accept(sub)
    assert [paper.number[0] for paper in sub.papers] == ["1", "3", "5"]
    with desk.ctx.records.read() as session:
        receipt, label, _slip = (
            session.connection().execute(sa.select(PAPERS.c.data).order_by(PAPERS.c.id)).scalars()
        )
    paper = json.loads(receipt)["data"]
    assert (paper["bags"], paper["originals"]) == (["评审材料袋 1 个"], [])
    (bag,) = [row for row in paper["items"] if row["place"] == "原件"]
    assert (bag["received"], bag["result"], bag["remark"]) == ("0", "齐", "各项均免原件")
    assert json.loads(label)["data"]["bags"] == 1
    assert verify(desk.ctx, actor=CLERK).ok


def test_an_item_that_is_no_longer_waived_takes_the_tick_of_an_empty_bag(desk: Office) -> None:
    sub = desk.tick(all_waived(desk), "B-01")
    sub = desk.tick(sub, "A1-04")
    assert next(item.finding for item in sub.items if item.code == "B-01") is None
    assert code_of(lambda: desk.tick(sub, "B-01")) == "no-originals"


def test_a_bag_label_counts_what_lies_in_that_bag(sqlite_desk: Office) -> None:
    sub = sqlite_desk.put_in(sqlite_desk.opened(), "diploma")
    sub = sqlite_desk.tick(sub, "A1-05", FindingKind.WAIVED, waive_reason="no_title")
    sqlite_desk.accept(sqlite_desk.tick_all(sub))
    with sqlite_desk.ctx.records.read() as session:
        found = session.connection().execute(sa.select(PAPERS.c.data).where(PAPERS.c.template == "label-1"))
        contents = [json.loads(data)["data"]["contents"] for data in found.scalars()]
    in_review = [i for i in sub.items if sqlite_desk.ctx.circular.group(i.group).bag == "review"]
    assert contents == [f"评审材料 {len(in_review) - 1} 项", "原件 1 件"]


def test_every_row_of_a_submission_is_bound_into_the_journal(desk: Office) -> None:
    """The last digest the journal holds of each row is the digest of the row as it stands."""
    sub = desk.put_in(desk.faulty(), "diploma")
    sub = desk.again(desk.correct(sub))
    sub = desk.accept(desk.tick_all(sub))
    sub = submissions.view(desk.ctx, sub.id, actor=CLERK)
    with desk.ctx.records.read() as session:
        conn = session.connection()
        latest: dict[str, str] = {}
        for (event,) in conn.execute(sa.text("SELECT event FROM journal ORDER BY seq")):
            body = json.loads(bytes(event))[8]
            latest |= (body or {}).get("rows", {})
        key = bytes(conn.execute(sa.select(ENTRIES.c.subject_key)).scalar_one())
        for table in (SUBMISSIONS, FINDINGS, ORIGINALS, NOTICES, FEES, PAPERS):
            rows = [as_row(r) for r in conn.execute(sa.select(table))]
            assert rows
            for row in rows:
                assert latest[f"{table.name}:{row['id']}"] == digest(key, row), (table.name, row)
        assert journal.verify(session).ok


def test_what_was_done_without_papers_is_still_reachable(sqlite_desk: Office) -> None:
    sub = sqlite_desk.accepted()
    assert papers.papers_of(sqlite_desk.ctx, sub.id, actor=CLERK) == sub.papers
    assert sub.verdict is VerdictKind.ACCEPT


def test_while_another_program_writes_the_desk_says_busy_and_changes_nothing(tmp_path: Path) -> None:
    file = sqlite_file(tmp_path)
    records, other = open_records(file, KEY, busy_ms=50), open_records(file, KEY)
    desk = office_at(tmp_path / "home", records)
    sub = desk.opened()
    with other.write():
        with pytest.raises(DeskError) as caught:
            desk.tick(sub, "A1-01")
        assert (caught.value.code, caught.value.facts["reason"]) == ("records", "busy")
        assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub
    assert desk.tick(sub, "A1-01").unjudged == 18
    records.close()
    other.close()


def test_an_answer_lost_on_its_way_is_found_again_by_its_key(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server commits and the line breaks before it says so: the desk looks by the key first."""
    sub, key = desk.tick_all(desk.opened()), uuid4()
    whole = Records.write

    @contextmanager
    def cut(records: Records) -> Iterator[Session]:
        with whole(records) as session:
            yield session
        raise OutcomeUnknown("server closed the connection")

    with monkeypatch.context() as broken:
        broken.setattr(Records, "write", cut)
        accepted = desk.accept(sub, key=key)
    assert accepted.status is Status.ACCEPTED
    assert desk.accept(sub, key=key) == accepted


def test_an_answer_that_never_came_is_not_taken_for_one(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sub = desk.tick_all(desk.opened())
    whole = Records.write

    @contextmanager
    def cut(records: Records) -> Iterator[Session]:
        with whole(records) as session:
            yield session
            raise OutcomeUnknown("server closed the connection")

    with monkeypatch.context() as broken:
        broken.setattr(Records, "write", cut)
        assert code_of(lambda: desk.accept(sub)) == "outcome-unknown"
    assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub
