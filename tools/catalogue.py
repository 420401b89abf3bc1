"""Keep counter/locale/zh_CN in step: `python tools/catalogue.py [--check] [--merge FILE.json]`.

Without words it extracts every `_()` and `ngettext()` of counter/, updates counter.po, compiles counter.mo
and names what has no translation yet. `--merge` takes a JSON object `{msgid: msgstr}` first. A translation
is never lost: one whose message left the source stays in the .po as obsolete (`#~`) and returns with its
message. A lock lets several people run it at once.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "counter"
PO: Final = SOURCE / "locale" / "zh_CN" / "LC_MESSAGES" / "counter.po"
MO: Final = PO.with_suffix(".mo")
KEYWORDS: Final = {"_": None, "N_": None, "ngettext": (1, 2)}
EPOCH: Final = datetime(2024, 8, 12, tzinfo=UTC)
"""The header's dates are fixed, so that the same texts give the same bytes."""

MsgId = str | tuple[str, ...] | list[str]
"""A message's identity as Babel gives it: one text, or singular and plural."""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the catalogue's lock file while the block runs."""
    import fcntl

    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def key(msgid: MsgId) -> str:
    """Return the singular, the name by which a message is looked up."""
    return msgid if isinstance(msgid, str) else msgid[0]


def fields(text: str) -> set[str]:
    """Return the names of the `{fields}` a text fills."""
    return {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name is not None}


def first_text(message: Message) -> str:
    """Return a message's Chinese text, `""` when it has none; Chinese has one plural form."""
    string = message.string
    return (string if isinstance(string, str) else string[0] if string else "") or ""


def extract(source: Path = SOURCE) -> Catalog:
    """Return the source's messages, without translations."""
    found = new_catalogue()
    for filename, _line, msgid, comments, context in extract_from_dir(
        source, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(
            msgid,
            None,
            [(f"counter/{Path(filename).as_posix()}", 0)],
            auto_comments=comments,
            context=context,
        )
    return found


def new_catalogue() -> Catalog:
    """Return an empty Chinese catalogue whose header never changes by itself."""
    return Catalog(
        locale="zh_CN",
        domain="counter",
        header_comment="# Chinese texts of the counter desk.",
        project="counter-desk",
        version="1",
        creation_date=EPOCH,
        revision_date=EPOCH,
        last_translator="the counter desk maintainers",
        language_team="zh_CN",
        charset="utf-8",
        msgid_bugs_address="the counter desk maintainers",
        fuzzy=False,
    )


def read(path: Path = PO) -> Catalog:
    """Return the stored catalogue, empty when there is none."""
    if not path.exists():
        return new_catalogue()
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN", domain="counter")


def merged(source: Catalog, stored: Catalog, extra: dict[str, str]) -> Catalog:
    """Return the source's messages with every translation known for them; the rest becomes obsolete."""
    known: dict[str, Message] = {key(m.id): m for m in stored.obsolete.values() if first_text(m)}
    known |= {key(m.id): m for m in stored if m.id and first_text(m)}
    texts = {name: first_text(message) for name, message in known.items()} | extra
    result = new_catalogue()
    for message in source:
        if not message.id:
            continue
        text = texts.pop(key(message.id), "")
        string = text if isinstance(message.id, str) else (text,)
        comments = known[key(message.id)].user_comments if key(message.id) in known else []
        result.add(
            message.id, string, message.locations, auto_comments=message.auto_comments, user_comments=comments
        )
    for name, text in texts.items():
        msgid: MsgId = known[name].id if name in known else name
        result.obsolete[name] = Message(msgid, text if isinstance(msgid, str) else (text,))
    return result


def po_bytes(catalogue: Catalog) -> bytes:
    """Return the catalogue as a .po: sorted, unwrapped and without line numbers, for readable diffs."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, sort_output=True, include_lineno=False)
    return out.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return the compiled catalogue."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def faults(catalogue: Catalog, source: Catalog) -> list[str]:
    """Return what is wrong: no text, other fields than the source, fuzzy, stale, not in the catalogue."""
    wrong: list[str] = []
    wanted = {key(m.id): m.id for m in source if m.id}
    present = {key(m.id): m for m in catalogue if m.id}
    wrong += [f"not in the catalogue: {name!r}" for name in wanted if name not in present]
    for name, message in present.items():
        if name not in wanted:
            wrong.append(f"stale: {name!r}")
            continue
        text = first_text(message)
        msgid = wanted[name]
        expected = fields(msgid if isinstance(msgid, str) else msgid[-1])
        if not text:
            wrong.append(f"not translated: {name!r}")
        elif message.fuzzy:
            wrong.append(f"fuzzy: {name!r}")
        elif fields(text) != expected:
            wrong.append(f"other fields than {sorted(expected)}: {name!r} -> {text!r}")
    return wrong


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    if path.exists() and path.read_bytes() == content:
        return
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    os.replace(new, path)


def update(extra: dict[str, str]) -> list[str]:
    """Bring .po and .mo up to date and return what is still wrong.

    If somebody edits the .po by hand in the moment between reading and writing, it is read again.
    """
    with locked(PO.with_name(".lock")):
        while True:
            before = PO.read_bytes() if PO.exists() else b""
            source = extract()
            catalogue = merged(source, read(), extra)
            content = po_bytes(catalogue)
            if (PO.read_bytes() if PO.exists() else b"") == before:
                break
        replace(PO, content)
        replace(MO, mo_bytes(catalogue))
        return faults(catalogue, source)


def main() -> int:
    """Run the command line and return its exit code: 0 in order, 1 something is wrong."""
    parser = argparse.ArgumentParser(description="update and compile the Chinese catalogue")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything is wrong")
    parser.add_argument(
        "--merge", type=Path, metavar="FILE.json", help="translations to take: {msgid: msgstr}"
    )
    args = parser.parse_args()
    if args.check:
        stored = read()
        wrong = faults(stored, extract())
        if not MO.exists() or MO.read_bytes() != mo_bytes(stored):
            wrong.append("counter.mo is not what counter.po compiles to: run tools/catalogue.py")
    else:
        extra = json.loads(args.merge.read_text(encoding="utf-8")) if args.merge else {}
        wrong = update(extra)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
