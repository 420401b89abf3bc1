"""Commands that keep the records: `restore`."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from counter.config import load_config
from counter.console import Exit, complain, home_of, say, say_json
from counter.desk.machine import machine
from counter.errors import DeskError
from counter.home import open_home
from counter.i18n import _, ngettext

if TYPE_CHECKING:
    from counter.desk.restore import Drill

SERIES: Final = {
    "submission": _("submissions"),
    "notice": _("correction notices"),
    "fee": _("fee slips"),
    "closing": _("day sheets"),
}
"""What each series of numbers is called."""

OLD: Final = {
    "none": _("there are none"),
    "older": _("older than the backup"),
    "longer": _("damaged, but they tell how far they went"),
    "other": _("of another history"),
}
"""What was found of the records that are there now; anything else could not be read."""


def restore(args: Namespace) -> int:
    """Put a backup in the place of the records, after saying what that means."""
    from counter.desk.restore import restore as put_back

    home = open_home(home_of(args))
    config = load_config(home.config, os.environ)
    if config.database_url:
        raise DeskError("backup-by-server")
    clock = home.clock(args.at)

    def run(*, really: bool) -> Drill:
        return put_back(
            home,
            args.file,
            clock=clock,
            desk=config.desk,
            actor=machine(config.desk),
            sheet=args.sheet,
            papers=args.paper,
            elsewhere=Path(config.backup_to).expanduser() if config.backup_to else None,
            really=really,
        )

    drill = run(really=args.yes)
    if not drill.done and not args.json:
        say(_report(drill))
        if not sys.stdin.isatty():
            complain(_("Nothing was changed. --yes does it."))
            return Exit.NO
        say(_("Restore this? Type yes and Enter."))
        if sys.stdin.readline().strip().lower() not in ("yes", _("yes")):
            complain(_("Nothing was changed."))
            return Exit.NO
        drill = run(really=True)
    if args.json:
        say_json(_as_json(drill))
        return Exit.OK if drill.done else Exit.NO
    say(_report(drill))
    return Exit.OK


def _report(drill: Drill) -> str:
    """Return the drill report: what is held against what, and which numbers are gone."""
    made = f"{drill.made[:4]}-{drill.made[4:6]}-{drill.made[6:8]} {drill.made[9:11]}:{drill.made[11:13]}"
    lines = [
        _("backup: {file}, made {made}").format(file=drill.file.name, made=made if drill.made else "-"),
        _("history ends at event {seq}, seal {head}").format(seq=drill.seq, head=drill.head),
        _("records in the home: {old}").format(
            old=OLD.get(drill.old, _("cannot be read ({reason})").format(reason=drill.old))
        ),
    ]
    if drill.old_seq is not None and drill.old_seq > drill.seq:
        lines.append(_("  they went to event {seq}").format(seq=drill.old_seq))
    lines.append(
        {
            "none": _("last day sheet: not given; compare the seal above with it by eye"),
            "held": _("last day sheet: its event {seq} is in the backup"),
            "ahead": _("last day sheet: its event {seq} is LATER than the backup"),
        }[drill.sheet].format(seq=drill.sheet_seq)
    )
    lines += [_("  later and damaged: {file}").format(file=name) for name in drill.unusable]
    for lost in drill.lost:
        lines.append(
            _("NUMBERS GIVEN AFTER THE BACKUP, never given again: {series} {year}, {first} to {last}").format(
                series=SERIES.get(lost.series, lost.series),
                year=lost.year,
                first=f"{lost.first:05d}",
                last=f"{lost.last:05d}",
            )
        )
    if not drill.lost:
        lines.append(_("no number is known that was given after the backup"))
    if drill.papers:
        count = len(drill.papers)
        lines.append(
            ngettext(
                "{count} paper is not in the backup:", "{count} papers are not in the backup:", count
            ).format(count=count)
        )
        lines += [f"  {number}" for number in drill.papers]
    if drill.done:
        if drill.aside is not None:
            lines.append(_("the records that were there lie in {path}").format(path=drill.aside))
        lines.append(_("restored in {seconds} s").format(seconds=f"{drill.seconds:.1f}"))
        if not drill.confirmed:
            lines.append(_("Every desk says so until a supervisor confirms it there (^G)."))
    return "\n".join(lines)


def _as_json(drill: Drill) -> dict[str, object]:
    return {
        "restored": drill.done,
        "confirmed": drill.confirmed if drill.done else None,
        "file": str(drill.file),
        "made": drill.made or None,
        "seq": drill.seq,
        "head": drill.head,
        "old": drill.old,
        "old_seq": drill.old_seq,
        "sheet": drill.sheet,
        "sheet_seq": drill.sheet_seq,
        "lost": [{"series": x.series, "year": x.year, "first": x.first, "last": x.last} for x in drill.lost],
        "papers": list(drill.papers),
        "unusable": list(drill.unusable),
        "aside": str(drill.aside) if drill.aside else None,
        "seconds": round(drill.seconds, 1),
    }
