"""Who may do what: one table of use case and role, which the use cases enforce and a test holds complete.

A use case is named after its place, `module.function` in `counter.desk`. What is not in the table is done by
nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a member of staff may do."""

    CLERK = "clerk"
    """Takes in, checks, decides, takes the fee."""
    SUPERVISOR = "supervisor"
    """Does a clerk's work, approves exceptions of others, closes, looks after the staff."""
    AUDITOR = "auditor"
    """Reads everything, changes nothing."""
    IT = "it"
    """Imports, backs up and proves; sees nobody's data."""


_COUNTER: Final = frozenset({Role.CLERK, Role.SUPERVISOR})
_READERS: Final = frozenset({Role.CLERK, Role.SUPERVISOR, Role.AUDITOR})
_KEEPERS: Final = frozenset({Role.SUPERVISOR, Role.IT})
_SUPERVISOR: Final = frozenset({Role.SUPERVISOR})
_IT: Final = frozenset({Role.IT})
_ALL: Final = frozenset(Role)

MAY: Final[Mapping[str, frozenset[Role]]] = {
    "backup.backup": _COUNTER | _KEEPERS,
    "backup.last_backup": _ALL,
    "checklist.add_original": _COUNTER,
    "checklist.clear_finding": _COUNTER,
    "checklist.record_finding": _COUNTER,
    "checklist.remove_original": _COUNTER,
    "clockguard.confirm_clock": _COUNTER,
    "closing.begin": _COUNTER,
    "closing.close": _COUNTER,
    "closing.closings": _READERS,
    "closing.count": _COUNTER,
    "closing.state": _READERS,
    "erasure.erase": _SUPERVISOR,
    "erasure.plan_erasure": _KEEPERS,
    "export.day_sheets": _READERS,
    "export.export_day": _READERS,
    "fees.add_bill_number": _COUNTER,
    "fees.settle_fee": _COUNTER,
    "journal_out.export_journal": _ALL,
    "late.next_paper": _COUNTER,
    "office.adopt_circular": _SUPERVISOR,
    "pads.print_pad": _COUNTER | _KEEPERS,
    "papers.paper_of": _READERS,
    "papers.papers_of": _READERS,
    "papers.print_to": _COUNTER,
    "papers.reprint": _COUNTER,
    "restored.confirm_restored": _COUNTER,
    "payments.payments_of": _READERS,
    "payments.refund_payment": _COUNTER,
    "payments.void_payment": _COUNTER,
    "payments.without_bill": _READERS,
    "reports.report": _READERS,
    "reveal.reveal": _READERS,
    "roster.import_preview": _KEEPERS,
    "roster.import_roster": _KEEPERS,
    "scan.resolve": _READERS,
    "search.details": _READERS,
    "search.look_up": _READERS,
    "search.status": _READERS,
    "sheet_preview.preview_sheet": _COUNTER,
    "shifts.current": _READERS,
    "shifts.open_shift": _COUNTER,
    "sign_in.approve": _COUNTER,
    "staff.add": _SUPERVISOR,
    "staff.begin": _IT,
    "staff.change_password": _ALL,
    "staff.disable": _SUPERVISOR,
    "staff.members": _ALL - {Role.CLERK},
    "staff.rescue": _IT,
    "staff.set_password": _SUPERVISOR,
    "submissions.admit": _COUNTER,
    "submissions.open_submission": _COUNTER,
    "submissions.open_walk_up": _COUNTER,
    "submissions.park": _COUNTER,
    "submissions.resume": _COUNTER,
    "submissions.set_situations": _COUNTER,
    "submissions.set_submitter": _COUNTER,
    "submissions.view": _READERS,
    "today.desk_view": _READERS,
    "today.parked": _READERS,
    "today.unfinished": _READERS,
    "verdicts.accept": _COUNTER,
    "verdicts.preview_accept": _COUNTER,
    "verdicts.preview_correction": _COUNTER,
    "verdicts.reject": _COUNTER,
    "verdicts.return_visit": _COUNTER,
    "verdicts.send_correction": _COUNTER,
    "verify.verify": _ALL,
    "verify.verify_quick": _ALL,
}
"""The roles that may carry out a use case."""


def may(role: Role, use_case: str) -> bool:
    """Tell whether a role may carry out a use case; one that is not in the table nobody may."""
    return role in MAY.get(use_case, frozenset())
