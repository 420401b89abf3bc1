"""The online roster taken in: a report first, then one transaction.

The desk's own word stands: an entry that has a submission takes nothing from a later file but its online
state, and every other difference is told. People missing from a later file stay as they are.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa

from counter.clock import business_date
from counter.desk.context import DeskContext
from counter.desk.permit import use_case
from counter.desk.rows import ENTRIES, IMPORTS, SUBMISSIONS, Row, as_row, blank, pack
from counter.desk.unit import Unit, once, reading
from counter.desk.views import Actor
from counter.errors import DeskError
from counter.rules.names import display_pinyin
from counter.rules.search import search_tokens
from counter.sheets.errors import SheetError
from counter.sheets.report import Refused, Roster, RosterRow, Suspicious
from counter.sheets.roster import load_roster
from db.search_index import add_tokens, put_tokens
from db.turn import take_turn

COLUMNS: Final = (
    "online_id", "name", "sex", "id_kind", "id_number", "birth", "employer", "county", "department",
    "specialty", "specialty_text", "level_text", "situations", "phone", "online_state",
    "online_state_text", "submitted_at", "note",
)  # fmt: skip
"""What a roster says about a person."""

STATE: Final = ("online_state", "online_state_text", "submitted_at")
"""What the online system may go on changing after the papers have come in."""

ROWS: Final = "roster.rows"
"""Kind of an event that holds nothing but digests, which the event of the import has no room for."""

_BATCH: Final = 5000
_DIGESTS: Final = 1000
"""Of one event: about 60 KB."""


@dataclass(frozen=True)
class RosterPreview:
    """What importing a file would do; nothing is stored yet."""

    file: Path
    name: str
    sha256: str
    sheet: str
    total: int
    """Good rows in the file."""
    new: int
    changed: int
    same: int
    refused: tuple[Refused, ...]
    """Cells for which their row is not imported."""
    suspicious: tuple[Suspicious, ...]
    """Cells to look at; the code says whether the row is imported."""
    normalised: int
    """Cells stored in another form than the file holds."""
    skipped: int
    """Title, total, signature and remark rows."""
    unknown_columns: tuple[str, ...]
    roster: Roster
    """The judged rows, for the import that may follow."""


@dataclass(frozen=True)
class RosterReport:
    """What an import did."""

    import_id: int
    new: int
    changed: int
    same: int
    refused: int
    suspicious: int


@dataclass(frozen=True)
class _Plan:
    new: list[RosterRow]
    changed: list[tuple[Row, dict[str, Any]]]
    """The stored entry and the columns that change."""
    same: int
    suspicious: list[Suspicious]


@use_case
def import_preview(ctx: DeskContext, *, file: Path, actor: Actor) -> RosterPreview:
    """Return what importing a roster file would do.

    Raises DeskError("roster", reason, ...) for a file that cannot be read as a roster.
    """
    roster = _read(ctx, file)
    with reading(ctx) as session:
        plan = _plan(session.connection(), ctx, roster)
    return RosterPreview(
        file=file,
        name=roster.name,
        sha256=roster.sha256,
        sheet=roster.sheet,
        total=len(roster.rows),
        new=len(plan.new),
        changed=len(plan.changed),
        same=plan.same,
        refused=roster.refused,
        suspicious=(*roster.suspicious, *plan.suspicious),
        normalised=len(roster.normalised),
        skipped=len(roster.skipped),
        unknown_columns=tuple(column.header for column in roster.unknown_columns),
        roster=roster,
    )


@use_case
def import_roster(ctx: DeskContext, *, preview: RosterPreview, actor: Actor, key: UUID) -> RosterReport:
    """Store what a preview showed, all of it or nothing; what changed at the desk since then is judged anew.

    Other desks cannot save meanwhile and say so: about 25 s for 100,000 new people, so a first roster belongs
    into the time before the counter opens.
    Raises DeskError("file-changed") when the file is no longer the one that was shown.
    """
    if _sha256(preview.file) != preview.sha256:
        raise DeskError("file-changed", path=str(preview.file))
    roster = preview.roster

    def work(unit: Unit) -> str:
        take_turn(unit.session)  # whoever is called from here on is called as the new roster says
        plan = _plan(unit.conn, ctx, roster)
        row = blank(
            IMPORTS,
            file_name=roster.name[:255],
            sha256=roster.sha256,
            size=roster.size,
            at=unit.now,
            actor=unit.actor.name,
            new=len(plan.new),
            changed=len(plan.changed),
            same=plan.same,
            refused=len(roster.refused),
            suspicious=len(roster.suspicious) + len(plan.suspicious),
        )
        made = unit.add_own(IMPORTS, row)
        _store_new(unit, plan.new, made["id"], roster)
        _store_changed(unit, plan.changed, made["id"])
        unit.tell(
            "roster.imported",
            f"import:{made['id']}",
            sha256=roster.sha256,
            new=row["new"],
            changed=row["changed"],
            same=row["same"],
            refused=row["refused"],
            suspicious=row["suspicious"],
        )
        ctx.memory.forget()
        return f"import:{made['id']}"

    ref = once(ctx, "roster", actor, key, work)
    with reading(ctx) as session:
        done = as_row(
            session.connection()
            .execute(sa.select(IMPORTS).where(IMPORTS.c.id == int(ref.partition(":")[2])))
            .one()
        )
    return RosterReport(
        done["id"], done["new"], done["changed"], done["same"], done["refused"], done["suspicious"]
    )


def _read(ctx: DeskContext, file: Path) -> Roster:
    try:
        return load_roster(file, ctx.circular, today=business_date(ctx.clock.now()))
    except SheetError as e:
        raise DeskError("roster", **{**e.facts, "reason": e.code, "path": str(file)}) from e
    except OSError as e:
        raise DeskError("file", path=str(file), reason=e) from e


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as e:
        raise DeskError("file", path=str(file), reason=e) from e


def _columns(row: RosterRow) -> tuple[Any, ...]:
    """Return a file's row as the entry's columns, in the order of COLUMNS."""
    return (
        row.online_id, row.name, row.sex, row.id_kind, row.id_number, row.birth, row.employer, row.county,
        row.department, row.specialty, row.specialty_text, row.level, pack(tuple(map(str, row.situations))),
        row.phone, row.online_state, row.online_state_text, row.submitted_at, row.note,
    )  # fmt: skip


def _plan(conn: sa.Connection, ctx: DeskContext, roster: Roster) -> _Plan:
    """Compare a file with the stored roster."""
    circular = ctx.circular.id
    own = [ENTRIES.c[name] for name in COLUMNS]
    query = sa.select(ENTRIES.c.id, *own).where(ENTRIES.c.circular_id == circular)
    stored = {row[1]: row for row in conn.execute(query)}
    people = {row[5]: row[1] for row in stored.values() if row[5]}
    busy = set(
        conn.execute(
            sa.select(SUBMISSIONS.c.entry_id).where(SUBMISSIONS.c.circular_id == circular).distinct()
        ).scalars()
    )
    plan = _Plan([], [], 0, [])
    same = 0
    for person in roster.rows:
        known = stored.get(person.online_id)
        if known is None:
            plan.new.append(person)
            other = people.get(person.id_number)
            if other is not None:
                plan.suspicious.append(_suspect(roster, person, "id_number", "known-under-other-id"))
            continue
        values = _columns(person)
        if known[1:] == values:
            same += 1
            continue
        differs = [name for name, old, new in zip(COLUMNS, known[1:], values, strict=True) if old != new]
        if known[0] in busy:
            kept = [name for name in differs if name not in STATE]
            plan.suspicious.extend(_suspect(roster, person, name, "kept-as-submitted") for name in kept)
            differs = [name for name in differs if name in STATE]
        if not differs:
            same += 1
            continue
        changes = {name: values[COLUMNS.index(name)] for name in differs}
        plan.changed.append(({"id": known[0], **dict(zip(COLUMNS, known[1:], strict=True))}, changes))
    return _Plan(plan.new, plan.changed, same, plan.suspicious)


def _suspect(roster: Roster, person: RosterRow, field: str, code: str) -> Suspicious:
    column = roster.columns.get(_FIELDS.get(field, field))
    letter = column.cell.rstrip("0123456789") if column else "A"
    return Suspicious(roster.sheet, f"{letter}{person.row}", _FIELDS.get(field, field), code)


_FIELDS: Final = {"specialty_text": "specialty", "level_text": "level", "online_state_text": "online_state"}
"""Columns of an entry that a file holds under another name."""


def _store_new(unit: Unit, people: list[RosterRow], import_id: int, roster: Roster) -> None:
    fixed = blank(
        ENTRIES,
        circular_id=unit.ctx.circular.id,
        origin="roster",
        import_id=import_id,
        created_at=unit.now,
        updated_at=unit.now,
    )
    place = f"{roster.name[:60]} {roster.sheet[:40]}"
    for start in range(0, len(people), _BATCH):
        batch = people[start : start + _BATCH]
        rows = [
            {
                **fixed,
                **dict(zip(COLUMNS, _columns(person), strict=True)),
                "pinyin": display_pinyin(person.name)[:200],
                "place": f"{place} {person.row}"[:120],
                "subject_key": secrets.token_bytes(32),
            }
            for person in batch
        ]
        unit.conn.execute(sa.insert(ENTRIES), rows)
    found = unit.conn.execute(
        sa.select(ENTRIES.c.online_id, ENTRIES.c.id).where(ENTRIES.c.import_id == import_id)
    )
    ids = {str(online_id): int(entry_id) for online_id, entry_id in found}
    add_tokens(unit.session, _tokens(people, ids))
    stored = sa.select(ENTRIES).where(ENTRIES.c.import_id == import_id).order_by(ENTRIES.c.id)
    for entry in unit.conn.execute(stored.execution_options(yield_per=_DIGESTS)):
        _note(unit, as_row(entry))


def _note(unit: Unit, entry: Row) -> None:
    """Let the journal know a person's row; a large roster takes several events."""
    unit.note_entry(entry)
    if unit.noted >= _DIGESTS:
        unit.tell(ROWS, "roster")


