"""Ticking and deciding: every finding saved at once, verdicts that follow from them, papers that tell all."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import sqlalchemy as sa
from sqlmodel import Session

from counter.circular.model import Requirement
from counter.desk import checklist, fees, papers, submissions, verdicts
from counter.desk.forms import FeeInput, FindingInput
from counter.desk.rows import ENTRIES, FEES, FINDINGS, NOTICES, ORIGINALS, PAPERS, SUBMISSIONS, as_row, digest
from counter.desk.verify import verify
from counter.desk.views import Act, SubmissionView
from counter.errors import DeskError
from counter.rules.finding import FindingKind
from counter.rules.status import FeeState, OriginalsState, Status
from counter.rules.verdict import VerdictKind
from db import journal
from db.engine import Records, open_records
from db.errors import OutcomeUnknown
from tests.builders import CASH, CLERK, Office, at_once, code_of, office_at, shanghai
from tests.fixtures_db import KEY, sqlite_file


def add_original(desk: Office, sub: SubmissionView, kind: str = "diploma", title: str = "") -> SubmissionView:
    return desk.put_in(sub, kind, title)


def test_every_tick_is_there_for_another_reader_at_once(desk: Office) -> None:
    sub = desk.tick(desk.opened(), "A1-01")
    assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub
    assert sub.tally[FindingKind.OK] == 1
    assert sub.unjudged == 18


def test_the_view_after_a_tick_is_the_view_read_afresh(desk: Office) -> None:
    sub = desk.faulty()
    sub = add_original(desk, sub, title="毕业证")
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


def test_there_is_no_verdict_while_an_item_is_unjudged(desk: Office) -> None:
    sub = desk.tick_all(desk.opened(), "C-01")
    assert (sub.verdict, sub.unjudged) == (None, 1)
    assert code_of(lambda: desk.accept(sub)) == "not-allowed"
    assert code_of(lambda: desk.correct(sub)) == "not-allowed"


def test_acceptance_issues_a_receipt_and_two_labels_of_one_serial(desk: Office) -> None:
    sub = desk.accepted()
    assert sub.status is Status.ACCEPTED
    assert [(p.number[0], p.number[5:12], p.copies) for p in sub.papers] == [
        ("1", "0000001", 2),
        ("3", "0000001", 1),
        ("4", "0000001", 1),
        ("5", "0000001", 1),
    ]
    assert sub.papers[0].number == sub.number
    assert sub.fee.state is FeeState.PAID
    assert sub.fee.amount_fen == 30000


def test_the_same_acceptance_twice_takes_the_fee_once(desk: Office) -> None:
    sub, key = desk.tick_all(desk.opened()), uuid4()
    assert desk.accept(sub, key=key) == desk.accept(sub, key=key)
    with desk.ctx.records.read() as session:
        conn = session.connection()
        assert conn.execute(sa.select(sa.func.count()).select_from(FEES)).scalar_one() == 1
        assert conn.execute(sa.select(sa.func.count()).select_from(PAPERS)).scalar_one() == 4


def test_one_key_from_two_threads_has_one_answer(desk: Office) -> None:
    sub, key = desk.tick_all(desk.opened()), uuid4()
    answers = at_once(lambda: desk.accept(sub, key=key).papers)
    assert len(set(map(str, answers))) == 1, answers


def test_the_receipt_says_what_was_decided(sqlite_desk: Office) -> None:
    sub = add_original(sqlite_desk, sqlite_desk.opened(situations="3"), title="南京某大学")
    sub = sqlite_desk.tick_all(sub, "A2-03")
    sub = sqlite_desk.tick(sub, "A2-03", FindingKind.WAIVED, waive_reason="no_paper")
    sub = sqlite_desk.accept(sub, FeeInput(method="later"))
    with sqlite_desk.ctx.records.read() as session:
        data = session.connection().execute(sa.select(PAPERS.c.data).where(PAPERS.c.kind == 1)).scalar_one()
    paper = json.loads(data)["data"]
    assert paper["online_id"] == sub.person.online_id
    assert paper["applicant"]["id_masked"].count("*") == 8
    assert len(paper["items"]) == 19
    waived = next(row for row in paper["items"] if row["result"] == "免")
    assert waived["remark"] == "情形3 无论文"
    assert paper["fee"]["state"] == "未缴"
    assert paper["fee"]["capitals"] == "叁佰元整"
    assert paper["originals"] == [{"name": "学历证书", "detail": "南京某大学", "count": "1"}]
    assert len(paper["journal_head"]) == 20


def test_a_notice_lists_everything_with_its_standard_and_the_deadline(desk: Office) -> None:
    sub = desk.correct(desk.faulty())
    assert sub.status is Status.CORRECTION
    assert [(line.item, line.kind) for line in sub.defects] == [
        ("A1-09", FindingKind.DEFECT),
        ("A3-03", FindingKind.MISSING),
    ]
    assert all(line.standard for line in sub.defects)
    assert sub.deadline is not None
    assert (sub.deadline.at, sub.deadline.working_days_left) == (shanghai("2024-09-10T18:00"), 21)
    assert [paper.number for paper in sub.papers] == ["22401000000108"]
    assert sub.allowed == {Act.RETURN_VISIT, Act.REPRINT}


def test_notices_have_a_series_of_their_own(desk: Office) -> None:
    desk.opened()
    desk.opened("李四")
    first, second = desk.correct(desk.faulty("王五")), desk.correct(desk.faulty("赵六"))
    assert (first.serial, first.papers[0].display) == ("00003", "连工信职补〔2024〕00001号")
    assert second.papers[0].display == "连工信职补〔2024〕00002号"


def test_a_return_visit_opens_only_what_the_notice_named(desk: Office) -> None:
    sub = desk.again(desk.correct(desk.faulty()))
    assert [item.code for item in sub.items if item.open] == ["A1-09", "A3-03"]
    assert (sub.visit, sub.unjudged, sub.verdict) == (2, 2, None)
    assert all(i.finding is not None and i.finding.earlier for i in sub.items if i.open)
    assert code_of(lambda: desk.tick(sub, "A1-01")) == "item-closed"
    sub = desk.accept(desk.tick_all(sub))
    assert sub.status is Status.ACCEPTED


def test_a_waiver_that_falls_on_a_return_visit_leaves_its_item_to_be_judged(desk: Office) -> None:
    sub = desk.tick(desk.opened(), "A1-05", FindingKind.WAIVED, waive_reason="no_title")
    sub = desk.tick(desk.tick_all(sub, "A3-03"), "A3-03", FindingKind.MISSING, reasons=("not_submitted",))
    sub = desk.again(desk.correct(sub))
    sub = submissions.set_situations(
        desk.ctx, submission_id=sub.id, version=sub.version, situations=(3,), actor=CLERK, key=uuid4()
    )
    assert [item.code for item in sub.items if item.open] == ["A1-05", "A3-03"]
    sub = desk.tick(sub, "A1-05", FindingKind.DEFECT, reasons=("illegible",))
    sub = desk.tick_all(desk.tick(sub, "A1-05"))
    assert code_of(lambda: desk.tick(sub, "A1-01")) == "item-closed"
    assert desk.accept(sub).status is Status.ACCEPTED


def test_a_second_notice_repeats_what_is_still_wanting(desk: Office) -> None:
    sub = desk.tick(desk.again(desk.correct(desk.faulty())), "A1-09")
    sub = desk.tick(sub, "A3-03", copies=18)
    sub = desk.correct(sub)
    assert [(line.item, line.is_new) for line in sub.defects] == [("A3-03", False)]
    sub = desk.again(sub)
    assert [item.code for item in sub.items if item.open] == ["A3-03"]
    assert desk.accept(desk.tick_all(sub)).visit == 3


def test_a_notice_that_says_something_new_needs_a_supervisor(desk: Office) -> None:
    sub = desk.tick(desk.again(desk.correct(desk.faulty())), "A3-03")
    sub = desk.tick(sub, "A1-09", FindingKind.DEFECT, reasons=("illegible",))
    assert [line.is_new for line in sub.defects] == [True]
    assert "notice_adds_items" in {remark.code for remark in sub.warnings}
    assert code_of(lambda: desk.correct(sub)) == "notice-adds"
    approval = desk.approval("notice", f"submission:{sub.id}", "not_visible_before")
    assert desk.correct(sub, (approval,)).status is Status.CORRECTION


def test_past_its_deadline_a_correction_lapses(desk: Office) -> None:
    sub = desk.correct(desk.faulty())
    desk.clock.at = shanghai("2024-09-10T18:00")
    sub = desk.again(sub)
    assert (sub.status, sub.allowed) == (Status.LAPSED, frozenset({Act.REPRINT}))


def test_the_applicant_comes_back_only_in_opening_hours(sqlite_desk: Office) -> None:
    sub = sqlite_desk.correct(sqlite_desk.faulty())
    sqlite_desk.clock.at = shanghai("2024-08-13T13:00")
    assert code_of(lambda: sqlite_desk.again(sub)) == "closed"


def park(desk: Office, sub: SubmissionView) -> SubmissionView:
    return submissions.park(
        desk.ctx, submission_id=sub.id, version=sub.version, note="", actor=CLERK, key=uuid4()
    )


def resume(desk: Office, sub: SubmissionView) -> SubmissionView:
    return submissions.resume(desk.ctx, submission_id=sub.id, version=sub.version, actor=CLERK, key=uuid4())


@pytest.mark.parametrize("when", ["2024-08-12T12:05", "2024-08-12T18:03"])
def test_who_came_in_time_is_served_to_the_end(sqlite_desk: Office, when: str) -> None:
    sub = sqlite_desk.tick_all(sqlite_desk.opened(), "C-01")
    sqlite_desk.clock.at = shanghai(when)
    sub = resume(sqlite_desk, park(sqlite_desk, sub))
    assert (sub.office.open, sub.closed) == (False, None)
    assert sqlite_desk.accept(sqlite_desk.tick(sub, "C-01")).status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("2024-08-13T08:59", "outside_hours"),
        ("2024-08-17T10:00", "not_working_day"),
        ("2024-09-11T10:00", "after_window"),
    ],
)
def test_papers_of_another_day_wait_for_the_open_counter(desk: Office, when: str, reason: str) -> None:
    opened = desk.tick(desk.opened(), "A1-01")
    clean, faulty = desk.tick_all(desk.opened("李四")), desk.faulty("王五")
    parked, told = park(desk, desk.opened("赵六")), desk.correct(desk.faulty("孙七"))
    desk.clock.at = shanghai(when)
    acts: list[Any] = [
        lambda: desk.tick(opened, "A1-02"),
        lambda: add_original(desk, opened),
        lambda: desk.accept(clean),
        lambda: desk.correct(faulty),
        lambda: resume(desk, parked),
        lambda: verdicts.preview_accept(desk.ctx, submission_id=clean.id, fee=CASH, actor=CLERK),
        lambda: verdicts.preview_correction(desk.ctx, submission_id=faulty.id, actor=CLERK),
    ]
    if reason != "after_window":
        acts.append(lambda: desk.again(told))
    for act in acts:
        with pytest.raises(DeskError) as caught:
            act()
        assert (caught.value.code, caught.value.facts["reason"]) == ("closed", reason)
    for before in (opened, clean, faulty, parked):
        now = submissions.view(desk.ctx, before.id, actor=CLERK)
        assert (now.version, now.closed and now.closed.reason) == (before.version, reason)
        assert now.allowed == before.allowed & {Act.PARK, Act.REJECT}
        assert desk.reject(before).closed is None
    with desk.ctx.records.read() as session:
        refused = session.connection().execute(sa.text("SELECT count(*) FROM journal WHERE kind = 'refused'"))
        assert refused.scalar_one() == len(acts) - 2


def test_papers_of_another_day_are_finished_when_the_counter_was_open_for_them(sqlite_desk: Office) -> None:
    sub = sqlite_desk.tick_all(sqlite_desk.opened(), "C-01", "A3-03")
    sqlite_desk.clock.at = shanghai("2024-08-13T11:58")
    sub = sqlite_desk.tick(sub, "A3-03")
    sqlite_desk.clock.at = shanghai("2024-08-13T12:03")
    assert sqlite_desk.accept(sqlite_desk.tick(sub, "C-01")).status is Status.ACCEPTED


def test_parking_while_the_counter_is_closed_brings_nobody_to_it(sqlite_desk: Office) -> None:
    sub = sqlite_desk.opened()
    sqlite_desk.clock.at = shanghai("2024-08-13T20:00")
    assert code_of(lambda: resume(sqlite_desk, park(sqlite_desk, sub))) == "closed"


def test_with_a_notice_the_originals_go_home_and_come_back(desk: Office) -> None:
    sub = desk.faulty()
    assert sub.originals_state is OriginalsState.HELD
    sub = desk.correct(sub)
    assert (sub.originals_state, [o.held for o in sub.originals]) == (OriginalsState.RETURNED, [False])
    sub = desk.again(sub)
    assert (sub.originals_state, [o.held for o in sub.originals]) == (OriginalsState.HELD, [True])
    sub = checklist.remove_original(
        desk.ctx,
        submission_id=sub.id,
        version=sub.version,
        original_id=sub.originals[0].id,
        actor=CLERK,
        key=uuid4(),
    )
    assert (sub.originals_state, sub.originals) == (OriginalsState.NONE, ())


def test_a_rejection_needs_a_ground_of_the_circular(desk: Office) -> None:
    sub = desk.opened()

    def reject(ground: str, note: str = "") -> SubmissionView:
        return verdicts.reject(
            desk.ctx,
            submission_id=sub.id,
            version=sub.version,
            ground=ground,
            note=note,
            actor=CLERK,
            key=uuid4(),
        )

    assert code_of(lambda: reject("")) == "rejection"
    assert code_of(lambda: reject("other")) == "rejection"
    assert reject("other", "材料不实").status is Status.REJECTED


@pytest.mark.parametrize(
    ("fee", "reason"),
    [
        (FeeInput(method="barter"), "unknown-method"),
        (FeeInput(method="waived"), "document-needed"),
        (FeeInput(method="cash", tendered_fen=20000), "too-little"),
        (FeeInput(method="cash", tendered_fen=22401000000108), "too-much"),
        (FeeInput(method="card", tendered_fen=30000), "not-cash"),
    ],
)
def test_a_fee_that_cannot_be_is_refused_with_its_reason(
    sqlite_desk: Office, fee: FeeInput, reason: str
) -> None:
    sub = sqlite_desk.tick_all(sqlite_desk.opened())
    with pytest.raises(DeskError) as caught:
        sqlite_desk.accept(sub, fee)
    assert (caught.value.code, caught.value.facts["reason"]) == ("fee", reason)
    assert submissions.view(sqlite_desk.ctx, sub.id, actor=CLERK) == sub


def test_a_fee_left_due_is_settled_once(desk: Office) -> None:
    sub = desk.accept(desk.tick_all(desk.opened()), FeeInput(method="later"))
    assert (sub.fee.state, Act.SETTLE_FEE in sub.allowed) == (FeeState.DUE, True)

    def settle(view: SubmissionView, fee: FeeInput) -> SubmissionView:
        return fees.settle_fee(
            desk.ctx, submission_id=view.id, version=view.version, fee=fee, actor=CLERK, key=uuid4()
        )

    assert code_of(lambda: settle(sub, FeeInput(method="later"))) == "fee"
    sub = settle(sub, CASH)
    assert (sub.fee.state, sub.fee.amount_fen) == (FeeState.PAID, 30000)
    assert code_of(lambda: settle(sub, CASH)) == "not-allowed"


def test_a_bill_number_is_added_once(desk: Office) -> None:
    sub = desk.accepted()

    def bill(view: SubmissionView, number: str) -> SubmissionView:
        return fees.add_bill_number(
            desk.ctx,
            submission_id=view.id,
            version=view.version,
            bill_code="32010124",
            bill_number=number,
            actor=CLERK,
            key=uuid4(),
        )

    assert code_of(lambda: bill(sub, "")) == "bill-empty"
    sub = bill(sub, "0012345678")
    assert (sub.fee.bill_code, sub.fee.bill_number) == ("32010124", "0012345678")
    assert code_of(lambda: bill(sub, "1")) == "bill-known"


def test_a_preview_shows_the_paper_and_stores_nothing(sqlite_desk: Office) -> None:
    sub = sqlite_desk.faulty()
    before = sqlite_desk.ctx.records
    shown = verdicts.preview_correction(sqlite_desk.ctx, submission_id=sub.id, actor=CLERK)
    assert shown.number == "22401000000108"
    assert len(shown.qr) == 29
    assert submissions.view(sqlite_desk.ctx, sub.id, actor=CLERK) == sub
    done = sqlite_desk.correct(sub)
    assert done.papers[0].number == shown.number
    with before.read() as session:
        assert session.connection().execute(sa.select(sa.func.count()).select_from(PAPERS)).scalar_one() == 1
    clean = sqlite_desk.tick_all(sqlite_desk.opened("李四"))
    receipt = verdicts.preview_accept(sqlite_desk.ctx, submission_id=clean.id, fee=CASH, actor=CLERK)
    assert receipt.number == clean.number
    assert receipt.document["online_id"] == clean.person.online_id


def test_a_bag_with_nothing_in_it_is_not_in_order(desk: Office) -> None:
    sub = desk.tick_all(desk.opened(), "B-01")
    assert [kind.code for kind in sub.originals_expected] == [
        *("diploma", "degree", "title", "appointment", "paper", "award", "patent")
    ]
    with pytest.raises(DeskError) as caught:
        desk.tick(sub, "B-01")
    assert (caught.value.code, caught.value.facts) == ("no-originals", {"kinds": 7})
    assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub
    sub = add_original(desk, sub)
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
    sub = add_original(sqlite_desk, sqlite_desk.opened())
    sub = sqlite_desk.tick(sub, "A1-05", FindingKind.WAIVED, waive_reason="no_title")
    sqlite_desk.accept(sqlite_desk.tick_all(sub))
    with sqlite_desk.ctx.records.read() as session:
        found = session.connection().execute(sa.select(PAPERS.c.data).where(PAPERS.c.template == "label-1"))
        contents = [json.loads(data)["data"]["contents"] for data in found.scalars()]
    in_review = [i for i in sub.items if sqlite_desk.ctx.circular.group(i.group).bag == "review"]
    assert contents == [f"评审材料 {len(in_review) - 1} 项", "原件 1 件"]


def test_every_row_of_a_submission_is_bound_into_the_journal(desk: Office) -> None:
    """The last digest the journal holds of each row is the digest of the row as it stands."""
    sub = add_original(desk, desk.faulty())
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
