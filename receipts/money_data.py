"""What stands on the papers of the money, as final text: the slip of a payment, the sheet of a day.

A void or refund has a slip of its own that names the one it takes back; the slip taken back says so on every
later print. The day sheet carries the whole seal of the journal: signed twice and filed, it is what nobody
can rewrite.
"""

from __future__ import annotations

from dataclasses import dataclass

from receipts.parts import NO_COPY, ONE_SHEET, Applicant, CopyMark, Letterhead


@dataclass(frozen=True, kw_only=True)
class FeeSlip:
    """缴费凭条, A5: money that moved at the counter; never a fiscal bill."""

    head: Letterhead
    display_number: str
    digits: str
    online_id: str
    receipt: str
    """Official number of the receipt it belongs to."""
    applicant: Applicant
    move: str
    """缴费, 作废 or 退费."""
    item: str
    """What the money is for, such as 中级职称评定，每人 1 次."""
    basis: str
    amount: str
    """Figures with two decimals; with a minus sign when the money went back."""
    capitals: str
    """The same in capitals, such as 人民币叁佰元整."""
    method: str
    tendered: str = ""
    """Cash handed over, when it was more."""
    change: str = ""
    bill: str = ""
    """Code and number of the fiscal bill, when known."""
    price: str = ""
    """Why the sum differs from the circular's, when it does."""
    negates: str = ""
    """Official number of the slip this one takes back."""
    reason: str = ""
    approved_by: str = ""
    voided: str = ""
    """Said on a later print of a slip that was taken back since."""
    clerk: str
    desk: str
    taken_at: str
    """To the minute."""
    date: str
    notes: tuple[str, ...] = ()
    legal: str = ""
    journal_seq: str = ""
    journal_head: str = ""
    anchor: str = ""
    sheets: tuple[str, ...] = ONE_SHEET
    copy: CopyMark = NO_COPY
    template_version: int = 1


@dataclass(frozen=True, kw_only=True)
class SheetRow:
    """One figure of the day sheet."""

    label: str
    count: str = ""
    amount: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class SheetSection:
    """Figures that belong together."""

    code: str
    """Tells the template where it stands."""
    title: str
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, kw_only=True)
class DaySheet:
    """日结单, A4: one shift from float to variance, with the journal's seal, signed by two."""

    head: Letterhead
    display_number: str
    digits: str
    day: str
    clerk: str
    closed_by: str
    desk: str
    opened_at: str
    closed_at: str
    sections: tuple[SheetSection, ...]
    count: tuple[SheetRow, ...]
    """The drawer by note and coin as it was counted."""
    cash: tuple[SheetRow, ...]
    """Float, movements, expected, counted, variance."""
    variance: str = ""
    """Why the drawer differs, empty when it does not."""
    perpetual: str
    """Count and sum of all payments since the first."""
    chain_seq: str
    chain_head: str
    """The journal's seal at the close, 64 hex digits in groups."""
    anchor: str
    """What the QR code says: digits, event and the whole seal."""
    date: str
    notes: tuple[str, ...] = ()
    legal: str = ""
    journal_seq: str = ""
    journal_head: str = ""
    sheets: tuple[str, ...] = ONE_SHEET
    copy: CopyMark = NO_COPY
    template_version: int = 1
