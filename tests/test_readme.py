"""The README's tables say what the program does: commands, exit codes, keys, dependencies."""

from __future__ import annotations

import argparse
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from counter.cli import build_parser
from counter.config import Config
from counter.console import Exit
from counter.home import FOLDERS
from counter.i18n import _
from tools import key_table

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", "docs/keeping.md")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHARED = {"--help", "--home", "--lang", "--at", "--version", "--as", "--password-stdin"}


def commands(parser: argparse.ArgumentParser, path: str) -> Iterator[str]:
    """Give every command of a parser as the README writes it: `counter status QUERY [--json]`."""
    trees = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    for tree in trees:
        for name, child in tree.choices.items():
            yield from commands(child, f"{path} {name}")
    if trees and path != "counter":
        return
    words = [path]
    for action in parser._actions:
        name = next((word for word in action.option_strings if word.startswith("--")), "")
        if isinstance(action, argparse._SubParsersAction) or name in SHARED:
            continue
        if not name:
            words.append(f"[{action.metavar}]" if action.nargs == "?" else str(action.metavar))
        else:
            option = f"{name} {action.metavar}" if action.metavar else name
            words.append(option if action.required else f"[{option}]")
    yield " ".join(words)


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table under a header row that begins with `heading`."""
    lines = README.split(f"| {heading} |", 1)[1].splitlines()[2:]
    table = lines[: next(i for i, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def test_the_table_of_commands_is_the_command_line() -> None:
    words = (
        "CODE",
        "FILE",
        "QUERY",
        "DAY",
        "NUMBER",
        "TEXT",
        "LOGIN",
        "NAME",
        "ROLE",
        "CODE",
    )  # what stands for a value is said in the desk's language
    stated = {row[0].strip("`") for row in rows("command")}
    for word in words:
        stated = {re.sub(rf"\b{word}\b", _(word), line) for line in stated}
    assert stated == set(commands(build_parser(), "counter"))


def test_the_table_of_exit_codes_is_the_command_lines() -> None:
    stated = {int(code) for row in rows("exit code") for code in row[0].split(",")}
    assert stated == {int(code) for code in Exit} | {143}


def test_the_key_tables_are_up_to_date() -> None:
    assert key_table.with_tables(README) == README


def test_every_dependency_has_a_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["project"]["optional-dependencies"]["postgres"]
    named = {name.strip().split()[0].lower() for row in rows("package") for name in row[0].split(",")}
    assert {re.split(r"[\[=<>! ;]", word)[0].lower() for word in wanted} == named
    tests = README.split("Tests and checks:", 1)[1].split("\n\n", 1)[0]
    helpers = [re.split(r"[\[=<>! ;]", word)[0] for word in project["dependency-groups"]["dev"]]
    assert [name for name in helpers if name not in tests] == []


def test_the_home_is_described_as_it_is() -> None:
    named = {row[0].strip("`") for row in rows("in it")}
    assert named == {"config.toml", "key", "desk.db", "begun", "seen", *(f"{folder}/" for folder in FOLDERS)}
    assert set(Config._fields) >= {"desk", "clerk", "theme", "sound", "closed", "open"}


def named_commands(page: str) -> list[list[str]]:
    """Give the words after `python3 run.py` or `counter` of every command a page tells to type."""
    text = (ROOT / page).read_text(encoding="utf-8")
    fenced = [line for block in re.findall(r"```\n(.*?)```", text, re.S) for line in block.splitlines()]
    ticked = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"```.*?```", "", text, flags=re.S))
    found = [re.split(r"  +", line)[0] for line in (*fenced, *ticked)]
    typed = [re.match(r"(?:python3 run\.py|counter)(?: (.*))?$", line) for line in found]
    return [shlex.split(it[1] or "") for it in typed if it and "[" not in it[0] and "…" not in it[0]]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_a_page_names_can_be_typed_as_it_stands(page: str) -> None:
    for words in named_commands(page):
        if words[:1] not in (["test"], ["check"]):
            stated = ["2024-08-12" if word == "DAY" else word for word in words]
            build_parser().parse_args(stated)


@pytest.mark.parametrize("section", ["To work for real:", "## 给窗口工作人员"])
def test_what_needs_somebody_at_a_real_desk_is_told_with_who_asks(section: str) -> None:
    text = README.split(section, 1)[1].split("\n#", 1)[0]
    told = re.findall(r"python3 run\.py ((?:status|export|print|paper|staff (?!list|rescue))[^`\n]*)", text)
    assert told
    assert [words for words in told if "--as " not in words] == []


def test_the_time_setting_up_takes_is_told_alike_everywhere() -> None:
    starter = (ROOT / "run.py").read_text(encoding="utf-8")
    assert [("1 to 4 minutes" in text) for text in (README, starter)] == [True, True]
    assert "1 到 4 分钟" in README
