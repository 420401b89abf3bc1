"""The journal covers every act: what each use case leaves in it, and that reading leaves nothing.

The lines are held against the table of use cases: a new one without a line here fails.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

import pytest

from counter.circular.loader import shipped_source
from counter.clock import business_date
from counter.desk import clockguard, closing, roster, shifts, sign_in, staff, submissions
from counter.desk.demo_money import close_day, in_pieces, last_sheet
from counter.desk.forms import FeeInput, FindingInput, LateForm, WalkUpForm
from counter.desk.permit import USE_CASES
from counter.desk.rows import JOURNAL
from counter.desk.unit import Unit
from counter.desk.views import Actor, Role, SubmissionView
from counter.errors import DeskError
from counter.rules.finding import FindingKind
from counter.rules.permissions import MAY
from counter.screens.opening import open_by_text, unknown_text
from tests.builders import CASH, CLERK, PASSWORD, SUPERVISOR, Office, identity_number, pad, shanghai
from tests.desk.test_permissions import functions_with_a_context
from tests.desk.test_roster import person, write
from tests.proof.test_erasure import LATER, YEARS, settled

Given = dict[str, Any]
Scene = Callable[[Office], Given]
NEW_PASSWORD: Final = "longan-2024"


class Told(NamedTuple):
    """One event, as far as these tests ask."""

    kind: str
    ref: str
    actor: str
    body: dict[str, Any]


def journal_of(desk: Office, after: int = 0) -> list[Told]:
    """Return the events after one."""
    query = JOURNAL.select().where(JOURNAL.c.seq > after).order_by(JOURNAL.c.seq)
    with desk.ctx.records.read() as session:
        events = [json.loads(bytes(row.event)) for row in session.connection().execute(query)]
    return [Told(e[6], e[7], e[4], e[8] or {}) for e in events]


def of(sub: SubmissionView, **more: Any) -> Given:
    """Return how a use case is given a submission."""
    return {"submission_id": sub.id, "version": sub.version, **more}


@pytest.fixture(scope="module", autouse=True)
def whole_table() -> None:
    """Import every use case, so that the table of them is whole."""
    functions_with_a_context()


def nothing(_desk: Office) -> Given:
    """Give nothing besides the actor."""
    return {}


def ready_to_accept(desk: Office) -> SubmissionView:
    return desk.tick_all(desk.opened())


def counted(desk: Office) -> Given:
    closing.count(desk.ctx, lines=in_pieces(200_00), actor=CLERK, key=uuid4())
    return {"backup": False}


def closed(desk: Office) -> Given:
    """Close the shift of the test's desk."""
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    return {"float_fen": 100_00, "sheet": last_sheet(desk.ctx)}


def of_an_earlier_shift(desk: Office) -> SubmissionView:
    """Take money in one shift, close it and open another."""
    sub = desk.accepted()
    close_day(desk.ctx, CLERK, (uuid4(), uuid4()))
    shifts.open_shift(desk.ctx, float_fen=0, sheet=last_sheet(desk.ctx), actor=CLERK, key=uuid4())
    return sub


def jumped(desk: Office) -> Given:
    """Set the clock of a real office back, and let the desk notice."""
    desk.ctx = replace(desk.ctx, demo=False)
    desk.opened()
    desk.clock.at -= timedelta(hours=1)
    found = clockguard.look(desk.ctx)
    assert found is not None
    return {"seq": found.seq, "approval": desk.approval("clock", f"clock:{found.seq}")}


def restored(desk: Office) -> Given:
    """Let the journal tell of a restore that nobody has confirmed."""
    with desk.ctx.records.write() as session:
        seq = Unit(session, desk.ctx, CLERK).tell("records.restored", "restore", unconfirmed=True).seq
    return {"seq": seq, "approval": desk.approval("restore", f"restore:{seq}")}


def another_circular(desk: Office) -> Given:
    file = desk.ctx.home / "new.toml"
    file.write_bytes(shipped_source() + b"\n# again\n")
    return {"file": file}


