"""Who acts: all the first paint needs to know of the use cases, and so apart from their views."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff may do."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Actor:
    """Who acts, at which desk."""

    name: str
    role: Role
    desk: int
