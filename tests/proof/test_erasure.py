"""Erased people leave no byte behind, and the journal, the numbers and the totals stay as they were."""

from __future__ import annotations

import hashlib
import io
import json
import random
import zipfile
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from counter.desk import checklist, closing, erasure, papers, search, shifts, sign_in, submissions
from counter.desk.demo_money import in_pieces
from counter.desk.export import export_day
from counter.desk.forms import FeeInput
from counter.desk.journal_out import check_file, export_journal
from counter.desk.rows import ENTRIES, JOURNAL, SUBMISSIONS
from counter.desk.verify import verify
from counter.desk.views import Actor, Role, SubmissionView
from counter.errors import DeskError
from counter.rules.identity import check_character
from tests.builders import CLERK, PASSWORD, SUPERVISOR, Office
from tests.desk.test_verify import bad, tamper
from tests.proof.pages import decipher, opened

YEARS = 3
LATER = timedelta(days=365 * YEARS + 30)


def settled(desk: Office, name: str, n: int) -> SubmissionView:
    """Take somebody in wholly, with a deputy, notes and titles, and give the originals back."""
    person = {"employer": f"连云港甲乙{n}号化工有限公司", "note": f"备注{n}某某", "department": f"第{n}车间"}
    sub = desk.opened(name, **person)
    sub = submissions.set_submitter(
        desk.ctx, submission_id=sub.id, version=sub.version, submitter="other", deputy_name=f"代办{n}人甲",
        deputy_relation="同事", actor=CLERK, key=uuid4(),
    )  # fmt: skip
    sub = checklist.add_original(
        desk.ctx, submission_id=sub.id, version=sub.version, item="B-01", kind="diploma",
        title=f"证书{n}之名", number=f"ZS-{n:08d}", actor=CLERK, key=uuid4(),
    )  # fmt: skip
    sub = desk.accept(desk.tick_all(sub), FeeInput(method="cash"))
    give_back(desk, sub)
    return sub


def give_back(desk: Office, sub: SubmissionView) -> None:
    """Hand the originals back, which the counter does with the return slip."""
    from counter.desk.checklist import move_originals, originals_now
    from counter.desk.loaded import load
    from counter.desk.unit import Unit, ref_of

    with desk.ctx.records.write() as session:
        unit = Unit(session, desk.ctx, CLERK)
        loaded = load(session.connection(), sub.id)
        assert loaded is not None
        loaded = move_originals(unit, loaded, "returned")
        loaded = unit.change(loaded, originals_state=originals_now(loaded))
        unit.tell("originals.returned", ref_of(loaded))
    desk.ctx.memory.forget()


def traces(desk: Office) -> set[str]:
    """Return everything the records hold that names somebody."""
    found: set[str] = set()
    with desk.ctx.records.read() as session:
        conn = session.connection()
        for row in conn.execute(sa.select(ENTRIES)):
            columns = ("name", "id_number", "phone", "online_id", "employer", "note", "department")
            found |= {str(getattr(row, column)) for column in columns}
        for row in conn.execute(sa.select(SUBMISSIONS.c.deputy_name)):
            found.add(row.deputy_name)
        for title, number in conn.exec_driver_sql("SELECT title, number FROM original"):
            found |= {title, number}
    return {text for text in found if len(text) > 1}


