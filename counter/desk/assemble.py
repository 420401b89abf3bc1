"""A submission's rows as the view a screen shows. Pure: no query is made here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, cast

from counter.circular.model import Circular, Item, Reason
from counter.clock import business_date
from counter.desk.allowed import allowed
from counter.desk.context import DeskContext
from counter.desk.findings import asked_for, findings_now, is_earlier, is_open, is_waiting, told_defects
from counter.desk.hours import door
from counter.desk.late import view_of
from counter.desk.loaded import Loaded
from counter.desk.paper_views import PaperPlan, PaperView
from counter.desk.people import online_state, person_view
from counter.desk.rows import Row, unpack
from counter.desk.views import (
    CodeText,
    DeadlineView,
    DefectLine,
    FeeView,
    FindingView,
    ItemView,
    OriginalView,
    Remark,
    SubmissionId,
    SubmissionView,
)
from counter.rules.checklist import waive_reasons
from counter.rules.deadline import Deadline, correction_deadline
from counter.rules.eligibility import Applicant, eligibility_warnings
from counter.rules.finding import FindingKind
from counter.rules.hours import open_minutes, openings
from counter.rules.identity import Sex
from counter.rules.originals import bags_used, expected_kinds, is_bag_item
from counter.rules.status import EfileState, FeeState, OriginalsState, Status
from counter.rules.verdict import Defect, Verdict, VerdictKind, new_items, told, verdict
from receipts.number import PaperKind, PaperNumber, display_number
from receipts.wording import STANDARDS_JOINED


def assemble(ctx: DeskContext, circular: Circular, loaded: Loaded) -> SubmissionView:
    """Return the view of a submission at this moment."""
    sub, now = loaded.sub, ctx.clock.now()
    number = receipt_number(sub)
    word = circular.paper(PaperKind.RECEIPT).word
    outcome = verdict(circular, findings_now(loaded))
    waiting = is_waiting(loaded)
    shown = outcome if not waiting else Verdict(None, (), told_defects(circular, loaded.notices[-1]))
    tally = dict.fromkeys(FindingKind, 0)
    for row in loaded.findings.values():
        if waiting or not is_earlier(loaded, row):
            tally[FindingKind(row["kind"])] += 1
    held = sum(row["state"] == "held" for row in loaded.originals)
    office, closed = door(ctx, circular, loaded, now)
    undecided = sub["status"] in ("open", "parked", "correction")
    submitter = next((s for s in circular.submitters if s.code == sub["submitter"]), None)
    return SubmissionView(
        id=SubmissionId(sub["id"]),
        version=sub["version"],
        number=number.digits,
        serial=f"{sub['serial']:05d}",
        display=display_number(circular.office.prefix, word, number.year, number.serial),
        status=Status(sub["status"]),
        visit=sub["visit"],
        person=person_view(circular, loaded.entry, situations=sub["situations"]),
        items=_items(ctx, circular, loaded, waiting),
        originals=tuple(_original(circular, row) for row in loaded.originals),
        original_kinds=tuple(CodeText(k.code, k.name, k.name) for k in circular.originals),
        originals_expected=tuple(
            CodeText(code, (kind := circular.original(code)).name, kind.name)
            for code in expected_kinds(circular, findings_now(loaded))
        ),
        originals_held=held,
        tally=tally,
        unjudged=0 if waiting else len(outcome.unjudged),
        verdict=VerdictKind.CORRECTION if waiting else outcome.kind,
        defects=_defect_lines(circular, loaded, shown),
        deadline=_deadline(ctx, circular, loaded, waiting, now),
        fee=fee_view(circular, sub, loaded.fee),
        originals_state=OriginalsState(sub["originals_state"]),
        efile_state=_efile_state(circular, loaded),
        papers=tuple(
            paper_view(ctx, circular, row, loaded.prints.get(row["id"], ())) for row in loaded.papers
        ),
        warnings=_warnings(ctx, circular, loaded, outcome),
        allowed=(can := allowed(circular, loaded, outcome, closed, now)),
        approvable=allowed(circular, loaded, outcome, None, now) - can,
        office=office,
        closed=office if closed and undecided else None,
        submitter=CodeText(sub["submitter"], submitter.name, submitter.name)
        if submitter
        else CodeText(sub["submitter"], sub["submitter"], sub["submitter"]),
        deputy_name=sub["deputy_name"],
        deputy_relation=sub["deputy_relation"],
        opened_at=sub["opened_at"],
        opened_by=sub["opened_by"],
        parked_at=sub["parked_at"],
        park_note=sub["park_note"],
        decided_at=sub["decided_at"],
        late=view_of(loaded.late),
        accept_prints=(
            *_plan(circular, PaperKind.RECEIPT),
            *(plan for bag in bags_used(circular, held) for plan in _plan(circular, PaperKind(bag.paper))),
        ),
        slip_prints=_plan(circular, PaperKind.FEE_SLIP),
        correction_prints=_plan(circular, PaperKind.NOTICE),
        correction_basis=circular.correction.basis,
        correction_bags=circular.correction.bags,
        correction_late=circular.correction.late,
        grounds=tuple(CodeText(g.code, g.text, g.text) for g in circular.grounds),
        circular=circular,
    )


def _efile_state(circular: Circular, loaded: Loaded) -> EfileState:
    """Return whether the e-file is there: the clerk's finding tells it while nothing else was recorded."""
    state = EfileState(loaded.sub["efile_state"])
    wanted = {item.code for item in circular.items if circular.group(item.group).bag is None}
    found = {row["item"] for row in loaded.findings.values() if row["kind"] == FindingKind.OK}
    return EfileState.RECEIVED if state is EfileState.AWAITED and wanted and wanted <= found else state


