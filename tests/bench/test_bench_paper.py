"""P19: a receipt, the first after the start and every one after."""

from __future__ import annotations

import subprocess
import sys
import time

from receipts.render import render_pdf, warm
from tests.bench.conftest import Report
from tests.bench.floors import median
from tests.paper.samples import ISSUED, LABEL, NOTICE, RECEIPT

COLD = """
import time
from tests.paper.samples import ISSUED, RECEIPT
from receipts.render import render_pdf, warm
warm()
began = time.perf_counter()
render_pdf(RECEIPT, ISSUED)
print(time.perf_counter() - began)
"""


def test_papers_warm_and_first(report: Report) -> None:
    warm()
    for what, doc, bound in (("receipt", RECEIPT, "≤ 20 ms"), ("notice", NOTICE, ""), ("label", LABEL, "")):
        render_pdf(doc, ISSUED)
        times = []
        for _ in range(20):
            began = time.perf_counter()
            render_pdf(doc, ISSUED)
            times.append(time.perf_counter() - began)
        report("P19", f"{what}, warm, p50", median(times), bound=bound)
    first = [
        float(subprocess.run([sys.executable, "-c", COLD], capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    ]
    report("P19", "receipt, first after the start's warm-up", median(first), bound="≤ 100 ms")
