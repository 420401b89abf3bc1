"""What can be wrong with a circular file: codes, places and English sentences.

The sentences are plain message identifiers. This package stays free of gettext: whoever shows a problem
translates the message that `describe` returns and fills its fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

Path = tuple[str | int, ...]
"""Where a value stands in the file: keys and list positions counted from 0."""


def N_(message: str) -> str:
    """Mark a message for the catalogue without translating it."""
    return message


class Mistake(NamedTuple):
    """One mistake as a check finds it, before it is given its line."""

    path: Path
    code: str
    facts: Mapping[str, object] = {}


@dataclass(frozen=True)
class Problem:
    """One mistake as it is told: the line (None when it has none), the key, a stable code and its facts."""

    line: int | None
    key: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


class CircularError(Exception):
    """A circular file is refused; `problems` names everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.line or '-'} {p.key} {p.code}" for p in problems[:5]))
        self.problems = problems


SENTENCES: Final[Mapping[str, str]] = {
    # the file
    "unreadable": N_("The file cannot be read: {reason}."),
    "too_large": N_("The file has {size} bytes; a circular has at most {most}."),
    "not_utf8": N_("The file is not UTF-8 text. Save it as UTF-8."),
    "toml_syntax": N_("What stands at column {column} is not written as TOML."),
    "toml_twice": N_("This key or table is there twice, again at column {column}."),
    "too_deep": N_("Lists or tables are nested too deeply."),
    # shape
    "schema_unknown": N_("This program reads schema {known}, not {seen}."),
    "unknown_field": N_("There is no such field."),
    "misspelt_field": N_("There is no such field; perhaps {near} was meant."),
    "missing_field": N_("This field is missing."),
    "not_text": N_("A text in quotes is expected."),
    "not_integer": N_("A whole number is expected."),
    "not_boolean": N_("true or false is expected."),
    "not_date": N_("A date such as 2024-08-01 is expected."),
    "not_time": N_("A time such as 09:00:00 is expected."),
    "not_list": N_("A list is expected."),
    "not_table": N_("A table with fields is expected."),
    "not_choice": N_("One of these is expected: {choices}."),
    # texts
    "empty_text": N_("The text is empty."),
    "empty_list": N_("At least one entry is needed."),
    "blank_edges": N_("The text begins or ends with a blank."),
    "forbidden_character": N_("The text holds a forbidden character, {character}."),
    "not_nfc": N_("The text is not in Unicode normal form C."),
    "ambiguous_width": N_("{character} has no certain width on a terminal; use another sign."),
    "too_wide": N_("The text is {cells} cells wide; {most} fit (a hanzi takes 2)."),
    "bad_code": N_("A code has 1 to 40 letters a-z, digits, - or _, and begins with a letter or digit."),
    "bad_word": N_("Only 1 to {most} hanzi can stand here; the word becomes part of printed numbers."),
    # the same thing twice
    "duplicate_code": N_("The code {value} is used twice."),
    "duplicate_number": N_("The number {value} is used twice."),
    "duplicate_kind": N_("Paper kind {value} is used twice."),
    "duplicate_name": N_("The name {value} already stands for {other}."),
    "duplicate_entry": N_("{value} is listed twice."),
    "number_range": N_("A number from 1 to {most} is expected."),
    # references
    "unknown_group": N_("There is no group {value}."),
    "unknown_bag": N_("There is no bag {value}."),
    "unknown_reason": N_("There is no reason {value}."),
    "unknown_original": N_("There is no kind of original {value}."),
    "unknown_seal": N_("There is no seal {value}."),
    "unknown_parent": N_("There is no specialty {value}."),
    "unknown_situation": N_("There is no situation {value}."),
    "unknown_bag_paper": N_("There is no paper of kind {value} for the label of this bag."),
    # time
    "year_range": N_("The year lies outside 2000 to 2100."),
    "window_missing": N_("There is no {kind} window."),
    "window_twice": N_("There are two {kind} windows; only one is possible."),
    "windows_overlap": N_("Two {kind} windows overlap."),
    "window_ends_before_start": N_("The window ends before it starts."),
    "window_not_in_year": N_("No day of the window lies in {year}."),
    "counter_before_online": N_("The counter closes before the online system opens."),
    "dated_after_window": N_("The circular is dated after its counter window has ended."),
    "hours_end_before_start": N_("The range of days ends before it starts."),
    "hours_overlap": N_("Two ranges of opening hours share days."),
    "hours_outside_window": N_("These opening hours reach beyond the counter window."),
    "slots_missing": N_("No opening hours are given for these days."),
    "slot_closes_before_open": N_("It closes before it opens."),
    "slots_overlap": N_("Two openings of the same day overlap."),
    "publicity_days_range": N_("The employer's publicity takes 0 to 60 working days."),
    # the checklist
    "group_empty": N_("No item stands in the group {value}."),
    "copies_not_positive": N_("The number of copies must be at least 1."),
    "copies_absurd": N_("More than {most} copies are asked for; that is probably a slip."),
    "waive_on_always": N_("An item that must always be there cannot have waive reasons."),
    "conditional_without_waive": N_("A conditional item needs at least one waive reason."),
    "missing_without_reason": N_("At least one reason is needed for an item that is not there."),
    "short_without_reason": N_(
        "The reason `short` must exist and be a defect of every item with several copies."
    ),
    "originals_without_check": N_("Originals are named, but needs_original is not true."),
    "check_without_originals": N_("An original is demanded, but no kind of original is named."),
    "waive_as_defect": N_("The reason {value} waives an item; it cannot also be a defect or explain a gap."),
    "tied_without_waive": N_("Only a waive reason can be tied to situations; no item is waived by this one."),
    # specialties
    "parent_cycle": N_("The specialty is its own ancestor."),
    # online states
    "no_submitted_state": N_("No state lets the counter go on; nobody could be taken in."),
    # money
    "fee_negative": N_("The fee is negative."),
    "fee_absurd": N_("The fee is above {most} yuan; amounts are written in fen."),
    "fee_zero_without_waiver": N_("The fee is 0, but no way to settle it asks for a document."),
    "cash_not_paid": N_("Cash is always paid; set outcome to paid."),
    # correction, mail, sanction
    "correction_days_not_positive": N_("At least 1 working day must be given; leave it out for no deadline."),
    "correction_days_absurd": N_("More than {most} working days are given; that is probably a slip."),
    "mail_address": N_("This is no mail address."),
    "mail_pattern_fields": N_("The pattern needs each of {fields} once, and no others."),
    "mail_example": N_("The example does not follow the pattern."),
    "sanction_years_range": N_("A bar lasts 1 to 50 years."),
    "sanction_start": N_("One of these is expected: {choices}."),
    # papers
    "paper_kind_range": N_("The kind of a paper is a digit from 1 to 8."),
    "paper_missing": N_("There are no texts for paper kind {value}."),
    "paper_copies_range": N_("1 to {most} copies of a paper can be printed."),
}
"""English sentence by code; `{fields}` are the problem's facts."""


def describe(problem: Problem) -> tuple[str, Mapping[str, object]]:
    """Return the message identifier of a problem and the facts for its fields.

    Show it as `translate(msgid).format_map(facts)`. Line and key are not part of the sentence.
    """
    return SENTENCES[problem.code], problem.facts
