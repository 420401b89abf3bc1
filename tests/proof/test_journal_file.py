"""An exported journal proves itself, to the desk and to a program that knows nothing of the desk."""

from __future__ import annotations

import ast
import io
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from counter.desk import papers
from counter.desk.journal_out import check_file, export_journal
from counter.errors import DeskError
from db import journal_file
from db.journal import Anchor
from tests.builders import CLERK, Office
from tests.proof.forging import FORGERS, Forgery, good

TOOL = Path(__file__).resolve().parents[2] / "tools" / "verify_journal.py"

Verdict = tuple[bool, int | None, str]
"""Whether it is good, the first bad number, and why."""


def _tool(change: tuple[str, str] = ("", "")) -> ModuleType:
    """Load the offline verifier, with a mistake put into it if one is given."""
    source = TOOL.read_text(encoding="utf-8")
    assert change[0] in source
    module = ModuleType("verify_journal")
    exec(compile(source.replace(*change, 1), str(TOOL), "exec"), module.__dict__)
    return module


WHOLE = _tool()


def offline(data: bytes, expect: Sequence[tuple[int, str]] = (), tool: ModuleType = WHOLE) -> Verdict:
    seq, _seal, why = tool.check(io.BytesIO(data), list(expect))
    return (True, None, "") if not why else (False, seq + 1, why)


def own(data: bytes, expect: Sequence[tuple[int, str]] = ()) -> Verdict:
    report = journal_file.check(io.BytesIO(data), [Anchor(*mark) for mark in expect])
    return report.ok, report.first_bad_seq, report.why


def forgeries(count: int, seed: int) -> list[Forgery]:
    made = []
    for n in range(count):
        rng = random.Random(seed * 1_000_003 + n)
        made.append(FORGERS[n % len(FORGERS)](good(rng), rng))
    return made


def marks(forged: Forgery) -> list[tuple[int, str]]:
    return [forged.expect] if forged.expect else []


def not_found(forged: Forgery, verdict: Verdict) -> bool:
    return verdict[0] or (forged.first_bad > 0 and verdict[1] != forged.first_bad)


def try_forgeries(count: int, seed: int) -> None:
    for n, forged in enumerate(forgeries(count, seed)):
        verdict = own(forged.data, marks(forged))
        assert verdict == offline(forged.data, marks(forged)), (n, forged.how)
        assert not not_found(forged, verdict), (n, forged.how, forged.first_bad, verdict)


def test_200_forged_journals_are_found_where_they_are_forged_and_both_verifiers_agree() -> None:
    try_forgeries(200, seed=20240812)


@pytest.mark.long
def test_2000_forged_journals_are_found_where_they_are_forged_and_both_verifiers_agree() -> None:
    try_forgeries(2000, seed=1)


def test_100_good_journals_are_good_to_both() -> None:
    for n in range(100):
        rng = random.Random(n)
        lines = good(rng)
        seq = rng.randrange(1, len(lines))
        mark = [(seq, json.loads(lines[seq])["hash"][: rng.choice((20, 64))])]
        assert own(b"".join(lines), mark) == offline(b"".join(lines), mark) == (True, None, "")


@pytest.mark.parametrize(
    "mistake",
    [
        ('        raise Bad("link")', "        pass"),
        ('        raise Bad("seal")', "        pass"),
        ('        raise Bad("gap")', "        pass"),
        ("found = read_event(line, seq, seal, office, install)", 'found = json.loads(line)["hash"]'),
        (
            "found = read_event(line, seq, seal, office, install)",
            'found = read_event(line, seq, seal, office, install) if seq < 1 else json.loads(line)["hash"]',
        ),
        (
            "found = read_event(line, seq, seal, office, install)",
            'found = json.loads(line)["hash"] if 1 < seq < 6 else'
            " read_event(line, seq, seal, office, install)",
        ),
        ('raise Bad("mark")', "pass"),
        ('"tail" if any(number > seq for number, _ in expected) else ""', '""'),
    ],
    ids=["link", "seal", "gap", "all", "after-first", "middle", "mark", "tail"],
)
def test_a_verifier_with_a_mistake_lets_forgeries_pass_that_the_test_names(mistake: tuple[str, str]) -> None:
    broken = _tool(mistake)
    missed = 0
    for forged in forgeries(200, seed=20240812):
        try:
            verdict = offline(forged.data, marks(forged), broken)
        except (KeyError, ValueError):
            continue
        missed += not_found(forged, verdict)
    assert missed > 0


