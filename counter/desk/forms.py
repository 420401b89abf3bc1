"""What a clerk enters, as the use cases take it: frozen, unvalidated, in the words of the circular."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from counter.rules.checklist import FindingInput

if TYPE_CHECKING:
    from counter.desk.views import ApprovalId

__all__ = ["FeeInput", "FindingInput", "LateForm", "WalkUpForm"]


@dataclass(frozen=True, kw_only=True)
class LateForm:
    """What stands on an emergency paper that is entered afterwards."""

    number: str
    """As printed, such as 01-0031."""
    occurred_at: datetime
    """When the person stood at the counter, aware."""
    skip: bool = False
    """Whether the papers between the last one entered and this one were unused or spoilt."""


@dataclass(frozen=True, kw_only=True)
class WalkUpForm:
    """A person at the counter who is not on the roster, as typed by the clerk."""

    online_id: str
    name: str
    pinyin: str = ""
    """Only for what no reading table knows; empty means derived from the name."""
    id_kind: str = ""
    """Code of the identity document; empty means told by the number's form."""
    id_number: str
    phone: str = ""
    employer: str
    county: str = ""
    department: str = ""
    specialty: str
    """Code in the circular, or its name or an alias."""
    situations: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FeeInput:
    """How the fee is settled, or that it is still due."""

    method: str
    """Code of the circular's fee method."""
    tendered_fen: int = 0
    """What was handed over in cash, in fen; 0 means the exact amount."""
    amount_fen: int = 0
    """Another sum than the circular's, in fen; 0 means the circular's. Needs `approval`."""
    approval: ApprovalId | None = None
    """A supervisor's approval of kind `price`."""
    bill_code: str = ""
    bill_number: str = ""
    document_no: str = ""


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field of a form: a code and its facts, never the text typed."""

    field: str
    code: str
    """`empty`, `unknown`, `pattern`, `long`, `control`, or `name_...`, `identity_...`, `phone_...`."""
    facts: dict[str, object]
