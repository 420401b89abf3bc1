"""P1, P2, P4, P10, P20: from starting the desk to the first paint, the first scan, and what it weighs."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from counter.desk.demo import DemoReport
from tests.bench.conftest import READY, Report, command
from tests.bench.floors import MINIMAL, first_paint, median, minimal_paint
from tests.terminal import Terminal


def test_first_paint_beside_a_minimal_textual_program(home: Path, report: Report) -> None:
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(9):
        floor.append(minimal_paint())
        ours.append(first_paint(command(home), READY))
    report("P1", "first paint", median(ours), floor=median(floor), bound="≤ 1.5")


def test_usable_beside_a_minimal_textual_program(demo: DemoReport, home: Path, report: Report) -> None:
    code = demo.things[0].code
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(5):
        floor.append(minimal_paint())
        with Terminal(command(home)) as terminal:
            terminal.arrives(READY)
            terminal.scan(code)
            ours.append(terminal.arrives("第一分册"))
    report("P2", "usable: a scan opens its submission", median(ours), floor=median(floor), bound="≤ 2.9")


def test_memory_of_the_first_screen(home: Path, report: Report) -> None:
    def resident(command: list[str], text: str) -> float:
        with Terminal(command) as terminal:
            terminal.wait(text, timeout=30)
            terminal.settle(1.0)
            pages = Path(f"/proc/{terminal.pid}/statm").read_text(encoding="ascii").split()[1]
            return int(pages) * 4096 / 2**20 / 1000  # printed as "ms": MiB

    report(
        "P4",
        "RSS of the first screen (MiB, not ms)",
        resident(command(home), READY),
        floor=resident([sys.executable, "-c", MINIMAL], "floor ready"),
        bound="≤ 2.2",
    )


def test_a_scan_typed_50_ms_after_the_start_is_honoured(demo: DemoReport, home: Path, report: Report) -> None:
    code, times, honoured = demo.things[0].code, [], 0
    for _ in range(20):
        with Terminal(command(home)) as terminal:
            time.sleep(0.05)
            terminal.scan(code, gap=0.001)
            try:
                terminal.wait("第一分册", timeout=15)
            except AssertionError:
                continue
            honoured += 1
            times.append(time.perf_counter() - terminal.started)
    report("P10", f"scan 50 ms after exec: {honoured} of 20 honoured", median(times), bound="100 %")
    assert honoured == 20
