"""What the command line shares: safe output, exit codes, the opened desk of one command."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from counter.config import Config, load_config
from counter.errors import DeskError
from counter.home import Home, home_path, open_home
from counter.i18n import _
from counter.rules.clean import clean

if TYPE_CHECKING:
    from counter.desk.actor import Actor
    from counter.desk.context import DeskContext


class Exit(IntEnum):
    """What a command says to the script that called it."""

    OK = 0
    """Done, found, in order."""
    NO = 1
    """Nobody found, refused, or not in order; one sentence on stderr says which."""
    USAGE = 2
    """The command line was not understood."""
    SEVERAL = 3
    """`status`: more than one fits."""
    FAULT = 5
    """Something unexpected; its reference number is in `logs/faults.log`."""
    INTERRUPTED = 130
    """Ctrl+C. A signal ends with 128 and its number, SIGTERM with 143."""


class Desk(NamedTuple):
    """One command's desk."""

    home: Home
    config: Config
    ctx: DeskContext
    actor: Actor
    """Who asked with `--as`; else the machine's account, and in a demo home its supervisor."""
    machine: Actor
    """The machine's account."""


def make_output_safe() -> None:
    """Write UTF-8 whatever the terminal claims: one sign it lacks must not end a command half way."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def say(text: str = "") -> None:
    """Print lines for a person; what a terminal would act on is shown as U+FFFD."""
    _out("\n".join(clean(line, 2000) for line in text.split("\n")))


def complain(text: str) -> None:
    """Print one sentence to stderr."""
    print(clean(text, 2000), file=sys.stderr)


def say_json(value: object) -> None:
    """Print one JSON document for a script."""
    import json

    _out(json.dumps(value, ensure_ascii=False, indent=2))


def _out(text: str) -> None:
    """Print to stdout; when the reader has left, as `head` does, the command itself goes on to its end."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def home_of(args: Namespace) -> Path:
    """Return where the home of a command line is."""
    return home_path(args.home, os.environ)


def secret(args: Namespace, asking: str) -> str:
    """Return a password from the next line of stdin, or as somebody types it at a terminal.

    Never from the command line or the environment, which others can read.
    Raises DeskError("no-terminal") where there is nobody to ask, DeskError("no-password") for an empty line.
    """
    if getattr(args, "password_stdin", False):
        text = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        import getpass

        text = getpass.getpass(f"{asking}: ")
    else:
        raise DeskError("no-terminal")
    if not text:
        raise DeskError("no-password")
    return text


def new_secret(args: Namespace, login: str) -> str:
    """Return a new password, asked for twice where somebody types it. Raises as `secret`."""
    first = secret(args, _("New password of {login}").format(login=login))
    if not getattr(args, "password_stdin", False) and secret(args, _("Once more")) != first:
        raise DeskError("passwords-differ")
    return first


@contextmanager
def opened(args: Namespace, *, named: bool = False) -> Iterator[Desk]:
    """Open the desk a command line means and close it afterwards.

    Raises DeskError for a home, setting or database that cannot be used, for a password that is not right,
    and DeskError("who-asks") when nobody was `named` for what the machine's account may not do.
    """
    home = open_home(home_of(args))
    config = load_config(home.config, os.environ)
    clock = home.clock(args.at)

    from counter.desk.office import open_desk

    ctx = open_desk(home.path, clock=clock, desk=config.desk, database_url=config.database_url or "")
    try:
        from counter.desk.machine import machine

        itself = machine(config.desk)
        yield Desk(home, config, ctx, _acting(args, home, ctx, itself, named=named), itself)
    finally:
        ctx.records.close()


def _acting(args: Namespace, home: Home, ctx: DeskContext, itself: Actor, *, named: bool) -> Actor:
    """Return who asks; a demo's people are invented, so that nobody has to prove anything."""
    login = getattr(args, "as_", None)
    if login:
        from counter.desk import sign_in

        password = secret(args, _("Password of {login}").format(login=login))
        return sign_in.sign_in(ctx, login=login, password=password)
    if home.demo:
        from counter.desk.demo_staff import supervisor

        return supervisor(ctx.desk)
    if named:
        raise DeskError("who-asks")
    return itself
