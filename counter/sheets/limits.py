"""What a roster file may cost: generous for any real list, small for a machine.

A yearly roster has hundreds of rows; 100,000 rows is a province. Whatever asks for more is a mistake or an
attack, and is refused before or, at the latest, by the death of the child that reads it.
"""

from __future__ import annotations

from typing import Final

MIB: Final = 1024 * 1024

FILE_BYTES: Final = 32 * MIB
"""Largest file that is taken from the disk."""
INSIDE_BYTES: Final = 256 * MIB
"""Largest sum of an archive's parts, unpacked."""
DENSE_BYTES: Final = 8 * MIB
"""A part larger than this must not be packed more than `DENSEST` to one."""
DENSEST: Final = 150
"""Real sheets pack 10 to 40 to one, a bomb 1000 to one."""
PARTS: Final = 1000
"""Most parts in an archive; a real workbook has some dozens."""
SHEETS: Final = 64
ROWS: Final = 200_000
"""Most rows of one sheet."""
COLUMNS: Final = 256
"""Most columns of one sheet."""
CELL_CHARACTERS: Final = 32_767
"""Excel's own limit for one cell."""
MEMORY: Final = 512 * MIB
"""Address space of the child."""
CPU_SECONDS: Final = 30
WALL_SECONDS: Final = 60
ANSWER_BYTES: Final = 192 * MIB
"""Most that is accepted from the child."""
FRAME_ROWS: Final = 2000
"""Rows sent at a time: the parent unpacks one frame while the child packs the next."""
