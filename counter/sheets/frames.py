"""What the reading child says to its parent: length-prefixed msgpack frames of four sorts.

No pickle: whoever takes over the child can at most send wrong text.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

Cell: TypeAlias = str | int | float | bool | None
"""A cell as the file holds it; dates and times arrive as ISO text, numbers stay numbers."""


class SheetStart(msgspec.Struct, frozen=True, tag="sheet"):
    """A sheet begins; its rows follow."""

    name: str
    visible: bool
    left: int
    """Columns left out before the first cell of each row."""
    merged: list[tuple[int, int, int, int]]
    """Merged areas as top, left, bottom, right, counted from 0."""


class SheetRows(msgspec.Struct, frozen=True, tag="rows", gc=False):
    """The next rows of the current sheet."""

    rows: list[list[Cell]]


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """The child will not read this file."""

    code: str
    facts: dict[str, str | int]


class Done(msgspec.Struct, frozen=True, tag="done"):
    """Everything was sent; without it the child died on the way."""

    encoding: str
    """Encoding of a text file, empty for a workbook."""


Frame: TypeAlias = SheetStart | SheetRows | Refusal | Done

PREFIX: Final = 4
"""Bytes of the length in front of each frame, big-endian."""

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final[msgspec.msgpack.Decoder[Frame]] = msgspec.msgpack.Decoder(Frame)


def pack(frame: Frame) -> bytes:
    """Return a frame with its length in front."""
    body = _encoder.encode(frame)
    return len(body).to_bytes(PREFIX, "big") + body


def unpack(read: Callable[[int], bytes], most: int) -> Frame | None:
    """Return the next frame of at most `most` bytes, None at the end. Raises ValueError for anything else."""
    prefix = read(PREFIX)
    if not prefix:
        return None
    length = int.from_bytes(prefix, "big")
    if len(prefix) < PREFIX or length > most:
        raise ValueError("bad frame")
    body = read(length)
    if len(body) < length:
        raise ValueError("cut frame")
    return _decoder.decode(body)
