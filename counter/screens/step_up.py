"""Asking a supervisor on the clerk's screen, and going on with what was allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

if TYPE_CHECKING:
    from counter.desk.views import ApprovalId


def ask(screen: Screen[Any], kind: str, ref: str, about: str, then: Callable[[ApprovalId], None]) -> None:
    """Open the supervisor's dialog; `then` hears of an approval, and nothing when there is none."""
    from counter.screens.approve import ApproveScreen

    def answered(approval: ApprovalId | None) -> None:
        if approval is not None:
            then(approval)

    screen.app.push_screen(ApproveScreen(kind, ref, about), answered)
