"""Papers leave after the commit, exactly as decided, however often the way there is cut short."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from counter.desk import papers, scan, submissions
from counter.desk.forms import FeeInput
from counter.desk.rows import OUTBOX, PAPERS
from counter.desk.search_views import Opens
from counter.errors import DeskError
from counter.rules.status import Status
from db import journal
from db.engine import Records
from db.numbering import last_number
from receipts.data import AcceptanceReceipt, from_json
from receipts.number import PaperKind
from tests.builders import CLERK, Office, at_once, office_at
from tests.paper import reading

ROOT = Path(__file__).resolve().parents[2]


def files(desk: Office) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in desk.ctx.documents.iterdir()}


def test_nothing_is_printed_before_the_drain_and_everything_by_it(desk: Office) -> None:
    sub = desk.accepted()
    assert [paper.waiting for paper in sub.papers] == [1, 1, 1, 1]
    report = papers.drain(desk.ctx)
    assert (len(report.printed), report.failed, report.waiting) == (4, (), 0)
    shown = papers.papers_of(desk.ctx, sub.id, actor=CLERK)
    assert [paper.files for paper in shown] == [(f"{paper.number}.pdf",) for paper in shown]
    assert set(files(desk)) == {f"{paper.number}.pdf" for paper in shown}
    assert papers.drain(desk.ctx).printed == ()


def test_a_receipt_says_everything_once_and_calls_a_copy_a_copy(sqlite_desk: Office) -> None:
    sub = sqlite_desk.accepted()
    papers.drain(sqlite_desk.ctx)
    receipt = next(p for p in sub.papers if p.kind == PaperKind.RECEIPT)
    text = reading.pages_of((sqlite_desk.ctx.documents / f"{receipt.number}.pdf").read_bytes())[0]
    for said in ("报销", "财政票据", "妥善保管", "职称已经取得", "取得职称", "不代表"):
        assert text.count(said) <= 1, said
    with sqlite_desk.ctx.records.read() as session:
        stored = sa.select(PAPERS.c.data).where(PAPERS.c.number == receipt.number)
        doc = from_json(session.connection().execute(stored).scalar_one())
    assert isinstance(doc, AcceptanceReceipt)
    forms = {(row.place, row.no): row.form for row in doc.items}
    assert {row.form for row in doc.items if "复印件" in row.name} == {"复印件"}
    assert (forms["第一分册", "7"], forms["第一分册", "8"]) == ("复印件", "复印件")  # kept by the employer
    assert (forms["第一分册", "2"], forms["原件", "1"], forms["电子版", "1"]) == ("原件", "原件", "电子件")


def test_a_fee_that_is_waived_is_called_so_and_names_its_document(sqlite_desk: Office) -> None:
    waived = FeeInput(method="waived", document_no="连人社〔2024〕3号")
    sub = sqlite_desk.accept(sqlite_desk.tick_all(sqlite_desk.opened()), fee=waived)
    papers.drain(sqlite_desk.ctx)
    text = reading.pages_of((sqlite_desk.ctx.documents / f"{sub.number}.pdf").read_bytes())[0]
    assert "减免" in text
    assert "文号连人社〔2024〕3号" in text
    assert "他处缴" not in text
    assert "票据号" not in text


def test_the_outbox_keeps_what_the_file_is(sqlite_desk: Office) -> None:
    sqlite_desk.accepted()
    papers.drain(sqlite_desk.ctx)
    there = files(sqlite_desk)
    with sqlite_desk.ctx.records.read() as session:
        for row in session.connection().execute(sa.select(OUTBOX)):
            data = there[row.file_name]
            assert (row.sha256, row.size) == (hashlib.sha256(data).hexdigest(), len(data))
            assert (sqlite_desk.ctx.documents / row.file_name).stat().st_mode & 0o077 == 0


def test_a_file_that_is_gone_is_made_again_byte_for_byte(sqlite_desk: Office) -> None:
    sqlite_desk.accepted()
    papers.drain(sqlite_desk.ctx)
    before = files(sqlite_desk)
    gone = next(iter(before))
    (sqlite_desk.ctx.documents / gone).unlink()
    for name, age in ((".half.pdf.tmp", 3600), (".begun.pdf.tmp", 0)):
        torn = sqlite_desk.ctx.documents / name
        torn.write_bytes(b"%PDF")
        os.utime(torn, (time.time() - age, time.time() - age))
    sqlite_desk.clock.tick(hours=1)
    assert papers.drain(sqlite_desk.ctx, check_files=True).printed == (gone,)
    assert files(sqlite_desk) == before | {".begun.pdf.tmp": b"%PDF"}


def test_the_first_drain_after_a_start_makes_again_what_is_missing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    desk = office_at(home)
    desk.accepted()
    papers.drain(desk.ctx)
    desk.ctx.records.close()
    before = files(desk)
    gone = next(iter(before))
    (desk.ctx.documents / gone).unlink()
    again = office_at(home)
    assert papers.drain(again.ctx).printed == (gone,)
    assert files(again) == before
    (again.ctx.documents / gone).unlink()
    assert papers.drain(again.ctx).printed == ()
    again.ctx.records.close()


def test_two_drains_at_once_end_with_the_same_files(sqlite_desk: Office) -> None:
    for name in ("张三", "李四", "王五"):
        sqlite_desk.accepted(name)
    reports: list[object] = []
    threads = [
        threading.Thread(target=lambda: reports.append(papers.drain(sqlite_desk.ctx).failed))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reports == [(), ()]
    assert len(files(sqlite_desk)) == 12
    assert papers.drain(sqlite_desk.ctx, check_files=True).printed == ()
    with sqlite_desk.ctx.records.read() as session:
        assert journal.verify(session).ok


def test_a_paper_that_cannot_be_made_undoes_nothing(sqlite_desk: Office) -> None:
    sub = sqlite_desk.accepted("张\U0002f8ff")
    report = papers.drain(sqlite_desk.ctx)
    assert report.failed
    assert report.failed[0][1] in ("missing-glyph", "private-use")
    now = submissions.view(sqlite_desk.ctx, sub.id, actor=CLERK)
    assert now.status is Status.ACCEPTED
    assert now.papers[0].failed == report.failed[0][1]
    assert not list(sqlite_desk.ctx.documents.glob("*.tmp"))


def test_a_full_disk_leaves_the_print_waiting_to_be_tried_again(
    sqlite_desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_desk.accepted()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        report = papers.drain(sqlite_desk.ctx)
    assert {code for _, code in report.failed} == {"file-28"}
    assert files(sqlite_desk) == {}
    assert len(papers.drain(sqlite_desk.ctx).printed) == 4


def test_a_copy_is_marked_counted_and_journalled(desk: Office) -> None:
    sub = desk.accepted()
    papers.drain(desk.ctx)
    key = uuid4()
    first = papers.reprint(desk.ctx, number=sub.number, actor=CLERK, key=key)
    assert papers.reprint(desk.ctx, number=sub.number, actor=CLERK, key=key) == first
    assert (first.prints, first.waiting) == (2, 1)
    assert papers.drain(desk.ctx).printed == (f"{sub.number}-1.pdf",)
    original, copy = (desk.ctx.documents / f"{sub.number}{n}.pdf" for n in ("", "-1"))
    assert original.read_bytes() != copy.read_bytes()


def test_a_paper_of_two_copies_holds_both_and_its_copy_is_one_sheet(sqlite_desk: Office) -> None:
    accepted, told = sqlite_desk.accepted(), sqlite_desk.correct(sqlite_desk.faulty("李四"))
    assert (
        papers.drain(sqlite_desk.ctx).sheets == sum(p.copies for p in (*accepted.papers, *told.papers)) == 7
    )
    for paper in (accepted.papers[0], told.papers[0]):
        papers.reprint(sqlite_desk.ctx, number=paper.number, actor=CLERK, key=uuid4())
        assert papers.drain(sqlite_desk.ctx).sheets == 1
        whole, copy = (
            reading.pages_of((sqlite_desk.ctx.documents / f"{paper.number}{n}.pdf").read_bytes())
            for n in ("", "-1")
        )
        assert len(whole) == paper.copies == 2
        for page, sheet in zip(whole, ("第一联申报人留存", "第二联窗口存档"), strict=True):
            assert f"一式两份{sheet}" in page
        assert len(copy) == 1
        assert "第一联申报人留存" in copy[0]
        assert "一式" not in copy[0]


def test_desks_that_copy_one_paper_at_once_each_get_a_number(desk: Office) -> None:
    paper = desk.accepted().papers[0]
    answers = at_once(lambda: papers.reprint(desk.ctx, number=paper.number, actor=CLERK, key=uuid4()).number)
    assert answers == [paper.number] * 4
    assert papers.paper_of(desk.ctx, paper.number, actor=CLERK).prints == 5


def test_printing_to_a_file_is_a_copy_too_and_never_overwrites(sqlite_desk: Office, tmp_path: Path) -> None:
    sub = sqlite_desk.accepted()
    target = tmp_path / "mine.pdf"
    shown = papers.print_to(sqlite_desk.ctx, number=sub.number, path=target, actor=CLERK, key=uuid4())
    assert shown.prints == 2
    assert target.read_bytes().startswith(b"%PDF")
    with pytest.raises(DeskError, match="exists"):
        papers.print_to(sqlite_desk.ctx, number=sub.number, path=target, actor=CLERK, key=uuid4())


def test_a_file_that_cannot_be_written_is_no_copy(sqlite_desk: Office, tmp_path: Path) -> None:
    paper = sqlite_desk.accepted().papers[0]
    with pytest.raises(DeskError) as caught:
        papers.print_to(
            sqlite_desk.ctx,
            number=paper.number,
            path=tmp_path / "nowhere" / "copy.pdf",
            actor=CLERK,
            key=uuid4(),
        )
    assert caught.value.code == "file"
    assert papers.paper_of(sqlite_desk.ctx, paper.number, actor=CLERK).prints == 1


def test_the_same_key_prints_the_same_copy_though_others_were_made_since(
    sqlite_desk: Office, tmp_path: Path
) -> None:
    paper, key = sqlite_desk.accepted().papers[0], uuid4()

    def print_to(name: str, key: UUID) -> bytes:
        path = tmp_path / name
        papers.print_to(sqlite_desk.ctx, number=paper.number, path=path, actor=CLERK, key=key)
        return path.read_bytes()

    first, other = print_to("1.pdf", key), print_to("2.pdf", uuid4())
    assert print_to("3.pdf", key) == first != other
    assert papers.paper_of(sqlite_desk.ctx, paper.number, actor=CLERK).prints == 3


def test_a_number_with_a_wrong_digit_or_nobody_behind_it_prints_nothing(sqlite_desk: Office) -> None:
    sub = sqlite_desk.accepted()
    wrong = sub.number[:-1] + str((int(sub.number[-1]) + 1) % 10)
    for number, code in ((wrong, "bad-check-digit"), ("12499000000122", "bad-check-digit")):
        with pytest.raises(DeskError, match=code):
            papers.reprint(sqlite_desk.ctx, number=number, actor=CLERK, key=uuid4())
    with pytest.raises(DeskError, match="unknown-number"):
        papers.reprint(sqlite_desk.ctx, number="12402000000186", actor=CLERK, key=uuid4())


def test_every_paper_opens_its_submission(desk: Office) -> None:
    sub = desk.correct(desk.faulty())
    notice = sub.papers[0].number
    sub = desk.accept(desk.tick_all(desk.again(sub)))
    for number in (notice, *(paper.number for paper in sub.papers)):
        assert scan.resolve(desk.ctx, number, actor=CLERK) == Opens(sub.id)


WORK = """
import os, signal, sys
from pathlib import Path
from tests.builders import office_at
desk = office_at(Path(sys.argv[1]))
n = int(sys.argv[2])
desk.people = n * 10
sub = desk.tick_all(desk.opened("张三"))
sub = desk.accept(sub)
print(sub.number, flush=True)
if n % 2:
    from counter.desk import papers
    papers.write_file = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    papers.drain(desk.ctx)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_between_commit_and_print_nothing_is_lost_and_no_number_missing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    numbers = []
    for n in range(4):
        run = subprocess.run(
            [sys.executable, "-c", WORK, str(home), str(n)], cwd=ROOT, capture_output=True, text=True
        )
        assert run.returncode == -signal.SIGKILL, run.stderr
        numbers.append(run.stdout.strip())
    assert [number[5:12] for number in numbers] == [f"{n:07d}" for n in range(1, 5)]
    desk = office_at(home)
    try:
        assert len(papers.drain(desk.ctx, check_files=True).printed) == 16
        assert len(files(desk)) == 16
    finally:
        desk.ctx.records.close()


