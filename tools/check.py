"""Everything besides the tests that has to hold: `python3 run.py check [--bench] [--long]`.

Every gate runs even when an earlier one failed, so that one run shows all that is wrong.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BIN: Final = Path(sys.executable).parent
PYTEST: Final = (sys.executable, "-P", "-m", "pytest", "-q")
SPREAD: Final = ("-n", str(min(4, 1 + (os.cpu_count() or 1))), "--dist", "worksteal")

GATES: Final[dict[str, tuple[str, ...]]] = {
    "format": (str(BIN / "ruff"), "format", "--check", "--quiet"),
    "lint": (str(BIN / "ruff"), "check", "--quiet"),
    "types": (sys.executable, "-P", "-m", "mypy", "--no-error-summary"),
    "import arrows": (str(BIN / "lint-imports"), "--no-cache"),
    "catalogue": (sys.executable, str(ROOT / "tools" / "catalogue.py"), "--check"),
    "slow tests": (*PYTEST, *SPREAD, "--slow", "-m", "slow and not long"),
}
"""What a change has to pass, by the name it is reported under."""

ON_REQUEST: Final[dict[str, tuple[str, ...]]] = {
    "bench": (*PYTEST, "-s", "--bench", "tests/bench"),
    "long": (*PYTEST, "--slow", "--long", "-m", "long"),
}
"""What takes minutes: ratios to the floors of the same machine, and the long tier of faults and fuzzing."""


def run(name: str, line: tuple[str, ...]) -> bool:
    """Run one gate, say how it went, and return whether it held."""
    began = time.monotonic()
    held = subprocess.run(line, cwd=ROOT, stdin=subprocess.DEVNULL).returncode == 0
    print(f"{'ok    ' if held else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)", flush=True)
    return held


def main() -> int:
    """Run the gates and return 0 if all held, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="run.py check", description="run every gate besides the tests")
    for name in ON_REQUEST:
        parser.add_argument(f"--{name}", action="store_true")
    args = parser.parse_args()
    gates = GATES | {name: line for name, line in ON_REQUEST.items() if getattr(args, name)}
    failed = [name for name, line in gates.items() if not run(name, line)]
    print(f"check: {', '.join(failed)} failed" if failed else f"check: all {len(gates)} gates hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