def roster_file(desk: Office) -> Path:
    return write(desk.ctx.home / "roster.csv", person(901))


def previewed(desk: Office) -> Given:
    file = roster_file(desk)
    return {"preview": roster.import_preview(desk.ctx, file=file, actor=SUPERVISOR)}


def somebody_new(desk: Office) -> WalkUpForm:
    return WalkUpForm(
        online_id="LYGGX20249999990001",
        name="钱七",
        id_number=identity_number(77),
        employer="连云港某某化工有限公司",
        specialty=desk.ctx.circular.specialties[0].code,
    )


def long_ago(desk: Office) -> Given:
    settled(desk, "张三", 1)
    desk.clock.tick(days=LATER.days)
    return {
        "before": business_date(desk.clock.now()).replace(year=desk.clock.now().year - YEARS),
        "retention_years": YEARS,
    }


def asked_for(desk: Office) -> Given:
    number = desk.accepted().papers[0].number
    return {"number": number}


def of_paper(desk: Office) -> Given:
    return asked_for(desk) | {"path": desk.ctx.home / "copy.pdf"}


def of_original(desk: Office) -> Given:
    sub = desk.put_in(desk.opened())
    return of(sub, original_id=sub.originals[0].id)


def without_supervisor(desk: Office) -> Given:
    """Make the staff one that never had a supervisor, as at a first start."""
    with desk.ctx.records.write() as session:
        session.connection().exec_driver_sql("UPDATE staff SET role = 'clerk' WHERE role = 'supervisor'")
    return {"login": "wang", "name": "王芳", "password": NEW_PASSWORD}


def yesterday(desk: Office) -> Given:
    """Return a day of which a clerk may see the sums: what is counted today is counted blind."""
    return {"day": business_date(desk.clock.now()) - timedelta(days=1)}


ACCEPTED: Final = ["fee.recorded", "submission.accepted", "paper.issued"]
CLOSED: Final = ["shift.closed", "paper.issued"]
ONE_APPROVED: Final = {"kind": "void", "reason": "mistyped"}

