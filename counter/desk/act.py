"""Acting on one submission: taken in its version, changed, remembered, shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from counter.circular.model import Circular
from counter.desk.assemble import assemble
from counter.desk.context import DeskContext
from counter.desk.loaded import Loaded, load
from counter.desk.refusals import note_refusal
from counter.desk.unit import Unit, carried_out, circular_of, id_of, reading, ref_of
from counter.desk.views import Act, Actor, ApprovalId, SubmissionId, SubmissionView
from counter.errors import DeskError


def act_on(
    ctx: DeskContext,
    use_case: str,
    act: Act | None,
    submission_id: SubmissionId,
    version: int | None,
    actor: Actor,
    key: UUID,
    work: Callable[[Unit, Loaded], Loaded],
    approved: Sequence[ApprovalId] = (),
) -> SubmissionView:
    """Carry out `work` on a submission once and return the view of what it left.

    A refusal because the counter is closed is journalled before it is raised.
    """
    left: list[Loaded] = []

    def body(unit: Unit) -> str:
        left.append(work(unit, unit.take(submission_id, version, act, approved)))
        return ref_of(left[-1])

    try:
        ref, ours = carried_out(ctx, use_case, actor, key, body)
    except DeskError as e:
        note_refusal(ctx, e, actor, ref=f"submission:{submission_id}")
        raise
    return shown(ctx, left[-1]) if ours else read_view(ctx, id_of(ref))


def shown(ctx: DeskContext, loaded: Loaded) -> SubmissionView:
    """Remember committed rows and return their view without reading them again."""
    ctx.memory.keep(loaded)
    return assemble(ctx, known_circular(ctx, loaded), loaded)


def known_circular(ctx: DeskContext, loaded: Loaded) -> Circular:
    """Return the circular of rows that were read through this context."""
    version = loaded.sub["circular_version_id"]
    return ctx.circular if version == ctx.circular_version_id else ctx.memory.circulars[version]


def read_loaded(ctx: DeskContext, submission_id: SubmissionId) -> Loaded:
    """Read a submission's rows afresh. Raises DeskError("unknown-submission")."""
    with reading(ctx) as session:
        conn = session.connection()
        loaded = load(conn, submission_id)
        if loaded is None:
            raise DeskError("unknown-submission")
        circular_of(conn, ctx, loaded.sub["circular_version_id"])
    return loaded


def read_view(ctx: DeskContext, submission_id: SubmissionId) -> SubmissionView:
    """Read a submission afresh. Raises DeskError("unknown-submission")."""
    return shown(ctx, read_loaded(ctx, submission_id))
