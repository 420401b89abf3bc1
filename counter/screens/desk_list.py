"""The day's list on the home screen: its columns, its lines, and the line below that counts them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from counter.clock import local
from counter.i18n import _
from counter.screens.alerts import alerts
from counter.screens.words import FEES, ORIGINALS, STATUSES
from counter.widgets.head import Head
from counter.widgets.paint import Row
from counter.widgets.row_list import cursor
from counter.widgets.rows import columns, heading, name_and_employer

if TYPE_CHECKING:
    from counter.desk.home_views import DeskView, TodayRow
    from counter.desk.money_views import ShiftView


def table(width: int) -> list[tuple[int, int]]:
    """Return the columns: number, name, employer, specialty, status, fee, originals, time."""
    return columns(width, (5, 8, 20, 8, 8, 6, 4, 5), grow=2)


def table_head(width: int) -> Row:
    """Return the heading."""
    words = (
        _("No."),
        _("Name"),
        _("Employer"),
        _("Special."),
        _("State"),
        _("Fee"),
        _("Orig."),
        _("Time"),
    )
    return heading(table(width), words)


def today_row(entry: TodayRow, width: int, marked: bool) -> Row:
    """Paint one submission of the day."""
    row = cursor(Row(), marked)
    at = table(width)
    status, fee, bag = STATUSES[entry.status], FEES[entry.fee_state], ORIGINALS[entry.originals_state]
    row.put(at[0][0], entry.serial, "muted")
    name_and_employer(row, at[1], at[2], entry.name, entry.employer_short)
    kind = (_("Late entry"), "warning-fact") if entry.late else (entry.specialty_short, "muted")
    row.put(at[3][0], *kind, at[3][1])
    row.put(at[4][0], status[0], status[1], at[4][1])
    row.put(at[5][0], fee[0], fee[1], at[5][1] + 1)
    row.put(at[6][0], bag[0], bag[1], at[6][1])
    return row.put(at[7][0], f"{local(entry.at):%H:%M}", "muted")


def shift_words(shift: ShiftView | None) -> tuple[str, str]:
    """Return whether money can be taken here, with its tone."""
    if shift is None:
        return _("no shift, F7"), "warning-fact"
    if shift.state == "counted":
        return _("counted, F7"), "warning-fact"
    if shift.closing:
        return _("closing, F7"), "warning-fact"
    return _("shift {at}").format(at=f"{local(shift.opened_at):%H:%M}"), "muted"


class Foot(Head):
    """How many there are and how many of them are in sight."""

    PLANE = "ground"

    def __init__(self) -> None:
        super().__init__(lambda width: Row())

    def show(self, view: DeskView, in_sight: int, key: Path | None = None) -> None:
        """Show the counts; at a desk where nobody has come yet, that the key wants a copy."""
        shown = min(in_sight, len(view.rows))
        text = (
            _("Today {n}, all listed").format(n=view.total)
            if shown >= view.total
            else _("Today {n}, the latest {shown} in sight").format(n=view.total, shown=shown)
        )

        if key is not None and not view.anybody:
            text = _("Keep a copy elsewhere of the key {key}").format(key=key)
        wrong = alerts(view)

        def paint(width: int) -> Row:
            if wrong:
                more = _(" (and {n} more)").format(n=len(wrong) - 1) if len(wrong) > 1 else ""
                return Row().put(3, f"{wrong[0]}{more}", "error", width - 4)
            row = Row().put(3, text, "muted", width - 4)
            if shown < view.total:
                more = _("earlier ones")
                row.right(width - 1, more, "muted")
                row.right(row.runs[-1].x - 1, _("Down"), "accent-strong")
            return row

        self._paint = paint
        self.repaint()
