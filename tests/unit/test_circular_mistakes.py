"""A wrong circular is refused, each mistake by its code, key and line."""

# ruff: noqa: E501 - one slip a line is easier to read and to add to than a wrapped table

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counter.circular.loader import MOST_BYTES, CircularError, Problem, check_file, load, shipped_source
from counter.circular.problems import SENTENCES, describe

TEXT = shipped_source().decode()
LINES = TEXT.splitlines(keepends=True)


class Slip(NamedTuple):
    """One slip of the pen: `old` (its occurrence number `nth`) becomes `new`."""

    code: str
    key: str
    old: str
    new: str
    nth: int = 1
    at: str = ""
    """A piece of the changed text whose first line is the mistake's line; empty = the line of the change."""
    near: str = ""
    """Where to start looking for `old`."""


SLIPS = [
    # shape
    Slip("schema_unknown", "schema", "schema = 1", "schema = 2"),
    Slip("not_integer", "schema", "schema = 1", 'schema = "1"'),
    Slip("unknown_field", "colour", "year = 2024\n", 'year = 2024\ncolour = "red"\n', at='colour = "red"'),
    Slip("misspelt_field", "mater", 'matter = "', 'mater = "'),
    Slip("misspelt_field", "items[A1-02].copys", "copies = 1\n", "copys = 1\n", nth=2),
    Slip("missing_field", "items[A1-02].copies", "copies = 1\n", "", nth=2, at='[[items]]\ncode = "A1-02"'),
    Slip("missing_field", "office.phone", 'phone = "85816207"\n', "", at="[office]"),
    Slip("missing_field", "mail", '[mail]\naddress = "lygsjxw@126.com"\n', "", at="NOWHERE"),
    Slip("not_text", "office.phone", 'phone = "85816207"', "phone = 85816207"),
    Slip("not_text", "office.phone", 'phone = "85816207"', 'phone = ["85816207"]'),
    Slip("not_integer", "fee.amount_fen", "amount_fen = 30000", "amount_fen = 300.0"),
    Slip("not_integer", "fee.amount_fen", "amount_fen = 30000", 'amount_fen = "30000"'),
    Slip("not_integer", "fee.amount_fen", "amount_fen = 30000", "amount_fen = true"),
    Slip("not_boolean", "groups[v1].bound", "bound = true", "bound = 1"),
    Slip("not_date", "windows[2].start", "start = 2024-08-01", 'start = "1. August"'),
    Slip("not_date", "windows[2].start", "start = 2024-08-01", 'start = "2024-02-30"'),
    Slip("not_date", "windows[2].end", "end = 2024-09-10", "end = 2024-09-10T18:00:00", nth=2),
    Slip("not_time", "hours[1].slots[1].open", "open = 09:00:00", "open = 2024-08-01"),
    Slip("not_list", "items[A1-02].missing", '["not_submitted"]', '"not_submitted"', nth=2),
    Slip("not_table", "situations[1]", "  { no = 1,", "  1, { no = 1,"),
    Slip("not_choice", "windows[2].kind", 'kind = "counter"', 'kind = "window"'),
    Slip("not_choice", "items[A1-02].requirement", '"always"', '"sometimes"', nth=2),
    Slip("not_choice", "fee.methods[card].outcome", 'hint = "含公务卡", outcome = "paid"', 'hint = "含公务卡", outcome = "yes"'),
    # texts
    Slip("empty_text", "committee", 'committee = "连云港市工业和信息化领域高层次和急需紧缺人才考核认定中级评委会"', 'committee = ""'),
    Slip("empty_text", "papers[notice].lines[2]", '"补交时请带本告知书，窗口按所列各项核对。"', '" "'),
    Slip("empty_list", "submitters", '[\n  { code = "self", name = "本人" },\n  { code = "employer", name = "单位代办" },\n  { code = "other", name = "他人代办" },\n]', "[]"),
    Slip("blank_edges", "office.contact", '"刘宇翔"', '"刘宇翔 "'),
    Slip("forbidden_character", "office.contact", '"刘宇翔"', '"刘\\u001b[2J翔"'),
    Slip("forbidden_character", "office.contact", '"刘宇翔"', '"刘\\u202E翔"'),
    Slip("forbidden_character", "office.contact", '"刘宇翔"', '"刘\\uE000翔"'),
    Slip("forbidden_character", "papers[notice].lines[1]", "请一次补齐。", "请一次\\n补齐。"),
    Slip("not_nfc", "office.contact", '"刘宇翔"', '"Cafe\\u0301"'),
    Slip("ambiguous_width", "items[A1-04].title", 'title = "学历、学位证书复印件，学信网学历证明"', 'title = "学历、“学信网”学历证明"'),
    Slip("ambiguous_width", "items[A1-02].prompt", '"本人已签名，盖章齐全"', '"签名—盖章"'),
    Slip("too_wide", "items[A1-04].short", "证书复印件，学信网证明", "证书的复印件，学信网证明"),
    Slip("too_wide", "items[A1-05].title", '证书复印件"\nshort', '证书复印件和学位证书"\nshort', near='code = "A1-05"', at='title = "现专业技术资格（技能等级）证书复印件和学位'),
    Slip("too_wide", "reasons[publicity_short].text", ', short = "公示天数不足"', ""),
    Slip("too_wide", "specialties[petrochemical].short", 'short = "石化"', 'short = "石油化工类"'),
    Slip("bad_code", "items[1].code", 'code = "A1-01"', 'code = "A1 01"'),
    Slip("bad_code", "id", 'id = "lyg-2024-12"', 'id = "连云港"'),
    Slip("bad_word", "office.prefix", 'prefix = "连工信职"', 'prefix = "连工信职1"'),
    Slip("bad_word", "papers[notice].word", 'word = "补"', 'word = "〔补〕"'),
    # twice
    Slip("duplicate_code", "items[A1-01].code", 'code = "A1-02"', 'code = "A1-01"', at='code = "A1-01"\ngroup = "v1"\nno = 2'),
    Slip("duplicate_code", "reasons[short].code", 'code = "incomplete"', 'code = "short"'),
    Slip("duplicate_code", "groups[v1].code", 'code = "v2"', 'code = "v1"'),
    Slip("duplicate_code", "specialties[power].code", 'code = "mechanical"', 'code = "power"'),
    Slip("duplicate_code", "fee.methods[cash].code", 'code = "card"', 'code = "cash"'),
    Slip("duplicate_code", "originals[degree].code", '{ code = "award"', '{ code = "degree"'),
    Slip("duplicate_code", "seals[employer].code", '{ code = "review", name = "复审章"', '{ code = "employer", name = "复审章"'),
    Slip("duplicate_number", "items[A1-02].no", "no = 2\nname", "no = 1\nname"),
    Slip("duplicate_number", "situations[2].no", "{ no = 2, short", "{ no = 1, short"),
    Slip("duplicate_number", "annexes[2].no", '{ no = 2, name = "专', '{ no = 1, name = "专'),
    Slip("number_range", "items[C-01].no", "no = 1\n", "no = 0\n", near='code = "C-01"'),
    Slip("duplicate_kind", "papers[rejection].kind", "kind = 8", "kind = 1"),
    Slip("duplicate_kind", "bags[originals].paper", "paper = 4", "paper = 3"),
    Slip("duplicate_name", "specialties[marine].aliases[1]", '"船舶与海洋"', '"机械"'),
    Slip("duplicate_name", "online_states[submitted].aliases[1]", '["提交"', '["草稿"'),
    Slip("duplicate_entry", "items[A1-02].seals[2]", '["employer", "review"]', '["employer", "employer"]'),
    # references
    Slip("unknown_group", "items[A1-02].group", 'group = "v1"', 'group = "v3"', nth=2),
    Slip("unknown_bag", "groups[loose].bag", 'name = "不装订", bag = "review"', 'name = "不装订", bag = "box"'),
    Slip("unknown_reason", "items[A1-02].missing[1]", '["not_submitted"]', '["lost"]', nth=2),
    Slip("unknown_reason", "items[A1-02].defects[1]", '["unsigned", ', '["not_signed", '),
    Slip("unknown_reason", "items[A1-05].waives[1]", '["no_title", ', '["untitled", '),
    Slip("unknown_original", "items[A1-05].originals[1]", 'originals = ["title"]', 'originals = ["titel"]'),
    Slip("unknown_seal", "items[A1-02].seals[1]", '["employer", "review"]', '["boss", "review"]'),
    Slip("unknown_parent", "specialties[digital-ai].parent", 'ai", parent = "digital"', 'ai", parent = "digits"'),
    Slip("unknown_situation", "reasons[no_title].situations[1]", "situations = [2]", "situations = [7]"),
    Slip("unknown_bag_paper", "bags[originals].paper", "paper = 4", "paper = 6"),
    # time
    Slip("year_range", "year", "year = 2024", "year = 24"),
    Slip("window_not_in_year", "windows[1].start", "year = 2024", "year = 2025", at='  { kind = "online"'),
    Slip("window_missing", "windows", '  { kind = "counter", start = 2024-08-01, end = 2024-09-10 },\n', "", at="windows = ["),
    Slip("window_ends_before_start", "windows[2].end", "end = 2024-09-10", "end = 2024-07-31", nth=2),
    Slip("window_ends_before_start", "windows[2].end", "start = 2024-08-01, end = 2024-09-10", "start = 2024-08-01, end = 2024-08-01, start_time = 12:00:00, end_time = 09:00:00"),
    Slip("windows_overlap", "windows[3]", '  { kind = "counter"', '  { kind = "counter", start = 2024-07-31, end = 2024-08-01 },\n  { kind = "counter"', at='  { kind = "counter", start = 2024-08-01'),
    Slip("windows_overlap", "windows[2]", 'kind = "counter"', 'kind = "online"'),
    Slip("window_twice", "windows[3]", '{ kind = "counter", start = 2024-08-01, end = 2024-09-10 },\n', '{ kind = "counter", start = 2024-08-01, end = 2024-09-10 },\n{ kind = "counter", start = 2024-10-08, end = 2024-10-09 },\n', at='{ kind = "counter", start = 2024-10-08'),
    Slip("counter_before_online", "windows[2].end", "start = 2024-08-01, end = 2024-09-10", "start = 2024-07-01, end = 2024-07-17"),
    Slip("dated_after_window", "dated", "dated = 2024-07-16", "dated = 2024-12-16"),
    Slip("hours_end_before_start", "hours[1].end", "end = 2024-09-10\n", "end = 2024-07-10\n"),
    Slip("hours_outside_window", "hours[1].end", "end = 2024-09-10\n", "end = 2024-09-11\n"),
    Slip("hours_outside_window", "hours[1].start", "start = 2024-08-01\n", "start = 2024-07-31\n"),
    Slip("hours_overlap", "hours[2].start", "[[items]]", "[[hours]]\nstart = 2024-09-10\nend = 2024-09-10\nslots = [{ open = 09:00:00, close = 12:00:00 }]\n[[items]]", at="start = 2024-09-10\n"),
    Slip("slots_missing", "hours[1].slots", "slots = [\n  { open = 09:00:00, close = 12:00:00 },\n  { open = 15:00:00, close = 18:00:00 },\n]", "slots = []"),
    Slip("slot_closes_before_open", "hours[1].slots[2].close", "close = 18:00:00", "close = 06:00:00"),
    Slip("slot_closes_before_open", "hours[1].slots[1].close", "close = 12:00:00", "close = 09:00:00"),
    Slip("slots_overlap", "hours[1].slots[2].open", "open = 15:00:00", "open = 11:59:00"),
    Slip("publicity_days_range", "publicity_days", "publicity_days = 5", "publicity_days = -5"),
    # checklist
    Slip("group_empty", "groups[box]", '{ code = "efile"', '{ code = "box", name = "盒" },\n  { code = "efile"', at='{ code = "box"'),
    Slip("copies_not_positive", "items[A3-03].copies", "copies = 20", "copies = 0"),
    Slip("copies_absurd", "items[A3-03].copies", "copies = 20", "copies = 2000"),
    Slip("waive_on_always", "items[A2-05].waives", "[[items]]\ncode = \"A3-01\"", "waives = [\"not_demanded\"]\n[[items]]\ncode = \"A3-01\""),
    Slip("conditional_without_waive", "items[A1-08].requirement", 'waives = ["not_demanded"]\n', "", at='requirement = "conditional"\nseals = ["employer", "review"]\nmissing = ["not_submitted"]\ndefects = ["no_employer_seal", "no_review_seal", "incomplete", "illegible", "wrong_order"]\n'),
    Slip("missing_without_reason", "items[A1-02].missing", '["not_submitted"]', "[]", nth=2),
    Slip("short_without_reason", "items[A3-03].defects", '["short", "not_a3_single"', '["not_a3_single"'),
    Slip("originals_without_check", "items[A1-05].originals", "needs_original = true\n", "", nth=2, at='originals = ["title"]'),
    Slip("check_without_originals", "items[A1-05].needs_original", 'originals = ["title"]\n', "", at='needs_original = true\nseals = ["employer", "review"]'),
    Slip("waive_as_defect", "items[A1-02].defects[1]", '["unsigned", ', '["no_title", '),
    Slip("tied_without_waive", "reasons[illegible].situations", '"换交清晰、能辨认的" }', '"换交清晰、能辨认的", situations = [1] }'),
    # the rest
    Slip("parent_cycle", "specialties[digital].parent", '{ code = "digital", full', '{ code = "digital", parent = "digital-ai", full'),
    Slip("parent_cycle", "specialties[power].parent", '{ code = "power", full', '{ code = "power", parent = "power", full'),
    Slip("fee_negative", "fee.amount_fen", "amount_fen = 30000", "amount_fen = -30000"),
    Slip("fee_absurd", "fee.amount_fen", "amount_fen = 30000", "amount_fen = 30000000000"),
    Slip("cash_not_paid", "fee.methods[cash].outcome", 'hint = "当面点清", outcome = "paid"', 'hint = "当面点清", outcome = "due"'),
    Slip("correction_days_not_positive", "correction.working_days", "[correction]\n", "[correction]\nworking_days = 0\n", at="working_days = 0"),
    Slip("correction_days_absurd", "correction.working_days", "[correction]\n", "[correction]\nworking_days = 500\n", at="working_days = 500"),
    Slip("mail_address", "mail.address", 'address = "lygsjxw@126.com"', 'address = "lygsjxw.126.com"'),
    Slip("mail_pattern_fields", "mail.pattern", "—{name}", ""),
    Slip("mail_pattern_fields", "mail.pattern", "—{name}", "—{name}—{colour}"),
    Slip("mail_pattern_fields", "mail.pattern", "—{name}", "—{name"),
    Slip("mail_example", "mail.example", 'example = "认定—石化—张三"', 'example = "认定 石化 张三"'),
    Slip("sanction_years_range", "sanction.years", "years = 3", "years = 0"),
    Slip("sanction_start", "sanction.starts", '"year_after_finding"', '"next_year"'),
    Slip("paper_kind_range", "papers[rejection].kind", "kind = 8", "kind = 9"),
    Slip("paper_copies_range", "papers[notice].copies", "copies = 2\n", "copies = 0\n", near='code = "notice"'),
    Slip("paper_missing", "papers", "kind = 2", "kind = 6", at="[[papers]]"),
]  # fmt: skip


