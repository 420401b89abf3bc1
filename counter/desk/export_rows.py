"""The sheets of a day's workbook. Pure: no query is made here.

Headings and words come from `counter/sheets/headings.toml`, texts of the matter from the circular.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from counter.clock import business_date, local
from counter.desk.assemble import receipt_number
from counter.desk.context import DeskContext
from counter.desk.export_day import Day, Handled
from counter.desk.figures import from_text
from counter.desk.findings import told_defects
from counter.desk.people import person_view
from counter.desk.rows import Row
from counter.desk.shifts import closing_display
from counter.desk.views import PersonView
from counter.sheets.workbook import Column, Content, Kind, Meta, Sheet
from receipts import wording
from receipts.money_wording import FIGURES, MONEY_REASONS, SECTIONS
from receipts.number import PaperKind, display_number

Line = Sequence[Content]

_KINDS: dict[str, Kind] = {
    "visit": Kind.INT,
    "originals": Kind.INT,
    "no": Kind.INT,
    "lacking": Kind.INT,
    "turn": Kind.INT,
    "days": Kind.INT,
    "count": Kind.INT,
    "amount": Kind.YUAN,
    "paid": Kind.YUAN,
    "opened": Kind.DATETIME,
    "decided": Kind.DATETIME,
    "at": Kind.DATETIME,
    "deadline": Kind.DATETIME,
    "taken": Kind.DATETIME,
    "returned": Kind.DATETIME,
}
"""What a column holds by its key; text where nothing is said."""

_SUMMED = {
    "submissions": {"originals"},
    "fee_lines": {"amount", "paid"},
    "notice_lines": {"lacking"},
}
"""Columns with a sum in the last row."""

_WHOLE = {"number", "notice", "bill_code", "bill_number"}
"""Columns of numbers that are compared sign by sign, which no line end should part."""

_ON_PAPER = {"submissions": 12, "notice_lines": 10}
"""How many of the first columns are printed where not all are: 22 on one page could not be read."""


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("counter.sheets").joinpath("headings.toml").read_text(encoding="utf-8"))


def meta(ctx: DeskContext, day: Day) -> Meta:
    """Return what the workbook says about itself: the instant is that of the day's last event."""
    words, office = _words(), ctx.circular.office
    return Meta(
        title=words["title"].format(office=office.short, day=day.day.isoformat()),
        creator=office.name,
        at=day.at,
        subject=ctx.circular.doc_no,
        page=words["page"],
    )


def sheets(ctx: DeskContext, day: Day, *, whole: bool = False) -> tuple[Sheet, ...]:
    """Return the six sheets of a day."""
    return (
        _sheet("submissions", [_submission(h, whole) for h in day.handled]),
        _sheet("fee_lines", [_fee(h, row) for h, row in day.fees]),
        _sheet("notice_lines", [line for h in day.handled for line in _notices(ctx, day, h)]),
        _sheet("originals", [line for h in day.handled for line in _originals(h)]),
        _sheet("closings", [line for row in day.closings for line in closing_lines(ctx, row)]),
        _sheet("summary", list(_summary(ctx, day))),
    )


def _sheet(key: str, rows: list[Line]) -> Sheet:
    """Return a sheet with the headings of a section of the data file; a sum row where columns have sums."""
    words = _words()
    summed = _SUMMED.get(key, set())
    columns = [
        Column(title, _KINDS.get(name, Kind.TEXT), total=name in summed, whole=name in _WHOLE)
        for name, title in words[key].items()
        if name != "name"
    ]
    return Sheet(words[key]["name"], columns, rows, words["total"] if summed else "", _ON_PAPER.get(key))


