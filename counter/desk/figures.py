"""The figures of a shift: what its payments and its stretch of the journal come to.

A payment carries its shift, and an event its place in the journal: no figure goes by a time, so what happens
at the very moment of a close falls into exactly one. What the rows and the journal say by themselves can be
worked out again at any later time; `verify` does.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import sqlalchemy as sa

from counter.desk.context import DeskContext
from counter.desk.money_views import Line, Section
from counter.desk.rescues import between_closes
from counter.desk.rows import (
    APPROVALS,
    FEES,
    JOURNAL,
    LATE_ENTRIES,
    ORIGINALS,
    PAYMENTS,
    SUBMISSIONS,
    Row,
    as_row,
)
from counter.desk.shifts import event_seq, shift_ref
from counter.desk.unit import circular_of
from counter.rules.cash import Movement, expected, total
from db.journal import Json, canonical
from receipts.number import PaperKind, PaperNumber, display_number

PROVABLE: Final = (
    "payments",
    "methods",
    "submissions",
    "originals",
    "papers",
    "approvals",
    "refusals",
    "staff",
)
"""Sections that can be worked out again from rows and journal at any later time."""

_CHUNK: Final = 500

_MOVES: Final = frozenset(
    {"notice.issued", "submission.rejected", "submission.returned", "original.returned"}
)
"""Events that move listed originals out of or into the desk's keeping."""


@dataclass
class Stretch:
    """What the journal tells of one desk between the opening of its shift and an event."""

    accepted: list[int] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    decided: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    approvals: list[int] = field(default_factory=list)
    copies: int = 0
    originals_in: int = 0
    originals_out: int = 0


def stretch(conn: sa.Connection, shift: Row, upto: int | None = None) -> Stretch:
    """Read the journal of a shift's desk from its opening, that itself too, to an event, or to the end."""
    began = event_seq(conn, shift_ref(shift), "shift.opened")
    found = Stretch()
    if began is None:
        return found
    query = sa.select(JOURNAL.c.event).where(JOURNAL.c.seq >= began.seq).order_by(JOURNAL.c.seq)
    if upto is not None:
        query = query.where(JOURNAL.c.seq < upto)
    for (event,) in conn.execute(query.execution_options(yield_per=1000)):
        _seq, _at, _tz, desk, _actor, _role, kind, ref, body = json.loads(bytes(event))
        if desk == shift["desk"]:
            _take(found, kind, ref, body or {})
    return found


def _take(found: Stretch, kind: str, ref: str, body: dict[str, Any]) -> None:
    found.approvals += [
        int(told["approval"]) for told in (body, *body.get("overrides", ())) if "approval" in told
    ]
    moved = sum(name.startswith("original:") for name in body.get("rows", ()))
    if kind == "submission.accepted":
        found.accepted.append(int(ref.partition(":")[2]))
        found.numbers.append(body["number"])
        found.decided["accepted"] += 1
    elif kind == "submission.opened":
        found.opened.append(int(ref.partition(":")[2]))
        found.decided["opened"] += 1
    elif kind in ("notice.issued", "submission.rejected", "submission.lapsed"):
        found.decided[{"notice.issued": "correction"}.get(kind, kind.partition(".")[2])] += 1
    elif kind == "paper.copied":
        found.copies += 1
    elif kind == "refused":
        found.refused[body["code"]] += 1
    elif kind == "original.added":
        found.originals_in += 1
    elif kind == "original.removed":
        found.originals_in -= 1
    if kind in _MOVES:
        if kind == "submission.returned":
            found.originals_in += moved
        else:
            found.originals_out += moved


def movements(conn: sa.Connection, ctx: DeskContext, shift_id: int) -> list[Movement]:
    """Return the payments of a shift in their order, as the sums need them."""
    return [movement(ctx, row) for row in payments_of_shift(conn, shift_id)]


def payments_of_shift(conn: sa.Connection, shift_id: int) -> list[Row]:
    """Return the payments of a shift in their order."""
    query = sa.select(PAYMENTS).where(PAYMENTS.c.shift_id == shift_id).order_by(PAYMENTS.c.id)
    return [as_row(r) for r in conn.execute(query)]


def movement(ctx: DeskContext, row: Row) -> Movement:
    """Return a payment's row as the sums need it."""
    method = next((m for m in ctx.circular.fee.methods if m.code == row["method"]), None)
    cash = method.cash if method is not None else row["method"] == "cash"
    return Movement(row["id"], row["kind"], row["method"], cash, row["amount_fen"], row["negates"])


def slip_display(ctx: DeskContext, row: Row) -> str:
    """Return the official number of a payment's slip."""
    word = ctx.circular.paper(PaperKind.FEE_SLIP).word
    return display_number(ctx.circular.office.prefix, word, row["year"], row["serial"])


def slip_number(row: Row) -> PaperNumber:
    """Return the number of a payment's slip."""
    return PaperNumber(PaperKind.FEE_SLIP, row["year"], row["desk"], row["serial"])


