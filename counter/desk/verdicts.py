"""Decisions: acceptance, correction notice, rejection, and the visit that answers a notice.

A verdict is computed from the findings and only confirmed here. Numbers, papers and journal come in the
decision's own transaction, so a paper without its decision, or the other way round, cannot exist.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from uuid import UUID

from counter.clock import business_date
from counter.desk import documents
from counter.desk.act import act_on, known_circular, read_loaded
from counter.desk.assemble import assemble, receipt_number
from counter.desk.checklist import move_originals, originals_now
from counter.desk.context import DeskContext
from counter.desk.fees import checked_fee, note_fee
from counter.desk.findings import findings_now, notice_lines
from counter.desk.forms import FeeInput
from counter.desk.hours import closed
from counter.desk.issue import issue, stamp
from counter.desk.loaded import Loaded
from counter.desk.paper_views import PreviewView
from counter.desk.permit import use_case
from counter.desk.rows import NOTICES, blank
from counter.desk.unit import Unit, reading, ref_of
from counter.desk.views import Act, Actor, ApprovalId, SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.rules.clean import one_line
from counter.rules.verdict import check_rejection, verdict
from db.numbering import last_number, next_number
from receipts.barcode import code128_runs
from receipts.data import AcceptanceReceipt, CorrectionNotice, Document
from receipts.number import PaperKind, PaperNumber, parse_number
from receipts.preview import qr_rows

NOTICE_SERIES = "notice"
"""Correction notices run in a series of their own, one per office and year."""


@use_case
def accept(
    ctx: DeskContext, *, submission_id: SubmissionId, version: int, fee: FeeInput, actor: Actor, key: UUID
) -> SubmissionView:
    """Accept a submission whose items are all in order or waived; issue receipt and bag labels.

    Money taken here gets its slip. Raises DeskError("fee", reason) for a fee that cannot be noted like that,
    and what `shifts.taking_shift` raises when it cannot be taken here and now.
    """

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        circular = unit.circular(loaded)
        checked = checked_fee(circular, fee)
        loaded, slips = note_fee(unit, circular, loaded, checked)
        assert loaded.fee is not None
        changed = unit.change(
            loaded,
            status="accepted",
            **_decided(unit),
            deadline=None,
            fee_state=loaded.fee["state"],
        )
        number = receipt_number(changed.sub)
        mark = unit.tell(
            "submission.accepted", ref_of(loaded), number=number.digits, visit=changed.sub["visit"]
        )
        sub = assemble(ctx, circular, changed)
        at = stamp(unit, mark)
        docs: tuple[Document, ...] = (
            documents.receipt(circular, sub, number, checked, at),
            *documents.labels(circular, sub, number, at),
            *slips(changed),
        )
        return issue(unit, circular, changed, docs)

    return act_on(ctx, "accept", Act.ACCEPT, submission_id, version, actor, key, work)


@use_case
def send_correction(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    actor: Actor,
    key: UUID,
    approved: Sequence[ApprovalId] = (),
) -> SubmissionView:
    """Tell the applicant everything that is wanting, once, with a deadline; hand the bags back.

    Raises DeskError("window-over") when no time is left to correct anything, and DeskError("notice-adds",
    items) when a later notice would say what an earlier one could have said and no supervisor has approved
    `notice` for it.
    """

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        circular = unit.circular(loaded)
        before = assemble(ctx, circular, loaded)
        if before.deadline is None or before.deadline.at <= unit.now:
            raise DeskError("window-over")
        added = tuple(line.item for line in before.defects if line.is_new)
        if added and not unit.override("notice", ref_of(loaded), approved):
            raise DeskError("notice-adds", items=added)
        defects = verdict(circular, findings_now(loaded)).defects
        loaded = move_originals(unit, loaded, "returned")
        year, office = business_date(unit.now).year, circular.office.code
        row = blank(
            NOTICES,
            submission_id=loaded.id,
            turn=loaded.sub["visit"],
            office=office,
            year=year,
            lines=notice_lines(defects),
            deadline=before.deadline.at,
            issued_at=unit.now,
            issued_by=unit.actor.name,
            serial=next_number(unit.session, office=office, series=NOTICE_SERIES, year=year),
        )
        made = unit.add(loaded, NOTICES, row)
        number = PaperNumber(PaperKind.NOTICE, year, ctx.desk, made["serial"])
        changed = unit.change(
            loaded,
            status="correction",
            **_decided(unit),
            deadline=before.deadline.at,
            originals_state=originals_now(loaded),
        )
        mark = unit.tell(
            "notice.issued",
            ref_of(loaded),
            number=number.digits,
            turn=made["turn"],
            items=[d.item.code for d in defects],
            added=list(added),
        )
        doc = documents.notice(circular, before, number, stamp(unit, mark))
        return issue(unit, circular, replace(changed, notices=(*changed.notices, made)), (doc,))

    return act_on(ctx, "correction", Act.CORRECT, submission_id, version, actor, key, work)


@use_case
def reject(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    ground: str,
    note: str,
    actor: Actor,
    key: UUID,
) -> SubmissionView:
    """Record that a submission is not accepted, on one of the circular's grounds; hand the bags back.

    Raises DeskError("rejection", faults) with the codes of `RejectionFault`.
    """

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        why = one_line(note, 400)
        if faults := check_rejection(unit.circular(loaded), ground, why):
            raise DeskError("rejection", faults=tuple(map(str, faults)))
        loaded = move_originals(unit, loaded, "returned")
        changed = unit.change(
            loaded,
            status="rejected",
            parked_at=None,
            park_note="",
            **_decided(unit),
            deadline=None,
            ground=ground,
            ground_note=why,
            originals_state=originals_now(loaded),
        )
        unit.tell("submission.rejected", ref_of(loaded), ground=ground)
        return changed

    return act_on(ctx, "reject", Act.REJECT, submission_id, version, actor, key, work)


@use_case
def return_visit(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    actor: Actor,
    key: UUID,
    approved: Sequence[ApprovalId] = (),
) -> SubmissionView:
    """Begin the visit that answers a notice: what it listed is open again and has to be judged anew.

    The bags come in again with everything that was listed in them. Past its deadline the submission lapses
    instead: the view then says so. Raises DeskError("closed", reason, next_opening), unless a supervisor has
    approved `hours` for it.
    """

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        if unit.now >= loaded.notices[-1]["deadline"]:
            changed = unit.change(loaded, status="lapsed", **_decided(unit))
            unit.tell("submission.lapsed", ref_of(loaded), visit=loaded.sub["visit"])
            return changed
        loaded = move_originals(unit, loaded, "held")
        changed = unit.change(
            loaded, visit=loaded.sub["visit"] + 1, originals_state=originals_now(loaded), deadline=None
        )
        unit.tell("submission.returned", ref_of(loaded), visit=changed.sub["visit"])
        return changed

    return act_on(ctx, "return-visit", Act.RETURN_VISIT, submission_id, version, actor, key, work, approved)


@use_case
def preview_accept(
    ctx: DeskContext, *, submission_id: SubmissionId, fee: FeeInput, actor: Actor
) -> PreviewView:
    """Return the receipt as it would be printed now; nothing is stored.

    Raises DeskError("not-allowed") while the verdict is not an acceptance, DeskError("closed"), and
    DeskError("fee").
    """
    loaded = read_loaded(ctx, submission_id)
    circular = known_circular(ctx, loaded)
    sub = assemble(ctx, circular, loaded)
    _require(sub, Act.ACCEPT)
    number = parse_number(sub.number)
    at = documents.Stamp(ctx.clock.now(), actor.name, ctx.desk)
    doc = documents.receipt(circular, sub, number, checked_fee(circular, fee), at)
    return _preview(doc, circular.paper(PaperKind.RECEIPT).title, circular.paper(PaperKind.RECEIPT).copies)


@use_case
def preview_correction(ctx: DeskContext, *, submission_id: SubmissionId, actor: Actor) -> PreviewView:
    """Return the notice as it would be printed now, with the number it would get if it were the next.

    Raises DeskError("not-allowed") while the verdict is not a correction, DeskError("closed"), and
    DeskError("window-over").
    """
    loaded = read_loaded(ctx, submission_id)
    circular = known_circular(ctx, loaded)
    sub = assemble(ctx, circular, loaded)
    _require(sub, Act.CORRECT)
    if sub.deadline is None or sub.deadline.at <= ctx.clock.now():
        raise DeskError("window-over")
    year = business_date(ctx.clock.now()).year
    with reading(ctx) as session:
        last = last_number(session, office=circular.office.code, series=NOTICE_SERIES, year=year)
    number = PaperNumber(PaperKind.NOTICE, year, ctx.desk, last + 1)
    doc = documents.notice(circular, sub, number, documents.Stamp(ctx.clock.now(), actor.name, ctx.desk))
    return _preview(doc, circular.paper(PaperKind.NOTICE).title, circular.paper(PaperKind.NOTICE).copies)


def _decided(unit: Unit) -> dict[str, object]:
    """Return what a submission keeps of when it was decided and by whom."""
    day = business_date(unit.now).isoformat()
    return {"decided_at": unit.now, "decided_day": day, "decided_by": unit.actor.name}


def _require(sub: SubmissionView, act: Act) -> None:
    if act in sub.allowed:
        return
    if sub.closed is not None and sub.closed.reason is not None:
        raise closed(sub.closed.reason, sub.closed)
    raise DeskError("not-allowed", act=str(act), status=str(sub.status))


def _preview(doc: AcceptanceReceipt | CorrectionNotice, title: str, copies: int) -> PreviewView:
    return PreviewView(
        title=title,
        copies=copies,
        number=doc.digits,
        display=doc.display_number,
        lines=documents.lines_of(doc),
        document=asdict(doc),
        bars=tuple(code128_runs(doc.digits)),
        qr=qr_rows(doc.anchor or doc.digits),
    )
