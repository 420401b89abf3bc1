"""Reads a circular file and refuses a wrong one with every line, key and mistake.

The desk paints with the shipped circular, so the checks and their helpers are imported only for other files;
a test holds the shipped one to the same checks.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from counter.circular.model import Circular
from counter.circular.problems import CircularError, Mistake, Problem
from counter.circular.problems import Path as Place

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "MOST_BYTES",
    "SCHEMA",
    "CircularError",
    "Problem",
    "check_file",
    "load",
    "shipped",
    "shipped_source",
]

SCHEMA: Final = 1
"""The version of the file format that this program reads."""

MOST_BYTES: Final = 1024 * 1024
"""Thirty times the 2024 circular; a larger file is something else."""

_SHIPPED: Final = "lyg-2024-12.toml"
_POSITION: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TWICE: Final = re.compile(r"^Cannot (?:overwrite|declare|mutate)")
"""How tomllib begins when a key or a table is there already."""


def load(source: Path | bytes) -> Circular:
    """Read a circular from a file or from its bytes, checked in shape and sense.

    Raises CircularError with all problems; one kind of mistake does not hide another.
    """
    data = source if isinstance(source, bytes) else _read(source)
    text = _text(data)
    raw = _parse(text)
    if mistakes := _mistakes_of_shape(raw):
        raise _refusal(text, raw, mistakes)
    circular = msgspec.convert(raw, Circular)

    from counter.circular.check import mistakes_in

    if mistakes := tuple(mistakes_in(circular)):
        raise _refusal(text, raw, mistakes)
    return circular


def check_file(path: Path) -> tuple[Problem, ...]:
    """Return everything that is wrong with a circular file, in the order of its lines; empty means usable."""
    try:
        load(path)
    except CircularError as error:
        return error.problems
    return ()


def shipped_source() -> bytes:
    """Return the shipped 2024 circular as it lies in the package, for storing and comparing versions."""
    return Path(__file__).with_name(_SHIPPED).read_bytes()


@cache
def shipped() -> Circular:
    """Return the shipped 2024 circular, read once."""
    return msgspec.convert(tomllib.loads(shipped_source().decode()), Circular)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _file_error("unreadable", reason=error) from error


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise _file_error("too_large", size=len(data), most=MOST_BYTES)
    try:
        return data.decode("utf-8-sig")  # Windows editors put a mark before the text
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CircularError((Problem(line, "", "not_utf8"),)) from error


def _parse(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise _file_error("too_deep") from error
    except ValueError as error:  # TOMLDecodeError, and whatever int() and date() say about a value
        line, column = toml_place(error, text)
        code = "toml_twice" if _TWICE.search(str(error)) else "toml_syntax"
        raise CircularError((Problem(line, "", code, {"column": column}),)) from error


def toml_place(error: ValueError, text: str) -> tuple[int, int]:
    """Return line and column, from 1, at which tomllib gave up; the words it has for it are English only."""
    if (found := _POSITION.search(str(error))) and found[1]:
        return int(found[1]), int(found[2])
    return text.count("\n") + 1, 1


def _mistakes_of_shape(raw: dict[str, object]) -> tuple[Mistake, ...]:
    """Return, where the shape is wrong, these mistakes and the others that can be told all the same."""
    schema = raw.get("schema")
    if type(schema) is int and schema != SCHEMA:
        return (Mistake(("schema",), "schema_unknown", {"known": SCHEMA, "seen": schema}),)
    try:
        msgspec.convert(raw, Circular)
    except msgspec.ValidationError:
        from counter.circular.mend import further_mistakes
        from counter.circular.shape import differences

        return (*differences(raw, Circular), *further_mistakes(raw))
    return ()


def _refusal(text: str, raw: dict[str, object], mistakes: Iterable[Mistake]) -> CircularError:
    from counter.circular.lines import line_of, locate

    lines = locate(text)
    problems = [
        Problem(line_of(lines, found.path), _key(raw, found.path), found.code, found.facts)
        for found in mistakes
    ]
    return CircularError(tuple(sorted(problems, key=lambda problem: problem.line or 0)))


def _file_error(code: str, **facts: object) -> CircularError:
    return CircularError((Problem(None, "", code, facts),))


def _key(raw: object, path: Place) -> str:
    """Write a path as people read it: entries by their code or number, else by their position from 1."""
    key = ""
    for step in path:
        if isinstance(step, str):
            key += f".{step}" if key else step
            raw = raw.get(step) if isinstance(raw, dict) else None
        else:
            raw = raw[step] if isinstance(raw, list) and step < len(raw) else None
            key += f"[{_name(raw) or step + 1}]"
    return key


def _name(entry: object) -> str:
    code = entry.get("code") if isinstance(entry, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,40}", code) else ""
