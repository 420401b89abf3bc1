"""The code on the screen before it is on paper, as cells the screen paints with background colours.

No box-drawing sign is used: in Chinese terminals they may be two cells wide. Paint ink black (#000000) on
white (#ffffff), not in theme colours, and two blanks per module (58 x 29 cells); half blocks are half that
size where the terminal is known to draw them one cell wide.
"""

from __future__ import annotations

from receipts.barcode import qr_rows

__all__ = ["half_rows", "qr_rows", "text_rows"]


def half_rows(rows: tuple[tuple[bool, ...], ...]) -> tuple[tuple[tuple[bool, bool], ...], ...]:
    """Return pairs of rows as (upper, lower) cells; an odd last row stands on an empty one."""
    blank = (False,) * len(rows[0])
    return tuple(
        tuple(zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], (*rows[1::2], blank)[: (len(rows) + 1) // 2], strict=True)
    )


def text_rows(rows: tuple[tuple[bool, ...], ...]) -> tuple[str, ...]:
    """Return the rows as plain text, two `#` per inked module, for a log or a screen without colours."""
    return tuple("".join("##" if ink else "  " for ink in row) for row in rows)