def _submission(h: Handled, whole: bool) -> Line:
    words, sub, person = _words(), h.loaded.sub, _person(h)
    submitter = next((s.name for s in h.circular.submitters if s.code == sub["submitter"]), sub["submitter"])
    if sub["deputy_name"]:
        submitter = f"{submitter} {wording.deputy(sub['deputy_name'], sub['deputy_relation'])}"
    issued = {kind: [p["display"] for p in h.loaded.papers if p["kind"] == kind] for kind in PaperKind}
    return (
        _number(h),
        person.name,
        person.employer,
        person.specialty,
        submitter,
        words["statuses"][sub["status"]],
        sub["visit"],
        sub["opened_at"],
        sub["decided_at"],
        sub["decided_by"] or sub["opened_by"],
        sum(o["state"] == "held" for o in h.loaded.originals),
        words["fees"][sub["fee_state"]],
        person.online_id,
        receipt_number(sub).digits,
        wording.id_kind(person.identity_kind) if person.identity_kind else "",
        h.loaded.entry["id_number"] if whole else person.identity,
        h.loaded.entry["phone"] if whole else person.phone,
        person.county,
        words["joint"].join(s.short for s in person.situations),
        words["walk_up"] if person.walk_up else "",
        words["joint"].join(issued[PaperKind.RECEIPT]),
        words["joint"].join(issued[PaperKind.NOTICE]),
        _late(h),
    )


def _late(h: Handled) -> str:
    """Return on which emergency paper and when somebody was taken in who was entered afterwards."""
    late = h.loaded.late
    if late is None:
        return ""
    return str(_words()["late"]).format(number=late["number"], at=f"{local(late['occurred_at']):%m-%d %H:%M}")


def _fee(h: Handled, fee: Row) -> Line:
    words, person = _words(), _person(h)
    paid = fee["state"] == "paid"
    method = next((m.name for m in h.circular.fee.methods if m.code == fee["method"]), fee["method"])
    return (
        _number(h),
        person.name,
        person.employer,
        words["fees"][fee["state"]],
        method,
        fee["amount_fen"],
        fee["amount_fen"] if paid else None,
        fee["bill_code"],
        fee["bill_number"],
        fee["document_no"],
        words["yes"] if lacks_bill(fee) else "",
        fee["at"],
        fee["actor"],
    )


def lacks_bill(fee: Row) -> bool:
    """Tell whether money was paid, here or elsewhere, and neither bill nor document is noted yet."""
    noted = fee["bill_number"] or fee["document_no"]
    return fee["state"] in ("paid", "elsewhere") and not noted


def _notices(ctx: DeskContext, day: Day, h: Handled) -> Iterator[Line]:
    """Yield every line of the notices that were issued on the day."""
    person = _person(h)
    word = h.circular.paper(PaperKind.NOTICE).word
    for notice in h.loaded.notices:
        if not day.begins <= notice["issued_at"] < day.ends:
            continue
        number = display_number(h.circular.office.prefix, word, notice["year"], notice["serial"])
        last = business_date(notice["deadline"])
        days = ctx.calendar.working_days(day.day + timedelta(days=1), last)
        for defect in told_defects(h.circular, notice):
            yield (
                number,
                person.name,
                h.circular.group(defect.item.group).name,
                defect.item.no,
                defect.item.title,
                wording.RESULTS[str(defect.kind)],
                _words()["joint"].join(reason.text for reason in defect.reasons),
                defect.short_by,
                wording.STANDARDS_JOINED.join(defect.standards),
                notice["deadline"],
                _number(h),
                person.specialty,
                notice["turn"],
                days,
                notice["issued_by"],
            )


def _originals(h: Handled) -> Iterator[Line]:
    person = _person(h)
    for row in h.loaded.originals:
        kind = next((k.name for k in h.circular.originals if k.code == row["kind"]), row["kind"])
        yield (
            _number(h),
            person.name,
            person.employer,
            kind,
            row["title"],
            row["number"],
            _words()["custody"][row["state"]],
            row["taken_at"],
            row["taken_by"],
            row["returned_at"],
        )