def receipt_number(sub: Row) -> PaperNumber:
    """Return the number of a submission's receipt, which its bags share but for the first digit."""
    return PaperNumber(PaperKind.RECEIPT, sub["year"], sub["desk"], sub["serial"])


def reason_text(reason: Reason) -> CodeText:
    """Return a coded reason in the circular's words."""
    return CodeText(reason.code, reason.text, reason.short or reason.text)


def fee_view(circular: Circular, sub: Row, fee: Row | None) -> FeeView:
    """Return the fee as it stands, the circular's amount while nothing is noted."""
    if fee is None:
        return FeeView(FeeState(sub["fee_state"]), circular.fee.amount_fen, None, "", "", "", None)
    method = next((m for m in circular.fee.methods if m.code == fee["method"]), None)
    return FeeView(
        state=FeeState(fee["state"]),
        amount_fen=fee["amount_fen"],
        method=CodeText(fee["method"], method.name, method.name) if method else None,
        bill_code=fee["bill_code"],
        bill_number=fee["bill_number"],
        document_no=fee["document_no"],
        at=fee["at"],
    )


def paper_view(ctx: DeskContext, circular: Circular, paper: Row, prints: tuple[Row, ...]) -> PaperView:
    """Return a paper with how far its prints are."""
    return PaperView(
        number=paper["number"],
        display=paper["display"],
        kind=paper["kind"],
        title=circular.paper(paper["kind"]).title,
        copies=paper["copies"],
        issued_at=paper["issued_at"],
        prints=len(prints),
        copies_left=max(0, ctx.copies_limit + 1 - len(prints)),
        waiting=sum(p["state"] == "queued" for p in prints),
        failed=next((p["error"] for p in reversed(prints) if p["state"] == "failed"), ""),
        files=tuple(p["file_name"] for p in prints if p["state"] == "done"),
    )


