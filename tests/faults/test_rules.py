"""The table of broken rules stays true: each line it breaks stands there once, each test it names exists."""

from __future__ import annotations

import pytest

from tests.faults.rules import ROOT, RULES, Rule, seen


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_the_line_a_rule_rests_on_stands_there_once_and_its_test_is_there(rule: Rule) -> None:
    assert (ROOT / rule.file).read_text(encoding="utf-8").count(rule.line) == 1
    file, _, name = seen()[rule.rule].partition("::")
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_each_rule_is_named_once() -> None:
    assert len({rule.rule for rule in RULES}) == len(RULES)
    assert set(seen()) == {rule.rule for rule in RULES}
