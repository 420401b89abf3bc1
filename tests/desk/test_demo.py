"""The demo is a morning that could have been: real use cases, invented people, the same each time."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from counter.circular.loader import shipped
from counter.clock import SHANGHAI, FixedClock
from counter.desk import demo_people, office, search
from counter.desk.context import DeskContext
from counter.desk.demo import STARTS, DemoReport, make_demo
from counter.desk.rows import SUBMISSIONS
from counter.desk.scan import parse_scan, resolve
from counter.desk.search_views import Calls, Opens
from counter.desk.verify import verify
from counter.errors import DeskError
from counter.home import open_home
from counter.rules.calendar import WorkCalendar
from counter.rules.hours import office_state
from counter.rules.identity import check_identity
from receipts.coverage import missing
from tests.builders import CLERK


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DemoReport:
    return make_demo(tmp_path_factory.mktemp("demo") / "home")


@pytest.fixture
def ctx(made: DemoReport) -> Iterator[DeskContext]:
    opened = office.open_desk(made.path, clock=FixedClock(STARTS))
    yield opened
    opened.records.close()


def ask(ctx: DeskContext, query: str) -> list[Any]:
    with ctx.records.read() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(query)]


def test_everything_in_it_proves(ctx: DeskContext) -> None:
    report = verify(ctx, actor=CLERK)
    assert [check for check in report.checks if not check.ok] == []


def test_it_holds_three_hundred_people_and_a_week_of_work(made: DemoReport, ctx: DeskContext) -> None:
    assert (made.people, ask(ctx, "SELECT count(*) FROM roster_entry")) == (300, [(300,)])
    assert ask(ctx, "SELECT count(*) FROM submission") == [(made.submissions,)]
    statuses: dict[str, int] = dict(ask(ctx, "SELECT status, count(*) FROM submission GROUP BY status"))
    assert statuses.keys() == {"accepted", "correction", "parked", "rejected"}
    assert statuses["rejected"] == 1
    assert statuses["parked"] == 2
    states = {state for (state,) in ask(ctx, "SELECT DISTINCT state FROM fee")}
    assert states == {"paid", "due", "elsewhere"}
    assert ask(ctx, "SELECT count(*) FROM submission WHERE visit > 1 AND status = 'accepted'")[0][0]


def test_four_people_have_come_this_morning(ctx: DeskContext) -> None:
    today = ask(ctx, "SELECT status FROM submission WHERE opened_day = '2024-08-12' ORDER BY id")
    assert [status for (status,) in today] == ["accepted", "correction", "accepted", "parked"]
    last = ask(ctx, "SELECT max(touched_at) FROM submission")[0][0]
    assert str(last) < "2024-08-12 01:05"


def test_everybody_was_taken_in_while_the_counter_was_open(ctx: DeskContext) -> None:
    with ctx.records.read() as session:
        times = session.connection().execute(SUBMISSIONS.select()).all()
    for row in times:
        assert office_state(ctx.circular, WorkCalendar(), row.opened_at).reason is None
        if row.decided_at is not None:
            assert row.decided_at <= STARTS


def test_no_paper_waits_and_every_file_is_there(made: DemoReport, ctx: DeskContext) -> None:
    assert ask(ctx, "SELECT count(*) FROM outbox WHERE state <> 'done'") == [(0,)]
    files = ask(ctx, "SELECT count(*) FROM outbox")[0][0]
    assert len(list((made.path / "documents").iterdir())) == files


def test_its_mark_is_that_of_a_demo_home(made: DemoReport) -> None:
    home = open_home(made.path)
    assert home.demo
    assert home.clock(STARTS).now() >= STARTS


def test_the_person_whose_notice_is_tried_first_has_a_name_anybody_can_read_out(made: DemoReport) -> None:
    assert re.fullmatch("[\u4e00-\u9fa5]{2,3}", made.things[1].name)


def test_the_things_to_try_do_what_they_promise(made: DemoReport, ctx: DeskContext) -> None:
    call, scan, look_up = made.things
    assert [thing.kind for thing in made.things] == ["call", "scan", "search"]
    assert parse_scan(call.code) == call.code
    assert isinstance(resolve(ctx, call.code, actor=CLERK), Calls)
    assert parse_scan(scan.code) == scan.code
    opened = resolve(ctx, scan.code, actor=CLERK)
    assert isinstance(opened, Opens)
    assert ask(ctx, f"SELECT status FROM submission WHERE id = {opened.submission_id}") == [("correction",)]
    found = search.look_up(ctx, look_up.code, actor=CLERK)
    assert [hit.name for hit in found.hits] == [look_up.name]
    assert found.hits[0].status is not None


def test_the_notice_to_scan_carries_its_number_as_a_barcode(made: DemoReport) -> None:
    scan = made.things[1]
    assert scan.path is not None
    png = made.path / "notice"
    subprocess.run(["pdftoppm", "-r", "200", "-png", "-singlefile", scan.path, png], check=True)
    codes = zxingcpp.read_barcodes(Image.open(png.with_suffix(".png")))
    assert scan.code in {code.text for code in codes}


def test_every_name_can_be_printed_and_every_identity_is_right() -> None:
    people = demo_people.invent(shipped())
    assert len({person.online_id for person in people}) == len({p.cells[5] for p in people}) == 300
    for person in people:
        assert missing(person.name) == ()
        if person.cells[4] == "":
            identity = check_identity(None, person.cells[5], today=date(2024, 8, 12))
            assert identity.number.startswith("320799")
            assert f"{identity.birth:%Y-%m}" == person.cells[6]


def test_names_that_are_hard_to_get_right_are_there() -> None:
    names = [person.name for person in demo_people.invent(shipped())]
    assert {"陈䶮", "李𬭎", "王㛃", "陶堃", "单雄", "吕绿", "欧阳明远", "Maria Schneider"} <= set(names)
    assert max(map(len, names)) == 50
    assert any("[/" in name for name in names)
    assert names.count("王海燕") >= 2


def test_the_people_are_the_same_in_every_demo() -> None:
    assert demo_people.invent(shipped()) == demo_people.invent(shipped())


def test_an_empty_demo_has_people_but_nobody_has_come(tmp_path: Path) -> None:
    report = make_demo(tmp_path / "home", empty=True)
    assert (report.people, report.submissions) == (300, 0)
    assert [thing.kind for thing in report.things] == ["call", "search"]
    opened = office.open_desk(report.path, clock=FixedClock(STARTS))
    assert ask(opened, "SELECT count(*) FROM submission") == [(0,)]
    opened.records.close()


def test_a_home_that_is_there_is_left_alone(made: DemoReport) -> None:
    with pytest.raises(DeskError, match="home-exists"):
        make_demo(made.path)


def test_the_clock_begins_on_a_monday_inside_the_window() -> None:
    assert datetime(2024, 8, 12, 9, 5, tzinfo=SHANGHAI) == STARTS
    assert office_state(shipped(), WorkCalendar(), STARTS).reason is None
