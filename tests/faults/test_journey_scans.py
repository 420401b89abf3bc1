"""Scans in every form at every wrong moment: each is honoured or refused aloud, none does anything else."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from counter.rules.status import Status
from tests.faults.clerk import ITEMS, Clerk, demo_home, everything, newcomers, records

SCANNER = 0.02
"""Seconds; the longest pause a scanner makes between two characters."""

ENDS = (b"\r", b"\r\n", b"\t")

HELD_UP = """
import runpy, time
from textual._xterm_parser import XTermParser
feed = XTermParser.feed
def slowly(self, text):
    for at, key in enumerate(feed(self, text)):
        if at == 7:
            time.sleep(0.1)
        yield key
XTermParser.feed = slowly
runpy.run_module("counter", run_name="__main__", alter_sys=True)
"""
"""The desk on a machine so busy that its input stands still in the middle of every scan."""


def as_it_is(code: str) -> str:
    """Return a code as a scanner sends it."""
    return code


def full_width(code: str) -> str:
    """Return a code as an input method left on would send it."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in code)


def nothing_ticked(home: Path, submissions: int) -> None:
    """Hold that the scans opened so many submissions and found nothing for any of them."""
    with records(home) as ctx:
        views = everything(ctx).values()
        assert len(views) == submissions
        assert all(view.unjudged == ITEMS and view.status is Status.OPEN for view in views)


def honoured(tmp_path: Path, scans: int) -> None:
    """Scan person after person in all forms; each opens the right submission and leaves the box empty."""
    home = demo_home(tmp_path)
    people = newcomers(home)
    ways: tuple[Callable[[str], str], ...] = (as_it_is, full_width)
    forms = itertools.cycle(itertools.product((0.0, 0.001, 0.005), ENDS, ways))
    with Clerk(home) as clerk:
        clerk.opened()
        for turn, ((online_id, name), (gap, end, form)) in enumerate(
            zip(itertools.islice(itertools.cycle(people), scans), forms, strict=False)
        ):
            while clerk.scan(form(online_id), gap=gap, end=end) > SCANNER:  # held up: no scanner is so slow
                clerk.settle(0.5)
                clerk.key("esc")
                clerk.at_desk()
            clerk.shows(
                online_id,
                what=f"{turn}: {name} by {form} {gap} {end!r}",
            )
            clerk.key("esc")
            clerk.at_desk()
    nothing_ticked(home, min(scans, len(people)))


def test_a_scan_that_is_held_up_half_way_is_honoured_or_refused_and_never_someone_elses(
    tmp_path: Path,
) -> None:
    home = demo_home(tmp_path)
    people = newcomers(home)
    with Clerk(home) as clerk:
        clerk.opened()
        for turn, cut in enumerate((1, 2, 3, 5, 8, 11, 13)):
            online_id = people[turn][0]
            clerk.send(online_id[:cut].encode())
            clerk.settle(0.15)
            clerk.scan(online_id[cut:])
            clerk.until(lambda _text: clerk.stopped or clerk.saved == 0, what=f"an answer, cut at {cut}")
            assert clerk.stopped or online_id in clerk.place
            clerk.key("esc")
            clerk.at_desk()
    with records(home) as ctx:
        views = everything(ctx).values()
        assert {view.person.online_id for view in views} <= {online_id for online_id, _name in people[:7]}


def test_scans_in_every_form_are_all_honoured(tmp_path: Path) -> None:
    honoured(tmp_path, 18)


@pytest.mark.long
def test_a_thousand_scans_in_every_form_are_all_honoured(tmp_path: Path) -> None:
    honoured(tmp_path, 1000)


@pytest.mark.parametrize("end", ENDS, ids=["CR", "CRLF", "Tab"])
def test_two_hundred_scans_in_one_breath_open_the_first_and_do_nothing_else(
    end: bytes, tmp_path: Path
) -> None:
    home = demo_home(tmp_path)
    people = newcomers(home)
    with Clerk(home) as clerk:
        clerk.opened()
        clerk.send(b"".join(online_id.encode() + end for online_id, _name in people[:200]))
        clerk.until(lambda _text: clerk.saved == 0, what="a submission")
        clerk.settle(0.4)
        assert people[0][0] in clerk.place
        clerk.key("esc")
        clerk.at_desk()
        clerk.settle(0.3)
        assert not clerk.box
        assert clerk.enter(people[201][0]) == "00002"
    nothing_ticked(home, 2)


