"""Late entries: each at an hour at which the counter was open, in the order of the papers they stood on."""

from __future__ import annotations

import sqlalchemy as sa

from counter.desk.context import DeskContext
from counter.desk.forms import LateForm
from counter.desk.late import Paper, late_ref, listed, passed_over, printed, said
from counter.desk.loaded import load
from counter.desk.rows import APPROVALS
from counter.desk.unit import circular_of
from counter.desk.verify_report import Check, failed, passed
from counter.rules.hours import office_state


def late(conn: sa.Connection, ctx: DeskContext) -> Check:
    """List what was entered afterwards; the facts name every entry and the numbers missing between them.

    Besides those that were never printed here and that a supervisor answers for.

    `why`: `number` (no number of an emergency paper), `hours` (the counter was closed then and no supervisor
    has approved it), `order` (a later paper tells of an earlier time).
    """
    used = sa.select(APPROVALS.c.ref).where(APPROVALS.c.kind == "late", APPROVALS.c.used_at.is_not(None))
    approved = set(conn.execute(used).scalars())
    entries = listed(conn)
    noted = passed_over(conn)
    pads: dict[int, dict[int, object]] = {}
    for paper, row in entries:
        loaded = load(conn, row["submission_id"])
        assert loaded is not None
        circular = circular_of(conn, ctx, loaded.sub["circular_version_id"])
        name = f"late_entry:{row['id']}"
        if row["number"] != paper.text:
            return failed("late", len(entries), name, "number")
        ref = late_ref(paper, LateForm(number=paper.text, occurred_at=row["occurred_at"]))
        if (
            ref not in approved
            and office_state(circular, ctx.calendar, row["occurred_at"]).reason is not None
        ):
            return failed("late", len(entries), name, "hours")
        pads.setdefault(paper.pad, {})[paper.no] = row["occurred_at"]
    gaps: list[str] = []
    strange: list[str] = []
    for pad, times in sorted(pads.items()):
        in_order = [times[no] for no in sorted(times)]
        if in_order != sorted(in_order):  # type: ignore[type-var]
            return failed("late", len(entries), f"late_entry:{pad:02d}", "order")
        known = printed(conn, pad)
        strange += [Paper(pad, n).text for n in sorted(times) if not any(a <= n <= b for a, b in known)]
        gaps += [Paper(pad, no).text for no in range(min(times), max(times)) if no not in times]
    if not entries:
        return passed("late", 0)
    return passed(
        "late",
        len(entries),
        entries=[said(row) for _, row in entries],
        unused=[number for number in gaps if number in noted],
        missing=[number for number in gaps if number not in noted],
        unprinted=strange,
    )
