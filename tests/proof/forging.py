"""Journals as files, and a forger at work on them: every kind of change somebody could try."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

Lines = list[bytes]
Anchor = tuple[int, str]

KINDS: Final = ("submission.opened", "finding.recorded", "fee.recorded", "paper.issued", "refused")
TEXTS: Final = ("zhou", "孙", "é", "𠮷 😀", "a\u2028b", '"', "\\", "\n\x01", "")


def spelled(value: object) -> str:
    """Spell as the journal does."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def line(seq: int, event: str, prev: bytes) -> bytes:
    """Return the line of an event with its right seal."""
    seal = hashlib.sha256(b"J1\0" + prev + event.encode()).hexdigest()
    return (spelled({"event": event, "hash": seal, "prev": prev.hex(), "seq": seq}) + "\n").encode()


def good(rng: random.Random, count: int = 0) -> Lines:
    """Make a journal by the published rules alone, independent of the program."""
    office, install = "LYG", f"{rng.getrandbits(128):032x}"
    lines = [(spelled({"format": "counter-journal-1", "install": install, "office": office}) + "\n").encode()]
    prev = hashlib.sha256(spelled([office, install]).encode()).digest()
    for seq in range(1, (count or rng.randint(3, 60)) + 1):
        kind = "journal.started" if seq == 1 else rng.choice(KINDS)
        body: object = {"n": rng.choice((0, -1, 2**53 + 1)), "t": rng.choice(TEXTS), "l": [None, True]}
        if seq == 1:
            body = {"office": office, "install": install, "desk": 1, "circular": "c"}
        elif rng.random() < 0.1:
            body = None
        at = f"2024-08-12T01:{seq % 60:02d}:00.000000Z"
        actor = rng.choice(TEXTS)
        event = spelled([seq, at, "+08:00", 1, actor, "clerk", kind, f"submission:{seq}", body])
        lines.append(line(seq, event, prev))
        prev = bytes.fromhex(json.loads(lines[-1])["hash"])
    return lines


def resealed(lines: Lines, at: int, event: str) -> Lines:
    """Put another event at a number and seal all that follows anew, as whoever owns the file could."""
    out = lines[:at]
    prev = bytes.fromhex(json.loads(lines[at])["prev"])
    for seq in range(at, len(lines)):
        text = event if seq == at else json.loads(lines[seq])["event"]
        out.append(line(seq, text, prev))
        prev = bytes.fromhex(json.loads(out[-1])["hash"])
    return out


@dataclass(frozen=True)
class Forgery:
    """One changed journal and what gives it away."""

    how: str
    data: bytes
    first_bad: int
    """The number at which it must be found; 0 where only that it is found counts."""
    expect: Anchor | None = None
    """The paper that shows it, where the chain by itself cannot."""


def anchor(lines: Lines, rng: random.Random, least: int = 1) -> Anchor:
    """Return what a paper of an event from `least` on shows."""
    seq = rng.randint(least, len(lines) - 1)
    return seq, json.loads(lines[seq])["hash"][: rng.choice((20, 64))]


