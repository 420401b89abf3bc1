"""The words a finding can be; a screen names them before any circular is read."""

from __future__ import annotations

from enum import StrEnum


class FindingKind(StrEnum):
    """The four answers to one item."""

    OK = "ok"
    MISSING = "missing"
    DEFECT = "defect"
    WAIVED = "waived"
