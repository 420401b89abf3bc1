"""Money at the counter: shifts, payments that go back only as records of their own, counts and closes."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from counter.commands_out import as_json, as_text
from counter.desk import (
    closing,
    fees,
    papers,
    payments,
    reports,
    scan,
    search,
    shifts,
    sign_in,
    staff,
    submissions,
    today,
)
from counter.desk.demo_money import close_day, in_pieces, last_sheet, open_day
from counter.desk.export import day_sheets
from counter.desk.figures import line
from counter.desk.forms import FeeInput
from counter.desk.money_views import CloseView, ClosingView
from counter.desk.office import adopt_circular
from counter.desk.refusals import NOTED
from counter.desk.rows import APPROVALS, CASH_COUNTS, CLOSINGS, FEES, JOURNAL, PAPERS, PAYMENTS, SHIFTS, blank
from counter.desk.search_views import Opens
from counter.desk.sheet_preview import preview_sheet
from counter.desk.verify import verify
from counter.desk.views import Act, Actor, ApprovalId, Role, SubmissionView
from counter.errors import DeskError
from counter.rules.cash import DENOMINATIONS
from counter.rules.status import FeeState
from db.errors import RecordsError
from receipts.money_wording import FIGURES
from tests.builders import CASH, CLERK, PASSWORD, SUPERVISOR, TELLER, Office, at_once, on_shift, shanghai
from tests.paper.reading import text_of

NOTHING = tuple((fen, 0) for fen in DENOMINATIONS)


def refused(act: Callable[[], object]) -> str:
    """Return the code of a refusal, with its reason where it has one."""
    with pytest.raises(DeskError) as error:
        act()
    reason = error.value.facts.get("reason", "")
    return f"{error.value.code}.{reason}" if reason else error.value.code


def void(desk: Office, sub: SubmissionView, actor: Actor = CLERK) -> SubmissionView:
    """Void a submission's payment with the supervisor's word."""
    approval = desk.approval("void", f"submission:{sub.id}", "mistyped")
    return payments.void_payment(
        desk.ctx, submission_id=sub.id, version=sub.version, approval=approval, actor=actor, key=uuid4()
    )


def refund(desk: Office, sub: SubmissionView) -> SubmissionView:
    """Give a payment of an earlier shift back."""
    approval = desk.approval("refund", f"submission:{sub.id}", "paid_twice")
    return payments.refund_payment(
        desk.ctx, submission_id=sub.id, version=sub.version, approval=approval, actor=CLERK, key=uuid4()
    )


def settle(desk: Office, sub: SubmissionView, fee: FeeInput = CASH, actor: Actor = CLERK) -> SubmissionView:
    """Note the fee of an accepted submission."""
    return fees.settle_fee(
        desk.ctx, submission_id=sub.id, version=sub.version, fee=fee, actor=actor, key=uuid4()
    )


def count(desk: Office, fen: int, actor: Actor = CLERK) -> CloseView:
    """Count the drawer."""
    return closing.count(desk.ctx, lines=in_pieces(fen), actor=actor, key=uuid4())


def close(desk: Office, reason: str = "", actor: Actor = CLERK) -> ClosingView:
    """Close the shift."""
    return closing.close(desk.ctx, reason=reason, backup=False, actor=actor, key=uuid4())


def rows_of(desk: Office, table: sa.Table) -> Sequence[Any]:
    """Return a table's rows."""
    with desk.ctx.records.read() as session:
        return session.connection().execute(sa.select(table).order_by(table.c.id)).all()


def bad(desk: Office) -> dict[str, tuple[str, str]]:
    """Return what the proof finds wrong: check, first bad row and why."""
    return {
        c.code: (c.first_bad, str(c.facts.get("why", "")))
        for c in verify(desk.ctx, actor=SUPERVISOR).checks
        if not c.ok
    }


def test_a_desk_number_that_is_new_beside_others_opens_with_a_supervisor(desk: Office) -> None:
    """Else another number in the settings would be a way past yesterday's sheet."""
    other = replace(desk.ctx, desk=2)
    actor = TELLER._replace(desk=2)
    open_day(other, actor, uuid4())  # no desk has closed yet, so that there is no sheet to get past
    close_day(other, actor, (uuid4(), uuid4()))
    third = replace(desk.ctx, desk=3)
    actor = TELLER._replace(desk=3)
    words: dict[str, Any] = {"float_fen": 20000, "actor": actor}
    with pytest.raises(DeskError) as error:
        shifts.open_shift(third, key=uuid4(), **words)
    assert (error.value.code, error.value.facts["reason"]) == ("sheet-mismatch", "new-desk")
    given = sign_in.approve(
        third, kind="sheet", ref="desk:3", login="sun", password=PASSWORD, reason="other", note="new",
        actor=actor, key=uuid4(),
    )  # fmt: skip
    assert shifts.open_shift(third, key=uuid4(), approval=given, **words).sheet == "override"


