"""Passwords as Argon2id in its own encoding; the costs are the context's, so that tests need not wait."""

from __future__ import annotations

import base64
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from counter.rules.overrides import fold_password

if TYPE_CHECKING:
    from argon2 import PasswordHasher


class Cost(NamedTuple):
    """What one guess costs: about a tenth of a second here, and memory that a guessing machine lacks."""

    passes: int = 2
    memory_kib: int = 46 * 1024
    lanes: int = 1


ORDINARY: Final = Cost()
"""What guesses cost in an office."""


@lru_cache(maxsize=4)
def _hasher(cost: Cost) -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)


def hashed(cost: Cost, password: str) -> str:
    """Return what is stored of a password."""
    return _hasher(cost).hash(fold_password(password))


def fits(cost: Cost, stored: str, password: str) -> bool:
    """Tell whether a password is the one that was stored; a stored text that is no hash fits nothing."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher(cost).verify(stored, fold_password(password))
    except (InvalidHashError, VerificationError):
        return False


def outdated(cost: Cost, stored: str) -> bool:
    """Tell whether a password should be hashed anew at today's cost."""
    return _hasher(cost).check_needs_rehash(stored)


def nobodys(cost: Cost) -> str:
    """Return a hash no password fits and that takes as long to find out as a real one."""

    def part(count: int) -> str:
        return base64.b64encode(os.urandom(count)).decode().rstrip("=")

    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p={cost.lanes}${part(16)}${part(32)}"
