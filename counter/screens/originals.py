"""The originals that go into the bag, listed one by one as they are put in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.desk.views import Actor, ItemView, SubmissionId, SubmissionView
from counter.i18n import _
from counter.messages import Done
from counter.rules.checklist import FindingKind
from counter.screens.base import Tally
from counter.screens.listing import ListDialog
from counter.widgets.choice import Choice, Option
from counter.widgets.sheet import Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.screens.submission import SubmissionScreen


class OriginalsScreen(ListDialog[None], inherit_bindings=False):
    """Kinds of original with how many are in the bag; Space puts one in, saved at once."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "originals", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("every", "originals", "list", "dialog"),
        keys.alias("originals.remove", "backspace"),
    ]

    def __init__(self, owner: SubmissionScreen) -> None:
        super().__init__()
        self._owner = owner
        self.subject = owner.view

    @property
    def view(self) -> SubmissionView:
        """Return the submission as it stands."""
        return self._owner.view

    def middle(self) -> Iterable[Widget]:
        view = self.view
        about = Part().line(_("Put each original into the bag and press Space for it.")).gap()
        chips = Part().gap()
        chips.chips(
            ("F9", _("All in")), (_("Space"), _("One in")), ("F8", _("One out")), ("Esc", _("Back"))
        ).gap()
        choice = Choice(self._options(), hint_x=24, at=self._first())
        yield Sheet(
            titled("plain", _("Originals' bag"), f"{view.serial} {view.person.name}"),
            about.shown(),
            choice,
            chips.shown(),
        )

    def step(self) -> tuple[str, Tally]:
        held = sum(1 for original in self.view.originals if original.held)
        tally: Tally = ((_("{n} in the bag").format(n=held), "fact"),)
        return _("Put one in, press Space; when all are in, press F9"), tally

    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for original in self.view.originals:
            if original.held:
                counts[original.kind.code] = counts.get(original.kind.code, 0) + 1
        return counts

    def _options(self) -> list[Option]:
        counts = self._counts()
        wanted = self._wanted()
        options = []
        for kind in self.view.original_kinds:
            count = counts.get(kind.code, 0)
            hint = _("{n} in").format(n=count) if count else ""
            if kind.code in wanted and not count:
                hint = _("seen, not in yet")
            options.append(Option(kind.code, kind.text, hint))
        return options

    def _wanted(self) -> set[str]:
        whole = len(self.view.original_kinds)
        return {
            kind.code
            for item in self.view.items
            if item.finding is not None
            and item.finding.kind in (FindingKind.OK, FindingKind.DEFECT)
            and len(item.original_kinds) < whole
            for kind in item.original_kinds
        }

    def _first(self) -> int:
        wanted, counts = self._wanted(), self._counts()
        codes = [kind.code for kind in self.view.original_kinds]
        return next((n for n, code in enumerate(codes) if code in wanted and not counts.get(code)), 0)

    def _item_of(self, kind: str) -> ItemView:
        """Return the item whose copy this kind of original proves; the bag itself when none does."""
        holders = [item for item in self.view.items if kind in {k.code for k in item.original_kinds}]
        return min(holders, key=lambda item: len(item.original_kinds))

    def action_add(self) -> None:
        """Put one of the marked kind into the bag and go on to the next that was seen."""
        current = self.choice.current
        if current is None:
            return
        kind, item = current.code, self._item_of(current.code).code

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import checklist

            return checklist.add_original(
                ctx, submission_id=id, version=version, item=item, kind=kind, actor=actor, key=key
            )

        self._owner.change("originals", call)
        self._relay()
        wanted, counts = self._wanted(), self._counts()
        codes = [k.code for k in self.view.original_kinds]
        for n in range(self.choice.at + 1, len(codes)):
            if codes[n] in wanted and not counts.get(codes[n]):
                self.choice.at = n
                break
        self.choice.repaint()

    def action_remove(self) -> None:
        """Take the last one of the marked kind out again."""
        current = self.choice.current
        if current is None:
            return
        held = [o for o in self.view.originals if o.held and o.kind.code == current.code]
        if not held:
            self.app.bell()
            return
        original = held[-1].id

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import checklist

            return checklist.remove_original(
                ctx, submission_id=id, version=version, original_id=original, actor=actor, key=key
            )

        self._owner.change("originals", call)
        self._relay()

    def _relay(self) -> None:
        """Hear of the same change once the submission's screen has heard of it."""
        self.shell.write(self, "seen", lambda ctx: None)

    def on_done(self, message: Done) -> None:
        """Show what is in the bag now."""
        message.stop()
        self.set_timer(0.001, self._offer)

    def _offer(self) -> None:
        self.choice.offer(self._options())
        self.frame()

    def action_act(self) -> None:
        """All are in."""
        self.dismiss(None)