def changed(slip: Slip) -> tuple[str, int | None]:
    """Return the circular with the slip in it, and the line where it has to be told."""
    start = TEXT.index(slip.near) if slip.near else 0
    for _ in range(slip.nth):
        found = TEXT.index(slip.old, start)
        start = found + 1
    text = TEXT[:found] + slip.new + TEXT[found + len(slip.old) :]
    if slip.at == "NOWHERE":
        return text, None
    place = text.index(slip.at) if slip.at else found
    return text, text.count("\n", 0, place) + 1


def problems_of(data: bytes) -> tuple[Problem, ...]:
    try:
        load(data)
    except CircularError as error:
        return error.problems
    return ()


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.code}-{slip.key}")
def test_a_slip_is_told_with_code_key_and_line(slip: Slip) -> None:
    text, line = changed(slip)
    told = [(problem.code, problem.key, problem.line) for problem in problems_of(text.encode())]
    assert (slip.code, slip.key, line) in told


def test_a_fee_of_zero_needs_a_way_that_asks_for_a_document() -> None:
    free = TEXT.replace("amount_fen = 30000", "amount_fen = 0")
    assert problems_of(free.encode()) == ()
    bare = free.replace(", needs_document = true", "")
    assert [problem.code for problem in problems_of(bare.encode())] == ["fee_zero_without_waiver"]


