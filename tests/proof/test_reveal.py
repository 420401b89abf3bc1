"""Whole numbers are seen for a reason only, and the journal tells who saw whose."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
import sqlalchemy as sa

from counter.desk import export, search, staff
from counter.desk.export import export_day
from counter.desk.reports import report
from counter.desk.reveal import REASONS, reveal
from counter.desk.rows import JOURNAL
from counter.desk.verify import verify
from counter.desk.views import Actor, EntryId, Role
from counter.errors import DeskError
from counter.screens import reveal as screen
from counter.screens.search import SearchScreen
from counter.screens.submission import SubmissionScreen
from tests.builders import CLERK, SUPERVISOR, Office
from tests.screens.driven import SMALL, app_on, press, scan, settled, text

NUMBER, PHONE = "320799198601120018", "13800000001"


def told(desk: Office) -> list[tuple[str, str, object]]:
    """Return actor, whose and what of every event about whole numbers."""
    found = []
    with desk.ctx.records.read() as session:
        query = sa.select(JOURNAL.c.event).where(JOURNAL.c.kind.in_(("person.revealed", "day.exported")))
        for (event,) in session.connection().execute(query.order_by(JOURNAL.c.seq)):
            fields = json.loads(bytes(event))
            found.append((fields[4], fields[7], fields[8].get("reason") or fields[8].get("full")))
            assert NUMBER not in bytes(event).decode()
            assert PHONE not in bytes(event).decode()
    return found


def test_a_reason_opens_the_number_and_is_kept(desk: Office) -> None:
    entry = desk.person()
    seen = reveal(desk.ctx, entry_id=entry, reason="compare", actor=CLERK)
    assert (seen.identity, seen.phone) == (NUMBER, PHONE)
    assert told(desk) == [("zhou", f"roster_entry:{entry}", "compare")]
    assert verify(desk.ctx, actor=CLERK).ok


def test_without_a_reason_or_right_nothing_is_seen(desk: Office) -> None:
    entry = desk.person()
    for reason, actor, code in (
        ("", CLERK, "reveal-reason"),
        ("curious", CLERK, "reveal-reason"),
        ("compare", Actor("it", Role.IT, 1), "not-permitted"),
    ):
        with pytest.raises(DeskError) as refused:
            reveal(desk.ctx, entry_id=entry, reason=reason, actor=actor)
        assert refused.value.code == code
    with pytest.raises(DeskError) as refused:
        reveal(desk.ctx, entry_id=EntryId(99), reason="compare", actor=CLERK)
    assert refused.value.code == "unknown-entry"
    assert told(desk) == []


def test_status_is_masked_unless_for_a_reason(desk: Office) -> None:
    entry = desk.person()
    (plain,) = search.status(desk.ctx, "zhangsan", actor=CLERK)
    assert (plain.hit.identity, plain.hit.phone) == ("320799********0018", "138****0001")
    (whole,) = search.status(desk.ctx, "zhangsan", full="contact", actor=CLERK)
    assert (whole.hit.identity, whole.hit.phone) == (NUMBER, PHONE)
    assert told(desk) == [("zhou", f"roster_entry:{entry}", "contact")]


def test_the_workbook_is_masked_unless_for_a_reason(sqlite_desk: Office) -> None:
    desk = sqlite_desk
    desk.accepted()

    def texts(path: Path) -> set[str]:
        book = openpyxl.load_workbook(path)
        return {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}

    day = date(2024, 8, 12)
    plain = export_day(desk.ctx, day=day, actor=SUPERVISOR, key=uuid4())
    assert not texts(plain.path) & {NUMBER, PHONE}
    whole = export_day(desk.ctx, day=day, full="report", actor=SUPERVISOR, key=uuid4())
    assert texts(whole.path) >= {NUMBER, PHONE}
    assert whole.path.name == "2024-08-12-full.xlsx"
    assert told(desk) == [("sun", "day:2024-08-12", None), ("sun", "day:2024-08-12", "report")]
    with pytest.raises(DeskError) as refused:
        export_day(desk.ctx, day=day, full="x", actor=SUPERVISOR, key=uuid4())
    assert refused.value.code == "reveal-reason"


def test_whose_account_was_taken_away_sees_nobodys_number_any_more(sqlite_desk: Office) -> None:
    desk = sqlite_desk
    desk.accepted()
    entry = desk.person("李四")
    staff.disable(desk.ctx, login="zhou", actor=SUPERVISOR, key=uuid4())
    day = date(2024, 8, 12)
    for work in (
        lambda: reveal(desk.ctx, entry_id=entry, reason="compare", actor=CLERK),
        lambda: export_day(desk.ctx, day=day, full="report", actor=CLERK, key=uuid4()),
        lambda: export_day(desk.ctx, day=day, actor=CLERK, key=uuid4()),
        lambda: report(desk.ctx, actor=CLERK),
    ):
        with pytest.raises(DeskError, match="disabled"):
            work()
    assert list(desk.ctx.exports.glob("*")) == []
    assert told(desk) == []


def test_there_is_no_whole_workbook_the_journal_has_not_heard_of(
    sqlite_desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = sqlite_desk
    desk.accepted()

    def dies(*_about: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(export, "write_atomically", dies)
    with pytest.raises(KeyboardInterrupt):
        export_day(desk.ctx, day=date(2024, 8, 12), full="report", actor=SUPERVISOR, key=uuid4())
    assert told(desk) == [("sun", "day:2024-08-12", "report")]


def test_every_reason_has_its_words() -> None:
    assert set(screen.REASONS) == set(REASONS)


async def test_a_whole_number_is_on_the_screen_until_the_next_act_and_never_behind_another(
    sqlite_desk: Office,
) -> None:
    desk = sqlite_desk
    desk.person()
    app = app_on(desk.ctx)
    async with app.run_test(size=SMALL) as pilot:
        await scan(pilot, "LYGGX20240000000001")
        assert isinstance(app.screen, SubmissionScreen)
        assert NUMBER not in text(app)
        await press(pilot, "ctrl+n", "down", "f9")
        await settled(pilot)
        assert NUMBER in text(app)
        assert PHONE in text(app)
        await press(pilot, "f1")
        assert NUMBER not in text(app)
        await press(pilot, "f9")
        assert NUMBER not in text(app)
        await press(pilot, "escape", "f3", *"zhang")
        await settled(pilot)
        assert isinstance(app.screen, SearchScreen)
        await press(pilot, "ctrl+n", "f9")
        await settled(pilot)
        assert NUMBER in text(app)
        await press(pilot, "down")
        assert NUMBER not in text(app)
        await press(pilot, "ctrl+n", "f9")
        await settled(pilot)
        assert NUMBER in text(app)
        await press(pilot, "ctrl+l")
        assert NUMBER not in text(app), "a lock lies over it"
    assert [reason for _, _, reason in told(desk)] == ["contact", "compare", "compare"]
