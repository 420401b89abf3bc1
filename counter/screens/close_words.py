"""What the close says: its steps, sums, checks and reasons, as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from counter.i18n import _
from counter.rules.money import yuan
from counter.screens.words import money
from counter.widgets.paint import Row

if TYPE_CHECKING:
    from counter.desk.money_views import CloseView, ClosingView, Section

STEPS: Final = (_("1 count the cash"), _("2 compare"), _("3 sign and print"))

REASONS: Final[Mapping[str, str]] = {
    "change_error": _("change was given wrongly"),
    "not_recorded": _("money moved without a record"),
    "float_wrong": _("the float was wrong"),
    "counterfeit": _("a false or damaged note"),
    "unexplained": _("unexplained, disputed"),
    "other": _("other"),
}
"""Why a drawer may differ."""

CHECKS: Final[Mapping[str, str]] = {
    "parked": _("parked"),
    "unfinished": _("unfinished"),
    "prints": _("to print"),
    "bills": _("bill numbers"),
    "backup": _("backup"),
}
"""What is looked at besides the cash."""

FIGURES: Final[Mapping[str, str]] = {
    "take": _("taken"),
    "void": _("voided"),
    "refund": _("given back"),
    "net": _("in all"),
    "receipts": _("receipts x price"),
    "paid": _("paid in this shift"),
    "other": _("paid at another desk"),
    "elsewhere": _("paid elsewhere"),
    "due": _("unpaid"),
    "price": _("price changed"),
    "earlier": _("for earlier receipts"),
    "takings": _("takings"),
    "rest": _("does not add up"),
    "accepted_without_fee": _("accepted without fee"),
    "fee_without_acceptance": _("fee without acceptance"),
    "without_bill": _("fees without bill"),
    "late": _("entered afterwards"),
    "opened": _("opened"),
    "accepted": _("accepted"),
    "correction": _("to correct"),
    "rejected": _("refused"),
    "lapsed": _("lapsed"),
    "in": _("originals in"),
    "out": _("originals out"),
    "held": _("originals held"),
    "copies": _("copies printed"),
    "float": _("float"),
    "cash_in": _("cash in"),
    "cash_out": _("cash out"),
    "expected": _("should be there"),
    "rescued": _("passwords set"),
}
"""Figures by their code."""

SEALED: Final = _("sealed until counted")


def steps_row(at: int) -> Row:
    """Return the three steps with the present one marked."""
    row, x = Row(), 2
    for index, word in enumerate(STEPS):
        if index == at:
            row.put(x, "[", "chip-edge").then(word, "chip").then("]", "chip-edge")
        else:
            row.put(x + 1, word, "muted")
        x = row.end + 2
    return row


def sums_rows(view: CloseView, total: int) -> list[Row]:
    """Return the sums below the count; what should be there stays sealed."""
    shift = view.shift
    assert shift is not None
    rows = [Row()]
    for label, text, tone in (
        (_("counted"), money(total), "strong"),
        (_("less the float"), money(shift.float_fen), "fact"),
        (_("cash taken"), money(total - shift.float_fen), "strong"),
        (_("in the book"), SEALED, "muted"),
        (_("difference"), SEALED, "muted"),
    ):
        rows.append(Row().put(3, label, "muted").right(44, text, tone))
    return rows


def figures_rows(view: CloseView, done: ClosingView | None, sections: Sequence[Section]) -> list[Row]:
    """Return what was counted, what should be there, and the ways of paying; empty without a shift."""
    if done is None and view.shift is None:
        return [Row().put(3, _("The next shift begins with the last day sheet."), "muted")]
    if done is not None:
        counted, should, variance = done.counted_fen, done.expected_fen, done.variance_fen
        reason = done.variance_reason
    else:
        counted, should, variance, reason = (
            view.counted_fen,
            view.expected_fen or 0,
            view.variance_fen or 0,
            "",
        )
    rows = []
    for label, fen, tone in (
        (_("counted"), counted, "strong"),
        (_("should be there"), should, "fact"),
        (_("difference"), variance, "error" if variance else "success"),
    ):
        rows.append(Row().put(3, label, "muted").right(44, money(fen), tone))
    if reason:
        rows.append(Row().put(3, _("because"), "muted").right(44, REASONS.get(reason, reason), "warning"))
    rows.append(Row())
    for section in sections:
        if section.code == "methods":
            for line in section.lines:
                row = Row().put(3, line.text, "fact").right(28, str(line.count), "muted")
                rows.append(row.right(44, money(line.fen or 0), "fact"))
    for section in sections:
        if section.code == "reconcile":
            rows.append(Row())
            for line in section.lines:
                if line.count or line.code in ("receipts", "takings"):
                    row = Row().put(3, FIGURES[line.code], "muted").right(28, str(line.count), "muted")
                    rows.append(
                        row.right(44, money(line.fen or 0), "error" if line.code == "rest" else "fact")
                    )
    if done is not None:
        rows += [
            Row(),
            Row().put(3, _("day sheet"), "muted").then(done.display, "strong", 2),
            Row()
            .put(3, _("since the first"), "muted")
            .then(
                _("{n} payments, {sum}").format(n=done.perpetual_count, sum=money(done.perpetual_fen)),
                "fact",
                2,
            ),
        ]
    return rows


def checks(view: CloseView, done: ClosingView | None) -> list[Row]:
    """Return what stands open; it hinders nothing, and before the count no figure of it tells the takings."""
    blind = done is None and view.shift is not None and view.shift.state == "open"
    rows = [Row("surface").put(2, _("Check"), "accent-strong")]
    for warned in view.warnings:
        row = Row("surface").put(2, CHECKS.get(warned.code, warned.code), "fact")
        if warned.count and warned.code != "backup" and not (blind and warned.code == "bills"):
            row.right(22, str(warned.count), "fact")
        fine = not warned.count
        rows.append(row.right(32, _("passed") if fine else _("to settle"), "muted" if fine else "warning"))
    rows += [Row("surface"), Row("surface").put(2, _("Open ones do not hinder the close."), "muted")]
    return rows


def report_rows(sections: Iterable[Section], most: int) -> list[Row]:
    """Return the figures of a report, two columns where they do not fit in one."""
    texts: list[tuple[str, str, str]] = []
    for section in sections:
        for line in section.lines:
            if section.code in ("approvals", "refusals"):
                continue
            if line.count is None and line.fen is None:
                continue
            name = line.text if section.code == "methods" else FIGURES.get(line.code, line.code)
            count = "" if line.count is None else str(line.count)
            texts.append((name, count, "" if line.fen is None else yuan(line.fen)))
    rows = [Row("raised") for _row in range(min(most, (len(texts) + 1) // 2))]
    for index, (name, count, fen) in enumerate(texts):
        column, at = divmod(index, max(1, len(rows)))
        if column > 1:
            break
        x = 3 + 37 * column
        rows[at].put(x, name, "muted", 18).right(x + 23, count, "fact").right(x + 34, fen, "strong")
    return rows
