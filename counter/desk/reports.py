"""The X report: the figures of the open shift at any time; it changes nothing and is itself on record."""

from __future__ import annotations

from dataclasses import replace

from counter.desk import approvals
from counter.desk.context import DeskContext
from counter.desk.figures import figures, to_text
from counter.desk.money_views import ReportView, Section
from counter.desk.permit import use_case
from counter.desk.shifts import desk_ref, live_shift, shift_ref, shift_view
from counter.desk.unit import Unit, require_still_here, writing
from counter.desk.views import Actor, ApprovalId, Role
from counter.errors import DeskError


@use_case
def report(ctx: DeskContext, *, approval: ApprovalId | None = None, actor: Actor) -> ReportView:
    """Return what this desk's shift comes to so far; one journal event keeps the figures.

    A clerk sees how many, not how much, so that the drawer is counted before anybody is told what should lie
    in it; with a supervisor's approval of kind `report` for `desk:N`, or after the count, everything.
    Raises DeskError("no-shift"), DeskError("disabled"), and DeskError("closing-begun") for a clerk whose
    close has begun.
    """
    with writing(ctx) as session:
        unit = Unit(session, ctx, actor)
        require_still_here(unit.conn, actor)
        shift = live_shift(unit.conn, ctx)
        if shift is None:
            raise DeskError("no-shift")
        facts: dict[str, object] = {}
        if approval is not None:
            given = approvals.use(unit, approval, kind="report", ref=desk_ref(ctx))
            facts = approvals.facts(given)
        view = shift_view(unit.conn, ctx, shift)
        whole = actor.role is not Role.CLERK or bool(facts) or view.state != "open"
        if view.closing and not whole:
            raise DeskError("closing-begun")
        sections = figures(unit.conn, ctx, shift)
        mark = unit.tell("report.made", shift_ref(shift), whole=whole, figures=to_text(sections), **facts)
        shown = sections if whole else counts_only(sections)
        return ReportView(view, unit.now, mark.seq, shown, whole)


def counts_only(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Return the figures without any sum of money and without the drawer."""
    return tuple(
        Section(s.code, tuple(replace(x, fen=None) for x in s.lines if x.count is not None or x.text))
        for s in sections
        if s.code != "drawer"
    )
