"""The sentence of every refusal: what happened and what to do, by the code of its `DeskError`.

To add a code: put one line into `SENTENCES` at its place in the alphabet, `"code": _("English sentence.")`;
the `{fields}` are the error's facts by name. Then run `python tools/catalogue.py` and give the new message
its Chinese text (by hand in the .po or with `--merge`). A test finds a code raised anywhere in counter/ that
has no line here, and a line whose code is raised nowhere.
"""

from __future__ import annotations

from typing import Final

from counter.errors import DeskError
from counter.i18n import _

SENTENCES: Final[dict[str, str]] = {
    "config-invalid": _(
        "The settings in {path} cannot be used, line {line}: {problem} Correct it and start again."
    ),
    "config-unknown-key": _(
        "The settings in {path} have an unknown key in line {line}: {key}."
        " Correct or remove it and start again."
    ),
    "demo-time-refused": _("{home} is not a demo home; only a demo may choose its time. Leave out --at."),
    "home-exists": _("{home} already holds a desk; it was left as it is."),
    "home-missing": _(
        "There is no desk in {home} yet. Run `counter init` first, or `counter demo` to try it out."
    ),
    "home-not-empty": _(
        "{home} holds other things ({found}); a desk needs a directory of its own. Name an empty one."
    ),
    "home-not-writable": _("{path} cannot be written: {problem}. Check who owns it, then start again."),
    "key-invalid": _("The key file {path} does not hold a key of 64 hex digits. Restore it from the backup."),
    "key-missing": _("The key file {path} is missing; without it the records cannot be read. Restore it."),
    "key-readable": _("Others can read the key file {path}. Close it (chmod 600) and start again."),
}

UNKNOWN: Final = _("The desk refused this ({code}). Nothing was changed.")
"""For a code that is newer than this table."""


class _Facts(dict[str, object]):
    """An error's facts; a fact that was not given shows as a dash instead of breaking the sentence."""

    def __missing__(self, name: str) -> str:
        return "—"


def sentence(error: DeskError) -> str:
    """Return what a refusal says to the person in front of the screen, in the language of this process."""
    facts = _Facts(error.facts)
    facts.setdefault("code", error.code)
    return SENTENCES.get(error.code, UNKNOWN).format_map(facts)
