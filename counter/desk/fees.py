"""The fee: checked against the circular's methods, noted once, settled later when it was due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import UUID

from counter.circular.model import Circular, FeeOutcome
from counter.clock import business_date
from counter.desk import approvals, payments
from counter.desk.act import act_on
from counter.desk.context import DeskContext
from counter.desk.figures import slip_number
from counter.desk.forms import FeeInput
from counter.desk.issue import issue
from counter.desk.loaded import Loaded
from counter.desk.permit import use_case
from counter.desk.rows import FEES, blank
from counter.desk.unit import Unit, ref_of
from counter.desk.views import Act, Actor, SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.rules.clean import one_line
from counter.rules.status import FeeState, require_fee_move
from receipts.money_data import FeeSlip

MOST_CHANGE_FEN: Final = 10_000_00
"""Nobody hands over more than 10,000 yuan above the fee; a figure like that is a scan or a slip."""

MOST_PRICE_FEN: Final = 100_000_00
"""A hundred thousand yuan; an assessment costs hundreds."""


def price_ref(submission_id: int, fen: int) -> str:
    """Return how an approval names another sum for a submission: it is for that sum and no other."""
    return f"submission:{submission_id}:{fen}"


def checked_fee(circular: Circular, fee: FeeInput) -> FeeInput:
    """Return the fee with its texts cleaned, its sum and the cash handed over filled in.

    A sum other than the circular's needs an approval of kind `price` for `price_ref`.
    Raises DeskError("fee", reason): unknown-method, document-needed, too-little, too-much, not-cash,
    price (no approval), price-range.
    """
    method = next((m for m in circular.fee.methods if m.code == fee.method), None)
    if method is None:
        raise DeskError("fee", reason="unknown-method")
    document = one_line(fee.document_no, 80)
    if method.needs_document and not document:
        raise DeskError("fee", reason="document-needed")
    due = fee.amount_fen or circular.fee.amount_fen
    if not 0 < due <= MOST_PRICE_FEN:
        raise DeskError("fee", reason="price-range")
    if due != circular.fee.amount_fen and fee.approval is None:
        raise DeskError("fee", reason="price")
    if fee.tendered_fen and not method.cash:
        raise DeskError("fee", reason="not-cash")
    if method.cash and fee.tendered_fen and fee.tendered_fen < due:
        raise DeskError("fee", reason="too-little")
    if fee.tendered_fen > due + MOST_CHANGE_FEN:
        raise DeskError("fee", reason="too-much")
    return replace(
        fee,
        amount_fen=due,
        tendered_fen=(fee.tendered_fen or due) if method.cash else 0,
        bill_code=one_line(fee.bill_code, 40),
        bill_number=one_line(fee.bill_number, 40),
        document_no=document,
    )


def note_fee(
    unit: Unit, circular: Circular, loaded: Loaded, fee: FeeInput
) -> tuple[Loaded, Callable[[Loaded], tuple[FeeSlip, ...]]]:
    """Write the fee of a submission, or settle the one that was due, with the money if it is paid here.

    Returns the rows as they are now and what makes the slip of the money, once the rest of the act is done.
    Raises DeskError("approval") for a sum nobody allowed and, for a fee paid here, as `taking_shift`.
    """
    outcome = circular.method(fee.method).outcome
    now = FeeState(loaded.sub["fee_state"])
    require_fee_move(now, FeeState(str(outcome)))
    usual = circular.fee.amount_fen
    approved: dict[str, object] = {}
    if fee.amount_fen != usual and (loaded.fee is None or loaded.fee["amount_fen"] != fee.amount_fen):
        if fee.approval is None:
            raise DeskError("fee", reason="price")
        given = approvals.use(unit, fee.approval, kind="price", ref=price_ref(loaded.id, fee.amount_fen))
        approved = {"before_fen": usual, **approvals.facts(given)}
    values = {
        "state": str(outcome),
        "method": fee.method,
        "amount_fen": fee.amount_fen,
        "tendered_fen": fee.tendered_fen,
        "bill_code": fee.bill_code,
        "bill_number": fee.bill_number,
        "document_no": fee.document_no,
        "at": unit.now,
        "day": business_date(unit.now).isoformat(),
        "actor": unit.actor.name,
    }
    if loaded.fee is None:
        made = unit.add(loaded, FEES, blank(FEES, submission_id=loaded.id, **values))
    else:
        made = unit.set(loaded, FEES, loaded.fee, version=loaded.fee["version"] + 1, **values)
    payment = payments.take(unit, loaded, made) if outcome is FeeOutcome.PAID else None
    mark = unit.tell(
        "fee.recorded",
        ref_of(loaded),
        state=made["state"],
        method=made["method"],
        amount_fen=made["amount_fen"],
        tendered_fen=made["tendered_fen"],
        payment=slip_number(payment).digits if payment else "",
        **approved,
    )

    def slips(after: Loaded) -> tuple[FeeSlip, ...]:
        return () if payment is None else (payments.slip_of(unit, circular, after, payment, made, mark),)

    return replace(loaded, fee=made), slips


@use_case
def settle_fee(
    ctx: DeskContext, *, submission_id: SubmissionId, version: int, fee: FeeInput, actor: Actor, key: UUID
) -> SubmissionView:
    """Take, or note, the fee of an accepted submission that was left due or voided.

    Raises DeskError("fee", reason) and, for money taken here, what `shifts.taking_shift` raises.
    """

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        circular = unit.circular(loaded)
        checked = checked_fee(circular, fee)
        outcome = circular.method(fee.method).outcome
        if outcome is FeeOutcome.DUE or str(outcome) == loaded.sub["fee_state"]:
            raise DeskError("fee", reason="not-settled")
        loaded, slips = note_fee(unit, circular, loaded, checked)
        assert loaded.fee is not None
        changed = unit.change(loaded, fee_state=loaded.fee["state"])
        unit.tell("submission.fee", ref_of(loaded), state=loaded.fee["state"])
        docs = slips(changed)
        return issue(unit, circular, changed, docs) if docs else changed

    return act_on(ctx, "settle-fee", Act.SETTLE_FEE, submission_id, version, actor, key, work)


@use_case
def add_bill_number(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    bill_code: str,
    bill_number: str,
    actor: Actor,
    key: UUID,
) -> SubmissionView:
    """Add the fiscal bill's number to a fee that was noted without one.

    Raises DeskError("no-fee"), DeskError("bill-known") when one is noted already, DeskError("bill-empty").
    """

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        code, number = one_line(bill_code, 40), one_line(bill_number, 40)
        if loaded.fee is None or loaded.fee["state"] not in ("paid", "elsewhere"):
            raise DeskError("no-fee")
        if loaded.fee["bill_number"]:
            raise DeskError("bill-known")
        if not number:
            raise DeskError("bill-empty")
        made = unit.set(
            loaded,
            FEES,
            loaded.fee,
            version=loaded.fee["version"] + 1,
            bill_code=code,
            bill_number=number,
        )
        changed = unit.change(loaded)
        unit.tell("fee.bill", ref_of(loaded))
        return replace(changed, fee=made)

    return act_on(ctx, "bill", None, submission_id, version, actor, key, work)
