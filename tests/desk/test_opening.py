"""Taking someone in: who may come, when, once, and with which number."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from counter.desk import scan, submissions, verdicts
from counter.desk.forms import WalkUpForm
from counter.desk.rows import JOURNAL, SUBMISSIONS
from counter.desk.search_views import Opens
from counter.desk.views import Act, EntryId
from counter.desk.warm import warm_up
from counter.errors import DeskError
from counter.rules.finding import FindingKind
from counter.rules.status import Status
from tests.builders import CLERK, Office, identity_number, office_at, shanghai

WALK_UP = WalkUpForm(
    online_id="lyggx20249990001",
    name="买买提・艾山",
    id_number=identity_number(77),
    phone="138 0013 8000",
    employer="连云港某某机械有限公司",
    specialty="机械",
    situations=(1,),
)


def refusal(desk: Office, entry: EntryId) -> DeskError:
    with pytest.raises(DeskError) as caught:
        desk.open(entry)
    return caught.value


def count(desk: Office, table: sa.Table) -> int:
    with desk.ctx.records.read() as session:
        return int(session.connection().execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_the_first_of_the_year_gets_number_one(desk: Office) -> None:
    sub = desk.opened()
    assert (sub.number, sub.serial, sub.display) == ("12401000000123", "00001", "连工信职收〔2024〕00001号")
    assert (sub.status, sub.unjudged, sub.verdict) == (Status.OPEN, 19, None)
    assert {Act.TICK, Act.PARK, Act.REJECT} == sub.allowed
    assert desk.opened("李四").serial == "00002"


def test_a_refused_opening_takes_no_number(desk: Office) -> None:
    desk.opened()
    for state in ("draft", "withdrawn"):
        assert refusal(desk, desk.person(online_state=state)).code == "not-submitted"
    assert desk.opened("李四").serial == "00002"


@pytest.mark.parametrize(
    ("at", "reason", "next_opening"),
    [
        ("2024-08-12T08:59:59", "outside_hours", "2024-08-12T09:00"),
        ("2024-08-12T12:00", "outside_hours", "2024-08-12T15:00"),
        ("2024-08-12T18:00", "outside_hours", "2024-08-13T09:00"),
        ("2024-08-17T10:00", "not_working_day", "2024-08-19T09:00"),
        ("2024-07-31T10:00", "before_window", "2024-08-01T09:00"),
    ],
)
def test_outside_hours_nobody_is_taken_in(
    sqlite_desk: Office, at: str, reason: str, next_opening: str
) -> None:
    entry = sqlite_desk.person()
    sqlite_desk.clock.at = shanghai(at)
    error = refusal(sqlite_desk, entry)
    assert (error.code, error.facts["reason"]) == ("closed", reason)
    assert error.facts["next_opening"] == shanghai(next_opening)
    assert count(sqlite_desk, SUBMISSIONS) == 0


def test_after_the_window_there_is_no_next_opening(sqlite_desk: Office) -> None:
    entry = sqlite_desk.person()
    sqlite_desk.clock.at = shanghai("2024-09-10T18:00")
    assert refusal(sqlite_desk, entry).facts == {"reason": "after_window", "next_opening": None}


def test_a_submission_opened_in_time_is_finished_after_closing_time(sqlite_desk: Office) -> None:
    sub = sqlite_desk.opened()
    sqlite_desk.clock.at = shanghai("2024-08-12T12:10")
    assert sqlite_desk.accept(sqlite_desk.tick_all(sub)).status is Status.ACCEPTED


def test_a_person_who_is_in_already_is_not_taken_in_twice(desk: Office) -> None:
    sub = desk.opened()
    error = refusal(desk, sub.person.entry_id)
    assert (error.code, error.facts) == ("already-open", {"submission_id": sub.id, "same": True})


def test_the_same_identity_number_under_another_online_id_is_the_same_person(desk: Office) -> None:
    first = desk.opened(id_number=identity_number(5))
    error = refusal(desk, desk.person("张三", id_number=identity_number(5)))
    assert (error.code, error.facts["submission_id"]) == ("already-open", first.id)


def test_two_desks_that_call_the_same_person_take_them_in_once(desk: Office) -> None:
    for n in range(5):
        entries = [desk.person("张三", id_number=identity_number(900 + n)) for _ in range(2)]
        answers: list[str] = []

        def work(entry: EntryId, answers: list[str] = answers) -> None:
            try:
                answers.append(desk.open(entry).serial)
            except DeskError as e:
                answers.append(e.code)

        threads = [threading.Thread(target=work, args=(entry,)) for entry in (*entries, *entries)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [f"{n + 1:05d}", "already-open", "already-open", "already-open"]


def test_after_a_rejection_the_person_may_come_again(desk: Office) -> None:
    sub = desk.opened()
    verdicts.reject(
        desk.ctx,
        submission_id=sub.id,
        version=sub.version,
        ground="wrong_specialty",
        note="",
        actor=CLERK,
        key=uuid4(),
    )
    assert desk.open(sub.person.entry_id).serial == "00002"


def test_a_refusal_is_journalled_without_personal_data(sqlite_desk: Office) -> None:
    entry = sqlite_desk.person("张三", online_state="draft")
    refusal(sqlite_desk, entry)
    with sqlite_desk.ctx.records.read() as session:
        last = session.connection().execute(sa.select(JOURNAL).order_by(JOURNAL.c.seq.desc())).first()
    assert last is not None
    assert last.kind == "refused"
    assert b"not-submitted" in last.event
    assert "张三".encode() not in last.event


def test_the_mark_of_a_refused_text_tells_repeats_apart_and_dies_with_the_process(tmp_path: Path) -> None:
    marks: list[str] = []
    for start in range(2):
        made = office_at(tmp_path / "home")
        for text in ("刘宇翔", "刘宇翔", "320799198603121231"):
            submissions.record_refusal(made.ctx, code="unknown", text=text, actor=CLERK)
        with made.ctx.records.read() as session:
            events = session.connection().execute(
                sa.select(JOURNAL.c.event).where(JOURNAL.c.kind == "refused").order_by(JOURNAL.c.seq)
            )
            marks += [json.loads(bytes(event))[8]["mark"] for event in events.scalars()][start * 3 :]
        made.ctx.records.close()
    assert marks[0] == marks[1] != marks[2]
    assert marks[3] == marks[4] != marks[0]


def test_no_event_of_an_opening_names_the_person(sqlite_desk: Office) -> None:
    sub = sqlite_desk.accepted("欧阳若琳")
    with sqlite_desk.ctx.records.read() as session:
        events = session.connection().execute(sa.select(JOURNAL.c.event)).scalars().all()
    everything = b"".join(bytes(event) for event in events)
    for private in ("欧阳若琳", sub.person.online_id, sub.person.employer, "320799"):
        assert private.encode() not in everything, private


def test_a_walk_up_is_put_on_the_list_and_found_by_every_way(desk: Office) -> None:
    sub = submissions.open_walk_up(desk.ctx, form=WALK_UP, actor=CLERK, key=uuid4())
    assert (sub.person.name, sub.person.online_id, sub.person.walk_up) == (
        "买买提·艾山",
        "LYGGX20249990001",
        True,
    )
    assert "walk_up" in {remark.code for remark in sub.warnings}
    for asked in ("LYGGX20249990001", WALK_UP.id_number, "13800138000", "艾山", "mmtas", sub.number):
        assert scan.resolve(desk.ctx, asked, actor=CLERK) == Opens(sub.id), asked


def test_a_walk_up_form_names_every_wrong_field_at_once(sqlite_desk: Office) -> None:
    form = WalkUpForm(
        online_id="",
        name="",
        id_number="320799198603121230",
        phone="123",
        employer=" ",
        specialty="航天",
        situations=(9,),
    )
    with pytest.raises(DeskError) as caught:
        submissions.open_walk_up(sqlite_desk.ctx, form=form, actor=CLERK, key=uuid4())
    problems = caught.value.facts["problems"]
    assert isinstance(problems, tuple)
    assert {(p.field, p.code) for p in problems} == {
        ("online_id", "empty"),
        ("name", "name_empty"),
        ("id_number", "identity_check"),
        ("phone", "phone_length"),
        ("employer", "empty"),
        ("specialty", "unknown"),
        ("situations", "unknown"),
    }
    assert "320799198603121230" not in repr(problems)


def test_a_walk_up_whose_online_id_is_on_the_roster_is_no_walk_up(sqlite_desk: Office) -> None:
    entry = sqlite_desk.person(online_id="LYGGX20249990001")
    with pytest.raises(DeskError) as caught:
        submissions.open_walk_up(sqlite_desk.ctx, form=WALK_UP, actor=CLERK, key=uuid4())
    assert (caught.value.code, caught.value.facts) == ("on-roster", {"entry_id": entry})


def test_a_walk_up_is_known_by_an_online_id_in_whatever_case_the_roster_has_it(desk: Office) -> None:
    entry = desk.person("张三", online_id="lyggx-2024ab17")
    with pytest.raises(DeskError) as caught:
        submissions.open_walk_up(
            desk.ctx, form=replace(WALK_UP, online_id="LYGGX-2024ab17"), actor=CLERK, key=uuid4()
        )
    assert (caught.value.code, caught.value.facts) == ("on-roster", {"entry_id": entry})


def test_a_refused_walk_up_leaves_nothing_behind(sqlite_desk: Office) -> None:
    sqlite_desk.clock.at = shanghai("2024-08-12T13:00")
    with pytest.raises(DeskError, match="closed"):
        submissions.open_walk_up(sqlite_desk.ctx, form=WALK_UP, actor=CLERK, key=uuid4())
    sqlite_desk.clock.at = shanghai("2024-08-12T15:00")
    sub = submissions.open_walk_up(
        sqlite_desk.ctx, form=replace(WALK_UP, specialty="mechanical"), actor=CLERK, key=uuid4()
    )
    assert sub.serial == "00001"


def test_the_same_key_twice_opens_once(desk: Office) -> None:
    entry, key = desk.person(), uuid4()
    first = desk.open(entry, key)
    assert desk.open(entry, key) == first
    assert count(desk, SUBMISSIONS) == 1


def test_parking_keeps_why_and_resuming_goes_on_where_it_was_left(desk: Office) -> None:
    sub = desk.tick(desk.opened(), "A1-01")
    parked = submissions.park(
        desk.ctx, submission_id=sub.id, version=sub.version, note="去盖章\x1b[2J", actor=CLERK, key=uuid4()
    )
    assert (parked.status, parked.park_note) == (Status.PARKED, "去盖章\ufffd[2J")
    assert parked.allowed == {Act.RESUME, Act.REJECT}
    with pytest.raises(DeskError, match="not-allowed"):
        desk.tick(parked, "A1-02")
    back = submissions.resume(
        desk.ctx, submission_id=sub.id, version=parked.version, actor=CLERK, key=uuid4()
    )
    assert (back.status, back.unjudged, back.park_note, back.parked_at) == (Status.OPEN, 18, "", None)


def test_situations_decide_what_may_be_waived(desk: Office) -> None:
    sub = desk.tick(desk.opened(situations="3"), "A2-03", FindingKind.WAIVED, waive_reason="no_paper")
    sub = submissions.set_situations(
        desk.ctx, submission_id=sub.id, version=sub.version, situations=(2,), actor=CLERK, key=uuid4()
    )
    items = {item.code: item for item in sub.items}
    assert items["A2-03"].finding is None
    assert "no_title" in {reason.code for reason in items["A1-05"].waive_reasons}
    assert [s.code for s in sub.person.situations] == ["2"]


def test_who_stands_at_the_counter_is_kept(desk: Office) -> None:
    sub = desk.opened()
    sub = submissions.set_submitter(
        desk.ctx,
        submission_id=sub.id,
        version=sub.version,
        submitter="employer",
        deputy_name="王芳",
        deputy_relation="人事科",
        actor=CLERK,
        key=uuid4(),
    )
    assert (sub.submitter.text, sub.deputy_name, sub.deputy_relation) == ("单位代办", "王芳", "人事科")


def test_warming_up_reads_a_submission_and_writes_nothing(desk: Office) -> None:
    desk.opened()

    def stands() -> list[tuple[object, ...]]:
        with desk.ctx.records.read() as session:
            return [
                tuple(row) for row in session.connection().execute(sa.select(JOURNAL.c.seq, JOURNAL.c.hash))
            ]

    before = stands()
    asked: list[str] = []
    event.listen(desk.ctx.records.read_engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    warm_up(desk.ctx)
    assert any("FROM submission" in statement for statement in asked)
    assert stands() == before
