"""The chosen person of a look-up: five rows below the list, or the side column with the journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from counter.circular.model import Circular
from counter.clock import local
from counter.i18n import _
from counter.rules.status import FeeState, Status
from counter.screens.words import EFILES, EVENTS, FEES, NOT_COME, STATUSES, money
from counter.widgets.paint import Row
from counter.widgets.person_card import situation_numbers
from counter.widgets.side import MARGIN, fact, head, surface, wrapped
from counter.widgets.words import SEXES

if TYPE_CHECKING:
    from counter.desk.search_views import DetailsView, JournalLine
    from counter.desk.views import PersonView

QUIET = frozenset(
    {"finding.recorded", "finding.cleared", "original.added", "original.removed", "paper.issued"}
)
"""Kinds of event that a timeline of a person leaves out: there are twenty to a submission."""


def timeline(details: DetailsView) -> list[tuple[str, str, str]]:
    """Return time, event and what belongs to it, oldest first; prints in a row are one event."""
    told: list[tuple[str, str, str]] = []
    circular = details.submission.circular if details.submission else None
    for line in sorted(details.journal, key=lambda line: line.seq):
        if line.kind in QUIET:
            continue
        when, what = f"{local(line.at):%m-%d %H:%M}", EVENTS.get(line.kind, line.kind)
        facts = event_facts(line, circular) if circular else line.actor
        if told and line.kind == "paper.printed" and told[-1][1] == what:
            if facts not in told[-1][2]:
                told[-1] = (told[-1][0], what, f"{told[-1][2]}  {facts}")
            continue
        told.append((when, what, facts))
    return told


def event_facts(line: JournalLine, circular: Circular) -> str:
    """Return what belongs to an event: a sum, a paper, a ground, a note, or who did it."""
    facts = line.facts
    try:
        if line.kind.startswith("fee.") and isinstance(fen := facts.get("amount_fen"), int):
            return f"{money(fen)} {circular.method(str(facts.get('method'))).name}"
        if line.kind.startswith("paper.") and isinstance(number := facts.get("number"), str):
            return circular.paper(int(number[:1])).title
        if ground := facts.get("ground"):
            return circular.ground(str(ground)).text
    except (KeyError, ValueError):
        return line.actor
    return str(facts.get("note") or line.actor)


def details_rows(details: DetailsView | None) -> Sequence[Row]:
    """Return the rows below the list."""
    if details is None:
        return ()
    person, sub = details.person, details.submission
    status: Status | None = sub.status if sub else None
    word, tone = STATUSES[status] if status else NOT_COME
    first = surface().put(3, person.name, "strong")
    for text in (SEXES.get(person.sex, person.sex), person.birth):
        if text:
            first.then(text, "muted", 2)
    first.then(person.identity, "fact", 2).then(word, tone, 2)
    rows = [first]
    if sub is None:
        rows.append(surface().put(3, f"{person.employer}  {person.specialty}", "fact", 75))
        rows.append(surface().put(3, f"{person.online_id}  {person.online_state}", "muted", 75))
        rows.append(surface().put(3, _("F9 begins the submission"), "muted"))
        return rows
    if sub.fee.state is not FeeState.NONE:
        first.then(f"{FEES[sub.fee.state][0]} {money(sub.fee.amount_fen)}", "fact", 2)
    for when, what, facts in timeline(details)[-4:]:
        rows.append(surface().put(3, when, "muted").put(16, what, "fact", 10).put(27, facts, "muted", 50))
    held = sum(1 for original in sub.originals if original.held)
    if held:
        text = _("{n} originals held, bag {serial}").format(n=held, serial=sub.serial)
        rows.append(surface().put(3, text, "fact"))
    return rows


def details_side(details: DetailsView | None) -> Sequence[Sequence[Row]]:
    """Return the blocks of the side column."""
    if details is None:
        return ()
    person, sub = details.person, details.submission
    word, tone = STATUSES[sub.status] if sub else NOT_COME
    name = surface().put(MARGIN, person.name, "strong")
    for text in (SEXES.get(person.sex, person.sex), person.birth):
        if text:
            name.then(text, "muted", 2)
    if name.end + 10 < 32:
        name.right(32, word, tone)
    who = [name, *_who(person)]
    if sub is None:
        begin = wrapped(_("Not here yet; F9 begins the submission"), "muted")
        return who, [fact(_("Online"), person.online_id), fact("", person.online_state, "muted")], begin
    held = sum(1 for original in sub.originals if original.held)
    method = sub.fee.method.text if sub.fee.method else ""
    fee = FEES[sub.fee.state][0]
    paid = sub.fee.state in (FeeState.PAID, FeeState.ELSEWHERE)
    facts = [
        fact(_("Subm."), f"{sub.serial} {word}"),
        fact(_("Online"), person.online_id),
        fact(_("Fee"), f"{money(sub.fee.amount_fen)} {method}" if paid else fee),
        fact(_("Bill no."), sub.fee.bill_number or (_("none yet") if paid else "-"), "fact"),
        fact(_("Originals"), _("{n} held").format(n=held) if held else "-"),
        fact(_("E-file"), EFILES[sub.efile_state]),
    ]
    journal = [head(_("Journal"))]
    for when, what, told in timeline(details)[-6:]:
        journal.append(surface().put(MARGIN, when, "muted").put(MARGIN + 13, what, "strong", 17))
        if told:
            journal.append(surface().put(MARGIN + 2, told, "muted", 28))
    return who, facts, journal


def _who(person: PersonView) -> list[Row]:
    rows = [surface().put(MARGIN, person.identity, "fact")]
    if person.phone:
        rows.append(surface().put(MARGIN, _("phone {phone}").format(phone=person.phone), "muted"))
    rows += wrapped(person.employer)
    rows += wrapped(person.specialty, "muted")
    rows += wrapped(situation_numbers(person), "muted")
    return rows
