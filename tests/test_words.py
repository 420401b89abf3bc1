"""Every refusal a use case can raise has its sentence, and no sentence waits for a code nobody raises."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from counter.errors import DeskError
from counter.words import SENTENCES, sentence
from tools.catalogue import fields

COUNTER = Path(__file__).resolve().parent.parent / "counter"


def raised() -> Iterator[tuple[str, ast.expr, set[str]]]:
    """Give every `DeskError(code, **facts)` of the source: where, the code's expression, the facts' names."""
    for path in sorted(COUNTER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


def words_of_the_source() -> set[str]:
    """Return every text written out elsewhere, where a code chosen at run time must stand."""
    return {
        node.value
        for path in sorted(COUNTER.rglob("*.py"))
        if path.name != "words.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_code_that_is_raised_has_a_sentence() -> None:
    missing = [(where, c) for where, code, _ in raised() for c in literal_codes(code) if c not in SENTENCES]
    assert missing == []


def test_no_sentence_waits_for_a_code_that_nobody_raises() -> None:
    assert sorted(set(SENTENCES) - words_of_the_source()) == []


def test_a_sentence_asks_only_for_facts_that_are_given() -> None:
    wrong = [
        (where, name, sorted(fields(SENTENCES[name]) - facts))
        for where, code, facts in raised()
        for name in literal_codes(code)
        if "**" not in facts and fields(SENTENCES.get(name, "")) - facts
    ]
    assert wrong == []


def test_the_codes_stand_in_order() -> None:
    assert list(SENTENCES) == sorted(SENTENCES)


def test_a_code_without_a_sentence_or_a_fact_still_says_something() -> None:
    assert "brand_new" in sentence(DeskError("brand_new"))
    assert "—" in sentence(DeskError("home-exists"))


def test_braces_in_a_fact_are_shown_as_they_are() -> None:
    assert "{0.__class__}" in sentence(DeskError("home-exists", home="{0.__class__}"))
