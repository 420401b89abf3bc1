"""The one exception of the paper: a stable code and its facts.

The sentence a clerk reads is made elsewhere from the code, so that a paper never decides the language.
"""

from __future__ import annotations


class PaperError(Exception):
    """A paper that cannot be made as asked, so nothing is printed.

    Codes and their facts:
    `bad-number` (reason), `bad-data` (reason), `missing-glyph`, `private-use`, `control-character`
    (char, code, count), `template-version` (paper, version), `template-warning` (message),
    `typeset` (message), `bad-barcode` (reason).
    """

    def __init__(self, code: str, /, **facts: str | int) -> None:
        super().__init__(f"{code} {facts}" if facts else code)
        self.code = code
        self.facts = facts
