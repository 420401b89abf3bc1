"""P5, P6, P8, P9: what a key and a scan take to reach the screen."""

from __future__ import annotations

import time

from counter.desk.demo import DemoReport
from tests.bench.conftest import Report
from tests.bench.floors import bare_key_times, key_times, median, worst
from tests.terminal import Terminal


def test_typing_beside_a_bare_input(desk: Terminal, report: Report) -> None:
    letters = list(("lzqwxyc" * 5)[:30])
    floor = bare_key_times(30)
    ours = key_times(desk, letters)
    report("P5", "key → repaint, p50", median(ours), floor=median(floor), bound="≤ 1.5, ≤ 16.7 ms")
    report("P5", "key → repaint, p99", worst(ours), floor=worst(floor), bound="≤ 50 ms")


def test_a_tick_repaints(demo: DemoReport, desk: Terminal, report: Report) -> None:
    desk.scan(demo.things[0].code)
    desk.wait("第一分册", timeout=15)
    desk.settle(0.3)
    times = key_times(desk, ["space"] * 15)
    report("P6", "tick → repaint, p50", median(times), bound="≤ 16.7 ms")


def test_a_scan_paints_its_submission(demo: DemoReport, desk: Terminal, report: Report) -> None:
    code = demo.things[0].code
    times: list[float] = []
    for gap in (0.0, 0.001, 0.005) * 4:
        desk.settle(0.2)
        desk.scan(code[:-1], gap=gap, end=b"")
        time.sleep(gap)
        began = time.perf_counter()
        desk.scan(code[-1])
        desk.wait("第一分册", timeout=10)
        times.append(time.perf_counter() - began)
        desk.key("f8")
        desk.settle(0.2)
        desk.key("f9")
        desk.wait("今日", timeout=10)
    report("P9", "scan of 20 characters → submission painted, p50", median(times))
    report("P9", "scan of 20 characters → submission painted, worst", max(times), bound="≤ 100 ms")


def test_opening_a_dialog(demo: DemoReport, desk: Terminal, report: Report) -> None:
    desk.scan(demo.things[0].code)
    desk.wait("第一分册", timeout=15)
    desk.settle(0.3)
    times: list[float] = []
    for _ in range(8):
        began = time.perf_counter()
        desk.key("f6")
        desk.wait("标几条", timeout=5)
        times.append(time.perf_counter() - began)
        desk.key("esc")
        desk.gone("标几条", timeout=5)
        desk.settle(0.2)
    report("P8", "dialog open", median(times), bound="")
