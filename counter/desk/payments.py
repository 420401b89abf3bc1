"""Money that moves: taken with a fee, given back as a record of its own, never changed or deleted.

A void or refund has its own number in the series of slips, negates one payment, and carries who asked and
who allowed it. The fee goes to `voided`, so the right one may follow.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from counter.circular.model import Circular
from counter.clock import business_date
from counter.desk import approvals, clockguard
from counter.desk.act import act_on
from counter.desk.assemble import assemble
from counter.desk.context import DeskContext
from counter.desk.figures import slip_display, slip_number
from counter.desk.home_views import TodayRow
from counter.desk.issue import issue, stamp
from counter.desk.loaded import Loaded
from counter.desk.money_papers import slip
from counter.desk.money_views import PaymentView
from counter.desk.permit import use_case
from counter.desk.rows import ENTRIES, FEES, PAYMENTS, SUBMISSIONS, Row, as_row, blank
from counter.desk.shifts import live_shift, taking_shift
from counter.desk.today import row_of
from counter.desk.unit import Unit, reading, ref_of
from counter.desk.views import Actor, ApprovalId, SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.rules.status import FeeState, can_void_fee
from db.journal import JournalMark
from db.numbering import next_number
from receipts.money_data import FeeSlip

FEE_SERIES: Final = "fee"
"""Slips of money taken, voided and refunded run in one series per office and year."""

NO_BILL: Final = sa.text(
    "fee.state IN ('paid', 'elsewhere') AND fee.bill_number = '' AND fee.document_no = ''"
)
"""What a fee lacks that has no fiscal bill yet; the partial index says the same."""


def take(unit: Unit, loaded: Loaded, fee: Row) -> Row:
    """Record the money of a fee that is paid here, in this clerk's open shift.

    Raises DeskError as `taking_shift`.
    """
    return _add(unit, loaded, taking_shift(unit), fee, kind="take", amount_fen=fee["amount_fen"])


def slip_of(
    unit: Unit, circular: Circular, loaded: Loaded, payment: Row, fee: Row, mark: JournalMark
) -> FeeSlip:
    """Return the slip of a payment, to be printed with whatever else its act prints."""
    negated = None
    if payment["negates"] is not None:
        negated = slip_number(_payment(unit.conn, payment["negates"]))
    sub = assemble(unit.ctx, circular, loaded)
    return slip(circular, sub, slip_number(payment), payment, fee, stamp(unit, mark), negated)


@use_case
def void_payment(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    approval: ApprovalId,
    actor: Actor,
    key: UUID,
) -> SubmissionView:
    """Take back a payment of this very shift, or a fee noted as settled elsewhere.

    `approval` is of kind `void` for this submission; its reason is the void's. Raises DeskError("approval"),
    DeskError("nothing-to-void"), DeskError("void-later") for a payment of an earlier shift, which only a
    refund gives back, and what `taking_shift` raises.
    """
    return _give_back(ctx, "void", submission_id, version, approval, actor, key)


@use_case
def refund_payment(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    approval: ApprovalId,
    actor: Actor,
    key: UUID,
) -> SubmissionView:
    """Give back a payment of an earlier shift out of this one, on a written request.

    `approval` is of kind `refund`. Raises as `void_payment`, and DeskError("refund-now") for a payment of
    this shift, which is voided.
    """
    return _give_back(ctx, "refund", submission_id, version, approval, actor, key)


def _give_back(
    ctx: DeskContext,
    kind: str,
    submission_id: SubmissionId,
    version: int,
    approval: ApprovalId,
    actor: Actor,
    key: UUID,
) -> SubmissionView:
    def work(unit: Unit, loaded: Loaded) -> Loaded:
        clockguard.require(unit)
        fee = loaded.fee
        if fee is None or not can_void_fee(FeeState(fee["state"])):
            raise DeskError("nothing-to-void")
        taken = _standing(unit.conn, fee["id"])
        made: Row | None = None
        if taken is None:  # settled elsewhere: nothing was taken here
            if kind == "refund":
                raise DeskError("nothing-to-void")
            given = approvals.use(unit, approval, kind=kind, ref=ref_of(loaded))
        else:
            shift = taking_shift(unit)
            if (taken["shift_id"] == shift["id"]) != (kind == "void"):
                raise DeskError("void-later" if kind == "void" else "refund-now")
            given = approvals.use(unit, approval, kind=kind, ref=ref_of(loaded))
            made = _add(
                unit,
                loaded,
                shift,
                fee,
                kind=kind,
                amount_fen=-taken["amount_fen"],
                negates=taken["id"],
                reason=given["reason"],
                requested_by=given["requested_by"],
                approved_by=given["approved_by"],
                approval_id=given["id"],
            )
        voided = unit.set(loaded, FEES, fee, version=fee["version"] + 1, state=str(FeeState.VOIDED))
        changed = unit.change(loaded, fee_state=str(FeeState.VOIDED))
        mark = unit.tell(
            "fee.voided",
            ref_of(loaded),
            kind_of_void=kind,
            number=slip_number(made).digits if made else "",
            negates=slip_number(taken).digits if taken else "",
            amount_fen=-fee["amount_fen"],
            **approvals.facts(given),
        )
        changed = replace(changed, fee=None)
        if made is None:
            return changed
        circular = unit.circular(changed)
        return issue(unit, circular, changed, (slip_of(unit, circular, changed, made, voided, mark),))

    return act_on(ctx, kind, None, submission_id, version, actor, key, work)


@use_case
def payments_of(ctx: DeskContext, submission_id: SubmissionId, *, actor: Actor) -> tuple[PaymentView, ...]:
    """Return the money that moved for a submission, the earliest first, and how each could go back now."""
    with reading(ctx) as session:
        return moved(session.connection(), ctx, submission_id)


def moved(conn: sa.Connection, ctx: DeskContext, submission_id: int) -> tuple[PaymentView, ...]:
    """Return the same within a transaction at hand."""
    shift = live_shift(conn, ctx)
    query = (
        sa.select(*PAYMENTS.c, FEES.c.bill_code, FEES.c.bill_number)
        .join(FEES, FEES.c.id == PAYMENTS.c.fee_id)
        .where(PAYMENTS.c.submission_id == submission_id)
        .order_by(PAYMENTS.c.id)
    )
    found: Any = conn.execute(query)
    rows = [as_row(row) for row in found]
    negated = {row["negates"] for row in rows}
    names = {m.code: m.name for m in ctx.circular.fee.methods}
    return tuple(
        PaymentView(
            id=row["id"],
            number=slip_number(row).digits,
            display=slip_display(ctx, row),
            kind=row["kind"],
            method_code=str(row["method"]),
            method=names.get(str(row["method"]), str(row["method"])),
            amount_fen=row["amount_fen"],
            bill_code=row["bill_code"],
            bill_number=row["bill_number"],
            at=row["at"],
            actor=row["actor"],
            approved_by=row["approved_by"] or "",
            reason=row["reason"] or "",
            negated=row["id"] in negated,
            back=""
            if row["kind"] != "take" or row["id"] in negated
            else "void"
            if shift is not None and shift["id"] == row["shift_id"]
            else "refund",
        )
        for row in rows
    )


@use_case
def without_bill(ctx: DeskContext, *, limit: int = 50, offset: int = 0, actor: Actor) -> tuple[TodayRow, ...]:
    """Return one page of the submissions whose fee has no fiscal bill's number yet, the latest first."""
    query = (
        sa.select(SUBMISSIONS, FEES.c.at.label("fee_at"))
        .join(FEES, FEES.c.submission_id == SUBMISSIONS.c.id)
        .where(NO_BILL)
        .order_by(FEES.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    with reading(ctx) as session:
        conn = session.connection()
        subs = [as_row(r) for r in conn.execute(query)]
        ids = [sub["entry_id"] for sub in subs]
        entries = {r.id: as_row(r) for r in conn.execute(sa.select(ENTRIES).where(ENTRIES.c.id.in_(ids)))}
    latest = ({**sub, "touched_at": sub["fee_at"], "park_note": ""} for sub in subs)
    return tuple(row_of(ctx, sub, entries[sub["entry_id"]]) for sub in latest)


def _standing(conn: sa.Connection, fee_id: int) -> Row | None:
    """Return the payment of a fee that was not given back, None when nothing was taken here."""
    other = PAYMENTS.alias()
    found = conn.execute(
        sa.select(PAYMENTS).where(
            PAYMENTS.c.fee_id == fee_id,
            PAYMENTS.c.kind == "take",
            ~sa.exists().where(other.c.negates == PAYMENTS.c.id),
        )
    ).one_or_none()
    return None if found is None else as_row(found)


def _payment(conn: sa.Connection, payment_id: int) -> Row:
    return as_row(conn.execute(sa.select(PAYMENTS).where(PAYMENTS.c.id == payment_id)).one())


def _add(
    unit: Unit, loaded: Loaded, shift: Row, fee: Row, *, kind: str, amount_fen: int, **more: object
) -> Row:
    office, day = unit.ctx.circular.office.code, business_date(unit.now)
    row = blank(
        PAYMENTS,
        submission_id=loaded.id,
        fee_id=fee["id"],
        shift_id=shift["id"],
        office=office,
        year=day.year,
        desk=unit.ctx.desk,
        kind=kind,
        method=fee["method"],
        amount_fen=amount_fen,
        tendered_fen=fee["tendered_fen"] if kind == "take" else 0,
        requested_by=unit.actor.name,
        at=unit.now,
        day=day.isoformat(),
        actor=unit.actor.name,
    )
    row |= more
    row["serial"] = next_number(unit.session, office=office, series=FEE_SERIES, year=day.year)
    return unit.add_own(PAYMENTS, row)