WRITES: Final[Mapping[str, tuple[list[str], Scene]]] = {
    "backup.backup": (["backup.begun", "backup.made"], nothing),
    "checklist.add_original": (
        ["original.added"],
        lambda d: of(d.opened(), item="B-01", kind="diploma", title="毕业证"),
    ),
    "checklist.clear_finding": (
        ["finding.cleared"],
        lambda d: of(d.tick(d.opened(), "A1-01"), item="A1-01"),
    ),
    "checklist.record_finding": (
        ["finding.recorded"],
        lambda d: of(d.opened(), finding=FindingInput(item="A1-01", kind=FindingKind.OK)),
    ),
    "checklist.remove_original": (["original.removed"], of_original),
    "clockguard.confirm_clock": (["clock.confirmed"], jumped),
    "closing.begin": (["closing.begun"], nothing),
    "closing.close": (CLOSED, counted),
    "closing.count": (["cash.counted"], lambda _d: {"lines": in_pieces(200_00)}),
    "erasure.erase": (["person.erased"], long_ago),
    "export.export_day": (["day.exported"], yesterday),
    "fees.add_bill_number": (
        ["fee.bill"],
        lambda d: of(d.accepted(), bill_code="32070124", bill_number="0001"),
    ),
    "fees.settle_fee": (
        ["fee.recorded", "submission.fee", "paper.issued"],
        lambda d: of(d.accept(ready_to_accept(d), FeeInput(method="later")), fee=CASH),
    ),
    "office.adopt_circular": (["circular.adopted"], another_circular),
    "papers.print_to": (["paper.copied", "paper.printed"], of_paper),
    "papers.reprint": (["paper.copied"], asked_for),
    "pads.print_pad": (["pad.printed"], lambda _d: {"count": 2}),
    "payments.refund_payment": (
        ["fee.voided", "paper.issued"],
        lambda d: of(
            sub := of_an_earlier_shift(d), approval=d.approval("refund", f"submission:{sub.id}", "not_due")
        ),
    ),
    "payments.void_payment": (
        ["fee.voided", "paper.issued"],
        lambda d: of(sub := d.accepted(), approval=d.approval("void", f"submission:{sub.id}", "mistyped")),
    ),
    "reports.report": (["report.made"], nothing),
    "restored.confirm_restored": (["records.confirmed"], restored),
    "reveal.reveal": (["person.revealed"], lambda d: {"entry_id": d.person(), "reason": "compare"}),
    "roster.import_roster": (["roster.imported"], previewed),
    "shifts.open_shift": (["shift.opened"], closed),
    "sign_in.approve": (
        ["approval.granted"],
        lambda _d: {
            "kind": "hours",
            "ref": "entry:1",
            "login": "sun",
            "password": PASSWORD,
            "reason": "instructed",
        },
    ),
    "staff.add": (
        ["staff.added"],
        lambda _d: {"login": "wang", "name": "王芳", "role": Role.CLERK, "password": NEW_PASSWORD},
    ),
    "staff.begin": (["staff.added"], without_supervisor),
    "staff.change_password": (
        ["staff.unlocked", "staff.password"],
        lambda _d: {"old": PASSWORD, "new": NEW_PASSWORD},
    ),
    "staff.disable": (["staff.disabled"], lambda _d: {"login": "zhoumin"}),
    "staff.rescue": (["staff.rescued"], lambda _d: {"login": "sun", "password": NEW_PASSWORD}),
    "staff.set_password": (["staff.password"], lambda _d: {"login": "zhou", "password": NEW_PASSWORD}),
    "submissions.admit": (
        ["submission.admitted"],
        lambda d: of(sub := after_hours(d), approved=(d.approval("hours", f"submission:{sub.id}"),)),
    ),
    "submissions.open_submission": (["submission.opened"], lambda d: {"entry_id": d.person()}),
    "submissions.open_walk_up": (["submission.opened"], lambda d: {"form": somebody_new(d)}),
    "submissions.park": (["submission.parked"], lambda d: of(d.opened(), note="去补照片")),
    "submissions.resume": (["submission.resumed"], lambda d: of(parked(d))),
    "submissions.set_situations": (["submission.situations"], lambda d: of(d.opened(), situations=(1,))),
    "submissions.set_submitter": (["submission.submitter"], lambda d: of(d.opened(), submitter="other")),
    "verdicts.accept": (ACCEPTED, lambda d: of(ready_to_accept(d), fee=CASH)),
    "verdicts.reject": (["submission.rejected"], lambda d: of(d.opened(), ground="forged", note="")),
    "verdicts.return_visit": (["submission.returned"], lambda d: of(d.correct(d.faulty()))),
    "verdicts.send_correction": (["notice.issued", "paper.issued"], lambda d: of(d.faulty())),
}
"""What each use case that changes or shows something whole leaves, in order, and what it is given."""

READS: Final[Mapping[str, Scene]] = {
    "backup.last_backup": nothing,
    "closing.closings": nothing,
    "closing.state": nothing,
    "erasure.plan_erasure": long_ago,
    "export.day_sheets": yesterday,
    "journal_out.export_journal": nothing,
    "late.next_paper": nothing,
    "papers.paper_of": asked_for,
    "papers.papers_of": lambda d: {"submission_id": d.accepted().id},
    "payments.payments_of": lambda d: {"submission_id": d.accepted().id},
    "payments.without_bill": lambda d: (d.accepted(), {})[1],
    "roster.import_preview": lambda d: {"file": roster_file(d)},
    "scan.resolve": lambda d: {"text": d.accepted().number},
    "search.details": lambda d: {"entry_id": d.person()},
    "search.look_up": lambda d: (d.person("张三"), {"text": "zs"})[1],
    "search.status": lambda d: (d.accepted("张三"), {"query": "张三"})[1],
    "sheet_preview.preview_sheet": lambda d: (counted(d), {})[1],
    "shifts.current": nothing,
    "staff.members": nothing,
    "submissions.view": lambda d: {"submission_id": d.opened().id},
    "today.desk_view": nothing,
    "today.parked": nothing,
    "today.unfinished": nothing,
    "verdicts.preview_accept": lambda d: {"submission_id": ready_to_accept(d).id, "fee": CASH},
    "verdicts.preview_correction": lambda d: {"submission_id": d.faulty().id},
    "verify.verify": nothing,
    "verify.verify_quick": nothing,
}
"""Use cases that only read, and what they are given: they leave nothing."""


