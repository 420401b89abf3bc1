"""The Chinese catalogue holds every text of the source, no more, and the committed .mo is its compilation."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import catalogue

ROOT = Path(__file__).resolve().parent.parent


def run(code: str, language: str | None) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k != "COUNTER_LANG"}
    env |= {"PYTHONUTF8": "1"} | ({"COUNTER_LANG": language} if language is not None else {})
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )


def translation_calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted((ROOT / "counter").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"_", "ngettext"}
            ):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def with_texts(texts: dict[str, str]) -> Catalog:
    result = catalogue.new_catalogue()
    for msgid, text in texts.items():
        result.add(msgid, text)
    return result


def texts(of: Catalog) -> dict[str, str]:
    return {catalogue.key(m.id): catalogue.first_text(m) for m in of if m.id}


def test_every_message_of_the_source_is_translated_with_the_same_fields_and_none_is_stale() -> None:
    assert catalogue.faults(catalogue.read(), catalogue.extract()) == []


def test_the_committed_mo_is_what_the_po_compiles_to() -> None:
    assert catalogue.MO.read_bytes() == catalogue.mo_bytes(catalogue.read())


def test_a_message_is_written_out_where_it_is_translated() -> None:
    hidden = [
        where
        for where, call in translation_calls()
        for arg in call.args[: 1 if getattr(call.func, "id", "") == "_" else 2]
        if not (isinstance(arg, ast.Constant) and isinstance(arg.value, str))
    ]
    assert hidden == []


def test_circular_rules_and_sheets_of_paper_translate_nothing() -> None:
    assert [w for w, _ in translation_calls() if w.startswith(("counter/circular/", "counter/rules/"))] == []


def test_a_missing_stale_or_differently_filled_text_is_found() -> None:
    source = with_texts({"a {x}": "", "b": "", "c": ""})
    stored = with_texts({"a {x}": "甲", "b": "", "d": "丁"})
    assert [f.split(":")[0] for f in catalogue.faults(stored, source)] == [
        "not in the catalogue",
        "other fields than ['x']",
        "not translated",
        "stale",
    ]


def test_a_text_whose_message_leaves_the_source_comes_back_with_it() -> None:
    stored = with_texts({"a": "甲", "b": "乙"})
    without = catalogue.merged(with_texts({"a": ""}), stored, {})
    assert texts(without) == {"a": "甲"}
    again = catalogue.merged(with_texts({"a": "", "b": ""}), without, {})
    assert texts(again) == {"a": "甲", "b": "乙"}


def test_the_po_survives_writing_and_reading(tmp_path: Path) -> None:
    first = catalogue.merged(
        with_texts({"one": "", "say “{who}”\n": ""}), with_texts({"one": "一", "old": "旧"}), {}
    )
    path = tmp_path / "counter.po"
    path.write_bytes(catalogue.po_bytes(first))
    assert catalogue.po_bytes(catalogue.read(path)) == path.read_bytes()
    assert {catalogue.key(m.id) for m in catalogue.read(path).obsolete.values()} == {"old"}


@pytest.mark.parametrize(
    ("language", "word"), [(None, "柜台"), ("zh", "柜台"), ("zh_CN.UTF-8", "柜台"), ("en", "desk")]
)
def test_each_language_speaks_in_a_fresh_process(language: str | None, word: str) -> None:
    code = (
        "from counter.words import sentence; from counter.errors import DeskError;"
        "print(sentence(DeskError('home-exists', home='H')))"
    )
    said = run(code, language)
    assert word in said.stdout
    assert said.stderr == ""


def test_an_unknown_language_is_announced_and_answered_in_chinese() -> None:
    said = run("from counter import i18n; print(i18n.LANGUAGE)", "tlh")
    assert said.stdout.strip() == "zh"
    assert "tlh" in said.stderr


def test_a_missing_catalogue_is_announced_and_answered_in_english(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path; from counter import i18n;"
        f"print(i18n.catalogue('zh', Path({json.dumps(str(tmp_path))})).gettext('hello'))"
    )
    said = run(code, None)
    assert said.stdout.strip() == "hello"
    assert "no catalogue" in said.stderr


def test_an_empty_message_stays_empty() -> None:
    assert run("from counter.i18n import _; print(repr(_('')))", "zh").stdout.strip() == "''"
