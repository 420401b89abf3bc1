"""Homes and circulars: made once, opened again as they were; a submission keeps its own circular."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from msgspec import structs

from counter.circular.loader import shipped_source
from counter.clock import FixedClock
from counter.desk import checklist, office, submissions, verdicts
from counter.desk.forms import FeeInput
from counter.desk.rows import CIRCULARS, JOURNAL
from counter.errors import DeskError
from counter.rules.finding import FindingKind
from counter.rules.status import FeeState, Status
from db import journal
from db.engine import open_records
from tests.builders import CASH, CLERK, SUPERVISOR, Office, office_at, shanghai
from tests.fixtures_db import KEY

CLOCK = FixedClock(shanghai("2024-08-12T09:05"))


def changed_circular(path: Path, *changes: tuple[str, str]) -> Path:
    """Write the shipped circular with some texts replaced."""
    text = shipped_source().decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_new_home_opens_with_the_shipped_circular_and_a_begun_journal(tmp_path: Path) -> None:
    office.first_run(tmp_path / "home", clock=CLOCK)
    ctx = office.open_desk(tmp_path / "home", clock=CLOCK, desk=3)
    try:
        assert (ctx.circular.id, ctx.desk, ctx.demo) == ("lyg-2024-12", 3, False)
        with ctx.records.read() as session:
            kinds = session.connection().execute(sa.select(JOURNAL.c.kind).order_by(JOURNAL.c.seq)).scalars()
            assert list(kinds) == ["journal.started", "circular.adopted"]
            assert journal.verify(session).ok
    finally:
        ctx.records.close()


def test_opening_again_writes_nothing(tmp_path: Path) -> None:
    office.first_run(tmp_path / "home", clock=CLOCK, demo=True)
    for _ in range(2):
        ctx = office.open_desk(tmp_path / "home", clock=CLOCK)
        with ctx.records.read() as session:
            mark = journal.head(session)
        ctx.records.close()
        assert ctx.demo
        assert mark is not None
        assert mark.seq == 4  # begun, the circular, and the two who work in a demo


def test_a_home_is_made_once(tmp_path: Path) -> None:
    office.first_run(tmp_path / "home", clock=CLOCK)
    with pytest.raises(DeskError, match="home-exists"):
        office.first_run(tmp_path / "home", clock=CLOCK)


def test_demo_time_never_meets_real_records(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    records = open_records(tmp_path / "home" / "desk.db", KEY)
    try:
        office.ready(records, home=tmp_path / "home", clock=CLOCK, demo=False)
        with pytest.raises(DeskError, match="demo-records"):
            office.ready(records, home=tmp_path / "home", clock=CLOCK, demo=True)
    finally:
        records.close()


def test_records_under_another_key_are_refused_in_words(tmp_path: Path) -> None:
    office.first_run(tmp_path / "home", clock=CLOCK)
    key = tmp_path / "home" / "key"
    key.write_text("ab" * 32 + "\n", encoding="ascii")
    key.chmod(0o600)
    with pytest.raises(DeskError) as caught:
        office.open_desk(tmp_path / "home", clock=CLOCK)
    assert (caught.value.code, caught.value.facts["reason"]) == ("records", "wrong_key")


def test_a_wrong_circular_is_refused_and_the_old_one_stays(sqlite_desk: Office, tmp_path: Path) -> None:
    wrong = changed_circular(tmp_path / "c.toml", ("amount_fen = 30000", "amount_fen = -1"))
    with pytest.raises(DeskError) as caught:
        office.adopt_circular(sqlite_desk.ctx, file=wrong, actor=SUPERVISOR)
    assert caught.value.code == "circular"
    assert caught.value.facts["problems"]
    with pytest.raises(DeskError, match="file"):
        office.adopt_circular(sqlite_desk.ctx, file=tmp_path / "nowhere.toml", actor=SUPERVISOR)


def test_adopting_the_circular_in_force_changes_nothing(sqlite_desk: Office, tmp_path: Path) -> None:
    same = changed_circular(tmp_path / "c.toml")
    assert office.adopt_circular(sqlite_desk.ctx, file=same, actor=SUPERVISOR) is sqlite_desk.ctx


def test_a_submission_keeps_the_circular_it_was_opened_under(desk: Office, tmp_path: Path) -> None:
    before = desk.tick_all(desk.opened())
    dearer = changed_circular(
        tmp_path / "c.toml",
        ("amount_fen = 30000", "amount_fen = 45000"),
        ("A3 单面印制，20 份", "A3 单面印制，十份"),
    )
    ctx = office.adopt_circular(desk.ctx, file=dearer, actor=SUPERVISOR)
    desk.ctx = ctx
    old = submissions.view(ctx, before.id, actor=CLERK)
    assert old.fee.amount_fen == 30000
    accepted = desk.accept(old)
    assert accepted.fee.amount_fen == 30000
    new = desk.accepted("李四")
    assert new.fee.amount_fen == 45000
    assert next(i.standard for i in new.items if i.code == "A3-03") == "A3 单面印制，十份"
    with ctx.records.read() as session:
        stored = session.connection().execute(sa.select(sa.func.count()).select_from(CIRCULARS)).scalar_one()
    assert stored == 2
    reopened = office.ready(ctx.records, home=ctx.home, clock=desk.clock, demo=True)
    assert reopened.circular.fee.amount_fen == 45000
    assert submissions.view(reopened, before.id, actor=CLERK).fee.amount_fen == 30000
    with pytest.raises(DeskError, match="circular-older"):
        office.adopt_circular(reopened, file=changed_circular(tmp_path / "d.toml"), actor=SUPERVISOR)


def test_codes_as_long_as_a_circular_may_have_them_last_a_whole_visit(desk: Office, tmp_path: Path) -> None:
    """What the check of a circular lets pass must not fail at the counter: 40 signs, every reason at once."""

    def long(code: str) -> str:
        return f"{code}-".ljust(40, "x")

    codes = ("lyg-gxj", "self", "diploma", "forged", "cash", "A1-09", "illegible", "no_employer_seal")
    changes = [(f'"{code}"', f'"{long(code)}"') for code in codes]
    file = changed_circular(tmp_path / "long.toml", *changes)
    long_office = structs.replace(desk.ctx.circular.office, code=long("lyg-gxj"))
    desk.ctx = replace(desk.ctx, circular=structs.replace(desk.ctx.circular, office=long_office))
    desk.ctx = office.adopt_circular(desk.ctx, file=file, actor=SUPERVISOR)
    sub = desk.tick_all(desk.opened(), long("A1-09"))
    item = next(i for i in sub.items if i.code == long("A1-09"))
    reasons = tuple(reason.code for reason in item.defect_reasons if reason.code != "short")
    sub = desk.tick(sub, item.code, FindingKind.DEFECT, reasons=reasons)
    sub = checklist.add_original(
        desk.ctx,
        submission_id=sub.id,
        version=sub.version,
        item="B-01",
        kind=long("diploma"),
        actor=CLERK,
        key=uuid4(),
    )
    sub = desk.tick_all(desk.again(desk.correct(sub)))
    assert desk.accept(sub, FeeInput(method=long("cash"))).fee.state is FeeState.PAID
    desk.clock.tick(minutes=1)
    sub = desk.opened("李四")
    sub = verdicts.reject(
        desk.ctx,
        submission_id=sub.id,
        version=sub.version,
        ground=long("forged"),
        note="",
        actor=CLERK,
        key=uuid4(),
    )
    assert sub.status is Status.REJECTED


def test_a_correction_begun_under_one_circular_ends_under_it(desk: Office, tmp_path: Path) -> None:
    sub = desk.correct(desk.faulty())
    desk.ctx = office.adopt_circular(
        desk.ctx,
        file=changed_circular(tmp_path / "c.toml", ("每人 1 次", "每人一次")),
        actor=SUPERVISOR,
    )
    desk.clock.tick(days=1)
    sub = desk.tick_all(desk.again(sub))
    shown = verdicts.preview_accept(desk.ctx, submission_id=sub.id, fee=CASH, actor=CLERK)
    assert shown.number == sub.number
    assert desk.accept(sub, key=uuid4()).display == "连工信职收〔2024〕00001号"


def test_an_adopted_circular_that_cannot_be_read_any_more_is_refused_in_words(tmp_path: Path) -> None:
    made = office_at(tmp_path)
    with made.ctx.records.write() as session:
        session.connection().exec_driver_sql("DROP TRIGGER circular_version_no_update")
        session.connection().execute(sa.update(CIRCULARS).values(toml="x = [", sha256="0" * 64))
    made.ctx.records.close()
    with pytest.raises(DeskError) as caught:
        office_at(tmp_path)
    assert (caught.value.code, caught.value.facts["path"]) == ("circular", made.ctx.circular.doc_no)


@pytest.mark.parametrize("left", [None, b""])
def test_records_that_vanished_are_never_begun_anew(tmp_path: Path, left: bytes | None) -> None:
    home = tmp_path / "home"
    office.first_run(home, clock=CLOCK)
    file = home / "desk.db"
    saved = file.read_bytes()
    file.unlink()
    if left is not None:
        file.write_bytes(left)
    with pytest.raises(DeskError) as refused:
        office.open_desk(home, clock=CLOCK)
    assert refused.value.code == "records-gone"
    assert (file.read_bytes() if file.exists() else None) == left
    file.write_bytes(saved)
    office.open_desk(home, clock=CLOCK).records.close()


def test_the_circular_of_another_office_needs_a_home_of_its_own(sqlite_desk: Office, tmp_path: Path) -> None:
    other = changed_circular(tmp_path / "other.toml", ('code = "lyg-gxj"', 'code = "xz-gxj"'))
    with pytest.raises(DeskError, match="circular-office"):
        office.adopt_circular(sqlite_desk.ctx, file=other, actor=SUPERVISOR)
