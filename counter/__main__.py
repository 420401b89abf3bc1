"""Starts `counter …`: makes the keyboard safe first, then imports the rest.

A terminal in its ordinary mode turns the Enter of a scan that comes too early into a line feed and echoes its
digits over the screen. So when the desk is going to open, the terminal is made raw in the first lines, before
anything that takes time, and put back on every way out. `--lang` is looked at here too, because texts are
translated while modules are imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from types import FrameType

_WITH_VALUE = ("--home", "--lang", "--at")
_OPENS = ("demo",)
_LANGUAGES = ("zh", "en")


def words_of(argv: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the words of a command line that are no global option, and the values of the options."""
    words: list[str] = []
    options: dict[str, str] = {}
    rest = iter(argv)
    for word in rest:
        name, equals, value = word.partition("=")
        if name in _WITH_VALUE:
            options[name] = value if equals else next(rest, "")
        else:
            words.append(word)
    return words, options


def opens_desk(words: Sequence[str]) -> bool:
    """Tell whether a command line is going to open the desk rather than print something."""
    asks = [word for word in words if word in ("-h", "--help", "--version")]
    commands = [word for word in words if not word.startswith("-")]
    return not asks and (not commands or commands[0] in _OPENS)


def make_raw() -> Callable[[], None]:
    """Take the terminal out of line mode without losing what was typed; return what puts it back.

    Ctrl+C stays a signal, so that a start that hangs can be left.
    """
    if os.name != "posix" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return lambda: None
    import signal
    import termios

    file = sys.stdin.fileno()
    before = termios.tcgetattr(file)
    raw = termios.tcgetattr(file)
    raw[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.IXOFF)
    raw[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    raw[6][termios.VMIN], raw[6][termios.VTIME] = 1, 0

    def leave(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
    termios.tcsetattr(file, termios.TCSANOW, raw)

    def restore() -> None:
        try:
            termios.tcsetattr(file, termios.TCSANOW, before)
        except termios.error:  # the terminal is gone, and nobody is there to miss its settings
            return

    return restore


def main() -> int:
    """Run the command line and return its exit code."""
    words, options = words_of(sys.argv[1:])
    if options.get("--lang") in _LANGUAGES:
        os.environ["COUNTER_LANG"] = options["--lang"]
    opening = opens_desk(words)
    restore = make_raw() if opening else lambda: None
    try:
        if opening:
            import gc

            gc.disable()  # the imports make nothing worth collecting; the desk turns it on again
        from counter.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        return 130
    finally:
        restore()


if __name__ == "__main__":
    sys.exit(main())
