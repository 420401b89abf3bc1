"""What was put aside or left in the middle, the longest first; F9 or a scan takes one up again."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from counter import keys
from counter.i18n import _
from counter.screens.rows_dialog import MOST, Listing, RowsDialog
from counter.screens.words import STATUSES

if TYPE_CHECKING:
    from counter.desk.actor import Actor
    from counter.desk.context import DeskContext
    from counter.desk.home_views import TodayRow


def _read(ctx: DeskContext, actor: Actor) -> tuple[TodayRow, ...]:
    from counter.desk import today

    parked = today.parked(ctx, limit=MOST, actor=actor)
    return (*parked, *today.unfinished(ctx, limit=MOST, actor=actor))


def _about(row: TodayRow) -> str:
    return f"{STATUSES[row.status][0]}  {row.note}"


class ParkedScreen(RowsDialog, inherit_bindings=False):
    """The parked submissions, then the unfinished ones; gives the one to take up."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "parked", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "parked", "list", "dialog")

    def __init__(self) -> None:
        super().__init__(
            Listing(
                title=_("Parked and not finished"),
                act=_("Take up"),
                ask=_("Choose one, press F9 to take it up"),
                empty=_("Nothing is parked or left unfinished; press Esc"),
                read=_read,
                about=_about,
            )
        )
