"""The one exception a use case raises on purpose: a stable code and its facts.

The sentence that belongs to a code lives in `counter/words.py`, so that a screen, the command line and a
log say the same thing and tests can hold to the code.
"""

from __future__ import annotations


class DeskError(Exception):
    """A refusal the person in front of the screen can act on.

    `code` is stable and documented; `facts` fill the sentence's named fields and never hold more personal
    data than the screen that shows them already does.
    """

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
