"""The words of the findings, as the checklist and the dialogs show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from counter.i18n import _
from counter.rules.finding import FindingKind

FINDINGS: Final[Mapping[FindingKind, tuple[str, str]]] = {
    FindingKind.OK: (_("ok"), "success"),
    FindingKind.WAIVED: (_("free"), "muted-strong"),
    FindingKind.MISSING: (_("miss"), "chip-missing"),
    FindingKind.DEFECT: (_("flaw"), "chip-defect"),
}
"""Word of at most 4 cells and tone of each finding."""

SEXES: Final[Mapping[str, str]] = {"male": _("male"), "female": _("female")}
"""The roster's two words; another stands as it came."""

UNJUDGED: Final = _("open")
"""An item nobody judged yet."""
