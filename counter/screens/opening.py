"""From a scan, a typed line or a chosen person to the submission shown: one job for the write line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Union
from uuid import uuid4

from counter.errors import DeskError
from counter.words import sentence

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.forms import LateForm
    from counter.desk.search_views import LookUpView, Unknown
    from counter.desk.views import Actor, ApprovalId, EntryId, SubmissionId, SubmissionView


class Opened(NamedTuple):
    """A submission that was there already; `remark` tells why it was not taken up, if it was not."""

    view: SubmissionView
    remark: str = ""


class Called(NamedTuple):
    """A submission begun now."""

    view: SubmissionView
    remark: str = ""


class Listed(NamedTuple):
    """Several people that fit."""

    look_up: LookUpView


Answer = Union[Opened, Called, Listed, "Unknown"]


def open_by_text(ctx: DeskContext, text: str, actor: Actor, late: LateForm | None = None) -> Answer:
    """Find out who a text names and open what is theirs. Raises DeskError when nothing may be begun now.

    With `late` whoever is named is entered afterwards from an emergency paper.
    """
    from counter.desk import scan, submissions
    from counter.desk.search_views import Calls, Opens, Several

    answer = scan.resolve(ctx, text, actor=actor)
    if isinstance(answer, Opens):
        return open_known(ctx, answer.submission_id, actor)
    if isinstance(answer, Calls):
        return open_entry(ctx, answer.entry_id, actor, late=late)
    if isinstance(answer, Several):
        return Listed(answer.look_up)
    if answer.code != "anchor":  # the journal heard of it with the numbers it shows
        submissions.record_refusal(ctx, code=answer.code, text=answer.text, actor=actor)
    return answer


def unknown_text(ctx: DeskContext, text: str, actor: Actor) -> Unknown | None:
    """Return why nobody fits a scanned text and put it into the journal; None when somebody does by now."""
    from counter.desk import scan, submissions
    from counter.desk.search_views import Unknown

    answer = scan.resolve(ctx, text, actor=actor)
    if not isinstance(answer, Unknown):
        return None
    if answer.code != "anchor":
        submissions.record_refusal(ctx, code=answer.code, text=answer.text, actor=actor)
    return answer


def open_entry(
    ctx: DeskContext,
    entry: EntryId | int,
    actor: Actor,
    approved: Sequence[ApprovalId] = (),
    late: LateForm | None = None,
) -> Answer:
    """Begin the submission of a person on the roster; a refusal tells whose it was, as the fact `entry`."""
    from counter.desk import submissions
    from counter.desk.views import EntryId

    try:
        view = submissions.open_submission(
            ctx, entry_id=EntryId(entry), actor=actor, key=uuid4(), approved=approved, late=late
        )
    except DeskError as error:
        error.facts["entry"] = entry
        raise
    return Called(view)


def exception(error: DeskError) -> str:
    """Return the kind of approval that would lift a refusal to open, empty for one nothing lifts."""
    if error.code == "closed":
        return "hours"
    if error.code == "late":
        return "late" if "ref" in error.facts else ""
    return "duplicate" if error.code == "already-open" and not error.facts.get("same") else ""


def open_known(ctx: DeskContext, submission: SubmissionId, actor: Actor) -> Opened:
    """Show a submission; one that was parked or awaits its correction is taken up by the same scan."""
    from counter.desk import submissions, verdicts
    from counter.desk.views import Act

    view = submissions.view(ctx, submission, actor=actor)
    try:
        if Act.RESUME in view.allowed:
            view = submissions.resume(
                ctx, submission_id=view.id, version=view.version, actor=actor, key=uuid4()
            )
        elif Act.RETURN_VISIT in view.allowed:
            view = verdicts.return_visit(
                ctx, submission_id=view.id, version=view.version, actor=actor, key=uuid4()
            )
    except DeskError as error:
        return Opened(view, sentence(error))
    return Opened(view)
