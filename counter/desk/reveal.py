"""Seeing somebody's whole identity number and telephone: with a reason, and the journal hears of it.

Everywhere else both are masked. The journal tells who saw whose data and why, never the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from counter.desk.context import DeskContext
from counter.desk.permit import use_case
from counter.desk.rows import ENTRIES
from counter.desk.unit import Unit, require_still_here, writing
from counter.desk.views import Actor, EntryId
from counter.errors import DeskError

REASONS: Final = ("compare", "contact", "report", "audit")
"""Why somebody may want to see it: to compare it with a card, to call the person, for the list that goes to
the committee, to look over the desk's work."""


@dataclass(frozen=True)
class RevealedView:
    """What is masked elsewhere; for the screen it was asked on, and for no longer."""

    entry_id: EntryId
    name: str
    identity: str
    phone: str


@use_case
def reveal(ctx: DeskContext, *, entry_id: EntryId, reason: str, actor: Actor) -> RevealedView:
    """Return somebody's whole identity number and telephone once the journal has been told.

    Raises DeskError("reveal-reason", given), DeskError("unknown-entry"), DeskError("erased") and
    DeskError("disabled").
    """
    require_reason(reason)
    with writing(ctx) as session:
        unit = Unit(session, ctx, actor)
        require_still_here(unit.conn, actor)
        row = unit.conn.execute(sa.select(ENTRIES).where(ENTRIES.c.id == entry_id)).one_or_none()
        if row is None:
            raise DeskError("unknown-entry")
        if not row.subject_key:
            raise DeskError("erased")
        unit.tell("person.revealed", f"roster_entry:{entry_id}", reason=reason)
    return RevealedView(entry_id, row.name, row.id_number, row.phone)


def require_reason(reason: str) -> None:
    """Refuse a reason that is not in the list. Raises DeskError("reveal-reason", given)."""
    if reason not in REASONS:
        raise DeskError("reveal-reason", given=reason, reasons=REASONS)
