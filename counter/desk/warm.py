"""What the first scan of a day would otherwise wait for, done once while nobody does."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from counter.errors import DeskError

if TYPE_CHECKING:
    from counter.desk.context import DeskContext


def warm_up(ctx: DeskContext) -> None:
    """Look a submission up and read it, so that the statements are compiled; prove the newest history.

    A desk that cannot be read says so at the first scan, not here.
    """
    from counter.desk import scan, submissions, today
    from counter.desk.actor import Actor, Role

    actor = Actor("warm-up", Role.AUDITOR, ctx.desk)

    with suppress(DeskError):
        from counter.desk.verify import verify_quick

        ctx.memory.unproved = verify_quick(ctx, actor=actor).first_bad
    with suppress(DeskError):
        scan.resolve(ctx, "0", actor=actor)
        for row in today.desk_view(ctx, limit=1, actor=actor).rows:
            submissions.view(ctx, row.submission_id, actor=actor)