def flipped(lines: Lines, rng: random.Random) -> Forgery:
    """Turn one bit round, anywhere."""
    at = rng.randrange(len(lines))
    raw = bytearray(lines[at])
    raw[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return Forgery("bit", b"".join((*lines[:at], bytes(raw), *lines[at + 1 :])), max(at, 1))


def flipped_event(lines: Lines, rng: random.Random) -> Forgery:
    """Change one sign of an event so that the line stays well formed."""
    at = rng.randrange(1, len(lines))
    fields = json.loads(lines[at])
    event = fields["event"]
    place = rng.choice([i for i, c in enumerate(event) if c.isalnum()])
    fields["event"] = event[:place] + ("1" if event[place] != "1" else "2") + event[place + 1 :]
    return Forgery("event", _with(lines, at, spelled(fields)), at)


def renumbered(lines: Lines, rng: random.Random) -> Forgery:
    """Call a line by another number and leave its event alone."""
    at = rng.randrange(1, len(lines))
    fields = json.loads(lines[at])
    fields["seq"] = rng.choice((0, -at, at + 1, at - 1, 10**30))
    return Forgery("renumbered", _with(lines, at, spelled(fields)), at)


def unlinked(lines: Lines, rng: random.Random) -> Forgery:
    """Let a line say that it follows another one."""
    at = rng.randrange(1, len(lines))
    fields = json.loads(lines[at])
    fields["prev"] = rng.choice((fields["hash"], "0" * 64))
    return Forgery("unlinked", _with(lines, at, spelled(fields)), at)


def dropped(lines: Lines, rng: random.Random) -> Forgery:
    """Leave one event out that is not the last."""
    at = rng.randrange(1, len(lines) - 1)
    return Forgery("dropped", b"".join((*lines[:at], *lines[at + 1 :])), at)


def swapped(lines: Lines, rng: random.Random) -> Forgery:
    """Change two events' places."""
    one, two = sorted(rng.sample(range(1, len(lines)), 2))
    out = list(lines)
    out[one], out[two] = out[two], out[one]
    return Forgery("swapped", b"".join(out), one)


def doubled(lines: Lines, rng: random.Random) -> Forgery:
    """Put an event in twice."""
    at, to = rng.randrange(1, len(lines)), rng.randrange(1, len(lines))
    out = [*lines[: to + 1], lines[at], *lines[to + 1 :]]
    return Forgery("doubled", b"".join(out), at + 1 if at == to + 1 else to + 1)


def inserted(lines: Lines, rng: random.Random) -> Forgery:
    """Slip a well-sealed event in; what follows keeps its seals."""
    at = rng.randrange(1, len(lines) - 1)
    prev = bytes.fromhex(json.loads(lines[at])["hash"])
    event = spelled([at + 1, "2024-08-12T01:00:00.000000Z", "+08:00", 1, "x", "clerk", "refused", "", None])
    return Forgery(
        "inserted", b"".join((*lines[: at + 1], line(at + 1, event, prev), *lines[at + 1 :])), at + 2
    )


def cut(lines: Lines, rng: random.Random) -> Forgery:
    """Leave out the end, which only a paper of a later event shows."""
    keep = rng.randrange(2, len(lines))
    return Forgery("cut", b"".join(lines[:keep]), keep, anchor(lines, rng, keep))


def rewritten(lines: Lines, rng: random.Random) -> Forgery:
    """Change an event and seal all that follows anew, which only a paper from there on shows."""
    at = rng.randrange(2, len(lines))
    fields = json.loads(json.loads(lines[at])["event"])
    fields[4] += "x"
    seq, seal = anchor(lines, rng, at)
    return Forgery("rewritten", b"".join(resealed(lines, at, spelled(fields))), seq, (seq, seal))


def middle(lines: Lines, rng: random.Random) -> Forgery:
    """Change an event with a new seal of its own and leave the chain after it."""
    at = rng.randrange(1, len(lines) - 1)
    fields = json.loads(json.loads(lines[at])["event"])
    fields[5] = "supervisor"
    prev = bytes.fromhex(json.loads(lines[at])["prev"])
    return Forgery("middle", _with(lines, at, line(at, spelled(fields), prev).decode()[:-1]), at + 1)


def header(lines: Lines, rng: random.Random) -> Forgery:
    """Call the journal another's."""
    fields = json.loads(lines[0])
    name = rng.choice(("office", "install", "format", "more"))
    fields[name] = fields.get(name, "") + "x"
    return Forgery("header", _with(lines, 0, spelled(fields)), 1)


def reordered(lines: Lines, rng: random.Random) -> Forgery:
    """Spell a line with its keys in another order, with blanks, with escapes, or with one key twice."""
    at = rng.randrange(len(lines))
    fields = json.loads(lines[at])
    how = rng.randrange(4)
    if how == 0:
        text = json.dumps(dict(reversed(list(fields.items()))), ensure_ascii=False, separators=(",", ":"))
    elif how == 1:
        text = json.dumps(fields, ensure_ascii=False, sort_keys=True)
    elif how == 2:
        text = spelled(fields).replace(":", ":\\u0022\\u0022"[:1] + " ", 1)
    else:
        name = next(iter(fields))
        text = "{" + f"{spelled(name)}:{spelled(fields[name])}," + spelled(fields)[1:]
    return Forgery("spelling", _with(lines, at, text), max(at, 1))


def misspelled(lines: Lines, rng: random.Random) -> Forgery:
    """Spell an event another way and seal everything anew: right seals over bytes no desk writes."""
    at = rng.randrange(1, len(lines))
    event: str = json.loads(lines[at])["event"]
    fields = json.loads(event)
    bodies = ('{"b":1,"a":2}', '{"a":1,"a":2}', "1.0", '"e\u0301"', "NaN", '{"a": 1}', "01", '"\\u0061"')
    tail = rng.choice(bodies)
    wrong = spelled(fields[:8])[:-1] + "," + tail + "]"
    others = (
        wrong,
        event + " ",
        spelled(fields[:8]),
        spelled([*fields, 0]),
        spelled([*fields[:3], "1", *fields[4:]]),
        spelled([at + 1, *fields[1:]]),
        spelled([float(at), *fields[1:]]),
        "{}",
        "",
    )
    return Forgery("misspelled", b"".join(resealed(lines, at, rng.choice(others))), at)


def started_twice(lines: Lines, rng: random.Random) -> Forgery:
    """Begin the journal anew in its middle, or never."""
    at = rng.randrange(1, len(lines))
    fields = json.loads(json.loads(lines[at])["event"])
    fields[6] = "journal.started" if at > 1 else "other"
    return Forgery("started", b"".join(resealed(lines, at, spelled(fields))), at)


def another_office(lines: Lines, rng: random.Random) -> Forgery:
    """Put another installation's events under this one's header, sealed anew from the first on."""
    fields = json.loads(json.loads(lines[1])["event"])
    fields[8][rng.choice(("office", "install"))] = "other"
    return Forgery("office", b"".join(resealed(lines, 1, spelled(fields))), 1)


def torn(lines: Lines, rng: random.Random) -> Forgery:
    """End the file within its last line."""
    whole = b"".join(lines)
    return Forgery("torn", whole[: -rng.randint(1, len(lines[-1]) - 1)], len(lines) - 1)


def emptied(lines: Lines, rng: random.Random) -> Forgery:
    """Leave nothing, or the header alone."""
    return Forgery("empty", b"" if rng.random() < 0.5 else lines[0], 1)


FORGERS: Final[tuple[Callable[[Lines, random.Random], Forgery], ...]] = (
    flipped, renumbered, unlinked, flipped_event, dropped, swapped, doubled, inserted, cut, rewritten, middle,
    header, reordered, misspelled, started_twice, another_office, torn, emptied,
)  # fmt: skip


def _with(lines: Lines, at: int, text: str) -> bytes:
    return b"".join((*lines[:at], text.encode() + b"\n", *lines[at + 1 :]))
