"""Commands that prove or preserve: `verify`, `journal export`, `erase`, `backup`, `doctor`."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from counter.clock import SystemClock
from counter.console import Exit, complain, home_of, opened, say, say_json
from counter.errors import DeskError
from counter.home import open_home
from counter.i18n import _, ngettext
from counter.words import check_sentence

WHAT: Final = {
    "database": _("database"),
    "fees": _("fees"),
    "money": _("shifts and closes"),
    "files": _("files of papers"),
    "journal": _("journal"),
    "late": _("late entries"),
    "life": _("states of submissions"),
    "numbers": _("numbers"),
    "papers": _("papers"),
    "people": _("people of submissions"),
    "quick": _("newest events and protections"),
    "rows": _("rows against the journal"),
    "search": _("search index"),
    "totals": _("totals"),
}
"""What `verify` looks at, in words."""


def verify(args: Namespace) -> int:
    """Prove numbers, journal, papers and totals."""
    from counter.desk.journal_out import check_file
    from counter.desk.verify import VerifyReport, verify_quick
    from counter.desk.verify import verify as prove

    if args.quick:
        with opened(args) as desk:
            check = verify_quick(desk.ctx, actor=desk.actor)
        report = VerifyReport(check.ok, (check,))
    elif args.file is not None:
        check = check_file(args.file, expect=args.expect)
        report = VerifyReport(check.ok, (check,))
    else:
        with opened(args) as desk:
            report = prove(desk.ctx, expect=args.expect, actor=desk.actor)
    if args.json:
        checks = [
            {
                "check": c.code,
                "ok": c.ok,
                "count": c.count,
                "first_bad": c.first_bad or None,
                "facts": c.facts,
            }
            for c in report.checks
        ]
        say_json({"ok": report.ok, "checks": checks})
        return Exit.OK if report.ok else Exit.NO
    for check in report.checks:
        what = WHAT.get(check.code, check.code)
        looked = ngettext("{count} row", "{count} rows", check.count).format(count=check.count)
        if check.ok:
            say(_("in order: {what} ({looked})").format(what=what, looked=looked))
            if check.code == "late":
                _say_late(check.facts)
        else:
            facts = " ".join(f"{name}={value}" for name, value in check.facts.items())
            say(
                _("NOT IN ORDER: {what}, first at {row} {facts}").format(
                    what=what, row=check.first_bad, facts=facts
                )
            )
    if report.ok:
        return Exit.OK
    if args.file is not None:
        complain(_("This journal does not prove. Keep the file as it is, and ask who looks after the desk."))
        return Exit.NO
    complain(
        _("The records do not prove. Work on nothing, keep the home as it is, and ask who looks after it.")
    )
    return Exit.NO


def _say_late(facts: Mapping[str, object]) -> None:
    """List what was entered afterwards, and the emergency papers nobody has accounted for."""
    for name, text in (
        ("entries", "  {it}"),
        ("missing", _("  emergency paper not entered: {it}")),
        ("unprinted", _("  entered, though never printed here: {it}")),
    ):
        found = facts.get(name, ())
        for it in found if isinstance(found, list) else ():
            say(text.format(it=it))


def export_journal(args: Namespace) -> int:
    """Write the whole journal as a file that can be checked without the desk."""
    from counter.desk.journal_out import export_journal as write

    with opened(args) as desk:
        done = write(desk.ctx, target=args.to, actor=desk.actor)
    say(str(done.path))
    return Exit.OK


def erase(args: Namespace) -> int:
    """Erase people whose time is over, after a report and a yes."""
    from counter.desk import erasure

    with opened(args, named=True) as desk:
        ctx, years, actor = desk.ctx, desk.config.retention_years, desk.actor
        person = None if args.person is None else erasure.person_of(ctx, args.person)
        plan = erasure.plan_erasure(
            ctx, before=args.before, retention_years=years, person=person, actor=actor
        )
        found = _("{people} people, {submissions} submissions, {papers} papers; {unsettled} more unsettled.")
        say(
            found.format(
                people=plan.people, submissions=plan.submissions, papers=plan.papers, unsettled=plan.unsettled
            )
        )
        if not plan.people:
            return Exit.NO
        if not args.yes and not _agreed():
            return Exit.NO
        done = erasure.erase(ctx, before=args.before, retention_years=years, person=person, actor=actor)
    erased = _("{people} people erased, {files} files of papers removed.")
    say(erased.format(people=done.people, files=done.papers))
    for name in done.others:
        say(_("removed or cleaned, because it named somebody: {name}").format(name=name))
    if done.backups:
        still = _("{n} backups in the home still hold these data until newer ones replace them.")
        complain(still.format(n=done.backups))
    if not done.clean:
        complain(_("Another desk was open. Close all desks and run this again, so that no trace is left."))
        return Exit.NO
    return Exit.OK


def _agreed() -> bool:
    say(_("Erase their data for good? Nothing brings them back. Type yes and Enter."))
    return sys.stdin.readline().strip().lower() in ("yes", _("yes"))


def backup(args: Namespace) -> int:
    """Copy the records and check the copy."""
    from counter.desk.backup import backup as copy

    with opened(args) as desk:
        made = copy(desk.ctx, target=args.to, actor=desk.actor, key=uuid4())
        key = desk.home.path / "key"
    say(str(made.path))
    complain(_("The copy opens only with the key: keep {key} as well, in another place.").format(key=key))
    return Exit.OK


def doctor(args: Namespace) -> int:
    """Look whether everything the desk needs is in order."""
    from counter.desk.doctor import Health
    from counter.desk.doctor import doctor as look

    path = home_of(args)
    try:
        clock = open_home(path).clock(args.at)
    except DeskError:
        clock = SystemClock()
    checks = look(path, clock=clock, environment=os.environ)
    worst = any(check.health is Health.BAD for check in checks)
    if args.json:
        found = [
            {
                "check": c.code,
                "health": str(c.health),
                "says": c.say,
                "facts": {k: str(v) for k, v in c.facts.items()},
            }
            for c in checks
        ]
        say_json({"ok": not worst, "checks": found})
        return Exit.NO if worst else Exit.OK
    words = {Health.OK: _("good"), Health.WARN: _("look"), Health.BAD: _("BAD")}
    for check in checks:
        say(f"{words[check.health]}  {check_sentence(check.say, check.facts)}")
    return Exit.NO if worst else Exit.OK
