"""Every paper is a witness: its code names an event, and a journal that lacks it stops the desk."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from counter.desk import papers, scan, search
from counter.desk.papers import typeset
from counter.desk.rows import JOURNAL, PAPERS, as_row
from counter.desk.scan import parse_scan
from counter.desk.search_views import Opens, Unknown
from counter.desk.verify import verify
from counter.screens.opening import open_by_text, unknown_text
from receipts.number import PaperAnchor, parse_anchor
from tests.builders import CLERK, Office, events
from tests.desk.test_verify import tamper
from tests.paper.reading import codes_in, raster


def anchors(desk: Office, *numbers: str) -> dict[str, PaperAnchor]:
    """Return what the codes of issued papers say, of all or of those named, read from the set pages."""
    found = {}
    with desk.ctx.records.read() as session:
        rows = [as_row(r) for r in session.connection().execute(sa.select(PAPERS))]
    for row in rows:
        if numbers and row["number"] not in numbers:
            continue
        data = typeset(row, 0, row["issued_at"], "")
        line = codes_in(raster(data, 200))["QRCode"]
        found[row["number"]] = parse_anchor(line)
    return found


def test_every_paper_names_the_event_it_rests_on(desk: Office) -> None:
    taken = desk.accepted("张三")
    sent = desk.correct(desk.faulty("单雄"))
    found = anchors(desk)
    assert len(found) == 5
    for digits, anchor in found.items():
        assert anchor.number.digits == digits
        with desk.ctx.records.read() as session:
            event = session.connection().execute(sa.select(JOURNAL).where(JOURNAL.c.seq == anchor.seq)).one()
        assert bytes(event.hash).hex()[:20] == anchor.head
        kinds = {"2": "notice.issued", "5": "fee.recorded"}
        assert event.kind == kinds.get(digits[0], "submission.accepted")
        assert event.ref == f"submission:{sent.id if digits[0] == '2' else taken.id}"
        assert verify(desk.ctx, expect=[f"{anchor.seq}:{anchor.head}"], actor=CLERK).checks[1].ok


def test_a_scanned_code_opens_what_its_digits_open(desk: Office) -> None:
    taken = desk.accepted("张三")
    for anchor in anchors(desk).values():
        for sent in (anchor.line, anchor.line.lower(), f"  {anchor.line}\r"):
            assert parse_scan(sent) == anchor.line
            assert scan.resolve(desk.ctx, sent, actor=CLERK) == Opens(taken.id)
        assert [hit.submission_id for hit in search.look_up(desk.ctx, anchor.line, actor=CLERK).hits] == [
            taken.id
        ]
    assert events(desk, "paper.differs") == []


@pytest.mark.parametrize(
    ("change", "why"),
    [({"head": "0" * 20}, "seal"), ({"seq": 10**6}, "tail"), ({"other": True}, "other")],
)
def test_a_paper_the_journal_does_not_know_stops_the_desk_and_is_journalled_once(
    desk: Office, change: dict[str, object], why: str
) -> None:
    numbers = [desk.accepted("张三").number, desk.accepted("单雄").number]
    mine, theirs = anchors(desk, *numbers).values()
    seq, head = (theirs.seq, theirs.head) if "other" in change else (mine.seq, mine.head)
    forged = PaperAnchor(mine.number, int(str(change.get("seq", seq))), str(change.get("head", head)))
    assert scan.differs(desk.ctx, forged.line) == why
    assert open_by_text(desk.ctx, forged.line, CLERK) == Unknown(forged.line, "anchor")
    assert search.look_up(desk.ctx, forged.line, actor=CLERK).hits == ()
    assert events(desk, "paper.differs") == [{"head": forged.head, "reason": why, "seq": forged.seq}]
    assert unknown_text(desk.ctx, forged.line, CLERK) == Unknown(forged.line, "anchor")
    assert len(events(desk, "paper.differs")) == 2
    assert verify(desk.ctx, actor=CLERK).ok


def test_an_unknown_number_stays_an_unknown_number(desk: Office) -> None:
    line = "CD1 12401000000123 41 0123456789ABCDEF0123"
    assert scan.resolve(desk.ctx, line, actor=CLERK) == Unknown("12401000000123", "unknown-number")


def test_a_paper_shows_that_yesterdays_records_were_put_back(sqlite_desk: Office) -> None:
    (anchor,) = anchors(sqlite_desk, sqlite_desk.accepted("张三").number).values()
    papers.drain(sqlite_desk.ctx)
    tamper(sqlite_desk, f"DELETE FROM journal WHERE seq >= {anchor.seq}", table="journal")
    assert scan.differs(sqlite_desk.ctx, anchor.line) == "tail"
    report = verify(sqlite_desk.ctx, expect=[f"{anchor.seq}:{anchor.head}"], actor=CLERK)
    assert report.checks[1].facts["why"] == "tail"
