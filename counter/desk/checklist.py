"""Ticking: every finding and every original is saved at once, each in a transaction of its own."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from counter.circular.model import Circular
from counter.desk.act import act_on
from counter.desk.context import DeskContext
from counter.desk.findings import as_input, asked_for, findings_now, is_earlier, is_open
from counter.desk.forms import FindingInput
from counter.desk.loaded import Loaded
from counter.desk.permit import use_case
from counter.desk.rows import FINDINGS, ORIGINALS, Row, blank, pack
from counter.desk.unit import Unit, ref_of
from counter.desk.views import Act, Actor, SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.rules.checklist import FindingFault, check_finding, settle
from counter.rules.clean import one_line
from counter.rules.finding import FindingKind
from counter.rules.originals import is_bag_item, kinds_lacking
from counter.rules.status import originals_state


@use_case
def record_finding(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    finding: FindingInput,
    actor: Actor,
    key: UUID,
) -> SubmissionView:
    """Save what was found for one item; too few copies make it a defect by itself.

    Raises DeskError("finding", item, faults) with the codes of `FindingFault`, DeskError("item-closed")
    on a return visit for what the notice did not ask for, and DeskError("no-originals", kinds) for a bag of
    originals that is in order though nothing is in it.
    """

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        circular = unit.circular(loaded)
        _require_item_open(loaded, finding.item)
        situations = [int(n) for n in loaded.sub["situations"].split(",") if n]
        if faults := check_finding(circular, finding, situations):
            raise DeskError("finding", item=finding.item, faults=tuple(map(str, faults)))
        settled = settle(circular, finding)
        if settled.kind is FindingKind.OK and is_bag_item(circular, settled.item):
            _require_originals(circular, loaded)
        values = {
            "kind": str(settled.kind),
            "copies": settled.copies,
            "original_seen": settled.original_seen,
            "reasons": pack(settled.reasons),
            "waive_reason": settled.waive_reason or "",
            "note": one_line(settled.note, 400),
            "visit": loaded.sub["visit"],
            "at": unit.now,
            "actor": unit.actor.name,
        }
        before = loaded.findings.get(settled.item)
        if before is None:
            row = blank(FINDINGS, submission_id=loaded.id, item=settled.item, **values)
            made = unit.add(loaded, FINDINGS, row)
        else:
            made = unit.set(loaded, FINDINGS, before, **values)
        loaded = replace(loaded, findings={**loaded.findings, settled.item: made})
        loaded = drop_empty_bag(unit, circular, loaded)
        changed = unit.change(loaded)
        unit.tell(
            "finding.recorded",
            ref_of(loaded),
            item=settled.item,
            finding=str(settled.kind),
            reasons=list(settled.reasons),
            waive=settled.waive_reason,
            copies=settled.copies,
            was=before["kind"] if before else "",
        )
        return replace(changed, findings=loaded.findings)

    return act_on(ctx, "finding", Act.TICK, submission_id, version, actor, key, work)


@use_case
def clear_finding(
    ctx: DeskContext, *, submission_id: SubmissionId, version: int, item: str, actor: Actor, key: UUID
) -> SubmissionView:
    """Take a finding back, so that the item is unjudged again; without a finding nothing changes."""

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        _require_item_open(loaded, item)
        row = loaded.findings.get(item)
        if row is None or is_earlier(loaded, row):
            return loaded
        loaded = drop_empty_bag(unit, unit.circular(loaded), _drop_finding(unit, loaded, row))
        changed = unit.change(loaded)
        unit.tell("finding.cleared", ref_of(loaded), item=item, was=row["kind"])
        return changed

    return act_on(ctx, "clear", Act.TICK, submission_id, version, actor, key, work)


def drop_findings_that_no_longer_hold(
    unit: Unit, circular: Circular, loaded: Loaded, situations: tuple[int, ...]
) -> Loaded:
    """Unjudge the items that were waived for a situation the person no longer applies under."""
    for row in list(loaded.findings.values()):
        if FindingFault.WAIVE_SITUATION in check_finding(circular, as_input(row), situations):
            loaded = _drop_finding(unit, loaded, row)
    return drop_empty_bag(unit, circular, loaded)


def drop_empty_bag(unit: Unit, circular: Circular, loaded: Loaded) -> Loaded:
    """Unjudge a bag of originals that was in order and no longer can be, because nothing is left in it."""
    for row in list(loaded.findings.values()):
        if row["kind"] == "ok" and is_bag_item(circular, row["item"]) and _kinds_lacking(circular, loaded):
            loaded = _drop_finding(unit, loaded, row)
    return loaded


def _require_originals(circular: Circular, loaded: Loaded) -> None:
    if kinds := _kinds_lacking(circular, loaded):
        raise DeskError("no-originals", kinds=kinds)


def _kinds_lacking(circular: Circular, loaded: Loaded) -> int:
    held = sum(o["state"] == "held" for o in loaded.originals)
    return kinds_lacking(circular, findings_now(loaded), held)


def _drop_finding(unit: Unit, loaded: Loaded, row: Row) -> Loaded:
    unit.drop(loaded, FINDINGS, row)
    return replace(loaded, findings={k: v for k, v in loaded.findings.items() if k != row["item"]})


def _require_item_open(loaded: Loaded, item: str) -> None:
    if not is_open(loaded, item, asked_for(loaded)):
        raise DeskError("item-closed", item=item)


@use_case
def add_original(
    ctx: DeskContext,
    *,
    submission_id: SubmissionId,
    version: int,
    item: str,
    kind: str,
    title: str = "",
    number: str = "",
    actor: Actor,
    key: UUID,
) -> SubmissionView:
    """List one original that goes into the bag. Raises DeskError("unknown-original")."""

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        circular = unit.circular(loaded)
        if kind not in {k.code for k in circular.originals} or item not in {i.code for i in circular.items}:
            raise DeskError("unknown-original", kind=kind, item=item)
        row = blank(
            ORIGINALS,
            submission_id=loaded.id,
            item=item,
            kind=kind,
            title=one_line(title, 200),
            number=one_line(number, 80),
            state="held",
            taken_at=unit.now,
            taken_by=unit.actor.name,
        )
        made = unit.add(loaded, ORIGINALS, row)
        loaded = replace(loaded, originals=(*loaded.originals, made))
        changed = unit.change(loaded, originals_state=_state(loaded.originals))
        unit.tell("original.added", ref_of(loaded), original=made["id"], original_kind=kind)
        return changed

    return act_on(ctx, "original", Act.TICK, submission_id, version, actor, key, work)


@use_case
def remove_original(
    ctx: DeskContext, *, submission_id: SubmissionId, version: int, original_id: int, actor: Actor, key: UUID
) -> SubmissionView:
    """Strike an original that is not in the bag after all; with the last one the bag is unjudged again.

    Raises DeskError("unknown-original").
    """

    def work(unit: Unit, loaded: Loaded) -> Loaded:
        row = next((o for o in loaded.originals if o["id"] == original_id), None)
        if row is None:
            raise DeskError("unknown-original", kind="", item="")
        unit.drop(loaded, ORIGINALS, row)
        loaded = replace(loaded, originals=tuple(o for o in loaded.originals if o is not row))
        loaded = drop_empty_bag(unit, unit.circular(loaded), loaded)
        changed = unit.change(loaded, originals_state=_state(loaded.originals))
        unit.tell("original.removed", ref_of(loaded), original=original_id, original_kind=row["kind"])
        return changed

    return act_on(ctx, "original-out", Act.TICK, submission_id, version, actor, key, work)


def move_originals(unit: Unit, loaded: Loaded, state: str) -> Loaded:
    """Hand every listed original back with the bags, or take the bags in again."""
    values = (
        {"state": "returned", "returned_at": unit.now, "returned_by": unit.actor.name}
        if state == "returned"
        else {"state": "held", "returned_at": None, "returned_by": None}
    )
    rows = tuple(
        row if row["state"] == state else unit.set(loaded, ORIGINALS, row, **values)
        for row in loaded.originals
    )
    return replace(loaded, originals=rows)


def _state(originals: tuple[Row, ...]) -> str:
    return str(originals_state(len(originals), sum(o["state"] == "returned" for o in originals)))


def originals_now(loaded: Loaded) -> str:
    """Return the stored word for where a submission's originals are."""
    return _state(loaded.originals)
