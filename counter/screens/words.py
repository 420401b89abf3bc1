"""How states, days and sums read on the screens: one word for one thing, with its tone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from counter.clock import local
from counter.i18n import _
from counter.rules.finding import FindingKind
from counter.rules.money import yuan
from counter.rules.status import EfileState, FeeState, OriginalsState, Status
from counter.widgets.words import FINDINGS as FINDINGS

WEEKDAYS: Final = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))

STATUSES: Final[Mapping[Status, tuple[str, str]]] = {
    Status.OPEN: (_("checking"), "accent"),
    Status.PARKED: (_("parked"), "strong"),
    Status.ACCEPTED: (_("accepted"), "success"),
    Status.CORRECTION: (_("correct."), "warning"),
    Status.REJECTED: (_("refused"), "error"),
    Status.LAPSED: (_("lapsed"), "error"),
    Status.WITHDRAWN: (_("withdr."), "muted"),
}
"""Word of at most 8 cells and tone of each status."""

NOT_COME: Final = (_("not here"), "muted")
"""Someone on the roster who has not come yet."""

FEES: Final[Mapping[FeeState, tuple[str, str]]] = {
    FeeState.NONE: ("-", "muted"),
    FeeState.DUE: (_("unpaid"), "strong"),
    FeeState.PAID: (_("paid"), "muted"),
    FeeState.ELSEWHERE: (_("elsew."), "muted"),
    FeeState.VOIDED: (_("voided"), "strong"),
}
"""Word of at most 6 cells and tone of each fee state."""

PAYMENTS: Final[Mapping[str, str]] = {
    "take": _("taken"),
    "void": _("voided"),
    "refund": _("given back"),
}
"""What a payment is."""

ORIGINALS: Final[Mapping[OriginalsState, tuple[str, str]]] = {
    OriginalsState.NONE: ("-", "muted"),
    OriginalsState.HELD: (_("held"), "muted"),
    OriginalsState.PARTLY_RETURNED: (_("part"), "strong"),
    OriginalsState.RETURNED: (_("back"), "muted"),
}
"""Word of at most 4 cells and tone of each state of the originals."""

EFILES: Final[Mapping[EfileState, str]] = {
    EfileState.AWAITED: _("not come yet"),
    EfileState.RECEIVED: _("received"),
    EfileState.MISMATCH: _("does not match"),
}

QUERIES: Final[Mapping[str, str]] = {
    "paper_number": _("paper number"),
    "serial": _("number"),
    "online_id": _("online ID"),
    "identity": _("identity number"),
    "tail": _("last four of ID or phone"),
    "phone": _("telephone"),
    "name": _("name"),
    "pinyin": _("pinyin"),
    "initials": _("pinyin initials"),
    "employer": _("employer"),
}
"""By what it was looked for."""

EVENTS: Final[Mapping[str, str]] = {
    "submission.opened": _("opened"),
    "submission.parked": _("parked"),
    "submission.resumed": _("taken up"),
    "submission.accepted": _("accepted"),
    "submission.rejected": _("refused"),
    "submission.returned": _("came back"),
    "submission.lapsed": _("lapsed"),
    "submission.situations": _("situations"),
    "submission.submitter": _("brought by"),
    "submission.fee": _("fee"),
    "submission.admitted": _("let in"),
    "approval.granted": _("allowed"),
    "approval.refused": _("not allowed"),
    "refused": _("turned away"),
    "finding.recorded": _("checked"),
    "finding.cleared": _("unchecked"),
    "original.added": _("original in"),
    "original.removed": _("original out"),
    "notice.issued": _("notice"),
    "fee.recorded": _("fee"),
    "fee.bill": _("bill"),
    "fee.voided": _("fee given back"),
    "paper.issued": _("paper"),
    "paper.printed": _("printed"),
    "paper.copied": _("copy"),
}
"""Event kinds of the journal in words; a kind not named here shows as its code."""


def day_words(day: date, *, weekday: bool = True) -> str:
    """Return a day as it stands in a sentence: 9月10日 周二."""
    text = _("{month}/{day}").format(month=day.month, day=day.day)
    return f"{text} {WEEKDAYS[day.weekday()]}" if weekday else text


def moment(at: datetime) -> str:
    """Return a day and time of day as they stand in a sentence."""
    here = local(at)
    return f"{day_words(here.date())} {here:%H:%M}"


def span_words(minutes: int) -> str:
    """Return a span as hours and minutes."""
    if minutes >= 60:
        return _("{h} h {m} min").format(h=minutes // 60, m=minutes % 60)
    return _("{m} min").format(m=minutes)


def money(fen: int) -> str:
    """Return a sum with its unit."""
    return _("{yuan} yuan").format(yuan=yuan(fen))


def finding_word(kind: FindingKind) -> str:
    """Return the word of a finding."""
    return FINDINGS[kind][0]
