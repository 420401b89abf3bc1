"""Commands that make a home or open the desk: none, `demo`, `init`."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from counter.clock import Clock, FixedClock
from counter.config import Config, load_config, template
from counter.console import Exit, actor_of, complain, home_of, say
from counter.errors import DeskError
from counter.home import Home, open_home
from counter.i18n import _

if TYPE_CHECKING:
    from counter.desk.context import DeskContext


def open_up(args: Namespace) -> int:
    """Open the desk of a home."""
    if not _has_terminal():
        return Exit.USAGE
    home = open_home(home_of(args))
    return _run(home, load_config(home.config, os.environ), home.clock(args.at))


def demo(args: Namespace) -> int:
    """Open the desk on a throw-away home, or on the demo home that `--home` names."""
    if not _has_terminal():
        return Exit.USAGE
    with tempfile.TemporaryDirectory(prefix="counter-demo-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "home" if args.home is None else home_of(args)
        from counter.desk.demo import STARTS, make_demo

        if not (path / "key").exists():
            make_demo(path, empty=args.empty)
        home = open_home(path)
        return _run(home, Config(), home.clock(args.at or STARTS))


def init(args: Namespace) -> int:
    """Make a home: key, records, settings."""
    from counter.clock import SystemClock
    from counter.desk.office import first_run

    path = home_of(args)
    if args.at is not None and not args.demo:
        raise DeskError("demo-time-refused", home=path)
    config = load_config(path / "config.toml", os.environ)
    clock: Clock = FixedClock(args.at) if args.at is not None else SystemClock()
    url = config.database_url or ""
    was_there = (path / "key").exists()
    try:
        first_run(path, clock=clock, desk=config.desk, demo=args.demo, database_url=url)
    except DeskError:
        if not was_there and not (path / "desk.db").exists():  # a server that did not answer, say: try again
            (path / "key").unlink(missing_ok=True)
        raise
    if not (path / "config.toml").exists():
        (path / "config.toml").write_text(template(), encoding="utf-8")
    say(_("The desk is ready in {home}.").format(home=path))
    say(_("Keep a copy of {key} in a safe place: without it nothing can be read.").format(key=path / "key"))
    return Exit.OK


def _run(home: Home, config: Config, clock: Clock) -> int:
    """Paint the desk, open the records behind it, and return when it is left."""
    from counter.app import CounterApp
    from counter.circular.loader import shipped

    def records() -> DeskContext:
        from counter.desk.office import open_desk

        return open_desk(home.path, clock=clock, desk=config.desk, database_url=config.database_url or "")

    app = CounterApp(
        circular=shipped(),
        clock=clock,
        actor=actor_of(config, demo=home.demo),
        open_records=records,
        demo=home.demo,
        theme=config.theme,
    )
    gc.freeze()  # what the imports made lives as long as the desk: never look through it again
    gc.enable()
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