def test_a_desks_own_journal_is_good_to_both_and_the_same_twice(desk: Office, tmp_path: Path) -> None:
    desk.accepted("张三")
    desk.correct(desk.faulty("单雄"))
    papers.drain(desk.ctx)
    first = export_journal(desk.ctx, actor=CLERK)
    second = export_journal(desk.ctx, target=tmp_path / "again.jsonl", actor=CLERK)
    data = first.path.read_bytes()
    assert data == second.path.read_bytes()
    assert first.path.name == f"journal-{first.seq}-{first.head[:20]}.jsonl"
    assert first.path.stat().st_mode & 0o777 == 0o600
    assert export_journal(desk.ctx, actor=CLERK).same
    assert (
        own(data, [(first.seq, first.head)]) == offline(data, [(first.seq, first.head)]) == (True, None, "")
    )
    assert check_file(first.path, expect=[f"{first.seq}:{first.head[:20]}"]).ok
    assert "张三".encode() not in data
    assert "单雄".encode() not in data


def test_another_file_of_that_name_is_left_as_it_is(sqlite_desk: Office, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(DeskError) as refused:
        export_journal(sqlite_desk.ctx, target=tmp_path / "mine.txt", actor=CLERK)
    assert refused.value.code == "exists"
    assert (tmp_path / "mine.txt").read_text() == "mine"
    with pytest.raises(DeskError) as refused:
        export_journal(sqlite_desk.ctx, target=tmp_path / "no" / "where.jsonl", actor=CLERK)
    assert refused.value.code == "file"
    assert list(tmp_path.glob(".*.tmp")) == []


def test_a_seal_that_is_none_is_refused_with_a_sentence(tmp_path: Path) -> None:
    for text in ("12", "0:" + "a" * 20, "1:" + "a" * 19, "1:" + "g" * 20, f"1:{'a' * 21}", "x:" + "a" * 64):
        with pytest.raises(DeskError) as refused:
            check_file(tmp_path / "no", expect=[text])
        assert refused.value.code == "anchor-form"


def test_the_verifier_is_short_stands_alone_and_knows_its_exit_codes(tmp_path: Path) -> None:
    source = TOOL.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 150
    ast.parse(source, feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= set(sys.stdlib_module_names)
    lines = good(random.Random(3), 5)
    alone = tmp_path / "elsewhere"
    alone.mkdir()
    shutil.copy(TOOL, alone / "check.py")
    (alone / "good.jsonl").write_bytes(b"".join(lines))
    (alone / "bad.jsonl").write_bytes(b"".join((*lines[:3], *lines[4:])))
    head = json.loads(lines[-1])["hash"]

    def run(*words: str, stdin: bytes = b"") -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", "check.py", *words], cwd=alone, input=stdin, capture_output=True
        )
        return done.returncode, done.stdout.decode()

    assert run("good.jsonl") == (0, f"good: 5 events, head 5:{head}\n")
    assert run("-", "--expect", f"5:{head[:20]}", stdin=b"".join(lines))[0] == 0
    assert run("good.jsonl", "--expect", "5:" + "0" * 20) == (1, "BAD at 5: mark\n")
    assert run("bad.jsonl") == (1, "BAD at 3: gap\n")
    assert run("nowhere.jsonl")[0] == 2
    assert run("good.jsonl", "--expect", "5")[0] == 2
    assert run()[0] == 2
