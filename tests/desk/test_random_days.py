"""Whatever clerks do in whatever order, the records stay whole and agree with themselves."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from counter.desk import checklist, fees, papers, submissions, verdicts
from counter.desk.forms import FeeInput, FindingInput
from counter.desk.rows import FEES, NOTICES, PAPERS, PAYMENTS, SUBMISSIONS
from counter.desk.verify import verify
from counter.desk.views import Act, SubmissionId
from counter.errors import DeskError
from counter.rules.finding import FindingKind
from db.engine import Records
from tests.builders import CLERK, SUPERVISOR, Office, office_at

WHICH = (
    *(
        "tick",
        "tick",
        "tick_all",
        "tick_all",
        "clear",
        "original",
        "remove",
        "park",
        "resume",
        "accept",
        "accept",
    ),
    *("correct", "correct", "reject", "again", "settle", "bill", "reprint", "drain", "situations"),
)
LEADS_ON = {
    Act.TICK: "tick_all",
    Act.RESUME: "resume",
    Act.ACCEPT: "accept",
    Act.CORRECT: "correct",
    Act.RETURN_VISIT: "again",
    Act.SETTLE_FEE: "settle",
}
"""What a clerk would do next."""
FEES_TRIED = ("cash", "card", "employer", "waived", "later", "barter")


def one_act(desk: Office, rng: random.Random, known: list[SubmissionId]) -> None:
    """Do something a clerk might do, sensible or not; refusals are part of the day."""
    if not known or rng.random() < 0.06:
        known.append(desk.opened(rng.choice(("张三", "李四", "欧阳若琳"))).id)
        return
    sub = submissions.view(desk.ctx, rng.choice(known), actor=CLERK)
    actor = rng.choice((CLERK, SUPERVISOR))
    sensible = sorted(LEADS_ON[act] for act in sub.allowed & LEADS_ON.keys())
    which = rng.choice(sensible) if sensible and rng.random() < 0.6 else rng.choice(WHICH)
    act = {"submission_id": sub.id, "version": sub.version, "actor": actor, "key": uuid4()}
    item = rng.choice(sub.items)
    fee = FeeInput(method=rng.choice(FEES_TRIED), document_no=rng.choice(("", "12号")))
    if which == "tick":
        kind = rng.choice(tuple(FindingKind))
        reasons = {FindingKind.MISSING: item.missing_reasons, FindingKind.DEFECT: item.defect_reasons}.get(
            kind, ()
        )
        waive = (
            rng.choice(item.waive_reasons).code if kind is FindingKind.WAIVED and item.waive_reasons else None
        )
        found = FindingInput(
            item=item.code,
            kind=kind,
            reasons=tuple(r.code for r in rng.sample(reasons, min(len(reasons), rng.randint(0, 2)))),
            waive_reason=waive,
            copies=rng.choice((None, None, 1, 19)),
        )
        checklist.record_finding(desk.ctx, finding=found, **act)  # type: ignore[arg-type]
    elif which == "tick_all":
        desk.tick_all(sub)
    elif which == "clear":
        checklist.clear_finding(desk.ctx, item=item.code, **act)  # type: ignore[arg-type]
    elif which == "original":
        checklist.add_original(desk.ctx, item="B-01", kind="award", title="奖", **act)  # type: ignore[arg-type]
    elif which == "remove" and sub.originals:
        checklist.remove_original(desk.ctx, original_id=rng.choice(sub.originals).id, **act)  # type: ignore[arg-type]
    elif which == "park":
        submissions.park(desk.ctx, note="去盖章", **act)  # type: ignore[arg-type]
    elif which == "resume":
        submissions.resume(desk.ctx, **act)  # type: ignore[arg-type]
    elif which == "accept":
        verdicts.accept(desk.ctx, fee=fee, **act)  # type: ignore[arg-type]
    elif which == "correct":
        verdicts.send_correction(desk.ctx, **act)  # type: ignore[arg-type]
    elif which == "reject" and rng.random() < 0.1:
        verdicts.reject(desk.ctx, ground="forged", note="", **act)  # type: ignore[arg-type]
    elif which == "again":
        verdicts.return_visit(desk.ctx, **act)  # type: ignore[arg-type]
    elif which == "settle":
        fees.settle_fee(desk.ctx, fee=fee, **act)  # type: ignore[arg-type]
    elif which == "bill":
        fees.add_bill_number(desk.ctx, bill_code="3201", bill_number="77", **act)  # type: ignore[arg-type]
    elif which == "reprint" and sub.papers:
        papers.reprint(desk.ctx, number=rng.choice(sub.papers).number, actor=actor, key=uuid4())
    elif which == "situations":
        submissions.set_situations(desk.ctx, situations=(rng.randint(1, 6),), **act)  # type: ignore[arg-type]
    elif which == "drain" and rng.random() < 0.2:
        papers.drain(desk.ctx)


@pytest.mark.parametrize("seed", range(2))
def test_after_a_random_day_everything_can_be_proved(
    sqlite_records: Records, tmp_path: Path, seed: int
) -> None:
    day(office_at(tmp_path / "home", sqlite_records), random.Random(seed), acts=150)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_after_many_random_days_everything_can_be_proved(records: Records, tmp_path: Path, seed: int) -> None:
    day(office_at(tmp_path / "home", records), random.Random(1000 + seed), acts=600)


def day(desk: Office, rng: random.Random, *, acts: int) -> None:
    """Work a day of random acts and hold what it left against itself."""
    known: list[SubmissionId] = []
    for _ in range(acts):
        with suppress(DeskError):
            one_act(desk, rng, known)
        desk.clock.tick(seconds=20)
    papers.drain(desk.ctx)
    for submission_id in known:
        remembered = desk.ctx.memory.submissions.get(submission_id)
        fresh = submissions.view(desk.ctx, submission_id, actor=CLERK)
        if remembered is not None:
            assert remembered.findings == desk.ctx.memory.submissions[submission_id].findings
        desk.ctx.memory.forget()
        assert submissions.view(desk.ctx, submission_id, actor=CLERK) == fresh
    report = verify(desk.ctx, actor=CLERK)
    assert report.ok, [check for check in report.checks if not check.ok]
    with desk.ctx.records.read() as session:
        conn = session.connection()
        serials = conn.execute(sa.select(SUBMISSIONS.c.serial).order_by(SUBMISSIONS.c.serial)).scalars().all()
        assert list(serials) == list(range(1, len(known) + 1))
        notices = conn.execute(sa.select(NOTICES.c.serial).order_by(NOTICES.c.serial)).scalars().all()
        assert list(notices) == list(range(1, len(notices) + 1))
        accepted = conn.execute(
            sa.select(sa.func.count()).select_from(SUBMISSIONS).where(SUBMISSIONS.c.status == "accepted")
        ).scalar_one()
        assert conn.execute(sa.select(sa.func.count()).select_from(FEES)).scalar_one() == accepted
        printed = conn.execute(sa.select(sa.func.count()).select_from(PAPERS)).scalar_one()
        paid = conn.execute(sa.select(sa.func.count()).select_from(PAYMENTS)).scalar_one()
        assert printed == 3 * accepted + len(notices) + paid