def _items(ctx: DeskContext, circular: Circular, loaded: Loaded, waiting: bool) -> tuple[ItemView, ...]:
    asked = asked_for(loaded)
    views = []
    for blank in _blank_items(ctx, circular, loaded.sub["circular_version_id"], loaded.sub["situations"]):
        row = loaded.findings.get(blank.code)
        item_open = not waiting and is_open(loaded, blank.code, asked)
        if row is None and item_open:
            views.append(blank)
            continue
        found = None if row is None else _finding(circular, loaded, blank, row, waiting)
        views.append(replace(blank, finding=found, open=item_open))
    return tuple(views)


def _blank_items(
    ctx: DeskContext, circular: Circular, version_id: int, situations: str
) -> tuple[ItemView, ...]:
    """Return the checklist of a circular for someone of these situations, nothing found yet; made once."""
    made = ctx.memory.items.get((version_id, situations))
    if made is None:
        numbers = [int(n) for n in unpack(situations)]
        made = tuple(_blank_item(circular, item, numbers) for item in circular.items)
        ctx.memory.items[version_id, situations] = made
    return made


def _blank_item(circular: Circular, item: Item, situations: list[int]) -> ItemView:
    return ItemView(
        code=item.code,
        group=item.group,
        group_name=circular.group(item.group).name,
        no=item.no,
        name=item.name,
        title=item.title,
        short=item.short,
        prompt=item.prompt,
        standard=item.standard,
        copies=item.copies,
        copies_vary=item.copies_vary,
        needs_original=item.needs_original,
        original_kinds=tuple(
            CodeText(code, (kind := circular.original(code)).name, kind.name) for code in item.originals
        ),
        missing_reasons=tuple(reason_text(circular.reason(code)) for code in item.missing),
        defect_reasons=tuple(reason_text(circular.reason(code)) for code in item.defects),
        waive_reasons=tuple(
            reason_text(circular.reason(code)) for code in waive_reasons(circular, item, situations)
        ),
        finding=None,
        open=True,
    )


def _finding(circular: Circular, loaded: Loaded, item: ItemView, row: Row, waiting: bool) -> FindingView:
    waived = row["waive_reason"]
    short = row["copies"] is not None and row["kind"] == "defect"
    return FindingView(
        kind=FindingKind(row["kind"]),
        copies=row["copies"],
        lacking=max(item.copies - row["copies"], 0) if short else 0,
        original_seen=row["original_seen"],
        reasons=tuple(reason_text(circular.reason(code)) for code in unpack(row["reasons"])),
        waive_reason=reason_text(circular.reason(waived)) if waived else None,
        note=row["note"],
        at=row["at"],
        earlier=not waiting and is_earlier(loaded, row),
    )


def _defect_lines(circular: Circular, loaded: Loaded, outcome: Verdict) -> tuple[DefectLine, ...]:
    before = loaded.notices[:-1] if is_waiting(loaded) else loaded.notices
    new = set(new_items(told(told_defects(circular, n) for n in before), outcome)) if before else set()
    return tuple(_defect_line(circular, d, d.item.code in new) for d in outcome.defects)


def _defect_line(circular: Circular, defect: Defect, is_new: bool) -> DefectLine:
    item = defect.item
    return DefectLine(
        item=item.code,
        group_name=circular.group(item.group).name,
        no=item.no,
        title=item.title,
        short=item.short,
        kind=defect.kind,
        reasons=tuple(map(reason_text, defect.reasons)),
        lacking=defect.short_by,
        copies=defect.copies,
        standard=STANDARDS_JOINED.join(defect.standards),
        is_new=is_new,
    )


def _deadline(
    ctx: DeskContext, circular: Circular, loaded: Loaded, waiting: bool, now: datetime
) -> DeadlineView | None:
    lapsed = loaded.sub["status"] == "lapsed" and bool(loaded.notices)
    if not lapsed and loaded.sub["status"] not in ("open", "parked", "correction"):
        return None
    if not lapsed and (not loaded.notices or not waiting):
        given = _given(ctx, circular, loaded.sub["circular_version_id"], now)
        if given is None:
            return None
        return DeadlineView(given.at, given.working_days_left, given.minutes_left, given.calendar_known)
    at = loaded.notices[-1]["deadline"]
    today, last = business_date(now), business_date(at)
    return DeadlineView(
        at=at,
        working_days_left=ctx.calendar.working_days(today + timedelta(days=1), last),
        open_minutes_left=open_minutes(openings(circular, ctx.calendar), now, at),
        calendar_known=ctx.calendar.known_between(min(today, last), last),
    )


