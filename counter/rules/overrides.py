"""Why a supervisor may allow an exception: a closed list for each kind, and what a person and a password are.

An exception without a reason that can be counted is a habit. `other` is always there, and asks for a note.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from counter.rules.clean import LEAST_SCAN

OTHER: Final = "other"
"""The reason that has to be explained in words."""

REASONS: Final[Mapping[str, tuple[str, ...]]] = {
    "hours": ("came_in_time", "agreed_before", "desk_was_down", "instructed", OTHER),
    "duplicate": ("two_specialties", "first_mistaken", "first_to_be_withdrawn", OTHER),
    "notice": ("not_visible_before", "new_with_correction", "overlooked", OTHER),
    "price": ("reduced_by_document", "circular_changed", OTHER),
    "reprint": ("lost", "damaged", "badly_printed", "for_the_file", OTHER),
    "void": ("mistyped", "wrong_person", "wrong_method", OTHER),
    "refund": ("paid_twice", "not_due", "withdrawn", OTHER),
    "clock": ("clock_was_wrong", "machine_stood_still", OTHER),
    "sheet": ("sheet_not_at_hand", "sheet_unreadable", "restored", OTHER),
    "restore": ("disk_failed", "drill", OTHER),
    "report": ("asked_by_auditor", OTHER),
    "late": ("desk_was_down", "agreed_before", "instructed", OTHER),
}
"""The reasons of each kind of approval, the commonest first."""

LEAST: Final = 8
"""Signs a password has at least."""

MOST: Final = 128
"""Signs it may have: more would only cost time."""

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_BADGE: Final = re.compile(rf"[!-~]{{{LEAST_SCAN},40}}")


def reason_problem(kind: str, reason: str, note: str) -> str:
    """Return what is wrong with a reason: `reason-unknown`, `note-needed`, or nothing."""
    if reason not in REASONS.get(kind, ()):
        return "reason-unknown"
    return "note-needed" if reason == OTHER and not note else ""


def fold_login(text: str) -> str:
    """Return a login as it is stored: narrow, small letters, no blanks around."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def is_login(login: str) -> bool:
    """Tell whether a folded login can be one."""
    return _LOGIN.fullmatch(login) is not None


def is_badge(code: str) -> bool:
    """Tell whether a code can stand on a badge."""
    return _BADGE.fullmatch(code) is not None


def fold_password(text: str) -> str:
    """Return a password in the one form that is hashed: an input method's wide letters are the same."""
    return unicodedata.normalize("NFKC", text)


def password_problem(password: str, login: str) -> str:
    """Return what is wrong with a new password: `short`, `long`, `login`, `plain`, or nothing."""
    folded = fold_password(password)
    if len(folded) < LEAST:
        return "short"
    if len(folded) > MOST:
        return "long"
    if login and login in folded.lower():
        return "login"
    return "plain" if len(set(folded)) < 3 else ""
