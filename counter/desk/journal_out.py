"""The journal handed out as a file, and such a file checked, for whoever has neither records nor key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from counter.desk.context import DeskContext
from counter.desk.permit import use_case
from counter.desk.unit import reading
from counter.desk.verify_report import Check, failed, passed
from counter.desk.views import Actor
from counter.errors import DeskError
from db import journal, journal_file


@dataclass(frozen=True)
class JournalReport:
    """A written journal."""

    path: Path
    count: int
    """Events in it."""
    seq: int
    head: str
    """The last event's seal, 64 hex digits."""
    sha256: str
    same: bool
    """True when the file was there already with this very content."""


@use_case
def export_journal(ctx: DeskContext, *, target: Path | None = None, actor: Actor) -> JournalReport:
    """Write the whole journal, which names nobody, into `exports/`, another folder, or a file of any name.

    It is no event of its own, so that the same journal gives the same bytes.
    Raises DeskError("exists", path) and DeskError("file", path, reason).
    """
    place = target if target is not None else ctx.exports
    try:
        if target is None:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with reading(ctx) as session:
            done = journal_file.write(session, place)
    except FileExistsError as e:
        raise DeskError("exists", path=str(e)) from e
    except OSError as e:
        raise DeskError("file", path=str(place), reason=e) from e
    return JournalReport(done.path, done.count, done.head.seq, done.head.hex, done.sha256, done.same)


def anchors(texts: Sequence[str]) -> tuple[journal.Anchor, ...]:
    """Read what papers show, each as `SEQ:HEX`. Raises DeskError("anchor-form", given)."""
    read = []
    for text in texts:
        try:
            read.append(journal.anchor(text))
        except ValueError:
            raise DeskError("anchor-form", given=text) from None
    return tuple(read)


def check_file(path: Path, *, expect: Sequence[str] = ()) -> Check:
    """Check an exported journal; it needs no home and no key. Raises DeskError as `anchors`, or "file"."""
    marks = anchors(expect)
    try:
        with path.open("rb") as file:
            report = journal_file.check(file, marks)
    except OSError as e:
        raise DeskError("file", path=str(path), reason=e) from e
    if report.ok and report.head is not None:
        return passed("journal", report.count, seq=report.head.seq, head=report.head.hex)
    return failed("journal", report.count, f"journal:{report.first_bad_seq}", report.why)
