"""Bring the README's key tables up to date with counter/keys.py: `python tools/key_table.py [--check]`.

The language of texts is fixed per process, so each table is made in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
README: Final = ROOT / "README.md"
LANGUAGES: Final = ("en", "zh")

_TABLE: Final = """
from counter.keys import AREA_TITLES, KEYS, of
from counter.i18n import LANGUAGE
print("| 在哪里 | 键 | 作用 |" if LANGUAGE == "zh" else "| where | key | does |")
print("| --- | --- | --- |")
for area in dict.fromkeys(key.area for key in KEYS):
    for key in of(area):
        print(f"| {AREA_TITLES[area]} | {key.shown} | {key.sentence} |")
"""


def table(language: str) -> str:
    """Return the table of all keys in a language, as Markdown."""
    env = os.environ | {"COUNTER_LANG": language, "PYTHONUTF8": "1"}
    said = subprocess.run(
        [sys.executable, "-P", "-c", _TABLE],
        cwd=ROOT,
        env=env,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return said.stdout


def marks(language: str) -> tuple[str, str]:
    """Return the comments between which a table stands."""
    return f"<!-- keys {language} -->\n", f"<!-- end of keys {language} -->"


def with_tables(text: str) -> str:
    """Return the README's text with its key tables made anew."""
    for language in LANGUAGES:
        start, end = marks(language)
        before, _, rest = text.partition(start)
        _, found, after = rest.partition(end)
        if not found:
            sys.exit(f"README.md has no place for the keys in {language}")
        text = before + start + table(language) + end + after
    return text


def main() -> int:
    """Write the tables, or with `--check` say whether they are up to date."""
    text = README.read_text(encoding="utf-8")
    wanted = with_tables(text)
    if "--check" in sys.argv[1:]:
        return 0 if wanted == text else 1
    README.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
