"""The words by which a roster's columns, rows and values are recognised, as data beside this module."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from counter.sheets.errors import SheetError

FIELDS: Final = (
    "online_id",
    "name",
    "sex",
    "id_kind",
    "id_number",
    "birth",
    "employer",
    "county",
    "department",
    "specialty",
    "level",
    "situations",
    "phone",
    "online_state",
    "submitted_at",
    "note",
)
"""What can be taken from a roster, in the order of `RosterRow`."""

REQUIRED: Final = ("online_id", "name", "id_number")
"""Without these columns a table is no roster."""


class _Ignored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    columns: list[str]


class _Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    totals: list[str]
    signatures: list[str]


class _Sheets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    guides: list[str]


class Aliases(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All words of one aliases file; earlier words of a list win over later ones."""

    columns: dict[str, list[str]]
    ignored: _Ignored
    rows: _Rows
    sheets: _Sheets
    sex: dict[str, list[str]]
    id_kinds: dict[str, list[str]]

    def column_words(self) -> dict[str, tuple[str, int]]:
        """Return field and rank by folded column word."""
        return {
            fold(word): (field, rank)
            for field, words in self.columns.items()
            for rank, word in enumerate(words)
        }


def load_aliases(path: Path | None = None) -> Aliases:
    """Return the words of a file of the shipped shape, or the shipped ones.

    Raises SheetError aliases-invalid (path, problem).
    """
    if path is None:
        return shipped_aliases()
    try:
        aliases = msgspec.toml.decode(path.read_bytes(), type=Aliases)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as e:
        raise SheetError("aliases-invalid", path=str(path), problem=str(e)) from e
    if unknown := sorted(set(aliases.columns) - set(FIELDS)):
        raise SheetError("aliases-invalid", path=str(path), problem=f"columns.{unknown[0]}")
    return aliases


@cache
def shipped_aliases() -> Aliases:
    """Return the words shipped with the desk."""
    data = (files("counter.sheets") / "aliases.toml").read_bytes()
    return msgspec.toml.decode(data, type=Aliases)


def fold(text: str) -> str:
    """Return a word for comparing: NFKC, without blanks, stars and invisible signs, lower case."""
    kept = unicodedata.normalize("NFKC", text[:200])
    return "".join(
        c for c in kept if not c.isspace() and c != "*" and unicodedata.category(c) != "Cf"
    ).lower()


def fold_column(text: str) -> tuple[str, str]:
    """Return a column's word for comparing, and the same without explanations in brackets."""
    folded = fold(text)
    return folded, re.sub(r"[(\[【].*?[)\]】]|[::]$", "", folded)
