"""The desk killed at any moment: what its screen had shown as saved is there, and the numbers are whole.

The oracle is outside: while the clerk works, another eye reads the screen after every frame and keeps what it
shows as saved, `已核 n` and the state words of the day's list. Kill -9 comes at a random moment, often in the
very instant a new figure arrives, before it is even painted here. Each series prints its seed and replays
with it.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from counter.clock import SHANGHAI
from counter.rules.status import Status
from tests.faults.clerk import (
    BAG,
    ITEMS,
    Clerk,
    demo_home,
    everything,
    let_a_minute_pass,
    newcomers,
    proof,
    records,
)

ROW: Final = re.compile(r"^[ #>]{0,3} *(\d{5})  \S+.*?  (受理|补正|挂起|核验中)  ")
TALLY: Final = re.compile("已核 ([0-9]+)/".encode())
STATUS: Final = {
    "受理": Status.ACCEPTED,
    "补正": Status.CORRECTION,
    "挂起": Status.PARKED,
    "核验中": Status.OPEN,
}


@dataclass
class Shown:
    """What the screens of all runs have shown as saved."""

    findings: dict[str, int] = field(default_factory=dict)
    """Findings by number of submission, the most that were ever shown."""
    decided: dict[str, Status] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    """Online ID by number of submission."""

    def look(self, clerk: Clerk, person: str, *, torn: bool = False) -> None:
        """Read the screen; of a frame that a kill has torn only the checklist's tally."""
        if not clerk.whole and not torn:
            return
        if (serial := clerk.serial) and (saved := clerk.saved) is not None:
            self.findings[serial] = max(saved, self.findings.get(serial, 0))
            self.people.setdefault(serial, person)
        for line in clerk.screen.text():
            if (found := ROW.match(line)) and not clerk.serial and clerk.whole:
                self.decided[found.group(1)] = STATUS[found.group(2)]


def keys_of_work(chance: random.Random) -> Iterator[tuple[str, ...]]:
    """Give what a clerk presses from the opened submission to the decision, some of it in quick bursts."""
    done = 0
    wrong = chance.random() < 0.4
    while done < ITEMS:
        if done == BAG:
            done += 1
            yield ("space",)
            yield ("f2",)
            yield ("f9",)
            continue
        burst = min((BAG if done < BAG else ITEMS) - done, chance.choice((1, 1, 2, 4, 8)))
        done += burst
        yield ("space",) * burst
        if wrong and done < BAG and chance.random() < 0.3:
            done += 1
            yield ("f6",)
            yield ("f9",)
    yield ("f9",)
    yield ("f9",)


def work_until_killed(clerk: Clerk, person: str, shown: Shown, chance: random.Random) -> None:
    """Work on one person and kill the desk at a moment, or at a painted word, drawn beforehand."""
    at_word = chance.randrange(1, 16) if chance.random() < 0.6 else 0
    limit = time.perf_counter() + chance.uniform(0.05, 1.2) + (3.0 if at_word else 0.0)
    if at_word:
        clerk.dies_at = Word(at_word)
    keys = keys_of_work(chance)
    scanned = pressed = 0.0
    while time.perf_counter() < limit and clerk.code is None:
        clerk.pump(0.004)
        shown.look(clerk, person)
        now = time.perf_counter()
        if clerk.code is not None:
            break
        if not scanned:
            clerk.scan(person)
            scanned = now
        elif now - pressed > 0.02 and takes_keys(clerk) and (burst := next(keys, None)):
            if burst[0].startswith("f"):
                settle(clerk, person, shown, 0.12)
            clerk.key(*burst)
            pressed = time.perf_counter()
    clerk.kill()
    assert clerk.code == -9, f"ended by itself with {clerk.code}\n{bytes(clerk.raw[-2000:])!r}"
    while clerk.pump(0):
        pass
    shown.look(clerk, person, torn=True)


