"""What a bench tried and what failed, and the results files a table is made from.

A result is one file per bench and tier. Long runs come in parts, each with its seed; a part that is there is
not run again, so a long run goes on where it was stopped.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

RESULTS: Final = Path(__file__).parent / "results"


@dataclass
class Tally:
    """One part of a bench: how much was tried, and what went wrong with what."""

    bench: str
    seed: int
    tried: int = 0
    failures: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)
    facts: dict[str, int] = field(default_factory=dict)
    """Further counts, for whoever reads the results."""
    note: str = ""
    """What a run ended with, where the same seed has to end with the same."""

    def count(self, wrong: str, where: str = "") -> None:
        """Count one try; `wrong` is empty when it went well."""
        self.tried += 1
        if wrong:
            self.failures.append(f"{where}: {wrong}" if where else wrong)

    def add(self, fact: str, count: int = 1) -> None:
        """Add to a further count."""
        self.facts[fact] = self.facts.get(fact, 0) + count

    def hold(self) -> None:
        """Raise AssertionError when anything failed, with the first few."""
        print(f"{self.bench}: seed {self.seed}, {self.tried} tried, {self.facts}")
        assert self.tried, f"{self.bench}: nothing was tried"
        assert not self.failures, f"{len(self.failures)} of {self.tried}\n" + "\n".join(self.failures[:5])

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.perf_counter() - self.began


def stored(bench: str, tier: str, folder: Path = RESULTS) -> dict[str, Any]:
    """Return what is known of a bench in a tier."""
    path = folder / f"{bench}-{tier}.json"
    if path.exists():
        found: dict[str, Any] = json.loads(path.read_text())
        return found
    return {"bench": bench, "tier": tier, "parts": {}}


def store(tally: Tally, tier: str, folder: Path = RESULTS) -> None:
    """Add a part to the results of its bench."""
    known = stored(tally.bench, tier, folder)
    known["parts"][str(tally.seed)] = {
        "tried": tally.tried,
        "failures": tally.failures[:20],
        "failed": len(tally.failures),
        "seconds": round(tally.seconds, 1),
        **({"facts": tally.facts} if tally.facts else {}),
    }
    _write(folder / f"{tally.bench}-{tier}.json", known)


def store_caught(bench: str, mutant: str, seen: str, folder: Path = RESULTS) -> None:
    """Note that a bench has failed on a bug put in on purpose, and by what."""
    path = folder / "caught.json"
    known: dict[str, dict[str, str]] = json.loads(path.read_text()) if path.exists() else {}
    known.setdefault(bench, {})[mutant] = seen
    _write(path, known)


def _write(path: Path, what: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(what, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
