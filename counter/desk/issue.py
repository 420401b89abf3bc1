"""A paper comes into being: its row with the very data it is typeset from, and the print in the outbox.

Both belong to the transaction of the decision; nothing is typeset here. The file follows after the commit,
and its failure undoes nothing.
"""

from __future__ import annotations

from dataclasses import replace

from counter.circular.model import Circular
from counter.desk.documents import Stamp
from counter.desk.loaded import Loaded
from counter.desk.rows import OUTBOX, PAPERS, Row, add, blank
from counter.desk.unit import Unit, ref_of
from db.journal import JournalMark
from receipts.data import Document, paper_name, to_json
from receipts.number import parse_number


def issue(unit: Unit, circular: Circular, loaded: Loaded, docs: tuple[Document, ...]) -> Loaded:
    """Store papers of a decision and queue their first prints; one journal event names them all."""
    papers, prints = loaded.papers, dict(loaded.prints)
    for doc in docs:
        number = parse_number(doc.digits)
        row = blank(
            PAPERS,
            kind=int(number.kind),
            number=number.digits,
            display=doc.display_number,
            submission_id=loaded.id,
            template=f"{paper_name(doc)}-{doc.template_version}",
            data=to_json(doc),
            copies=circular.paper(number.kind).copies,
            issued_at=unit.now,
            issued_by=unit.actor.name,
        )
        paper = unit.add(loaded, PAPERS, row)
        papers = (*papers, paper)
        prints[paper["id"]] = (queue(unit, paper, 0),)
    unit.tell("paper.issued", ref_of(loaded), numbers=[doc.digits for doc in docs])
    return replace(loaded, papers=papers, prints=prints)


def queue(unit: Unit, paper: Row, copy_no: int) -> Row:
    """Put one print of a paper into the outbox; its file is named after number and copy only."""
    row = blank(
        OUTBOX,
        paper_id=paper["id"],
        copy_no=copy_no,
        state="queued",
        file_name=f"{paper['number']}-{copy_no}.pdf" if copy_no else f"{paper['number']}.pdf",
        queued_at=unit.now,
        requested_by=unit.actor.name,
    )
    made = add(unit.conn, OUTBOX, row)
    unit.note_print(made)
    return made


def stamp(unit: Unit, mark: JournalMark) -> Stamp:
    """Return who, when and where for a paper, with the event it rests on."""
    return Stamp(at=unit.now, clerk=unit.actor.name, desk=unit.ctx.desk, seq=mark.seq, head=mark.short)
