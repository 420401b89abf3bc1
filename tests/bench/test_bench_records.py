"""P11 to P14: durable acts beside one fsync, and look-ups as the records grow."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from counter.clock import FixedClock
from counter.desk import checklist, office, scan, search, submissions, today
from counter.desk.context import DeskContext
from counter.desk.forms import FindingInput
from counter.desk.rows import ENTRIES, SUBMISSIONS, blank
from counter.desk.views import Actor, EntryId, Role
from counter.rules.finding import FindingKind
from counter.rules.search import search_tokens
from db.search_index import add_tokens
from tests.bench.conftest import Report
from tests.bench.floors import fsync_floor, median, worst

MORNING = datetime(2024, 8, 12, 1, 30, tzinfo=UTC)
CLERK = Actor("bench", Role.CLERK, 1)
SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "宇翔雨欣建国若琳子涵文博思远秀英志强海燕丽华晓东凯静琳洋桐"


def timed(act: Callable[[], object]) -> float:
    """Return the seconds an act takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def grown(folder: Path, people: int) -> DeskContext:
    """Return a desk whose records hold `people` invented entries, each with a submission."""
    clock = FixedClock(MORNING)
    office.first_run(folder, clock=clock, demo=True)
    ctx = office.open_desk(folder, clock=clock)
    entry = blank(
        ENTRIES,
        circular_id=ctx.circular.id,
        origin="roster",
        id_kind="resident",
        specialty="power",
        online_state="submitted",
        online_state_text="已提交",
        subject_key=secrets.token_bytes(32),
        created_at=MORNING,
        updated_at=MORNING,
    )
    sub = blank(
        SUBMISSIONS,
        circular_id=ctx.circular.id,
        circular_version_id=ctx.circular_version_id,
        office=ctx.circular.office.code,
        year=2024,
        desk=1,
        status="accepted",
        submitter="self",
        opened_day="2024-08-01",
        opened_at=MORNING,
        opened_by="bench",
        touched_at=MORNING,
        decided_day="2024-08-01",
    )
    for start in range(0, people, 20_000):
        numbers = range(start + 1, min(people, start + 20_000) + 1)
        rows = [
            entry
            | {
                "id": n,
                "online_id": f"LYGGX2024{n:010d}",
                "name": SURNAMES[n % 20] + GIVEN[n // 20 % len(GIVEN)] + GIVEN[n // 600 % len(GIVEN)],
                "id_number": f"320799{n:012d}",
                "phone": f"138{n:08d}",
                "employer": f"连云港某某{GIVEN[n % len(GIVEN)]}{GIVEN[n // 30 % len(GIVEN)]}有限公司",
            }
            for n in numbers
        ]
        subs = [
            sub | {"id": n, "entry_id": n, "serial": n, "online_id": f"LYGGX2024{n:010d}"} for n in numbers
        ]
        with ctx.records.write() as session:
            session.connection().execute(sa.insert(ENTRIES), rows)
            session.connection().execute(sa.insert(SUBMISSIONS), subs)
            add_tokens(
                session,
                (
                    (
                        r["id"],
                        search_tokens(
                            r["name"],
                            id_number=r["id_number"],
                            phone=r["phone"],
                            online_id=r["online_id"],
                            employer=r["employer"],
                        ),
                    )
                    for r in rows
                ),
            )
    with ctx.records.write() as session:
        session.connection().execute(
            sa.text("INSERT INTO counter (office, series, year, n) VALUES (:o, 'submission', 2024, :n)"),
            {"o": ctx.circular.office.code, "n": people},
        )
    return ctx


def newcomer(ctx: DeskContext, n: int) -> EntryId:
    """Put one more person on the roster who has not come yet."""
    from tests.builders import Office

    clock = ctx.clock
    assert isinstance(clock, FixedClock)
    return Office(ctx, clock, people=n).person(online_id=f"LYGGX2025{n:010d}")


def measure(ctx: DeskContext, size: str, report: Report, folder: Path) -> None:
    """Print what opening, ticking and asking take at a size."""
    floor = fsync_floor(folder)
    opens: list[float] = []
    ticks: list[float] = []
    for n in range(900_001, 900_013):
        entry = newcomer(ctx, n)
        opens.append(
            timed(lambda e=entry: submissions.open_submission(ctx, entry_id=e, actor=CLERK, key=uuid4()))  # type: ignore[misc]
        )
        hit = scan.resolve(ctx, f"LYGGX2025{n:010d}", actor=CLERK)
        sub = submissions.view(ctx, hit.submission_id, actor=CLERK)  # type: ignore[union-attr]
        for item in sub.items[:8]:
            finding = FindingInput(item=item.code, kind=FindingKind.OK)
            began = time.perf_counter()
            sub = checklist.record_finding(
                ctx, submission_id=sub.id, version=sub.version, finding=finding, actor=CLERK, key=uuid4()
            )
            ticks.append(time.perf_counter() - began)
    report("P12", f"new submission at {size}, p50", median(opens), floor=floor, bound="≤ floor + 5 ms")
    report("P11", f"durable tick at {size}, p50", median(ticks), floor=floor, bound="≤ floor + 2 ms")
    exact = median([timed(lambda: scan.resolve(ctx, "LYGGX20240000004711", actor=CLERK)) for _ in range(50)])
    report("", f"exact online ID at {size}, p50", exact)
    for query in ("zyx", "张宇", "4711", "liu", "l", "李雨欣"):
        times = [timed(lambda q=query: search.look_up(ctx, q, limit=50, actor=CLERK)) for _ in range(30)]  # type: ignore[misc]
        bound = "≤ 10x, p99 ≤ 16.7 ms" if len(query) > 1 else "≤ 100 ms"
        report("P13", f"look-up {query!r} at {size}, p99", worst(times), floor=exact, bound=bound)
    report(
        "",
        f"desk screen's view at {size}",
        median([timed(lambda: today.desk_view(ctx, actor=CLERK)) for _ in range(20)]),
    )


def test_acts_and_look_ups_at_ten_thousand(tmp_path: Path, report: Report) -> None:
    ctx = grown(tmp_path / "home", 10_000)
    measure(ctx, "10k", report, tmp_path)
    ctx.records.close()


@pytest.mark.long
def test_acts_and_look_ups_at_a_million(tmp_path: Path, report: Report) -> None:
    ctx = grown(tmp_path / "home", 1_000_000)
    measure(ctx, "1M", report, tmp_path)
    ctx.records.close()
