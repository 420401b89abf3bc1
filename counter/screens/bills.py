"""Fees whose fiscal bill has no number yet, the latest first; F9 opens one to add it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from counter import keys
from counter.i18n import _
from counter.screens.rows_dialog import MOST, Listing, RowsDialog
from counter.screens.words import FEES

if TYPE_CHECKING:
    from counter.desk.actor import Actor
    from counter.desk.context import DeskContext
    from counter.desk.home_views import TodayRow


def _read(ctx: DeskContext, actor: Actor) -> tuple[TodayRow, ...]:
    from counter.desk import payments

    return payments.without_bill(ctx, limit=MOST, actor=actor)


def _about(row: TodayRow) -> str:
    return f"{FEES[row.fee_state][0]}  {row.employer_short}"


class BillsScreen(RowsDialog, inherit_bindings=False):
    """The fees without a bill; gives the submission to open."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "bills", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "bills", "list", "dialog")

    def __init__(self) -> None:
        super().__init__(
            Listing(
                title=_("Fees without a bill number"),
                act=_("Open"),
                ask=_("Choose one, press F9 to open it and add the number"),
                empty=_("Every fee has its bill number; press Esc"),
                read=_read,
                about=_about,
            )
        )
