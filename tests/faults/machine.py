"""The whole desk against a model that shares no code with it: hypothesis draws the acts, the model the ends.

The model knows the rules as a clerk knows them, in a few lines. After every act what the desk answers has to
be what the model says, a refusal has to have changed nothing, and at the end everything is proved.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from counter.clock import local
from counter.desk import checklist, fees, papers, submissions, verdicts
from counter.desk.demo_money import close_day
from counter.desk.forms import FeeInput, FindingInput
from counter.desk.verify import verify
from counter.desk.views import EntryId, SubmissionId, SubmissionView
from counter.errors import DeskError
from counter.rules.finding import FindingKind
from db.engine import open_records
from tests.builders import CLERK, Office, office_at, on_shift
from tests.faults.images import lay_out
from tests.faults.shiftwork import AT, KEY, PEOPLE, template
from tests.faults.tally import Tally

BAG: Final = "B-01"
METHODS: Final = {"cash": "paid", "card": "paid", "employer": "elsewhere", "later": "due"}
SHM: Final = Path("/dev/shm")
PRICE: Final = 30000


@dataclass
class Sub:
    """What a clerk knows of one submission."""

    id: SubmissionId
    version: int
    serial: int
    status: str = "open"
    found: dict[str, str] = field(default_factory=dict)
    originals: list[int] = field(default_factory=list)
    held: bool = True
    fee: str = "none"
    papers: int = 0
    copies: int = 0
    visit: int = 1
    asked: set[str] = field(default_factory=set)
    """Items of the last notice; only they are open again."""
    deadline: datetime | None = None
    back: bool = False
    """Here again to answer a notice."""

    @property
    def state(self) -> str:
        """The status, with `back` and `away` for the two halves of a correction."""
        return self.status if self.status != "correction" else ("back" if self.back else "away")

    @property
    def wanting(self) -> set[str]:
        """Items that are missing or defective."""
        return {item for item, kind in self.found.items() if kind != "ok"}


class Desk(RuleBasedStateMachine):
    """One desk and the model of it."""

    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="model-", dir=SHM if SHM.is_dir() else None))
        lay_out(template(self.folder), self.home)
        self.desk = self._start()
        self.subs: list[Sub] = []
        self.notices = 0
        self.paid = 0
        self.closings = 0
        self.items: tuple[str, ...] = ()

    def _start(self) -> Office:
        desk = office_at(self.home, open_records(self.home / "desk.db", KEY), at=AT)
        if hasattr(self, "desk"):
            desk.clock.at = self.desk.clock.at
        return desk

    def _sub(self, data: Any, *states: str) -> Sub | None:
        fitting = [sub for sub in self.subs if sub.state in states]
        return data.draw(st.sampled_from(fitting)) if fitting else None

    def _did(self, sub: Sub, view: SubmissionView) -> None:
        """Hold the desk's answer against the model."""
        sub.version = view.version
        told = (
            str(view.status), len(view.items) - view.unjudged, view.originals_held, str(view.fee.state),
            len(view.papers), sum(p.prints for p in view.papers), view.visit, int(view.serial),
        )  # fmt: skip
        model = (
            sub.status, len(sub.found), len(sub.originals) if sub.held else 0,
            sub.fee, sub.papers, sub.papers + sub.copies, sub.visit, sub.serial,
        )  # fmt: skip
        assert told == model, f"the desk says {told}, the model {model}"

    def _act(self, sub: Sub) -> dict[str, Any]:
        return {"submission_id": sub.id, "version": sub.version, "actor": CLERK, "key": uuid4()}

    def _refused(self, sub: Sub, what: Any, *codes: str) -> None:
        """Ask for something the rules forbid: it is refused, and nothing has changed."""
        code = "done all the same"
        try:
            what()
        except DeskError as error:
            code = error.code
        assert code in codes, code
        self.desk.ctx.memory.forget()
        self._did(sub, submissions.view(self.desk.ctx, sub.id, actor=CLERK))

    @initialize(faulty=st.lists(st.booleans(), max_size=2))
    def begin(self, faulty: list[bool]) -> None:
        """Begin in a morning in which some were judged already, so that few acts lead far."""
        for fault in faulty:
            self.open()
            self._judge_the_rest(self.subs[-1], fault)

    @precondition(lambda self: len(self.subs) < PEOPLE)
    @rule()
    def open(self) -> None:
        """Take in the next person; the same one a second time is refused."""
        n = len(self.subs) + 1
        how = {"entry_id": EntryId(n), "actor": CLERK, "key": uuid4()}
        view = submissions.open_submission(self.desk.ctx, **how)  # type: ignore[arg-type]
        self.items = tuple(item.code for item in view.items)
        sub = Sub(view.id, view.version, n)
        self.subs.append(sub)
        self._did(sub, view)
        self._did(sub, submissions.open_submission(self.desk.ctx, **how))  # type: ignore[arg-type]
        self._refused(
            sub,
            lambda: submissions.open_submission(self.desk.ctx, entry_id=EntryId(n), actor=CLERK, key=uuid4()),
            "already-open",
        )

    @rule(data=st.data(), wanting=st.booleans())
    def find(self, data: Any, wanting: bool) -> None:
        """Judge one item, if it may be judged."""
        if (sub := self._sub(data, "open", "parked", "accepted", "back", "away")) is None:
            return
        item = data.draw(st.sampled_from(self.items))
        reasons = submissions.view(self.desk.ctx, sub.id, actor=CLERK)
        given = next(i for i in reasons.items if i.code == item)
        wanting = wanting and bool(given.missing_reasons)
        kind = FindingKind.MISSING if wanting else FindingKind.OK
        found = FindingInput(
            item=item, kind=kind, reasons=(given.missing_reasons[0].code,) if wanting else ()
        )

        def ask() -> SubmissionView:
            return checklist.record_finding(self.desk.ctx, finding=found, **self._act(sub))

        if sub.state not in ("open", "back"):
            self._refused(sub, ask, "not-allowed")
        elif sub.asked and item not in sub.asked:
            self._refused(sub, ask, "item-closed")
        elif item == BAG and not wanting and not sub.originals:
            self._refused(sub, ask, "no-originals")
        else:
            sub.found[item] = str(kind)
            self._did(sub, ask())

    @rule(data=st.data(), fault=st.booleans())
    def find_the_rest(self, data: Any, fault: bool) -> None:
        """Judge everything that is not judged yet."""
        if (sub := self._sub(data, "open", "back")) is not None:
            self._judge_the_rest(sub, fault)

    def _judge_the_rest(self, sub: Sub, fault: bool) -> None:
        for item in [i for i in self.items if i not in sub.found]:
            if item == BAG and not sub.originals:
                self._put_in(sub)
            found = FindingInput(item=item, kind=FindingKind.OK)
            sub.found[item] = "ok"
            self._did(sub, checklist.record_finding(self.desk.ctx, finding=found, **self._act(sub)))
        if fault and not sub.asked:
            view = submissions.view(self.desk.ctx, sub.id, actor=CLERK)
            given = next(i for i in view.items if i.code == "A3-03")
            found = FindingInput(
                item=given.code, kind=FindingKind.MISSING, reasons=(given.missing_reasons[0].code,)
            )
            sub.found[given.code] = "missing"
            self._did(sub, checklist.record_finding(self.desk.ctx, finding=found, **self._act(sub)))

    def _put_in(self, sub: Sub) -> None:
        view = checklist.add_original(self.desk.ctx, item=BAG, kind="award", title="奖状", **self._act(sub))
        sub.originals.append(view.originals[-1].id)
        self._did(sub, view)

    @rule(data=st.data())
    def put_in(self, data: Any) -> None:
        """List one more original."""
        if (sub := self._sub(data, "open", "back")) is not None:
            self._put_in(sub)

    @rule(data=st.data())
    def take_out(self, data: Any) -> None:
        """Strike an original; with the last one the bag is unjudged."""
        if (sub := self._sub(data, "open", "back")) is None or not sub.originals:
            return
        gone = sub.originals.pop()
        if not sub.originals and sub.found.get(BAG) == "ok":
            del sub.found[BAG]
        self._did(sub, checklist.remove_original(self.desk.ctx, original_id=gone, **self._act(sub)))

    @rule(data=st.data())
    def park(self, data: Any) -> None:
        """Put aside what is open, take up what is parked."""
        if (sub := self._sub(data, "open", "parked")) is None:
            return
        if sub.status == "open":
            sub.status = "parked"
            self._did(sub, submissions.park(self.desk.ctx, note="盖章", **self._act(sub)))
        else:
            sub.status = "open"
            self._did(sub, submissions.resume(self.desk.ctx, **self._act(sub)))

    @rule(data=st.data(), method=st.sampled_from(sorted(METHODS)))
    def decide(self, data: Any, method: str) -> None:
        """Accept or send away, whatever the findings come to; the other is refused."""
        if (sub := self._sub(data, "open", "parked", "accepted", "back")) is None:
            return
        fee = FeeInput(method=method, document_no="12号")
        accept = {"fee": fee, **self._act(sub)}
        judged = sub.state in ("open", "back") and len(sub.found) == len(self.items)
        if not judged or sub.wanting:
            self._refused(sub, lambda: verdicts.accept(self.desk.ctx, **accept), "not-allowed")
        else:
            sub.status, sub.fee, sub.papers = "accepted", METHODS[method], sub.papers + 3
            self._did(sub, verdicts.accept(self.desk.ctx, **accept))
            self._did(sub, verdicts.accept(self.desk.ctx, **accept))  # a repeated key
            self.paid += PRICE if METHODS[method] == "paid" else 0
            return
        if not judged:
            return
        view = verdicts.send_correction(self.desk.ctx, **self._act(sub))
        sub.status, sub.papers, sub.held, sub.back = "correction", sub.papers + 1, False, False
        self.notices += 1
        sub.asked, sub.deadline = set(sub.wanting), view.deadline.at if view.deadline else None
        self._did(sub, view)

    @rule(data=st.data())
    def come_again(self, data: Any) -> None:
        """Answer a notice; after its deadline the submission has lapsed."""
        if (sub := self._sub(data, "away")) is None:
            return
        assert sub.deadline is not None
        if self.desk.clock.now() >= sub.deadline:
            sub.status = "lapsed"
        else:
            sub.visit, sub.held, sub.back = sub.visit + 1, True, True
            sub.found = {item: kind for item, kind in sub.found.items() if item not in sub.asked}
        self._did(sub, verdicts.return_visit(self.desk.ctx, **self._act(sub)))

    @rule(data=st.data(), method=st.sampled_from(["cash", "card", "employer", "later"]))
    def settle(self, data: Any, method: str) -> None:
        """Take a fee that was left due, once."""
        if (sub := self._sub(data, "accepted", "open")) is None:
            return
        fee = FeeInput(method=method)

        def ask() -> SubmissionView:
            return fees.settle_fee(self.desk.ctx, fee=fee, **self._act(sub))

        if sub.fee == "due" and method != "later":
            sub.fee = METHODS[method]
            self.paid += PRICE if sub.fee == "paid" else 0
            self._did(sub, ask())
        else:
            self._refused(sub, ask, "not-allowed", "fee")

    @rule(data=st.data())
    def copy(self, data: Any) -> None:
        """Print a paper again, as often as that goes without a supervisor."""
        if (sub := self._sub(data, "accepted", "back", "away")) is None or sub.copies:
            return
        view = submissions.view(self.desk.ctx, sub.id, actor=CLERK)
        papers.reprint(self.desk.ctx, number=view.papers[0].number, actor=CLERK, key=uuid4())
        sub.copies += 1
        self._did(sub, submissions.view(self.desk.ctx, sub.id, actor=CLERK))

    @rule(minutes=st.integers(1, 40), days=st.sampled_from([0, 0, 0, 1]))
    def wait(self, minutes: int, days: int) -> None:
        """Let time pass, always to a moment at which the counter is open."""
        at = local(self.desk.clock.at + timedelta(minutes=minutes))
        if days or at.hour >= 11:
            at = (at + timedelta(days=3 if at.weekday() == 4 else 1)).replace(hour=9, minute=5)
        self.desk.clock.at = at
        on_shift(self.desk.ctx)

    @rule()
    def close(self) -> None:
        """Count the drawer, close the shift and open another."""
        close_day(self.desk.ctx, CLERK, (uuid4(), uuid4()))
        self.closings += 1
        on_shift(self.desk.ctx)

    @rule()
    def restart(self) -> None:
        """Close the records and open them again."""
        self.desk.ctx.records.close()
        self.desk = self._start()
        for sub in self.subs:
            view = submissions.view(self.desk.ctx, sub.id, actor=CLERK)
            assert view.version == sub.version

    def teardown(self) -> None:
        """Prove all of it."""
        try:
            papers.drain(self.desk.ctx)
            with self.desk.ctx.records.read() as session:
                conn = session.connection()
                serials = [n for (n,) in conn.exec_driver_sql("SELECT serial FROM submission ORDER BY id")]
                notices = [n for (n,) in conn.exec_driver_sql("SELECT serial FROM notice ORDER BY id")]
                paid = conn.exec_driver_sql(
                    "SELECT coalesce(sum(amount_fen), 0) FROM fee WHERE state = 'paid'"
                )
                assert serials == list(range(1, len(self.subs) + 1))
                assert notices == list(range(1, self.notices + 1))
                assert (paid.scalar_one() or 0) == self.paid
            report = verify(self.desk.ctx, actor=CLERK)
            assert report.ok, report.first_bad
        finally:
            self.desk.ctx.records.close()
            shutil.rmtree(self.home, ignore_errors=True)
            runs[0] += 1


runs = [0]
"""How many runs there were; hypothesis does not tell."""


def against_the_model(folder: Path, seed: int, count: int, *, acts: int = 20) -> Tally:
    """Run so many series of acts, drawn from the seed."""
    tally = Tally("model", seed)
    runs[0] = 0
    machine = type("Seeded", (Desk,), {"folder": folder})
    how = settings(
        max_examples=count,
        stateful_step_count=acts,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    wrong = ""
    try:
        with suppress(RecursionError):
            run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=how)
    except Exception as error:  # what hypothesis found, whatever it is
        wrong = f"seed {seed}: {type(error).__name__}: {error}"
    tally.tried = runs[0]
    if wrong:
        tally.failures.append(wrong)
    return tally
