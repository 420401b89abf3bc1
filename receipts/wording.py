"""The papers' own Chinese: how results, dates, fees and desks are worded on paper.

Papers are Chinese whatever language the screen speaks. Texts of the matter come from the circular's file;
here stand only the words every paper of every circular uses.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

RESULTS: Final = {"ok": "齐", "missing": "缺", "defect": "瑕疵", "waived": "免"}
"""How a finding is shown."""

FEE_STATES: Final = {"none": "未缴", "due": "未缴", "paid": "已缴", "elsewhere": "他处缴", "voided": "已作废"}

ID_KINDS: Final = {
    "resident": "居民身份证",
    "hmt_residence": "港澳台居民居住证",
    "permanent_residence": "外国人永久居留身份证",
    "hm_travel": "港澳居民来往内地通行证",
    "tw_travel": "台湾居民来往大陆通行证",
    "passport": "护照",
    "work_permit": "外国人工作许可证",
}

ERASED: Final = "（已删除）"
"""Stands where the name of a person was whose data are gone."""

ORIGINAL: Final = "原件"
COPY: Final = "复印件"
ELECTRONIC: Final = "电子件"
SEVERAL: Final = "若干"
"""Copies due of an item whose number depends on the person."""

ORIGINAL_SEEN: Final = "已验原件"

NO_ORIGINALS_DUE: Final = "各项均免原件"
"""Why a bag of originals with nothing in it is in order."""

STANDARDS_JOINED: Final = "；"
"""Between several standards of one item."""


def id_kind(code: str) -> str:
    """Return the name of an identity document; an unknown one stands as 证件."""
    return ID_KINDS.get(code, "证件")


def day(at: datetime) -> str:
    """Return a local instant's date, such as 2024年8月12日."""
    return f"{at.year}年{at.month}月{at.day}日"


def minute(at: datetime) -> str:
    """Return a local instant to the minute, such as 2024年8月12日 09:32."""
    return f"{day(at)} {at:%H:%M}"


def desk(number: int) -> str:
    """Return a desk's name, such as 1 号窗口."""
    return f"{number} 号窗口"


def bag(name: str) -> str:
    """Return a bag with its number, such as 评审材料袋 1 个."""
    return f"{name} 1 个"


def short_by(have: int, due: int) -> str:
    """Return a shortage, such as 交 18 份，差 2 份."""
    return f"交 {have} 份，差 {due - have} 份"


def deputy(name: str, relation: str) -> str:
    """Return who came in the applicant's place, such as 王某（同事）."""
    return f"{name}（{relation}）" if relation else name


def review_contents(count: int) -> str:
    """Return what lies in the review bag."""
    return f"评审材料 {count} 项"


def originals_contents(count: int) -> str:
    """Return what lies in the originals bag."""
    return f"原件 {count} 件"
