"""The originals that go into the bag, listed one by one as they are put in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.desk.views import Actor, ItemView, SubmissionId, SubmissionView
from counter.i18n import _
from counter.messages import Done
from counter.rules.finding import FindingKind
from counter.screens.base import Tally
from counter.screens.listing import ListDialog
from counter.screens.submission_words import from_last_time
from counter.widgets.choice import Choice, Option
from counter.widgets.sheet import WIDE, Part, Sheet, titled

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.screens.submission import SubmissionScreen


def bag_item(view: SubmissionView) -> ItemView | None:
    """Return the item that is the bag itself: the one that every kind of original belongs to."""
    whole = {kind.code for kind in view.original_kinds}
    return next(
        (item for item in view.items if whole and {k.code for k in item.original_kinds} == whole), None
    )


def held_kinds(view: SubmissionView) -> Counter[str]:
    """Return how many of each kind are in the bag."""
    return Counter(original.kind.code for original in view.originals if original.held)


class OriginalsScreen(ListDialog["bool | None"], inherit_bindings=False):
    """Kinds of original with how many are in the bag, each saved at once.

    Gives True when the bag's own item is to be noted as in order: it was asked for by `settling`.
    """

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("every", "originals", "list", "dialog")
    BINDINGS: ClassVar[list[BindingType]] = [
        *keys.bindings("every", "originals", "list", "dialog"),
        keys.alias("originals.remove", "backspace"),
    ]

    def __init__(self, owner: SubmissionScreen, *, settling: bool = False) -> None:
        super().__init__()
        self._owner = owner
        self._settling = settling
        self._last = ""
        self._under_way = 0
        self.subject = owner.view

    @property
    def view(self) -> SubmissionView:
        """Return the submission as it stands."""
        return self._owner.view

    def middle(self) -> Iterable[Widget]:
        view = self.view
        about = (
            Part(WIDE).line(_("One by one into the bag: Space for the first of a kind, F2 for more.")).gap()
        )
        chips = Part(WIDE).gap()
        chips.chips(
            ("F9", _("All in")),
            (_("Space"), _("In")),
            ("F2", _("One more")),
            ("F8", _("Out")),
            ("Esc", _("Back")),
        ).gap()
        choice = Choice(self._options(), hint_x=24, at=self._first())
        yield Sheet(
            titled("plain", _("Originals' bag"), f"{view.serial} {view.person.name}", WIDE),
            about.shown(),
            choice,
            chips.shown(),
            wide=True,
        )

    def step(self) -> tuple[str, Tally]:
        tally: Tally = ((_("{n} in the bag").format(n=held_kinds(self.view).total()), "fact"),)
        if self._last:
            text = _("{kind} is in; another with F2, next kind with Space, all in: F9")
            return text.format(kind=self._kind_name(self._last)), tally
        return _("Space puts one in and goes to the next kind; all in: F9"), tally

    def _kind_name(self, code: str) -> str:
        return next((kind.text for kind in self.view.original_kinds if kind.code == code), code)

    def _options(self) -> list[Option]:
        """Return the kinds that are expected, then those that are in the bag nevertheless."""
        view, counts, seen = self.view, held_kinds(self.view), self._seen()
        before = {original.kind.code for original in from_last_time(view)}
        expected = view.originals_expected
        options = []
        for kind in expected:
            count = counts[kind.code]
            hint = _("{n} in").format(n=count) if count else ""
            if kind.code in before:
                hint = _("{n} in, of last time: not there, out with F8").format(n=count)
            if kind.code in seen and not count:
                hint = _("seen, not in yet")
            options.append(Option(kind.code, kind.text, hint))
        known = {kind.code for kind in expected}
        for kind in view.original_kinds:
            if kind.code not in known and counts[kind.code]:
                hint = _("{n} in, not asked for").format(n=counts[kind.code])
                options.append(Option(kind.code, kind.text, hint))
        return options

    def _seen(self) -> set[str]:
        """Return the kinds whose copy was compared with its original, none of which is in the bag."""
        bag, held = bag_item(self.view), set(held_kinds(self.view))
        return {
            kind.code
            for item in self.view.items
            if item is not bag
            and item.finding is not None
            and item.finding.kind in (FindingKind.OK, FindingKind.DEFECT)
            and not held & {kind.code for kind in item.original_kinds}
            for kind in item.original_kinds
        }

    def _first(self) -> int:
        seen, counts = self._seen(), held_kinds(self.view)
        codes = [option.code for option in self._options()]
        return next((n for n, code in enumerate(codes) if code in seen and not counts[code]), 0)

    def _item_of(self, kind: str) -> ItemView:
        """Return the item whose copy this kind of original proves; the bag itself when none does."""
        holders = [item for item in self.view.items if kind in {k.code for k in item.original_kinds}]
        return min(holders, key=lambda item: len(item.original_kinds))

    def action_add(self) -> None:
        """Put one of the marked kind into the bag and go on to the next kind."""
        current = self.choice.current
        if current is None:
            return
        self._put(current.code)
        self.choice.at = min(self.choice.at + 1, len(self.choice.options) - 1)
        self.choice.repaint()
        self.frame()

    def action_more(self) -> None:
        """Put in one more of the kind put in last; the cursor stays."""
        current = self.choice.current
        code = self._last or (current.code if current else "")
        if code:
            self._put(code)
            self.frame()

    def _put(self, kind: str) -> None:
        self.remark = ""
        self._last = kind
        item = self._item_of(kind).code

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import checklist

            return checklist.add_original(
                ctx, submission_id=id, version=version, item=item, kind=kind, actor=actor, key=key
            )

        self._owner.change("originals", call)
        self._relay()

    def action_remove(self) -> None:
        """Take the last one of the marked kind out again."""
        current = self.choice.current
        if current is None:
            return
        if self._under_way:
            self.app.bell()
            return
        self._last = ""
        held = [o for o in self.view.originals if o.held and o.kind.code == current.code]
        if not held:
            self.say(_("None of {kind} is in the bag").format(kind=current.text))
            return
        self.remark = ""
        original = held[-1].id

        def call(ctx: DeskContext, id: SubmissionId, version: int, actor: Actor, key: UUID) -> SubmissionView:
            from counter.desk import checklist

            return checklist.remove_original(
                ctx, submission_id=id, version=version, original_id=original, actor=actor, key=key
            )

        self._owner.change("originals", call)
        self._relay()
        self.frame()

    def _relay(self) -> None:
        """Hear of the same change once the submission's screen has heard of it."""
        self._under_way += 1
        self.shell.write(self, "seen", lambda ctx: None)

    def on_done(self, message: Done) -> None:
        """Show what is in the bag now."""
        message.stop()
        self._under_way -= 1
        self.set_timer(0.001, self._offer)

    def _offer(self) -> None:
        if not self.laid:
            return
        self.choice.offer(self._options())
        self.frame()

    def action_act(self) -> None:
        """All are in."""
        self._owner.remark = ""
        if not self._settling:
            self.dismiss(None)
        elif self._under_way or held_kinds(self.view):
            self.dismiss(True)
        else:
            self.say(_("The bag is empty: put one in with Space; none there, go back with Esc"))
