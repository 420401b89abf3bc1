"""The roster: a report before anything is stored, nothing twice, and the desk's own word kept."""

from __future__ import annotations

import csv
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from counter.desk import roster, scan, submissions
from counter.desk.context import DeskContext
from counter.desk.roster import RosterPreview, RosterReport
from counter.desk.rows import ENTRIES, IMPORTS, TOKENS
from counter.desk.search_views import Calls
from counter.desk.verify import verify
from counter.desk.views import EntryId
from counter.errors import DeskError
from counter.sheets.report import Roster
from tests.builders import SUPERVISOR, Office, identity_number

HEADER = (
    "申报编号",
    "姓名",
    "性别",
    "证件号码",
    "工作单位",
    "所属区划",
    "申报专业",
    "申报情形",
    "手机",
    "审核状态",
)


def person(n: int, **changes: str) -> dict[str, str]:
    """Return one row of a roster file about an invented person."""
    row = {
        "申报编号": f"LYGGX2024{n:010d}",
        "姓名": "刘宇翔",
        "性别": "",
        "证件号码": identity_number(n),
        "工作单位": "连云港某某纺织有限公司",
        "所属区划": "海州区",
        "申报专业": "纺织工程",
        "申报情形": "2、3",
        "手机": f"138{n:08d}",
        "审核状态": "已提交",
    }
    assert changes.keys() <= row.keys()
    return row | changes


