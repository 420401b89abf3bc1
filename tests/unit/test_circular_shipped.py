"""The shipped 2024 circular says what the paper says."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, time
from pathlib import Path

import pytest
from chinese_calendar import is_workday  # the desk's own calendar

from counter.circular.check_texts import cells
from counter.circular.loader import check_file, load, shipped, shipped_source
from counter.circular.model import FeeOutcome, Item, Requirement, WindowKind

CIRCULAR = shipped()


def test_the_shipped_circular_has_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "copy.toml"
    path.write_bytes(shipped_source())
    assert check_file(path) == ()
    assert load(path) == CIRCULAR == load(shipped_source())


def test_the_counter_window_has_29_working_days_of_two_openings() -> None:
    window = CIRCULAR.window(WindowKind.COUNTER)
    days = [date.fromordinal(n) for n in range(window.start.toordinal(), window.end.toordinal() + 1)]
    assert (window.start, window.end, len(days)) == (date(2024, 8, 1), date(2024, 9, 10), 41)
    assert sum(is_workday(day) for day in days) == 29
    (hours,) = CIRCULAR.hours
    assert (hours.start, hours.end) == (window.start, window.end)
    assert [(slot.open, slot.close) for slot in hours.slots] == [(time(9), time(12)), (time(15), time(18))]
    online = CIRCULAR.window(WindowKind.ONLINE)
    assert (online.start, online.end, online.end_time) == (date(2024, 7, 18), date(2024, 9, 10), None)


def test_there_are_19_items_in_five_places() -> None:
    codes = [item.code for item in CIRCULAR.items]
    assert codes == [
        *(f"A1-0{n}" for n in range(1, 10)),
        *(f"A2-0{n}" for n in range(1, 6)),
        *(f"A3-0{n}" for n in range(1, 4)),
        "B-01",
        "C-01",
    ]
    places = [group.code for group in CIRCULAR.groups]
    assert places == ["v1", "v2", "loose", "originals", "efile"]
    assert [sum(item.group == place for item in CIRCULAR.items) for place in places] == [9, 5, 3, 1, 1]
    assert [group.name for group in CIRCULAR.groups] == ["第一分册", "第二分册", "不装订", "原件", "电子版"]
    assert [group.bound for group in CIRCULAR.groups] == [True, True, False, False, False]


def test_items_of_a_volume_are_numbered_without_a_gap() -> None:
    for group in CIRCULAR.groups:
        numbers = [item.no for item in CIRCULAR.items if item.group == group.code]
        assert numbers == list(range(1, len(numbers) + 1))


def test_only_the_review_form_and_the_profile_need_several_copies() -> None:
    assert {item.code: item.copies for item in CIRCULAR.items if item.copies != 1} == {
        "A3-01": 2,
        "A3-03": 20,
    }
    assert {item.code for item in CIRCULAR.items if item.copies_vary} == {
        *("A1-07", "A1-09", "A2-03", "A2-04", "A2-05", "B-01"),
    }
    assert "short" in CIRCULAR.item("A3-01").defects
    assert "short" in CIRCULAR.item("A3-03").defects


def test_the_two_names_of_the_review_form_are_one_item() -> None:
    form = CIRCULAR.item("A3-01")
    assert "任职资格评审表" in form.name
    assert "专业技术资格评审申报表" in form.aliases


def test_originals_are_demanded_where_the_circular_names_them() -> None:
    demanded = {item.code: item.originals for item in CIRCULAR.items if item.needs_original}
    assert demanded == {
        "A1-04": ("diploma", "degree"),
        "A1-05": ("title",),
        "A1-06": ("appointment",),
        "A1-09": ("award",),
        "A2-03": ("paper",),
        "A2-04": ("patent",),
        "B-01": tuple(kind.code for kind in CIRCULAR.originals),
    }


def test_what_the_first_section_does_not_demand_can_be_waived() -> None:
    conditional = {i.code for i in CIRCULAR.items if i.requirement is Requirement.CONDITIONAL}
    assert conditional == {"A1-05", "A1-06", "A1-07", "A1-08", "A1-09", "A2-03", "A2-04"}
    for code in ("A1-05", "A1-06", "A1-08", "A2-03"):
        open_to_anyone = [r for r in CIRCULAR.item(code).waives if not CIRCULAR.reason(r).situations]
        assert open_to_anyone, code


def test_the_copies_of_a_foreign_degree_are_taken_like_any_other() -> None:
    """Only the 学信网 proof is lacking then, which is no ground to let the whole item go."""
    item = CIRCULAR.item("A1-04")
    assert (item.requirement, item.waives) == (Requirement.ALWAYS, ())
    assert "foreign_degree" not in {reason.code for reason in CIRCULAR.reasons}
    assert "境外学历没有学信网证明，不按缺件算" in item.note


def test_waive_reasons_are_tied_to_their_situations() -> None:
    assert CIRCULAR.reason("no_title").situations == (2,)
    assert CIRCULAR.reason("no_paper").situations == (3,)
    assert CIRCULAR.reason("no_patent").situations == ()


def test_another_layout_of_the_yearly_appraisal_is_no_defect() -> None:
    assert "wrong_format" not in CIRCULAR.item("A1-07").defects


def test_every_item_can_be_judged_missing_and_defective() -> None:
    for item in CIRCULAR.items:
        assert item.missing
        assert item.defects


def test_every_reason_is_used_somewhere() -> None:
    used = {code for item in CIRCULAR.items for code in (*item.missing, *item.defects, *item.waives)}
    assert used == {reason.code for reason in CIRCULAR.reasons}


def test_copies_need_the_seals_of_employer_and_reviewer() -> None:
    for item in CIRCULAR.items:
        if "no_employer_seal" in item.defects:
            assert item.seals == ("employer", "review"), item.code
    assert len(CIRCULAR.seals[1].holders) == 3


def test_there_are_8_groups_and_14_leaves_of_specialties() -> None:
    parents = {s.parent for s in CIRCULAR.specialties if s.parent}
    top = [s for s in CIRCULAR.specialties if s.parent is None]
    leaves = [s for s in CIRCULAR.specialties if s.code not in parents]
    assert (len(top), len(leaves)) == (8, 14)
    assert CIRCULAR.specialty("petrochemical").short == "石化"


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("石油化工工程", "petrochemical"),
        ("石油化工", "petrochemical"),
        ("纺织", "textile"),
        ("船舶与海洋工程", "marine"),
        ("数字经济（大数据）工程", "digital-data"),
        ("数字经济（工业互联网）", "digital-internet"),
        ("工业互联网", "digital-internet"),
        ("电力", "power"),
    ],
)
def test_the_spellings_of_rosters_lead_to_their_specialty(spelling: str, code: str) -> None:
    found = [s.code for s in CIRCULAR.specialties if spelling in (s.full, s.short, *s.aliases)]
    assert found == [code]


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("已提交", "submitted"),
        ("待单位审核", "employer_review"),
        ("单位审核通过", "employer_passed"),
        ("主管部门审核通过", "department_passed"),
        ("退回修改", "returned"),
    ],
)
def test_the_states_of_rosters_are_known_and_never_stop_the_counter(spelling: str, code: str) -> None:
    found = [s for s in CIRCULAR.online_states if spelling in (s.name, *s.aliases)]
    assert [s.code for s in found] == [code]
    assert found[0].submitted


def test_a_returned_application_is_taken_with_a_warning_and_a_draft_is_not() -> None:
    states = {state.code: state for state in CIRCULAR.online_states}
    assert states["returned"].submitted
    assert states["returned"].warning
    assert not states["draft"].submitted
    assert not states["withdrawn"].submitted
    assert sum(not state.submitted for state in CIRCULAR.online_states) == 2


def test_the_fee_is_300_yuan_by_the_price_bureau_letter() -> None:
    fee = CIRCULAR.fee
    assert fee.amount_fen == 30000
    assert fee.basis == "苏价费函〔2002〕62号"
    assert fee.basis in fee.basis_full
    outcomes = {method.code: method.outcome for method in fee.methods}
    assert outcomes["cash"] is FeeOutcome.PAID
    assert outcomes["employer"] is FeeOutcome.ELSEWHERE
    assert outcomes["later"] is FeeOutcome.DUE
    assert CIRCULAR.method("waived").needs_document
    assert [method.code for method in fee.methods if method.cash] == ["cash"]


def test_a_correction_runs_until_the_window_ends() -> None:
    assert CIRCULAR.correction.working_days is None


def test_no_text_claims_the_licence_law() -> None:
    assert "行政许可" not in shipped_source().decode()


def test_the_papers_name_the_circular_as_their_ground() -> None:
    assert [(p.kind, p.word, p.copies) for p in CIRCULAR.papers] == [
        *((1, "收", 2), (2, "补", 2), (3, "收", 1), (4, "收", 1)),
        *((5, "缴", 1), (7, "结", 1), (8, "不受", 2)),
    ]
    for kind in (1, 2, 8):
        assert CIRCULAR.doc_no in CIRCULAR.paper(kind).basis
    assert "一次性告知" in CIRCULAR.paper(2).basis
    assert CIRCULAR.paper(1).lines == ()  # the receipt itself says what it proves and what it does not


def test_issuers_committee_and_contact_stand_to_the_letter() -> None:
    assert len(CIRCULAR.issuers) == 2
    assert CIRCULAR.committee == "连云港市工业和信息化领域高层次和急需紧缺人才考核认定中级评委会"
    assert CIRCULAR.doc_no == "连工信职称〔2024〕12号"
    assert (CIRCULAR.office.phone, CIRCULAR.office.prefix) == ("85816207", "连工信职")
    assert CIRCULAR.mail.example == "认定—石化—张三"
    assert (CIRCULAR.sanction.years, CIRCULAR.sanction.starts) == (3, "year_after_finding")
    assert [s.no for s in CIRCULAR.situations] == [1, 2, 3, 4, 5, 6]
    assert [annex.no for annex in CIRCULAR.annexes] == [1, 2, 3, 4, 5]
    assert CIRCULAR.publicity_days == 5


@pytest.mark.parametrize("item", CIRCULAR.items, ids=lambda item: item.code)
def test_names_fit_their_rows(item: Item) -> None:
    assert cells(item.short) <= 32
    assert cells(item.title) <= 42
    assert cells(item.prompt) <= 22, "the line 下一步 also holds place, key and tally at 80 columns"


def test_loading_imports_neither_checks_nor_anything_heavy() -> None:
    code = (
        "import sys; from counter.circular.loader import shipped; shipped(); "
        "print(*[m for m in ('counter.circular.check', 'counter.circular.lines', 'textual', 'sqlalchemy', "
        "'difflib', 'gettext') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