def test_a_missing_short_reason_is_told_even_without_a_second_copy() -> None:
    text = TEXT.replace('  { code = "short", text = "份数不足" },\n', "")
    told = [(problem.code, problem.key) for problem in problems_of(text.encode())]
    assert ("short_without_reason", "reasons") in told


def test_when_no_state_lets_the_counter_go_on_it_is_told() -> None:
    text = TEXT.replace("submitted = true", "submitted = false")
    assert [problem.code for problem in problems_of(text.encode())] == ["no_submitted_state"]


def test_all_slips_of_one_kind_are_told_together_in_the_order_of_lines() -> None:
    text = TEXT.replace("copies = 1\n", "copies = 0\n").replace("amount_fen = 30000", "amount_fen = -1")
    problems = problems_of(text.encode())
    assert len(problems) == len(re.findall("^copies = 0$", text, re.MULTILINE)) + 1
    assert [p.line for p in problems] == sorted(p.line or 0 for p in problems)
    wrong_types = TEXT.replace("copies = 1\n", 'copies = "1"\n')
    assert len(problems_of(wrong_types.encode())) > 10


def test_slips_of_every_kind_in_one_file_are_all_told_with_their_lines() -> None:
    text = TEXT
    for old, new in (
        ("year = 2024\n", 'year = 2024\ncolour = "red"\n'),
        ('phone = "85816207"', "phone = 85816207"),
        ("copies = 20\n", "copies = 0\n"),
        ('code = "A3-03"', 'code = "A3-01"'),
        ('title = "业绩成果证明材料"', 'titel = " 业绩成果证明材料"'),
        ('defects = ["short", "no_unit_seal"', 'defects = ["shrt", "no_unit_seal"'),
        ('{ no = 4, short = "专业技术工作年限不符"', "{ no = 4, short = 4"),
        ("amount_fen = 30000", "amount_fen = -1"),
        ("years = 3\n", ""),
        ('mailbox = "lygsjxw@126.com"', 'mailbox = ""'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    lines = text.splitlines(keepends=True)
    told = {(p.code, p.key): (p.line or 0, lines[(p.line or 1) - 1]) for p in problems_of(text.encode())}
    wanted = {
        ("unknown_field", "colour"): 'colour = "red"\n',
        ("not_text", "office.phone"): "phone = 85816207\n",
        ("empty_text", "office.mailbox"): 'mailbox = ""\n',
        ("duplicate_code", "items[A3-01].code"): 'code = "A3-01"\n',
        ("copies_not_positive", "items[A3-01].copies"): "copies = 0\n",
        ("misspelt_field", "items[A2-05].titel"): 'titel = " 业绩成果证明材料"\n',
        ("blank_edges", "items[A2-05].titel"): 'titel = " 业绩成果证明材料"\n',
        ("unknown_reason", "items[A3-01].defects[1]"): None,
        ("not_text", "situations[4].short"): None,
        ("fee_negative", "fee.amount_fen"): "amount_fen = -1\n",
        ("missing_field", "sanction.years"): "[sanction]\n",
    }
    assert set(told) == set(wanted) | {("short_without_reason", "items[A3-01].defects")}
    assert {what: line for what, (_, line) in told.items() if wanted.get(what)} == {
        what: line for what, line in wanted.items() if line
    }


def test_what_stands_in_for_a_broken_value_is_never_judged() -> None:
    for section in ("reasons", "groups", "bags", "situations", "windows", "papers", "specialties"):
        text = re.sub(rf"^{section} = \[$.*?^\]$", f"{section} = 3", TEXT, flags=re.DOTALL | re.MULTILINE)
        text = text if text != TEXT else TEXT.replace(f"[[{section}]]", f"[[{section}x]]")
        codes = {problem.code for problem in problems_of(text.encode())}
        assert codes <= {"not_list", "misspelt_field", "missing_field"}, section
    for old in ('code = "short", ', 'code = "v1", ', 'kind = "counter", ', "kind = 1\n", 'code = "review", '):
        codes = {problem.code for problem in problems_of(TEXT.replace(old, "", 1).encode())}
        assert codes == {"missing_field"}, old


def test_bad_toml_is_told_with_line_and_column() -> None:
    (problem,) = problems_of(TEXT.replace("year = 2024", "year = = 2024", 1).encode())
    line = LINES.index("year = 2024\n") + 1
    assert (problem.code, problem.line, problem.facts["column"]) == ("toml_syntax", line, 8)


@pytest.mark.parametrize(
    "broken",
    [
        "dated = 2024-02-30",
        "dated = 2024-13-01",
        'dated = "2024',
        f"dated = {'9' * 5000}",
        "dated = [",
        "year = 2024",
    ],
)
def test_broken_values_are_bad_toml_not_a_crash(broken: str) -> None:
    (problem,) = problems_of(TEXT.replace("dated = 2024-07-16", broken).encode())
    assert problem.code in ("toml_syntax", "toml_twice")
    assert problem.line is not None


def test_what_stands_twice_is_told_as_such() -> None:
    for again in ("year = 2024\nyear = 2024\n", "year = 2024\nyear.x = 1\n"):
        (problem,) = problems_of(TEXT.replace("year = 2024\n", again, 1).encode())
        assert (problem.code, problem.line) == ("toml_twice", LINES.index("year = 2024\n") + 2)
    (problem,) = problems_of((TEXT + "\n[office]\n").encode())
    assert problem.code == "toml_twice"


def test_a_file_that_ends_too_early_is_told_at_its_last_line() -> None:
    (problem,) = problems_of(b'schema = 1\nissuers = [\n  "a",\n')
    assert (problem.code, problem.line) == ("toml_syntax", 4)


def test_lists_in_lists_without_end_are_refused() -> None:
    (problem,) = problems_of(b"a = " + b"[" * 100_000)
    assert problem.code == "too_deep"


def test_a_file_that_is_not_utf8_is_told_with_its_line() -> None:
    (problem,) = problems_of(TEXT.encode("gb18030"))
    assert (problem.code, problem.line) == ("not_utf8", 1)


def test_a_file_of_another_size_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.toml"
    path.write_bytes(b"#" * (MOST_BYTES + 1))
    assert [problem.code for problem in check_file(path)] == ["too_large"]


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert [problem.code for problem in check_file(tmp_path / "none.toml")] == ["unreadable"]
    assert [problem.code for problem in check_file(tmp_path)] == ["unreadable"]


def test_a_mark_of_windows_editors_and_their_line_ends_do_no_harm() -> None:
    data = b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode()
    assert problems_of(data) == ()
    (problem,) = problems_of(data.replace(b"copies = 20", b"copies = 0"))
    assert problem.line == LINES.index("copies = 20\n") + 1


def test_every_code_that_a_check_can_give_has_a_sentence_and_a_test() -> None:
    source = "".join(path.read_text() for path in Path(check_file.__code__.co_filename).parent.glob("*.py"))
    given_codes = {code for code in re.findall(r'"([a-z][a-z0-9_]+)"', source) if code in SENTENCES}
    assert given_codes == set(SENTENCES)
    tested = {slip.code for slip in SLIPS}
    elsewhere = {"unreadable", "too_large", "not_utf8", "toml_syntax", "toml_twice", "too_deep"}
    elsewhere |= {"no_submitted_state", "fee_zero_without_waiver"}
    assert set(SENTENCES) == tested | elsewhere
    assert len(tested) >= 30


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.code}-{slip.key}")
def test_every_sentence_gets_all_its_facts(slip: Slip) -> None:
    for problem in problems_of(changed(slip)[0].encode()):
        message, facts = describe(problem)
        fields = {name for _, name, _, _ in Formatter().parse(message) if name is not None}
        assert fields == set(facts)
        assert message.format_map(facts)


def holds_without_line(number: int) -> None:
    """Assert that what is said of a circular that lost a line can be said, with a line that exists."""
    data = "".join(LINES[:number] + LINES[number + 1 :]).encode()
    for problem in problems_of(data):
        message, facts = describe(problem)
        assert message.format_map(facts)
        assert problem.line is None or 1 <= problem.line <= len(LINES)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(LINES) - 1))
