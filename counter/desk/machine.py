"""The machine's own account: who acts for scripts, and before there is anybody else."""

from __future__ import annotations

import getpass

from counter.desk.actor import MACHINE, Actor, Role
from counter.rules.clean import clean


def machine(desk: int) -> Actor:
    """Return the account this program runs under; it imports, backs up and proves, and sees no people."""
    return Actor(MACHINE + clean(getpass.getuser(), 40), Role.IT, desk)
