"""Roster entries as views: masked, with the words of the circular."""

from __future__ import annotations

from counter.circular.model import Circular, OnlineState
from counter.desk.rows import Row, unpack
from counter.desk.views import CodeText, EntryId, PersonView
from counter.rules import eligibility
from counter.rules.identity import mask_identity, mask_phone
from counter.rules.search import distinctive_part


def person_view(circular: Circular, entry: Row, *, situations: str | None = None) -> PersonView:
    """Return the person; `situations` replaces the entry's own when the counter has recorded others."""
    specialty = next((s for s in circular.specialties if s.code == entry["specialty"]), None)
    numbers = entry["situations"] if situations is None else situations
    return PersonView(
        entry_id=EntryId(entry["id"]),
        name=entry["name"],
        pinyin=entry["pinyin"],
        sex=entry["sex"],
        birth=entry["birth"][:7],
        identity=mask_identity(entry["id_number"]),
        identity_kind=entry["id_kind"],
        phone=mask_phone(entry["phone"]),
        employer=entry["employer"],
        employer_short=short_employer(entry["employer"]),
        county=entry["county"],
        department=entry["department"],
        specialty=specialty.full if specialty else entry["specialty_text"],
        specialty_short=specialty.short if specialty else entry["specialty_text"],
        situations=situation_texts(circular, numbers),
        online_id=entry["online_id"] or "",
        online_state=online_state_name(circular, entry),
        online_submitted=is_submitted(circular, entry),
        walk_up=entry["origin"] == "walk_up",
    )


def short_employer(employer: str) -> str:
    """Return an employer's name without its legal tail, which narrow columns have no room for."""
    part = distinctive_part(employer)
    at = employer.find(part)
    return employer[: at + len(part)] if at >= 0 and part else employer


def situation_texts(circular: Circular, packed: str) -> tuple[CodeText, ...]:
    """Return the circular's words for stored situation numbers."""
    numbers = {int(n) for n in unpack(packed)}
    return tuple(CodeText(str(s.no), s.text, s.short) for s in circular.situations if s.no in numbers)


def is_submitted(circular: Circular, entry: Row) -> bool:
    """Tell whether the online system has the application; walk-ups show it at the counter."""
    known = _state(circular, entry)
    if known is None:
        return eligibility.is_submitted(circular, entry["online_id"] or "", online_state(entry))
    return bool(entry["online_id"]) and known.submitted


def online_state(entry: Row) -> str:
    """Return the online state as a code of the circular, or as the roster spelled it."""
    return str(entry["online_state"] or entry["online_state_text"])


def online_state_name(circular: Circular, entry: Row) -> str:
    """Return the online state in the circular's word, else as the roster spelled it."""
    known = _state(circular, entry) or eligibility.find_online_state(circular, online_state(entry))
    return known.name if known else str(entry["online_state_text"])


def _state(circular: Circular, entry: Row) -> OnlineState | None:
    code = entry["online_state"]
    return next((state for state in circular.online_states if state.code == code), None)


def specialty_code(circular: Circular, text: str) -> str:
    """Return the code of a specialty named by code, full name, short name or alias; empty when none fits."""
    known = eligibility.find_specialty(circular, text)
    return known.code if known else ""
