"""Identity documents: form, check character and birth date, as far as each document carries them.

The first six digits of an identity number are a hint and never a reason to refuse: districts were renamed
and merged, and people keep the number they were born with.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from counter.rules.problem import Problem

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""2**(17 - i) mod 11: ISO 7064 MOD 11-2, as GB 11643-1999 prints it."""
_CHECKS: Final = "10X98765432"

_OLDEST: Final = 1900
"""Nobody alive was born before; an earlier year is a typing slip."""


class IdKind(StrEnum):
    """The documents people come with."""

    RESIDENT = "resident"
    HMT_RESIDENCE = "hmt_residence"
    """Residence permit of people from Hong Kong, Macao and Taiwan (81, 82, 83)."""
    PERMANENT_RESIDENCE = "permanent_residence"
    """Foreigner's permanent residence card: 18 characters since 2023-12, before 3 letters + 12 digits."""
    HM_TRAVEL = "hm_travel"
    """Mainland travel permit of Hong Kong and Macao residents."""
    TW_TRAVEL = "tw_travel"
    """Mainland travel permit of Taiwan residents."""
    PASSPORT = "passport"
    WORK_PERMIT = "work_permit"
    """Foreigner's work permit; a material rather than a document, accepted when named."""


class Sex(StrEnum):
    """What the 17th digit says."""

    MALE = "male"
    FEMALE = "female"


class IdentityProblem(Problem):
    """An identity number that cannot be right.

    Codes: `empty`; `length` (length); `first_generation` (15 digits); `pattern`; `digits` (a letter among the
    digits); `check` (expected); `date` (no such day or before 1900); `future` (birth after today); `rounded`
    (a spreadsheet changed the last digits); `unknown` (fits no document). Facts never hold the number.
    """


class PhoneProblem(Problem):
    """A telephone that is no mobile number: `empty`, `rounded`, `length` (length), `pattern`."""


@dataclass(frozen=True)
class Identity:
    """A checked document number in its normal form."""

    kind: IdKind
    """What the number itself shows; may differ from the kind a roster names."""
    number: str
    birth: date | None = None
    sex: Sex | None = None

    @property
    def person_key(self) -> str:
        """Return what stays the same when the document is renewed; equal keys mean one person."""
        if self.kind is IdKind.HM_TRAVEL:
            return self.number[:9]
        return self.number.partition("(")[0]


def normal_identity(text: str) -> str:
    """Return a document number without blanks and dashes, full width folded, letters upper case."""
    number = _packed(unicodedata.normalize("NFKC", text[:200])).upper()
    if len(number) == 18 and number[-1] in "×Х":  # the multiplication sign and the Cyrillic letter for X
        number = number[:-1] + "X"
    return number


def _packed(text: str) -> str:
    """Return text without blanks, dashes and zero-width signs; other controls stay and make it refused."""
    return "".join(c for c in text if c not in "\t\r\n" and unicodedata.category(c) not in {"Zs", "Cf", "Pd"})


def check_character(body: str) -> str:
    """Return the 18th character for the first 17 digits (ISO 7064 MOD 11-2)."""
    return _CHECKS[sum(w * int(d) for w, d in zip(_WEIGHTS, body, strict=True)) % 11]


def check_identity(kind: IdKind | None, text: str, *, today: date | None = None) -> Identity:
    """Return the identity in a typed or imported number, or raise IdentityProblem.

    `kind` None means guess from the form; digits alone are then never taken for a passport. Of the 18-digit
    cards the number itself decides which one it is, whatever `kind` says. With `today` (the business date) a
    later birth is refused.
    """
    folded = unicodedata.normalize("NFKC", text[:200]).strip().upper()
    if re.fullmatch(r"\d+(\.\d+)?E\+?\d+|\d{15,}\.\d+", folded):
        raise IdentityProblem("rounded")
    number = normal_identity(text)
    if not number:
        raise IdentityProblem("empty")
    guessed = kind or _guess(number)
    if guessed in (IdKind.RESIDENT, IdKind.HMT_RESIDENCE, IdKind.PERMANENT_RESIDENCE):
        if guessed is IdKind.PERMANENT_RESIDENCE and re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
            return Identity(guessed, number)
        return _eighteen(number, today)
    if not _FORMS[guessed].fullmatch(number):
        raise IdentityProblem("pattern", kind=guessed)
    return Identity(guessed, number)