def test_no_money_moves_without_an_open_shift_of_this_clerk_and_day(desk: Office) -> None:
    due = desk.accept(desk.tick_all(desk.opened()), FeeInput(method="later"))
    other = Actor("li", Role.CLERK, 1)
    assert refused(lambda: settle(desk, due, actor=other)) == "shift-of-other"
    desk.clock.tick(days=1)
    assert refused(lambda: settle(desk, due)) == "shift-of-earlier-day"
    assert submissions.view(desk.ctx, due.id, actor=CLERK).fee.state is FeeState.DUE
    assert desk.opened("李四").serial == "00002"  # checking papers goes on
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    assert refused(lambda: settle(desk, due)) == "no-shift"
    open_day(desk.ctx, CLERK, uuid4())
    assert settle(desk, due).fee.state is FeeState.PAID
    assert [row.amount_fen for row in rows_of(desk, PAYMENTS)] == [30000]


def test_the_preview_of_a_day_sheet_says_what_the_sheet_will_say(desk: Office) -> None:
    desk.accepted("张三")
    void(desk, desk.accepted("李四"))
    assert refused(lambda: preview_sheet(desk.ctx, actor=CLERK)) == "not-counted"
    count(desk, 490_00)
    view = preview_sheet(desk.ctx, actor=CLERK)
    made = close(desk, "unexplained")
    assert (view.number, view.display) == (made.number, made.display)
    papers.drain(desk.ctx)
    text = text_of((desk.ctx.documents / f"{made.number}.pdf").read_bytes())
    said = [word for _label, line in view.lines for word in line.replace("；", " ").split()]
    assert len(said) > 40
    assert [word for word in said if word not in text] == []
    assert refused(lambda: preview_sheet(desk.ctx, actor=CLERK)) == "no-shift"


def test_a_password_set_for_a_supervisor_stands_on_the_sheet_and_at_the_next_opening(desk: Office) -> None:
    def rescue() -> None:
        who = Actor("machine", Role.IT, 1)
        staff.rescue(desk.ctx, login="sun", password="longan-2024", actor=who, key=uuid4())

    rescue()
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    made = closing.closings(desk.ctx, actor=CLERK)[0]
    found = line(made.sections, "staff", "rescued")
    assert (found.count, found.text) == (1, "sun/machine")
    papers.drain(desk.ctx)
    text = text_of((desk.ctx.documents / f"{made.number}.pdf").read_bytes())
    assert "主管口令由他人设置" in text
    assert "sun/machine" in text
    assert shifts.current(desk.ctx, actor=CLERK).rescued == 0
    rescue()
    assert shifts.current(desk.ctx, actor=CLERK).rescued == 1
    open_day(desk.ctx, CLERK, uuid4())
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    assert line(closing.closings(desk.ctx, actor=CLERK)[0].sections, "staff", "rescued").count == 1
    open_day(desk.ctx, CLERK, uuid4())
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    assert "staff" not in [s.code for s in closing.closings(desk.ctx, actor=CLERK)[0].sections]
    assert bad(desk) == {}


def test_every_refusal_that_a_day_sheet_counts_has_its_word() -> None:
    scans = ("unknown", "unknown-number", "bad-check-digit", "bad-identity", "empty")
    for code in (*NOTED, *scans, "not-permitted", "sheet-mismatch"):
        assert f"refusals.{code}" in FIGURES, code


def test_status_shows_the_money_that_moved_and_how_it_went_back(desk: Office) -> None:
    sub = void(desk, desk.accepted("郑八", phone="13800008888"))
    settle(desk, sub, FeeInput(method="wechat", bill_code="32070124", bill_number="0007731"))
    (view,) = search.status(desk.ctx, "郑八", actor=CLERK)
    assert [(p.kind, p.method_code, p.amount_fen, p.bill_number) for p in view.payments] == [
        ("take", "cash", 30000, ""),
        ("void", "cash", -30000, ""),
        ("take", "wechat", 30000, "0007731"),
    ]
    found: Any = as_json(view)
    assert (found["fee"], found["fee_method"]) == ("paid", "wechat")
    assert found["bill"] == {"code": "32070124", "number": "0007731"}
    back = found["payments"][1]
    assert (back["kind"], back["approved_by"], back["reason"]) == ("void", "sun", "mistyped")
    lines = as_text(view).splitlines()
    (said,) = (line for line in lines if "作废 300.00 元" in line)
    assert said.endswith("现金，8月12日 周一 09:05，zhou，sun 批准")
    assert sum("票据 32070124 0007731" in line for line in lines) == 1
    assert "13800008888" not in as_text(view)
    assert view.hit.identity in as_text(view)
    assert "*" in view.hit.identity


