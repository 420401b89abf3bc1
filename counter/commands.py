"""What the palette offers: every key of a screen that works now, found by its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from counter import keys


def offered(areas: Sequence[str], can: Callable[[str], bool]) -> tuple[keys.Key, ...]:
    """Return the commands of some areas that are possible now, the area's own before the general ones."""
    own = [key for key in keys.of(*areas) if key.area != "every"]
    general = [key for key in keys.of(*areas) if key.area == "every"]
    return tuple(key for key in (*own, *general) if key.palette and can(key.action))


def matching(commands: Sequence[keys.Key], typed: str) -> tuple[keys.Key, ...]:
    """Return the commands whose key, word or sentence holds every typed word."""
    words = typed.casefold().split()
    return tuple(
        key
        for key in commands
        if all(word in f"{key.shown} {key.label} {key.sentence}".casefold() for word in words)
    )