def figures(
    conn: sa.Connection, ctx: DeskContext, shift: Row, upto: int | None = None
) -> tuple[Section, ...]:
    """Return every figure of a shift up to an event, or to now."""
    rows = payments_of_shift(conn, shift["id"])
    moved = [movement(ctx, row) for row in rows]
    told = stretch(conn, shift, upto)
    return (
        _payments(ctx, rows, moved),
        _methods(ctx, moved),
        *_reconciled(conn, ctx, shift, rows, told),
        _submissions(told),
        _originals(conn, told),
        Section("papers", (Line("copies", told.copies),)),
        _approvals(conn, told),
        Section("refusals", tuple(Line(code, n) for code, n in sorted(told.refused.items()))),
        *_rescues(conn, ctx, shift, upto),
        _drawer(shift, moved),
    )


def _rescues(conn: sa.Connection, ctx: DeskContext, shift: Row, upto: int | None) -> tuple[Section, ...]:
    """Return the passwords set for supervisors; most days have none, and then it says nothing of it."""
    at = replace(ctx, desk=shift["desk"])
    found = between_closes(conn, at, shift_id=shift["id"], upto=upto)
    if not found:
        return ()
    text = "；".join(dict.fromkeys(f"{one.whose}/{one.by}" for one in found))
    return (Section("staff", (Line("rescued", len(found), text=text),)),)


def to_text(sections: Sequence[Section]) -> str:
    """Return figures in the one spelling a close stores them in."""
    plain: list[Json] = [[s.code, [[x.code, x.count, x.fen, x.text] for x in s.lines]] for s in sections]
    return canonical(plain).decode()


def from_text(text: str) -> tuple[Section, ...]:
    """Return the figures a close stored."""
    return tuple(Section(code, tuple(Line(*line) for line in lines)) for code, lines in json.loads(text))


def line(sections: Iterable[Section], section: str, code: str) -> Line:
    """Return one figure; an empty one when there is none."""
    for s in sections:
        if s.code == section:
            for found in s.lines:
                if found.code == code:
                    return found
    return Line(code, 0, 0)


def _payments(ctx: DeskContext, rows: list[Row], moved: list[Movement]) -> Section:
    ends = (slip_display(ctx, rows[0]), slip_display(ctx, rows[-1])) if rows else ("", "")
    lines = [Line("first", text=ends[0]), Line("last", text=ends[1])]
    for kind in ("take", "void", "refund"):
        found = total(moved, kind)
        lines.append(Line(kind, found.count, found.fen))
    everything = total(moved)
    return Section("payments", (*lines, Line("net", everything.count, everything.fen)))


def _methods(ctx: DeskContext, moved: list[Movement]) -> Section:
    names = {m.code: m.name for m in ctx.circular.fee.methods}
    order = [*names, *sorted({m.method for m in moved} - names.keys())]
    lines = []
    for code in order:
        found = total(moved, method=code)
        if found.count:
            lines.append(Line(code, found.count, found.fen, names.get(code, code)))
    return Section("methods", tuple(lines))


def _reconciled(
    conn: sa.Connection, ctx: DeskContext, shift: Row, rows: list[Row], told: Stretch
) -> tuple[Section, Section]:
    """Hold the receipts handed out in the shift against the money: each has to be accounted for."""
    here: Counter[int] = Counter()
    for row in rows:
        here[row["submission_id"]] += row["amount_fen"]
    accepted = set(told.accepted)
    sums = {code: [0, 0] for code in ("receipts", "paid", "other", "elsewhere", "due", "price", "rest")}

    def put(code: str, fen: int) -> None:
        sums[code][0] += 1
        sums[code][1] += fen

    unpaid: list[int] = []
    for sub, fee in _with_fees(conn, told.accepted):
        price = circular_of(conn, ctx, sub["circular_version_id"]).fee.amount_fen
        put("receipts", price)
        left = price
        if fee is None or fee["state"] == "due":
            unpaid.append(sub["serial"])
            put("due", price)
            left = -here[sub["id"]]
        elif fee["state"] == "elsewhere":
            put("elsewhere", price)
            left = -here[sub["id"]]
        else:
            if fee["amount_fen"] != price:
                put("price", price - fee["amount_fen"])
            taken = here[sub["id"]] or fee["amount_fen"]
            put("paid" if here[sub["id"]] else "other", taken)
            left = fee["amount_fen"] - taken
        if left:
            put("rest", left)
    earlier = [row for row in rows if row["submission_id"] not in accepted]
    without_bill = _without_bill(conn, {*accepted, *(row["submission_id"] for row in rows)})
    lines = [Line(code, n, fen) for code, (n, fen) in sums.items() if code != "rest"]
    lines.append(Line("earlier", len(earlier), sum(row["amount_fen"] for row in earlier)))
    lines.append(Line("takings", len(rows), sum(row["amount_fen"] for row in rows)))
    lines.append(Line("rest", sums["rest"][0], sums["rest"][1]))
    open_ = (
        Line("accepted_without_fee", len(unpaid), text=_some(unpaid)),
        Line("fee_without_acceptance", _not_accepted(conn, {row["submission_id"] for row in rows})),
        Line("without_bill", without_bill),
        Line("late", _late(conn, told.opened)),
    )
    return Section("reconcile", tuple(lines)), Section("open", open_)


