"""Commands that take something in: `circular check`, `circular use`, `roster import`."""

from __future__ import annotations

import sys
import unicodedata
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, Protocol
from uuid import uuid4

from counter.console import Exit, complain, opened, say, say_json
from counter.i18n import _, ngettext, translate
from counter.word_lists import COLUMNS
from counter.words import cell_sentence, filled

if TYPE_CHECKING:
    from counter.desk.roster import RosterPreview
    from counter.sheets.report import Normalised

MOST_LINES: Final = 200
"""Cells listed for a person; a file with more of them goes back to whoever made it. `--json` lists all."""


MANY: Final = 20_000
"""Rows from which storing a roster holds the records for longer than a clerk waits, about 5 s."""

WAYS: Final = {
    "blanks": _("blanks left out"),
    "case": _("large letters"),
    "form": _("written in the usual form"),
    "width": _("full-width signs made narrow"),
}
"""What was changed in cells of a roster, in words."""


class CellNote(Protocol):
    """Something to say about one cell of a roster, refused or suspicious."""

    @property
    def sheet(self) -> str: ...
    @property
    def cell(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def facts(self) -> dict[str, object]: ...


def check_circular(args: Namespace) -> int:
    """Say everything that is wrong with a circular file."""
    from counter.circular.loader import check_file
    from counter.circular.problems import describe

    problems = check_file(args.file)
    for problem in problems:
        text, facts = describe(problem)
        place = _("line {line}").format(line=problem.line) if problem.line else _("the file")
        key = f"{problem.key}: " if problem.key else ""
        say(f"{args.file}: {place}: {key}{filled(translate(text), facts)}")
    if problems:
        complain(
            ngettext(
                "{count} thing is wrong; this circular cannot be used.",
                "{count} things are wrong; this circular cannot be used.",
                len(problems),
            ).format(count=len(problems))
        )
        return Exit.NO
    say(_("{file} is in order.").format(file=args.file))
    return Exit.OK


def use_circular(args: Namespace) -> int:
    """Judge new submissions by a circular; those already opened keep theirs."""
    if code := check_circular(args):
        return code
    from counter.desk.office import adopt_circular

    with opened(args, named=True) as desk:
        adopted = adopt_circular(desk.ctx, file=args.file, actor=desk.actor)
    say(_("New submissions are judged by {circular}.").format(circular=adopted.circular.title))
    return Exit.OK


def import_roster(args: Namespace) -> int:
    """Report what a roster file would change, then store it if that is wanted."""
    from counter.desk import roster

    with opened(args) as desk:
        preview = roster.import_preview(desk.ctx, file=args.file, actor=desk.actor)
        stored = False
        if not args.json:
            say(_report(preview))
        if (preview.new or preview.changed) and (args.yes or _agreed(args)):
            roster.import_roster(desk.ctx, preview=preview, actor=desk.actor, key=uuid4())
            stored = True
    if args.json:
        say_json(_as_json(preview, stored=stored))
    elif stored:
        say(_("Stored."))
    elif not (preview.new or preview.changed):
        say(_("There is nothing to store."))
    if stored or not (preview.new or preview.changed):
        return Exit.OK
    complain(_("Nothing was stored. With --yes it is."))
    return Exit.NO


def _agreed(args: Namespace) -> bool:
    """Ask whether to store, where there is somebody to ask."""
    if args.json or not sys.stdin.isatty():
        return False
    say(_("Store this? Type yes and Enter."))
    return sys.stdin.readline().strip().lower() in ("yes", _("yes"))


def _report(preview: RosterPreview) -> str:
    """Return what a person wants to know before storing a roster."""
    lines = [
        _("{name}, sheet {sheet}: {total} good rows").format(
            name=preview.name, sheet=preview.sheet or "-", total=preview.total
        ),
        _("new {new}, changed {changed}, same {same}").format(
            new=preview.new, changed=preview.changed, same=preview.same
        ),
        *_forms(preview.roster.normalised),
    ]
    if preview.skipped:
        lines.append(_("rows that are no person {skipped}").format(skipped=preview.skipped))
    if preview.total > MANY:
        lines.append(
            _("More than {many} rows: no desk can save while they are stored. Do it before opening.").format(
                many=MANY
            )
        )
    if preview.unknown_columns:
        lines.append(_("columns not read: {names}").format(names=_(", ").join(preview.unknown_columns)))
    if preview.refused:
        lines += [_("Not taken in ({count}):").format(count=len(preview.refused)), *_cells(preview.refused)]
    if preview.suspicious:
        lines += [
            _("To be looked at ({count}):").format(count=len(preview.suspicious)),
            *_cells(preview.suspicious),
        ]
    return "\n".join(lines)


def _forms(changes: Iterable[Normalised]) -> list[str]:
    """Return one line for each column and way in which cells were brought into the stored form."""
    counts = Counter((change.field, _way(change.before, change.after)) for change in changes)
    return [
        ngettext("{column}: {way} in {count} cell", "{column}: {way} in {count} cells", count).format(
            column=COLUMNS.get(field, field), way=_(", ").join(WAYS[name] for name in ways), count=count
        )
        for (field, ways), count in counts.most_common()
    ]


def _way(before: str, after: str) -> tuple[str, ...]:
    """Return the keys of WAYS for what turned one text into another."""
    plain = unicodedata.normalize("NFKC", before)
    bare = "".join(plain.split())
    ways = [
        ("width", plain != before),
        ("blanks", plain != bare and plain != after),
        ("case", bare != after and bare.upper() == after.upper()),
        ("form", bare.upper() != "".join(after.split()).upper()),
    ]
    return tuple(name for name, found in ways if found) or ("form",)


def _cells(notes: Iterable[CellNote]) -> list[str]:
    """Return one line for each cell, at most `MOST_LINES`."""
    found = list(notes)
    lines = []
    for note in found[:MOST_LINES]:
        column = COLUMNS.get(note.field, note.field)
        lines.append(f"  {note.sheet} {note.cell} {column}: {cell_sentence(note.code, note.facts)}")
    if len(found) > MOST_LINES:
        lines.append(_("  … and {count} more; --json lists all").format(count=len(found) - MOST_LINES))
    return lines


def _as_json(preview: RosterPreview, *, stored: bool) -> dict[str, object]:
    return {
        "stored": stored,
        "total": preview.total,
        "new": preview.new,
        "changed": preview.changed,
        "same": preview.same,
        "refused": [_cell_json(note) for note in preview.refused],
        "suspicious": [_cell_json(note) for note in preview.suspicious],
        "normalised": preview.normalised,
        "skipped": preview.skipped,
        "unknown_columns": list(preview.unknown_columns),
    }


def _cell_json(note: CellNote) -> dict[str, object]:
    return {
        "sheet": note.sheet,
        "cell": note.cell,
        "field": note.field,
        "reason": note.code,
        "facts": {name: str(value) for name, value in note.facts.items()},
    }