def write(path: Path, *people: dict[str, str]) -> Path:
    """Write a roster file."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, HEADER)
        writer.writeheader()
        writer.writerows(people)
    return path


def preview(desk: Office, path: Path) -> RosterPreview:
    return roster.import_preview(desk.ctx, file=path, actor=SUPERVISOR)


def take_in(desk: Office, path: Path) -> RosterReport:
    return roster.import_roster(desk.ctx, preview=preview(desk, path), actor=SUPERVISOR, key=uuid4())


def entries(desk: Office) -> list[sa.Row[tuple[object, ...]]]:
    with desk.ctx.records.read() as session:
        return list(session.connection().execute(sa.select(ENTRIES).order_by(ENTRIES.c.online_id)))


def counts(report: RosterPreview | RosterReport) -> tuple[int, int, int]:
    return report.new, report.changed, report.same


def test_a_preview_stores_nothing(desk: Office, tmp_path: Path) -> None:
    shown = preview(desk, write(tmp_path / "r.csv", person(1), person(2)))
    assert (counts(shown), shown.total, shown.refused) == ((2, 0, 0), 2, ())
    assert entries(desk) == []


def test_whoever_is_taken_in_is_found_at_once(desk: Office, tmp_path: Path) -> None:
    take_in(desk, write(tmp_path / "r.csv", person(1), person(2, 姓名="单雄", 工作单位="连云港创汇有限公司")))
    (_, second) = entries(desk)
    assert (second.pinyin, second.specialty, second.situations, second.online_state) == (
        "Shan Xiong",
        "textile",
        "2,3",
        "submitted",
    )
    for asked in ("danx", "shanx", "创汇", second.phone, second.id_number[-4:]):
        assert scan.resolve(desk.ctx, asked, actor=SUPERVISOR) == Calls(EntryId(second.id)), asked


def test_the_same_file_again_changes_nothing(desk: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", *(person(n) for n in range(1, 30)))
    assert counts(take_in(desk, path)) == (29, 0, 0)
    before = entries(desk)
    assert counts(take_in(desk, path)) == (0, 0, 29)
    assert entries(desk) == before


def test_a_later_file_brings_new_people_and_new_facts(desk: Office, tmp_path: Path) -> None:
    take_in(desk, write(tmp_path / "r.csv", person(1), person(2), person(3)))
    later = write(
        tmp_path / "s.csv",
        person(1),
        person(2, 手机="13912345678", 姓名="单雄"),
        person(4, 审核状态="待缴费"),
    )
    assert counts(take_in(desk, later)) == (1, 1, 1)
    assert len(entries(desk)) == 4
    assert scan.resolve(desk.ctx, "13912345678", actor=SUPERVISOR) == scan.resolve(
        desk.ctx, "单雄", actor=SUPERVISOR
    )
    assert isinstance(scan.resolve(desk.ctx, "单雄", actor=SUPERVISOR), Calls)
    with desk.ctx.records.read() as session:
        gone = sa.select(sa.func.count()).where(TOKENS.c.token == "13800000002")
        assert session.connection().execute(gone).scalar_one() == 0


def test_who_has_papers_here_takes_only_the_online_state(desk: Office, tmp_path: Path) -> None:
    take_in(desk, write(tmp_path / "r.csv", person(1)))
    sub = desk.tick(desk.open(EntryId(entries(desk)[0].id)), "A1-01")
    later = write(
        tmp_path / "s.csv", person(1, 审核状态="退回修改", 工作单位="另一家有限公司", 姓名="刘宇祥")
    )
    shown = preview(desk, later)
    assert counts(shown) == (0, 1, 0)
    assert {(s.field, s.code) for s in shown.suspicious} == {
        ("name", "kept-as-submitted"),
        ("employer", "kept-as-submitted"),
    }
    take_in(desk, later)
    now = submissions.view(desk.ctx, sub.id, actor=SUPERVISOR)
    assert (now.person.name, now.person.employer, now.version) == ("刘宇翔", sub.person.employer, sub.version)
    assert now.person.online_state == "退回修改"
    assert "online_state" in {remark.code for remark in now.warnings}
    assert desk.tick(now, "A1-02").person.online_state == "退回修改"
    assert counts(take_in(desk, later)) == (0, 0, 1)


def test_what_the_desk_did_between_preview_and_import_is_respected(desk: Office, tmp_path: Path) -> None:
    take_in(desk, write(tmp_path / "r.csv", person(1)))
    shown = preview(desk, write(tmp_path / "s.csv", person(1, 工作单位="另一家有限公司")))
    assert counts(shown) == (0, 1, 0)
    desk.open(EntryId(entries(desk)[0].id))
    report = roster.import_roster(desk.ctx, preview=shown, actor=SUPERVISOR, key=uuid4())
    assert counts(report) == (0, 0, 1)
    assert entries(desk)[0].employer == "连云港某某纺织有限公司"


def test_a_file_changed_after_its_preview_is_refused(sqlite_desk: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", person(1))
    shown = preview(sqlite_desk, path)
    write(path, person(1), person(2))
    with pytest.raises(DeskError, match="file-changed"):
        roster.import_roster(sqlite_desk.ctx, preview=shown, actor=SUPERVISOR, key=uuid4())
    assert entries(sqlite_desk) == []


def test_one_import_sent_twice_is_one_import(desk: Office, tmp_path: Path) -> None:
    shown, key = preview(desk, write(tmp_path / "r.csv", person(1))), uuid4()
    first = roster.import_roster(desk.ctx, preview=shown, actor=SUPERVISOR, key=key)
    assert roster.import_roster(desk.ctx, preview=shown, actor=SUPERVISOR, key=key) == first
    with desk.ctx.records.read() as session:
        assert session.connection().execute(sa.select(sa.func.count()).select_from(IMPORTS)).scalar_one() == 1


def test_bad_rows_are_named_and_the_good_ones_come_in(desk: Office, tmp_path: Path) -> None:
    path = write(tmp_path / "r.csv", person(1), person(2, 证件号码="320799198603121230"), person(3, 姓名=""))
    shown = preview(desk, path)
    assert counts(shown) == (1, 0, 0)
    assert {(r.cell, r.field, r.code) for r in shown.refused} == {
        ("D3", "id_number", "check"),
        ("B4", "name", "empty"),
    }


def test_a_known_identity_number_under_another_online_id_is_told(desk: Office, tmp_path: Path) -> None:
    take_in(desk, write(tmp_path / "r.csv", person(1)))
    later = write(tmp_path / "s.csv", person(2, 证件号码=identity_number(1)))
    shown = preview(desk, later)
    assert ("D2", "id_number", "known-under-other-id") in {
        (s.cell, s.field, s.code) for s in shown.suspicious
    }


def test_what_is_no_roster_is_refused_in_words(sqlite_desk: Office, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DeskError) as caught:
        preview(sqlite_desk, tmp_path / "r.csv")
    assert (caught.value.code, caught.value.facts["reason"]) == ("roster", "no-header")
    with pytest.raises(DeskError, match="roster"):
        preview(sqlite_desk, tmp_path / "nowhere.csv")


def test_a_walk_up_who_appears_on_a_later_roster_keeps_their_papers(desk: Office, tmp_path: Path) -> None:
    from tests.desk.test_opening import WALK_UP

    sub = submissions.open_walk_up(desk.ctx, form=WALK_UP, actor=SUPERVISOR, key=uuid4())
    later = write(tmp_path / "s.csv", person(7, 申报编号="LYGGX20249990001", 证件号码=WALK_UP.id_number))
    take_in(desk, later)
    now = submissions.view(desk.ctx, sub.id, actor=SUPERVISOR)
    assert (now.person.name, now.person.online_state) == ("买买提·艾山", "已提交")


def test_who_is_called_while_a_roster_is_stored_is_taken_in_as_it_says(
    desk: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in(desk, write(tmp_path / "r.csv", person(1)))
    (entry,) = (EntryId(row.id) for row in entries(desk))
    shown = preview(desk, write(tmp_path / "later.csv", person(1, 姓名="刘宇祥")))
    opened: list[str] = []
    visit = threading.Thread(target=lambda: opened.append(desk.open(entry).person.name))
    plan = roster._plan

    def while_somebody_comes(conn: sa.Connection, ctx: DeskContext, found: Roster) -> Any:
        made = plan(conn, ctx, found)
        visit.start()
        visit.join(1)
        return made

    monkeypatch.setattr(roster, "_plan", while_somebody_comes)
    roster.import_roster(desk.ctx, preview=shown, actor=SUPERVISOR, key=uuid4())
    visit.join()
    assert opened == ["刘宇祥"]
    assert verify(desk.ctx, actor=SUPERVISOR).ok
