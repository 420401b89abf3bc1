"""A backup takes the place of lost records: no number twice, what is gone is named, nothing is deleted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from counter.desk import staff
from counter.desk.rows import STAFF
from counter.desk.today import desk_view
from counter.desk.verify import verify
from counter.errors import DeskError
from counter.home import open_home
from counter.words import sentence
from receipts.number import PaperAnchor, PaperKind, PaperNumber
from tests.builders import CLERK, PASSWORD, SUPERVISOR, events
from tests.keeping import IT, at_work, copied, flip, put_back, twin, work


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a home: three people, a backup, two more people."""
    home = tmp_path_factory.mktemp("day") / "home"
    with at_work(home) as desk:
        work(desk, "一二三")
        copied(desk)
        work(desk, "四五")
    return home


@pytest.fixture
def home(day: Path, tmp_path: Path) -> Path:
    return twin(day, tmp_path / "home")


def the_copy(home: Path) -> Path:
    (path,) = (home / "backups").glob("desk-*.db")
    return path


def refused(reason: str, work: Callable[[], object]) -> DeskError:
    with pytest.raises(DeskError) as caught:
        work()
    assert (caught.value.code, caught.value.facts.get("reason")) == ("restore", reason)
    assert "{" not in sentence(caught.value)
    assert "—" not in sentence(caught.value)
    return caught.value


def whole(home: Path) -> None:
    with at_work(home, at="2024-08-12T11:01") as desk:
        assert [c for c in verify(desk.ctx, actor=CLERK).checks if not c.ok and c.code != "files"] == []


def test_lost_records_come_back_and_no_number_is_given_twice(home: Path) -> None:
    (home / "desk.db").unlink()
    drill = put_back(home, the_copy(home))
    assert drill.done
    assert drill.seconds < 120
    assert (drill.old, drill.sheet) == ("none", "none")
    assert [(x.series, x.year, x.first, x.last) for x in drill.lost] == [
        ("fee", 2024, 4, 5),
        ("submission", 2024, 4, 5),
    ]
    assert len(drill.papers) == 8
    with at_work(home, at="2024-08-12T11:01", people=5) as desk:
        sub = desk.opened("李六")
        assert sub.serial == "00006"
    whole(home)


def test_the_papers_tell_which_numbers_are_gone_also_those_in_somebodys_hand(home: Path) -> None:
    (home / "desk.db").unlink()
    held = sorted(p.name[:14] for p in (home / "documents").glob("1*.pdf"))[-1]
    shutil.rmtree(home / "documents")
    assert put_back(home, the_copy(home), really=False).lost == ()
    drill = put_back(home, the_copy(home), papers=(held,))
    assert [(x.first, x.last) for x in drill.lost] == [(4, 5)]
    assert drill.papers == (held,)


