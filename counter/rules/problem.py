"""Refusals of the rules: a stable code and the facts its sentence needs, never the sentence itself."""

from __future__ import annotations


class Problem(ValueError):
    """Something outside does not fit a rule.

    `code` is stable and tested; `facts` fill the named fields of the sentence that belongs to the code.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
