"""The first start: where the desk will live, and one key that makes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.widget import Widget

from counter import keys
from counter.errors import DeskError
from counter.i18n import _
from counter.messages import Broke, Done, WorkFailed
from counter.screens.base import Dialog, Tally
from counter.widgets.sheet import WIDE, Part, Sheet, titled


class FirstRunScreen(Dialog[bool], inherit_bindings=False):
    """Makes the home on F9; Esc leaves with nothing made."""

    KEY_AREAS: ClassVar[tuple[str, ...]] = ("first",)
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings("first")

    def __init__(self, home: Path, make: Callable[[], None]) -> None:
        super().__init__()
        self._home, self._make = home, make
        self._making = False

    def middle(self) -> Iterable[Widget]:
        from counter.circular.loader import shipped

        circular = shipped()
        text = Part(WIDE).line(_("There is no desk in this place yet."), "strong").gap()
        text.pair(_("Place"), str(self._home), "strong")
        text.pair(_("Holds"), _("the key, the records, the papers; only this user can read them"))
        text.pair(_("Circular"), f"{circular.doc_no} {circular.matter}")
        text.pair(_("Then"), _("take in the roster: counter roster import FILE"))
        text.pair(_("Key"), _("keep a copy elsewhere: without it nothing can be read")).gap()
        text.chips(("F9", _("Make the desk")), ("Esc", _("Leave"))).gap()
        yield Sheet(titled("plain", _("First start"), "", WIDE), text.shown(), wide=True)

    def step(self) -> tuple[str, Tally]:
        if self._making:
            return _("Making the records"), ()
        return _("If the place is right, press F9"), ()

    def take_scan(self, code: str) -> None:
        self.app.bell()

    def action_act(self) -> None:
        """Make the desk in this place."""
        if not self._making:
            self._making = True
            self.frame()
            self._run()

    @work(thread=True, exit_on_error=False, group="write")
    def _run(self) -> None:
        try:
            self._make()
        except DeskError as error:
            self.post_message(WorkFailed("first", error))
        except Exception as error:
            self.post_message(Broke(self.shell.fault(error)))
        else:
            self.post_message(Done("first", True))

    @on(Done)
    def made(self, message: Done) -> None:
        """The home is there."""
        message.stop()
        self.dismiss(True)

    def broken(self) -> None:
        self._making = False

    def refused(self, message: WorkFailed) -> None:
        self._making = False
        super().refused(message)

    def action_cancel(self) -> None:
        """Leave without making anything."""
        if not self._making:
            self.dismiss(False)
