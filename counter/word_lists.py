"""Sentences of small things: cells of a roster, fields of a form, lines of the self-check.

Each is found by its code; `{fields}` are the facts that come with it. `counter/words.py` fills them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from counter.i18n import _

COLUMNS: Final[Mapping[str, str]] = {
    "birth": _("birth"),
    "county": _("county"),
    "department": _("department"),
    "employer": _("employer"),
    "id_kind": _("kind of document"),
    "id_number": _("identity number"),
    "level": _("level"),
    "name": _("name"),
    "note": _("note"),
    "online_id": _("online submission ID"),
    "online_state": _("online state"),
    "phone": _("telephone"),
    "pinyin": _("pinyin"),
    "sex": _("sex"),
    "sheet": _("sheet"),
    "situations": _("situations"),
    "specialty": _("specialty"),
    "submitted_at": _("submitted at"),
}
"""Columns of a roster and fields of the form, by code."""

CELLS: Final[Mapping[str, str]] = {
    "birth-differs": _("does not agree with the identity number"),
    "birth-unreadable": _("cannot be read as a month; left out"),
    "check": _("its check digit is wrong"),
    "control": _("holds a forbidden sign, {sign}"),
    "cut": _("is longer than fits and was cut"),
    "date": _("holds a date that does not exist"),
    "digits": _("is not all digits"),
    "duplicate-row": _("is the same row as {first}; taken once"),
    "empty": _("is empty"),
    "ends-in-zeros": _("ends in 000; look whether a spreadsheet has rounded it"),
    "first_generation": _("is a first-generation number of 15 digits; the present one is needed"),
    "future": _("holds a birth that is still to come"),
    "id-kind-differs": _("is of another kind than the column says"),
    "id-number-twice": _("stands at {first} too, under another name"),
    "kept-as-submitted": _("differs, but the papers are in already; kept as it was"),
    "length": _("has {length} signs, which is not right"),
    "long": _("is too long"),
    "lost": _("has lost a sign"),
    "name-odd": _("is unusual for a name"),
    "numeric": _("is a number in the spreadsheet, so digits may be lost; it has to be text"),
    "online-id-number": _("is a number in the spreadsheet; look whether digits are missing"),
    "online-id-twice": _("stands at {first} too, with other contents"),
    "pattern": _("does not have the form it should have"),
    "person-twice": _("the same person stands at {first} too"),
    "phone-digits": _("is not all digits; left out"),
    "phone-empty": _("is empty"),
    "phone-length": _("has not the length of a telephone number; left out"),
    "phone-lost": _("has lost a sign; left out"),
    "phone-numeric": _("is a number that may have lost digits; left out"),
    "phone-pattern": _("is no telephone number; left out"),
    "private-character": _("holds a sign of a private font"),
    "retirement": _("reaches retirement age this year"),
    "retirement-if-worker": _("reaches retirement age this year if on a worker's post"),
    "rounded": _("was rounded by a spreadsheet; ask for the right number"),
    "second-roster": _("looks like a roster too and was not read"),
    "sex-differs": _("does not agree with the identity number"),
    "situation-unknown": _("names a situation the circular does not have"),
    "specialty-unknown": _("is not one of the circular's"),
    "state-unknown": _("is not one of the circular's"),
    "taken": _("belongs to {first} already; not taken in"),
    "time-unreadable": _("cannot be read as a time; left out"),
    "unknown": _("is not known"),
}
"""What is said about one cell, after its column."""

FIELDS: Final[Mapping[str, str]] = {
    "control": _("holds a forbidden sign"),
    "empty": _("is empty"),
    "identity_check": _("a digit is wrong; compare with the card"),
    "identity_control": _("holds a forbidden sign"),
    "identity_date": _("holds a date that does not exist"),
    "identity_digits": _("is not all digits"),
    "identity_empty": _("is empty"),
    "identity_first_generation": _("is of 15 digits; take the present card"),
    "identity_future": _("holds a birth that is still to come"),
    "identity_length": _("has {length} signs; compare with the card"),
    "identity_pattern": _("fits no kind of document"),
    "identity_rounded": _("was rounded by a spreadsheet; take it from the card"),
    "identity_unknown": _("fits no kind of document"),
    "long": _("is longer than {limit} signs"),
    "name_control": _("holds a forbidden sign"),
    "name_empty": _("is empty"),
    "name_long": _("is too long"),
    "name_lost": _("has lost a sign"),
    "pattern": _("does not have the form it should have"),
    "phone_control": _("holds a forbidden sign"),
    "phone_digits": _("is not all digits"),
    "phone_empty": _("is empty"),
    "phone_length": _("has not the length of a telephone number"),
    "phone_pattern": _("is no telephone number"),
    "phone_rounded": _("was rounded by a spreadsheet; ask for the right number"),
    "unknown": _("is not one of the circular's"),
}
"""What is said about one field of a form, after its name."""

CHECKS: Final[Mapping[str, str]] = {
    "disk": _("disk: {free} MiB free"),
    "disk-full": _("disk: {free} MiB free; at least {least} are needed"),
}
"""What the self-check says, by `say` of its checks."""
