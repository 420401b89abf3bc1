"""Every way a desk ends: the terminal is as it was, nothing shown as saved is lost, nobody's data is left.

What is left is everything a later reader could find: the terminal's scrollback after the screen is given
back, the log of faults, and what other processes see of the command line.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.faults.clerk import Clerk, demo_home, everything, newcomers, proof, records

LEAVES = b"\x1b[?1049l"
"""What gives the shell's own screen back; anything later stays in the scrollback."""

RAISES = """
import sys
from counter.screens.submission import SubmissionScreen

def action_count(self):
    person = self.view.person
    raise RuntimeError(f"{person.name} {person.identity} {person.online_id} {self.view.number}")

SubmissionScreen.action_count = action_count
from counter.__main__ import main
sys.exit(main())
"""
"""The desk with an action that breaks while it holds a person's data."""

RAISES_IN_A_WRITE = """
import sys
from counter.desk import checklist

def record_finding(ctx, **facts):
    from counter.desk import submissions
    person = submissions.view(ctx, facts["submission_id"], actor=facts["actor"]).person
    raise RuntimeError(f"{person.name} {person.identity} {person.online_id}")

from counter.__main__ import main
if sys.argv[1:]:
    checklist.record_finding = record_finding
    sys.exit(main())
"""
"""The desk with a use case that breaks while it holds a person's data."""


def working(home: Path, program: tuple[str, ...] | None = None) -> tuple[Clerk, str, str]:
    """Start a desk, take someone in and find five items; return also the person's ID and name."""
    online_id, name = newcomers(home)[13]
    clerk = Clerk(home, **({"program": program} if program else {}))  # type: ignore[arg-type]
    clerk.opened()
    clerk.enter(online_id)
    return clerk, online_id, name


def is_kept(home: Path, findings: int) -> None:
    """Hold that the one submission has its findings and the records prove themselves."""
    with records(home) as ctx:
        (view,) = everything(ctx).values()
        assert len(view.items) - view.unjudged == findings
        proof(ctx)


def says_nothing(text: bytes, home: Path, *words: str) -> None:
    """Hold that neither the scrollback nor the log names a person."""
    with records(home) as ctx:
        person = next(iter(everything(ctx).values())).person
    secret = {person.name, person.identity, person.phone, person.employer, person.online_id, *words}
    log = home / "logs" / "faults.log"
    left = text.decode(errors="replace") + (log.read_text() if log.exists() else "")
    for word in secret:
        assert word not in left, word
    assert "Traceback" not in left


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_desk_with_its_code_and_the_terminal_as_it_was(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    home = demo_home(tmp_path)
    clerk, _online_id, _name = working(home)
    with clerk:
        clerk.tick(5)
        assert not clerk.cooked
        clerk.signal(number)
        assert clerk.ended(timeout=5) in (code, 143)
        assert clerk.cooked
        assert clerk.raw.rfind(b"\x1b[?25h") > clerk.raw.rfind(b"\x1b[?25l")
        says_nothing(clerk.since(LEAVES), home)
        assert LEAVES in clerk.raw
    is_kept(home, 5)


def test_a_signal_in_a_burst_of_ticks_waits_for_what_is_being_saved(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    clerk, _online_id, _name = working(home)
    with clerk:
        clerk.key(*["space"] * 12)
        clerk.until(lambda _text: bool(clerk.saved), what="the first saved")
        clerk.signal(signal.SIGTERM)
        clerk.ended(timeout=5)
        shown = clerk.saved or 0
    with records(home) as ctx:
        (view,) = everything(ctx).values()
        assert len(view.items) - view.unjudged >= shown
        proof(ctx)


@pytest.mark.parametrize("where", ["checklist", "dialog", "desk"])
def test_a_lost_connection_loses_nothing_and_leaves_no_process(where: str, tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    clerk, _online_id, _name = working(home)
    with clerk:
        clerk.tick(5)
        if where == "dialog":
            clerk.key("f6")
            clerk.settle(0.2)
        elif where == "desk":
            clerk.key("esc")
            clerk.at_desk()
            clerk.type("zha", gap=0.1)
        clerk.hang_up()
        assert clerk.ended(timeout=5) != 0
        with pytest.raises(ProcessLookupError):
            os.kill(clerk.pid, 0)
    is_kept(home, 5)


def test_an_action_that_breaks_ends_in_one_sentence_without_anybodys_data(tmp_path: Path) -> None:
    import sys

    home = demo_home(tmp_path)
    clerk, online_id, name = working(home, (sys.executable, "-P", "-c", RAISES))
    with clerk:
        clerk.tick(5)
        clerk.key("f4")
        assert clerk.ended(timeout=10) != 0
        assert clerk.cooked
        left = clerk.since(LEAVES)
        assert "故障" in left.decode()
        assert len(left.decode().strip().splitlines()) == 1
        says_nothing(left, home, online_id, name)
    assert "RuntimeError" in (home / "logs" / "faults.log").read_text()
    is_kept(home, 5)


def test_a_use_case_that_breaks_leaves_the_desk_open_and_says_a_number(tmp_path: Path) -> None:
    import sys

    home = demo_home(tmp_path)
    clerk, online_id, name = working(home, (sys.executable, "-P", "-c", RAISES_IN_A_WRITE))
    with clerk:
        clerk.key("space")
        clerk.wait("故障")
        clerk.settle()
        clerk.key("f9")
        clerk.until(lambda _text: clerk.saved is not None, what="the checklist again")
        assert clerk.saved == 0
        clerk.key("esc")
        clerk.at_desk()
        clerk.key("ctrl+q")
        assert clerk.ended() == 0
        says_nothing(clerk.since(LEAVES), home, online_id, name)
    assert "RuntimeError" in (home / "logs" / "faults.log").read_text()
    is_kept(home, 0)
