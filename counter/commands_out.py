"""Commands that tell or hand out: `status`, `export`, `print`, `paper emergency`."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from counter.clock import business_date, local
from counter.console import Exit, opened, say, say_json
from counter.i18n import _
from counter.screens.words import FEES, NOT_COME, ORIGINALS, PAYMENTS, STATUSES, finding_word, moment, money

if TYPE_CHECKING:
    from counter.desk.money_views import PaymentView
    from counter.desk.paper_views import PaperView
    from counter.desk.search_views import StatusView
    from counter.desk.views import DefectLine, FeeView


def status(args: Namespace) -> int:
    """Say where everyone stands who fits the question."""
    from counter.desk import search

    query = " ".join(args.query)
    with opened(args, named=True) as desk:
        found = search.status(desk.ctx, query, full=_reason(args), actor=desk.actor)
    if args.json:
        say_json({"query": query, "found": [as_json(view) for view in found]})
    elif not found:
        say(_("Nobody fits {query}.").format(query=query))
    else:
        say("\n\n".join(as_text(view) for view in found))
    return (Exit.NO, Exit.OK)[len(found)] if len(found) < 2 else Exit.SEVERAL


def _reason(args: Namespace) -> str:
    """Return why whole numbers are asked for, empty when they are not; a missing reason is refused."""
    if not args.full:
        return ""
    from counter.desk.reveal import require_reason

    require_reason(args.reason)
    return str(args.reason)


def as_text(view: StatusView) -> str:
    """Return a submission's standing in a few lines a screen reader can read aloud."""
    hit = view.hit
    word = NOT_COME[0] if hit.status is None else STATUSES[hit.status][0]
    lines = [
        f"{hit.name}  {word}  {view.display}".rstrip(),
        _("  {identity}  {employer}  {specialty}").format(
            identity=hit.identity, employer=hit.employer_short, specialty=hit.specialty_short
        ),
        _("  online submission ID: {id}").format(id=hit.online_id or "-"),
    ]
    if view.opened_at is not None:
        lines.append(_("  opened: {at}").format(at=moment(view.opened_at)))
    if view.late is not None:
        text = _("  entered late, from emergency paper {number} of {at}")
        lines.append(text.format(number=view.late.number, at=moment(view.late.occurred_at)))
    if view.decided_at is not None:
        lines.append(_("  decided: {at}").format(at=moment(view.decided_at)))
    if view.deadline is not None:
        lines.append(_("  to be corrected until: {at}").format(at=moment(view.deadline)))
    if hit.status is not None:
        lines.append(
            _("  fee: {fee}; originals: {state}, {count} in the bag").format(
                fee=FEES[hit.fee_state][0],
                state=ORIGINALS[hit.originals_state][0],
                count=hit.originals_held,
            )
        )
    if view.fee is not None and not view.payments:
        lines.append(_("  noted: {method}, {sum}{bill}").format(**_noted(view.fee)))
    lines += [_payment_text(payment) for payment in view.payments]
    lines += [f"  {finding_word(line.kind)}: {line.title}" for line in view.open_items]
    lines += [f"  {paper.title} {paper.display} {paper.number}" for paper in view.papers]
    return "\n".join(lines)


def as_json(view: StatusView) -> dict[str, object]:
    """Return a submission's standing as docs/json.md describes it."""
    hit = view.hit
    return {
        "number": view.number or None,
        "display": view.display or None,
        "status": None if hit.status is None else str(hit.status),
        "name": hit.name,
        "identity": hit.identity,
        "phone": hit.phone,
        "employer": hit.employer,
        "specialty": hit.specialty_short,
        "online_id": hit.online_id or None,
        "opened_at": _instant(view.opened_at),
        "late": None
        if view.late is None
        else {
            "number": view.late.number,
            "occurred_at": _instant(view.late.occurred_at),
            "entered_at": _instant(view.late.entered_at),
        },
        "decided_at": _instant(view.decided_at),
        "deadline": _instant(view.deadline),
        "fee": str(hit.fee_state),
        "fee_method": None if view.fee is None or view.fee.method is None else view.fee.method.code,
        "bill": None if view.fee is None else _bill(view.fee.bill_code, view.fee.bill_number),
        "payments": [_payment(payment) for payment in view.payments],
        "originals": str(hit.originals_state),
        "originals_held": hit.originals_held,
        "open_items": [_open_item(line) for line in view.open_items],
        "papers": [_paper(paper) for paper in view.papers],
    }