def closing_lines(ctx: DeskContext, row: Row) -> Iterator[Line]:
    """Yield every figure of a close as its day sheet has it."""
    number = closing_display(ctx, row)
    for code in ("float", "expected", "counted", "variance"):
        yield number, _words()["drawer"], FIGURES[code], "", None, row[f"{code}_fen"]
    if row["variance_reason"]:
        reason = MONEY_REASONS.get(row["variance_reason"], row["variance_reason"])
        yield number, _words()["drawer"], _words()["reason"], reason, None, None
    for section in from_text(row["figures"]):
        part = SECTIONS.get(section.code)
        if part is None:
            continue
        for x in section.lines:
            item = FIGURES.get(f"{section.code}.{x.code}") or FIGURES.get(x.code) or x.code
            named = section.code == "methods"
            yield number, part, x.text if named else item, "" if named else x.text, x.count, x.fen
    yield number, _words()["perpetual"], "", "", row["perpetual_count"], row["perpetual_fen"]


def _summary(ctx: DeskContext, day: Day) -> Iterator[Line]:
    """Yield the day in figures, each of which can be counted again on the other sheets."""
    parts, items = _words()["parts"], _words()["items"]
    opened = [h for h in day.handled if h.loaded.sub["opened_day"] == day.day.isoformat()]
    yield parts["day"], day.day.isoformat(), ctx.circular.doc_no, None, None
    yield parts["statuses"], items["opened"], "", len(opened), None
    yield parts["statuses"], items["handled"], "", len(day.handled), None
    statuses = Counter(h.loaded.sub["status"] for h in day.handled)
    for status, word in _words()["statuses"].items():
        if status in statuses:
            yield parts["statuses"], word, "", statuses[status], None
    specialties = Counter(_person(h).specialty for h in day.handled)
    for specialty, count in sorted(specialties.items(), key=lambda found: (-found[1], found[0])):
        yield parts["specialties"], specialty, "", count, None
    yield from _money(day)
    notices = [n for h in day.handled for n in h.loaded.notices if day.begins <= n["issued_at"] < day.ends]
    lines = sum(len(list(_notices(ctx, day, h))) for h in day.handled)
    yield parts["notices"], items["notices"], "", len(notices), None
    yield parts["notices"], items["lines"], "", lines, None
    states = Counter(o["state"] for h in day.handled for o in h.loaded.originals)
    yield parts["originals"], items["held"], "", states["held"], None
    yield parts["originals"], items["returned"], "", states["returned"], None
    if opened:
        yield parts["numbers"], items["first"], _number(opened[0]), None, None
        yield parts["numbers"], items["last"], _number(opened[-1]), None, None
        yield parts["numbers"], items["missing"], "", _missing(opened), None
    yield parts["journal"], items["seq"], str(day.seq), None, None
    yield parts["journal"], items["head"], day.head, None, None


def _money(day: Day) -> Iterator[Line]:
    parts, items = _words()["parts"], _words()["items"]
    by_method: dict[str, list[int]] = {}
    for h, fee in day.fees:
        method = next((m.name for m in h.circular.fee.methods if m.code == fee["method"]), fee["method"])
        by_method.setdefault(method, []).append(fee["amount_fen"])
    for method, amounts in by_method.items():
        yield parts["methods"], method, "", len(amounts), sum(amounts)
    for state in ("paid", "due", "elsewhere"):
        amounts = [fee["amount_fen"] for _, fee in day.fees if fee["state"] == state]
        yield parts["fees"], items[state], "", len(amounts), sum(amounts)
    yield parts["fees"], items["without_bill"], "", sum(lacks_bill(fee) for _, fee in day.fees), None


def _missing(opened: list[Handled]) -> int:
    """Return how many serials between a day's first and last were given to nobody that day."""
    serials: list[int] = [h.loaded.sub["serial"] for h in opened]
    return serials[-1] - serials[0] + 1 - len(serials)


def _number(h: Handled) -> str:
    number = receipt_number(h.loaded.sub)
    word = h.circular.paper(PaperKind.RECEIPT).word
    return display_number(h.circular.office.prefix, word, number.year, number.serial)


def _person(h: Handled) -> PersonView:
    return person_view(h.circular, h.loaded.entry, situations=h.loaded.sub["situations"])
