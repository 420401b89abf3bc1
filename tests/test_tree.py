"""What is kept in the repository: a lock without hosts, one source of time, nothing bound to one machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-dev.lock"
TEXT = {".py", ".md", ".toml", ".typ", ".tcss", ".po", ".cfg", ".txt", ".in", ".lock", ".mako", ""}

MACHINE = re.compile(
    r"/(?:wor[k]|roo[t]|tm[p]|opt/pyp[i])/|/hom[e]/[a-z]|pyp[i]\.org|pythonhoste[d]|/User[s]/[a-z]"
)
"""Folders of one machine and hosts of a registry (the brackets keep this line from finding itself)."""


def tracked() -> list[Path]:
    """Return the repository's files; outside a git checkout all but what tools leave behind."""
    said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if said.returncode == 0:
        return [ROOT / name for name in said.stdout.split("\0") if name and (ROOT / name).is_file()]
    return [p for p in ROOT.rglob("*") if p.is_file() and not any(part.startswith(".") for part in p.parts)]


def test_the_lock_names_no_host_and_hashes_everything() -> None:
    text = LOCK.read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--(extra-)?index|--find-links", text)
    pinned = re.findall(r"^[A-Za-z0-9]\S*==", text, re.MULTILINE)
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(pinned) == len(blocks) > 40
    assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_lock_holds_every_requirement_and_the_build_backend() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    wanted += project["project"]["optional-dependencies"]["postgres"] + ["hatchling", "editables"]
    names = {re.split(r"[\[=<>! ;]", word)[0].lower() for word in wanted}
    locked = {
        name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)", LOCK.read_text("utf-8"), re.MULTILINE)
    }
    assert names - locked == set()


def test_time_comes_from_the_clock_only() -> None:
    asks = re.compile(r"\b(?:datetime|date)\.(?:now|utcnow|today)\(|\btime\.(?:time|localtime|gmtime)\(")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for package in ("counter", "db", "receipts")
        for path in sorted((ROOT / package).rglob("*.py"))
        if path != ROOT / "counter" / "clock.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if asks.search(line)
    ]
    assert found == []


def test_nothing_is_bound_to_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in tracked()
        if path.suffix in TEXT
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert found == []


def test_nothing_a_tool_made_is_kept() -> None:
    kept = {p.relative_to(ROOT).as_posix() for p in tracked()}
    assert [
        n for n in kept if re.search(r"__pycache__|\.pyc$|^\.venv|uv\.lock|pylock\.toml|\.egg-info", n)
    ] == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(
        r"\b(?:TOD[O]|FIXM[E]|XX[X]|raise NotImplementedErro[r])\b|pytest\.(?:mark\.)?ski[p]|\bxfai[l]\b"
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in tracked()
        if path.suffix == ".py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if later.search(line)
    ]
    assert found == []


def test_the_licence_is_there_and_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == (ROOT / "LICENSE").read_text(encoding="utf-8").split()[0]


def test_decisions_are_numbered_without_gaps_and_each_has_a_title() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{n:03d}-" for n in range(1, len(pages) + 1)]
    assert len(pages) >= 8
    assert [
        p.name for p in pages if not p.read_text(encoding="utf-8").startswith(f"# {int(p.name[:3])}. ")
    ] == []
