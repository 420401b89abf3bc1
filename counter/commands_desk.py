"""Commands that make a home or open the desk: none, `demo`, `init`."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from counter.clock import DEMO_STARTS, Clock, DemoClock, FixedClock, SystemClock
from counter.config import Config, load_config, template
from counter.console import Exit, actor_of, complain, home_of, say
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
    with tempfile.TemporaryDirectory(prefix="counter-demo-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "home" if args.home is None else home_of(args)
        things: list[Thing] = []
        if (path / "key").exists():
            home = open_home(path)
            return _run(path, Config(), home.clock(args.at or DEMO_STARTS), demo=home.demo)

        def prepare() -> None:
            from counter.desk.demo import make_demo

            things.extend(make_demo(path, empty=args.empty).things)

        clock = DemoClock(args.at or DEMO_STARTS)
        return _run(path, Config(), clock, demo=True, prepare=prepare, things=lambda: things)


def init(args: Namespace) -> int:
    """Make a home: key, records, settings."""
    path = home_of(args)
    if args.at is not None and not args.demo:
        raise DeskError("demo-time-refused", home=path)
    config = load_config(path / "config.toml", os.environ)
    clock: Clock = FixedClock(args.at) if args.at is not None else SystemClock()
    _make(path, config, clock, demo=args.demo)
    say(_("The desk is ready in {home}.").format(home=path))
    say(_("Keep a copy of {key} in a safe place: without it nothing can be read.").format(key=path / "key"))
    return Exit.OK


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

    app = CounterApp(
        clock=clock,
        actor=actor_of(config, demo=demo),
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
