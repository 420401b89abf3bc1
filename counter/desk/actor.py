"""Who acts: all the first paint needs to know of the use cases, and so apart from their views."""

from __future__ import annotations

from typing import Final, NamedTuple

from counter.rules.permissions import Role as Role

MACHINE: Final = "@"
"""Begins the name of a machine's account, and so no name of a member."""


class Actor(NamedTuple):
    """Who acts, at which desk."""

    name: str
    """As papers and journal say it; one name, one member of staff."""
    role: Role
    desk: int
