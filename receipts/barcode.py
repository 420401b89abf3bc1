"""The 14 digits as bars and as a QR code: plain geometry, drawn as vectors by the templates.

python-barcode only computes the bars; its own drawing is too narrow and too grey to be read from paper.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

from receipts.errors import PaperError
from receipts.number import parse_anchor, parse_number

QUIET: Final = 10
"""Empty modules that Code 128 wants on either side (ISO/IEC 15417)."""

MODULES: Final = 112
"""Start, seven pairs of digits, check sign (11 modules each) and stop (13)."""

_START_C: Final = "11010011100"
_STOP: Final = "1100011101011"


def code128_modules(digits: str) -> str:
    """Return the barcode as 112 characters, 1 for ink and 0 for paper.

    Raises PaperError("bad-number"), or PaperError("bad-barcode") when the library leaves set C, which would
    print a wider code than the papers have room for.
    """
    number = parse_number(digits).digits
    from barcode import get

    modules: str = get("code128", number).build()[0]
    if len(modules) != MODULES or not modules.startswith(_START_C) or not modules.endswith(_STOP):
        raise PaperError("bad-barcode", reason="set")
    return modules


def code128_runs(digits: str) -> list[tuple[int, int]]:
    """Return each bar as (first module, width in modules), the first bar at 0."""
    runs, at = [], 0
    for ink, group in groupby(code128_modules(digits)):
        width = len(list(group))
        if ink == "1":
            runs.append((at, width))
        at += width
    return runs


def qr_rows(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the QR code of the digits, or of a whole anchor line, row by row, True for ink.

    With its quiet zone the one has 29 rows of 29, the other 37 of 37. Raises PaperError("bad-number").
    """
    said = parse_anchor(text).line if text.startswith("CD1 ") else parse_number(text).digits
    import segno

    code = segno.make(said, error="m", micro=False)
    return tuple(tuple(bool(cell) for cell in row) for row in code.matrix_iter(border=4))


def qr_svg(text: str) -> str:
    """Return the QR code as SVG, one unit per module; a filled path is a third of segno's own time."""
    rows = qr_rows(text)
    size = len(rows)
    path = []
    for y, row in enumerate(rows):
        x = 0
        for ink, group in groupby(row):
            width = len(list(group))
            if ink:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}">'
    return f'{head}<path d="{"".join(path)}"/></svg>'
