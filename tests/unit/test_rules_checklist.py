"""Findings, verdicts and the states of a submission."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter.circular.loader import shipped
from counter.circular.model import Circular, Item, Requirement
from counter.rules.checklist import (
    SHORT,
    FindingFault,
    FindingInput,
    check_finding,
    settle,
    short_by,
    waive_reasons,
)
from counter.rules.finding import FindingKind
from counter.rules.status import (
    FEE_MOVES,
    MOVES,
    FeeState,
    OriginalsState,
    Status,
    StatusProblem,
    can_accept,
    can_correct,
    can_hand_back,
    can_lapse,
    can_park,
    can_pay,
    can_reject,
    can_resume,
    can_tick,
    can_void_fee,
    can_withdraw,
    is_live,
    originals_state,
    require_fee_move,
    require_move,
)
from counter.rules.verdict import (
    RejectionFault,
    Told,
    Verdict,
    VerdictKind,
    check_rejection,
    new_items,
    told,
    verdict,
)

CIRCULAR = shipped()
OK, MISSING, DEFECT, WAIVED = FindingKind.OK, FindingKind.MISSING, FindingKind.DEFECT, FindingKind.WAIVED
ALL_OK = {item.code: FindingInput(item.code, OK) for item in CIRCULAR.items}


def judged(*changes: FindingInput, circular: Circular = CIRCULAR) -> Verdict:
    findings = ALL_OK | {finding.item: finding for finding in changes}
    return verdict(circular, findings.values())


def optional(code: str) -> Circular:
    """Return the circular with one item made optional."""
    items = tuple(
        msgspec.structs.replace(item, requirement=Requirement.OPTIONAL) if item.code == code else item
        for item in CIRCULAR.items
    )
    return msgspec.structs.replace(CIRCULAR, items=items)


@pytest.mark.parametrize(
    ("finding", "situations", "faults"),
    [
        (FindingInput("A1-01", OK), (), ()),
        (FindingInput("A3-03", OK, copies=20), (), ()),
        (FindingInput("A3-03", OK, copies=18), (), ()),
        (FindingInput("A3-03", OK, copies=21), (), (FindingFault.COPIES,)),
        (FindingInput("A3-03", OK, copies=-1), (), (FindingFault.COPIES,)),
        (FindingInput("A3-03", OK, copies=0), (), (FindingFault.NO_COPY,)),
        (FindingInput("A3-03", DEFECT, copies=0, reasons=("not_a3_single",)), (), (FindingFault.NO_COPY,)),
        (FindingInput("A1-07", OK, copies=5), (), ()),
        (FindingInput("A1-04", OK, original_seen=True), (), ()),
        (FindingInput("A1-04", OK, original_seen=False), (), (FindingFault.ORIGINAL,)),
        (FindingInput("A1-01", OK, original_seen=False), (), ()),
        (FindingInput("A1-01", OK, reasons=("not_submitted",)), (), (FindingFault.REASON_UNUSED,)),
        (FindingInput("A1-01", OK, waive_reason="no_title"), (), (FindingFault.REASON_UNUSED,)),
        (FindingInput("A1-01", MISSING), (), (FindingFault.REASON_NEEDED,)),
        (FindingInput("A1-01", MISSING, reasons=("not_submitted",)), (), ()),
        (FindingInput("A1-01", MISSING, reasons=("unsigned",)), (), (FindingFault.REASON_UNKNOWN,)),
        (FindingInput("A1-01", MISSING, reasons=("nonsense",)), (), (FindingFault.REASON_UNKNOWN,)),
        (FindingInput("A1-01", MISSING, copies=1, reasons=("not_submitted",)), (), (FindingFault.COPIES,)),
        (FindingInput("A1-01", MISSING, copies=0, reasons=("not_submitted",)), (), ()),
        (FindingInput("A1-02", DEFECT), (), (FindingFault.REASON_NEEDED,)),
        (FindingInput("A1-02", DEFECT, reasons=("unsigned", "no_unit_seal")), (), ()),
        (
            FindingInput("A1-02", DEFECT, reasons=("unsigned", "not_a3_single")),
            (),
            (FindingFault.REASON_UNKNOWN,),
        ),
        (FindingInput("A3-03", DEFECT, copies=18), (), ()),
        (FindingInput("A3-03", DEFECT, copies=18, reasons=("short",)), (), ()),
        (FindingInput("A3-03", DEFECT, copies=20, reasons=("short",)), (), (FindingFault.NOT_SHORT,)),
        (FindingInput("A3-03", DEFECT, reasons=("short",)), (), (FindingFault.NOT_SHORT,)),
        (FindingInput("A1-05", WAIVED, waive_reason="no_title"), (2,), ()),
        (FindingInput("A1-05", WAIVED, waive_reason="no_title"), (1, 2), ()),
        (FindingInput("A1-05", WAIVED, waive_reason="no_title"), (1,), (FindingFault.WAIVE_SITUATION,)),
        (FindingInput("A1-05", WAIVED, waive_reason="no_title"), (), (FindingFault.WAIVE_SITUATION,)),
        (FindingInput("A1-05", WAIVED), (2,), (FindingFault.WAIVE_REASON_NEEDED,)),
        (FindingInput("A1-05", WAIVED, waive_reason="no_award"), (2,), (FindingFault.WAIVE_REASON_UNKNOWN,)),
        (FindingInput("A1-09", WAIVED, waive_reason="no_award"), (), ()),
        (FindingInput("A2-03", WAIVED, waive_reason="no_paper"), (3,), ()),
        (FindingInput("A2-03", WAIVED, waive_reason="no_paper"), (2,), (FindingFault.WAIVE_SITUATION,)),
        (FindingInput("A1-01", WAIVED, waive_reason="no_award"), (), (FindingFault.NEVER_WAIVED,)),
        (FindingInput("A1-09", WAIVED, copies=1, waive_reason="no_award"), (), (FindingFault.COPIES,)),
        (
            FindingInput("A1-09", WAIVED, reasons=("not_submitted",), waive_reason="no_award"),
            (),
            (FindingFault.REASON_UNUSED,),
        ),
        (FindingInput("Z9-99", OK), (), (FindingFault.UNKNOWN_ITEM,)),
    ],
)
def test_what_is_wrong_with_a_finding_is_said_by_code(
    finding: FindingInput, situations: tuple[int, ...], faults: tuple[FindingFault, ...]
) -> None:
    assert check_finding(CIRCULAR, finding, situations) == faults


def test_too_few_copies_become_a_defect_with_the_number_lacking() -> None:
    settled = settle(CIRCULAR, FindingInput("A3-03", OK, copies=18))
    assert (settled.kind, settled.reasons) == (DEFECT, (SHORT,))
    assert short_by(CIRCULAR.item("A3-03"), settled) == 2
    assert check_finding(CIRCULAR, settled, ()) == ()


def test_a_shortage_joins_other_defects_once() -> None:
    finding = FindingInput("A3-03", DEFECT, copies=18, reasons=("not_a3_single", "not_a3_single"))
    assert settle(CIRCULAR, finding).reasons == ("not_a3_single", SHORT)
    assert settle(CIRCULAR, settle(CIRCULAR, finding)) == settle(CIRCULAR, finding)


def test_the_form_is_asked_for_twice_and_never_four_times() -> None:
    assert settle(CIRCULAR, FindingInput("A3-01", OK, copies=2)).kind is OK
    assert settle(CIRCULAR, FindingInput("A3-01", OK, copies=1)).kind is DEFECT


@pytest.mark.parametrize("item", CIRCULAR.items, ids=lambda item: item.code)
def test_only_items_that_allow_it_can_be_waived(item: Item) -> None:
    everyone = tuple(s.no for s in CIRCULAR.situations)
    offered = waive_reasons(CIRCULAR, item, everyone)
    assert bool(offered) == (item.requirement is not Requirement.ALWAYS and bool(item.waives))
    for situations in ((), (1,), (2,), (3,), everyone):
        allowed = waive_reasons(CIRCULAR, item, situations)
        for reason in CIRCULAR.reasons:
            faults = check_finding(
                CIRCULAR, FindingInput(item.code, WAIVED, waive_reason=reason.code), situations
            )
            assert (faults == ()) == (reason.code in allowed)


FINDINGS = st.builds(
    FindingInput,
    item=st.sampled_from([item.code for item in CIRCULAR.items]),
    kind=st.sampled_from(FindingKind),
    copies=st.none() | st.integers(-1, 22),
    reasons=st.lists(st.sampled_from([r.code for r in CIRCULAR.reasons]), max_size=3).map(tuple),
    waive_reason=st.none() | st.sampled_from([r.code for r in CIRCULAR.reasons]),
    original_seen=st.none() | st.booleans(),
)


@given(FINDINGS, st.sets(st.integers(1, 6)))
def test_a_finding_without_fault_stays_without_fault_when_settled(
    finding: FindingInput, situations: set[int]
) -> None:
    if check_finding(CIRCULAR, finding, situations) == ():
        settled = settle(CIRCULAR, finding)
        assert check_finding(CIRCULAR, settled, situations) == ()
        if settled.kind in {MISSING, DEFECT}:
            assert settled.reasons
        if settled.kind is OK and settled.copies is not None:
            assert settled.copies >= CIRCULAR.item(settled.item).copies


def test_nineteen_items_in_order_are_an_acceptance() -> None:
    assert len(CIRCULAR.items) == 19
    assert judged() == Verdict(VerdictKind.ACCEPT, (), ())


def test_waived_items_do_not_stand_in_the_way() -> None:
    assert judged(FindingInput("A1-09", WAIVED, waive_reason="no_award")).kind is VerdictKind.ACCEPT


def test_nothing_judged_means_no_verdict_and_names_every_item() -> None:
    found = verdict(CIRCULAR, ())
    assert found.kind is None
    assert found.unjudged == tuple(item.code for item in CIRCULAR.items)


def test_one_unjudged_item_is_enough_for_no_verdict_but_defects_are_known() -> None:
    findings = dict(ALL_OK)
    del findings["A2-05"]
    findings["A1-01"] = FindingInput("A1-01", MISSING, reasons=("not_submitted",))
    found = verdict(CIRCULAR, findings.values())
    assert (found.kind, found.unjudged) == (None, ("A2-05",))
    assert [d.item.code for d in found.defects] == ["A1-01"]


def test_a_correction_lists_everything_at_once_in_the_circulars_order() -> None:
    found = judged(
        FindingInput("A3-03", OK, copies=18),
        FindingInput("A2-03", MISSING, reasons=("not_submitted",)),
        FindingInput("A1-09", DEFECT, reasons=("no_employer_seal", "part_missing")),
    )
    assert found.kind is VerdictKind.CORRECTION
    assert [d.item.code for d in found.defects] == ["A1-09", "A2-03", "A3-03"]
    award, paper, intro = found.defects
    assert award.standards == (
        CIRCULAR.reason("no_employer_seal").standard,
        CIRCULAR.reason("part_missing").standard,
    )
    assert paper.standards == (CIRCULAR.item("A2-03").standard,)
    assert (intro.kind, intro.copies, intro.short_by) == (DEFECT, 18, 2)
    assert [r.code for r in intro.reasons] == [SHORT]


def test_an_optional_item_is_never_a_ground_for_a_correction() -> None:
    missing = FindingInput("A2-04", MISSING, reasons=("not_submitted",))
    assert judged(missing).kind is VerdictKind.CORRECTION
    assert judged(missing, circular=optional("A2-04")).kind is VerdictKind.ACCEPT


def test_two_findings_of_one_item_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="A1-01"):
        verdict(CIRCULAR, [FindingInput("A1-01", OK), FindingInput("A1-01", OK)])


@given(st.lists(FINDINGS, unique_by=lambda f: f.item))
def test_a_verdict_follows_from_the_findings_alone(findings: list[FindingInput]) -> None:
    found = verdict(CIRCULAR, findings)
    assert found == verdict(CIRCULAR, reversed(findings))
    assert set(found.unjudged) == {i.code for i in CIRCULAR.items} - {f.item for f in findings}
    order = [item.code for item in CIRCULAR.items]
    places = [order.index(d.item.code) for d in found.defects]
    assert places == sorted(set(places))
    assert all(d.standards for d in found.defects)
    if found.unjudged:
        assert found.kind is None
    else:
        assert found.kind is (VerdictKind.CORRECTION if found.defects else VerdictKind.ACCEPT)


@pytest.mark.parametrize(
    ("ground", "note", "faults"),
    [
        (None, "", (RejectionFault.GROUND_NEEDED,)),
        ("", "", (RejectionFault.GROUND_NEEDED,)),
        ("nonsense", "x", (RejectionFault.GROUND_UNKNOWN,)),
        ("forged", "", ()),
        ("other", " ", (RejectionFault.NOTE_NEEDED,)),
        ("other", "说明", ()),
    ],
)
def test_a_rejection_needs_a_coded_ground(
    ground: str | None, note: str, faults: tuple[RejectionFault, ...]
) -> None:
    assert check_rejection(CIRCULAR, ground, note) == faults


def test_a_second_notice_that_repeats_or_shrinks_adds_nothing() -> None:
    seal = FindingInput("A1-09", DEFECT, reasons=("no_employer_seal", "part_missing"))
    short = FindingInput("A3-03", OK, copies=18)
    first = told([judged(seal, short).defects])
    assert new_items(first, judged(seal, replace(short, copies=19))) == ()
    assert new_items(first, judged(replace(seal, reasons=("part_missing",)))) == ()
    assert new_items(first, judged()) == ()


def test_a_second_notice_that_says_more_is_noticed() -> None:
    first = told([judged(FindingInput("A1-09", DEFECT, reasons=("no_employer_seal",))).defects])
    other_item = FindingInput("A1-02", DEFECT, reasons=("unsigned",))
    other_reason = FindingInput("A1-09", DEFECT, reasons=("no_employer_seal", "illegible"))
    assert new_items(first, judged(other_item)) == ("A1-02",)
    assert new_items(first, judged(other_reason)) == ("A1-09",)
    assert new_items({}, judged(other_item, other_reason)) == ("A1-02", "A1-09")


def test_what_was_missing_could_not_be_judged_before() -> None:
    first = told([judged(FindingInput("A1-02", MISSING, reasons=("not_submitted",))).defects])
    assert first == {"A1-02": Told(MISSING, frozenset({"not_submitted"}))}
    assert new_items(first, judged(FindingInput("A1-02", DEFECT, reasons=("unsigned",)))) == ()


def test_several_notices_are_remembered_together() -> None:
    one = judged(FindingInput("A1-02", MISSING, reasons=("not_submitted",))).defects
    two = judged(FindingInput("A1-02", DEFECT, reasons=("unsigned",))).defects
    for order in ([one, two], [two, one]):
        assert told(order) == {"A1-02": Told(MISSING, frozenset({"not_submitted", "unsigned"}))}


ALLOWED = {
    ("open", "parked"),
    ("open", "accepted"),
    ("open", "correction"),
    ("open", "rejected"),
    ("parked", "open"),
    ("parked", "rejected"),
    ("correction", "accepted"),
    ("correction", "correction"),
    ("correction", "rejected"),
    ("correction", "lapsed"),
    ("accepted", "withdrawn"),
}


@pytest.mark.parametrize(("now", "to"), list(product(Status, Status)))
def test_only_the_moves_of_the_design_exist(now: Status, to: Status) -> None:
    if (now.value, to.value) in ALLOWED:
        require_move(now, to)
    else:
        with pytest.raises(StatusProblem) as refused:
            require_move(now, to)
        assert refused.value.facts == {"now": now, "to": to}


@pytest.mark.parametrize("status", Status)
def test_the_predicates_agree_with_the_moves(status: Status) -> None:
    assert can_park(status) == (Status.PARKED in MOVES[status])
    assert can_resume(status) == (status is Status.PARKED)
    assert can_accept(status) == (Status.ACCEPTED in MOVES[status])
    assert can_correct(status) == (Status.CORRECTION in MOVES[status])
    assert can_reject(status) == (Status.REJECTED in MOVES[status])
    assert can_lapse(status) == (status is Status.CORRECTION)
    assert can_withdraw(status) == (status is Status.ACCEPTED)
    assert can_tick(status) == can_accept(status)
    assert is_live(status) == bool(MOVES[status])


def test_every_status_can_be_reached_and_every_life_can_end() -> None:
    reached, todo = set(), [Status.OPEN]
    while todo:
        now = todo.pop()
        if now not in reached:
            reached.add(now)
            todo.extend(MOVES[now])
    assert reached == set(Status)


def test_money_is_noted_only_after_acceptance_and_only_once() -> None:
    for status, fee in product(Status, FeeState):
        allowed = status is Status.ACCEPTED and fee not in {FeeState.PAID, FeeState.ELSEWHERE}
        assert can_pay(status, fee) == allowed
    for fee in FeeState:
        assert can_void_fee(fee) == (fee in {FeeState.PAID, FeeState.ELSEWHERE})


@pytest.mark.parametrize(("now", "to"), list(product(FeeState, FeeState)))
def test_a_payment_is_voided_and_never_changed(now: FeeState, to: FeeState) -> None:
    if to in FEE_MOVES[now]:
        require_fee_move(now, to)
        assert now is not to
        assert to is not FeeState.NONE
        assert now not in {FeeState.PAID, FeeState.ELSEWHERE} or to is FeeState.VOIDED
    else:
        with pytest.raises(StatusProblem):
            require_fee_move(now, to)


@pytest.mark.parametrize(
    ("taken", "returned", "state"),
    [
        (0, 0, OriginalsState.NONE),
        (3, 0, OriginalsState.HELD),
        (3, 1, OriginalsState.PARTLY_RETURNED),
        (3, 3, OriginalsState.RETURNED),
    ],
)
def test_where_the_originals_are(taken: int, returned: int, state: OriginalsState) -> None:
    assert originals_state(taken, returned) is state
    assert can_hand_back(state) == (taken > returned)


def test_more_cannot_go_back_than_came_in() -> None:
    with pytest.raises(ValueError, match="more originals"):
        originals_state(1, 2)
