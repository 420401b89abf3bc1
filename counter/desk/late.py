"""补录: what was taken in on numbered emergency papers while the desk was down, entered afterwards.

A pad of such papers belongs to one desk and is numbered through, `01-0031` for the thirty-first of desk 1.
They are entered in the order of their numbers, each with the time it happened, by which the hours are judged.
A number that is passed over is an unused or spoilt paper; it is named in the journal. What the journal cannot
vouch for, such as a time at which somebody sat at the desk, takes a supervisor's approval of kind `late`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import sqlalchemy as sa

from counter.clock import local
from counter.desk.forms import LateForm
from counter.desk.permit import use_case
from counter.desk.rows import JOURNAL, LATE_ENTRIES, STAFF, SUBMISSIONS, Row, as_row, blank
from counter.desk.views import Actor, ApprovalId, LateView, Role
from counter.errors import DeskError
from counter.rules.clean import fold_scan
from counter.rules.hours import office_state
from counter.rules.late import MOST_SKIPPED, doubt

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.unit import Unit

SKIPPED: Final = "late.skipped"
REF: Final = "late"

PRINTED: Final = "pad.printed"
"""Kind of the event that tells which numbers of a pad were printed."""
_NUMBER: Final = re.compile(r"([0-9]{1,2})-([0-9]{1,6})")


class Paper(NamedTuple):
    """The number of an emergency paper."""

    pad: int
    """The desk whose pad it is from."""
    no: int

    @property
    def text(self) -> str:
        """As it stands on the paper."""
        return f"{self.pad:02d}-{self.no:04d}"


def read_number(text: str) -> Paper | None:
    """Return the number somebody typed, None for anything else."""
    found = _NUMBER.fullmatch(fold_scan(text, 20))
    if found is None or not int(found[1]) or not int(found[2]):
        return None
    return Paper(int(found[1]), int(found[2]))


@use_case
def next_paper(ctx: DeskContext, *, actor: Actor) -> str:
    """Return the number that comes next on this desk's pad, empty when none was ever printed or entered."""
    from counter.desk.unit import reading

    with reading(ctx) as session:
        conn = session.connection()
        times, pads = _times(conn, ctx.desk), printed(conn, ctx.desk)
    if times:
        return Paper(ctx.desk, max(times) + 1).text
    return Paper(ctx.desk, pads[0][0]).text if pads else ""


def pad_ref(pad: int) -> str:
    """Return how the journal names a desk's pad."""
    return f"pad:{pad}"


def printed(conn: sa.Connection, pad: int) -> list[tuple[int, int]]:
    """Return the numbers of a pad that were printed, first and last of each time, the earliest first."""
    query = (
        sa.select(JOURNAL.c.event)
        .where(JOURNAL.c.ref == pad_ref(pad), JOURNAL.c.kind == PRINTED)
        .order_by(JOURNAL.c.seq)
    )
    bodies = [json.loads(bytes(event))[8] for (event,) in conn.execute(query)]
    return [(body["first"], body["last"]) for body in bodies]


def entered(conn: sa.Connection, pad: int) -> Iterable[int]:
    """Return the numbers of a pad that were entered."""
    return _times(conn, pad).keys()


def late_ref(paper: Paper, form: LateForm) -> str:
    """Return how an approval names a paper: it is for that number and that time and no other."""
    return f"{REF}:{paper.text}:{local(form.occurred_at):%Y%m%d%H%M}"


def checked(unit: Unit, form: LateForm, approved: Sequence[ApprovalId]) -> Paper:
    """Return the number of a paper that may be entered now, and note those it passes over.

    Raises DeskError("late", reason): `number`, `entered` (it is there already), `order` (an earlier one has
    not been entered), `many` (too many passed over), `ahead` (it has not happened yet), `earlier` (before the
    paper before it), `later` (after the paper behind it). Those of `counter.rules.late.doubt` carry the `ref`
    for which a supervisor may approve `late`; `pad` and `noted` a supervisor at the desk answers for alone.
    """
    paper = read_number(form.number)
    if paper is None:
        raise DeskError("late", reason="number")
    if form.occurred_at > unit.now:
        raise DeskError("late", reason="ahead")
    there = sa.select(LATE_ENTRIES.c.id).where(LATE_ENTRIES.c.number == paper.text)
    if unit.conn.execute(there).scalar() is not None:
        raise DeskError("late", reason="entered", number=paper.text)
    times, pads = _times(unit.conn, paper.pad), printed(unit.conn, paper.pad)
    start = min(pads[0][0], paper.no) - 1 if pads else paper.no
    no = max(times, default=start)
    before = max((n for n in times if n < paper.no), default=None)
    behind = min((n for n in times if n > paper.no), default=None)
    if before is not None and form.occurred_at < (at := times[before]):
        raise DeskError("late", reason="earlier", number=Paper(paper.pad, before).text, at=at)
    if behind is not None and form.occurred_at > (at := times[behind]):
        raise DeskError("late", reason="later", number=Paper(paper.pad, behind).text, at=at)
    if paper.no - no > MOST_SKIPPED:
        raise DeskError("late", reason="many", number=paper.text, most=MOST_SKIPPED)
    known = any(first <= paper.no <= last for first, last in pads)
    _require_word(unit, paper, form, approved, known=known, passed_over=paper.no < no)
    if passed := [Paper(paper.pad, n).text for n in range(no + 1, paper.no)]:
        if not form.skip:
            raise DeskError("late", reason="order", number=passed[0])
        unit.tell(SKIPPED, REF, numbers=passed)
    return paper