def after_hours(desk: Office) -> SubmissionView:
    """Open a submission in the morning; the counter is closed on the evening after."""
    sub = desk.opened()
    desk.clock.at = shanghai("2024-08-13T20:00")
    return sub


def parked(desk: Office) -> SubmissionView:
    sub = desk.opened()
    return submissions.park(
        desk.ctx, submission_id=sub.id, version=sub.version, note="", actor=CLERK, key=uuid4()
    )


def who(name: str) -> Actor:
    """Return somebody who may carry out a use case."""
    if Role.CLERK in MAY[name]:
        return CLERK
    return SUPERVISOR if Role.SUPERVISOR in MAY[name] else Actor("pang", Role.IT, 1)


def carry_out(desk: Office, name: str, given: Given) -> None:
    """Carry out a use case as somebody who may."""
    work = USE_CASES[name]
    asked = inspect.signature(work).parameters
    more = {"key": uuid4()} if "key" in asked else {}
    first = [
        given.pop(p) for p in list(asked)[1:2] if asked[p].kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    work(desk.ctx, *first, **given, **more, actor=who(name))


def last_seq(desk: Office) -> int:
    return len(journal_of(desk))


def test_every_use_case_has_its_line_here() -> None:
    assert WRITES.keys() | READS.keys() == set(MAY)
    assert not WRITES.keys() & READS.keys()
    asked = {name for name in MAY if "key" in inspect.signature(USE_CASES[name]).parameters}
    assert asked <= WRITES.keys(), "what can be repeated is a write"


@pytest.mark.parametrize("name", sorted(WRITES))
def test_each_write_leaves_its_event_and_no_other(name: str, sqlite_desk: Office) -> None:
    kinds, scene = WRITES[name]
    given = scene(sqlite_desk)
    before = last_seq(sqlite_desk)
    carry_out(sqlite_desk, name, given)
    told = journal_of(sqlite_desk, before)
    assert [event.kind for event in told] == kinds
    assert {event.actor for event in told if event.kind != "paper.printed"} == {who(name).name}


@pytest.mark.parametrize("name", sorted(READS))
def test_reading_leaves_nothing(name: str, sqlite_desk: Office) -> None:
    given = READS[name](sqlite_desk)
    before = last_seq(sqlite_desk)
    carry_out(sqlite_desk, name, given)
    assert journal_of(sqlite_desk, before) == []


def test_each_attempt_without_the_right_leaves_who_tried_what(sqlite_desk: Office) -> None:
    for name, roles in sorted(MAY.items()):
        for role in set(Role) - roles:
            before = last_seq(sqlite_desk)
            with pytest.raises(DeskError, match="not-permitted"):
                USE_CASES[name](sqlite_desk.ctx, actor=Actor("li", role, 1))
            (told,) = journal_of(sqlite_desk, before)
            assert told == Told("refused", name, "li", {"code": "not-permitted"})


def refused(code: str, work: Callable[[], object]) -> None:
    with pytest.raises(DeskError) as caught:
        work()
    assert caught.value.code == code


def approve(desk: Office, **who: str) -> object:
    given = {"kind": "hours", "ref": "entry:1", "reason": "instructed", **who}
    return sign_in.approve(desk.ctx, actor=CLERK, key=uuid4(), **given)


def shift_with(desk: Office, sheet: str) -> object:
    return shifts.open_shift(desk.ctx, float_fen=0, sheet=sheet, actor=CLERK, key=uuid4())


def disabled(desk: Office) -> None:
    staff.disable(desk.ctx, login="zhoumin", actor=SUPERVISOR, key=uuid4())
    refused("sign-in", lambda: sign_in.sign_in(desk.ctx, login="zhoumin", password=PASSWORD))


def strange_sheet(desk: Office) -> None:
    closed(desk)
    refused("sheet-mismatch", lambda: shift_with(desk, "x" * 20))


def after_closing_time(desk: Office) -> None:
    desk.clock.tick(hours=10)
    desk.opened("王五")


OTHERS: Final[Mapping[str, tuple[list[tuple[str, str]], Callable[[Office], object]]]] = {
    "somebody signs in": (
        [("staff.signed-in", "staff:1")],
        lambda d: sign_in.sign_in(d.ctx, login="zhou", password=PASSWORD),
    ),
    "a wrong password": (
        [("staff.refused", "staff:1")],
        lambda d: refused("sign-in", lambda: sign_in.sign_in(d.ctx, login="zhou", password="wrong-2024")),
    ),
    "nobody's login": (
        [("staff.refused", "staff")],
        lambda d: refused("sign-in", lambda: sign_in.sign_in(d.ctx, login="nobody", password=PASSWORD)),
    ),
    "somebody disabled": (
        [("staff.disabled", "staff:3"), ("staff.refused", "staff:3")],
        disabled,
    ),
    "a supervisor's wrong password": (
        [("staff.refused", "staff:2")],
        lambda d: refused("sign-in", lambda: approve(d, login="sun", password="wrong-2024")),
    ),
    "a clerk who approves": (
        [("approval.refused", "entry:1")],
        lambda d: refused("approval", lambda: approve(d, login="zhoumin", password=PASSWORD)),
    ),
    "one who approves for himself": (
        [("approval.refused", "entry:1")],
        lambda d: refused("approval", lambda: approve(d, login="zhou", password=PASSWORD)),
    ),
    "an unlocked screen": (
        [("staff.unlocked", "staff:1")],
        lambda d: sign_in.unlock(d.ctx, password=PASSWORD, actor=CLERK),
    ),
    "a screen that stays locked": (
        [("staff.refused", "staff:1")],
        lambda d: refused("sign-in", lambda: sign_in.unlock(d.ctx, password="wrong-2024", actor=CLERK)),
    ),
    "a password chosen by its owner": (
        [("staff.password", "staff:1"), ("staff.signed-in", "staff:1")],
        lambda d: sign_in.choose_password(d.ctx, login="zhou", old=PASSWORD, new=NEW_PASSWORD),
    ),
    "a locked screen": (
        [("staff.screen-locked", "staff")],
        lambda d: sign_in.note_lock(d.ctx, actor=CLERK, idle=True),
    ),
    "somebody leaves": ([("staff.signed-out", "staff")], lambda d: sign_in.sign_out(d.ctx, actor=CLERK)),
    "a scan that names nobody": (
        [("refused", "refusal")],
        lambda d: open_by_text(d.ctx, "LYGGX20240000009999", CLERK),
    ),
    "a scan with wrong check digits": (
        [("refused", "refusal")],
        lambda d: open_by_text(d.ctx, "12401000000100", CLERK),
    ),
    "such a scan over an open submission": (
        [("refused", "refusal")],
        lambda d: unknown_text(d.ctx, "12401000000100", CLERK),
    ),
    "a day sheet that is none": (
        [("shift.closed", "shift:1"), ("refused", "desk:1")],
        strange_sheet,
    ),
    "a whole workbook": (
        [("day.exported", "day:2024-08-11")],
        lambda d: USE_CASES["export.export_day"](
            d.ctx, **yesterday(d), full="report", actor=CLERK, key=uuid4()
        ),
    ),
}
"""What happens besides the table: each with the kinds and references it leaves."""


@pytest.mark.parametrize("what", OTHERS)
def test_the_door_scans_and_refusals_leave_theirs(what: str, sqlite_desk: Office) -> None:
    expected, happens = OTHERS[what]
    before = last_seq(sqlite_desk)
    happens(sqlite_desk)
    told = journal_of(sqlite_desk, before)
    ours = [(e.kind, e.ref) for e in told if e.kind not in ("cash.counted", "paper.issued")]
    assert ours == expected
    assert PASSWORD not in repr(told)


def test_whole_numbers_in_status_leave_one_event_for_each_person_seen(sqlite_desk: Office) -> None:
    for name in ("张三", "张三", "李四"):
        sqlite_desk.person(name)
    before = last_seq(sqlite_desk)
    USE_CASES["search.status"](sqlite_desk.ctx, "张三", full="contact", actor=CLERK)
    told = journal_of(sqlite_desk, before)
    assert [(e.kind, e.body) for e in told] == [("person.revealed", {"reason": "contact"})] * 2
    assert len({e.ref for e in told}) == 2


def test_each_refusal_a_person_was_told_stands_with_its_code(sqlite_desk: Office) -> None:
    desk = sqlite_desk
    first = desk.opened()
    paper = desk.accept(desk.tick_all(first)).papers[0].number
    desk.ctx = replace(desk.ctx, copies_limit=0)
    told = []
    for code, work in (
        ("already-open", lambda: desk.open(first.person.entry_id)),
        ("not-submitted", lambda: desk.opened("李四", online_state="draft", online_state_text="草稿")),
        (
            "copies-limit",
            lambda: USE_CASES["papers.reprint"](desk.ctx, number=paper, actor=CLERK, key=uuid4()),
        ),
        ("closed", lambda: after_closing_time(desk)),
    ):
        before = last_seq(desk)
        refused(code, work)
        told += [e.body["code"] for e in journal_of(desk, before) if e.kind == "refused"]
    assert told == ["already-open", "not-submitted", "copies-limit", "closed"]


def test_an_override_stands_in_the_event_of_the_act_it_allowed(sqlite_desk: Office) -> None:
    desk = sqlite_desk
    entry = desk.person()
    desk.clock.tick(hours=10)
    approval = desk.approval("hours", f"entry:{entry}", "instructed")
    before = last_seq(desk)
    submissions.open_submission(desk.ctx, entry_id=entry, actor=CLERK, key=uuid4(), approved=(approval,))
    (told,) = journal_of(desk, before)
    assert told.body["overrides"] == [
        {"kind": "hours", "approval": approval, "approved_by": SUPERVISOR.name, "reason": "instructed"}
    ]


def test_papers_passed_over_by_a_late_entry_are_named_before_it(sqlite_desk: Office) -> None:
    desk = sqlite_desk
    desk.clock.tick(hours=3)
    sign_in.sign_in(desk.ctx, login="zhou", password=PASSWORD)  # the desk was down and is up again

    pad(desk)

    def enter(number: str, at: str, skip: bool = False) -> None:
        late = LateForm(number=number, occurred_at=shanghai(at), skip=skip)
        submissions.open_submission(desk.ctx, entry_id=desk.person(), actor=CLERK, key=uuid4(), late=late)

    enter("01-0031", "2024-08-12T09:30")
    before = last_seq(desk)
    enter("01-0033", "2024-08-12T09:40", skip=True)
    told = [e for e in journal_of(desk, before) if e.kind != "roster.rows"]
    assert [e.kind for e in told] == ["late.skipped", "submission.opened"]
    assert told[0].body["numbers"] == ["01-0032"]
    assert told[1].body["late"] == "01-0033"