def export(args: Namespace) -> int:
    """Write the workbook of a day."""
    from counter.desk import export as workbook

    with opened(args, named=True) as desk:
        day = args.day or business_date(desk.ctx.clock.now())
        done = workbook.export_day(
            desk.ctx,
            day=day,
            target=args.to,
            actor=desk.actor,
            key=uuid4(),
            overwrite=args.replace,
            full=_reason(args),
        )
    say(str(done.path))
    return Exit.OK


def print_again(args: Namespace) -> int:
    """Make a copy of a paper."""
    from counter.desk import papers, search

    with opened(args, named=True) as desk:
        number = search.paper_number(desk.ctx, args.number)
        if args.to is not None:
            papers.print_to(desk.ctx, number=number, path=args.to, actor=desk.actor, key=uuid4())
            say(str(args.to))
            return Exit.OK
        papers.reprint(desk.ctx, number=number, actor=desk.actor, key=uuid4())
        report = papers.drain(desk.ctx)
        for name in report.printed:
            say(str(desk.ctx.documents / name))
    return Exit.NO if report.failed else Exit.OK


def _noted(fee: FeeView) -> dict[str, str]:
    method = fee.method.text if fee.method is not None else ""
    return {
        "method": method,
        "sum": money(fee.amount_fen),
        "bill": _bill_text(fee.bill_code, fee.bill_number),
    }


def _bill_text(code: str, number: str) -> str:
    return _(", bill {bill}").format(bill=f"{code} {number}".strip()) if number else ""


def _payment_text(payment: PaymentView) -> str:
    """Return money that moved as one line that can be read aloud."""
    text = _("  {display}: {kind} {sum}, {method}{bill}, {at}, {actor}").format(
        display=payment.display,
        kind=PAYMENTS[payment.kind],
        sum=money(abs(payment.amount_fen)),
        method=payment.method,
        bill=_bill_text(payment.bill_code, payment.bill_number),
        at=moment(payment.at),
        actor=payment.actor,
    )
    return text + (_(", allowed by {name}").format(name=payment.approved_by) if payment.approved_by else "")


def _bill(code: str, number: str) -> dict[str, str] | None:
    return {"code": code, "number": number} if number else None


def _payment(payment: PaymentView) -> dict[str, object]:
    return {
        "number": payment.number,
        "display": payment.display,
        "kind": payment.kind,
        "method": payment.method_code,
        "amount_fen": payment.amount_fen,
        "bill": _bill(payment.bill_code, payment.bill_number),
        "at": _instant(payment.at),
        "actor": payment.actor,
        "approved_by": payment.approved_by or None,
        "reason": payment.reason or None,
    }


def print_pad(args: Namespace) -> int:
    """Print this desk's next emergency papers."""
    from counter.desk import pads

    with opened(args) as desk:
        made = pads.print_pad(desk.ctx, count=args.count, path=args.to, actor=desk.actor, key=uuid4())
    say(str(made.path))
    say(_("{first} to {last}").format(first=made.first, last=made.last))
    return Exit.OK


def _open_item(line: DefectLine) -> dict[str, object]:
    return {
        "item": line.item,
        "title": line.title,
        "finding": str(line.kind),
        "reasons": [reason.code for reason in line.reasons],
        "copies_lacking": line.lacking,
    }


def _paper(paper: PaperView) -> dict[str, object]:
    return {
        "number": paper.number,
        "display": paper.display,
        "kind": paper.kind,
        "title": paper.title,
        "issued_at": _instant(paper.issued_at),
        "prints": paper.prints,
        "files": list(paper.files),
    }


def _instant(at: datetime | None) -> str | None:
    """Write an instant as the office's wall clock with its offset."""
    return None if at is None else local(at).isoformat(timespec="seconds")