def test_status_of_a_fee_noted_elsewhere_names_the_way_and_the_bill(desk: Office) -> None:
    desk.accept(desk.tick_all(desk.opened("郑八")), FeeInput(method="employer", bill_number="0007731"))
    (view,) = search.status(desk.ctx, "郑八", actor=CLERK)
    assert view.payments == ()
    (said,) = (line for line in as_text(view).splitlines() if "登记：" in line)
    assert "票据 0007731" in said
    found: Any = as_json(view)
    assert (found["fee_method"], found["bill"]) == ("employer", {"code": "", "number": "0007731"})


def test_a_fee_that_is_due_or_paid_elsewhere_notes_no_money(desk: Office) -> None:
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    for method in ("later", "employer"):
        sub = desk.tick_all(desk.opened())
        from counter.desk import verdicts

        verdicts.accept(
            desk.ctx,
            submission_id=sub.id,
            version=sub.version,
            fee=FeeInput(method=method),
            actor=CLERK,
            key=uuid4(),
        )
    assert rows_of(desk, PAYMENTS) == []
    assert bad(desk) == {}


def test_a_bill_noted_for_a_fee_paid_elsewhere_goes_only_with_a_supervisor(desk: Office) -> None:
    sub = desk.accept(desk.tick_all(desk.opened()), FeeInput(method="employer", bill_number="0012345678"))
    assert refused(lambda: settle(desk, sub)) == "not-allowed"
    assert submissions.view(desk.ctx, sub.id, actor=CLERK).fee.bill_number == "0012345678"
    given = desk.approval("void", f"submission:{sub.id}", "mistyped")
    sub = payments.void_payment(
        desk.ctx, submission_id=sub.id, version=sub.version, approval=given, actor=CLERK, key=uuid4()
    )
    assert settle(desk, sub).fee.state is FeeState.PAID
    assert [row.bill_number for row in rows_of(desk, FEES)] == ["0012345678", ""]


def test_one_shift_at_a_time_for_each_desk(desk: Office) -> None:
    again = lambda: shifts.open_shift(desk.ctx, float_fen=0, actor=TELLER, key=uuid4())  # noqa: E731
    assert refused(again) == "shift-open"
    assert len(rows_of(desk, SHIFTS)) == 1


@pytest.mark.parametrize("float_fen", [-1, 10_000_01])
def test_a_float_is_change_and_not_a_treasury(sqlite_desk: Office, float_fen: int) -> None:
    close_day(sqlite_desk.ctx, CLERK, (uuid4(), uuid4()))
    opening = lambda: shifts.open_shift(  # noqa: E731
        sqlite_desk.ctx, float_fen=float_fen, sheet=last_sheet(sqlite_desk.ctx), actor=CLERK, key=uuid4()
    )
    assert refused(opening) == "float.range"


def test_a_shift_opens_with_the_last_sheet_and_with_no_other(desk: Office) -> None:
    assert shifts.current(desk.ctx, actor=CLERK).live is not None
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    first = last_sheet(desk.ctx)
    desk.clock.tick(days=1)

    def opened(sheet: str, **more: Any) -> object:
        return shifts.open_shift(desk.ctx, float_fen=0, sheet=sheet, actor=CLERK, key=uuid4(), **more)

    forged = first[:-1] + ("0" if first[-1] != "0" else "1")
    assert refused(lambda: opened("")) == "sheet-needed"
    assert refused(lambda: opened("32401000000190")) == "sheet-mismatch.unread"
    assert refused(lambda: opened(forged)) == "sheet-mismatch.journal"
    opened(first)
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    assert refused(lambda: opened(first)) == "sheet-mismatch.other"
    approval = desk.approval("sheet", "desk:1", "sheet_unreadable")
    opened(first, approval=approval)
    assert [row.sheet for row in rows_of(desk, SHIFTS)] == ["first", "match", "override"]
    with desk.ctx.records.read() as session:
        told = session.connection().execute(sa.select(JOURNAL.c.ref).where(JOURNAL.c.kind == "refused")).all()
    assert len([ref for (ref,) in told if ref == "desk:1"]) == 3
    assert bad(desk) == {}


