"""Rules of people, money and proof, each with a break put into a copy of the program and the test that fails.

`python -m tests.faults.rules` tries those not tried yet and notes which test failed; `--all` tries all again,
a word only those whose rule has it. A rule whose line has changed or whose test stays green is told, and
`tools/reliability.py` makes the table from what was noted. No figure of it is typed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
SEEN: Final = Path(__file__).parent / "results" / "rules.json"
COPIED: Final = ("counter", "db", "receipts", "tests", "pyproject.toml", "tools", "README.md", "docs")


class Rule(NamedTuple):
    """One rule and how it is broken."""

    part: str
    rule: str
    file: str
    line: str
    """What stands there once."""
    broken: str
    tests: str
    """The file of the tests that have to notice, and after a blank which of them."""


_SIGN_IN: Final = "counter/desk/sign_in.py"
_MONEY: Final = "tests/desk/test_money.py"
_ACTS: Final = "tests/proof/test_every_act.py"

RULES: Final = (
    Rule("people", "five wrong passwords lock an account", "counter/rules/lockout.py", "TRIES: Final = 5",
         "TRIES: Final = 6", "tests/desk/test_sign_in.py five_wrong"),
    Rule("people", "a role does only what the table gives it", "counter/desk/permit.py",
         "    if may(actor.role, name):", "    if True:", f"{_ACTS} without_the_right"),
    Rule("people", "nobody approves their own exception", _SIGN_IN,
         '    if row["name"] == actor.name:\n        refused = "same-person"',
         '    if False:\n        refused = "same-person"', "tests/desk/test_sign_in.py two_people"),
    Rule("people", "only a supervisor approves", _SIGN_IN, '    elif row["role"] != Role.SUPERVISOR:',
         "    elif False:", "tests/desk/test_sign_in.py two_people"),
    Rule("people", "an approval is good once", "counter/desk/approvals.py",
         '    if row["used_at"] is not None:', "    if False:", "tests/desk/test_approvals.py used_up"),
    Rule("people", "an approval is for one act, thing, person and desk", "counter/desk/approvals.py",
         '    if (row["kind"], row["ref"], row["requested_by"], row["desk"]) != meant:', "    if False:",
         "tests/desk/test_approvals.py nothing_and_nobody"),
    Rule("people", "an approval lasts two minutes", "counter/desk/approvals.py",
         '    if not timedelta() <= unit.now - row["granted_at"] <= LASTS:', "    if False:",
         "tests/desk/test_approvals.py does_not_keep"),
    Rule("people", "whose account is taken away does nothing more", "counter/desk/unit.py",
         "    if row is not None and (row.disabled_at is not None or row.role != actor.role):",
         "    if False:",
         "tests/desk/test_sign_in.py disabled_meanwhile"),
    Rule("people", "a password somebody else set opens nothing", _SIGN_IN,
         '    if row["password_set_by"]:\n        raise', "    if False:\n        raise",
         "tests/desk/test_sign_in.py opens_nothing"),
    Rule("people", "nobody approves with a password somebody else set", _SIGN_IN,
         '    elif row["password_set_by"]:', "    elif False:", "tests/desk/test_sign_in.py two_people"),
    Rule("people", "a lock is told to nobody who only types a name", _SIGN_IN,
         'raise refusal if named else DeskError("sign-in")', "raise refusal",
         "tests/desk/test_sign_in.py only_types_a_name"),
    Rule("people", "a locked account is answered as late as another", _SIGN_IN,
         "right = passwords.fits(ctx.cost, stored, password) and _left(ctx, seen) == _NOTHING",
         "right = _left(ctx, seen) == _NOTHING and passwords.fits(ctx.cost, stored, password)",
         "tests/desk/test_sign_in.py as_long_as_any"),
    Rule("people", "what was begun ends with the account (PostgreSQL)", "counter/desk/unit.py",
         'if unit.conn.dialect.name == "postgresql":', "if False:", "tests/desk/test_staff.py once_their"),
    Rule("people", "erasing is a supervisor's", "counter/rules/permissions.py",
         '"erasure.erase": _SUPERVISOR,', '"erasure.erase": _KEEPERS,',
         "tests/proof/test_erasure.py settled_how_long"),
    Rule("people", "what is read for one person is not told to the next", "counter/screens/shell.py",
         "            if sitting == self._sitting and get_current", "            if get_current",
         "tests/screens/test_people.py told_to_nobody"),
    Rule("people", "a desk left alone locks itself", "counter/screens/guard.py",
         "if self.signed_in and not self.locked and now - self._touched >= self.lock_minutes * 60:",
         "if False:", "tests/screens/test_people.py left_alone"),
    Rule("people", "a password typed and not used is gone after a lock", "counter/screens/guard.py",
         "                box.take()", "                pass", "tests/screens/test_people.py not_used"),
    Rule("people", "a clerk sees no staff", "counter/screens/desk.py",
         'return self.shell.ready and may(self.shell.actor.role, "staff.members")', "return self.shell.ready",
         "tests/screens/test_staff.py clerk"),
    Rule("people", "an account is taken away only after a second look", "counter/screens/staff.py",
         "        self.app.push_screen(\n            ChooseScreen(None",
         '        confirmed("x")\n        self.app.push_screen(\n            ChooseScreen(None',
         "tests/screens/test_staff.py second_look"),
    Rule("people", "a supervisor's password set by somebody else stands on the next day sheet",
         "counter/desk/rescues.py", "told = told.where(JOURNAL.c.seq > mark.seq)", "pass",
         f"{_MONEY} password_set"),
    Rule("money", "money moves in the clerk's own shift only", "counter/desk/shifts.py",
         '    if row["clerk"] != unit.actor.name:\n        raise', "    if False:\n        raise",
         f"{_MONEY} without_an_open"),
    Rule("money", "a shift of an earlier day takes no money", "counter/desk/shifts.py",
         '    if row["day"] != business_date(unit.now).isoformat():', "    if False:",
         f"{_MONEY} without_an_open"),
    Rule("money", "no money moves after the count", "counter/desk/shifts.py",
         '    if row["state"] != "open":\n        raise DeskError("shift-counted")', "    pass",
         f"{_MONEY} count_comes_before"),
    Rule("money", "a void is of this shift, a refund of an earlier one", "counter/desk/payments.py",
         'if (taken["shift_id"] == shift["id"]) != (kind == "void"):', "if False:",
         f"{_MONEY} earlier_shift_is_refunded"),
    Rule("money", "what goes back is a negated record", "counter/desk/payments.py",
         'amount_fen=-taken["amount_fen"],', 'amount_fen=taken["amount_fen"],', f"{_MONEY} new_record"),
    Rule("money", "a clerk is told no sums before the count", "counter/desk/reports.py",
         "whole = actor.role is not Role.CLERK or", "whole = True or", f"{_MONEY} count_comes_before"),
    Rule("money", "a day sheet is previewed only after the count", "counter/desk/sheet_preview.py",
         '        if shift["state"] != "counted":\n            raise DeskError("not-counted")\n', "",
         f"{_MONEY} preview"),
    Rule("money", "a difference is closed with a reason", "counter/desk/closing.py",
         "    if problem := variance_problem(variance, reason, note):", '    if problem := "":',
         f"{_MONEY} closed_as_it_is"),
    Rule("money", "the reason `other` of a difference takes a note", "counter/rules/cash.py",
         'return "variance-note" if reason == OTHER and not note else ""', 'return ""',
         f"{_MONEY} closed_as_it_is"),
    Rule("money", "a clerk sees no sum before the count", "counter/desk/shifts.py",
         "    if shift is None or actor.role is not Role.CLERK:", "    if True:",
         f"{_MONEY} count_comes_before"),
    Rule("money", "a desk number that is new beside others takes a supervisor", "counter/desk/shifts.py",
         'else "new-desk"', 'else "first"', f"{_MONEY} new_beside"),
    Rule("money", "a bill noted elsewhere is not written over", "counter/rules/status.py",
         "FeeState.ELSEWHERE: frozenset({FeeState.VOIDED}),",
         "FeeState.ELSEWHERE: frozenset({FeeState.VOIDED, FeeState.PAID}),", f"{_MONEY} goes_only_with"),
    Rule("money", "a shift opens with the last day sheet and no other", "counter/desk/shifts.py",
         '    if seen.number != closing_number(last):\n        return "other"', "    pass",
         f"{_MONEY} no_other"),
    Rule("money", "a day sheet's seal stands in the journal", "counter/desk/shifts.py",
         '        return "journal"', '        return "match"', f"{_MONEY} before_the_sheet"),
    Rule("money", "perpetual totals run on", "counter/desk/closing.py",
         "perpetual_fen=(before.perpetual_fen if before else 0) + ", "perpetual_fen=",
         f"{_MONEY} random_money"),
    Rule("money", "another price is approved for one sum", "counter/desk/fees.py",
         'return f"submission:{submission_id}:{fen}"', 'return f"submission:{submission_id}"',
         f"{_MONEY} another_price"),
    Rule("proof", "an event spelled another way is none", "db/spelling.py", "encode(found) == event and", "",
         "tests/db/test_spelling.py"),
    Rule("proof", "a start proves from the last close", "counter/desk/verify.py",
         '(f"shift:{shift}", CLOSED)', '(f"shift:{shift}", "closing.begun")', "tests/proof/test_quick.py"),
    Rule("proof", "a whole number that was seen is in the journal", "counter/desk/reveal.py",
         '        unit.tell("person.revealed", f"roster_entry:{entry_id}", reason=reason)', "        pass",
         f"{_ACTS} reveal"),
    Rule("proof", "a scan that names nobody is in the journal", "counter/screens/opening.py",
         "        submissions.record_refusal(ctx, code=answer.code, text=answer.text, actor=actor)\n"
         "    return answer\n\n\ndef unknown_text", "        pass\n    return answer\n\n\ndef unknown_text",
         f"{_ACTS} scans"),
    Rule("proof", "a copy that was refused is in the journal", "counter/desk/papers.py",
         '        note_refusal(ctx, e, actor, ref=f"paper:{digits}")', "", f"{_ACTS} refusal_a"),
    Rule("proof", "an override stands in the event of its act", "counter/desk/unit.py",
         '            body["overrides"] = self._overrides', "            pass", f"{_ACTS} override"),
    Rule("proof", "reading leaves nothing in the journal", "counter/desk/today.py",
         "    now = ctx.clock.now()\n    day = business_date(now)\n    with reading(ctx) as session:",
         "    from counter.desk.sign_in import sign_out\n    sign_out(ctx, actor=actor)\n"
         "    now = ctx.clock.now()\n    day = business_date(now)\n    with reading(ctx) as session:",
         f"{_ACTS} today"),
    Rule("proof", "an emergency paper of a time somebody sat here takes a supervisor",
         "counter/rules/late.py", "    if manned:", "    if False:", "tests/desk/test_late.py sat_here"),
    Rule("proof", "an emergency paper of another desk takes a supervisor", "counter/rules/late.py",
         "    if not own_pad:", "    if False:", "tests/desk/test_late.py another_desks"),
    Rule("proof", "at most a hundred papers are passed over", "counter/rules/late.py",
         "MOST_SKIPPED: Final = 100", "MOST_SKIPPED: Final = 1000", "tests/desk/test_late.py hundred"),
    Rule("proof", "a server put back is noticed", "counter/desk/history.py", "        _of_server(ctx)",
         "        pass", "tests/desk/test_server.py put_back"),
    Rule("proof", "a restore waits for a supervisor, also without any", "counter/desk/restore.py",
         "confirmed = actor.role is Role.SUPERVISOR", "confirmed = True",
         "tests/desk/test_restore.py before_there_was"),
    Rule("proof", "the clock's steps add up over restarts", "counter/desk/clockguard.py",
         "        if where == boot:", "        if False:", "tests/desk/test_clockguard.py over_restarts"),
    Rule("proof", "notes of approvals and closes are erased with their time", "counter/desk/erasure.py",
         "        _erase_notes(ctx, before, actor)", "        pass",
         "tests/proof/test_erasure.py free_words"),
    Rule("proof", "notes of approvals are erased with the person", "counter/desk/erasure.py",
         '        _blank_notes(unit, APPROVALS, "note", sa.or_(*about))', "        pass",
         "tests/proof/test_erasure.py words_of_an"),
    Rule("proof", "a print under way leaves no paper of somebody erased", "counter/desk/papers.py",
         'OUTBOX.c.state != "done", OUTBOX.c.error != ERASED)', 'OUTBOX.c.state != "done")',
         "tests/proof/test_erasure.py print_that_was_under_way"),
    Rule("proof", "only printed emergency papers are a clerk's to enter", "counter/desk/late.py",
         "printed=alone or known,",
         "printed=True,", "tests/desk/test_late.py no_pad_had"),
)  # fmt: skip


def seen() -> dict[str, str]:
    """Return by rule which test failed on its break."""
    found: dict[str, str] = json.loads(SEEN.read_text(encoding="utf-8")) if SEEN.exists() else {}
    return found


def tried(rule: Rule, copy: Path) -> str:
    """Break a copy of the program and return the first test that fails, empty when none does."""
    target, source = copy / rule.file, (ROOT / rule.file).read_text(encoding="utf-8")
    target.write_text(source.replace(rule.line, rule.broken), encoding="utf-8")
    file, _, names = rule.tests.partition(" ")
    line = [sys.executable, "-P", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", file]
    try:
        run = subprocess.run(
            [*line, *(("-k", names) if names else ())],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        target.write_text(source, encoding="utf-8")
    failed = re.search(r"^FAILED (\S+)", run.stdout, re.M)
    return failed[1].partition("[")[0] if failed else ""


def main(words: list[str]) -> int:
    """Try what was asked for, and note it."""
    known, green = seen(), 0
    wanted = [word for word in words if word != "--all"]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
        for rule in RULES:
            if wanted and not any(word in rule.rule for word in wanted):
                continue
            if rule.rule in known and "--all" not in words and not wanted:
                continue
            test = tried(rule, copy)
            green += not test
            print(f"{rule.rule}: {test or 'NOTHING NOTICES'}", flush=True)
            known.pop(rule.rule, None)
            if test:
                known[rule.rule] = test
            SEEN.parent.mkdir(exist_ok=True)
            text = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True)
            SEEN.write_text(text + "\n", encoding="utf-8")
    return int(bool(green))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
