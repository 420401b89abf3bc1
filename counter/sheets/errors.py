"""Refusals of the spreadsheet reader and writer: a stable code and the facts its sentence needs."""

from __future__ import annotations


class SheetError(Exception):
    """A file that cannot be read or written as asked.

    `code` is stable and tested; `facts` fill the named fields of the sentence that belongs to the code.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
