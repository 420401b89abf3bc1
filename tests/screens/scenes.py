"""Every main screen in a fixed state, drawn as text; `python -m tests.screens.scenes 80x24` prints JSON.

A process of its own for each language, because the language is fixed when the first module is imported.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from counter.rules.finding import FindingKind
from tests.builders import CLERK, SUPERVISOR, TELLER, Office, office_at
from tests.screens.driven import ALL, app_on, press, scan, settled, text

NEXT: Final = "LYGGX20240000000009"
"""The person who comes now."""


COUNTED: Final = ("8", *["down", "0"] * 7)
"""What lies in the drawer: the float and two fees in cash."""

SCENES: Final[Mapping[str, tuple[str, ...]]] = {
    "desk": (),
    "desk-marked": ("down", "down"),
    "submission": (f"scan {NEXT}", *["space"] * 8, "f6", "f2", "f9", "space", "space", "f5", "f7", "f9"),
    "reasons": (f"scan {NEXT}", "space", "space", "f6", "f3"),
    "count": (f"scan {NEXT}", "f4"),
    "originals": (f"scan {NEXT}", *["space"] * 5, "f2", "space"),
    "ready": (f"scan {NEXT}", *ALL),
    "accept": (f"scan {NEXT}", *ALL, "f9"),
    "preview": (f"scan {NEXT}", *ALL, "f9", "f8"),
    "correction": (f"scan {NEXT}", "f6", "f2", "f3", "f9", "f5", "f6", "f9", *ALL[3:], "f9"),
    "correction-long": (f"scan {NEXT}", *["f5"] * 10, *ALL[10:], "f9"),
    "reject": (f"scan {NEXT}", "ctrl+r", "down"),
    "situations": (f"scan {NEXT}", "ctrl+s"),
    "park": (f"scan {NEXT}", "f8"),
    "return": ("scan notice",),
    "parked": ("f8",),
    "reprint": ("down", "down", "down", "f4"),
    "search": ("f3", "l", "y", "x"),
    "search-nobody": ("f3", "q", "q", "q", "enter"),
    "walk-up": ("f2", "f9"),
    "stop": ("scan 6901234567892",),
    "stop-closed": ("later", f"scan {NEXT}"),
    "sign-in": ("ctrl+l", "f8"),
    "locked": (f"scan {NEXT}", "ctrl+l"),
    "step-up": ("later", f"scan {NEXT}", "f8"),
    "void": ("down", "down", "f9", "ctrl+u"),
    "close": ("f7",),
    "close-counted": ("f7", *COUNTED, "f9"),
    "staff": ("supervisor", "f5"),
    "staff-add": ("supervisor", "f5", "f2", *"wang"),
    "own-password": ("ctrl+y",),
    "close-preview": ("f7", *COUNTED, "f9", "f8"),
    "closed": ("f7", *COUNTED, "f9", "f9"),
    "shift": ("f7", *COUNTED, "f9", "f9", "f9", "f7", "f9"),
    "help": (f"scan {NEXT}", "f1"),
    "palette": (f"scan {NEXT}", "ctrl+p"),
}
"""What is done to come to each screen."""


def morning(home: Path) -> Office:
    """Return a desk on which some have been already: accepted, parked, noticed, and one still to come."""
    desk = office_at(home, at="2024-08-12T09:05", clerk=TELLER)
    desk.accepted("陈雨桐")
    desk.clock.tick(minutes=9)
    desk.correct(desk.faulty("李四"))
    desk.clock.tick(minutes=7)
    desk.accepted("欧阳若琳", specialty="digital-ai", specialty_text="数字经济（人工智能）工程")
    desk.clock.tick(minutes=11)
    half = desk.tick(desk.opened("王䶮"), "A1-01")
    half = desk.tick(half, "A1-02", FindingKind.MISSING, reasons=("not_submitted",))
    from uuid import uuid4

    from counter.desk import submissions
    from tests.builders import CLERK

    submissions.park(
        desk.ctx, submission_id=half.id, version=half.version, note="去盖章", actor=CLERK, key=uuid4()
    )
    for name in ("李雨欣", "刘永祥", "陆云翔", "吕奕璇", "古丽努尔·买买提"):
        desk.person(name)
    desk.clock.tick(minutes=8)
    return desk


async def scene(home: Path, size: tuple[int, int], doing: tuple[str, ...]) -> str:
    """Return what the screen shows after some keys, begun on a copy of the morning's home."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home, copy)
        desk = office_at(copy, at="2024-08-12T09:40", clerk=TELLER)
        try:
            app = app_on(desk.ctx)
            async with app.run_test(size=size, notifications=True) as pilot:
                await settled(pilot)
                for key in doing:
                    if key == "later":
                        desk.clock.tick(hours=3)
                    elif key == "supervisor":
                        app.actor = SUPERVISOR
                        app.screen.frame()  # type: ignore[attr-defined]
                    elif key == "scan notice":
                        await scan(pilot, notice(desk))
                    elif key.startswith("scan "):
                        await scan(pilot, key[5:])
                    else:
                        await press(pilot, key)
                return text(app)
        finally:
            desk.ctx.records.close()


def notice(desk: Office) -> str:
    """Return the number of the morning's correction notice."""
    from counter.desk import submissions, today

    views = [
        submissions.view(desk.ctx, row.submission_id, actor=CLERK)
        for row in today.desk_view(desk.ctx, actor=CLERK).rows
    ]
    return next(paper.number for view in views for paper in view.papers if paper.kind == 2)


def main() -> None:
    """Print the wanted scenes of one size, or all."""
    from counter.desk import papers

    columns, rows = map(int, sys.argv[1].split("x"))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        desk = morning(home)
        papers.drain(desk.ctx)
        desk.ctx.records.close()
        shown = {
            name: asyncio.run(scene(home, (columns, rows), SCENES[name])) for name in sys.argv[2:] or SCENES
        }
    print(json.dumps(shown))


if __name__ == "__main__":
    main()
