"""The language of screen and command line, fixed once at this module's first import.

`COUNTER_LANG` (`zh`, the default, or `en`) decides; `--lang` sets it before anything imports this module.
Because the language never changes while the process runs, `_()` may stand in class bodies and constants.
Circulars and printed papers are Chinese by law and do not pass through here.
"""

from __future__ import annotations

import gettext
import logging
import os
from pathlib import Path
from typing import Final

_log = logging.getLogger(__name__)

DOMAIN: Final = "counter"
"""The name of the catalogue's files."""

LANGUAGES: Final = {"zh": "zh_CN", "en": ""}
"""What `COUNTER_LANG` may say, and its catalogue's folder; English is the source and needs none."""

DEFAULT: Final = "zh"
"""The office works in Chinese."""

LOCALE_DIR: Final = Path(__file__).parent / "locale"


def chosen(value: str | None) -> str:
    """Return the language a setting asks for: `zh` or `en`.

    `zh_CN.UTF-8` and `EN` are understood; anything else is announced in the log and answered with the
    default, because a wrong setting must not keep the desk shut.
    """
    word = (value or DEFAULT).strip().lower().replace("-", "_").split(".")[0].split("_")[0]
    if word in LANGUAGES:
        return word
    _log.warning("unknown language in COUNTER_LANG: %r; using %s", value, DEFAULT)
    return DEFAULT


def catalogue(language: str, folder: Path = LOCALE_DIR) -> gettext.NullTranslations:
    """Return the texts of a language; a missing or broken catalogue is logged and answered in English."""
    if not LANGUAGES[language]:
        return gettext.NullTranslations()
    path = folder / LANGUAGES[language] / "LC_MESSAGES" / f"{DOMAIN}.mo"
    try:
        with path.open("rb") as file:
            return gettext.GNUTranslations(file)
    except (OSError, ValueError, UnicodeDecodeError) as error:
        _log.warning("no catalogue for %s: %s; texts are English", language, error)
        return gettext.NullTranslations()


LANGUAGE: Final = chosen(os.environ.get("COUNTER_LANG"))
"""The language of this process."""

_texts: Final = catalogue(LANGUAGE)


def _(message: str) -> str:
    """Translate one message; `""` stays empty (a catalogue's header hides under it)."""
    return _texts.gettext(message) if message else ""


def translate(message: str) -> str:
    """Translate a message that was marked for the catalogue with `N_()` where it is written."""
    return _texts.gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """Translate a message whose wording depends on a count."""
    return _texts.ngettext(one, many, n)
