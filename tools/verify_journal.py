#!/usr/bin/env python3
"""Check an exported journal of a counter desk, without the desk.

    python3 verify_journal.py FILE [--expect SEQ:HEX]...      FILE may be - for standard input
It stands alone: Python 3.8 or newer, no line of it comes from the desk. Read it before you trust it.

The file. Each line is one JSON object with sorted keys and no blanks. The first line names the journal, each
further one is an event and its seal:
    {"format":"counter-journal-1","install":"UUID","office":"CODE"}
    {"event":"TEXT","hash":"64 hex digits","prev":"64 hex digits","seq":N}

The rules.
  1. seq runs 1, 2, 3 ... without a gap.
  2. prev is the hash of the line before. Before the first event stands SHA-256 of the bytes ["CODE","UUID"].
  3. hash = SHA-256( "J1" NUL prev-as-32-bytes TEXT-as-UTF-8 ).
  4. TEXT is a JSON array [seq, time, zone, desk, actor, role, kind, ref, body] in one fixed spelling (sorted
     keys, no blanks, no floats, Unicode NFC) and repeats its own seq.
  5. The first event, and no other, is a "journal.started", and its body names the same office and install.

What a pass means. Nothing was changed, dropped, added or moved - unless somebody rewrote everything from
there on. Only paper tells that: every receipt, notice and day sheet carries a number and the first 20 digits
of a seal. Give them with --expect; they must be found in the file.

Exit code 0: good, the head is printed. 2: file or words cannot be used. 1: bad, first at this number, because
    header  the first line does not name a journal       line   a line is not spelled as said above
    gap     a number is missing, doubled or misplaced    link   it does not follow the event before
    seal    the text does not fit its seal               event  the text is no event by rule 4 or 5
    mark    a paper shows another seal                   tail   the file ends before a paper's number
    empty   there is no event
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import unicodedata
from collections.abc import Iterable
from typing import Any


class Bad(Exception):
    """What is wrong with the line at hand."""


def spelled(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def no_float(text: str) -> None:
    raise ValueError(text)


def parse(data: bytes, why: str) -> Any:
    """Read JSON that is spelled the one way there is."""
    try:
        text = data.decode("utf-8")
        value = json.loads(text, parse_float=no_float, parse_constant=no_float)
        if spelled(value) == text == unicodedata.normalize("NFC", text):
            return value
    except (ValueError, RecursionError):
        pass
    raise Bad(why)


def read_line(line: bytes, names: list[str], why: str) -> Any:
    """Return the object of a whole line that has these fields and no others."""
    row = parse(line[:-1], why)
    if line[-1:] != b"\n" or not isinstance(row, dict) or sorted(row) != names:
        raise Bad(why)
    return row


def read_header(line: bytes) -> tuple[str, str]:
    """Return office and install."""
    header = read_line(line, ["format", "install", "office"], "header")
    if header["format"] != "counter-journal-1" or {type(value) for value in header.values()} != {str}:
        raise Bad("header")
    return header["office"], header["install"]


def read_event(line: bytes, seq: int, before: str, office: str, install: str) -> str:
    """Return the seal of the event that must come after number seq and the seal before."""
    row = read_line(line, ["event", "hash", "prev", "seq"], "line")
    typed = [type(row[name]) for name in sorted(row)] == [str, str, str, int]
    if not typed or any(not re.fullmatch("[0-9a-f]{64}", row[name]) for name in ("hash", "prev")):
        raise Bad("line")
    data = row["event"].encode("utf-8", "replace")
    if row["seq"] != seq + 1:
        raise Bad("gap")
    if row["prev"] != before:
        raise Bad("link")
    if hashlib.sha256(b"J1\0" + bytes.fromhex(before) + data).hexdigest() != row["hash"]:
        raise Bad("seal")
    event = parse(data, "event")
    types = [type(field) for field in event[:8]] if isinstance(event, list) and len(event) == 9 else []
    if types != [int, str, str, int, str, str, str, str]:
        raise Bad("event")
    if event[0] != seq + 1 or (seq == 0) != (event[6] == "journal.started"):
        raise Bad("event")
    body = event[8] if isinstance(event[8], dict) else {}
    if seq == 0 and (body.get("office"), body.get("install")) != (office, install):
        raise Bad("event")
    return str(row["hash"])


def check(lines: Iterable[bytes], expected: list[tuple[int, str]]) -> tuple[int, str, str]:
    """Return (number of the last good event, its seal, what is wrong after it or "")."""
    seq, seal, office, install = 0, "", "", ""
    try:
        for line in lines:
            if not seal:
                office, install = read_header(line)
                seal = hashlib.sha256(spelled([office, install]).encode("utf-8")).hexdigest()
                continue
            found = read_event(line, seq, seal, office, install)
            if not all(found.startswith(mark) for number, mark in expected if number == seq + 1):
                raise Bad("mark")
            seq, seal = seq + 1, found
    except Bad as bad:
        return seq, seal, str(bad)
    if seq == 0:
        return seq, seal, "empty" if seal else "header"
    return seq, seal, "tail" if any(number > seq for number, _ in expected) else ""


def mark(text: str) -> tuple[int, str]:
    if not re.fullmatch("[1-9][0-9]{0,17}:([0-9a-fA-F]{20}|[0-9a-fA-F]{64})", text):
        raise ValueError(text)
    return int(text.partition(":")[0]), text.partition(":")[2].lower()


def main() -> int:
    parser = argparse.ArgumentParser(description="check an exported journal of a counter desk")
    parser.add_argument("file", help="the exported journal, or - for standard input")
    parser.add_argument("--expect", type=mark, action="append", default=[], metavar="SEQ:HEX")
    args = parser.parse_args()
    try:
        with sys.stdin.buffer if args.file == "-" else open(args.file, "rb") as file:
            seq, seal, why = check(file, args.expect)
    except OSError as error:
        parser.error(f"cannot read: {error.strerror}")
    print(f"BAD at {seq + 1}: {why}" if why else f"good: {seq} events, head {seq}:{seal}")
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main())
