"""Pads of emergency papers: printed before the desk is ever down, and remembered by their numbers.

Only a paper that was printed here can be entered afterwards, so nobody makes one up. The numbers of a desk
run on from pad to pad; the journal tells of each pad before there is a sheet of it.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from counter.clock import local
from counter.desk.context import DeskContext
from counter.desk.documents import letterhead
from counter.desk.late import PRINTED, Paper, entered, pad_ref, printed
from counter.desk.papers import write_file
from counter.desk.permit import use_case
from counter.desk.unit import Unit, once
from counter.desk.views import Actor
from counter.errors import DeskError
from counter.rules.money import yuan
from db.turn import take_turn
from receipts import wording
from receipts.errors import PaperError
from receipts.pad import EmergencyPad, PadItem, render_pad

MOST: Final = 200
"""Sheets of one pad; a week of a desk that is down."""


@dataclass(frozen=True)
class PadReport:
    """A pad that was printed."""

    path: Path
    first: str
    last: str


@use_case
def print_pad(
    ctx: DeskContext, *, count: int, path: Path | None = None, actor: Actor, key: UUID
) -> PadReport:
    """Print this desk's next `count` emergency papers into a file, in `exports/` unless another is named.

    The same key again gives the same numbers. Raises DeskError("pad-count", most), DeskError("exists", path),
    DeskError("file", path, reason) and DeskError("paper", reason).
    """
    if not 1 <= count <= MOST:
        raise DeskError("pad-count", most=MOST)
    if path is not None:
        _require_place(path)

    def work(unit: Unit) -> str:
        take_turn(unit.session)
        known = printed(unit.conn, ctx.desk)
        before = max((last for _first, last in known), default=0)
        first = 1 + max(before, *entered(unit.conn, ctx.desk), 0)
        unit.tell(PRINTED, pad_ref(ctx.desk), first=first, last=first + count - 1)
        return f"pad:{first}:{first + count - 1}"

    _word, first, last = once(ctx, "pad", actor, key, work).split(":")
    numbers = tuple(Paper(ctx.desk, no).text for no in range(int(first), int(last) + 1))
    target = path
    if target is None:
        ctx.exports.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = ctx.exports / f"pad-{numbers[0]}-to-{numbers[-1]}.pdf"
    try:
        write_file(target, render_pad(_pad(ctx, numbers, actor), ctx.clock.now()))
    except PaperError as e:
        raise DeskError("paper", reason=e.code) from e
    except OSError as e:
        raise DeskError("file", path=str(target), reason=e) from e
    return PadReport(target, numbers[0], numbers[-1])


def _require_place(path: Path) -> None:
    """Refuse a place before a number is used up."""
    if path.exists():
        raise DeskError("exists", path=str(path))
    folder = path.absolute().parent
    if not os.access(folder, os.W_OK | os.X_OK):
        problem = errno.EACCES if folder.exists() else errno.ENOENT
        raise DeskError("file", path=str(path), reason=OSError(problem, ""))


def _pad(ctx: DeskContext, numbers: tuple[str, ...], actor: Actor) -> EmergencyPad:
    circular = ctx.circular
    return EmergencyPad(
        head=letterhead(circular),
        desk=wording.desk(ctx.desk),
        numbers=numbers,
        items=tuple(
            PadItem(
                place=circular.group(item.group).name,
                no=str(item.no),
                name=item.title,
                due=wording.SEVERAL if item.copies_vary else str(item.copies),
            )
            for item in circular.items
        ),
        originals=tuple(kind.name for kind in circular.originals),
        fee=yuan(circular.fee.amount_fen),
        methods=tuple(method.name for method in circular.fee.methods),
        printed_at=wording.minute(local(ctx.clock.now())),
        clerk=actor.name,
    )
