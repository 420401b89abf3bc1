"""What stands on each paper, as final text.

Nothing is computed, masked or worded here or in the templates: amounts arrive in capitals, identity numbers
masked, dates as text. So a paper can be stored as the data it was made from and set again, byte for byte,
from that data, the template version and the time of issue.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from typing import Final, TypeVar

from receipts.errors import PaperError
from receipts.money_data import DaySheet, FeeSlip
from receipts.number import PaperKind, parse_anchor, parse_number
from receipts.parts import NO_COPY
from receipts.parts import ONE_SHEET as ONE_SHEET
from receipts.parts import TWO_SHEETS as TWO_SHEETS
from receipts.parts import Applicant as Applicant
from receipts.parts import CopyMark as CopyMark
from receipts.parts import Letterhead as Letterhead
from receipts.parts import sheets as sheets


@dataclass(frozen=True, kw_only=True)
class ItemRow:
    """One line of the checklist as it was judged."""

    place: str
    """Volume or bag, such as 第一分册; equal neighbours are shown as one cell."""
    no: str
    name: str
    due: str
    """Copies due, as text: 1, 20, 若干."""
    received: str
    form: str
    """原件 or 复印件."""
    result: str
    """齐, 免, 缺 or 瑕疵."""
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class OriginalRow:
    """One original taken into the bag."""

    name: str
    detail: str = ""
    """Number or title that tells it from its like; may be empty."""
    count: str = "1"


@dataclass(frozen=True, kw_only=True)
class Fee:
    """The fee as the desk knows it; the receipt never serves as its voucher."""

    state: str
    """已缴, 未缴 or 他处缴."""
    amount: str
    """Figures with two decimals, such as 300.00."""
    capitals: str
    """The same in capitals, such as 叁佰元整."""
    method: str = ""
    bill: str = ""
    """Number of the fiscal bill, when there is one."""
    document: str = ""
    """Number of the document by which it is waived."""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AcceptanceReceipt:
    """受理回执, A5, with the list of what was taken in."""

    head: Letterhead
    display_number: str
    digits: str
    online_id: str
    applicant: Applicant
    brought_by: str = "本人"
    """本人, or 代办人 with the relation to the applicant."""
    items: tuple[ItemRow, ...]
    originals: tuple[OriginalRow, ...] = ()
    bags: tuple[str, ...] = ()
    """Each bag with its number, such as 评审材料袋 1 个."""
    fee: Fee
    clerk: str
    desk: str
    """The desk as text, such as 1 号窗口."""
    accepted_at: str
    """To the minute, such as 2024年8月12日 09:32."""
    date: str
    """The day beside the seal, such as 2024年8月12日."""
    notes: tuple[str, ...] = ()
    """Further sentences of the circular file, after the template's own."""
    legal: str = ""
    journal_seq: str = ""
    journal_head: str = ""
    """20 hex digits of the journal's head; both journal fields may be empty."""
    anchor: str = ""
    """What the QR code says, see `receipts.number`; empty for the digits alone."""
    sheets: tuple[str, ...] = ONE_SHEET
    copy: CopyMark = NO_COPY
    template_version: int = 1


@dataclass(frozen=True, kw_only=True)
class NoticeItem:
    """One thing to be put right, with the standard it will be judged by."""

    place: str
    no: str
    name: str
    chip: str
    """缺 or 瑕疵."""
    reasons: tuple[str, ...]
    standard: str
    """The 要求."""
    added: bool = False
    """True in a later notice for what an earlier one did not name."""


@dataclass(frozen=True, kw_only=True)
class CorrectionNotice:
    """一次性告知书, A4: everything that is wanting, once."""

    head: Letterhead
    display_number: str
    digits: str
    online_id: str
    applicant: Applicant
    brought_by: str = "本人"
    items: tuple[NoticeItem, ...]
    deadline: str
    """The last moment, such as 2024年8月26日 18:00."""
    days_left: int
    """Working days until then, today not counted."""
    legal: str
    late: str
    """What happens when the deadline passes."""
    given_back: str
    """What becomes of the bags meanwhile."""
    bring_to: str = ""
    """When to come back and to which room, printed after the head's address."""
    clerk: str
    desk: str
    issued_at: str
    """To the minute."""
    date: str
    version: int = 1
    """Which notice of this submission it is."""
    notes: tuple[str, ...] = ()
    journal_seq: str = ""
    journal_head: str = ""
    anchor: str = ""
    sheets: tuple[str, ...] = ONE_SHEET
    copy: CopyMark = NO_COPY
    template_version: int = 1