class Crash(Exception):
    """Stands for the power going away at one statement."""


@pytest.mark.parametrize("act", ["open", "accept", "correct"])
def test_broken_off_at_any_statement_an_act_leaves_no_trace_and_no_hole(
    sqlite_records: Records, tmp_path: Path, act: str
) -> None:
    """Runs one act again and again, failing at its first, second, third … statement until it gets through."""
    desk = office_at(tmp_path / "home", sqlite_records)
    entry = desk.person()
    sub = None if act == "open" else desk.faulty() if act == "correct" else desk.tick_all(desk.opened())
    left = {"n": 0}

    def count_down(*_: object) -> None:
        left["n"] -= 1
        if left["n"] == 0:
            raise Crash

    sa.event.listen(sqlite_records.write_engine, "before_cursor_execute", count_down)
    tries = 0
    done = None
    while done is None:
        tries += 1
        left["n"] = tries
        try:
            if sub is None:
                done = desk.open(entry)
            else:
                done = desk.accept(sub) if act == "accept" else desk.correct(sub)
        except Crash:
            left["n"] = 0
            desk.ctx.memory.forget()
            if sub is not None:
                assert submissions.view(desk.ctx, sub.id, actor=CLERK) == sub
    sa.event.remove(sqlite_records.write_engine, "before_cursor_execute", count_down)
    assert tries > 5
    year, office = 2024, desk.ctx.circular.office.code
    with sqlite_records.read() as session:
        assert last_number(session, office=office, series="submission", year=year) == 1
        assert last_number(session, office=office, series="notice", year=year) == (act == "correct")
        assert journal.verify(session).ok


def test_what_a_crash_left_half_written_goes_from_papers_and_workbooks(sqlite_desk: Office) -> None:
    ctx = sqlite_desk.ctx
    torn = [ctx.documents / ".1.pdf.0a.tmp", ctx.exports / ".0b.tmp"]
    for file in torn:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"torn")
        os.utime(file, (0, 0))
    (ctx.exports / ".mine").write_text("kept")
    papers.drain(ctx, check_files=True)
    assert not [file for file in torn if file.exists()]
    assert (ctx.exports / ".mine").exists()
