"""Who acts: all the first paint needs to know of the use cases, and so apart from their views."""

from __future__ import annotations

from typing import NamedTuple

from counter.rules.permissions import Role as Role


class Actor(NamedTuple):
    """Who acts, at which desk."""

    name: str
    """As papers and journal say it; one name, one member of staff."""
    role: Role
    desk: int
