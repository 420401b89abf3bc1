"""The form for a person who is not on the roster: checked field by field, all problems at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from counter.circular.model import Circular
from counter.desk.forms import FieldProblem, WalkUpForm
from counter.desk.people import specialty_code
from counter.desk.rows import pack
from counter.errors import DeskError
from counter.rules.clean import REPLACEMENT, fold_scan, one_line
from counter.rules.identity import IdentityProblem, IdKind, PhoneProblem, check_identity, normal_phone
from counter.rules.names import NameProblem, display_pinyin, normal_name
from counter.rules.search import search_tokens
from db.core import text_limits


def checked(circular: Circular, form: WalkUpForm, *, today: date) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the columns of a roster entry and its search tokens, or refuse the form.

    Raises DeskError("walk-up", problems=(FieldProblem, ...)) with a problem for every field that has one.
    """
    problems: list[FieldProblem] = []
    entry: dict[str, Any] = {"online_id": _online_id(form.online_id, problems)}
    try:
        entry["name"] = normal_name(form.name)
    except NameProblem as e:
        problems.append(FieldProblem("name", f"name_{e.code}", e.facts))
    try:
        identity = check_identity(IdKind(form.id_kind) if form.id_kind else None, form.id_number, today=today)
        entry |= {"id_kind": str(identity.kind), "id_number": identity.number}
        entry |= {"birth": identity.birth.isoformat() if identity.birth else "", "sex": identity.sex or ""}
    except IdentityProblem as e:
        problems.append(FieldProblem("id_number", f"identity_{e.code}", e.facts))
    except ValueError:
        problems.append(FieldProblem("id_kind", "unknown", {}))
    if form.phone.strip():
        try:
            entry["phone"] = normal_phone(form.phone)
        except PhoneProblem as e:
            problems.append(FieldProblem("phone", f"phone_{e.code}", e.facts))
    code = specialty_code(circular, form.specialty)
    if not code:
        problems.append(FieldProblem("specialty", "unknown" if form.specialty.strip() else "empty", {}))
    entry |= {"specialty": code, "specialty_text": one_line(form.specialty, 120)}
    known = {s.no for s in circular.situations}
    problems += [
        FieldProblem("situations", "unknown", {"given": number})
        for number in form.situations
        if number not in known
    ]
    entry["situations"] = pack(tuple(str(n) for n in sorted(set(form.situations))))
    for field in ("employer", "county", "department", "pinyin"):
        entry[field] = _text(field, getattr(form, field), problems)
    if not entry["employer"]:
        problems.append(FieldProblem("employer", "empty", {}))
    if problems:
        raise DeskError("walk-up", problems=tuple(problems))
    tokens = search_tokens(
        entry["name"],
        id_number=entry["id_number"],
        phone=entry.get("phone", ""),
        online_id=entry["online_id"],
        employer=entry["employer"],
        typed_pinyin=entry["pinyin"],
    )
    entry["pinyin"] = (
        entry["pinyin"] or display_pinyin(entry["name"])[: text_limits("roster_entry")["pinyin"]]
    )
    return entry, tokens


def _online_id(text: str, problems: list[FieldProblem]) -> str:
    online_id = fold_scan(text).upper()
    if not online_id:
        problems.append(FieldProblem("online_id", "empty", {}))
    elif len(online_id) > 40 or not online_id.isascii() or not online_id.replace("-", "").isalnum():
        problems.append(FieldProblem("online_id", "pattern", {}))
    return online_id


def _text(field: str, text: str, problems: list[FieldProblem]) -> str:
    limit = text_limits("roster_entry")[field]
    value = one_line(text, limit + 1)
    if REPLACEMENT in value:
        problems.append(FieldProblem(field, "control", {}))
    elif len(value) > limit:
        problems.append(FieldProblem(field, "long", {"limit": limit}))
    return value
