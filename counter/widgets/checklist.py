"""The checklist: every item of the circular on one page, with what was found and what is still open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from counter.desk.views import FindingView, ItemView
from counter.i18n import _
from counter.rules.finding import FindingKind
from counter.text import width as cell_width
from counter.widgets.paint import Painted, Row
from counter.widgets.words import FINDINGS, UNJUDGED


@dataclass(frozen=True)
class Columns:
    """Where things stand in a row."""

    name: int
    name_cells: int
    original: int
    count_end: int
    finding: int
    note: int


NARROW = Columns(14, 33, 48, 57, 59, 65)
WIDE = Columns(14, 42, 55, 65, 67, 73)
WIDE_FROM = 86
"""Cells from which the full item names fit."""


class Checklist(Painted):
    """Items in their groups; the screen moves the cursor and records the findings."""

    items: Sequence[ItemView] = ()
    pending: Mapping[str, FindingKind | None] = {}
    """Findings on their way to the records: shown at once, but not yet as saved."""
    at: int = 0
    live: bool = True
    """False when nothing can be changed: no cursor then."""
    airy: bool = False
    """True where there is room for a blank row between the groups."""

    def show(
        self,
        items: Sequence[ItemView],
        pending: Mapping[str, FindingKind | None],
        at: int,
        *,
        live: bool,
        airy: bool,
    ) -> None:
        """Show findings and cursor as they are now."""
        self.items, self.pending, self.at = items, dict(pending), at
        self.live, self.airy = live, airy
        self.repaint()

    def rows(self, width: int, height: int) -> Sequence[Row]:
        at = WIDE if width >= WIDE_FROM else NARROW
        head = Row("panel").put(1, _("Volume"), "muted", 9).put(at.name, _("Item"), "muted")
        head.put(at.original, _("Orig."), "muted", 5).right(at.count_end, _("Num."), "muted")
        head.put(at.finding, _("Finding"), "muted", 5).put(at.note, _("Remark"), "muted")
        rows, group, plane = [head], "", "ground"
        for index, item in enumerate(self.items):
            first = item.group != group
            if first:
                if group and self.airy:
                    rows.append(Row())
                group, plane = item.group, "surface" if plane == "ground" else "ground"
            rows.append(self._row(item, index, plane, at, width, first=first))
        return rows

    def _row(self, item: ItemView, index: int, plane: str, at: Columns, width: int, *, first: bool) -> Row:
        current = self.live and index == self.at
        row = Row("row" if current else plane)
        if current:
            row.put(0, " ", "bar").put(10, ">", "accent-strong")
        if first:
            row.put(1, item.group_name, "accent-strong", 9)
        waiting = item.code in self.pending
        kind = (
            self.pending[item.code]
            if waiting
            else item.finding.kind
            if item.finding and judged(item)
            else None
        )
        done = kind in (FindingKind.OK, FindingKind.WAIVED) or not item.open
        wrong = kind in (FindingKind.MISSING, FindingKind.DEFECT)
        tone = "strong" if current or wrong else "muted" if done else "fact"
        row.right(13, str(item.no), tone)
        name = item.title if at is WIDE else item.short
        original = _original(item, kind)
        cells = min(at.name_cells, at.original - at.name - 1) if original else at.name_cells
        row.put(at.name, name, tone, cells)
        if original:
            row.put(at.original, original, "muted" if done else "fact", 4)
        count = _count(item, kind, None if waiting else item.finding)
        if count:
            row.right(at.count_end, count, "error-fact" if _lacks(kind, item, waiting) else tone)
        _state(row, at.finding, kind, waiting=waiting, current=current)
        if not waiting and item.finding is not None:
            note = remark(item.finding)
            before = _("was: {note}").format(note=note)
            if item.finding.earlier and cell_width(before) <= width - at.note:
                note = before
            row.put(at.note, note, "fact" if wrong else "muted", width - at.note)
        return row


def judged(item: ItemView) -> bool:
    """Tell whether an item has a finding of this visit; one of an earlier visit has to be judged anew."""
    return item.finding is not None and not item.finding.earlier


def remark(finding: FindingView) -> str:
    """Return what stands beside a finding: its reason, or how many there are."""
    if finding.waive_reason is not None:
        return finding.waive_reason.short
    if finding.lacking and len(finding.reasons) <= 1:
        return _("{n} short").format(n=finding.lacking)
    if len(finding.reasons) > 1:
        return _("{n} reasons").format(n=len(finding.reasons))
    return finding.reasons[0].short if finding.reasons else ""


def _state(row: Row, x: int, kind: FindingKind | None, *, waiting: bool, current: bool) -> None:
    if waiting:
        row.put(x, f"{FINDINGS[kind][0] if kind else UNJUDGED}..", "fact" if current else "faint")
    elif kind is None:
        row.put(x, UNJUDGED, "fact" if current else "faint")
    elif kind in (FindingKind.MISSING, FindingKind.DEFECT):
        row.chip(x - 1, FINDINGS[kind][0], FINDINGS[kind][1], 6)
    else:
        row.put(x, *FINDINGS[kind])


def _original(item: ItemView, kind: FindingKind | None) -> str:
    if not item.needs_original or kind is FindingKind.WAIVED:
        return ""
    seen = kind is FindingKind.OK or bool(item.finding and item.finding.original_seen)
    return _("seen") if seen and kind is not FindingKind.MISSING else _("see")


def _count(item: ItemView, kind: FindingKind | None, finding: FindingView | None) -> str:
    if kind is FindingKind.WAIVED:
        return ""
    if kind is None:
        return f"-/{item.copies}"
    if kind is FindingKind.MISSING:
        return f"0/{item.copies}"
    counted = finding.copies if finding and finding.copies is not None else item.copies
    return f"{counted}/{item.copies}"


def _lacks(kind: FindingKind | None, item: ItemView, waiting: bool) -> bool:
    if waiting:
        return False
    return kind is FindingKind.MISSING or bool(item.finding and item.finding.lacking)
