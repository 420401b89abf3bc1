"""The command line: its words, and the place where what goes wrong becomes a sentence and an exit code."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NoReturn

from counter import commands_desk
from counter.clock import SHANGHAI, SystemClock
from counter.console import Exit, complain, home_of, make_output_safe
from counter.errors import DeskError
from counter.home import make_private
from counter.i18n import LANGUAGES, _
from counter.words import sentence

Command = Callable[[argparse.Namespace], int]


def later(module: str, name: str) -> Command:
    """Return a command whose module is imported when it runs: opening the desk waits for none of them."""

    def run_it(args: argparse.Namespace) -> int:
        command: Command = getattr(import_module(f"counter.{module}"), name)
        return command(args)

    return run_it


class Help(argparse.HelpFormatter):
    """Help in the language of this process."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Begin with the usage line."""
        super().add_usage(usage, actions, groups, _("usage: ") if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that says in one sentence what it did not understand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        own = {"formatter_class": Help, "add_help": False, "allow_abbrev": False}
        super().__init__(*args, **{**own, **kwargs})
        self._optionals.title = _("options")
        self._positionals.title = _("what it is about")

    def error(self, message: str) -> NoReturn:
        """End with exit code 2."""
        complain(
            _("This was not understood: {problem}. `{prog} --help` shows what there is.").format(
                problem=in_our_words(message), prog=self.prog
            )
        )
        raise SystemExit(Exit.USAGE)


_SAYINGS: Final = (
    (
        r"(?:argument (?P<name>[^:]+): )?invalid choice: (?P<given>.+?) \(choose from .*\)",
        _("there is no {given}"),
    ),
    (r"argument (?P<name>[^:]+): expected .*", _("{name} needs a value")),
    (r"argument (?P<name>[^:]+): ignored explicit argument (?P<given>.+)", _("{name} takes no value")),
    (r"the following arguments are required: (?P<given>.+)", _("{given} is missing")),
    (r"unrecognized arguments: (?P<given>.+)", _("{given} does not belong there")),
    (r"argument (?P<name>[^:]+): invalid .* value: (?P<given>.+)", _("{given} does not fit {name}")),
    (r"argument [^:]+: (?P<given>.+)", "{given}"),  # our own words for times and days
)
"""What argparse says, in English only, and the same in our words."""


def in_our_words(message: str) -> str:
    """Return what argparse did not understand in the language of this process."""
    for saying, ours in _SAYINGS:
        if found := re.fullmatch(saying, message, re.DOTALL):
            return ours.format(**found.groupdict())
    return _("the words do not fit together")


def run(argv: Sequence[str]) -> int:
    """Carry out one command line and return its exit code; what goes wrong is one sentence on stderr."""
    make_output_safe()
    make_private()
    try:
        args = build_parser().parse_args(argv)
    except SystemExit as end:
        return int(end.code or 0)
    try:
        command: Command = args.command
        return command(args)
    except DeskError as error:
        complain(sentence(error))
        return Exit.NO
    except Exception as error:
        from counter.screens import faults

        where = home_of(args)
        reference = faults.record(error, where if (where / "key").exists() else None, SystemClock().now())
        complain(
            _("Something unexpected happened (fault {reference}); logs/faults.log says where.").format(
                reference=reference
            )
        )
        return Exit.FAULT


def build_parser() -> Parser:
    """Return the parser of the whole command line; its words and options are the README's table."""
    parser = Parser(prog="counter", description=_("The counter desk. Without a command it opens."))
    _shared_options(parser)
    parser.set_defaults(command=commands_desk.open_up, home=None, at=None, empty=False)
    parser.add_argument(
        "--version", action="version", version="counter-desk 0.1.0", help=_("say the version")
    )
    tree = parser.add_subparsers(metavar=_("COMMAND"), title=_("commands"), parser_class=Parser)

    def branch(name: str, meaning: str) -> argparse._SubParsersAction[Parser]:
        made = tree.add_parser(name, help=meaning, description=meaning)
        _shared_options(made, default=argparse.SUPPRESS)
        return made.add_subparsers(
            metavar=_("COMMAND"), title=_("commands"), required=True, parser_class=Parser
        )

    def add(under: argparse._SubParsersAction[Parser], name: str, act: Command, meaning: str) -> Parser:
        made = under.add_parser(name, help=meaning, description=meaning)
        made.set_defaults(command=act)
        _shared_options(made, default=argparse.SUPPRESS)
        return made

    demo = add(tree, "demo", commands_desk.demo, _("try the desk on a throw-away home of an August morning"))
    demo.add_argument("--empty", action="store_true", help=_("without the morning's work"))

    init = add(tree, "init", commands_desk.init, _("make the home: key, records, settings"))
    init.add_argument("--demo", action="store_true", help=_("a demo home, the only kind that accepts --at"))

    init.add_argument("--login", metavar=_("LOGIN"), help=_("login of the first supervisor"))
    init.add_argument("--name", metavar=_("NAME"), help=_("name of the first supervisor"))
    _password_stdin(init)

    words = branch("staff", _("who works here"))
    for name, act, meaning in (
        ("add", later("commands_staff", "add"), _("put somebody on the staff")),
        ("disable", later("commands_staff", "disable"), _("take somebody's account away")),
        ("password", later("commands_staff", "password"), _("give somebody a new password")),
        ("rescue", later("commands_staff", "rescue"), _("give a supervisor a new password without another")),
    ):
        one = add(words, name, act, meaning)
        one.add_argument("login", metavar=_("LOGIN"))
        _acting(one)
        if name == "add":
            one.add_argument("--name", metavar=_("NAME"), help=_("as papers say it"))
            one.add_argument(
                "--role",
                default="clerk",
                choices=("clerk", "supervisor", "auditor", "it"),
                metavar=_("ROLE"),
                help=_("clerk, supervisor, auditor or it"),
            )
            one.add_argument("--badge", metavar=_("CODE"), help=_("what the badge's code reads"))
    listed = add(words, "list", later("commands_staff", "members"), _("list who works and worked here"))
    _acting(listed)
    _json(listed)

    words = branch("circular", _("check or adopt a circular"))
    for name, act, meaning in (
        (
            "check",
            later("commands_take_in", "check_circular"),
            _("say everything that is wrong with a circular"),
        ),
        ("use", later("commands_take_in", "use_circular"), _("judge new submissions by this circular")),
    ):
        circular = add(words, name, act, meaning)
        circular.add_argument("file", type=Path, metavar=_("FILE"))
        if name == "use":
            _acting(circular)

    words = branch("roster", _("take in the online roster"))
    imports = add(
        words,
        "import",
        later("commands_take_in", "import_roster"),
        _("report on a roster file, then store it"),
    )
    imports.add_argument("file", type=Path, metavar=_("FILE"))
    imports.add_argument("--yes", action="store_true", help=_("store it without asking"))
    _json(imports)

    status = add(tree, "status", later("commands_out", "status"), _("say where a submission stands"))
    _acting(status)
    status.add_argument(
        "query", nargs="+", metavar=_("QUERY"), help=_("number, name, pinyin, end of ID or phone")
    )
    _full(status)
    _json(status)

    export = add(tree, "export", later("commands_out", "export"), _("write the day's workbook"))
    _acting(export)
    export.add_argument("day", type=_day, metavar=_("DAY"), help=_("such as 2024-08-12, or today"))
    export.add_argument("--to", type=Path, metavar=_("FILE"))
    _full(export)
    export.add_argument("--replace", action="store_true", help=_("write over a workbook of earlier that day"))

    gone = add(
        tree, "erase", later("commands_proof", "erase"), _("erase people whose time is over, after a report")
    )
    _acting(gone)
    gone.add_argument(
        "--before", type=_date, required=True, metavar=_("DAY"), help=_("last dealt with before")
    )
    gone.add_argument("--person", metavar=_("NUMBER"), help=_("only the person of this paper"))
    gone.add_argument("--yes", action="store_true", help=_("erase without asking"))

    copy = add(
        tree, "print", later("commands_out", "print_again"), _("print a paper again, marked as a copy")
    )
    _acting(copy)
    copy.add_argument("number", metavar=_("NUMBER"))
    copy.add_argument("--to", type=Path, metavar=_("FILE"))

    words = branch("paper", _("papers that are printed beforehand"))
    pad = add(
        words,
        "emergency",
        later("commands_out", "print_pad"),
        _("print numbered papers for when the desk is down"),
    )
    _acting(pad)
    pad.add_argument("--count", type=int, default=20, metavar="N", help=_("how many, 20 unless said"))
    pad.add_argument("--to", type=Path, metavar=_("FILE"))

    words = branch("journal", _("the journal by itself"))
    journal = add(
        words,
        "export",
        later("commands_proof", "export_journal"),
        _("write the journal for tools/verify_journal.py"),
    )
    journal.add_argument("--to", type=Path, metavar=_("FILE"))
    prove = add(
        tree, "verify", later("commands_proof", "verify"), _("prove numbers, journal, papers and totals")
    )
    prove.add_argument(
        "file", nargs="?", type=Path, metavar=_("FILE"), help=_("an exported journal, instead of the records")
    )
    prove.add_argument(
        "--expect",
        action="append",
        default=[],
        metavar="SEQ:HEX",
        help=_("a seal the journal must hold, as a paper shows it; may be said several times"),
    )
    prove.add_argument("--quick", action="store_true", help=_("only the newest events and the protections"))
    _json(prove)
    backup = add(tree, "backup", later("commands_proof", "backup"), _("copy the records and check the copy"))
    backup.add_argument("--to", type=Path, metavar=_("FILE"))
    restore = add(
        tree, "restore", later("commands_keep", "restore"), _("put a backup in the place of the records")
    )
    restore.add_argument("file", type=Path, metavar=_("FILE"))
    restore.add_argument(
        "--sheet", metavar=_("TEXT"), default="", help=_("what the last day sheet's code says")
    )
    restore.add_argument(
        "--paper", metavar=_("NUMBER"), action="append", default=[], help=_("a paper that was handed out")
    )
    restore.add_argument("--yes", action="store_true", help=_("do it without asking"))
    _json(restore)
    _json(
        add(
            tree,
            "doctor",
            later("commands_proof", "doctor"),
            _("look whether everything the desk needs is in order"),
        )
    )
    return parser


def _shared_options(parser: Parser, default: str | None = None) -> None:
    """Add what may stand before or after a command; after it, only what is said counts."""
    parser.add_argument("-h", "--help", action="help", default=argparse.SUPPRESS, help=_("show this help"))
    parser.add_argument(
        "--home",
        default=default,
        type=Path,
        metavar=_("DIR"),
        help=_("the home directory (else COUNTER_HOME)"),
    )
    parser.add_argument(
        "--lang", default=default, choices=sorted(LANGUAGES), help=_("language (else COUNTER_LANG)")
    )
    parser.add_argument(
        "--at",
        default=default,
        type=_instant,
        metavar=_("TIME"),
        help=_("begin at this time (demo homes only)"),
    )


def _full(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--full", action="store_true", help=_("whole identity numbers and telephones"))
    parser.add_argument(
        "--reason",
        default="",
        metavar=_("CODE"),
        help=_("why, for --full: `compare`, `contact`, `report` or `audit`"),
    )


def _acting(parser: argparse.ArgumentParser) -> None:
    """Add who asks, proved by a password that never stands on the command line."""
    parser.add_argument("--as", dest="as_", metavar=_("LOGIN"), help=_("who asks; the password is asked for"))
    _password_stdin(parser)


def _password_stdin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--password-stdin", action="store_true", help=_("take passwords from stdin, a line for each")
    )


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help=_("for scripts: docs/json.md"))


def _instant(text: str) -> datetime:
    """Read `2024-08-12T09:05` as the office's wall clock."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("a time is written like 2024-08-12T09:05")) from None
    return at if at.tzinfo else at.replace(tzinfo=SHANGHAI)


def _date(text: str) -> date:
    """Read `2024-08-12`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("a day is written like 2024-08-12")) from None


def _day(text: str) -> date | None:
    """Read `2024-08-12`, or `today` as None: which day that is, the opened desk's clock tells."""
    if text == "today":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("a day is written like 2024-08-12")) from None
