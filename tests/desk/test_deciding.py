"""Deciding: verdicts that follow from the findings, notices and who comes back with one, fees, previews."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from counter.desk import checklist, fees, submissions, verdicts
from counter.desk.forms import FeeInput
from counter.desk.rows import FEES, PAPERS
from counter.desk.views import Act, SubmissionView
from counter.errors import DeskError
from counter.rules.finding import FindingKind
from counter.rules.status import FeeState, OriginalsState, Status
from tests.builders import CASH, CLERK, Office, at_once, code_of, shanghai


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
    sub = sqlite_desk.put_in(sqlite_desk.opened(situations="3"), "diploma", "南京某大学")
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
        lambda: desk.put_in(opened, "diploma"),
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
