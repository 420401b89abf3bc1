"""Who may do what: the table is whole, and the use cases hold to it."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Final

import pytest

import counter.desk
from counter.desk import submissions
from counter.desk.permit import USE_CASES, use_case
from counter.desk.rows import JOURNAL
from counter.desk.views import Actor, Role
from counter.errors import DeskError
from counter.rules.permissions import MAY, may
from tests.builders import Office

INNER: Final = {
    "closing.closing_view": "makes a view of a row already read",
    "demo_money.close_day": "the demo's clerk and the tests', through the use cases",
    "demo_money.last_sheet": "the demo's clerk and the tests', who have no scanner",
    "demo_staff.enlist": "invented people, through the use cases",
    "demo_money.open_day": "the demo's clerk and the tests', through the use cases",
    "figures.movement": "a row already read",
    "figures.slip_display": "a row already read",
    "shifts.closing_display": "a row already read",
    "shifts.desk_ref": "a name",
    "act.act_on": "how every use case acts on a submission",
    "act.known_circular": "a lookup in memory",
    "act.read_loaded": "what use cases read with",
    "act.read_view": "what use cases read with",
    "act.shown": "what use cases answer with",
    "assemble.assemble": "makes a view of rows already read",
    "clockguard.look": "the clock and the journal's last time",
    "clockguard.standing": "the clock and the journal's last time",
    "demo.things_to_try": "invented people only",
    "erasure.latest": "the clock and the settings",
    "erasure.person_of": "a number without its person",
    "export_rows.closing_lines": "makes lines of a row already read",
    "export_rows.meta": "makes a sheet of rows already read",
    "export_rows.sheets": "makes sheets of rows already read",
    "permit.require": "the door itself",
    "keeping.disk_left": "a figure of the machine",
    "keeping.keep": "carries out what the settings ask for; the journal says so",
    "keeping.note_failure": "tells of a copy that was already permitted and failed",
    "keeping.standing": "reads within a transaction at hand",
    "search.paper_number": "a number without its person",
    "history.note_seen": "a number and a seal",
    "history.require_latest": "numbers and seals only, before anybody acts",
    "hours.door": "the clock and the circular",
    "hours.shut": "the clock and the circular",
    "assemble.paper_view": "makes a view of rows already read",
    "papers.drain": "carries out what was already asked for and permitted",
    "refusals.note_refusal": "journals what was refused",
    "refusals.record_refusal": "journals what was refused",
    "scan.differs": "part of reading a scan",
    "scan.witness": "part of reading a scan",
    "today.row_of": "makes a line of rows already read",
    "sign_in.choose_password": "finds out who acts",
    "sign_in.locked": "a reading of two clocks",
    "sign_in.login_of": "what a name types, which proves nothing",
    "sign_in.login_on_badge": "what a badge types, which proves nothing",
    "sign_in.note_lock": "journals that a screen was locked",
    "sign_in.sign_in": "finds out who acts",
    "sign_in.sign_out": "journals that somebody has left",
    "sign_in.unlock": "proves the one who acts once more",
    "staff.has_supervisor": "whether there is anybody to sign in",
    "unit.blind": "a hash",
    "unit.carried_out": "how every use case writes",
    "unit.once": "how every use case writes",
    "unit.reading": "how every use case reads",
    "unit.writing": "how every use case writes",
    "warm.warm_up": "reads as an auditor and shows nothing",
}
"""Functions of the desk that take a context and are no use case, and why."""


def functions_with_a_context() -> set[str]:
    """Return every public function of the desk whose first argument is the context."""
    found: set[str] = set()
    for info in pkgutil.iter_modules(counter.desk.__path__):
        module = importlib.import_module(f"counter.desk.{info.name}")
        for name, work in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("_") or work.__module__ != module.__name__:
                continue
            if next(iter(inspect.signature(work).parameters), "") == "ctx":
                found.add(f"{info.name}.{name}")
    return found


def test_every_use_case_has_its_row_and_every_row_its_use_case() -> None:
    assert functions_with_a_context() == set(MAY) | set(INNER)
    assert set(USE_CASES) == set(MAY)


@pytest.mark.parametrize("name", sorted(MAY))
def test_every_use_case_asks_who_acts(name: str) -> None:
    functions_with_a_context()
    actor = inspect.signature(USE_CASES[name]).parameters["actor"]
    assert actor.kind is inspect.Parameter.KEYWORD_ONLY
    assert actor.default is inspect.Parameter.empty


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", sorted(MAY))
def test_each_role_gets_past_the_door_of_its_use_cases_and_of_no_other(
    name: str, role: Role, sqlite_desk: Office
) -> None:
    functions_with_a_context()
    module, _, function = name.partition(".")

    def stands_for(ctx: object, *, actor: Actor) -> str:
        return actor.name

    stands_for.__module__, stands_for.__name__ = f"counter.desk.{module}", function
    kept = dict(USE_CASES)
    try:
        door = use_case(stands_for)
    finally:
        USE_CASES.update(kept)
    assert may(role, name) == (role in MAY[name])
    if may(role, name):
        assert door(sqlite_desk.ctx, actor=Actor("li", role, 1)) == "li"
        return
    with pytest.raises(DeskError) as refused:
        door(sqlite_desk.ctx, actor=Actor("li", role, 1))
    assert refused.value.code == "not-permitted"
    assert refused.value.facts == {"act": name, "role": str(role)}


def test_what_is_not_in_the_table_nobody_may() -> None:
    assert not any(may(role, "safe.open") for role in Role)


def test_it_sees_nobody_and_the_attempt_is_in_the_journal(desk: Office) -> None:
    sub = desk.opened()
    with pytest.raises(DeskError) as refused:
        submissions.view(desk.ctx, sub.id, actor=Actor("it", Role.IT, 1))
    assert refused.value.code == "not-permitted"
    with desk.ctx.records.read() as session:
        last = session.connection().execute(JOURNAL.select().order_by(JOURNAL.c.seq.desc())).first()
    assert last is not None
    assert (last.kind, last.ref) == ("refused", "submissions.view")


def test_an_auditor_reads_and_changes_nothing(desk: Office) -> None:
    auditor = Actor("audit", Role.AUDITOR, 1)
    sub = desk.opened()
    assert submissions.view(desk.ctx, sub.id, actor=auditor).serial == sub.serial
    for name, roles in MAY.items():
        if Role.AUDITOR in roles:
            own = (
                "export.export_day",
                "staff.change_password",
            )  # a file, and nobody's but the auditor's word
            assert "key" not in inspect.signature(USE_CASES[name]).parameters or name in own
