"""A disk that is full, only readable or broken: nothing half done, the desk goes on reading, and says why.

The full disk is a real one, a few megabytes of tmpfs in a mount namespace of the child's own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

CHILD = """
import json, os, sys
from pathlib import Path
from uuid import uuid4
from counter.desk import submissions
from counter.desk.papers import drain
from counter.desk.verify import verify
from counter.errors import DeskError
from counter.words import sentence
from tests.builders import CLERK, office

disk = Path(sys.argv[1])
left = int(sys.argv[2])
told = {"reasons": [], "sentences": [], "done": 0}
with office(disk / "home") as desk:
    first = desk.accepted("张三")
    drain(desk.ctx)
    people = [desk.person(f"李{n}") for n in range(40)]
    room = os.statvfs(disk)
    free = room.f_bavail * room.f_frsize
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        file.write(bytes(max(0, free - left)))
    serials = [first.serial]
    for entry in people:
        try:
            sub = desk.open(entry)
            serials.append(sub.serial)
            desk.tick(sub, "A1-01")
        except DeskError as error:
            told["reasons"].append(error.facts.get("reason", error.code))
            told["sentences"].append(sentence(error))
            break
    told["read"] = submissions.view(desk.ctx, first.id, actor=CLERK).serial
    failed = drain(desk.ctx)
    try:
        told["proof"] = [c.code for c in verify(desk.ctx, actor=CLERK).checks if not c.ok]
    except DeskError as error:
        told["proof"] = error.facts.get("reason", error.code)
    desk.ctx.records.close()
    ballast.unlink()
    for entry in people[-3:]:
        serials.append(desk.open(entry).serial)
    drain(desk.ctx)
    told["serials"] = sorted(set(serials))
    checks = verify(desk.ctx, actor=CLERK).checks
    told["bad"] = [(c.code, c.first_bad, str(c.facts)) for c in checks if not c.ok]
print(json.dumps(told))
"""


def on_a_small_disk(folder: Path, left: int) -> dict[str, Any]:
    """Run the child on a disk of its own of eight megabytes, of which so many bytes are left."""
    disk = folder / "disk"
    disk.mkdir()
    mount = f'mount -t tmpfs -o size=8m tmpfs "{disk}" && exec "$0" -P -c "$1" "{disk}" {left}'
    run = subprocess.run(
        ["unshare", "-m" if os.geteuid() == 0 else "-rm", "sh", "-c", mount, sys.executable, CHILD],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    if "unshare" in run.stderr or "mount" in run.stderr:
        pytest.fail(f"this system gives a test no disk of its own: {run.stderr[:200]}")
    assert run.returncode == 0, run.stderr[-2000:]
    told: dict[str, Any] = json.loads(run.stdout)
    return told


@pytest.mark.parametrize("left", [0, 4096, 20_000, 65_536, 150_000])
def test_a_full_disk_undoes_the_whole_act_and_numbers_go_on_without_a_gap(tmp_path: Path, left: int) -> None:
    told = on_a_small_disk(tmp_path, left)
    assert told["reasons"] == ["disk_full"], told
    assert "{" not in told["sentences"][0]
    assert told["read"] == "00001"
    assert told["proof"] in ([], ["files"], "disk_full"), "a full disk is no damage"
    assert told["bad"] == []
    serials = [int(serial) for serial in told["serials"]]
    assert serials == list(range(1, len(serials) + 1))
