"""What a decision prints: the typed data of each paper, made from a submission as it stands.

Only final text leaves here: dates in the office's zone, amounts in capitals, identity masked. The circular
gives the texts of the matter, `receipts.wording` the words every paper shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from counter.circular.model import Circular, Item
from counter.clock import local
from counter.desk.forms import FeeInput
from counter.desk.views import FindingView, SubmissionView
from counter.rules.money import capitals, yuan
from counter.rules.originals import bags_used, is_bag_item
from receipts import wording
from receipts.data import (
    AcceptanceReceipt,
    Applicant,
    BagLabel,
    CorrectionNotice,
    Fee,
    ItemRow,
    Letterhead,
    NoticeItem,
    OriginalRow,
    sheets,
)
from receipts.number import PaperAnchor, PaperKind, PaperNumber, display_number


@dataclass(frozen=True)
class Stamp:
    """Who issues a paper, when and where, and the journal event it rests on."""

    at: datetime
    clerk: str
    desk: int
    seq: int = 0
    head: str = ""
    """20 hex digits of the event's hash; empty in a preview."""


def receipt(
    circular: Circular, sub: SubmissionView, number: PaperNumber, fee: FeeInput, stamp: Stamp
) -> AcceptanceReceipt:
    """Return the 受理回执 of a submission whose items are all judged."""
    text = circular.paper(PaperKind.RECEIPT)
    at = local(stamp.at)
    method = circular.method(fee.method)
    waived = method.needs_document
    amount = fee.amount_fen or circular.fee.amount_fen
    return AcceptanceReceipt(
        head=letterhead(circular),
        display_number=display(circular, number),
        digits=number.digits,
        online_id=sub.person.online_id,
        applicant=applicant_of(sub),
        brought_by=_brought_by(sub),
        items=tuple(
            _item_row(circular, circular.item(i.code), i.finding, sub.originals_held) for i in sub.items
        ),
        originals=tuple(
            OriginalRow(name=o.kind.text, detail=" ".join(filter(None, (o.title, o.number))))
            for o in sub.originals
            if o.held
        ),
        bags=tuple(wording.bag(bag.name) for bag in bags_used(circular, sub.originals_held)),
        fee=Fee(
            state=method.name if waived else wording.FEE_STATES[str(method.outcome)],
            amount=yuan(amount),
            capitals=capitals(amount, currency=""),
            method="" if waived else method.name,
            bill=" ".join(filter(None, (fee.bill_code, fee.bill_number))),
            document=fee.document_no,
            note=circular.fee.note,
        ),
        clerk=stamp.clerk,
        desk=wording.desk(stamp.desk),
        accepted_at=wording.minute(at),
        date=wording.day(at),
        notes=text.lines,
        legal=text.basis,
        sheets=sheets(text.copies),
        journal_seq=str(stamp.seq) if stamp.head else "",
        journal_head=stamp.head,
        anchor=anchor_of(number, stamp),
    )


def notice(circular: Circular, sub: SubmissionView, number: PaperNumber, stamp: Stamp) -> CorrectionNotice:
    """Return the 一次性告知书 that lists everything wanting in a submission."""
    text = circular.paper(PaperKind.NOTICE)
    at = local(stamp.at)
    assert sub.deadline is not None
    return CorrectionNotice(
        head=letterhead(circular),
        display_number=display(circular, number),
        digits=number.digits,
        online_id=sub.person.online_id,
        applicant=applicant_of(sub),
        brought_by=_brought_by(sub),
        items=tuple(
            NoticeItem(
                place=line.group_name,
                no=str(line.no),
                name=line.title,
                chip=wording.RESULTS[str(line.kind)],
                reasons=tuple(
                    wording.short_by(line.copies or 0, (line.copies or 0) + line.lacking)
                    if reason.code == "short" and line.lacking
                    else reason.text
                    for reason in line.reasons
                ),
                standard=line.standard,
                added=line.is_new,
            )
            for line in sub.defects
        ),
        deadline=wording.minute(local(sub.deadline.at)),
        days_left=sub.deadline.working_days_left,
        legal=circular.correction.basis,
        late=circular.correction.late,
        given_back=circular.correction.bags,
        clerk=stamp.clerk,
        desk=wording.desk(stamp.desk),
        issued_at=wording.minute(at),
        date=wording.day(at),
        version=sub.visit,
        notes=text.lines,
        sheets=sheets(text.copies),
        journal_seq=str(stamp.seq) if stamp.head else "",
        journal_head=stamp.head,
        anchor=anchor_of(number, stamp),
    )


