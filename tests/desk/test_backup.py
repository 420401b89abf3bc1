"""A backup is a checked copy that tells by its name when it was made and where its history ends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from counter.desk.backup import backup, last_backup
from counter.desk.office import ready
from counter.desk.verify import verify
from counter.errors import DeskError
from counter.rules.keeping import Keeping
from counter.words import sentence
from db.engine import Records, open_records
from db.errors import BackupBad
from tests.builders import CLERK, Office, office, office_at


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path / "home") as made:
        made.accepted("张三")
        yield made


def kinds(desk: Office) -> list[str]:
    with desk.ctx.records.read() as session:
        query = "SELECT event FROM journal WHERE ref = 'backup' ORDER BY seq"
        return [json.loads(bytes(e))[6] for (e,) in session.connection().exec_driver_sql(query)]


def test_its_name_tells_when_and_where_it_ends(desk: Office) -> None:
    made = backup(desk.ctx, actor=CLERK, key=uuid4())
    assert made.path.parent == desk.ctx.backups
    assert re.fullmatch(r"desk-20240812-090500-[0-9a-f]{20}\.db", made.path.name)
    assert made.head in made.path.name
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.path.stat().st_size == made.size
    assert [p.name for p in desk.ctx.backups.iterdir()] == [made.path.name]


def test_the_copy_holds_everything_and_proves_itself(desk: Office, tmp_path: Path) -> None:
    made = backup(desk.ctx, actor=CLERK, key=uuid4())
    home = tmp_path / "restored"
    home.mkdir()
    made.path.rename(home / "desk.db")
    copy = ready(open_records(home / "desk.db", "5a" * 32), home=home, clock=desk.clock, demo=True)
    report = verify(copy, actor=CLERK)
    copy.records.close()
    assert [c.code for c in report.checks if not c.ok] == []
    journal = next(c for c in report.checks if c.code == "journal")
    assert journal.facts["seq"] == made.seq
    assert str(journal.facts["head"]).startswith(made.head)


def test_the_journal_tells_of_it_before_and_after(desk: Office) -> None:
    assert last_backup(desk.ctx, actor=CLERK) is None
    backup(desk.ctx, actor=CLERK, key=uuid4())
    assert kinds(desk) == ["backup.begun", "backup.made"]
    assert last_backup(desk.ctx, actor=CLERK) == desk.clock.now()


def test_the_same_key_makes_one_copy(desk: Office) -> None:
    key = uuid4()
    first = backup(desk.ctx, actor=CLERK, key=key)
    desk.clock.tick(hours=1)
    assert backup(desk.ctx, actor=CLERK, key=key) == first
    assert len(list(desk.ctx.backups.iterdir())) == 1
    assert last_backup(desk.ctx, actor=CLERK) != desk.clock.now()


def test_it_goes_where_it_is_told(desk: Office, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    into = backup(desk.ctx, target=tmp_path / "stick", actor=CLERK, key=uuid4())
    assert into.path.parent == tmp_path / "stick"
    named = backup(desk.ctx, target=tmp_path / "stick" / "monday.db", actor=CLERK, key=uuid4())
    assert named.path == tmp_path / "stick" / "monday.db"


def test_a_copy_that_somebody_asks_for_makes_room_as_well(desk: Office) -> None:
    ctx = replace(desk.ctx, keeping=Keeping(kept=2, days=0))
    made = []
    for _ in range(3):
        desk.clock.tick(minutes=1)
        made.append(backup(ctx, actor=CLERK, key=uuid4()).path.name)
    assert sorted(p.name for p in ctx.backups.iterdir()) == made[-2:]


def test_nothing_is_overwritten(desk: Office, tmp_path: Path) -> None:
    target = tmp_path / "mine.db"
    target.write_text("mine")
    with pytest.raises(DeskError, match="exists"):
        backup(desk.ctx, target=target, actor=CLERK, key=uuid4())
    assert target.read_text() == "mine"


def test_a_copy_that_failed_is_no_backup(desk: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def bad(*_: object) -> None:
        raise BackupBad()

    monkeypatch.setattr("db.backup._check", bad)
    with pytest.raises(DeskError, match="records"):
        backup(desk.ctx, actor=CLERK, key=uuid4())
    assert kinds(desk) == ["backup.begun"]
    assert last_backup(desk.ctx, actor=CLERK) is None


def test_a_folder_that_is_not_there_is_told_as_one(desk: Office, tmp_path: Path) -> None:
    with pytest.raises(DeskError, match="file") as refused:
        backup(desk.ctx, target=tmp_path / "nowhere" / "x.db", actor=CLERK, key=uuid4())
    assert str(tmp_path / "nowhere" / "x.db") in sentence(refused.value)


def test_a_server_is_backed_up_by_the_server(postgres_records: Records, tmp_path: Path) -> None:
    made = office_at(tmp_path / "home", postgres_records)
    with pytest.raises(DeskError, match="backup-by-server"):
        backup(made.ctx, actor=CLERK, key=uuid4())
