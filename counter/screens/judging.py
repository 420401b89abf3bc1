"""One submission under a cursor, and the line of writes behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from textual import on

from counter.desk.forms import FindingInput
from counter.desk.views import Actor, ItemView, SubmissionId, SubmissionView
from counter.i18n import _
from counter.messages import Done, WorkFailed
from counter.rules.finding import FindingKind
from counter.rules.status import Status
from counter.screens import reveal, submission_words
from counter.screens.base import Frame
from counter.widgets.checklist import judged

if TYPE_CHECKING:
    from counter.desk.context import DeskContext

Change = Callable[["DeskContext", SubmissionId, int, Actor, UUID], SubmissionView]
"""A use case on this submission: context, id, the version shown last, actor, key."""


class Judging(Frame[SubmissionView | None], inherit_bindings=False):
    """Where the cursor is, what is being saved, and what came back.

    A finding is painted at once and shown as saved only when its commit has returned. Each write compares
    with the version that the write before it brought back, so that only a change made elsewhere is refused.
    """

    def __init__(self, view: SubmissionView, area: str, remark: str = "") -> None:
        super().__init__()
        self.view = view
        self.area = area
        self.remark = remark or (submission_words.warning(view) if self.under_way else "")
        self.pending: dict[str, FindingKind | None] = {}
        """What is being saved, by item; None takes a finding back."""
        self._queued: dict[str, int] = {}
        self.at = self.first_open()
        self.finishing = False
        """Whether to decide as soon as everything is saved."""
        self._latest = view

    @property
    def under_way(self) -> bool:
        """Tell whether this visit is not decided yet, so that the person is still at the counter."""
        if self.view.status is Status.CORRECTION:
            return any(item.open for item in self.view.items)
        return self.view.status is Status.OPEN

    @property
    def item(self) -> ItemView:
        """Return the item under the cursor."""
        return self.view.items[self.at]

    def action_finish(self) -> None:
        """Decide; the screen that judges says how."""

    def action_up(self) -> None:
        """Go to the item above."""
        self._step(-1)

    def action_down(self) -> None:
        """Go to the item below."""
        self._step(1)

    def action_page_up(self) -> None:
        """Go to the first item."""
        self._step(-len(self.view.items))

    def action_page_down(self) -> None:
        """Go to the last item."""
        self._step(len(self.view.items))

    def _step(self, by: int) -> None:
        self.remark = ""
        rows = [index for index, item in enumerate(self.view.items) if item.open]
        if not rows:
            return
        here = rows.index(self.at) if self.at in rows else 0
        self.at = rows[min(max(here + by, 0), len(rows) - 1)]
        self.frame()

    def first_open(self) -> int:
        for index, item in enumerate(self.view.items):
            if item.open and not self.is_judged(item):
                return index
        return next((index for index, item in enumerate(self.view.items) if item.open), 0)

    def is_judged(self, item: ItemView) -> bool:
        if item.code in self.pending:
            return self.pending[item.code] is not None
        return judged(item)

    def go_on(self) -> None:
        """Go on to the next item nobody judged, from here down and then from the top."""
        count = len(self.view.items)
        for index in (*range(self.at + 1, count), *range(self.at)):
            item = self.view.items[index]
            if item.open and not self.is_judged(item):
                self.at = index
                return

    def change(self, tag: str, call: Change) -> None:
        """Queue a change of this submission under the version the change before it brings back."""
        actor, key = self.shell.actor, uuid4()

        def run(ctx: DeskContext) -> SubmissionView:
            self._latest = call(ctx, self._latest.id, self._latest.version, actor, key)
            return self._latest

        self.shell.write(self, tag, run)

    def record(self, finding: FindingInput) -> None:
        """Show a finding and queue it."""
        self.remark = ""
        self.queue(finding.item, finding.kind)

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import checklist

            return checklist.record_finding(
                ctx, submission_id=id, version=version, finding=finding, actor=actor, key=key
            )

        self.change(f"tick {finding.item}", call)
        self.go_on()
        self.frame()

    def queue(self, item: str, kind: FindingKind | None) -> None:
        self.pending[item] = kind
        self._queued[item] = self._queued.get(item, 0) + 1

    def _settled(self, item: str) -> None:
        left = self._queued.get(item, 0) - 1
        if left > 0:
            self._queued[item] = left
        else:
            self._queued.pop(item, None)
            self.pending.pop(item, None)

    @on(Done)
    def change_done(self, message: Done) -> None:
        """Show what is saved now."""
        message.stop()
        if message.tag == reveal.TAG:
            reveal.show(self, message.value)
            return
        self.view = message.value
        word, _space, item = message.tag.partition(" ")
        if word == "tick":
            self._settled(item)
        if message.tag == "park":
            self.dismiss(self.view)
            return
        if message.tag == "bill":
            self.remark = _("The bill's number is noted")
        if message.tag == "void":
            self.remark = _("Taken back; its slip is printed. F9 notes the right fee")
        if message.tag == "reload":
            self.at = min(self.at, len(self.view.items) - 1)
        self.frame()
        if self.finishing and not self.pending:
            self.finishing = False
            self.action_finish()

    def refused(self, message: WorkFailed) -> None:
        word, _space, item = message.tag.partition(" ")
        if word == "tick":
            self._settled(item)
        self.finishing = False
        if message.tag != "reload":
            self.reload()
        super().refused(message)

    def broken(self) -> None:
        self.pending.clear()
        self._queued.clear()
        self.finishing = False
        self.frame()

    def reload(self) -> None:
        """Read the submission again, in the line of the writes so that no version is overtaken."""

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import submissions

            return submissions.view(ctx, id, actor=actor)

        self.change("reload", call)