def labels(
    circular: Circular, sub: SubmissionView, number: PaperNumber, stamp: Stamp
) -> tuple[BagLabel, ...]:
    """Return one label for each bag there is; all carry the receipt's serial."""
    held, bags = sub.originals_held, bags_used(circular, sub.originals_held)
    made = []
    for place, bag in enumerate(bags, start=1):
        own = PaperNumber(PaperKind(bag.paper), number.year, number.desk, number.serial)
        of_originals = own.kind is PaperKind.ORIGINALS_BAG
        given = sum(
            circular.group(i.group).bag == bag.code and i.finding is not None and str(i.finding.kind) == "ok"
            for i in sub.items
        )
        made.append(
            BagLabel(
                office=circular.office.name,
                matter=circular.matter,
                display_number=display(circular, own),
                digits=own.digits,
                online_id=sub.person.online_id,
                name=sub.person.name,
                employer=sub.person.employer,
                specialty=sub.person.specialty,
                bag=place,
                bags=len(bags),
                contents=wording.originals_contents(held) if of_originals else wording.review_contents(given),
                taken_at=wording.minute(local(stamp.at)),
                anchor=anchor_of(own, stamp),
            )
        )
    return tuple(made)


def lines_of(doc: AcceptanceReceipt | CorrectionNotice | BagLabel) -> tuple[tuple[str, str], ...]:
    """Return what stands on a paper as label code and text, for a preview without typesetting."""
    lines: list[tuple[str, str]] = [("display_number", doc.display_number), ("online_id", doc.online_id)]
    if isinstance(doc, BagLabel):
        return (*lines, ("name", doc.name), ("employer", doc.employer), ("contents", doc.contents))
    lines += [("applicant", doc.applicant.name), ("identity", doc.applicant.id_masked)]
    lines += [("employer", doc.applicant.employer), ("specialty", doc.applicant.specialty)]
    if isinstance(doc, AcceptanceReceipt):
        lines += [
            (
                f"{row.place} {row.no}",
                " ".join(filter(None, (row.name, row.received, row.result, row.remark))),
            )
            for row in doc.items
        ]
        lines += [("original", " ".join(filter(None, (row.name, row.detail)))) for row in doc.originals]
        lines += [("fee", f"{doc.fee.state} {doc.fee.amount} {doc.fee.method}".strip())]
        return (*lines, ("issued", doc.accepted_at), ("clerk", doc.clerk))
    for item in doc.items:
        lines.append((f"{item.place} {item.no}", f"{item.name} {item.chip} {' '.join(item.reasons)}".strip()))
        lines.append(("standard", item.standard))
    lines += [("deadline", doc.deadline), ("legal", doc.legal), ("bags", doc.given_back), ("late", doc.late)]
    return (*lines, ("issued", doc.issued_at), ("clerk", doc.clerk))


def anchor_of(number: PaperNumber, stamp: Stamp) -> str:
    """Return what a paper's QR code says; a preview rests on no event and has its digits alone."""
    return PaperAnchor(number, stamp.seq, stamp.head).line if stamp.head else ""


def letterhead(circular: Circular) -> Letterhead:
    """Return who issues the papers of a circular."""
    return Letterhead(
        office=circular.office.name,
        circular_title=circular.title,
        circular_number=circular.doc_no,
        matter=circular.matter_full,
        phone=circular.office.phone,
        address=circular.office.address,
    )


def applicant_of(sub: SubmissionView) -> Applicant:
    """Return whom the papers of a submission concern; masked."""
    person = sub.person
    return Applicant(
        name=person.name,
        id_masked=person.identity,
        id_kind=wording.id_kind(person.identity_kind),
        employer=person.employer,
        specialty=person.specialty,
        phone_masked=person.phone,
    )


def _brought_by(sub: SubmissionView) -> str:
    return sub.submitter.text + (
        f" {wording.deputy(sub.deputy_name, sub.deputy_relation)}" if sub.deputy_name else ""
    )


def _item_row(circular: Circular, item: Item, finding: FindingView | None, originals: int) -> ItemRow:
    kind = str(finding.kind) if finding else ""
    given = kind in ("ok", "defect")
    count = finding.copies if finding and finding.copies is not None else item.copies
    remark = finding.waive_reason.text if finding and finding.waive_reason else ""
    if finding and finding.original_seen:
        remark = wording.ORIGINAL_SEEN
    bag = circular.group(item.group).bag
    copied = item.needs_original or wording.COPY in item.name or wording.COPY in item.standard
    form = wording.COPY if copied else wording.ORIGINAL
    if bag is None:
        form = wording.ELECTRONIC
    elif is_bag_item(circular, item.code):
        form = wording.ORIGINAL
        if kind == "ok" and not originals:
            count, remark = 0, wording.NO_ORIGINALS_DUE
    return ItemRow(
        place=circular.group(item.group).name,
        no=str(item.no),
        name=item.title,
        due=wording.SEVERAL if item.copies_vary else str(item.copies),
        received=str(count) if given else "",
        form=form,
        result=wording.RESULTS.get(kind, ""),
        remark=remark,
    )


def display(circular: Circular, number: PaperNumber) -> str:
    """Return the official number of a paper."""
    word = circular.paper(number.kind).word
    return display_number(circular.office.prefix, word, number.year, number.serial)
