"""A backup is a whole, closed, checked copy, made while the desk works."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from pathlib import Path

import pytest

from db import errors, journal
from db.backup import backup, integrity
from db.engine import Records, open_records
from db.numbering import last_number, next_number
from db.tables import Meta
from tests.db import rows
from tests.fixtures_db import KEY


def act(records: Records) -> int:
    with records.write() as session:
        number = next_number(session, office="LYG", series="receipt", year=2024)
        rows.write_event(session, number)
    return number


@pytest.fixture
def working(sqlite_records: Records) -> Records:
    with sqlite_records.write() as session:
        rows.start_journal(session)
    for _ in range(5):
        act(sqlite_records)
    return sqlite_records


def test_a_backup_opens_and_holds_what_the_original_held(working: Records, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    report = backup(working, target)
    with working.read() as session:
        assert report.head == journal.head(session)
    assert report.path == target
    assert report.size == target.stat().st_size
    assert report.sha256 == hashlib.sha256(target.read_bytes()).hexdigest()
    act(working)
    copy = open_records(target, KEY)
    with copy.read() as session:
        assert journal.verify(session, expected=report.head).ok
        assert last_number(session, office="LYG", series="receipt", year=2024) == 5
    assert act(copy) == 6
    copy.close()


def test_a_backup_is_one_file_closed_to_others_whatever_the_umask(working: Records, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    before = os.umask(0)
    try:
        report = backup(working, folder)
    finally:
        os.umask(before)
    assert report.head is not None
    assert [p.name for p in folder.iterdir()] == [f"desk-6-{report.head.short}.db"]
    assert stat.S_IMODE(report.path.stat().st_mode) == 0o600
    assert b"LYG" not in report.path.read_bytes()
    with pytest.raises(errors.WrongKey):
        open_records(report.path, "ab" * 32)


def test_the_same_history_backed_up_again_into_a_folder_takes_its_place(
    working: Records, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    first = backup(working, folder)
    with working.write() as session:
        session.add(Meta(key="later", value="1"))
    assert backup(working, folder).path == first.path
    copy = open_records(first.path, KEY)
    with copy.read() as session:
        assert session.get(Meta, "later")
    copy.close()


def test_a_backup_never_overwrites_a_file_it_was_given_by_name(working: Records, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("something of value")
    with pytest.raises(errors.BackupExists):
        backup(working, target)
    assert target.read_text() == "something of value"


def test_backups_under_load_are_all_whole(working: Records, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    stop, acted = threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            acted.append(act(working))

    desks = [threading.Thread(target=work) for _ in range(2)]
    for desk in desks:
        desk.start()
    try:
        reports = [backup(working, folder / f"{n}.db") for n in range(6)]
    finally:
        stop.set()
        for desk in desks:
            desk.join()
    assert acted
    for report in reports:
        copy = open_records(report.path, KEY)
        assert integrity(copy).ok
        with copy.read() as session:
            found = journal.verify(session, expected=report.head)
            assert found.ok
            assert found.count == last_number(session, office="LYG", series="receipt", year=2024) + 1
        copy.close()
    with working.read() as session:
        assert journal.verify(session).ok


def test_a_target_that_cannot_be_written_is_told_and_leaves_nothing(working: Records, tmp_path: Path) -> None:
    with pytest.raises(errors.RecordsError):
        backup(working, tmp_path / "nowhere" / "copy.db")
    mine = ["desk.db", "desk.db-open", "desk.db-shm", "desk.db-turn", "desk.db-wal"]
    assert sorted(p.name for p in tmp_path.iterdir()) == mine


def test_a_copy_that_came_out_bad_is_thrown_away(
    working: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from db import backup as module

    whole = module.copy_into

    def torn(records: Records, draft: Path, key_hex: str) -> None:
        whole(records, draft, key_hex)
        raw = bytearray(draft.read_bytes())
        raw[len(raw) // 2] ^= 1
        draft.write_bytes(raw)

    monkeypatch.setattr(module, "copy_into", torn)
    with pytest.raises((errors.BackupBad, errors.Damaged)):
        backup(working, tmp_path / "copy.db")
    assert not list(tmp_path.glob("*.tmp*"))
    assert not (tmp_path / "copy.db").exists()


def test_a_database_on_a_server_is_not_backed_up_into_a_file(
    postgres_records: Records, tmp_path: Path
) -> None:
    with pytest.raises(errors.BackupElsewhere) as refused:
        backup(postgres_records, tmp_path / "copy.db")
    assert refused.value.code == "backup_by_server"