def _given(ctx: DeskContext, circular: Circular, version_id: int, now: datetime) -> Deadline | None:
    """Return the deadline a notice would give now; counting the window's minutes once a minute is enough."""
    minute = now.replace(second=0, microsecond=0)
    key = (version_id, minute)
    known = ctx.memory.deadlines.get(key, _NOT_YET)
    if known is _NOT_YET:
        known = correction_deadline(circular, ctx.calendar, minute)
        ctx.memory.deadlines.clear()
        ctx.memory.deadlines[key] = known
    return cast("Deadline | None", known)


_NOT_YET: Final = object()


def _warnings(ctx: DeskContext, circular: Circular, loaded: Loaded, outcome: Verdict) -> tuple[Remark, ...]:
    remarks = [*_about_the_person(ctx, circular, loaded)]
    in_order = any(
        row["kind"] == "ok" and is_bag_item(circular, code) for code, row in loaded.findings.items()
    )
    if in_order and not any(row["state"] == "held" for row in loaded.originals):
        remarks.append(Remark("no_originals_listed"))
    if outcome.kind is VerdictKind.CORRECTION and any(
        line.is_new for line in _new_lines(circular, loaded, outcome)
    ):
        remarks.append(Remark("notice_adds_items"))
    return tuple(remarks)


def _about_the_person(ctx: DeskContext, circular: Circular, loaded: Loaded) -> tuple[Remark, ...]:
    """Return what the person's own data call for; worked out anew only when these change."""
    entry = loaded.entry
    key = (entry["id"], entry["version"], loaded.sub["circular_version_id"], loaded.sub["situations"])
    known = ctx.memory.remarks.get(key)
    if known is not None:
        return known
    person = Applicant(
        online_id=entry["online_id"] or "",
        online_state=online_state(entry),
        specialty=entry["specialty"] or entry["specialty_text"],
        situations=tuple(int(n) for n in unpack(loaded.sub["situations"])),
        birth=_birth(entry["birth"]),
        sex=Sex(entry["sex"]) if entry["sex"] in tuple(Sex) else None,
    )
    remarks = tuple(
        Remark(str(w.code), dict(w.facts)) for w in eligibility_warnings(circular, ctx.calendar, person)
    )
    if entry["origin"] == "walk_up":
        remarks = (*remarks, Remark("walk_up"))
    if len(ctx.memory.remarks) > 64:
        ctx.memory.remarks.clear()
    ctx.memory.remarks[key] = remarks
    return remarks


def _new_lines(circular: Circular, loaded: Loaded, outcome: Verdict) -> tuple[DefectLine, ...]:
    return () if is_waiting(loaded) else _defect_lines(circular, loaded, outcome)


def _birth(text: str) -> date | None:
    try:
        return date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return None


def _original(circular: Circular, row: Row) -> OriginalView:
    kind = next((k for k in circular.originals if k.code == row["kind"]), None)
    name = kind.name if kind else row["kind"]
    return OriginalView(
        id=row["id"],
        item=row["item"],
        kind=CodeText(row["kind"], name, name),
        title=row["title"],
        number=row["number"],
        held=row["state"] == "held",
        taken_at=row["taken_at"],
    )


def _plan(circular: Circular, kind: PaperKind) -> tuple[PaperPlan, ...]:
    text = next((p for p in circular.papers if p.kind == kind), None)
    return (PaperPlan(text.title, text.copies),) if text else ()
