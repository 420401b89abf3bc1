"""Every refusal a use case can raise has its sentence, and no sentence waits for a code nobody raises."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from counter.errors import DeskError
from counter.word_lists import COLUMNS
from counter.words import CELLS, CHECKS, FIELDS, SENTENCES, filled, sentence
from tools.catalogue import fields

ROOT = Path(__file__).resolve().parent.parent
COUNTER = ROOT / "counter"


@functools.cache
def parsed(path: Path) -> ast.Module:
    """Return a source file as a tree, read once."""
    return ast.parse(path.read_text(encoding="utf-8"))


def raised() -> Iterator[tuple[str, ast.expr, set[str]]]:
    """Give every `DeskError(code, **facts)` of the source: where, the code's expression, the facts' names."""
    for path in sorted(COUNTER.rglob("*.py")):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DeskError" and node.args:
                names = {word.arg or "**" for word in node.keywords}
                yield f"{path.relative_to(COUNTER.parent)}:{node.lineno}", node.args[0], names


def literal_codes(code: ast.expr) -> list[str]:
    """Return the codes an expression can be when it is written out, alternatives included."""
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        return [code.value]
    if isinstance(code, ast.IfExp):
        return literal_codes(code.body) + literal_codes(code.orelse)
    return []


def sentences_of(code: str) -> list[str]:
    """Return the sentences a code can be said with: its own and those by reason."""
    return [text for name, text in SENTENCES.items() if name == code or name.startswith(f"{code}.")]


def words_of_the_source() -> set[str]:
    """Return every text written out elsewhere, where a code chosen at run time must stand."""
    return {
        node.value
        for package in ("counter", "db", "receipts")
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.name not in ("words.py", "word_lists.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_code_that_is_raised_has_a_sentence() -> None:
    missing = [(where, c) for where, code, _ in raised() for c in literal_codes(code) if not sentences_of(c)]
    assert missing == []


def test_no_sentence_waits_for_a_code_that_nobody_raises() -> None:
    known = words_of_the_source()
    assert [name for name in SENTENCES if not set(name.split(".")) <= known] == []
    assert [name for table in (CELLS, CHECKS) for name in table if _stem(name) not in known] == []


def _stem(name: str) -> str:
    """Return the rule's code behind a prefixed one."""
    return name.removeprefix("phone-")


@functools.cache
def written_reasons() -> dict[str, str]:
    """Return `code.reason` of every refusal whose reason is written out, by where it is raised."""
    return {
        f"{path.relative_to(COUNTER.parent)}:{node.lineno}": f"{code}.{word.value.value!s}"
        for path in sorted(COUNTER.rglob("*.py"))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DeskError" and node.args
        for code in literal_codes(node.args[0])
        for word in node.keywords
        if word.arg == "reason" and isinstance(word.value, ast.Constant)
    }


def said_at(where: str, code: str) -> list[str]:
    """Return what may be said of a refusal: of a reason written out its own sentence, else all others."""
    written = written_reasons()
    if (name := written.get(where)) in SENTENCES:
        return [SENTENCES[str(name)]]
    return [
        text
        for name, text in SENTENCES.items()
        if name == code or (name.startswith(f"{code}.") and name not in written.values())
    ]


def test_a_sentence_asks_only_for_facts_that_are_given() -> None:
    wrong = [
        (where, text, sorted(fields(text) - facts))
        for where, code, facts in raised()
        for name in literal_codes(code)
        for text in said_at(where, name)
        if "**" not in facts and fields(text) - facts - ({"count"} if "problems" in facts else set())
    ]
    assert wrong == []


def test_the_codes_stand_in_order() -> None:
    for table in (SENTENCES, CELLS, CHECKS, COLUMNS, FIELDS):
        assert list(table) == sorted(table, key=lambda name: name.replace("_", "-"))


def test_the_sentence_of_a_reason_wins_over_the_general_one() -> None:
    full = sentence(DeskError("records", reason="disk_full", detail=""))
    other = sentence(DeskError("records", reason="brand_new", detail=""))
    assert full == SENTENCES["records.disk_full"]
    assert "brand_new" in other
    assert sentence(DeskError("finding", item="1", faults=("copies",))) == SENTENCES["finding.copies"]


def test_an_instant_is_said_in_the_offices_time_and_a_list_in_its_words() -> None:
    opens = datetime(2024, 8, 12, 1, 0, tzinfo=UTC)
    assert "2024-08-12 09:00" in sentence(DeskError("closed", reason="outside_hours", next_opening=opens))
    assert "2" in sentence(DeskError("walk-up", problems=("a", "b")))


def test_a_code_without_a_sentence_or_a_fact_still_says_something() -> None:
    assert "brand_new" in sentence(DeskError("brand_new"))
    assert "—" in sentence(DeskError("home-exists"))
    assert "—" in sentence(DeskError("home-exists", home=None))


def test_braces_in_a_fact_are_shown_as_they_are() -> None:
    assert "{0.__class__}" in sentence(DeskError("home-exists", home="{0.__class__}"))


def test_every_field_and_cell_can_be_filled() -> None:
    for table in (CELLS, CHECKS, FIELDS):
        for text in table.values():
            assert "{" not in filled(text, {})
