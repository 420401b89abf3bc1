"""Files made to hurt: each is refused in time by a child that may die, while this process lives on.

Time and memory are measured from outside: the clock of the caller and the kernel's account of the child.
"""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from counter.circular.loader import shipped
from counter.sheets import limits, reader
from counter.sheets.errors import SheetError
from counter.sheets.reader import read_roster
from counter.sheets.roster import load_roster
from tests import sheetmaker

SECONDS = 2.0 * float(os.environ.get("COUNTER_TEST_SLOWER", "1"))
"""Longest a refusal may take."""

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def refused(path: Path) -> SheetError:
    """Return the refusal of a file; it must come in time."""
    began = time.perf_counter()
    with pytest.raises(SheetError) as caught:
        read_roster(path)
    took = time.perf_counter() - began
    assert took <= SECONDS, f"{caught.value.code} took {took:.2f} s"
    return caught.value


def with_sheet(path: Path, xml: bytes) -> Path:
    sheetmaker.roster(path, *sheetmaker.people(1))
    return sheetmaker.with_parts(path, {SHEET: xml})


def sheet_xml(rows: bytes, before: bytes = b"") -> bytes:
    return b"%s<worksheet %s>%s<sheetData>%s</sheetData></worksheet>" % (
        b'<?xml version="1.0"?>', MAIN.encode(), before, rows,
    )  # fmt: skip


