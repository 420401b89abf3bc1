"""Commands that make a home or open the desk: none, `demo`, `init`."""

from __future__ import annotations

import gc
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from counter import throwaway
from counter.clock import DEMO_STARTS, Clock, DemoClock, FixedClock, SystemClock
from counter.config import Config, load_config, template
from counter.console import Exit, complain, home_of, new_secret, say
from counter.errors import DeskError
from counter.home import open_home
from counter.i18n import _

if TYPE_CHECKING:
    from counter.desk.context import DeskContext
    from counter.desk.demo import Thing


def open_up(args: Namespace) -> int:
    """Open the desk of a home; where there is none yet, its first page offers to make one."""
    if not _has_terminal():
        return Exit.USAGE
    path = home_of(args)
    if not (path / "key").exists() and not (path / "desk.db").exists() and args.at is None:
        config = load_config(path / "config.toml", os.environ)
        return _run(path, config, SystemClock(), make=lambda: _make(path, config, SystemClock()))
    home = open_home(path)
    return _run(path, load_config(home.config, os.environ), home.clock(args.at), demo=home.demo)


def demo(args: Namespace) -> int:
    """Open the desk on a throw-away home, or on the demo home that `--home` names.

    The invented people are made behind the first paint, as records are opened.
    """
    if not _has_terminal():
        return Exit.USAGE
    if args.home is None:
        with throwaway.folder() as folder:
            return _demo(args, folder / "home")
    path = home_of(args)
    if (path / "key").exists():
        home = open_home(path)
        return _run(path, Config(), home.clock(args.at or DEMO_STARTS), demo=home.demo)
    return _demo(args, path)


def _demo(args: Namespace, path: Path) -> int:
    """Make a demo home behind the first paint and open its desk."""
    things: list[Thing] = []

    def prepare() -> None:
        from counter.desk.demo import make_demo

        things.extend(make_demo(path, empty=args.empty).things)
        throwaway.sweep()

    clock = DemoClock(args.at or DEMO_STARTS)
    return _run(path, Config(), clock, demo=True, prepare=prepare, things=lambda: things)


def init(args: Namespace) -> int:
    """Make a home: key, records, settings."""
    path = home_of(args)
    if args.at is not None and not args.demo:
        raise DeskError("demo-time-refused", home=path)
    config = load_config(path / "config.toml", os.environ)
    clock: Clock = FixedClock(args.at) if args.at is not None else SystemClock()
    if args.demo or (path / "key").exists() or (path / "desk.db").exists():
        _make(path, config, clock, demo=args.demo)
    else:
        _make_with_supervisor(args, path, config, clock)
    say(_("The desk is ready in {home}.").format(home=path))
    say(_("Keep a copy of {key} in a safe place: without it nothing can be read.").format(key=path / "key"))
    return Exit.OK


def _make_with_supervisor(args: Namespace, path: Path, config: Config, clock: Clock) -> None:
    """Make a home and its first supervisor, whose login and password are looked at beforehand."""
    from counter.desk import staff
    from counter.desk.machine import machine
    from counter.desk.office import open_desk

    itself = machine(config.desk)
    login = args.login or _asked(args, _("Login of the first supervisor"), itself.name[1:])
    name = args.name or _asked(args, _("Name, as papers say it"), login)
    password = new_secret(args, login)
    staff.check(login, name, password)
    _make(path, config, clock)
    ctx = open_desk(path, clock=clock, desk=config.desk, database_url=config.database_url or "")
    try:
        if not staff.has_supervisor(ctx):  # a database that other desks use already has one
            staff.begin(ctx, login=login, name=name, password=password, actor=itself, key=uuid4())
    finally:
        ctx.records.close()


def _asked(args: Namespace, question: str, usual: str) -> str:
    """Return what somebody types, or what is usual where nobody is there or only Enter is pressed."""
    if args.password_stdin or not sys.stdin.isatty():
        return usual
    print(f"{question} [{usual}]: ", end="", flush=True)  # noqa: T201  a question at a terminal
    return sys.stdin.readline().strip() or usual


def _make(path: Path, config: Config, clock: Clock, *, demo: bool = False) -> None:
    """Make a home; a making that failed leaves nothing that would stop the next try."""
    from counter.desk.office import first_run

    was_there = (path / "key").exists()
    try:
        first_run(path, clock=clock, desk=config.desk, demo=demo, database_url=config.database_url or "")
    except DeskError:
        if not was_there and not (path / "desk.db").exists():  # a server that did not answer, say: try again
            (path / "key").unlink(missing_ok=True)
        raise
    if not (path / "config.toml").exists():
        (path / "config.toml").write_text(template(), encoding="utf-8")


def _run(
    path: Path,
    config: Config,
    clock: Clock,
    *,
    demo: bool = False,
    prepare: Callable[[], None] | None = None,
    things: Callable[[], Sequence[Thing]] | None = None,
    make: Callable[[], None] | None = None,
) -> int:
    """Paint the desk, open the records behind it, and return when it is left."""
    from counter.app import CounterApp

    def records() -> DeskContext:
        from counter.desk.office import open_desk

        if prepare is not None:
            gc.enable()  # making people leaves much to collect
            prepare()
        return open_desk(path, clock=clock, desk=config.desk, database_url=config.database_url or "")

    from counter.desk.actor import Actor, Role

    app = CounterApp(
        clock=clock,
        actor=Actor("demo", Role.CLERK, config.desk) if demo else None,
        login=config.clerk,
        lock_minutes=config.lock_minutes,
        open_records=records,
        demo=demo,
        theme=config.theme,
        sound=config.sound,
        things=things,
        first_run=(path, make) if make is not None else None,
    )
    try:
        app.run(mouse=False)
    finally:
        if app.context is not None:
            app.context.records.close()
    return app.return_code or Exit.OK


def _has_terminal() -> bool:
    if sys.stdin.isatty() and sys.stdout.isatty():
        return True
    complain(_("The desk needs a terminal. For scripts there are commands: `counter --help`."))
    return False