def test_records_put_back_to_before_the_sheet_are_noticed_at_the_opening(sqlite_desk: Office) -> None:
    close_day(sqlite_desk.ctx, CLERK, (uuid4(), uuid4()))
    sheet = last_sheet(sqlite_desk.ctx)
    with sqlite_desk.ctx.records.write() as session:
        for trigger in ("journal_no_update",):
            session.connection().exec_driver_sql(f"DROP TRIGGER {trigger}")
        session.connection().execute(
            sa.update(JOURNAL).where(JOURNAL.c.kind == "shift.closed").values(hash=b"\0" * 32)
        )
    opening = lambda: shifts.open_shift(  # noqa: E731
        sqlite_desk.ctx, float_fen=0, sheet=sheet, actor=CLERK, key=uuid4()
    )
    assert refused(opening) == "sheet-mismatch.journal"


def test_a_void_is_a_new_record_and_the_right_fee_may_follow(desk: Office) -> None:
    sub = void(desk, desk.accepted())
    assert sub.fee.state is FeeState.VOIDED
    assert Act.SETTLE_FEE in sub.allowed
    sub = settle(desk, sub, FeeInput(method="card"))
    taken, back, again = rows_of(desk, PAYMENTS)
    assert (taken.kind, back.kind, again.kind) == ("take", "void", "take")
    assert (back.amount_fen, back.negates, back.reason) == (-30000, taken.id, "mistyped")
    assert (back.requested_by, back.approved_by) == ("zhou", "sun")
    assert [row.serial for row in (taken, back, again)] == [1, 2, 3]
    assert [p.number[0] for p in sub.papers].count("5") == 3
    assert [p.back for p in payments.payments_of(desk.ctx, sub.id, actor=CLERK)] == ["", "", "void"]
    assert bad(desk) == {}


def test_nothing_is_voided_twice_and_no_void_is(desk: Office) -> None:
    sub = void(desk, desk.accepted())
    assert refused(lambda: void(desk, sub)) == "nothing-to-void"
    assert refused(lambda: refund(desk, sub)) == "nothing-to-void"
    assert len(rows_of(desk, PAYMENTS)) == 2


def test_a_payment_of_an_earlier_shift_is_refunded_and_one_of_this_is_voided(desk: Office) -> None:
    sub = desk.accepted()
    assert refused(lambda: refund(desk, sub)) == "refund-now"
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    desk.clock.tick(days=1)
    on_shift(desk.ctx)
    assert refused(lambda: void(desk, sub)) == "void-later"
    assert refund(desk, sub).fee.state is FeeState.VOIDED
    assert line(count(desk, 0).sections, "drawer", "expected").fen == 20000 - 30000
    assert bad(desk) == {}


def test_nobody_gives_money_back_alone(desk: Office) -> None:
    sub = desk.accepted()
    alone = lambda: payments.void_payment(  # noqa: E731
        desk.ctx,
        submission_id=sub.id,
        version=sub.version,
        approval=ApprovalId(404),
        actor=CLERK,
        key=uuid4(),
    )
    assert refused(alone) == "approval.unknown"
    other = desk.approval("refund", f"submission:{sub.id}", "paid_twice")
    wrong = lambda: payments.void_payment(  # noqa: E731
        desk.ctx, submission_id=sub.id, version=sub.version, approval=other, actor=CLERK, key=uuid4()
    )
    assert refused(wrong) == "approval.other"
    assert [row.kind for row in rows_of(desk, PAYMENTS)] == ["take"]


def test_a_slip_taken_back_says_so_on_its_next_copy_and_opens_its_submission(sqlite_desk: Office) -> None:
    from tests.paper.reading import text_of

    sub = sqlite_desk.accepted()
    number = next(p.number for p in sub.papers if p.kind == 5)
    assert scan.resolve(sqlite_desk.ctx, number, actor=CLERK) == Opens(sub.id)
    void(sqlite_desk, sub)
    papers.drain(sqlite_desk.ctx)
    papers.reprint(sqlite_desk.ctx, number=number, actor=CLERK, key=uuid4())
    papers.drain(sqlite_desk.ctx)
    folder = sqlite_desk.ctx.documents
    assert "已作废" not in text_of((folder / f"{number}.pdf").read_bytes())
    assert "已作废" in text_of((folder / f"{number}-1.pdf").read_bytes())