@dataclass(frozen=True, kw_only=True)
class BagLabel:
    """评审材料袋 or 原件材料袋, 100 x 70 mm; the kind of bag is told by the digits."""

    office: str
    matter: str
    display_number: str
    digits: str
    online_id: str
    name: str
    employer: str
    specialty: str
    bag: int
    bags: int
    contents: str = ""
    """What lies inside, in a few words."""
    taken_at: str = ""
    anchor: str = ""
    copy: CopyMark = NO_COPY
    template_version: int = 1


Document = AcceptanceReceipt | CorrectionNotice | BagLabel | FeeSlip | DaySheet
AnyDocument = TypeVar("AnyDocument", bound=Document)

_PAPERS: Final[dict[str, type[Document]]] = {
    "receipt": AcceptanceReceipt,
    "notice": CorrectionNotice,
    "label": BagLabel,
    "slip": FeeSlip,
    "day": DaySheet,
}
_KINDS: Final = {
    "receipt": (PaperKind.RECEIPT,),
    "notice": (PaperKind.NOTICE,),
    "label": (PaperKind.REVIEW_BAG, PaperKind.ORIGINALS_BAG),
    "slip": (PaperKind.FEE_SLIP,),
    "day": (PaperKind.DAY_SHEET,),
}


def paper_name(doc: Document) -> str:
    """Return the short name under which a document's template and stored data go."""
    return next(name for name, cls in _PAPERS.items() if type(doc) is cls)


def check(doc: Document) -> PaperKind:
    """Return the kind of paper its number tells, having made sure that it is a number of this paper.

    Raises PaperError("bad-number") or PaperError("bad-data").
    """
    kind = parse_number(doc.digits).kind
    if kind not in _KINDS[paper_name(doc)]:
        raise PaperError("bad-number", reason="kind")
    if doc.anchor and parse_anchor(doc.anchor).number.digits != doc.digits:
        raise PaperError("bad-data", reason="anchor")
    if isinstance(doc, BagLabel):
        if not 1 <= doc.bag <= doc.bags:
            raise PaperError("bad-data", reason="bag")
    elif not doc.sheets:
        raise PaperError("bad-data", reason="sheets")
    elif isinstance(doc, AcceptanceReceipt | CorrectionNotice) and not doc.items:
        raise PaperError("bad-data", reason="items")
    return kind


def as_copy(doc: AnyDocument, *, number: int, at: str, clerk: str) -> AnyDocument:
    """Return the same paper marked as its nth copy (副本 第n次), with the minute and the clerk.

    A copy replaces one sheet that was lost, so it is one sheet.
    """
    mark = CopyMark(number=number, at=at, clerk=clerk)
    if isinstance(doc, BagLabel):
        return replace(doc, copy=mark)
    return replace(doc, copy=mark, sheets=doc.sheets[:1])


def texts(value: object) -> Iterator[str]:
    """Yield every piece of text in a document, for the check against the fonts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from texts(part)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from texts(getattr(value, field.name))


def to_json(doc: Document) -> str:
    """Return the document as canonical JSON: sorted keys, no blanks, hanzi as themselves."""
    return json.dumps(
        {"paper": paper_name(doc), "data": asdict(doc)},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def from_json(text: str) -> Document:
    """Return the document that `to_json` stored.

    Raises PaperError("bad-data") for anything else, wrong types included.
    """
    import msgspec

    try:
        stored = json.loads(text)
        cls = _PAPERS[stored["paper"]]
        doc: Document = msgspec.convert(stored["data"], cls)
    except (ValueError, KeyError, TypeError) as e:
        raise PaperError("bad-data", reason=type(e).__name__) from e
    return doc
