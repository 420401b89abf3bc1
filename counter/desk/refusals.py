"""What was refused is journalled as well: by code, with no personal data."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from counter.desk.context import DeskContext
from counter.desk.unit import Unit, blind, writing
from counter.desk.views import Actor
from counter.errors import DeskError

NOTED: Final = frozenset({"clock", "closed", "not-submitted", "already-open", "on-roster", "copies-limit"})
"""Refusals a person at the counter was told; the others are slips of the hand."""


def record_refusal(
    ctx: DeskContext, *, code: str, text: str = "", actor: Actor, ref: str = "refusal"
) -> None:
    """Journal something that was refused: the code and a blind mark of the text, no personal data."""
    with writing(ctx) as session:
        Unit(session, ctx, actor).tell("refused", ref, code=code, mark=blind(ctx, text) if text else "")


def note_refusal(ctx: DeskContext, error: DeskError, actor: Actor, *, ref: str) -> None:
    """Journal a use case's refusal if it is one the person was told."""
    if error.code in NOTED:
        with suppress(DeskError):  # the refusal itself is what the clerk has to hear
            record_refusal(ctx, code=error.code, actor=actor, ref=ref)
