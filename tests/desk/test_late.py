"""What was taken in on emergency papers is entered afterwards: in order, with both times, and told apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from counter.desk import export, sign_in, submissions
from counter.desk.forms import LateForm, WalkUpForm
from counter.desk.late import first_after, late_ref, next_paper, read_number
from counter.desk.pads import print_pad
from counter.desk.rows import JOURNAL
from counter.desk.today import desk_view
from counter.desk.verify import verify
from counter.desk.verify_report import Check
from counter.desk.views import ApprovalId, SubmissionView
from counter.errors import DeskError
from counter.words import sentence
from tests.builders import CLERK, PASSWORD, SUPERVISOR, Office, identity_number, pad, shanghai
from tests.paper.reading import pages_of, squeezed


def late(number: str, at: str = "2024-08-12T09:30", *, skip: bool = False) -> LateForm:
    return LateForm(number=number, occurred_at=shanghai(at), skip=skip)


def enter(
    desk: Office, form: LateForm, name: str = "张三", actor: Any = CLERK, *approved: ApprovalId
) -> SubmissionView:
    return submissions.open_submission(
        desk.ctx, entry_id=desk.person(name), actor=actor, key=uuid4(), approved=approved, late=form
    )


def word_for(desk: Office, form: LateForm) -> ApprovalId:
    paper = read_number(form.number)
    assert paper is not None
    return desk.approval("late", late_ref(paper, form))


def back_up(desk: Office) -> None:
    """The desk is up again at half past noon, when the counter is closed, and the clerk signs in."""
    desk.clock.tick(hours=3, minutes=25)
    sign_in.sign_in(desk.ctx, login="zhou", password=PASSWORD)


def refused(reason: str, work: Callable[[], object]) -> None:
    with pytest.raises(DeskError) as caught:
        work()
    assert (caught.value.code, caught.value.facts["reason"]) == ("late", reason)
    assert "{" not in sentence(caught.value)
    assert "—" not in sentence(caught.value)


def check(desk: Office) -> Check:
    report = verify(desk.ctx, actor=CLERK)
    assert [c for c in report.checks if not c.ok and c.code != "late"] == []
    return next(c for c in report.checks if c.code == "late")


@pytest.fixture
def desk(desk: Office) -> Office:
    """The desk was down since nine and is up again."""
    pad(desk, 31, 140)
    pad(desk, 7, 9, number=2)
    back_up(desk)
    return desk


def test_it_is_entered_while_the_counter_is_closed_and_judged_by_the_time_it_happened(desk: Office) -> None:
    sub = enter(desk, late("01-0031"))
    assert sub.late is not None
    assert (sub.late.number, sub.late.occurred_at) == ("01-0031", shanghai("2024-08-12T09:30"))
    assert sub.late.entered_at == sub.opened_at == desk.clock.now()
    accepted = desk.accept(desk.tick_all(sub))
    assert str(accepted.status) == "accepted"
    assert [row.late for row in desk_view(desk.ctx, actor=CLERK).rows] == [True]


def test_without_the_paper_nobody_is_taken_in_at_noon(desk: Office) -> None:
    with pytest.raises(DeskError, match="closed"):
        desk.opened()


@pytest.mark.parametrize(
    "at", ["2024-08-12T08:59", "2024-08-12T12:00", "2024-08-11T10:00", "2024-07-01T10:00"]
)
def test_a_time_at_which_the_counter_was_closed_takes_a_supervisor(desk: Office, at: str) -> None:
    refused("closed", lambda: enter(desk, late("01-0031", at)))
    refused("closed", lambda: enter(desk, late("01-0031", at), "李四", SUPERVISOR))
    enter(desk, late("01-0031", at), "王五", CLERK, word_for(desk, late("01-0031", at)))
    assert check(desk).ok


@pytest.mark.parametrize("left", ["working", "signed out"])
def test_a_time_at_which_somebody_sat_here_takes_a_supervisor(desk: Office, left: str) -> None:
    desk.clock.tick(hours=2, minutes=40)  # 15:10, open again, and the clerk has been here since 12:30
    form = late("01-0031", "2024-08-12T15:05")
    if left == "signed out":
        sign_in.sign_out(desk.ctx, actor=CLERK)
        desk.clock.tick(minutes=5)
        sign_in.sign_in(desk.ctx, login="zhou", password=PASSWORD)
    refused("running", lambda: enter(desk, form))
    word = word_for(desk, form)
    other = late("01-0031", "2024-08-12T15:06")
    with pytest.raises(DeskError, match="approval"):
        enter(desk, other, "李四", CLERK, word)  # given for another time
    enter(desk, form, "王五", CLERK, word)


def test_the_first_event_after_a_time_is_found_by_halving(desk: Office) -> None:
    for _again in range(3):
        desk.clock.tick(minutes=3)
        sign_in.sign_in(desk.ctx, login="zhou", password=PASSWORD)
        sign_in.sign_out(desk.ctx, actor=CLERK)
    with desk.ctx.records.read() as session:
        conn = session.connection()
        times = [row.at for row in conn.execute(sa.select(JOURNAL.c.at).order_by(JOURNAL.c.seq))]
        asked = {at + timedelta(seconds=step) for at in times for step in (-1, 0, 1)}
        assert len(asked) >= 12
        for at in asked:
            assert first_after(conn, at) == 1 + sum(time <= at for time in times)


def test_a_paper_of_another_desks_pad_is_a_supervisors(desk: Office) -> None:
    form = late("02-0007")
    refused("pad", lambda: enter(desk, form))
    enter(desk, form, "李四", CLERK, word_for(desk, form))
    enter(desk, late("02-0008"), "王五", SUPERVISOR)


def test_at_most_a_hundred_papers_are_passed_over_at_once(desk: Office) -> None:
    enter(desk, late("01-0031"))
    refused("many", lambda: enter(desk, late("01-0132", skip=True), "李四"))
    enter(desk, late("01-0131", skip=True), "王五")
    assert check(desk).facts["unused"] == [f"01-{no:04d}" for no in range(32, 131)]


def test_what_has_not_happened_yet_is_refused(desk: Office) -> None:
    refused("ahead", lambda: enter(desk, late("01-0031", "2024-08-12T15:30")))


@pytest.mark.parametrize("number", ["", "31", "1-", "0-31", "01-0000", "01-0031x", "LYGGX20240000000009"])
def test_what_is_no_number_of_an_emergency_paper_is_refused(desk: Office, number: str) -> None:
    refused("number", lambda: enter(desk, late(number)))


def test_numbers_come_in_their_order_and_each_once(desk: Office) -> None:
    assert next_paper(desk.ctx, actor=CLERK) == "01-0031"
    enter(desk, late("1-31"))
    assert next_paper(desk.ctx, actor=CLERK) == "01-0032"
    refused("entered", lambda: enter(desk, late("01-0031"), "李四"))
    refused("order", lambda: enter(desk, late("01-0033", "2024-08-12T09:50"), "王五"))
    refused("earlier", lambda: enter(desk, late("01-0032", "2024-08-12T09:29"), "赵六"))
    enter(desk, late("01-0032", "2024-08-12T09:30"), "孙七")
    enter(desk, late("02-0007", "2024-08-12T09:10"), "周八", SUPERVISOR)  # another desk's pad
    assert check(desk).facts["missing"] == []


def test_a_number_that_no_pad_had_is_a_supervisors(desk: Office) -> None:
    for number in ("01-0030", "02-0010"):
        refused("not-printed", lambda number=number: enter(desk, late(number)))  # type: ignore[misc]
    assert check(desk).count == 0
    form = late("01-0029")
    enter(desk, form, "李四", CLERK, word_for(desk, form))
    enter(desk, late("01-0030"), "王五", SUPERVISOR)
    assert check(desk).facts["unprinted"] == ["01-0029", "01-0030"]


def test_the_first_of_a_pad_comes_first(desk: Office) -> None:
    refused("order", lambda: enter(desk, late("01-0033")))
    enter(desk, late("01-0033", skip=True), "李四")
    assert next_paper(desk.ctx, actor=CLERK) == "01-0034"


def test_pads_run_on_and_what_is_printed_is_what_may_be_entered(desk: Office, tmp_path: Path) -> None:
    key = uuid4()
    made = print_pad(desk.ctx, count=2, actor=CLERK, key=key)
    assert (made.first, made.last) == ("01-0141", "01-0142")
    again = print_pad(desk.ctx, count=2, actor=CLERK, key=key)
    assert (again.first, again.path) == (made.first, made.path)
    pages = pages_of(made.path.read_bytes())
    assert len(pages) == 2
    for number, page in zip(("01-0141", "01-0142"), pages, strict=True):
        assert page.count(number) == 2  # the sheet and its counterfoil
        for words in ("应急收件单", "应急收件凭条", "到窗时间", "300.00", "票据", "经办人"):
            assert words in page
        for item in desk.ctx.circular.items:
            assert squeezed(item.title) in page
    elsewhere = print_pad(desk.ctx, count=1, path=tmp_path / "one.pdf", actor=CLERK, key=uuid4())
    assert elsewhere.first == "01-0143"
    for count in (0, 201):
        with pytest.raises(DeskError, match="pad-count"):
            print_pad(desk.ctx, count=count, actor=CLERK, key=uuid4())
    with pytest.raises(DeskError, match="exists"):
        print_pad(desk.ctx, count=1, path=tmp_path / "one.pdf", actor=CLERK, key=uuid4())
    assert print_pad(desk.ctx, count=1, actor=CLERK, key=uuid4()).first == "01-0144"
    enter(desk, late("01-0130", skip=True))
    enter(desk, late("01-0143", "2024-08-12T09:40", skip=True), "李四")


def test_unused_papers_are_noted_and_one_that_turns_up_is_a_supervisors(desk: Office) -> None:
    enter(desk, late("01-0031"))
    enter(desk, late("01-0034", "2024-08-12T09:50", skip=True), "李四")
    found = check(desk)
    assert found.facts["unused"] == ["01-0032", "01-0033"]
    assert found.facts["missing"] == []
    refused("noted", lambda: enter(desk, late("01-0033", "2024-08-12T09:40"), "王五"))
    enter(desk, late("01-0033", "2024-08-12T09:40"), "赵六", SUPERVISOR)
    assert check(desk).facts["unused"] == ["01-0032"]


@pytest.mark.parametrize(("at", "why"), [("2024-08-12T09:20", "earlier"), ("2024-08-12T10:00", "later")])
def test_one_that_turns_up_has_its_time_between_those_of_its_neighbours(
    desk: Office, at: str, why: str
) -> None:
    enter(desk, late("01-0031"))
    enter(desk, late("01-0033", "2024-08-12T09:50", skip=True), "李四")
    refused(why, lambda: enter(desk, late("01-0032", at), "王五", SUPERVISOR))
    enter(desk, late("01-0032", "2024-08-12T09:50"), "赵六", SUPERVISOR)
    assert check(desk).ok


def test_a_refusal_leaves_no_number_behind(desk: Office) -> None:
    enter(desk, late("01-0031"))
    refused("order", lambda: enter(desk, late("01-0033", "2024-08-12T09:50"), "李四"))
    assert enter(desk, late("01-0032", "2024-08-12T09:50"), "王五").serial == "00002"


def test_somebody_who_is_not_on_the_roster_can_be_entered_too(desk: Office) -> None:
    form = WalkUpForm(
        online_id="LYGGX20249999999999", name="李四", id_number=identity_number(777), employer="某厂",
        specialty="petrochemical", situations=(2,),
    )  # fmt: skip
    sub = submissions.open_walk_up(desk.ctx, form=form, actor=CLERK, key=uuid4(), late=late("01-0031"))
    assert sub.late is not None
    assert check(desk).count == 1


def test_the_same_key_enters_once(desk: Office) -> None:
    entry, key = desk.person(), uuid4()
    named: Any = {"entry_id": entry, "actor": CLERK, "key": key, "late": late("01-0031")}
    first = submissions.open_submission(desk.ctx, **named)
    assert submissions.open_submission(desk.ctx, **named).id == first.id


def test_verify_lists_what_was_entered_with_both_times(desk: Office) -> None:
    enter(desk, late("01-0031"))
    assert check(desk).facts["entries"] == ["01-0031 00001 2024-08-12 09:30 2024-08-12 12:30"]


def spoilt(desk: Office, change: str) -> Check:
    with desk.ctx.records.write() as session:
        run = session.connection().exec_driver_sql
        on = "" if desk.ctx.records.dialect == "sqlite" else " ON late_entry"
        run(f"DROP TRIGGER late_entry_no_update{on}")
        run(change)
    return next(c for c in verify(desk.ctx, actor=CLERK).checks if c.code == "late")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE late_entry SET occurred_at = '2024-08-12 00:30:00+00:00'", "hours"),
        ("UPDATE late_entry SET number = '31' WHERE id = 1", "number"),
        ("UPDATE late_entry SET occurred_at = '2024-08-12 02:30:00+00:00' WHERE id = 1", "order"),
    ],
)
def test_an_entry_that_cannot_be_is_named(sqlite_desk: Office, change: str, why: str) -> None:
    pad(sqlite_desk)
    back_up(sqlite_desk)
    enter(sqlite_desk, late("01-0031"))
    enter(sqlite_desk, late("01-0032", "2024-08-12T09:40"), "李四")
    found = spoilt(sqlite_desk, change.replace("+00:00", ".000000"))
    assert (found.ok, found.facts["why"]) == (False, why)


def test_the_workbook_tells_it_apart(desk: Office) -> None:
    enter(desk, late("01-0031"))
    desk.clock.tick(hours=3)
    desk.opened("李四")
    sheet, *_rest = export.day_sheets(desk.ctx, date(2024, 8, 12), actor=SUPERVISOR)
    at = [column.title for column in sheet.columns].index("补录")
    assert [row[at] for row in sheet.rows] == ["01-0031，08-12 09:30发生", ""]
