"""P18: a roster of 100,000 rows read and judged, beside openpyxl merely reading the same file."""

from __future__ import annotations

import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Final

from openpyxl import load_workbook

from counter.circular.loader import shipped
from counter.sheets.roster import load_roster
from tests import sheetmaker

ROWS: Final = 100_000
GOAL: Final = 0.2


def measure(rows: int = ROWS) -> dict[str, float]:
    """Return the seconds of both and their ratio, and print the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        path = sheetmaker.roster(Path(folder) / "roster.xlsx", *sheetmaker.people(rows))
        ours: list[float] = []
        for _ in range(2):
            began = time.perf_counter()
            got = load_roster(path, shipped(), today=date(2024, 8, 12))
            ours.append(time.perf_counter() - began)
            assert len(got.rows) == rows
        began = time.perf_counter()
        book = load_workbook(path, read_only=True)
        floor_rows = sum(1 for _ in book.worksheets[0].iter_rows(values_only=True))
        floor = time.perf_counter() - began
        book.close()
        assert floor_rows == rows + 1
    ratio = min(ours) / floor
    print(f"roster {rows} rows / openpyxl read_only: {ratio:.3f} (goal {GOAL})")
    return {"roster_s": min(ours), "openpyxl_s": floor, "ratio": ratio, "goal": GOAL}


if __name__ == "__main__":
    measure()
