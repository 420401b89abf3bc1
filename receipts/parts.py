"""What every paper has: who issues it, whom it concerns, on which sheets, and the mark of a copy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ONE_SHEET: Final = ("第一联 申报人留存",)
"""The sheet the visitor takes away."""

TWO_SHEETS: Final = (*ONE_SHEET, "第二联 窗口存档")
"""Both sheets in one file, one for each side of the counter."""

_MORE: Final = tuple(f"第{numeral}联 备用" for numeral in "三四五六七八九")


def sheets(copies: int) -> tuple[str, ...]:
    """Return the sheets of a paper that is made out in so many copies, 1 to 9."""
    return (*TWO_SHEETS, *_MORE)[:copies]


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Who issues the paper, and for what."""

    office: str
    """The head line, such as 连云港市工业和信息化局职称办."""
    circular_title: str
    circular_number: str
    """The circular's 文号."""
    matter: str
    """What is applied for, such as 考核认定中级职称."""
    phone: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """The person the papers belong to; identity and telephone already masked."""

    name: str
    id_masked: str
    id_kind: str = "居民身份证"
    employer: str
    specialty: str
    phone_masked: str = ""


@dataclass(frozen=True, kw_only=True)
class CopyMark:
    """Says that a paper was printed again; empty (`number` 0) on the first print."""

    number: int = 0
    at: str = ""
    clerk: str = ""


NO_COPY: Final = CopyMark()
"""What stands on a first print."""