class Word:
    """Finds the n-th time that the tally of what is saved is painted with another figure."""

    def __init__(self, nth: int) -> None:
        self.left = nth
        self.last = b""

    def __call__(self, data: bytes) -> bool:
        for figure in TALLY.findall(data):
            if figure != self.last:
                self.last = figure
                self.left -= 1
        return self.left <= 0


def takes_keys(clerk: Clerk) -> bool:
    """Tell whether a checklist, or the dialog of its decision, is on the screen."""
    return clerk.saved is not None or "应收" in clerk.step or "标" in clerk.step


def settle(clerk: Clerk, person: str, shown: Shown, seconds: float) -> None:
    """Let what was pressed be done, reading on."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        clerk.pump(0.004)
        shown.look(clerk, person)


def is_there(home: Path, shown: Shown) -> None:
    """Hold the records against everything that was ever shown as saved, and against themselves."""
    with records(home, datetime(2024, 8, 12, 17, 0, tzinfo=SHANGHAI)) as ctx:
        views = everything(ctx)
        for serial, count in shown.findings.items():
            view = views[serial]
            assert len(view.items) - view.unjudged >= count or view.visit > 1, (serial, count)
            assert view.person.online_id == shown.people[serial], serial
        for serial, state in shown.decided.items():
            final = {Status.ACCEPTED, Status.CORRECTION}
            assert views[serial].status is state or state not in final, (serial, state)
        assert sorted(views) == [f"{n:05d}" for n in range(1, len(views) + 1)]
        numbers = [paper.number for view in views.values() for paper in view.papers]
        assert len(numbers) == len(set(numbers))
        proof(ctx)


def series(home: Path, kills: int, seed: int) -> Shown:
    """Work and kill again and again on the same home, as the same morning goes on."""
    print(f"seed {seed}")
    chance = random.Random(seed)
    people = [online_id for online_id, _name in newcomers(home)]
    shown = Shown()
    at = datetime(2024, 8, 12, 9, 5, tzinfo=SHANGHAI)
    for run in range(kills):
        at += timedelta(seconds=5)
        with Clerk(home, at=f"{at:%Y-%m-%dT%H:%M:%S}") as clerk:
            clerk.opened()
            person = next((p for s, p in shown.people.items() if s not in decided(shown)), people[0])
            if person == people[0] and person in shown.people.values():
                people.pop(0)
                person = people[0]
            work_until_killed(clerk, person, shown, chance)
        if run % 5 == 4:
            is_there(home, shown)
    is_there(home, shown)
    let_a_minute_pass(home)
    with Clerk(home, at="2024-08-12T16:00:00") as clerk:
        clerk.opened()
        drained(clerk, home)
        clerk.key("ctrl+q")
        assert clerk.ended() == 0
    is_there(home, shown)
    return shown


def decided(shown: Shown) -> set[str]:
    """Return the numbers whose decision was shown; their people do not come again."""
    return {s for s, state in shown.decided.items() if state in (Status.ACCEPTED, Status.CORRECTION)}


def drained(clerk: Clerk, home: Path) -> None:
    """Wait until every paper that was decided lies in `documents/`, and nothing torn beside it."""
    with records(home) as ctx:
        views = everything(ctx)
    want = {file for view in views.values() for paper in view.papers for file in paper.files}
    want |= {f"{paper.number}.pdf" for view in views.values() for paper in view.papers}
    end = time.perf_counter() + 30
    while (there := {file.name for file in (home / "documents").iterdir()}) != want:
        assert time.perf_counter() < end, there ^ want
        clerk.pump(0.05)


def test_what_was_shown_as_saved_survives_six_kills(tmp_path: Path) -> None:
    shown = series(demo_home(tmp_path), kills=6, seed=20240812)
    assert sum(shown.findings.values()) > 10
    assert decided(shown)


@pytest.mark.long
@pytest.mark.parametrize("part", range(10))
def test_what_was_shown_as_saved_survives_a_thousand_kills(part: int, tmp_path: Path) -> None:
    series(demo_home(tmp_path), kills=100, seed=part)
