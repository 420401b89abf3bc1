"""What came out of a roster file: rows to import, and everything that has to be said about the others."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import msgspec

from counter.sheets.columns import Column


class RosterRow(msgspec.Struct, frozen=True, gc=False):
    """One person of the roster, every field in its stored form; empty text means not given."""

    online_id: str
    name: str
    sex: str
    """male, female or empty; the identity number's own word goes before the column's."""
    id_kind: str
    """IdKind value."""
    id_number: str
    birth: str
    """YYYY-MM-DD from the identity number, else YYYY-MM from the column."""
    employer: str
    county: str
    department: str
    specialty: str
    """Code in the circular, empty when the text matches none."""
    specialty_text: str
    level: str
    situations: tuple[int, ...]
    """Numbers the circular knows, ascending."""
    phone: str
    online_state: str
    """Code in the circular; `unknown` for a state it does not list."""
    online_state_text: str
    submitted_at: str
    """`YYYY-MM-DD HH:MM:SS` or `YYYY-MM-DD` in the office's wall time, as the online system shows it."""
    note: str
    row: int
    """Row in the file, counted from 1."""


@dataclass(frozen=True)
class Refused:
    """A cell for which its row is not imported. Facts never hold the cell's own text."""

    sheet: str
    cell: str
    """As A1; of a missing cell the place where it belongs."""
    field: str
    code: str
    facts: dict[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Normalised:
    """A cell that is stored in another form than the file holds it."""

    sheet: str
    cell: str
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Suspicious:
    """A cell that somebody should look at; its row is imported unless the code says that it is not."""

    sheet: str
    cell: str
    field: str
    code: str
    facts: dict[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Skipped:
    """A row that is no person: total, signature, header or remark."""

    sheet: str
    row: int
    """Counted from 1."""
    kind: str


@dataclass(frozen=True)
class Roster:
    """A whole file, judged; nothing of it is stored yet."""

    name: str
    size: int
    sha256: str
    encoding: str
    sheet: str
    header: tuple[int, int]
    """First and last header row, counted from 1."""
    columns: dict[str, Column]
    unknown_columns: tuple[Column, ...]
    duplicate_columns: tuple[Column, ...]
    rows: tuple[RosterRow, ...]
    """Online IDs are unique among them."""
    refused: tuple[Refused, ...]
    suspicious: tuple[Suspicious, ...]
    normalised: tuple[Normalised, ...]
    skipped: tuple[Skipped, ...]
