"""Writes roster files as offices send them: made here, of invented people, so that no sample is needed."""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import Workbook

from counter.circular.loader import shipped
from counter.rules.identity import check_character
from counter.sheets import child, frames
from counter.sheets.reader import RosterFile, assemble
from counter.sheets.report import Roster
from counter.sheets.roster import parse_roster

TODAY = date(2024, 8, 12)
HEADER = (
    "序号",
    "申报编号",
    "姓名",
    "性别",
    "证件类型",
    "证件号码",
    "工作单位",
    "所属区划",
    "主管部门",
    "申报专业",
    "申报级别",
    "申报情形",
    "手机",
    "审核状态",
    "提交时间",
)
Cell = str | int | float | bool | date | datetime | time | None

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英文辉玲"
_SPECIALTIES = ("机械工程", "石油化工工程", "纺织", "数字经济（人工智能）工程", "电力工程")
_STATES = ("已提交", "单位审核通过", "主管部门审核通过", "待单位审核")


def card(born: str = "19870512", serial: int = 123) -> str:
    """Return an invented resident number with its right check character; odd serials are men."""
    body = f"320799{born}{serial:03d}"
    return body + check_character(body)


def person(number: int, **changed: Cell) -> list[Cell]:
    """Return the row of an invented person; `changed` replaces cells by their HEADER word."""
    rng = random.Random(number)
    serial = 1 + number % 900
    born = f"{rng.randint(1970, 1998)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    row: dict[str, Cell] = {
        "序号": str(number),
        "申报编号": f"LYGGX2024{number:010d}",
        "姓名": rng.choice(_SURNAMES) + "".join(rng.choices(_GIVEN, k=rng.randint(1, 2))),
        "性别": "男" if serial % 2 else "女",
        "证件类型": "居民身份证",
        "证件号码": card(born, serial),
        "工作单位": f"连云港{rng.choice(_GIVEN)}{rng.choice(_GIVEN)}机械有限公司",
        "所属区划": "海州区",
        "主管部门": "海州区人力资源和社会保障局",
        "申报专业": rng.choice(_SPECIALTIES),
        "申报级别": "中级（工程师）",
        "申报情形": rng.choice(("1、3", "2,4", "5")),
        "手机": f"139{rng.randint(0, 10**8 - 1):08d}",
        "审核状态": rng.choice(_STATES),
        "提交时间": f"2024-08-{rng.randint(1, 28):02d} 11:39:00",
    }
    row.update(changed)
    return [row[word] for word in HEADER]


def people(count: int) -> Iterator[list[Cell]]:
    """Yield that many invented people."""
    return (person(number) for number in range(1, count + 1))


def xlsx(path: Path, *sheets: Sequence[Sequence[Cell]], names: Sequence[str] = ()) -> Path:
    """Write a workbook of these sheets and return its path."""
    book = Workbook(write_only=True)
    for position, rows in enumerate(sheets):
        page = book.create_sheet(names[position] if names else f"名单{position + 1}")
        for row in rows:
            page.append(list(row))
    book.save(path)
    return path


def roster(path: Path, *rows: Sequence[Cell]) -> Path:
    """Write a workbook with one sheet: the header and these rows."""
    return xlsx(path, [HEADER, *rows])


def csv_text(*rows: Sequence[Cell]) -> str:
    """Return header and rows as comma separated text."""
    return "".join(",".join(_quoted(cell) for cell in row) + "\r\n" for row in (HEADER, *rows))


def _quoted(cell: Cell) -> str:
    text = "" if cell is None else str(cell)
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text


def with_parts(path: Path, parts: Mapping[str, bytes], *, without: str = "") -> Path:
    """Add or replace parts of an xlsx in place and return its path."""
    with zipfile.ZipFile(path) as source:
        kept = {name: source.read(name) for name in source.namelist() if name != without}
    kept.update(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in kept.items():
            target.writestr(name, data)
    path.write_bytes(out.getvalue())
    return path


def read_here(path: Path) -> RosterFile:
    """Return what `read_roster` does, without a process of its own; for files that are not hostile."""
    data = path.read_bytes()
    wire = io.BytesIO(b"".join(map(frames.pack, child.read(path.name, data))))
    sheets, encoding = assemble(wire.read)
    return RosterFile(path.name, len(data), hashlib.sha256(data).hexdigest(), encoding, tuple(sheets))


def peak_of_reading(path: Path) -> int:
    """Return the most bytes of memory the reading child held, by the kernel's account.

    The account includes what the starting process held, so a small one starts the child here.
    """
    script = (
        "import contextlib, resource, sys\n"
        "from pathlib import Path\n"
        "from counter.sheets.errors import SheetError\n"
        "from counter.sheets.reader import read_roster\n"
        "with contextlib.suppress(SheetError): read_roster(Path(sys.argv[1]))\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def load(path: Path) -> Roster:
    """Return what a roster file says, read on 12 August 2024."""
    return parse_roster(read_here(path), shipped(), today=TODAY)


def load_rows(tmp_path: Path, *rows: Sequence[Cell]) -> Roster:
    """Return what a roster file of these rows says."""
    return load(roster(tmp_path / "r.xlsx", *rows))


def doubts(got: Roster) -> list[tuple[str, str]]:
    """Return which cells are doubted and why, retirement aside."""
    return [(s.cell, s.code) for s in got.suspicious if not s.code.startswith("retirement")]


def refusals(got: Roster) -> list[tuple[str, str, str]]:
    """Return which cells are refused and why."""
    return [(r.cell, r.field, r.code) for r in got.refused]
