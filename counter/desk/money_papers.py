"""The two papers of the money: the slip of a payment and the sheet of a day, as final text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from counter.circular.model import Circular
from counter.clock import local
from counter.desk.documents import Stamp, anchor_of, applicant_of, display, letterhead
from counter.desk.figures import line
from counter.desk.money_views import Section
from counter.desk.rows import Row
from counter.desk.views import SubmissionView
from counter.rules.money import capitals, yuan
from receipts import wording
from receipts.money_data import DaySheet, FeeSlip, SheetRow, SheetSection
from receipts.money_wording import (
    DAY_SHEETS,
    FIGURES,
    MONEY_REASONS,
    SECTIONS,
    SLIP_KINDS,
    paid_price,
    perpetual,
    pieces,
)
from receipts.number import PaperKind, PaperNumber
from receipts.parts import sheets

SHOWN: Final = (
    "payments", "methods", "reconcile", "open", "submissions", "originals", "papers", "approvals", "refusals",
    "staff",
)  # fmt: skip
"""Sections of the day sheet in their order; the drawer has a place of its own."""


def slip(
    circular: Circular,
    sub: SubmissionView,
    number: PaperNumber,
    payment: Row,
    fee: Row,
    at: Stamp,
    negated: PaperNumber | None = None,
) -> FeeSlip:
    """Return the 缴费凭条 of a payment; `negated` is the slip that a void or refund takes back."""
    text = circular.paper(PaperKind.FEE_SLIP)
    amount = payment["amount_fen"]
    change = payment["tendered_fen"] - amount if payment["tendered_fen"] > amount > 0 else 0
    usual = circular.fee.amount_fen
    when = local(at.at)
    return FeeSlip(
        head=letterhead(circular),
        display_number=display(circular, number),
        digits=number.digits,
        online_id=sub.person.online_id,
        receipt=sub.display,
        applicant=applicant_of(sub),
        move=SLIP_KINDS[payment["kind"]],
        item=circular.fee.text,
        basis=circular.fee.basis,
        amount=yuan(amount),
        capitals=("负" if amount < 0 else "") + capitals(abs(amount)),
        method=circular.method(fee["method"]).name,
        tendered=yuan(payment["tendered_fen"]) if change else "",
        change=yuan(change) if change else "",
        bill=" ".join(filter(None, (fee["bill_code"], fee["bill_number"]))),
        price=paid_price(yuan(usual)) if abs(amount) != usual else "",
        negates=display(circular, negated) if negated is not None else "",
        reason=_reason(payment["reason"]),
        approved_by=payment["approved_by"] or "",
        clerk=at.clerk,
        desk=wording.desk(at.desk),
        taken_at=wording.minute(when),
        date=wording.day(when),
        notes=text.lines,
        legal=text.basis,
        sheets=sheets(text.copies),
        journal_seq=str(at.seq) if at.head else "",
        journal_head=at.head,
        anchor=anchor_of(number, at),
    )


def day_sheet(
    circular: Circular,
    number: PaperNumber,
    shift: Row,
    closing: Row,
    count: Sequence[tuple[int, int]],
    sections: Sequence[Section],
    at: Stamp,
    *,
    seal: str,
    anchor: str,
) -> DaySheet:
    """Return the 日结单 of a close; `seal` is the whole seal of the event the close ends with."""
    text = circular.paper(PaperKind.DAY_SHEET)
    when = local(at.at)
    drawer = {code: line(sections, "drawer", code) for code in ("cash_in", "cash_out")}
    reason = _reason(closing["variance_reason"])
    return DaySheet(
        head=letterhead(circular),
        display_number=display(circular, number),
        digits=number.digits,
        day=closing["day"],
        clerk=shift["clerk"],
        closed_by=at.clerk,
        desk=wording.desk(at.desk),
        opened_at=wording.minute(local(shift["opened_at"])),
        closed_at=wording.minute(when),
        sections=tuple(
            SheetSection(code=s.code, title=SECTIONS[s.code], rows=rows)
            for s in sorted((s for s in sections if s.code in SHOWN), key=lambda s: SHOWN.index(s.code))
            if (rows := _rows(s))
        ),
        count=tuple(
            SheetRow(label=f"{yuan(fen)} 元", count=pieces(n), amount=yuan(fen * n)) for fen, n in count
        ),
        cash=(
            _cash("float", closing["float_fen"]),
            _cash("cash_in", drawer["cash_in"].fen or 0, drawer["cash_in"].count),
            _cash("cash_out", drawer["cash_out"].fen or 0, drawer["cash_out"].count),
            _cash("expected", closing["expected_fen"]),
            _cash("counted", closing["counted_fen"]),
            _cash("variance", closing["variance_fen"]),
        ),
        variance=reason,
        perpetual=perpetual(closing["perpetual_count"], yuan(closing["perpetual_fen"])),
        chain_seq=str(at.seq),
        chain_head=" ".join(seal[i : i + 8] for i in range(0, 64, 8)),
        anchor=anchor,
        date=wording.day(when),
        notes=text.lines,
        legal=text.basis,
        sheets=DAY_SHEETS[: text.copies] or DAY_SHEETS[:1],
        journal_seq=str(at.seq),
        journal_head=at.head,
    )


def _reason(code: str) -> str:
    return MONEY_REASONS.get(code, code)


def _cash(code: str, fen: int, count: int | None = None) -> SheetRow:
    return SheetRow(label=FIGURES[code], count="" if count is None else str(count), amount=yuan(fen))


def _rows(section: Section) -> tuple[SheetRow, ...]:
    made = []
    for x in section.lines:
        label = FIGURES.get(f"{section.code}.{x.code}") or FIGURES.get(x.code) or x.code
        named = section.code == "methods"
        if section.code == "approvals":
            ref, asked, gave, reason = (*x.text.split("|"), "", "", "", "")[:4]
            text = f"{ref} {asked}/{gave} {_reason(reason)}"
        else:
            text = "" if named else x.text
        if x.count is None and x.fen is None and not text:
            continue
        made.append(
            SheetRow(
                label=x.text if named else label,
                count="" if x.count is None else str(x.count),
                amount="" if x.fen is None else yuan(x.fen),
                text=text,
            )
        )
    return tuple(made)
