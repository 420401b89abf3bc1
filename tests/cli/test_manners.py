"""How the command line behaves: sentences for tracebacks, safe output, both languages, light imports."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Morning, Run, counter, fresh


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("status",),
        ("export", "yesterday"),
        ("export", "2024-02-30"),
        ("--at", "nine", "verify"),
        ("--lang", "tlh", "verify"),
        ("roster",),
        ("circular", "use"),
        ("verify", "--yes"),
    ],
)
def test_a_wrong_command_line_is_one_sentence_and_code_2(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words)
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert "--help" in said.stderr


def test_options_may_stand_before_or_after_the_command(morning: Morning, tmp_path: Path) -> None:
    home = str(morning.home)
    for words in (("--home", home, "verify"), ("verify", "--home", home), (f"--home={home}", "verify")):
        assert counter(tmp_path / "other", *words).returncode == 0
    assert "journal" in counter(tmp_path / "other", "--lang", "en", "verify", "--home", home).stdout
    said = counter(tmp_path / "other", "verify", "--home", home, "--lang=zh", COUNTER_LANG="en")
    assert "流水" in said.stdout


def test_both_languages_say_it_in_one_sentence(tmp_path: Path) -> None:
    english = counter(tmp_path / "none", "verify", COUNTER_LANG="en").stderr
    chinese = counter(tmp_path / "none", "verify", COUNTER_LANG="zh").stderr
    assert "no desk" in english
    assert "没有柜台" in chinese
    assert "用法" in counter(tmp_path / "none", "--help", COUNTER_LANG="zh").stdout


def test_nothing_from_outside_reaches_the_terminal_raw(run: Run) -> None:
    said = run("status", "李")
    assert said.returncode == 0
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(said.stdout)
    assert "\ufffd[2J" in said.stdout
    assert "[red]" in said.stdout
    hostile = run("status", "\x1b]0;title\x07")
    assert "\x1b" not in hostile.stdout + hostile.stderr
    assert "\x1b" not in run("print", "\x1b[2J").stderr
    escaped = json.loads(run("status", "李", "--json").stdout)
    assert escaped["found"][0]["name"].startswith("李")


def test_a_console_without_hanzi_does_not_end_a_command(morning: Morning) -> None:
    said = fresh(morning.home, "status", "单雄", PYTHONIOENCODING="ascii:strict", LC_ALL="C")
    assert said.returncode == 0
    assert "单雄" in said.stdout


def test_the_desk_asks_for_a_terminal(run: Run) -> None:
    for words in ((), ("demo",)):
        said = run(*words)
        assert (said.returncode, said.stderr.count("\n")) == (2, 1)


def test_what_nobody_expected_gets_a_number_and_no_traceback(morning: Morning) -> None:
    code = (
        "import sys; from counter import commands_out, cli\n"
        "def broken(args): raise ZeroDivisionError('320799198603120018')\n"
        "commands_out.status = broken\n"
        "sys.exit(cli.run(['status', 'x']))"
    )
    env = os.environ | {"COUNTER_HOME": str(morning.home), "COUNTER_LANG": "en"}
    said = subprocess.run([sys.executable, "-P", "-c", code], env=env, capture_output=True, encoding="utf-8")
    assert said.returncode == 5
    assert said.stderr.count("\n") == 1
    log = (morning.home / "logs" / "faults.log").read_text(encoding="utf-8")
    assert said.stderr.split("fault ")[1].split(")")[0] in log
    assert "ZeroDivisionError" in log
    assert "320799" not in log + said.stderr


def test_a_key_that_others_can_read_stops_every_command(run: Run, morning: Morning) -> None:
    (morning.home / "key").chmod(0o644)
    said = run("verify")
    assert said.returncode == 1
    assert "chmod 600" in said.stderr


def test_a_wrong_key_is_told_from_damage(run: Run, morning: Morning) -> None:
    (morning.home / "key").write_text("0" * 64 + "\n")
    (morning.home / "demo").unlink()
    said = run("verify")
    assert said.returncode == 1
    assert "key does not fit" in said.stderr


def test_a_wrong_setting_is_named_with_its_line(run: Run, morning: Morning) -> None:
    (morning.home / "config.toml").write_text("desk = 1\ncolour = 'red'\n")
    said = run("verify")
    assert (said.returncode, said.stderr.count("\n")) == (1, 1)
    assert "line 2: colour" in said.stderr


def test_no_command_imports_a_screen(morning: Morning) -> None:
    code = (
        "import sys; from counter.cli import run\n"
        "for words in (['status', '单雄'], ['verify'], ['doctor'], ['--help']): run(words)\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules} & {'textual', 'rich'}), file=sys.stderr)"
    )
    env = os.environ | {"COUNTER_HOME": str(morning.home)}
    line = [sys.executable, "-P", "-c", code]
    said = subprocess.run(line, env=env, capture_output=True, encoding="utf-8", check=True)
    assert said.stderr.splitlines()[-1] == "[]"


WRONG_LINES = (
    ("nonsense",),
    ("status",),
    ("export",),
    ("export", "yesterday"),
    ("export", "2024-02-30"),
    ("--at", "nine", "verify"),
    ("--at",),
    ("--lang", "tlh", "verify"),
    ("roster",),
    ("roster", "export"),
    ("circular", "use"),
    ("verify", "--yes"),
    ("verify", "--json=1"),
    ("verify", "--js"),
    ("backup", "多余"),
    ("backup", "--to"),
)


def english_in(text: str) -> set[str]:
    """Return the words of ASCII letters that are no command, option or path, and no file format's name."""
    plain = re.sub(r"`[^`]*`|--?[a-z]+|\S*[/.]\S*|COUNTER_\w+|'[^']*'|\{[a-z,]+\}", " ", text)
    known = {"counter", "demo", "init", "circular", "check", "use", "roster", "import", "status", "export"}
    known |= {
        "print",
        "paper",
        "verify",
        "backup",
        "staff",
        "journal",
        "restore",
        "doctor",
        "erase",
        "today",
        "TOML",
        "JSON",
        "PDF",
        "xlsx",
        "CSV",
        "ID",
        "key",
    }
    return set(re.findall(r"[A-Za-z]{2,}", plain)) - known


