"""The rules stand on the standard library, the working-day calendar and the circular alone."""

from __future__ import annotations

import subprocess
import sys

PROBE = """
import importlib, pkgutil, sys
import counter.rules
for module in pkgutil.iter_modules(counter.rules.__path__):
    importlib.import_module(f"counter.rules.{module.name}")
from datetime import date
from counter.rules.calendar import WorkCalendar
WorkCalendar().is_working(date(2024, 8, 12))
own = {"counter", "counter.circular", "counter.circular.model", "counter.clock", "counter.rules"}
loaded = {name for name in sys.modules if name.split(".")[0] in {"counter", "db", "receipts"}}
print(sorted(n for n in loaded - own if not n.startswith("counter.rules.")))
print(sorted({"textual", "sqlmodel", "sqlalchemy", "pypinyin", "openpyxl", "typst"} & set(sys.modules)))
"""


def test_the_rules_load_nothing_but_themselves_and_the_circulars_model() -> None:
    out = subprocess.run([sys.executable, "-c", PROBE], check=True, capture_output=True, text=True).stdout
    assert out.split("\n")[:2] == ["[]", "[]"]


def test_the_rules_hold_no_sentence_and_no_clock() -> None:
    import inspect
    import pkgutil
    from importlib import import_module

    import counter.rules

    for module in pkgutil.iter_modules(counter.rules.__path__):
        source = inspect.getsource(import_module(f"counter.rules.{module.name}"))
        for forbidden in ("gettext", "i18n", ".now(", ".today(", "print("):
            assert forbidden not in source, (module.name, forbidden)
