"""Makes the names in a folder last: a rename is safe from a power cut only when its folder is synced too."""

from __future__ import annotations

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Bring what was created, renamed or removed in a folder down to the disk; Windows knows no such call.

    Raises OSError.
    """
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
