"""Compares raw TOML data with the circular's shape and names every difference.

msgspec stops at the first one; whoever writes a circular wants them all, each at its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from difflib import get_close_matches
from enum import Enum
from types import NoneType
from typing import Final, get_args, get_origin

import msgspec

from counter.circular.problems import Mistake, Path

_WRONG: Final = {str: "not_text", int: "not_integer", bool: "not_boolean", date: "not_date", time: "not_time"}


def differences(value: object, kind: object, path: Path = ()) -> Iterator[Mistake]:
    """Yield everything that keeps `value` from being a `kind` of the model."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from _in_table(value, kind, path)
    elif get_origin(kind) is tuple:
        if not isinstance(value, list):
            yield Mistake(path, "not_list")
            return
        entry_kind = get_args(kind)[0]
        for position, entry in enumerate(value):
            yield from differences(entry, entry_kind, (*path, position))
    else:
        yield from _in_leaf(value, kind, path)


def _in_table(value: object, kind: type[msgspec.Struct], path: Path) -> Iterator[Mistake]:
    if not isinstance(value, dict):
        yield Mistake(path, "not_table")
        return
    known = {field.name: field for field in msgspec.structs.fields(kind)}
    meant = meanings(value, kind)
    for key in value:
        if key in known:
            continue
        if near := meant.get(key):
            yield Mistake((*path, key), "misspelt_field", {"near": near})
            yield from differences(value[key], known[near].type, (*path, key))
        else:
            yield Mistake((*path, key), "unknown_field")
    for name, field in known.items():
        if name in value:
            yield from differences(value[name], field.type, (*path, name))
        elif field.required and name not in meant.values():
            yield Mistake((*path, name), "missing_field")


def meanings(value: dict[str, object], kind: type[msgspec.Struct]) -> dict[str, str]:
    """Return which field each misspelt key of a table stands for; every field is meant once at most."""
    names = [field.name for field in msgspec.structs.fields(kind)]
    open_names = [name for name in names if name not in value]
    meant = {}
    for key in value:
        if key not in names and (near := get_close_matches(key, open_names, n=1, cutoff=0.7)):
            open_names.remove(near[0])
            meant[key] = near[0]
    return meant


def _in_leaf(value: object, kind: object, path: Path) -> Iterator[Mistake]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        bare = next((arg for arg in get_args(kind) if arg is not NoneType), kind)
        if isinstance(bare, type) and issubclass(bare, Enum):
            yield Mistake(path, "not_choice", {"choices": ", ".join(str(member.value) for member in bare)})
        elif isinstance(bare, type):
            yield Mistake(path, _WRONG[bare])
