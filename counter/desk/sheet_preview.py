"""The day sheet before the close: what it will say, so that a slip is seen while the drawer is still open.

Only after the count, because it says what should lie in the drawer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from counter.desk.closing import SERIES, draft
from counter.desk.context import DeskContext
from counter.desk.documents import Stamp
from counter.desk.money_papers import day_sheet
from counter.desk.paper_views import PreviewView
from counter.desk.permit import use_case
from counter.desk.shifts import closing_number, live_shift
from counter.desk.unit import reading
from counter.desk.views import Actor
from counter.errors import DeskError
from db.numbering import last_number
from receipts.barcode import code128_runs
from receipts.money_data import DaySheet, SheetRow
from receipts.number import PaperKind


@use_case
def preview_sheet(ctx: DeskContext, *, actor: Actor) -> PreviewView:
    """Return the day sheet as it would be printed now, with the number it would get; nothing is stored.

    The seal and the reason of a difference come with the close. Raises DeskError("no-shift") and
    DeskError("not-counted").
    """
    now = ctx.clock.now()
    with reading(ctx) as session:
        conn = session.connection()
        shift = live_shift(conn, ctx)
        if shift is None:
            raise DeskError("no-shift")
        if shift["state"] != "counted":
            raise DeskError("not-counted")
        row, pieces, sections = draft(conn, ctx, shift, actor, now)
        row["serial"] = 1 + last_number(session, office=row["office"], series=SERIES, year=row["year"])
    number, text = closing_number(row), ctx.circular.paper(PaperKind.DAY_SHEET)
    at = Stamp(now, actor.name, ctx.desk)
    doc = day_sheet(ctx.circular, number, shift, row, pieces, sections, at, seal="", anchor="")
    return PreviewView(
        title=text.title,
        copies=text.copies,
        number=doc.digits,
        display=doc.display_number,
        lines=lines_of(doc),
        document=asdict(doc),
        bars=tuple(code128_runs(doc.digits)),
        qr=(),
    )


def lines_of(doc: DaySheet) -> tuple[tuple[str, str], ...]:
    """Return what stands on the sheet, a line for each part of it, in the paper's own words.

    What comes to nothing is left out: it stands on the paper and says nothing to whoever looks for a slip.
    """
    parts = [(s.title.partition("（")[0], [r for r in s.rows if _something(r)]) for s in doc.sections]
    return (
        ("shift", f"{doc.day} {doc.clerk} {doc.opened_at}"),
        *((title, _said(rows)) for title, rows in parts if rows),
        ("drawer", _said([row for row in doc.count if _something(row)])),
        ("cash", _said(doc.cash)),
        ("perpetual", doc.perpetual),
    )


def _something(row: SheetRow) -> bool:
    return bool(row.text) or row.amount not in ("", "0.00") or (not row.amount and row.count != "0")


def _said(rows: Sequence[SheetRow]) -> str:
    return "；".join(" ".join(filter(None, (r.label, r.count, r.amount, r.text))) for r in rows)