def bomb(path: Path, size: int) -> Path:
    """Write a workbook whose sheet unpacks to `size` bytes of blanks."""
    sheetmaker.roster(path, *sheetmaker.people(1))
    sheetmaker.with_parts(path, {}, without=SHEET)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(SHEET, "w") as part:
        part.write(sheet_xml(b"").partition(b"</sheetData>")[0])
        for _ in range(size // limits.MIB):
            part.write(b" " * limits.MIB)
    return path


def lying(path: Path, size: int) -> Path:
    """Make every part of an archive claim to unpack to `size` bytes."""
    data = bytearray(path.read_bytes())
    for found in re.finditer(b"PK\x01\x02", bytes(data)):
        data[found.start() + 24 : found.start() + 28] = size.to_bytes(4, "little")
    path.write_bytes(data)
    return path


def test_a_zip_bomb_is_refused_by_the_sizes_it_declares(tmp_path: Path) -> None:
    path = bomb(tmp_path / "r.xlsx", 300 * limits.MIB)
    assert path.stat().st_size < limits.MIB
    assert refused(path).code == "bomb"


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    path = lying(bomb(tmp_path / "r.xlsx", 300 * limits.MIB), 1000)
    assert refused(path).code in {"bomb", "damaged"}
    assert sheetmaker.peak_of_reading(path) <= limits.MEMORY


def test_a_bomb_below_the_limit_of_size_is_refused_by_its_density(tmp_path: Path) -> None:
    assert refused(bomb(tmp_path / "r.xlsx", 200 * limits.MIB)).code == "bomb"


def test_one_long_text_shared_by_very_many_cells_costs_only_the_child(tmp_path: Path) -> None:
    row = b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>'
    xml = sheet_xml(b"".join(row % (n, n) for n in range(1, 60_000)))
    shared = f'<sst {MAIN} count="1" uniqueCount="1"><si><t>{"王" * 30_000}</t></si></sst>'.encode()
    path = sheetmaker.with_parts(with_sheet(tmp_path / "r.xlsx", xml), {"xl/sharedStrings.xml": shared})
    assert refused(path).code in {"reader-memory", "reader-died"}
    assert sheetmaker.peak_of_reading(path) <= limits.MEMORY


def test_a_far_cell_is_refused_and_named(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0]["A1"] = "姓名"
    book.worksheets[0]["XFD1048576"] = "x"
    book.save(tmp_path / "r.xlsx")
    error = refused(tmp_path / "r.xlsx")
    assert (error.code, error.facts) == ("far-cell", {"cell": "XFD1048576"})


def test_a_far_cell_behind_the_searched_part_costs_only_the_child(tmp_path: Path) -> None:
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    path = with_sheet(tmp_path / "r.xlsx", sheet_xml(row + b" " * (4 * limits.MIB) + far))
    error = refused(path)
    assert (error.code, error.facts) == ("reader-died", {"signal": int(signal.SIGABRT)})
    assert len(read_roster(sheetmaker.roster(tmp_path / "s.xlsx", *sheetmaker.people(1))).sheets) == 1


def test_a_dimension_that_only_claims_to_be_far_is_no_reason_to_refuse(tmp_path: Path) -> None:
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
    path = with_sheet(tmp_path / "r.xlsx", sheet_xml(row, b'<dimension ref="A1:XFD1048576"/>'))
    assert read_roster(path).sheets[0].rows == [["x"]]


def test_a_million_rows_are_refused(tmp_path: Path) -> None:
    row = b'<row r="%d"><c r="A%d"><v>1</v></c></row>'
    xml = sheet_xml(b"".join(row % (n, n) for n in range(1, 1_000_001)))
    assert refused(with_sheet(tmp_path / "r.xlsx", xml)).code == "too-many-rows"
    path = tmp_path / "r.csv"
    path.write_text("姓名\n" * (limits.ROWS + 1), encoding="utf-8")
    assert refused(path).code == "too-many-rows"


def test_a_row_of_ten_thousand_columns_is_refused(tmp_path: Path) -> None:
    assert refused(sheetmaker.xlsx(tmp_path / "r.xlsx", [["x"] * 10_000])).code == "far-cell"
    path = tmp_path / "r.csv"
    path.write_text("," * 10_000, encoding="utf-8")
    assert refused(path).code == "too-wide"


def test_ten_thousand_sheets_are_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(name, "<x/>")
        for n in range(10_000):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", "<worksheet/>")
    (tmp_path / "r.xlsx").write_bytes(out.getvalue())
    assert refused(tmp_path / "r.xlsx").code == "too-many-parts"
    many = sheetmaker.xlsx(tmp_path / "s.xlsx", *([[["x"]]] * 100))
    assert refused(many).code == "too-many-sheets"


def test_an_archive_in_an_archive_is_refused(tmp_path: Path) -> None:
    path = sheetmaker.roster(tmp_path / "r.xlsx", *sheetmaker.people(1))
    sheetmaker.with_parts(path, {"xl/media/image1.png": path.read_bytes()})
    assert refused(path).code == "nested"
    outer = tmp_path / "o.xlsx"
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(path, "roster.xlsx")
    assert refused(outer).code == "format"


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_in_any_part_are_refused(tmp_path: Path, part: str) -> None:
    path = sheetmaker.roster(tmp_path / "r.xlsx", *sheetmaker.people(1))
    laughs = b'<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(10)
    )
    with zipfile.ZipFile(path) as archive:
        xml = archive.read(part)
    start = xml.index(b"?>") + 2 if xml.startswith(b"<?xml") else 0
    for doctype in (b"<!DOCTYPE x [%s]>" % laughs, b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'):
        sheetmaker.with_parts(path, {part: xml[:start] + doctype + xml[start:]})
        assert refused(path).code == "entities"


def test_links_and_formulas_of_outside_are_inert(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        row = sheetmaker.person(1, 工作单位=f'=WEBSERVICE("{url}")')
        path = sheetmaker.roster(tmp_path / "r.xlsx", row)
        dde = f'<externalLink {MAIN}><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'
        target = f'<Relationships><Relationship Id="r" Target="{url}" TargetMode="External"/></Relationships>'
        sheetmaker.with_parts(
            path,
            {
                "xl/externalLinks/externalLink1.xml": dde.encode(),
                "xl/externalLinks/_rels/externalLink1.xml.rels": target.encode(),
            },
        )
        got = load_roster(path, shipped(), today=date(2024, 8, 12))
        assert [row.employer for row in got.rows] == [""]
        with pytest.raises(TimeoutError):
            server.accept()


def test_the_child_can_open_nothing_once_it_has_the_bytes() -> None:
    script = (
        "import socket\n"
        "from counter.sheets import child\n"
        "child.lock_down()\n"
        "for act in (lambda: open('/etc/passwd'), socket.socket, lambda: bytearray(600 << 20)):\n"
        "    try: act()\n"
        "    except (OSError, MemoryError) as e: print(type(e).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["OSError", "OSError", "MemoryError"]


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_killed_child_is_told_and_nothing_else_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: signal.Signals
) -> None:
    path = sheetmaker.roster(tmp_path / "r.xlsx", *sheetmaker.people(2))
    start = subprocess.Popen

    def doomed(*args: object, **kwargs: object) -> subprocess.Popen[bytes]:
        child: subprocess.Popen[bytes] = start(*args, **kwargs)  # type: ignore[call-overload]
        child.send_signal(sent)
        return child

    monkeypatch.setattr("counter.sheets.reader.subprocess.Popen", doomed)
    error = refused(path)
    assert (error.code, error.facts) == ("reader-died", {"signal": int(sent)})


def test_a_child_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sheetmaker.roster(tmp_path / "r.xlsx", *sheetmaker.people(2))
    start = subprocess.Popen

    def stopped(*args: object, **kwargs: object) -> subprocess.Popen[bytes]:
        child: subprocess.Popen[bytes] = start(*args, **kwargs)  # type: ignore[call-overload]
        child.send_signal(signal.SIGSTOP)
        return child

    monkeypatch.setattr("counter.sheets.reader.subprocess.Popen", stopped)
    monkeypatch.setattr(limits, "WALL_SECONDS", 0.3)
    assert refused(path).code == "reader-timeout"


@pytest.mark.parametrize(
    "answer", [b"", b"\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x02{}", b"\0\0\0\x05\x81\xa4type"]
)
def test_an_answer_that_is_no_answer_is_a_dead_child(answer: bytes) -> None:
    script = f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({answer!r})"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        with pytest.raises(SheetError) as caught:
            reader._listen(child, b"data", time.monotonic())
        assert caught.value.code == "reader-died"


def children() -> set[str]:
    """Return the processes this one started and has not buried, such as another test's database server."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it may end while we look
            if (entry / "stat").read_text().rpartition(")")[2].split()[1] == str(os.getpid()):
                found.add(entry.name)
    return found


def test_no_thread_and_no_child_stays_behind(tmp_path: Path) -> None:
    before, others = threading.active_count(), children()
    path = tmp_path / "r.xlsx"
    path.write_bytes(b"PK\x03\x04rest")
    for _ in range(3):
        refused(path)
    time.sleep(0.05)
    assert threading.active_count() == before
    assert children() <= others


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_cut_file_is_refused(tmp_path: Path, share: float) -> None:
    whole = sheetmaker.roster(tmp_path / "r.xlsx", *sheetmaker.people(50)).read_bytes()
    (tmp_path / "c.xlsx").write_bytes(whole[: int(len(whole) * share)])
    assert refused(tmp_path / "c.xlsx").code == "damaged"
