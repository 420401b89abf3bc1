"""Asking why somebody's whole number is to be seen, then showing it on this screen alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from counter.i18n import _
from counter.screens.choose import ChooseScreen, Option

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.reveal import RevealedView
    from counter.desk.views import EntryId
    from counter.screens.base import Frame

TAG: Final = "reveal"

REASONS: Final[Mapping[str, str]] = {
    "compare": _("to compare with the card"),
    "contact": _("to call the person"),
    "report": _("for the list to the committee"),
    "audit": _("to look over the work"),
}
"""Why it may be seen, by the code the journal keeps."""


def ask(screen: Frame[Any], entry: EntryId | int) -> None:
    """Ask for the reason and have the number read; the screen gets it under the tag `reveal`."""

    def chosen(reason: str | None) -> None:
        if reason is None:
            return
        actor = screen.shell.actor

        def call(ctx: DeskContext) -> RevealedView:
            from counter.desk.reveal import reveal
            from counter.desk.views import EntryId

            return reveal(ctx, entry_id=EntryId(entry), reason=reason, actor=actor)

        screen.shell.write(screen, TAG, call)

    options = [Option(code, text) for code, text in REASONS.items()]
    title, about = _("Whole number"), _("Why is it to be seen? The journal keeps the reason.")
    screen.app.push_screen(ChooseScreen(None, title, about, options, _("See")), chosen)


def show(screen: Frame[Any], seen: RevealedView) -> None:
    """Show it until the next act, and never beside or below another screen."""
    screen.say_secret(f"{seen.identity}  {seen.phone}".strip())