def test_a_lost_line_never_breaks_the_loader(number: int) -> None:
    holds_without_line(number)


@pytest.mark.long
def test_no_lost_line_breaks_the_loader() -> None:
    for number in range(len(LINES)):
        holds_without_line(number)


def holds_typed_over(at: int, typed: str) -> None:
    """Assert that what is said of a circular with a character typed over can be said."""
    data = (TEXT[:at] + typed + TEXT[at + 1 :]).encode(errors="surrogatepass")
    for problem in problems_of(data):
        message, facts = describe(problem)
        assert message.format_map(facts)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.text(max_size=3))
def test_a_character_typed_over_never_breaks_the_loader(at: int, typed: str) -> None:
    holds_typed_over(at, typed)


@pytest.mark.long
@settings(max_examples=2000, deadline=None)
@given(st.integers(0, len(TEXT) - 1), st.text(max_size=3))
def test_two_thousand_characters_typed_over_never_break_the_loader(at: int, typed: str) -> None:
    holds_typed_over(at, typed)


ALLOWED = {
    "openings that touch": ("open = 15:00:00", "open = 12:00:00"),
    "a window of one day": (
        '{ kind = "online", start = 2024-07-18, end = 2024-09-10 }',
        '{ kind = "online", start = 2024-08-01, end = 2024-08-01 }',
    ),
    "a window across the New Year": (
        '{ kind = "online", start = 2024-07-18, end = 2024-09-10 }',
        '{ kind = "online", start = 2023-12-30, end = 2024-09-10 }',
    ),
    "a window with times": (
        '{ kind = "online", start = 2024-07-18, end = 2024-09-10 }',
        '{ kind = "online", start = 2024-07-18, end = 2024-09-10, start_time = 09:00:00, end_time = 17:00:00 }',
    ),
    "other hours in September": (
        "end = 2024-09-10\nslots = [",
        "end = 2024-08-31\nslots = [{ open = 09:00:00, close = 12:00:00 }]\n"
        "[[hours]]\nstart = 2024-09-01\nend = 2024-09-10\nslots = [",
    ),
    "a deadline in working days": ("[correction]\n", "[correction]\nworking_days = 5\n"),
    "a single copy": ("copies = 20", "copies = 1"),
    "a single receipt": ('word = "收"\ncopies = 2', 'word = "收"\ncopies = 1'),
    "no publicity": ("publicity_days = 5", "publicity_days = 0"),
    "an optional item without waive reasons": (
        'requirement = "conditional"\nseals = ["employer", "review"]\nmissing = ["not_submitted"]\n'
        'defects = ["no_employer_seal", "no_review_seal", "incomplete", "illegible", "wrong_order"]\n'
        'waives = ["not_demanded"]\n',
        'requirement = "optional"\nmissing = ["not_submitted"]\ndefects = ["incomplete"]\n',
    ),
    "a short form of 14 cells": ('short = "公示天数不足"', 'short = "公示天数不够数"'),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_other_circulars_really_say_is_allowed(name: str) -> None:
    old, new = ALLOWED[name]
    assert old in TEXT
    assert problems_of(TEXT.replace(old, new, 1).encode()) == ()
