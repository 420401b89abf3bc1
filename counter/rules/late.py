"""补录: which emergency papers a clerk enters alone, and how many numbers one may pass over at a time.

An emergency paper lets somebody in by the time written on it, so it must not be a way round the hours. What
the journal cannot vouch for takes a supervisor's word.
"""

from __future__ import annotations

from typing import Final

MOST_SKIPPED: Final = 100
"""Unused papers noted in one go: a pad has fewer, so more is a number mistyped."""


def doubt(*, closed: bool, printed: bool, manned: bool, own_pad: bool, passed_over: bool) -> str:
    """Return why a paper needs a supervisor's word, empty when a clerk may enter it.

    `closed`: the time on it is outside the hours. `not-printed`: no pad had its number. `pad`: it is from
    another desk's pad. `running`: somebody was signed in at that desk then, so no paper was needed. `noted`:
    its number was noted as unused.
    """
    if closed:
        return "closed"
    if not printed:
        return "not-printed"
    if not own_pad:
        return "pad"
    if manned:
        return "running"
    return "noted" if passed_over else ""