def test_damaged_records_still_tell_how_far_they_went(home: Path) -> None:
    shutil.rmtree(home / "documents")
    whole_file = (home / "desk.db").read_bytes()
    told = []
    for page in range(6, len(whole_file) // 4096, 9):
        (home / "desk.db").write_bytes(whole_file)
        flip(home / "desk.db", page * 4096 + 77)
        drill = put_back(home, the_copy(home), really=False)
        told.append(bool(drill.lost))
        assert drill.old in ("longer", "damaged")
        assert drill.lost or drill.old == "damaged"
    assert sum(told) > len(told) // 2
    assert put_back(home, the_copy(home)).done


def test_what_was_there_is_kept_aside_byte_for_byte(home: Path) -> None:
    flip(home / "desk.db", 100)
    before = (home / "desk.db").read_bytes()
    drill = put_back(home, the_copy(home))
    assert drill.aside is not None
    assert (drill.aside / "desk.db").read_bytes() == before
    assert (home / "desk.db").stat().st_mode & 0o777 == 0o600
    assert not list(home.glob(".*restoring*"))


def test_verify_accepts_exactly_the_numbers_that_were_lost(home: Path) -> None:
    (home / "desk.db").unlink()
    put_back(home, the_copy(home))
    whole(home)
    with at_work(home, at="2024-08-12T11:01", people=5) as desk:
        desk.opened("李六")
        numbers = next(c for c in verify(desk.ctx, actor=CLERK).checks if c.code == "numbers")
        assert (numbers.ok, numbers.facts) == (True, {"lost": 4})
        with desk.ctx.records.write() as session:
            run = session.connection().exec_driver_sql
            run("DROP TRIGGER counter_forward")
            run("UPDATE counter SET n = 7 WHERE series = 'submission'")
        numbers = next(c for c in verify(desk.ctx, actor=CLERK).checks if c.code == "numbers")
        assert (numbers.ok, numbers.facts["why"]) == (False, "counter")


def test_a_lost_number_that_is_there_again_is_found(home: Path) -> None:
    (home / "desk.db").unlink()
    put_back(home, the_copy(home))
    with at_work(home, at="2024-08-12T11:01", people=5) as desk:
        desk.opened("李六")
        with desk.ctx.records.write() as session:
            run = session.connection().exec_driver_sql
            run("DROP TRIGGER submission_fixed")
            run("UPDATE submission SET serial = 5 WHERE serial = 6")
        numbers = next(c for c in verify(desk.ctx, actor=CLERK).checks if c.code == "numbers")
        assert (numbers.ok, numbers.facts["why"]) == (False, "lost")


def test_a_report_alone_changes_nothing(home: Path) -> None:
    (home / "desk.db").unlink()
    names = sorted(p.name for p in home.rglob("*"))
    assert not put_back(home, the_copy(home), really=False).done
    assert sorted(p.name for p in home.rglob("*")) == names


def test_the_journal_says_who_restored_what(home: Path) -> None:
    (home / "desk.db").unlink()
    drill = put_back(home, the_copy(home))
    with at_work(home, at="2024-08-12T11:01") as desk:
        (told,) = events(desk, "records.restored")
    assert [gap[1:] for gap in told["lost"]] == [["fee", 2024, 4, 5], ["submission", 2024, 4, 5]]
    assert (told["copy_seq"], told["copy_head"]) == (drill.seq, drill.head[:20])


def test_the_last_day_sheet_is_held_against_the_copy(home: Path) -> None:
    (home / "desk.db").unlink()
    report = put_back(home, the_copy(home), really=False)
    sheet = f"72401000000148-{report.seq}-{report.head.upper()}"
    assert put_back(home, the_copy(home), really=False, sheet=sheet).sheet == "held"
    later = f"{report.seq + 40}:{'ab' * 32}"
    ahead = put_back(home, the_copy(home), really=False, sheet=later)
    assert (ahead.sheet, ahead.sheet_seq) == ("ahead", report.seq + 40)
    refused("sheet", lambda: put_back(home, the_copy(home), sheet=f"{report.seq}:{'ab' * 32}"))
    refused("sheet-form", lambda: put_back(home, the_copy(home), sheet="yesterday"))
    assert not (home / "desk.db").exists()


def test_the_number_of_a_day_sheet_later_than_the_copy_is_not_given_again(home: Path) -> None:
    (home / "desk.db").unlink()
    shutil.rmtree(home / "documents")
    number = PaperNumber(PaperKind.DAY_SHEET, 2024, 1, 1)
    drill = put_back(home, the_copy(home), sheet=PaperAnchor(number, 9000, "ab" * 32).line)
    assert drill.sheet == "ahead"
    assert [(x.series, x.first, x.last) for x in drill.lost] == [("closing", 1, 1)]
    assert drill.papers == (number.digits,)


def test_whole_records_that_are_later_stay(home: Path) -> None:
    refused("whole", lambda: put_back(home, the_copy(home)))


def test_an_older_backup_is_refused_while_a_later_one_is_whole(home: Path, tmp_path: Path) -> None:
    first = the_copy(home)
    with at_work(home, at="2024-08-12T10:00", people=5) as desk:
        copied(desk)
    (home / "desk.db").unlink()
    error = refused("older", lambda: put_back(home, first))
    better = Path(str(error.facts["better"]))
    assert better != first
    flip(better, better.stat().st_size // 2)
    drill = put_back(home, first)
    assert drill.unusable == (better.name,)
    with at_work(home, at="2024-08-12T11:01"):
        pass  # the damaged later copy is known and does not stop the desk


@pytest.mark.parametrize(
    ("reason", "spoil"),
    [
        ("damaged", lambda p: flip(p, p.stat().st_size // 2)),
        ("damaged", lambda p: p.write_bytes(p.read_bytes()[:20480] + bytes(4096) + p.read_bytes()[24576:])),
        ("truncated", lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2])),
        ("truncated", lambda p: p.write_bytes(p.read_bytes()[:-4096])),
        ("truncated", lambda p: p.write_bytes(p.read_bytes()[:-1])),
        ("not_a_database", lambda p: p.write_text("name,number\n" * 9999)),
        ("not_a_database", lambda p: p.write_bytes(b"")),
        ("gone", lambda p: p.unlink()),
    ],
    ids=["flipped", "zeroed page", "half a copy", "a page short", "a byte short", "text", "empty", "gone"],
)
def test_a_spoilt_copy_is_refused_by_its_own_name(
    home: Path, reason: str, spoil: Callable[[Path], object]
) -> None:
    (home / "desk.db").unlink()
    path = the_copy(home)
    spoil(path)
    refused(reason, lambda: put_back(home, path))
    assert not (home / "desk.db").exists()
    assert not list(home.glob(".*restoring*"))


def test_a_copy_of_another_installation_is_refused(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with at_work(other) as desk:
        theirs = copied(desk)
    refused("wrong_key", lambda: put_back(home, theirs))
    shutil.copy(home / "key", tmp_path / "key")
    (home / "key").write_bytes((other / "key").read_bytes())
    refused("foreign", lambda: put_back(home, theirs))


def test_a_copy_of_a_newer_program_is_refused(home: Path) -> None:
    (home / "desk.db").unlink()
    shutil.copy(the_copy(home), home / "newer.db")
    key = open_home(home).key()
    from db.engine import open_records

    records = open_records(home / "newer.db", key)
    with records.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    records.close()
    refused("newer_schema", lambda: put_back(home, home / "newer.db"))


def test_a_copy_whose_journal_was_rewritten_is_refused(home: Path) -> None:
    (home / "desk.db").unlink()
    shutil.copy(the_copy(home), home / "forged.db")
    from db.engine import open_records

    records = open_records(home / "forged.db", open_home(home).key())
    with records.write() as session:
        run = session.connection().exec_driver_sql
        run("DROP TRIGGER journal_no_update")
        run(
            "UPDATE journal SET event = CAST(replace(CAST(event AS TEXT), 'zhou', 'wang') AS BLOB)"
            " WHERE seq = 5"
        )
    records.close()
    refused("journal", lambda: put_back(home, home / "forged.db"))


def test_a_copy_under_a_false_name_is_refused(home: Path) -> None:
    (home / "desk.db").unlink()
    false = home / "backups" / f"desk-20240812-110000-{'0' * 20}.db"
    the_copy(home).rename(false)
    refused("name", lambda: put_back(home, false))


def test_a_demos_copy_does_not_come_into_a_real_home(home: Path, tmp_path: Path) -> None:
    from tests.builders import office

    with office(tmp_path / "demo") as demo:
        theirs = copied(demo)
    (home / "key").write_text("5a" * 32 + "\n")
    refused("demo", lambda: put_back(home, theirs))


def test_records_that_a_desk_has_open_are_not_pulled_away(home: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.keeping import at_work\n"
        "with at_work(Path(sys.argv[1]), people=5) as desk:\n"
        "    print('open', flush=True); sys.stdin.read()\n"
    )
    line = [sys.executable, "-P", "-c", code, str(home)]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"open\n"
        refused("in_use", lambda: put_back(home, the_copy(home)))
        child.communicate(b"")
    refused("whole", lambda: put_back(home, the_copy(home)))


def test_an_interrupted_restore_can_be_repeated(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from db import restore as files

    flip(home / "desk.db", 100)

    def dies(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(files, "put_in_place", dies)
    with pytest.raises(KeyboardInterrupt):
        put_back(home, the_copy(home))
    monkeypatch.undo()
    with pytest.raises(DeskError, match="records-gone"), at_work(home):
        pass
    assert put_back(home, the_copy(home)).done
    assert len(list((home / "backups").glob("aside-*/desk.db"))) == 1


def test_what_the_machines_account_restored_waits_for_a_supervisor(home: Path) -> None:
    from counter.desk.restored import confirm_restored

    with at_work(home, at="2024-08-12T10:00", people=5) as desk, desk.ctx.records.write() as session:
        session.connection().execute(
            STAFF.insert().values(
                version=1, login="sun", name="sun", role="supervisor", password="x", failures=0,
                password_at=desk.clock.now(), locked_boot="", created_at=desk.clock.now(), created_by="setup",
            )
        )  # fmt: skip
    with at_work(home, at="2024-08-12T10:00", people=5) as desk:
        file = copied(desk)
        work(desk, "六")
    (home / "desk.db").unlink()
    drill = put_back(home, file)
    assert not drill.confirmed
    with at_work(home, at="2024-08-12T11:01", people=6) as desk:
        waits = desk_view(desk.ctx, actor=CLERK).restored
        assert waits is not None
        assert (waits.by, waits.lost) == (IT.name, 2)
        with pytest.raises(DeskError, match="approval"):
            confirm_restored(desk.ctx, seq=waits.seq, actor=CLERK, key=uuid4())
        confirm_restored(desk.ctx, seq=waits.seq, actor=SUPERVISOR, key=uuid4())
        assert desk_view(desk.ctx, actor=CLERK).restored is None
        with pytest.raises(DeskError, match="nothing-to-confirm"):
            confirm_restored(desk.ctx, seq=waits.seq, actor=SUPERVISOR, key=uuid4())


def test_a_copy_from_before_there_was_a_supervisor_waits_for_the_first_one_who_is_seen(home: Path) -> None:
    (home / "desk.db").unlink()
    assert not put_back(home, the_copy(home)).confirmed
    with at_work(home, at="2024-08-12T11:01") as desk:
        view = desk_view(desk.ctx, actor=CLERK)
        assert view.restored is not None
        assert view.rescued == 0
        words: dict[str, Any] = {"login": "wu", "name": "吴九", "password": PASSWORD, "actor": IT}
        staff.begin(desk.ctx, key=uuid4(), **words)
        assert desk_view(desk.ctx, actor=CLERK).rescued == 1


# Opening the desk ------------------------------------------------------------------------------------------


def test_an_older_copy_in_the_place_of_the_records_does_not_open(home: Path) -> None:
    with at_work(home, at="2024-08-12T10:00", people=5) as desk:
        later = copied(desk)
    older = next(p for p in (home / "backups").glob("desk-*.db") if p != later)
    for end in ("-wal", "-shm"):
        (home / f"desk.db{end}").unlink(missing_ok=True)
    shutil.copy(older, home / "desk.db")
    with pytest.raises(DeskError) as caught, at_work(home):
        pass
    assert (caught.value.code, caught.value.facts["reason"]) == ("rolled-back", "backup")
    assert later.name in sentence(caught.value)
    assert put_back(home, later).old == "older"
    whole(home)


def test_papers_with_numbers_nobody_gave_tell_an_old_copy(home: Path) -> None:
    older = the_copy(home)
    for end in ("-wal", "-shm"):
        (home / f"desk.db{end}").unlink(missing_ok=True)
    shutil.copy(older, home / "desk.db")
    with pytest.raises(DeskError) as caught, at_work(home):
        pass
    assert (caught.value.code, caught.value.facts["reason"]) == ("rolled-back", "papers")
    assert "restore" in sentence(caught.value)
    older.unlink()
    drill = put_back(home, home / "desk.db")
    assert {(x.first, x.last) for x in drill.lost} == {(4, 5)}
    whole(home)


def test_backups_of_others_and_damaged_ones_stop_nobody(home: Path, tmp_path: Path) -> None:
    with at_work(tmp_path / "other") as desk:
        theirs = copied(desk)
    shutil.copy(theirs, home / "backups" / f"desk-20240901-090000-{'1' * 20}.db")
    (home / "backups" / f"desk-20240902-090000-{'2' * 20}.db").write_bytes(b"nothing")
    with at_work(home):
        pass


def test_another_installations_records_do_not_open_here(home: Path, tmp_path: Path) -> None:
    with at_work(tmp_path / "other") as desk:
        work(desk, "一")
    (home / "key").write_bytes((tmp_path / "other" / "key").read_bytes())
    (home / "desk.db").write_bytes((tmp_path / "other" / "desk.db").read_bytes())
    with pytest.raises(DeskError, match="foreign-records"), at_work(home):
        pass


@pytest.mark.parametrize(
    ("reason", "spoil"),
    [
        ("damaged", lambda p: flip(p, 100)),
        ("truncated", lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2])),
        ("truncated", lambda p: p.write_bytes(p.read_bytes()[:-4096])),
        ("truncated", lambda p: p.write_bytes(p.read_bytes()[:-9])),
        ("not_a_database", lambda p: p.write_text("name,number\n" * 9999)),
        ("wrong_key", lambda p: p.with_name("key").write_text("00" * 32 + "\n")),
    ],
    ids=["flipped", "half a copy", "a page short", "a few bytes short", "text", "wrong key"],
)
def test_spoilt_records_do_not_open_and_say_why(
    home: Path, reason: str, spoil: Callable[[Path], object]
) -> None:
    spoil(home / "desk.db")
    with pytest.raises(DeskError) as caught, at_work(home):
        pass
    assert (caught.value.code, caught.value.facts["reason"]) == ("records", reason)
    assert "{" not in sentence(caught.value)


def test_a_start_after_a_kill_between_copy_and_its_event_is_no_rollback(home: Path) -> None:
    from db.backup import backup as copy_only

    with at_work(home, at="2024-08-12T10:30", people=5) as desk:
        made = copy_only(desk.ctx.records, desk.ctx.backups)
        assert made.head is not None
        made.path.rename(desk.ctx.backups / f"desk-20240812-103000-{made.head.short}.db")
        work(desk, "六")
    with at_work(home, at="2024-08-12T10:40"):
        pass


# What lies beside the records -------------------------------------------------------------------------------


def left_open(home: Path) -> None:
    """Let a desk take somebody in and die."""
    code = (
        "import os, sys; from pathlib import Path; from tests.keeping import at_work, work\n"
        "with at_work(Path(sys.argv[1]), at='2024-08-12T10:00', people=5) as desk:\n"
        "    desk.opened('李六'); os._exit(0)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-P", "-c", code, str(home)], env=env, check=True)
    assert (home / "desk.db-wal").stat().st_size


def test_a_desk_that_died_opens_with_all_it_had_committed(home: Path) -> None:
    left_open(home)
    with at_work(home, at="2024-08-12T10:10", people=6) as desk:
        assert desk.opened("李七").serial == "00007"
    assert not (home / "desk.db-open").exists()


def test_a_wal_that_was_taken_away_is_no_silent_loss(home: Path) -> None:
    left_open(home)
    (home / "desk.db-wal").unlink()
    (home / "desk.db-shm").unlink()
    for _ in range(2):
        with pytest.raises(DeskError) as caught, at_work(home, at="2024-08-12T10:10"):
            pass
        assert (caught.value.code, caught.value.facts["reason"]) == ("rolled-back", "wal")
        assert "{" not in sentence(caught.value)
    put_back(home, home / "desk.db")
    whole(home)


def test_an_index_of_the_wal_that_is_gone_costs_nothing(home: Path) -> None:
    left_open(home)
    (home / "desk.db-shm").unlink()
    with at_work(home, at="2024-08-12T10:10", people=6) as desk:
        assert desk.opened("李七").serial == "00007"


def test_the_wal_of_other_records_is_refused_and_changes_nothing(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with at_work(other, people=3) as desk:
        work(desk, "一")
        shutil.copyfile(other / "desk.db-wal", tmp_path / "strange-wal")
    before = (home / "desk.db").read_bytes()
    shutil.copyfile(tmp_path / "strange-wal", home / "desk.db-wal")
    with pytest.raises(DeskError) as caught, at_work(home, at="2024-08-12T10:10"):
        pass
    assert (caught.value.code, caught.value.facts["reason"]) == ("records", "strange_wal")
    assert (home / "desk.db").read_bytes() == before
    (home / "desk.db-wal").unlink()
    whole(home)


def test_a_wal_goes_aside_with_the_records_it_belongs_to(home: Path) -> None:
    left_open(home)
    flip(home / "desk.db", 100)
    wal = (home / "desk.db-wal").read_bytes()
    drill = put_back(home, the_copy(home))
    assert drill.aside is not None
    assert (drill.aside / "desk.db-wal").read_bytes() == wal
    assert not (home / "desk.db-wal").exists()
    whole(home)


def test_a_gap_that_no_restore_tells_of_is_found_after_a_restore_too(home: Path) -> None:
    (home / "desk.db").unlink()
    put_back(home, the_copy(home))
    with at_work(home, at="2024-08-12T11:01", people=5) as desk:
        desk.opened("李六")
        desk.opened("李七")
        with desk.ctx.records.write() as session:
            run = session.connection().exec_driver_sql
            for trigger in ("submission_fixed", "counter_forward"):
                run(f"DROP TRIGGER {trigger}")
            run("UPDATE submission SET serial = 8 WHERE serial = 7")
            run("UPDATE counter SET n = 8 WHERE series = 'submission'")
        numbers = next(c for c in verify(desk.ctx, actor=CLERK).checks if c.code == "numbers")
        assert (numbers.ok, numbers.facts["why"], numbers.first_bad) == (
            False,
            "gap",
            "submission:2024:00007",
        )
