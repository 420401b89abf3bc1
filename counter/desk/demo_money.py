"""The demo's drawer: each day begins with the sheet of the day before and ends with a count."""

from __future__ import annotations

import json
from typing import Final
from uuid import UUID

import sqlalchemy as sa

from counter.desk import closing, shifts
from counter.desk.context import DeskContext
from counter.desk.figures import movements
from counter.desk.rows import PAPERS
from counter.desk.views import Actor
from counter.rules.cash import DENOMINATIONS, expected
from receipts.number import PaperKind

FLOAT_FEN: Final = 200_00
"""Change to begin a day with."""


def open_day(ctx: DeskContext, actor: Actor, key: UUID) -> None:
    """Open the desk's shift with the last day sheet, as the clerk who scans it would."""
    shifts.open_shift(ctx, float_fen=FLOAT_FEN, sheet=last_sheet(ctx), actor=actor, key=key)


def close_day(ctx: DeskContext, actor: Actor, keys: tuple[UUID, UUID], *, short_fen: int = 0) -> None:
    """Count the drawer and close the shift; `short_fen` is what nobody can explain."""
    live = shifts.current(ctx, actor=actor).live
    assert live is not None
    with ctx.records.read() as session:
        should = expected(live.float_fen, movements(session.connection(), ctx, live.id))
    closing.count(ctx, lines=in_pieces(should - short_fen), actor=actor, key=keys[0])
    closing.close(ctx, reason="unexplained" if short_fen else "", backup=False, actor=actor, key=keys[1])


def in_pieces(fen: int) -> tuple[tuple[int, int], ...]:
    """Return a sum as the fewest notes and coins."""
    lines = []
    for kind in DENOMINATIONS:
        lines.append((kind, fen // kind))
        fen %= kind
    return tuple(lines)


def last_sheet(ctx: DeskContext) -> str:
    """Return what the QR code of the last day sheet says; empty when there is none."""
    query = (
        sa.select(PAPERS.c.data)
        .where(PAPERS.c.kind == int(PaperKind.DAY_SHEET))
        .order_by(PAPERS.c.id.desc())
        .limit(1)
    )
    with ctx.records.read() as session:
        data = session.connection().execute(query).scalar_one_or_none()
    return "" if data is None else str(json.loads(data)["data"]["anchor"])
