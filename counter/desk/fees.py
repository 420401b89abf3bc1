"""The fee: checked against the circular's methods, noted once, settled later when it was due."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import UUID

from counter.circular.model import Circular, FeeOutcome
from counter.clock import business_date
from counter.desk.act import act_on
from counter.desk.context import DeskContext
from counter.desk.forms import FeeInput
from counter.desk.loaded import Loaded
from counter.desk.permit import use_case
from counter.desk.rows import FEES, blank
from counter.desk.unit import Unit, ref_of
from counter.desk.views import Act, Actor, SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.rules.clean import one_line
from counter.rules.status import FeeState, require_fee_move

MOST_CHANGE_FEN: Final = 10_000_00
"""Nobody hands over more than 10,000 yuan above the fee; a figure like that is a scan or a slip."""


def checked_fee(circular: Circular, fee: FeeInput) -> FeeInput:
    """Return the fee with its texts cleaned and the cash handed over filled in.

    Raises DeskError("fee", reason): unknown-method, document-needed, too-little, too-much, not-cash.
    """
    method = next((m for m in circular.fee.methods if m.code == fee.method), None)
    if method is None:
        raise DeskError("fee", reason="unknown-method")
    document = one_line(fee.document_no, 80)
    if method.needs_document and not document:
        raise DeskError("fee", reason="document-needed")
    due = circular.fee.amount_fen
    if fee.tendered_fen and not method.cash:
        raise DeskError("fee", reason="not-cash")
    if method.cash and fee.tendered_fen and fee.tendered_fen < due:
        raise DeskError("fee", reason="too-little")
    if fee.tendered_fen > due + MOST_CHANGE_FEN:
        raise DeskError("fee", reason="too-much")
    return replace(
        fee,
        tendered_fen=(fee.tendered_fen or due) if method.cash else 0,
        bill_code=one_line(fee.bill_code, 40),
        bill_number=one_line(fee.bill_number, 40),
        document_no=document,
    )


def note_fee(unit: Unit, circular: Circular, loaded: Loaded, fee: FeeInput) -> Loaded:
    """Write the fee of a submission, or settle the one that was due, and tell the journal."""
    outcome = circular.method(fee.method).outcome
    now = FeeState(loaded.sub["fee_state"])
    require_fee_move(now, FeeState(str(outcome)))
    values = {
        "state": str(outcome),
        "method": fee.method,
        "tendered_fen": fee.tendered_fen,
        "bill_code": fee.bill_code,
        "bill_number": fee.bill_number,
        "document_no": fee.document_no,
        "at": unit.now,
        "day": business_date(unit.now).isoformat(),
        "actor": unit.actor.name,
    }
    if loaded.fee is None:
        row = blank(FEES, submission_id=loaded.id, amount_fen=circular.fee.amount_fen, **values)
        made = unit.add(loaded, FEES, row)
    else:
        made = unit.set(loaded, FEES, loaded.fee, version=loaded.fee["version"] + 1, **values)
    unit.tell(
        "fee.recorded",
        ref_of(loaded),
        state=made["state"],
        method=made["method"],
        amount_fen=made["amount_fen"],
        tendered_fen=made["tendered_fen"],
    )
    return replace(loaded, fee=made)


@use_case
def settle_fee(
    ctx: DeskContext, *, submission_id: SubmissionId, version: int, fee: FeeInput, actor: Actor, key: UUID
) -> SubmissionView:
    """Take, or note, the fee of an accepted submission that was left due. Raises DeskError("fee", reason)."""

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        circular = unit.circular(loaded)
        checked = checked_fee(circular, fee)
        outcome = circular.method(fee.method).outcome
        if outcome is FeeOutcome.DUE or str(outcome) == loaded.sub["fee_state"]:
            raise DeskError("fee", reason="not-settled")
        loaded = note_fee(unit, circular, loaded, checked)
        assert loaded.fee is not None
        changed = unit.change(loaded, fee_state=loaded.fee["state"])
        unit.tell("submission.fee", ref_of(loaded), state=loaded.fee["state"])
        return changed

    return act_on(
        ctx,
        "settle-fee",
        submission_id=submission_id,
        version=version,
        act=Act.SETTLE_FEE,
        actor=actor,
        key=key,
        work=work,
    )


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

    return act_on(
        ctx, "bill", submission_id=submission_id, version=version, act=None, actor=actor, key=key, work=work
    )