def home_bytes(desk: Office) -> dict[str, bytes]:
    """Return every file of the home as it reads: records with their free pages opened, workbooks unpacked."""
    found: dict[str, bytes] = {}
    for file in sorted(desk.ctx.home.rglob("*")):
        if not file.is_file():
            continue
        data = file.read_bytes()
        found[str(file.relative_to(desk.ctx.home))] = data
        if data[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                for name in packed.namelist():
                    found[f"{file.name}/{name}"] = packed.read(name)
    if desk.ctx.records.dialect == "sqlite":
        path = desk.ctx.records.path
        assert path is not None
        found["pages"] = opened(path.read_bytes(), bytes.fromhex(str(desk.ctx.records.key_hex)))
    return found


def hits(desk: Office, wanted: set[str]) -> list[tuple[str, str]]:
    return [
        (name, text) for name, data in home_bytes(desk).items() for text in wanted if text.encode() in data
    ]


def erase(desk: Office, actor: Actor = SUPERVISOR) -> erasure.ErasureReport:
    before = erasure.latest(desk.ctx, YEARS)
    return erasure.erase(desk.ctx, before=before, retention_years=YEARS, actor=actor)


def test_the_pages_are_deciphered_as_the_standard_says() -> None:
    key = bytes(range(32))
    block = bytes.fromhex("8ea2b7ca516745bfeafc49904b496089")  # FIPS 197, appendix C.3
    assert decipher(key, bytes(16), block).hex() == "00112233445566778899aabbccddeeff"


@pytest.mark.parametrize("people", [10, pytest.param(50, marks=pytest.mark.long)])
def test_people_are_erased_to_the_last_byte_and_everything_still_proves(
    people: int, sqlite_desk: Office
) -> None:
    desk = sqlite_desk
    for n in range(people):
        sub = settled(desk, f"{random.Random(n).choice('赵钱孙李')}删{n}某", n)
        if n % 10 == 0:
            papers.reprint(desk.ctx, number=sub.number, actor=CLERK, key=uuid4())
    papers.drain(desk.ctx)
    export_day(desk.ctx, day=date(2024, 8, 12), actor=SUPERVISOR, key=uuid4())
    (desk.ctx.home / "logs").mkdir()
    (desk.ctx.home / "logs" / "faults.log").write_text(f"fault {sorted(traces(desk))[5]} here\n", "utf-8")
    wanted = traces(desk)
    assert len(wanted) > 7 * people
    assert hits(desk, wanted), "the search itself must find what is there"
    before = verify(desk.ctx, actor=SUPERVISOR)
    assert before.ok
    first = export_journal(desk.ctx, target=desk.ctx.home / "first.jsonl", actor=CLERK)
    desk.clock.tick(seconds=LATER.total_seconds())
    report = erase(desk)
    assert (report.people, report.clean) == (people, True)
    assert report.papers == people * 4 + len(range(0, people, 10))
    assert hits(desk, wanted) == []
    path = desk.ctx.records.path
    assert path is not None
    assert path.with_name(f"{path.name}-wal").stat().st_size == 0
    after = verify(desk.ctx, actor=SUPERVISOR)
    assert bad(after) == {}
    facts = {check.code: check.facts for check in after.checks}
    assert facts["fees"] == {check.code: check.facts for check in before.checks}["fees"]
    totals = [{c.code: c.count for c in r.checks}["totals"] for r in (before, after)]
    assert totals[0] == totals[1] == people
    again = export_journal(desk.ctx, actor=CLERK)
    assert check_file(again.path, expect=[f"{first.seq}:{first.head}"]).ok
    assert again.path.read_bytes().startswith(first.path.read_bytes())
    assert erase(desk).people == 0


def noted(desk: Office, kind: str, ref: str, note: str) -> None:
    words = {"kind": kind, "ref": ref, "reason": "other", "note": note}
    sign_in.approve(desk.ctx, login="sun", password=PASSWORD, actor=CLERK, key=uuid4(), **words)


def notes_in(desk: Office) -> set[str]:
    with desk.ctx.records.read() as session:
        run = session.connection().exec_driver_sql
        found = [*run("SELECT note FROM approval"), *run("SELECT variance_note FROM closing")]
    return {note for (note,) in found if note}


def test_free_words_of_approvals_and_closes_go_with_their_time_whoever_they_are_about(desk: Office) -> None:
    noted(desk, "report", "desk:1", "钱贷某来问")
    live = shifts.current(desk.ctx, actor=CLERK).live
    assert live is not None
    closing.count(desk.ctx, lines=in_pieces(live.float_fen - 100), actor=CLERK, key=uuid4())
    words: dict[str, Any] = {"reason": "other", "note": "孙找某少拿", "backup": False}
    closing.close(desk.ctx, actor=CLERK, key=uuid4(), **words)
    desk.clock.tick(seconds=LATER.total_seconds())
    noted(desk, "report", "desk:1", "李近某来问")
    assert notes_in(desk) == {"钱贷某来问", "孙找某少拿", "李近某来问"}
    erase(desk)
    assert notes_in(desk) == {"李近某来问"}
    if desk.ctx.records.dialect == "sqlite":
        assert hits(desk, {"钱贷某", "孙找某"}) == []
    assert bad(verify(desk.ctx, actor=CLERK)) == {}


def test_the_words_of_an_approval_go_with_the_person_it_was_about(sqlite_desk: Office) -> None:
    desk = sqlite_desk
    sub, other = settled(desk, "赵删某", 1), settled(desk, "李留某", 2)
    for kind, ref in (("hours", f"entry:{sub.person.entry_id}"), ("price", f"submission:{sub.id}:100")):
        noted(desk, kind, ref, "赵删某的事")
    noted(desk, "void", f"submission:{other.id}", "李留某的事")
    desk.clock.tick(seconds=LATER.total_seconds())
    before = erasure.latest(desk.ctx, YEARS)
    words: dict[str, Any] = {"before": before, "retention_years": YEARS, "actor": SUPERVISOR}
    erasure.erase(desk.ctx, person=sub.person.entry_id, **words)
    assert notes_in(desk) == {"李留某的事"}
    assert bad(verify(desk.ctx, actor=CLERK)) == {}


def test_a_print_that_was_under_way_leaves_no_paper_of_somebody_erased(
    sqlite_desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = sqlite_desk
    settled(desk, "赵删某", 1)
    desk.clock.tick(seconds=LATER.total_seconds())
    typeset = papers.typeset
    erased: list[erasure.ErasureReport] = []

    def slow(*given: Any, **more: Any) -> bytes:
        data = typeset(*given, **more)
        if not erased:
            erased.append(erase(desk))
        return data

    monkeypatch.setattr(papers, "typeset", slow)
    report = papers.drain(desk.ctx, check_files=False)
    assert erased[0].people == 1
    assert "erased" in {code for _name, code in report.failed}
    assert list(desk.ctx.documents.glob("*.pdf")) == []
    assert bad(verify(desk.ctx, actor=CLERK)) == {}


def test_a_token_of_somebody_erased_is_found(desk: Office) -> None:
    settled(desk, "赵删某", 1)
    desk.clock.tick(seconds=LATER.total_seconds())
    assert erase(desk).people == 1
    with desk.ctx.records.write() as session:
        session.connection().exec_driver_sql("INSERT INTO search_token (token, entry_id) VALUES ('zhao', 1)")
    assert set(bad(verify(desk.ctx, actor=CLERK))) == {"search"}


def test_records_laid_aside_by_a_restore_still_hold_the_erased_and_are_told(sqlite_desk: Office) -> None:
    settled(sqlite_desk, "赵删某", 1)
    sqlite_desk.clock.tick(seconds=LATER.total_seconds())
    aside = sqlite_desk.ctx.backups / "aside-20240812-090500"
    aside.mkdir(parents=True)
    (aside / "desk.db").touch()
    assert erase(sqlite_desk).backups == 1


def test_both_databases_erase(desk: Office) -> None:
    gone = settled(desk, "赵删某", 1)
    papers.drain(desk.ctx)
    desk.clock.tick(seconds=LATER.total_seconds())
    fresh = desk.person("钱留某")
    assert erase(desk).people == 1
    assert bad(verify(desk.ctx, actor=CLERK)) == {}
    view = submissions.view(desk.ctx, gone.id, actor=CLERK)
    assert (view.person.name, view.person.identity, view.serial) == ("（已删除）", "", gone.serial)
    assert search.look_up(desk.ctx, "赵删某", actor=CLERK).hits == ()
    assert [h.entry_id for h in search.look_up(desk.ctx, "钱留某", actor=CLERK).hits] == [fresh]
    with pytest.raises(DeskError) as refused:
        papers.reprint(desk.ctx, number=gone.number, actor=CLERK, key=uuid4())
    assert refused.value.code == "erased"
    assert papers.drain(desk.ctx, check_files=True).printed == ()


def test_a_plan_changes_nothing_and_counts_whom_it_would_reach(sqlite_desk: Office) -> None:
    desk = sqlite_desk
    settled(desk, "赵删某", 1)
    desk.accepted("孙留某")
    desk.opened("李开某")
    desk.person("周没来")
    desk.clock.tick(seconds=LATER.total_seconds())
    day = erasure.latest(desk.ctx, YEARS)
    plan = erasure.plan_erasure(desk.ctx, before=day, retention_years=YEARS, actor=SUPERVISOR)
    assert (plan.people, plan.submissions, plan.papers, plan.unsettled) == (2, 1, 4, 2)
    assert erase(desk).people == 2
    assert bad(verify(desk.ctx, actor=CLERK)) == {}
    kept = erasure.plan_erasure(desk.ctx, before=day, retention_years=YEARS, actor=SUPERVISOR)
    assert (kept.people, kept.unsettled) == (0, 2)


def test_nobody_is_erased_before_the_office_has_settled_how_long_or_within_that_time(
    sqlite_desk: Office,
) -> None:
    desk = sqlite_desk
    settled(desk, "赵删某", 1)
    for years, day, code in ((0, "2020-01-01", "retention-unset"), (3, "2021-08-13", "retention-short")):
        with pytest.raises(DeskError) as refused:
            erasure.erase(desk.ctx, before=date.fromisoformat(day), retention_years=years, actor=SUPERVISOR)
        assert refused.value.code == code
    for actor in (CLERK, Actor("@it", Role.IT, 1)):
        with pytest.raises(DeskError) as refused:
            erase(desk, actor)
        assert refused.value.code == "not-permitted"
    assert erase(desk).people == 0


def test_the_event_names_nobody_and_a_change_after_the_erasure_is_found(sqlite_desk: Office) -> None:
    desk = sqlite_desk
    settled(desk, "赵删某", 1)
    desk.clock.tick(seconds=LATER.total_seconds())
    erase(desk)
    with desk.ctx.records.read() as session:
        query = sa.select(JOURNAL.c.event).where(JOURNAL.c.kind == "person.erased")
        body = json.loads(bytes(session.connection().execute(query).scalar_one()))[8]
    assert set(body) == {"before", "rows", "subject"}
    assert {name.partition(":")[0] for name in body["rows"]} == {
        "roster_entry", "submission", "finding", "original", "fee", "paper",
    }  # fmt: skip
    tamper(desk, "UPDATE fee SET amount_fen = 100 WHERE id = 1")
    assert bad(verify(desk.ctx, actor=CLERK))["rows"].first_bad == "fee:1"


def test_guessing_every_birth_date_finds_nobody_in_the_journal(sqlite_desk: Office) -> None:
    desk = sqlite_desk
    settled(desk, "赵删某", 1)
    with desk.ctx.records.read() as session:
        row = session.connection().execute(sa.select(ENTRIES.c.id_number, ENTRIES.c.name)).one()
    text = export_journal(desk.ctx, actor=CLERK).path.read_text("utf-8")
    assert row.id_number not in text
    digests = set()
    for line in text.splitlines()[1:]:
        fields = json.loads(json.loads(line)["event"])
        digests |= set(_texts(fields[8]))
    start, tried = date(1986, 1, 1), set()
    for day, serial in product(range(365), range(20)):
        body = f"320799{start + timedelta(days=day):%Y%m%d}{serial:03d}"
        number = body + check_character(body)
        tried.add(number)
        for guess in (number, f"{row.name}{number}", json.dumps(number), json.dumps([row.name, number])):
            hashed = hashlib.sha256(guess.encode()).hexdigest()
            assert hashed not in digests
            assert hashed[:40] not in digests
    assert row.id_number in tried


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for part in value.values() for text in _texts(part)]
    return [text for part in value for text in _texts(part)] if isinstance(value, list) else []


def test_an_erasure_that_dies_half_way_is_finished_by_the_next(
    sqlite_desk: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk = sqlite_desk
    for n in range(3):
        settled(desk, f"赵删{n}", n)
    papers.drain(desk.ctx)
    wanted = traces(desk)
    desk.clock.tick(seconds=LATER.total_seconds())
    real, calls = erasure._erase_one, []

    def dies(*args: object) -> bool:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(erasure, "_erase_one", dies)
    with pytest.raises(KeyboardInterrupt):
        erase(desk)
    monkeypatch.setattr(erasure, "_erase_one", real)
    papers.drain(desk.ctx, check_files=True)
    assert bad(verify(desk.ctx, actor=CLERK)) == {}
    assert erase(desk).people == 2
    assert hits(desk, wanted) == []
    assert bad(verify(desk.ctx, actor=CLERK)) == {}
