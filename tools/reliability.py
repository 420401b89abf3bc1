"""Write the tables of the bench and of the rules into docs/reliability.md, from tests/faults/results/.

Run `python -m tests.faults.long`, `pytest tests/faults --report` or `python -m tests.faults.rules` first;
nothing in them is typed by hand. With `--check` it is only said whether they are those of the results.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.faults.benches import BENCHES, CATCHES  # noqa: E402
from tests.faults.rules import RULES, seen  # noqa: E402
from tests.faults.tally import RESULTS, stored  # noqa: E402

PAGE: Final = ROOT / "docs" / "reliability.md"
BEGIN: Final = "<!-- bench -->"
END: Final = "<!-- end of bench -->"
BEGIN_RULES: Final = "<!-- rules -->"
END_RULES: Final = "<!-- end of rules -->"


def figures(bench: str, tier: str) -> tuple[int, int, str, str]:
    """Return tries, failures, seeds and further counts of a bench in a tier."""
    parts: dict[str, Any] = stored(bench, tier)["parts"]
    tried = sum(part["tried"] for part in parts.values())
    failed = sum(part["failed"] for part in parts.values())
    seeds = sorted(map(int, parts))
    told = f"{seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else "".join(map(str, seeds))
    facts: dict[str, int] = {}
    for part in parts.values():
        for fact, count in part.get("facts", {}).items():
            before = facts.get(fact, 0)
            facts[fact] = max(before, count) if fact.startswith("slowest") else before + count
    return tried, failed, told, ", ".join(f"{fact} {count:,}" for fact, count in sorted(facts.items()))


def table() -> str:
    """Return the table with a row for each bench."""
    caught: dict[str, dict[str, str]] = json.loads((RESULTS / "caught.json").read_text())
    lines = [
        "| test | long tier: tried of wanted | failures | seeds | quick: tried, failed | seen to fail on |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, bench in BENCHES.items():
        tried, failed, seeds, facts = figures(name, "long")
        quick, quick_failed, _, _ = figures(name, "quick")
        bugs = [bug for of, bug in CATCHES if of == name and bug in caught.get(name, {})]
        what = f"{bench.title} ({facts})" if facts else bench.title
        long, short = f"{tried:,} of {bench.target:,}", f"{quick:,}, {quick_failed}"
        row = (what, long, str(failed) if seeds else "not run", seeds or "-", short, "; ".join(bugs) or "-")
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)


def rules() -> str:
    """Return the rules whose break was seen to fail a test, with that test."""
    found = seen()
    lines = ["| of | rule | the test that failed when it was broken |", "| --- | --- | --- |"]
    for rule in RULES:
        if test := found.get(rule.rule):
            file, _, name = test.partition("::")
            lines.append(f"| {rule.part} | {rule.rule} | `{name}` in `{file}` |")
    return "\n".join(lines)


def _between(page: str, begin: str, end: str, text: str) -> str:
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{text}\n{end}{after}"


def main() -> int:
    """Write the tables, or look at them."""
    page = PAGE.read_text(encoding="utf-8")
    whole = _between(page, BEGIN, END, table())
    whole = _between(whole, BEGIN_RULES, END_RULES, rules())
    if "--check" in sys.argv:
        if whole != page:
            print("docs/reliability.md: run tools/reliability.py")
        return int(whole != page)
    PAGE.write_text(whole, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