def test_another_price_needs_a_supervisor_and_stands_with_before_and_after(desk: Office) -> None:
    sub = desk.tick_all(desk.opened())
    assert refused(lambda: desk.accept(sub, FeeInput(method="cash", amount_fen=15000))) == "fee.price"
    approval = desk.approval("price", fees.price_ref(sub.id, 15000), "reduced_by_document")
    less = FeeInput(method="cash", amount_fen=100, approval=approval)
    assert refused(lambda: desk.accept(sub, less)) == "approval.other"
    sub = desk.accept(sub, FeeInput(method="cash", amount_fen=15000, approval=approval))
    assert sub.fee.amount_fen == 15000
    assert [row.amount_fen for row in rows_of(desk, PAYMENTS)] == [15000]
    with desk.ctx.records.read() as session:
        event = (
            session.connection()
            .execute(sa.select(JOURNAL.c.event).where(JOURNAL.c.kind == "fee.recorded"))
            .scalar_one()
        )
    body = json.loads(bytes(event))[8]
    assert (body["before_fen"], body["amount_fen"], body["approved_by"]) == (30000, 15000, "sun")
    sections = count(desk, 20000 + 15000).sections
    assert line(sections, "reconcile", "price").fen == 15000
    assert line(sections, "reconcile", "rest").fen == 0
    assert bad(desk) == {}


def test_the_count_comes_before_anybody_is_told_and_is_never_changed(desk: Office) -> None:
    sub = desk.accepted()
    shown = closing.state(desk.ctx, actor=CLERK)
    assert (shown.expected_fen, shown.variance_fen, shown.sections) == (None, None, ())
    report = reports.report(desk.ctx, actor=CLERK)
    assert not report.whole
    assert all(x.fen is None for s in report.sections for x in s.lines)
    told_by_desk = [today.desk_view(desk.ctx, actor=who) for who in (CLERK, SUPERVISOR)]
    assert [(view.fee_fen, view.fee_count) for view in told_by_desk] == [(None, 1), (30000, 1)]
    day = shifts.current(desk.ctx, actor=CLERK).live
    assert day is not None
    assert refused(lambda: day_sheets(desk.ctx, day.day, actor=CLERK)) == "count-first"
    assert day_sheets(desk.ctx, day.day - timedelta(days=1), actor=CLERK)
    closing.begin(desk.ctx, actor=CLERK, key=uuid4())
    desk_view = today.desk_view(desk.ctx, actor=CLERK)
    assert (desk_view.fee_fen, desk_view.fee_count, desk_view.accepted, desk_view.bags_held) == (0, 0, 0, 0)
    assert refused(lambda: reports.report(desk.ctx, actor=CLERK)) == "closing-begun"
    assert refused(lambda: day_sheets(desk.ctx, day.day, actor=CLERK)) == "count-first"
    assert day_sheets(desk.ctx, day.day, actor=SUPERVISOR)
    told = count(desk, 49900)
    assert (told.expected_fen, told.variance_fen) == (50000, -100)
    assert refused(lambda: count(desk, 50000)) == "counted"
    assert [row.counted_fen for row in rows_of(desk, CASH_COUNTS)] == [49900]
    assert refused(lambda: void(desk, sub)) == "shift-counted"


def test_a_supervisor_and_an_auditor_see_the_sums_at_any_time_and_a_clerk_with_approval(desk: Office) -> None:
    desk.accepted()
    for actor in (SUPERVISOR, Actor("xu", Role.AUDITOR, 1)):
        report = reports.report(desk.ctx, actor=actor)
        assert line(report.sections, "drawer", "expected").fen == 50000
    approval = desk.approval("report", "desk:1", "asked_by_auditor")
    assert reports.report(desk.ctx, approval=approval, actor=CLERK).whole
    assert line(count(desk, 50000).sections, "submissions", "accepted").count == 1


def test_the_close_lists_every_exception_also_that_of_its_own_sheet(desk: Office) -> None:
    desk.accepted("李四")
    count(desk, 50000)
    close(desk)
    sheet = desk.approval("sheet", "desk:1", "sheet_not_at_hand")
    shifts.open_shift(desk.ctx, float_fen=20000, approval=sheet, actor=CLERK, key=uuid4())
    sub = desk.accepted()
    more = desk.approval("reprint", f"paper:{sub.number}", "lost")
    strict = replace(desk.ctx, copies_limit=0)
    papers.reprint(strict, number=sub.number, actor=CLERK, key=uuid4(), approved=(more,))
    void(desk, sub)
    (listed,) = (s for s in count(desk, 20000).sections if s.code == "approvals")
    assert [x.code for x in listed.lines] == ["sheet", "reprint", "void"]
    assert all(x.text.endswith(("sheet_not_at_hand", "lost", "mistyped")) for x in listed.lines)
    close(desk)
    assert bad(desk) == {}


