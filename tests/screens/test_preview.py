"""The preview's code can be scanned from the screen where the window is large enough."""

from __future__ import annotations

from pathlib import Path

import zxingcpp
from PIL import Image
from textual.geometry import Size

from counter.app import CounterApp
from tests.builders import TELLER, office_at
from tests.screens.driven import ALL, LARGE, SMALL, app_on, press, scan, settled, text


def picture(app: CounterApp) -> Image.Image:
    """Return the screen as a person with a telephone sees it: every cell a patch of its ground."""
    cells = bytearray()
    for strip in app.screen._compositor.render_strips(Size(*LARGE)):
        for segment in strip:
            ground = segment.style.bgcolor if segment.style else None
            bright = 128 if ground is None else sum(ground.get_truecolor()) // 3
            cells += bytes([bright]) * segment.cell_length
    columns, rows = LARGE
    grey = Image.frombytes("L", LARGE, bytes(cells))
    return grey.resize((columns * 4, rows * 8), Image.Resampling.NEAREST)


async def preview(tmp_path: Path, size: tuple[int, int]) -> tuple[str, str, str | None]:
    """Open a clean submission's preview; return its number, what the screen says, what a scanner reads."""
    desk = office_at(tmp_path / "home", at="2024-08-12T09:05", clerk=TELLER)
    sub = desk.opened("王䶮")
    app = app_on(desk.ctx)
    async with app.run_test(size=size, notifications=True) as pilot:
        await settled(pilot)
        await scan(pilot, sub.number)
        await press(pilot, *ALL, "f9", "f8", "down", "down", "down")
        shown = text(app)
        seen = zxingcpp.read_barcode(picture(app)) if size == LARGE else None
    desk.ctx.records.close()
    return sub.number, shown, seen.text if seen else None


async def test_a_large_window_shows_a_code_that_scans(tmp_path: Path) -> None:
    number, _shown, read = await preview(tmp_path, LARGE)
    assert read == number


async def test_a_small_window_shows_the_digits(tmp_path: Path) -> None:
    number, shown, _read = await preview(tmp_path, SMALL)
    assert f"{number[:1]} {number[1:3]} {number[3:5]} {number[5:12]} {number[12:]}" in shown
    assert "##" not in shown
