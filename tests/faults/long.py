"""The long tier in parts: `python -m tests.faults.long [--minutes N] [--to DIR] [BENCH ...]`.

A part is one seed of one bench. What is in the results is not run again, so a run that was stopped goes on;
several processes may share the work when each is given its own benches or its own share (`--share 0/2`).
"""

from __future__ import annotations

import argparse
import fcntl
import tempfile
import time
from pathlib import Path

from tests.faults.benches import BENCHES
from tests.faults.tally import RESULTS, store, stored

FIRST_SEED = 1000
"""Long seeds begin here, so that they are never the quick tier's."""


def run_on(
    name: str, folder: Path, results: Path, *, until: float = 0, share: tuple[int, int] = (0, 1)
) -> list[str]:
    """Run parts of a bench until its target is met or the time is up; return what failed."""
    bench = BENCHES[name]
    failures: list[str] = []
    seed = FIRST_SEED + share[0]
    while not until or time.monotonic() < until:
        known = stored(name, "long", results)["parts"]
        if sum(part["tried"] for part in known.values()) >= bench.target:
            break
        if str(seed) in known:
            seed += share[1]
            continue
        with tempfile.TemporaryDirectory(dir=folder) as place:
            tally = bench.long(Path(place), seed)
        with (folder / "results.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            store(tally, "long", results)
        failures += tally.failures
        print(
            f"{name} {seed}: {tally.tried} in {tally.seconds:.0f} s, {len(tally.failures)} failed", flush=True
        )
        seed += share[1]
    return failures


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benches", nargs="*", choices=[*BENCHES, []])
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--share", default="0/1")
    parser.add_argument("--to", type=Path, default=RESULTS)
    asked = parser.parse_args()
    which, of = map(int, asked.share.split("/"))
    folder = Path(tempfile.gettempdir()) / "long-tier"
    folder.mkdir(exist_ok=True)
    names = asked.benches or list(BENCHES)
    for n, name in enumerate(names):
        left = asked.minutes * 60 / len(names) if asked.minutes else 0
        print(f"{n + 1} of {len(names)}: {name}", flush=True)
        run_on(name, folder, asked.to, until=time.monotonic() + left if left else 0, share=(which, of))


if __name__ == "__main__":
    main()