def test_a_close_proves_also_under_a_later_circular_that_words_things_anew(
    desk: Office, tmp_path: Path
) -> None:
    desk.accepted()
    count(desk, 50000)
    close(desk)
    with desk.ctx.records.read() as session:
        toml = str(session.connection().exec_driver_sql("SELECT toml FROM circular_version").scalar())
    (tmp_path / "next.toml").write_text(toml.replace('name = "现金"', 'name = "现钞"'), encoding="utf-8")
    later = adopt_circular(desk.ctx, file=tmp_path / "next.toml", actor=SUPERVISOR)
    assert [c for c in verify(later, actor=CLERK).checks if not c.ok] == []


def test_a_difference_is_closed_as_it_is_with_its_reason(desk: Office) -> None:
    desk.accepted()
    assert refused(lambda: close(desk)) == "not-counted"
    count(desk, 49900)
    assert refused(lambda: close(desk)) == "variance-reason"
    assert refused(lambda: close(desk, "other")) == "variance-note"
    words: dict[str, Any] = {"reason": "unexplained", "note": "[red] 张三找零时", "backup": False}
    made = closing.close(desk.ctx, actor=CLERK, key=uuid4(), **words)
    assert made.variance_note == "[red] 张三找零时"
    with desk.ctx.records.read() as session:
        printed = session.connection().execute(sa.select(PAPERS.c.data).where(PAPERS.c.kind == 7)).scalar()
    assert printed is not None
    assert "张三" not in printed  # a sheet that is filed cannot be erased
    assert (made.expected_fen, made.counted_fen, made.variance_fen) == (50000, 49900, -100)
    assert made.variance_reason == "unexplained"
    assert shifts.current(desk.ctx, actor=CLERK).live is None
    assert bad(desk) == {}


def test_a_drawer_that_agrees_takes_no_reason(desk: Office) -> None:
    count(desk, 20000)
    assert refused(lambda: close(desk, "unexplained")) == "variance-none"
    assert close(desk).variance_fen == 0


def test_an_empty_shift_closes_to_a_numbered_sheet(desk: Office) -> None:
    count(desk, 20000)
    made = close(desk)
    assert (made.number[0], made.number[5:12]) == ("7", "0000001")
    assert (made.perpetual_count, made.perpetual_fen) == (0, 0)
    papers.drain(desk.ctx)
    assert (desk.ctx.documents / f"{made.number}.pdf").exists()
    assert bad(desk) == {}


def test_two_desks_or_two_keys_close_once(desk: Office) -> None:
    count(desk, 20000)
    answers = at_once(lambda: close(desk).number)
    assert sorted(map(str, answers), key=len)[:3] == ["no-shift"] * 3
    assert len(rows_of(desk, CLOSINGS)) == 1
    key = uuid4()
    desk.clock.tick(days=1)
    on_shift(desk.ctx)
    count(desk, 20000)
    first = closing.close(desk.ctx, backup=False, actor=CLERK, key=key)
    assert closing.close(desk.ctx, backup=False, actor=CLERK, key=key) == first


def test_a_close_makes_a_backup(sqlite_desk: Office) -> None:
    count(sqlite_desk, 20000)
    closing.close(sqlite_desk.ctx, actor=CLERK, key=uuid4())
    assert len(list(sqlite_desk.ctx.backups.glob("desk-*.db"))) == 1


def test_only_the_shifts_clerk_or_a_supervisor_counts_and_closes(desk: Office) -> None:
    assert refused(lambda: count(desk, 20000, TELLER)) == "shift-of-other"
    count(desk, 20000, SUPERVISOR)
    assert close(desk, actor=SUPERVISOR).actor == "sun"