@pytest.mark.parametrize("words", WRONG_LINES)
def test_a_wrong_command_line_is_told_without_a_word_of_english(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words, COUNTER_LANG="zh")
    assert (said.returncode, said.stdout, said.stderr.count("\n")) == (2, "", 1)
    assert english_in(said.stderr) - set(words) == set(), said.stderr


@pytest.mark.parametrize("words", [(), ("init",), ("status",), ("export",), ("print",), ("roster", "import")])
def test_help_has_no_word_of_english(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words, "--help", COUNTER_LANG="zh")
    assert (said.returncode, english_in(said.stdout)) == (0, set())
    assert "password" not in said.stdout.replace("--password-stdin", "")


def test_what_the_system_or_the_file_refuses_is_told_without_a_word_of_english(
    run: Run, morning: Morning, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("year = 2024\nyear = = 1\n", encoding="utf-8")
    twice = tmp_path / "twice.toml"
    twice.write_text("year = 2024\nyear = 1\n", encoding="utf-8")
    gone = str(tmp_path / "none" / "x.bin")
    for words in (
        ("circular", "check", str(tmp_path / "none.toml")),
        ("circular", "check", str(tmp_path)),
        ("circular", "check", str(broken)),
        ("circular", "check", str(twice)),
        ("circular", "use", str(broken)),
        ("roster", "import", str(tmp_path), "--yes"),
        ("roster", "import", str(tmp_path / "none.csv")),
        ("export", "2024-08-12", "--to", gone),
        ("export", "2024-08-12", "--to", str(broken / "x.xlsx")),
        ("print", morning.accepted, "--to", gone),
        ("print", "hello"),
        ("print", "12345678901234"),
    ):
        said = run(*words, COUNTER_LANG="zh")
        assert said.returncode == 1, words
        assert english_in(said.stdout + said.stderr) == set(), (words, said.stdout + said.stderr)
    (morning.home / "config.toml").write_text("desk = = 1\n", encoding="utf-8")
    said = run("verify", COUNTER_LANG="zh")
    assert (said.returncode, english_in(said.stderr)) == (1, set()), said.stderr