def _require_word(
    unit: Unit,
    paper: Paper,
    form: LateForm,
    approved: Sequence[ApprovalId],
    *,
    known: bool,
    passed_over: bool,
) -> None:
    """Let pass what nobody need doubt, or what a supervisor answers for."""
    ctx = unit.ctx
    alone = unit.actor.role is Role.SUPERVISOR
    why = doubt(
        closed=office_state(ctx.circular, ctx.calendar, form.occurred_at).reason is not None,
        printed=alone or known,
        manned=manned(unit.conn, ctx, paper.pad, form.occurred_at),
        own_pad=alone or paper.pad == ctx.desk,
        passed_over=passed_over and not alone,
    )
    ref = late_ref(paper, form)
    if why and not unit.override("late", ref, approved):
        raise DeskError("late", reason=why, number=paper.text, at=form.occurred_at, ref=ref, pad=paper.pad)


def first_after(conn: sa.Connection, at: datetime) -> int:
    """Return the number of the first event after an instant, one past the last when there is none.

    Found by halving, because a long journal is not read through while others wait to write. Its order is that
    of time: a clock that was set back stops the desk until it is right.
    """
    low, past = 1, int(conn.execute(sa.select(sa.func.max(JOURNAL.c.seq))).scalar() or 0) + 1
    while low < past:
        middle = (low + past) // 2
        if conn.execute(sa.select(JOURNAL.c.at).where(JOURNAL.c.seq == middle)).scalar_one() > at:
            past = middle
        else:
            low = middle + 1
    return low


def manned(conn: sa.Connection, ctx: DeskContext, desk: int, at: datetime) -> bool:
    """Tell whether somebody was signed in at a desk at an instant, as far as the journal shows.

    A desk that died has a sign-in as the next thing one of the staff did there; one that ran goes on with
    whatever came next. Nothing later at this very desk: who acts now had signed in before.
    """
    staff = set(conn.execute(sa.select(STAFF.c.name)).scalars())
    since = first_after(conn, at)
    query = sa.select(JOURNAL.c.event).where(JOURNAL.c.seq >= since).order_by(JOURNAL.c.seq)
    for (event,) in conn.execute(query.execution_options(yield_per=200)):
        _seq, _at, _tz, where, who, _role, kind, *_rest = json.loads(bytes(event))
        if where == desk and who in staff:
            return bool(kind != "staff.signed-in")
    return desk == ctx.desk


def write(unit: Unit, paper: Paper, form: LateForm, submission: Row) -> Row:
    """Store that a submission was taken in on an emergency paper."""
    return unit.add_own(
        LATE_ENTRIES,
        blank(
            LATE_ENTRIES,
            number=paper.text,
            submission_id=submission["id"],
            occurred_at=form.occurred_at,
            entered_at=unit.now,
            entered_by=unit.actor.name,
        ),
    )


def view_of(row: Row | None) -> LateView | None:
    """Return a late entry as the screens show it."""
    if row is None:
        return None
    return LateView(number=row["number"], occurred_at=row["occurred_at"], entered_at=row["entered_at"])


def of_submissions(conn: sa.Connection, ids: Iterable[int]) -> set[int]:
    """Return which of some submissions were entered late."""
    query = sa.select(LATE_ENTRIES.c.submission_id).where(LATE_ENTRIES.c.submission_id.in_(list(ids)))
    return set(conn.execute(query).scalars())


def listed(conn: sa.Connection) -> list[tuple[Paper, Row]]:
    """Return every late entry with the submission's serial and year, in the order they were entered."""
    query = (
        sa.select(*LATE_ENTRIES.c, SUBMISSIONS.c.serial, SUBMISSIONS.c.year)
        .join(SUBMISSIONS, SUBMISSIONS.c.id == LATE_ENTRIES.c.submission_id)
        .order_by(LATE_ENTRIES.c.id)
    )
    rows: list[Any] = list(conn.execute(query))
    return [(read_number(row.number) or Paper(0, 0), as_row(row)) for row in rows]


def passed_over(conn: sa.Connection) -> set[str]:
    """Return the numbers of papers that were noted as unused."""
    query = sa.select(JOURNAL.c.event).where(JOURNAL.c.ref == REF, JOURNAL.c.kind == SKIPPED)
    return {number for (event,) in conn.execute(query) for number in json.loads(bytes(event))[8]["numbers"]}


def _times(conn: sa.Connection, pad: int) -> dict[int, datetime]:
    """Return the numbers of a pad that were entered, with when each happened."""
    query = sa.select(LATE_ENTRIES.c.number, LATE_ENTRIES.c.occurred_at).where(
        LATE_ENTRIES.c.number.like(f"{pad:02d}-%")
    )
    return {paper.no: at for number, at in conn.execute(query) if (paper := read_number(number))}


def said(row: Row) -> str:
    """Return a late entry in one line: number, serial, when it happened and when it was entered."""
    happened, entered = local(row["occurred_at"]), local(row["entered_at"])
    return f"{row['number']} {row['serial']:05d} {happened:%Y-%m-%d %H:%M} {entered:%Y-%m-%d %H:%M}"