def test_every_receipt_of_the_shift_is_accounted_for(desk: Office) -> None:
    for method in ("cash", "card", "employer", "later"):
        desk.accept(desk.tick_all(desk.opened()), FeeInput(method=method))
    owing = desk.accept(desk.tick_all(desk.opened()), FeeInput(method="later"))
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    desk.clock.tick(days=1)
    on_shift(desk.ctx)
    settle(desk, owing)
    void(desk, desk.accepted())
    sections = count(desk, 20000 + 30000).sections
    figures = {x.code: (x.count, x.fen) for s in sections if s.code == "reconcile" for x in s.lines}
    assert figures["receipts"] == (1, 30000)
    assert figures["due"] == (1, 30000)
    assert figures["earlier"] == (1, 30000)
    assert figures["rest"] == (0, 0)
    assert line(sections, "open", "accepted_without_fee").count == 1
    assert [x.text.split("|")[1:3] for s in sections if s.code == "approvals" for x in s.lines] == [
        ["zhou", "sun"]
    ]
    first = closing.closings(desk.ctx, actor=CLERK)[0].sections
    figures = {x.code: (x.count, x.fen) for s in first if s.code == "reconcile" for x in s.lines}
    assert figures["receipts"] == (5, 150000)
    assert (figures["paid"], figures["elsewhere"], figures["due"]) == ((2, 60000), (1, 30000), (2, 60000))


def test_fees_without_a_bill_are_listed_until_they_have_one(desk: Office) -> None:
    first, second = desk.accepted("张三"), desk.accepted("李四")
    listed = payments.without_bill(desk.ctx, actor=CLERK)
    assert [row.submission_id for row in listed] == [second.id, first.id]
    fees.add_bill_number(
        desk.ctx,
        submission_id=second.id,
        version=second.version,
        bill_code="32060124",
        bill_number="0000481516",
        actor=CLERK,
        key=uuid4(),
    )
    assert [row.submission_id for row in payments.without_bill(desk.ctx, actor=CLERK)] == [first.id]


def test_ten_thousand_payments_at_one_instant_fall_into_exactly_one_close_each(
    sqlite_desk: Office,
) -> None:
    most, desk, chance = 10_000, sqlite_desk, random.Random(16)
    sub = desk.accepted()
    template = dict(rows_of(desk, PAYMENTS)[0]._mapping)
    made, serial = 1, 1
    totals = []
    while made < most:
        part = min(most - made, chance.randint(1, 4000))
        shift = rows_of(desk, SHIFTS)[-1].id
        rows = []
        for _ in range(part):
            serial += 1
            fen, method = chance.randint(1, 3000) * 10, chance.choice(("cash", "card"))
            rows.append(
                blank(PAYMENTS)
                | {k: v for k, v in template.items() if k != "id"}
                | {"shift_id": shift, "serial": serial, "amount_fen": fen, "method": method}
            )
        with desk.ctx.records.write() as session:
            session.connection().execute(sa.insert(PAYMENTS), rows)
        made += part
        close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
        open_day(desk.ctx, CLERK, uuid4())  # the clock stands still: every payment has the same instant
        totals.append(part)
    closes = closing.closings(desk.ctx, limit=999, actor=CLERK)[::-1]
    day = [line(c.sections, "payments", "net") for c in closes]
    assert sum(x.count or 0 for x in day) == most
    kept = rows_of(desk, PAYMENTS)
    assert sum(x.fen or 0 for x in day) == sum(row.amount_fen for row in kept)
    before = (0, 0)
    for made_close, net in zip(closes, day, strict=True):
        before = before[0] + (net.count or 0), before[1] + (net.fen or 0)
        assert (made_close.perpetual_count, made_close.perpetual_fen) == before
    assert len({row.at for row in kept}) == 1
    assert sub.id == 1


def test_a_year_of_random_money_adds_up(sqlite_desk: Office) -> None:
    desk, chance = sqlite_desk, random.Random(3)
    live: list[SubmissionView] = []
    for _day in range(6):
        on_shift(desk.ctx)
        live.extend(desk.accepted() for _ in range(chance.randint(0, 3)))
        for _ in range(chance.randint(0, 2)):
            if live:
                at = chance.randrange(len(live))
                sub = submissions.view(desk.ctx, live[at].id, actor=CLERK)
                if sub.fee.state is FeeState.PAID:
                    back = payments.payments_of(desk.ctx, sub.id, actor=CLERK)[-1].back
                    void(desk, sub) if back == "void" else refund(desk, sub)
                elif sub.fee.state is FeeState.VOIDED:
                    settle(desk, sub, FeeInput(method=chance.choice(("cash", "card", "employer"))))
        with desk.ctx.records.read() as session:
            from counter.desk.figures import movements
            from counter.rules.cash import expected

            shift = rows_of(desk, SHIFTS)[-1]
            should = expected(shift.float_fen, movements(session.connection(), desk.ctx, shift.id))
        off = chance.choice((0, 0, 100, -500))
        count(desk, max(0, should + off))
        close(desk, "unexplained" if max(0, should + off) != should else "")
        desk.clock.tick(days=1)
        while desk.clock.at.weekday() > 4:
            desk.clock.tick(days=1)
    rows = rows_of(desk, PAYMENTS)
    gone = {row.negates for row in rows}
    standing = sum(row.amount_fen for row in rows if row.kind == "take" and row.id not in gone)
    assert sum(row.amount_fen for row in rows) == standing
    assert closing.closings(desk.ctx, actor=CLERK)[0].perpetual_fen == standing
    assert bad(desk) == {}