def _tokens(people: list[RosterRow], ids: dict[str, int]) -> Iterator[tuple[int, frozenset[str]]]:
    for person in people:
        yield (
            ids[person.online_id],
            search_tokens(
                person.name,
                id_number=person.id_number,
                phone=person.phone,
                online_id=person.online_id,
                employer=person.employer,
            ),
        )


def _store_changed(unit: Unit, changed: list[tuple[Row, dict[str, Any]]], import_id: int) -> None:
    for before, changes in changed:
        values = {**changes, "version": ENTRIES.c.version + 1, "updated_at": unit.now}
        if "name" in changes:
            values["pinyin"] = display_pinyin(changes["name"])[:200]
        if changes.keys() - set(STATE):
            values["import_id"] = import_id
        own = ENTRIES.c.id == before["id"]
        unit.conn.execute(sa.update(ENTRIES).where(own).values(values))
        _note(unit, as_row(unit.conn.execute(sa.select(ENTRIES).where(own)).one()))
        if changes.keys() & {"name", "id_number", "phone", "employer"}:
            entry = before | changes
            tokens = search_tokens(
                entry["name"],
                id_number=entry["id_number"],
                phone=entry["phone"],
                online_id=entry["online_id"],
                employer=entry["employer"],
            )
            put_tokens(unit.session, before["id"], tokens)
