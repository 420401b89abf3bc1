"""Who may apply, as far as a counter can see: warnings with their facts, never a stop.

The clerk confirms or notes; whether somebody is eligible is for the committee to decide.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from counter.circular.model import Circular, OnlineState, Sanction, Specialty
from counter.rules.calendar import WorkCalendar
from counter.rules.identity import Sex
from counter.rules.retirement import retires_in_year


class WarningCode(StrEnum):
    """What the clerk should look at."""

    RETIRED = "retired"
    """Reached retirement age before the circular's year: year, month."""
    RETIRES_IN_YEAR = "retires_in_year"
    """Reaches it within the year: year, month."""
    RETIREMENT_UNSURE = "retirement_unsure"
    """A woman past 50: depends on her post: year, month."""
    SPECIALTY_MISSING = "specialty_missing"
    SPECIALTY_UNKNOWN = "specialty_unknown"
    """Not on the circular's list: given."""
    SPECIALTY_BRANCH = "specialty_branch"
    """A group was named where the circular lists its branches: given."""
    BARRED = "barred"
    """Inside the years after a finding of forgery: found, first, last."""
    NOT_SUBMITTED = "not_submitted"
    """No online submission ID, or a state before submission: state."""
    ONLINE_STATE = "online_state"
    """The circular attaches a remark to the online state: state, remark."""
    ONLINE_STATE_UNKNOWN = "online_state_unknown"
    """A state the circular does not know: state."""
    SITUATION_MISSING = "situation_missing"
    SITUATION_UNKNOWN = "situation_unknown"
    """A number the circular does not have: given."""
    PUBLICITY_SHORT = "publicity_short"
    """Employer's publicity too short: days, needed."""


@dataclass(frozen=True)
class Applicant:
    """What is known of an applicant; anything may be unknown."""

    online_id: str = ""
    online_state: str = ""
    """As the roster writes it."""
    specialty: str = ""
    """Code or any of the circular's spellings."""
    situations: Collection[int] = ()
    birth: date | None = None
    sex: Sex | None = None
    findings: tuple[date, ...] = ()
    """Dates on which forgery was found in earlier applications."""
    publicity: tuple[date, date] | None = None
    """First and last day of the employer's publicity."""


@dataclass(frozen=True)
class EligibilityWarning:
    """One warning: its code and the facts its sentence needs."""

    code: WarningCode
    facts: Mapping[str, object] = field(default_factory=dict)


def eligibility_warnings(
    circular: Circular, calendar: WorkCalendar, person: Applicant
) -> tuple[EligibilityWarning, ...]:
    """Return everything a clerk should be warned about, the gravest first."""
    return (
        *_online(circular, person),
        *_barred(circular, person),
        *_retirement(circular, person),
        *_specialty(circular, person),
        *_situations(circular, person),
        *_publicity(circular, calendar, person),
    )


def find_specialty(circular: Circular, text: str) -> Specialty | None:
    """Return the specialty a code, full name, short name or alias names; blanks and width do not count."""
    wanted = _folded(text)
    if not wanted:
        return None
    for specialty in circular.specialties:
        if wanted in map(_folded, (specialty.code, specialty.full, specialty.short, *specialty.aliases)):
            return specialty
    return None


def find_online_state(circular: Circular, text: str) -> OnlineState | None:
    """Return the online state that a code, name or alias of the circular names."""
    wanted = _folded(text)
    if not wanted:
        return None
    for state in circular.online_states:
        if wanted in map(_folded, (state.code, state.name, *state.aliases)):
            return state
    return None


def is_submitted(circular: Circular, online_id: str, state: str) -> bool:
    """Tell whether somebody has submitted online: an ID, and no state known to be before submission.

    How far the online review has come does not matter, and an unknown state is no refusal.
    """
    known = find_online_state(circular, state)
    return bool(online_id.strip()) and (known is None or known.submitted)


def barred_years(sanction: Sanction, found: date) -> range:
    """Return the years in which a finding on a date keeps somebody out.

    They begin with the year after the finding, or with its own year where the circular bars at once.
    """
    first = found.year + (sanction.starts == "year_after_finding")
    return range(first, first + sanction.years)


def _online(circular: Circular, person: Applicant) -> list[EligibilityWarning]:
    raw = person.online_state.strip()
    if not is_submitted(circular, person.online_id, raw):
        return [EligibilityWarning(WarningCode.NOT_SUBMITTED, {"state": raw})]
    state = find_online_state(circular, raw)
    if state is None:
        return [EligibilityWarning(WarningCode.ONLINE_STATE_UNKNOWN, {"state": raw})] if raw else []
    if state.warning:
        return [EligibilityWarning(WarningCode.ONLINE_STATE, {"state": raw, "remark": state.warning})]
    return []


def _barred(circular: Circular, person: Applicant) -> list[EligibilityWarning]:
    return [
        EligibilityWarning(WarningCode.BARRED, {"found": found, "first": years[0], "last": years[-1]})
        for found in person.findings
        if circular.year in (years := barred_years(circular.sanction, found))
    ]


def _retirement(circular: Circular, person: Applicant) -> list[EligibilityWarning]:
    if person.birth is None or person.sex is None:
        return []
    found = retires_in_year(person.birth, person.sex, circular.year)
    if found is None:
        return []
    code = WarningCode.RETIRED if found.reached_earlier else WarningCode.RETIRES_IN_YEAR
    if not found.certain:
        code = WarningCode.RETIREMENT_UNSURE
    return [EligibilityWarning(code, {"year": found.year, "month": found.month})]


def _specialty(circular: Circular, person: Applicant) -> list[EligibilityWarning]:
    given = person.specialty.strip()
    if not given:
        return [EligibilityWarning(WarningCode.SPECIALTY_MISSING)]
    found = find_specialty(circular, given)
    if found is None:
        return [EligibilityWarning(WarningCode.SPECIALTY_UNKNOWN, {"given": given})]
    if any(other.parent == found.code for other in circular.specialties):
        return [EligibilityWarning(WarningCode.SPECIALTY_BRANCH, {"given": given})]
    return []


def _situations(circular: Circular, person: Applicant) -> list[EligibilityWarning]:
    if not person.situations:
        return [EligibilityWarning(WarningCode.SITUATION_MISSING)] if circular.situations else []
    known = {situation.no for situation in circular.situations}
    return [
        EligibilityWarning(WarningCode.SITUATION_UNKNOWN, {"given": number})
        for number in sorted(set(person.situations) - known)
    ]


def _publicity(circular: Circular, calendar: WorkCalendar, person: Applicant) -> list[EligibilityWarning]:
    if person.publicity is None:
        return []
    days = calendar.working_days(*person.publicity)
    if days >= circular.publicity_days:
        return []
    return [
        EligibilityWarning(WarningCode.PUBLICITY_SHORT, {"days": days, "needed": circular.publicity_days})
    ]


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
