"""A file of records: whose it is, what is wrong with one, which disk it may lie on, what it leaves behind."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db import errors, journal
from db.backup import integrity
from db.engine import (
    Records,
    file_system_of,
    open_records,
)
from db.tables import Meta
from tests.db import rows
from tests.db.rows import add_entry
from tests.fixtures_db import KEY, sqlite_file


def test_file_wal_and_shm_are_for_their_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        records = open_records(tmp_path / "new.db", KEY)
        with records.write_engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE t (a)")
        modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    finally:
        os.umask(before)
    records.close()
    assert modes == dict.fromkeys(("new.db", "new.db-open", "new.db-wal", "new.db-shm"), 0o600)


def test_a_file_others_can_read_is_closed_to_them(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path)
    path.chmod(0o644)
    open_records(path, KEY).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def _plain_sqlite(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a)")
    connection.commit()
    connection.close()


def _flip(offset: int) -> Callable[[Path], None]:
    def flip(path: Path) -> None:
        raw = bytearray(path.read_bytes())
        raw[offset] ^= 1
        path.write_bytes(raw)

    return flip


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda p: p.write_text("name,number\n" * 4096), errors.NotADatabase),
        (lambda p: p.write_bytes(b"%PDF-1.7" + bytes(5000)), errors.NotADatabase),
        (lambda p: p.write_bytes(p.read_bytes()[:700]), errors.NotADatabase),
        (_plain_sqlite, errors.NotADatabase),
        (_flip(100), errors.Damaged),
        (_flip(4000), errors.Damaged),
    ],
    ids=["text", "pdf", "stub", "plain sqlite", "bit in the header", "bit in page 1"],
)
def test_what_is_wrong_with_a_file_is_told_apart(
    tmp_path: Path, spoil: Callable[[Path], object], expected: type[Exception], capfd: Any
) -> None:
    path = sqlite_file(tmp_path)
    spoil(path)
    with pytest.raises(expected):
        open_records(path, KEY)
    assert capfd.readouterr() == ("", ""), "the driver wrote into the terminal"


def test_a_wrong_key_is_neither_damage_nor_another_file(tmp_path: Path, capfd: Any) -> None:
    path = sqlite_file(tmp_path)
    with pytest.raises(errors.WrongKey):
        open_records(path, "ab" * 32)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("key", [None, "", "secret", "5a" * 31, "5a" * 32 + "\n", "x'" * 32])
def test_a_file_is_never_opened_without_a_whole_key(tmp_path: Path, key: str | None) -> None:
    with pytest.raises(errors.KeyMissing):
        open_records(tmp_path / "new.db", key)
    assert not (tmp_path / "new.db").exists()


def test_the_key_is_not_shown_when_the_records_are(sqlite_records: Records) -> None:
    assert KEY not in repr(sqlite_records)
    assert KEY not in str(sqlite_records.write_engine.url)


def test_names_are_not_readable_in_the_files(sqlite_records: Records, tmp_path: Path) -> None:
    with sqlite_records.write() as session:
        add_entry(session, name="单雄信", phone="13800138000")
    raw = b"".join(p.read_bytes() for p in tmp_path.glob("desk.db*"))
    assert "单雄信".encode() not in raw
    assert b"13800138000" not in raw


def test_damage_in_any_page_is_found(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path)
    records = open_records(path, KEY)
    with records.write() as session:
        for n in range(40):
            add_entry(session, name=f"人{n}", note="注" * 300)
    records.close()
    whole = path.read_bytes()
    chance = random.Random(7)
    for _ in range(40):
        raw = bytearray(whole)
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        path.write_bytes(raw)
        try:
            hurt = open_records(path, KEY)
        except (errors.Damaged, errors.WrongKey):
            continue
        try:
            assert not integrity(hurt).ok
        except errors.Damaged:
            pass
        finally:
            hurt.close()


@pytest.mark.parametrize(
    ("mounts", "kind"),
    [
        ("22 1 0:20 / / rw - ext4 /dev/a rw\n30 22 0:40 / /srv/share rw - nfs4 box:/x rw", "nfs4"),
        ("22 1 0:20 / / rw - ext4 /dev/a rw\n30 22 0:40 / /srv/share\\040x rw - cifs //box/x rw", "ext4"),
        ("22 1 0:20 / / rw - ext4 /dev/a rw\n30 22 0:40 / /srv/sha rw - cifs //box/x rw", "ext4"),
        ("nonsense", None),
    ],
)
def test_the_file_system_of_a_folder_is_told_by_its_longest_mount(
    tmp_path: Path, mounts: str, kind: str | None
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(mounts)
    assert file_system_of(Path("/srv/share/office"), table) == kind


def test_a_network_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.engine.file_system_of", lambda _folder: "nfs4")
    with pytest.raises(errors.NetworkDisk):
        open_records(tmp_path / "new.db", KEY)
    assert not (tmp_path / "new.db").exists()


def test_a_missing_folder_is_a_fault_of_the_disk_not_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(errors.RecordsError):
        open_records(tmp_path / "nowhere" / "desk.db", KEY)


def test_the_last_desk_to_close_leaves_one_file(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path)
    one, two = open_records(path, KEY), open_records(path, KEY)
    with two.write() as session:
        session.add(Meta(key="a", value="1"))
    one.close()
    two.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["desk.db", "desk.db-turn"]


def _as_nobody(act: Callable[[], object]) -> str:
    """Carry something out in a child without root's rights and return the class of what it raised."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            act()
            said = "nothing"
        except BaseException as error:
            said = type(error).__name__
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


@pytest.mark.parametrize("protected", ["folder", "file"])
def test_a_file_or_folder_without_write_rights_is_read_only(protected: str) -> None:
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        path = sqlite_file(folder)
        if protected == "folder" and os.geteuid() == 0:
            os.chown(path, 65534, 65534)
        path.chmod(0o600 if protected == "folder" else 0o444)
        folder.chmod(0o555 if protected == "folder" else 0o777)
        assert _as_nobody(lambda: open_records(path, KEY)) == "ReadOnly"
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_first_frame_torn_by_a_power_cut_is_no_strange_wal(tmp_path: Path) -> None:
    path = sqlite_file(tmp_path)
    records = open_records(path, KEY)
    with records.write() as session:
        rows.start_journal(session)
    left = tmp_path / "left"
    left.mkdir()
    for name in ("desk.db", "desk.db-wal"):
        (left / name).write_bytes((tmp_path / name).read_bytes())
    records.close()
    wal = bytearray((left / "desk.db-wal").read_bytes())
    whole = bytes(wal)
    wal[32 + 24 + 2048 : 32 + 24 + 4096] = bytes(2048)
    (left / "desk.db-wal").write_bytes(wal)
    torn = open_records(left / "desk.db", KEY)
    with torn.read() as session:
        assert journal.head(session) is None  # it was never synced, so nobody was told of it
    torn.close()
    assert whole != bytes(wal)