def _with_fees(conn: sa.Connection, ids: list[int]) -> Iterator[tuple[Row, Row | None]]:
    """Give each submission with its live fee, in their order."""
    for part in _chunks(ids):
        fees = {
            r.submission_id: as_row(r)
            for r in conn.execute(
                sa.select(FEES).where(FEES.c.submission_id.in_(part), FEES.c.state != "voided")
            )
        }
        for row in conn.execute(
            sa.select(SUBMISSIONS).where(SUBMISSIONS.c.id.in_(part)).order_by(SUBMISSIONS.c.id)
        ):
            yield as_row(row), fees.get(row.id)


def _not_accepted(conn: sa.Connection, ids: set[int]) -> int:
    found = 0
    for part in _chunks(sorted(ids)):
        query = sa.select(sa.func.count()).where(
            SUBMISSIONS.c.id.in_(part), SUBMISSIONS.c.status.not_in(("accepted", "withdrawn"))
        )
        found += int(conn.execute(query).scalar_one())
    return found


def _without_bill(conn: sa.Connection, ids: set[int]) -> int:
    found = 0
    for part in _chunks(sorted(ids)):
        query = sa.select(sa.func.count()).where(
            FEES.c.submission_id.in_(part),
            FEES.c.state.in_(("paid", "elsewhere")),
            FEES.c.bill_number == "",
            FEES.c.document_no == "",
        )
        found += int(conn.execute(query).scalar_one())
    return found


def _late(conn: sa.Connection, opened: list[int]) -> int:
    found = 0
    for part in _chunks(opened):
        query = sa.select(sa.func.count()).where(LATE_ENTRIES.c.submission_id.in_(part))
        found += int(conn.execute(query).scalar_one())
    return found


def _submissions(told: Stretch) -> Section:
    kinds = ("opened", "accepted", "correction", "rejected", "lapsed")
    ends = (min(told.numbers, default=""), max(told.numbers, default=""))
    return Section(
        "submissions",
        (
            *(Line(code, told.decided[code]) for code in kinds),
            Line("first_receipt", text=ends[0]),
            Line("last_receipt", text=ends[1]),
        ),
    )


def _originals(conn: sa.Connection, told: Stretch) -> Section:
    held = conn.execute(
        sa.select(sa.func.count()).select_from(ORIGINALS).where(sa.text("state = 'held'"))
    ).scalar_one()
    return Section(
        "originals",
        (
            Line("in", told.originals_in),
            Line("out", told.originals_out),
            Line("held", int(held)),
        ),
    )


def _approvals(conn: sa.Connection, told: Stretch) -> Section:
    """Return each exception that was used: what about, who asked, who allowed it, why."""
    rows: list[Row] = []
    for part in _chunks(sorted(set(told.approvals))):
        query = sa.select(APPROVALS).where(APPROVALS.c.id.in_(part)).order_by(APPROVALS.c.id)
        rows += [as_row(r) for r in conn.execute(query)]
    about = {row["id"]: int(row["ref"].split(":")[1]) for row in rows if row["ref"].startswith("submission:")}
    serials: dict[int, str] = {}
    for part in _chunks(sorted(set(about.values()))):
        query = sa.select(SUBMISSIONS.c.id, SUBMISSIONS.c.serial).where(SUBMISSIONS.c.id.in_(part))
        serials |= {id: f"{serial:05d}" for id, serial in conn.execute(query)}
    lines = []
    for row in rows:
        ref = serials.get(about.get(row["id"], 0), str(row["ref"]))
        text = "|".join((ref, row["requested_by"], row["approved_by"], row["reason"]))
        lines.append(Line(row["kind"], 1, text=text))
    return Section("approvals", tuple(lines))


def _drawer(shift: Row, moved: list[Movement]) -> Section:
    cash = [m for m in moved if m.cash]
    come = [m for m in cash if m.amount_fen > 0]
    gone = [m for m in cash if m.amount_fen < 0]
    return Section(
        "drawer",
        (
            Line("float", fen=shift["float_fen"]),
            Line("cash_in", len(come), sum(m.amount_fen for m in come)),
            Line("cash_out", len(gone), sum(m.amount_fen for m in gone)),
            Line("expected", fen=expected(shift["float_fen"], moved)),
        ),
    )


def _some(serials: list[int], most: int = 8) -> str:
    shown = " ".join(f"{serial:05d}" for serial in serials[:most])
    return shown + (" .." if len(serials) > most else "")


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield list(ids[start : start + _CHUNK])