@pytest.mark.parametrize("gap", [0.001, 0.005])
def test_scans_into_an_open_checklist_tick_nothing(gap: float, tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    people = newcomers(home)
    with Clerk(home) as clerk:
        clerk.opened()
        clerk.enter(people[0][0])
        for online_id, _name in people[1:41]:
            clerk.scan(online_id, gap=gap)
            clerk.pump(0.02)
        clerk.settle(0.3)
        assert clerk.saved == 0
        assert people[0][0] in clerk.place
        assert "还没办完" in clerk.step
        clerk.tick(1)
    with records(home) as ctx:
        assert [view.unjudged for view in everything(ctx).values()] == [ITEMS - 1]


def test_a_scan_into_a_dialog_confirms_nothing(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    people = newcomers(home)
    with Clerk(home) as clerk:
        clerk.opened()
        clerk.enter(people[0][0])
        clerk.key("f6")
        clerk.until(lambda _text: "标" in clerk.step, what="the reasons")
        for end in ENDS:
            clerk.scan(people[1][0], end=end)
            clerk.scan("6901234567892", end=end)
        clerk.settle(0.3)
        assert "标" in clerk.step
        clerk.key("esc")
        clerk.until(lambda _text: clerk.saved == 0, what="the checklist, nothing found")
        clerk.tick(ITEMS)
        clerk.key("f9")
        clerk.wait("受理回执")
        clerk.settle(0.2)
        for end in ENDS:
            clerk.scan(people[1][0], end=end)
            clerk.scan("6901234567892", end=end)
            clerk.key("enter", "y", "a", "1", "space")
        clerk.settle(0.3)
        assert "受理回执" in clerk.text()
        assert "这次扫码没有用" in clerk.step or "上下键" in clerk.step
    with records(home) as ctx:
        (view,) = everything(ctx).values()
        assert (view.status, view.unjudged, view.papers) == (Status.OPEN, 0, ())


def test_a_scan_into_a_note_leaves_the_note_as_it_was(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    people = newcomers(home)
    with Clerk(home) as clerk:
        clerk.opened()
        clerk.enter(people[0][0])
        clerk.key("f8")
        clerk.settle(0.3)
        clerk.type("wait", gap=0.1)
        for turn, end in enumerate(ENDS):
            clerk.scan(people[1 + turn][0], gap=(0.0, 0.001, 0.005)[turn], end=end)
            clerk.settle(0.3)
        clerk.wait("wait")
        clerk.key("f9")
        clerk.at_desk()
    with records(home) as ctx:
        (view,) = everything(ctx).values()
        assert (view.status, view.park_note) == (Status.PARKED, "wait")


def test_a_scan_whose_reading_is_held_up_is_still_one(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    people = newcomers(home)
    with Clerk(home, program=(sys.executable, "-P", "-c", HELD_UP)) as clerk:
        clerk.opened()
        clerk.enter(people[0][0])
        clerk.key("f8")
        clerk.settle(0.3)
        clerk.type("wait", gap=0.1)
        for turn, end in enumerate(ENDS):
            clerk.scan(people[1 + turn][0], end=end)
            clerk.settle(0.3)
        clerk.key("f9")
        clerk.at_desk()
    with records(home) as ctx:
        (view,) = everything(ctx).values()
        assert (view.status, view.park_note) == (Status.PARKED, "wait")


def test_a_terminal_of_another_encoding_ends_nothing(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    people = newcomers(home)
    with Clerk(home) as clerk:
        clerk.opened()
        clerk.send("张三".encode("gb18030") + b"\xff")
        clerk.settle(0.3)
        clerk.key("esc")
        clerk.settle(0.3)
        clerk.enter(people[0][0])


def test_a_scan_behind_half_typed_text_is_the_scan_alone(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    people = newcomers(home)
    with Clerk(home) as clerk:
        clerk.opened()
        for turn, end in enumerate(ENDS):
            clerk.type("zhan", gap=0.1)
            clerk.until(lambda _text: clerk.box == "zhan", what="typed text in the box")
            clerk.scan(people[turn][0], end=end)
            clerk.shows(
                people[turn][0],
                what=f"{people[turn]} by {end!r}",
            )
            clerk.key("esc")
            clerk.at_desk()
    nothing_ticked(home, 3)


def test_a_line_feed_ends_a_scan_as_enter_does(tmp_path: Path) -> None:
    """A terminal that is not raw yet turns the Enter of an early scan into one."""
    home = demo_home(tmp_path)
    people = newcomers(home)
    with Clerk(home) as clerk:
        clerk.opened()
        clerk.scan(people[0][0], end=b"\n")
        clerk.shows(people[0][0])
        clerk.key("esc")
        clerk.at_desk()
        clerk.type(people[1][0], gap=0.06)
        clerk.send(b"\n")
        clerk.shows(people[1][0])


def early(tmp_path: Path, starts: int) -> None:
    """Scan 50 ms after exec, long before anything is painted; each is honoured once the records are open."""
    home = demo_home(tmp_path)
    people = newcomers(home)
    for turn in range(starts):
        online_id, _name = people[turn]
        with Clerk(home, at=f"2024-08-12T09:{30 + turn:02d}") as clerk:
            time.sleep(0.05)
            clerk.scan(online_id, gap=(0.0, 0.001)[turn % 2], end=ENDS[turn % 3])
            clerk.shows(
                online_id,
                timeout=40,
                what=f"early scan {turn}",
            )
            assert not any(code in clerk.screen.text()[-1] for code in (online_id, "\n"))
    nothing_ticked(home, starts)


def test_a_scan_before_the_first_paint_is_honoured_at_every_start(tmp_path: Path) -> None:
    early(tmp_path, 6)


@pytest.mark.long
def test_a_scan_before_the_first_paint_is_honoured_in_twenty_of_twenty_starts(tmp_path: Path) -> None:
    early(tmp_path, 20)