@pytest.mark.parametrize(
    ("triggers", "change", "first"),
    [
        (("payment_no_update",), "UPDATE payment SET method = 'card' WHERE id = 1", ("fee:1", "fee")),
        (
            ("approval_fixed", "approval_once"),
            "UPDATE approval SET used_at = NULL",
            ("payment:3", "approval"),
        ),
        (("closing_fixed",), "UPDATE closing SET perpetual_fen = 1", ("closing:1", "perpetual")),
        (("cash_count_no_update",), "UPDATE cash_count SET lines = '[]'", ("closing:1", "count")),
        (
            ("closing_fixed",),
            "UPDATE closing SET expected_fen = expected_fen + 1, variance_fen = variance_fen - 1",
            ("closing:1", "sum"),
        ),
        (
            ("closing_fixed",),
            "UPDATE closing SET figures = replace(figures, '[\"copies\",0', '[\"copies\",1')",
            ("closing:1", "figures"),
        ),
        (("closing_no_delete",), "DELETE FROM closing", ("shift:1", "shift")),
    ],
)
def test_money_changed_behind_the_desks_back_is_named(
    sqlite_desk: Office, triggers: tuple[str, ...], change: str, first: tuple[str, str]
) -> None:
    desk = sqlite_desk
    desk.accepted("李四")
    void(desk, desk.accepted())
    count(desk, 50000 - 100)
    close(desk, "unexplained")
    assert bad(desk) == {}
    with desk.ctx.records.write() as session:
        for trigger in triggers:
            session.connection().exec_driver_sql(f"DROP TRIGGER {trigger}")
        session.connection().exec_driver_sql(change)
    assert bad(desk)["money"] == first


def test_the_database_itself_refuses_money_outside_a_shift_and_a_void_by_one_person(desk: Office) -> None:
    desk.accepted()
    row = {k: v for k, v in rows_of(desk, PAYMENTS)[0]._mapping.items() if k != "id"}
    back = {"kind": "void", "amount_fen": -30000, "negates": 1, "reason": "mistyped", "serial": 9}
    for wrong in (
        {"shift_id": 404, "serial": 9},
        {**back, "approved_by": "zhou", "approval_id": 1},
        {**back, "approved_by": "sun", "approval_id": 404},
    ):
        with pytest.raises(RecordsError), desk.ctx.records.write() as session:
            session.connection().execute(sa.insert(PAYMENTS).values({**row, **wrong}))
    assert len(rows_of(desk, PAYMENTS)) == 1
    assert rows_of(desk, APPROVALS) == []


def test_the_database_itself_lets_an_approval_give_back_one_payment_of_its_own_submission(
    desk: Office,
) -> None:
    first, second = desk.accepted(), desk.accepted("李四")
    (taken, other) = (dict(row._mapping) for row in rows_of(desk, PAYMENTS))
    unused = desk.approval("void", f"submission:{second.id}", "mistyped")
    void(desk, first)
    used = rows_of(desk, PAYMENTS)[-1].approval_id
    back = {"kind": "void", "amount_fen": -30000, "negates": other["id"], "reason": "mistyped", "serial": 9}
    for approval in (used, unused):
        row = {**other, **back, "approved_by": "sun", "approval_id": approval}
        with pytest.raises(RecordsError), desk.ctx.records.write() as session:
            session.connection().execute(sa.insert(PAYMENTS).values({k: row[k] for k in row if k != "id"}))
    assert [row.negates for row in rows_of(desk, PAYMENTS)] == [None, None, taken["id"]]


def test_the_sheet_is_the_paper_the_close_prints(desk: Office) -> None:
    desk.accepted()
    count(desk, 50000)
    made = close(desk)
    with desk.ctx.records.read() as session:
        data = session.connection().execute(sa.select(PAPERS.c.data).where(PAPERS.c.kind == 7)).scalar_one()
    doc = json.loads(data)["data"]
    assert doc["display_number"] == made.display
    assert doc["chain_head"].replace(" ", "") == doc["anchor"].split(" ")[3].lower()
    assert shanghai("2024-08-12T09:05").strftime("%Y-%m-%d") == doc["day"]
