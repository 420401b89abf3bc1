"""停: only for what must not pass. It leaves by F9, Esc or F2 alone; a scan or Enter only rings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.desk.search_views import Unknown
from counter.errors import DeskError
from counter.i18n import _
from counter.rules.hours import Closed, OfficeState
from counter.screens.base import Frame, Tally
from counter.screens.words import day_words, moment, span_words
from counter.text import cell
from counter.widgets.big_stop import StopFace, StopText
from counter.words import sentence


class StopScreen(Frame["bool | str | None"], inherit_bindings=False):
    """Covers the middle until it is answered; gives True for someone new, `approve` for an exception."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "stop")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("every", "stop")

    def __init__(self, text: StopText, area: str) -> None:
        super().__init__()
        self.area = area
        self._text = text

    def middle(self) -> Iterable[Widget]:
        yield StopFace(self._text)

    def begun(self) -> None:
        self.app.bell()

    def step(self) -> tuple[str, Tally]:
        return self._text.step, ()

    def can(self, action: str) -> bool:
        if action == "walk_up":
            return self._text.walk_up
        if action == "approve":
            return self._text.approve
        return action not in ("palette", "theme", "leave")

    def take_scan(self, code: str) -> None:
        self.app.bell()

    def action_known(self) -> None:
        """Understood; back to the scan box."""
        self.dismiss(False)

    def action_cancel(self) -> None:
        """Back to the scan box."""
        self.dismiss(False)

    def action_approve(self) -> None:
        """Ask a supervisor for an exception."""
        if self._text.approve:
            self.dismiss("approve")

    def action_walk_up(self) -> None:
        """Take in someone who is not on the roster."""
        if self._text.walk_up:
            self.dismiss(True)


def unknown_stop(answer: Unknown) -> StopText:
    """Return what is said of a text nobody knows."""
    whats = {
        "bad-check-digit": _("Looks like one of our papers, but its check digits are wrong."),
        "bad-identity": _("Looks like an identity number, but its check digit is wrong."),
        "unknown-number": _("A paper of this kind, but not one of this desk's."),
        "anchor": _("This paper and the journal do not agree. Keep the paper."),
    }
    what = whats.get(answer.code, _("Not one of our papers, and not on the roster."))
    maybe = {
        "bad-check-digit": _("misread barcode, or typed wrongly"),
        "bad-identity": _("typed wrongly; compare with the card"),
        "unknown-number": _("another office, another year"),
        "anchor": _("records changed or put back, or a forged paper"),
    }.get(answer.code, _("goods barcode, damaged code, input method on"))
    if answer.code == "anchor":
        return StopText(
            title=_("does not agree"),
            what=what,
            facts=(
                (_("Read"), answer.text[4:]),
                (_("Maybe"), maybe),
                (_("Effect"), _("no submission was changed; it is in the journal")),
            ),
            to_do=(
                _("Keep the paper and call the supervisor"),
                _("The supervisor runs the proof: counter verify"),
            ),
            step=_("Call the supervisor; F9 goes back to the box"),
        )
    seen = _("{text}, {n} signs").format(text=answer.text[:40], n=len(answer.text))
    return StopText(
        title=_("not recognised"),
        what=what,
        facts=(
            (_("Read"), seen),
            (_("Maybe"), maybe),
            (_("Effect"), _("no submission was changed; it is in the journal")),
        ),
        to_do=(
            _("Scan the code on the online form or the receipt again"),
            _("Else type the identity number or the pinyin initials"),
            _("Not on the roster: take in anew with F2"),
        ),
        step=_("Press F9 to go back to the box and scan again"),
        walk_up=True,
    )


def stop_for(
    error: DeskError, office: OfficeState | None, now: datetime, *, approve: bool = False
) -> StopText:
    """Return what is said of a refusal to open a submission; with `approve` a supervisor may lift it."""
    if error.code == "closed" and office is not None:
        return _closed(office, now, approve=approve)
    return StopText(
        title=_("not opened"),
        what=sentence(error),
        facts=((_("Effect"), _("no submission was changed; it is in the journal")),),
        to_do=(
            _("Tell the visitor the reason"),
            _("Look-up and copies work as usual"),
            *([_EXCEPTION] if approve else []),
        ),
        step=_("Press F9 to go back to the box"),
        approve=approve,
    )


_EXCEPTION: Final = _("An exception: a supervisor approves it with F8")


def _closed(office: OfficeState, now: datetime, *, approve: bool) -> StopText:
    reasons = {
        Closed.BEFORE_WINDOW: _("{time}: the counter does not take in yet."),
        Closed.AFTER_WINDOW: _("{time}: the counter takes in no more this year."),
        Closed.NOT_WORKING_DAY: _("{time}: no working day, no new submissions."),
        Closed.OUTSIDE_HOURS: _("{time}: outside the hours, no new submissions."),
    }
    pattern = reasons[office.reason or Closed.OUTSIDE_HOURS]
    what = pattern.format(time=_("Now {time}").format(time=f"{now:%H:%M}"))
    facts: list[tuple[str, str]] = []
    opens = office.next_opening
    if opens is not None:
        today = opens.date() == office.day
        when = _("today") if today else day_words(opens.date())
        left = int((opens - now).total_seconds() // 60) + 1
        span = _(", in {span}").format(span=span_words(left)) if left < 24 * 60 else ""
        facts.append((_("Opens"), f"{when} {opens:%H:%M}{span}"))
        come = _("Ask the visitor to come {when} {time}").format(when=when, time=f"{opens:%H:%M}")
    else:
        come = _("Tell the visitor that the window is over")
    if office.today:
        hours = "，".join(f"{o.opens:%H:%M}-{o.closes:%H:%M}" for o in office.today)
        facts.append((_("Hours"), hours))
    if office.last_closing is not None:
        days = _("{n} working days left").format(n=office.working_days_left)
        facts.append((_("Until"), f"{moment(office.last_closing)}，{days}"))
    return StopText(
        title=_("window closed"),
        what=what,
        facts=tuple(facts),
        to_do=(come, _("Look-up and copies work as usual"), *([_EXCEPTION] if approve else [])),
        step=_("{come}, press F9 to go back").format(come=come),
        approve=approve,
    )


def readable(text: str) -> str:
    """Return a scanned text as it may be shown."""
    return cell(text, 60)
