"""The settings of one desk: `config.toml` in the home, and the environment for the database's address.

Everything has a default, so an empty file is a complete one. An unknown key is refused with its line: a
setting that silently does nothing costs an afternoon.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from counter.circular.lines import line_of, locate
from counter.errors import DeskError
from counter.i18n import _

THEMES: Final = ("mo", "xuan")
"""The dark and the light look."""


class Config(NamedTuple):
    """What the office may set."""

    desk: int = 1
    """Number of this desk, 1 to 99; it goes into every paper number issued here."""
    clerk: str = ""
    """Who works here; empty means the machine's account name."""
    theme: str = "mo"
    """`mo` is dark, `xuan` is light."""
    sound: bool = True
    """Whether a stop rings the terminal's bell."""
    copies_limit: int = 1
    """Copies of a paper a clerk prints without a supervisor."""
    lock_minutes: int = 5
    """Minutes without a key after which the screen is locked."""
    closed: frozenset[date] = frozenset()
    """Days on which the office is shut in spite of the calendar."""
    open: frozenset[date] = frozenset()
    """Days on which it works in spite of the calendar."""
    backup_minutes: int = 15
    """How long work may go without a copy; 0 leaves copying to people and their own programs."""
    backups_kept: int = 40
    """How many of the latest copies stay, besides the last of each of 30 days."""
    backup_to: str = ""
    """Another folder that gets every copy as well, such as a stick; empty for none."""
    retention_years: int = 0
    """Years people's data are kept; 0: not settled yet, and nobody is erased. The office's lawyers say it."""
    database_url: str | None = None
    """Where the records are; None means the file in the home."""


def load_config(path: Path, environment: Mapping[str, str]) -> Config:
    """Return the settings in a file; a file that is not there counts as empty.

    COUNTER_DATABASE_URL comes from the environment only, because it may hold a password.
    Raises DeskError `config-unknown-key` or `config-invalid` with the file, the line and the key.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        found = tomllib.loads(text)
    except OSError as error:
        raise DeskError("config-invalid", path=path, line="—", problem=error) from error
    except UnicodeDecodeError as error:
        raise DeskError("config-invalid", path=path, line="—", problem=_("It is not UTF-8.")) from error
    except tomllib.TOMLDecodeError as error:
        problem = _("It is not written as TOML there.")
        raise DeskError(
            "config-invalid", path=path, line=_error_line(error, text), problem=problem
        ) from error
    lines = locate(text)
    known: dict[str, Any] = {}
    for key, value in found.items():
        line = line_of(lines, (key,)) or 1
        if key not in _READERS:
            raise DeskError("config-unknown-key", path=path, line=line, key=key)
        try:
            known[key] = _READERS[key](value)
        except ValueError as error:
            raise DeskError("config-invalid", path=path, line=line, problem=str(error)) from error
    if both := known.get("closed", frozenset()) & known.get("open", frozenset()):
        problem = _("{day} is both closed and open.").format(day=min(both).isoformat())
        line = line_of(lines, ("open",)) or 1
        raise DeskError("config-invalid", path=path, line=line, problem=problem)
    return Config(**known, database_url=environment.get("COUNTER_DATABASE_URL") or None)


def template() -> str:
    """Return the text of a new `config.toml`: every setting with its default, explained and commented out."""
    lines = (
        ("desk = 1", _("number of this desk, 1 to 99; part of every paper number")),
        ('clerk = ""', _("who works here; empty: the machine's account name")),
        ('theme = "mo"', _('"mo" is dark, "xuan" is light')),
        ("sound = true", _("whether a stop rings the bell")),
        ("copies_limit = 1", _("copies of a paper a clerk prints without a supervisor")),
        ("lock_minutes = 5", _("minutes without a key after which the screen is locked")),
        ("closed = []", _("days the office is shut besides the state's holidays, such as 2024-08-15")),
        ("open = []", _("days it works in spite of the calendar")),
        ("backup_minutes = 15", _("minutes work may go without a backup; 0: none is made by itself")),
        ("backups_kept = 40", _("latest backups that stay, besides the last one of each of 30 days")),
        ("retention_years = 0", _("years people's data are kept; 0: not settled, nobody is erased")),
        ('backup_to = ""', _("a second folder for every backup, such as that of a stick")),
    )
    return "".join(f"# {meaning}\n# {setting}\n\n" for setting, meaning in lines)


def _desk(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 99:
        raise ValueError(_("desk must be a whole number from 1 to 99."))
    return value


def _clerk(value: object) -> str:
    if not isinstance(value, str) or len(value) > 40 or not value.isprintable():
        raise ValueError(_("clerk must be a name of at most 40 characters."))
    return value.strip()


def _theme(value: object) -> str:
    if value not in THEMES:
        raise ValueError(_('theme must be "mo" or "xuan".'))
    return str(value)


def _sound(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("sound must be true or false."))
    return value


def _whole(key: str, least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            text = _("{key} must be a whole number from {least} to {most}.")
            raise ValueError(text.format(key=key, least=least, most=most))
        return value

    return read


def _days(value: object) -> frozenset[date]:
    if not isinstance(value, list) or any(not isinstance(d, date) or isinstance(d, datetime) for d in value):
        raise ValueError(_("closed and open must be lists of days such as [2024-08-15]."))
    return frozenset(value)


def _minutes(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1440:
        raise ValueError(_("backup_minutes must be a whole number from 0 to 1440."))
    return value


def _years(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        raise ValueError(_("retention_years must be a whole number from 0 to 100."))
    return value


def _kept(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10_000:
        raise ValueError(_("backups_kept must be a whole number from 1 to 10000."))
    return value


def _folder(value: object) -> str:
    if not isinstance(value, str) or (value and not Path(value).expanduser().is_absolute()):
        raise ValueError(_("backup_to must be the whole path of a folder."))
    return value


_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "backup_minutes": _minutes,
    "backup_to": _folder,
    "backups_kept": _kept,
    "clerk": _clerk,
    "closed": _days,
    "copies_limit": _whole("copies_limit", 0, 99),
    "desk": _desk,
    "lock_minutes": _whole("lock_minutes", 1, 60),
    "open": _days,
    "retention_years": _years,
    "sound": _sound,
    "theme": _theme,
}


def _error_line(error: tomllib.TOMLDecodeError, text: str) -> int:
    """Return the line tomllib names in its message, or the last one for "at end of document"."""
    _before, found, after = str(error).partition("at line ")
    return int(after.split(",")[0]) if found else text.rstrip().count("\n") + 1