def looks_like_identity(text: str) -> bool:
    """Tell whether text has the outer form of an 18-character card, its check character aside."""
    return re.fullmatch(r"[0-9]{17}[0-9X]", normal_identity(text)) is not None


_FORMS: Final = {
    IdKind.HM_TRAVEL: re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?"),
    IdKind.TW_TRAVEL: re.compile(r"[0-9]{8}|[0-9]{10}(?:[A-Z]|\([A-Z0-9]{1,2}\))?"),
    IdKind.PASSPORT: re.compile(r"[A-Z0-9]{5,15}"),
    IdKind.WORK_PERMIT: re.compile(r"[\w/.()]{1,20}"),
}


_USUAL_PASSPORT: Final = re.compile(r"[EGDSP][A-Z0-9][0-9]{7}|[A-Z]{1,3}[0-9]{5,8}")
"""Chinese passports and most foreign ones; rarer forms are taken only when the kind is named, because an
online submission ID may look the same."""


def _guess(number: str) -> IdKind:
    if re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        return IdKind.PERMANENT_RESIDENCE
    if _FORMS[IdKind.HM_TRAVEL].fullmatch(number):
        return IdKind.HM_TRAVEL
    if _FORMS[IdKind.TW_TRAVEL].fullmatch(number):
        return IdKind.TW_TRAVEL
    if len(number) == 18 or re.fullmatch(r"[0-9]+[0-9X]", number):
        return IdKind.RESIDENT
    if _USUAL_PASSPORT.fullmatch(number):
        return IdKind.PASSPORT
    raise IdentityProblem("unknown")


def _eighteen(number: str, today: date | None) -> Identity:
    if re.fullmatch(r"[0-9]{15}", number):
        raise IdentityProblem("first_generation")
    if len(number) != 18:
        raise IdentityProblem("length", length=len(number))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise IdentityProblem("digits")
    if number[0] == "0":
        raise IdentityProblem("pattern", kind=IdKind.RESIDENT)
    expected = check_character(number[:17])
    if number[17] != expected:
        if number.endswith("00"):
            raise IdentityProblem("rounded")
        raise IdentityProblem("check", expected=expected)
    if number[0] == "9":
        # The inner layout of the new permanent residence card is not published: a date that does not
        # exist is no reason to refuse, only no birth date.
        return Identity(IdKind.PERMANENT_RESIDENCE, number, _birth(number))
    birth = _birth(number)
    if birth is None:
        raise IdentityProblem("date")
    if today is not None and birth > today:
        raise IdentityProblem("future")
    kind = IdKind.HMT_RESIDENCE if number[:2] in ("81", "82", "83") else IdKind.RESIDENT
    return Identity(kind, number, birth, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def _birth(number: str) -> date | None:
    try:
        birth = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return birth if birth.year >= _OLDEST else None


def mask_identity(number: str) -> str:
    """Return a number as papers and screens show it.

    18 characters keep 6 + 4 (320706********1232), 10 to 17 keep 1 + 4, shorter ones 1 + 2, up to 3 nothing.
    """
    if len(number) >= 18:
        return _mask(number, 6, 4)
    if len(number) >= 10:
        return _mask(number, 1, 4)
    return _mask(number, 1, 2) if len(number) > 3 else "*" * len(number)


def mask_phone(phone: str) -> str:
    """Return a telephone as papers and screens show it: 138****1234, others only the last 4."""
    if len(phone) == 11:
        return _mask(phone, 3, 4)
    return _mask(phone, 0, 4) if len(phone) > 4 else "*" * len(phone)


def _mask(text: str, first: int, last: int) -> str:
    return text[:first] + "*" * (len(text) - first - last) + text[len(text) - last :]


def normal_phone(text: str) -> str:
    """Return a mobile number as 11 digits.

    Blanks, dashes, +86 and the `.0` of a number cell go; anything else raises PhoneProblem.
    """
    folded = unicodedata.normalize("NFKC", text[:200]).strip().upper()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?E\+?[0-9]+", folded):
        raise PhoneProblem("rounded")
    digits = re.sub(r"\.0$", "", re.sub(r"^(?:\+|00)?86(?=1[0-9]{10}(?:\.0)?$)", "", _packed(folded)))
    if not digits:
        raise PhoneProblem("empty")
    if not re.fullmatch(r"[0-9]+", digits):
        raise PhoneProblem("pattern")
    if len(digits) != 11:
        raise PhoneProblem("length", length=len(digits))
    if not re.fullmatch(r"1[3-9][0-9]{9}", digits):
        raise PhoneProblem("pattern")
    return digits
