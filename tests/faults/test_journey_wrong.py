"""Wrong things at the wrong moment: unknown codes, closed hours, nothing submitted online, a broken home.

At the desk a stop covers the screen until it is answered on purpose. A home that cannot be used is one
sentence and an exit code, for the desk as for every command, and never a traceback.
"""

from __future__ import annotations

import ctypes
import os
import random
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from receipts.number import PaperKind, PaperNumber
from tests.faults.clerk import (
    PROGRAM,
    ROOT,
    SETTINGS,
    Clerk,
    command,
    demo_home,
    everything,
    newcomers,
    records,
)

LEAVES = b"\x1b[?1049l"
"""What gives the shell's own screen back; anything later stays in the scrollback."""

ELSEWHERE = PaperNumber(PaperKind.RECEIPT, 2024, 1, 99999).digits
"""A receipt in right form that this desk never issued."""

GOODS = "6901234567892"
"""A goods barcode, as is on everything that lies on a counter."""


def nobody(home: Path) -> None:
    """Hold that nobody was taken in."""
    with records(home) as ctx:
        assert everything(ctx) == {}


def test_an_unknown_code_stops_the_desk_until_it_is_answered_on_purpose(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    people = newcomers(home)
    with Clerk(home) as clerk:
        clerk.opened()
        bells = clerk.raw.count(b"\x07")
        clerk.type(GOODS, gap=0.06)
        clerk.key("enter")
        clerk.until(lambda _text: clerk.stopped, what="a stop")
        clerk.settle()
        assert GOODS in clerk.text()
        assert "没有改动任何收件" in clerk.text()
        assert clerk.raw.count(b"\x07") > bells
        clerk.key("enter", "y", "n", "q", "a", "1", "0", "space", "tab", "enter")
        clerk.scan(people[0][0])
        clerk.scan(GOODS, end=b"\t")
        clerk.settle(0.4)
        assert clerk.stopped
        clerk.key("f9")
        clerk.at_desk()
        assert clerk.enter(people[0][0]) == "00001"


@pytest.mark.parametrize(
    ("code", "says"),
    [("12401000000124", "校验位"), ("320799198603120019", "身份证号"), (ELSEWHERE, "本窗口")],
    ids=["paper with a wrong digit", "identity with a wrong digit", "somebody else's paper"],
)
def test_a_stop_says_what_kind_of_code_it_was(code: str, says: str, tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    with Clerk(home) as clerk:
        clerk.opened()
        clerk.scan(code)
        clerk.until(lambda _text: clerk.stopped, what="a stop")
        clerk.settle()
        assert code in clerk.text()
        assert says in clerk.text()
    nobody(home)


HOURS = [
    ("2024-08-12T08:59:30", False, "09:00"),
    ("2024-08-12T09:00:05", True, ""),
    ("2024-08-12T11:59:30", True, ""),
    ("2024-08-12T12:00:01", False, "15:00"),
    ("2024-08-12T12:07", False, "15:00"),
    ("2024-08-12T15:00:05", True, ""),
    ("2024-08-12T18:00:01", False, "09:00"),
    ("2024-08-10T10:00", False, "8月12日"),
    ("2024-09-11T10:00", False, "受理期"),
]


@pytest.mark.parametrize(("at", "takes_in", "says"), HOURS, ids=[at for at, _takes, _says in HOURS])
def test_the_counter_takes_in_exactly_while_it_is_open(
    at: str, takes_in: bool, says: str, tmp_path: Path
) -> None:
    home = demo_home(tmp_path)
    online_id, _name = newcomers(home)[0]
    with Clerk(home, at=at) as clerk:
        clerk.opened()
        clerk.scan(online_id)
        if takes_in:
            clerk.until(lambda _text: clerk.saved == 0, what="a submission")
            return
        clerk.until(lambda _text: clerk.stopped, what="a stop")
        clerk.settle()
        assert "停" in clerk.text()
        assert says in clerk.text()
        clerk.key("enter", "space")
        clerk.settle()
        assert clerk.stopped
        clerk.key("f9")
        clerk.at_desk()
    nobody(home)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Mars/Olympus"])
def test_the_hours_are_the_offices_whatever_zone_the_machine_is_in(
    zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    home = demo_home(tmp_path)
    online_id, _name = newcomers(home)[0]
    with Clerk(home, at="2024-08-12T12:07") as clerk:
        clerk.opened()
        assert "12:07" in clerk.place
        clerk.scan(online_id)
        clerk.until(lambda _text: clerk.stopped, what="a stop")
        clerk.settle()
        assert "15:00" in clerk.text()
    nobody(home)


def test_someone_who_has_not_submitted_online_is_not_taken_in(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    with Clerk(home) as clerk:
        clerk.opened()
        clerk.scan("LYG2024-000026")
        clerk.until(lambda _text: clerk.stopped, what="a stop")
        clerk.settle()
        assert "草稿" in clerk.text()
        assert "先在网上提交" in clerk.text().replace("\n", "")
    nobody(home)


def flip_bits(home: Path) -> None:
    """Damage a page in the middle of the records."""
    chance = random.Random(7)
    path = home / "desk.db"
    data = bytearray(path.read_bytes())
    for _n in range(400):
        data[chance.randrange(4096, len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def truncate(home: Path) -> None:
    """Cut the records in two."""
    path = home / "desk.db"
    os.truncate(path, path.stat().st_size // 2)


def replace_key(home: Path) -> None:
    """Put the key of another home in its place."""
    (home / "key").write_text("0123456789abcdef" * 4 + "\n")
    (home / "demo").unlink()


def no_database(home: Path) -> None:
    """Put something else where the records were."""
    (home / "desk.db").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(9000))


def open_key(home: Path) -> None:
    """Let everybody read the key."""
    (home / "key").chmod(0o644)


def no_key(home: Path) -> None:
    """Lose the key."""
    (home / "key").unlink()


DAMAGE: list[tuple[Callable[[Path], None], str]] = [
    (flip_bits, "备份恢复|已损坏|密钥"),
    (truncate, "备份恢复|已损坏"),
    (replace_key, "密钥"),
    (no_database, "不是数据库|密钥"),
    (open_key, "chmod 600"),
    (no_key, "密钥"),
]


@pytest.mark.parametrize(("damage", "says"), DAMAGE, ids=[d.__name__ for d, _says in DAMAGE])
def test_a_damaged_home_is_one_sentence_and_an_exit_code(
    damage: Callable[[Path], None], says: str, tmp_path: Path
) -> None:
    home = demo_home(tmp_path)
    with records(home) as ctx:
        ctx.records.close()
    damage(home)
    at = () if damage is replace_key else ("--at", "2024-08-12T09:30")
    line = [*PROGRAM, "--home", str(home), *at, "status", "吕绿"]
    env = {**os.environ, **SETTINGS}
    asked = subprocess.run(line, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    one_sentence(asked.stderr, asked.returncode, says)
    with Clerk(home, at="" if damage is replace_key else "2024-08-12T09:30") as clerk:
        code = clerk.ended(timeout=40)
        assert clerk.cooked
        left = clerk.since(LEAVES).decode(errors="replace")
        one_sentence(left, code, says)


def one_sentence(text: str, code: int, says: str) -> None:
    """Hold that there is one line with the right words and a code that scripts understand."""
    assert code == 1, (code, text)
    lines = [line for line in text.strip().splitlines() if line.strip()]
    assert len(lines) == 1, text
    assert any(word in lines[0] for word in says.split("|")), text
    assert "Traceback" not in text


@pytest.mark.parametrize("words", [("status", "吕绿"), ("export", "today"), ("backup",)])
def test_a_full_disk_is_one_sentence_and_nothing_is_half_written(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    home = demo_home(tmp_path, empty=False)

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16384, 16384))

    line = [*PROGRAM, "--home", str(home), "--at", "2024-08-12T11:30", *words]
    env = {**os.environ, **SETTINGS}
    before = {p.name for p in home.rglob("*") if p.is_file() and p.suffix in (".xlsx", ".db", ".tmp")}
    asked = subprocess.run(
        line, env=env, cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=no_room
    )
    assert "Traceback" not in asked.stderr, asked.stderr
    assert asked.returncode in (0, 1), asked
    if asked.returncode:
        assert len(asked.stderr.strip().splitlines()) == 1, asked.stderr
    after = {p.name for p in home.rglob("*") if p.is_file() and p.suffix in (".xlsx", ".db", ".tmp")}
    assert after == before or asked.returncode == 0
    proved = command(home, "verify")
    assert proved.returncode == 0, proved


def test_a_disk_that_fills_up_while_ticking_refuses_aloud_and_goes_on_when_there_is_room(
    tmp_path: Path,
) -> None:
    home = demo_home(tmp_path)
    online_id, _name = newcomers(home)[0]
    with Clerk(home) as clerk:
        clerk.opened()
        clerk.enter(online_id)
        clerk.tick(3)
        size = max((home / "desk.db").stat().st_size, (home / "desk.db-wal").stat().st_size) // 2
        resource.prlimit(clerk.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        assert size > 0
        clerk.key("space")
        clerk.settle(0.5)
        assert clerk.saved == 3
        assert clerk.code is None
        assert "磁盘" in clerk.step or "故障" in clerk.text(), clerk.text()
        resource.prlimit(clerk.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        if "故障" in clerk.text():
            clerk.key("f9")
        clerk.settle(0.3)
        clerk.tick(1)
    with records(home) as ctx:
        (view,) = everything(ctx).values()
        assert view.unjudged == len(view.items) - 4


def without_privilege() -> None:
    """Give up root's right to write what its mode bits forbid; anybody else never had it."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            assert libc.prctl(24, right, 0, 0, 0) == 0, os.strerror(ctypes.get_errno())


@pytest.mark.parametrize("words", [("status", "吕绿"), ("export", "2024-08-12"), ()])
def test_a_home_that_may_only_be_read_is_one_sentence(words: tuple[str, ...], tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    whole = [home, *home.rglob("*")]
    for path in whole:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        if words:
            line = [*PROGRAM, "--home", str(home), "--at", "2024-08-12T11:30", *words]
            env = {**os.environ, **SETTINGS}
            asked = subprocess.run(
                line,
                env=env,
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
                preexec_fn=without_privilege,
            )
            one_sentence(asked.stderr, asked.returncode, "写入|不能写|写不|所有者")
        else:
            script = "import sys; from tests.faults.test_journey_wrong import without_privilege as give_up; "
            start = "import os; give_up(); os.execv(sys.argv[1], sys.argv[1:])"
            with Clerk(home, program=(sys.executable, "-c", script + start, *PROGRAM)) as clerk:
                code = clerk.ended(timeout=30)
                assert clerk.cooked
                one_sentence(clerk.since(LEAVES).decode(errors="replace"), code, "写入|不能写|写不|所有者")
    finally:
        for path in whole:
            path.chmod(0o700 if path.is_dir() else 0o600)
