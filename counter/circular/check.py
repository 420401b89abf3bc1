"""Whether a circular of the right shape also makes sense: the parts of it agree with each other."""

from __future__ import annotations

from collections.abc import Iterator

from counter.circular.check_items import item_mistakes
from counter.circular.check_lists import list_mistakes
from counter.circular.check_matters import matter_mistakes
from counter.circular.check_texts import text_mistakes
from counter.circular.check_time import time_mistakes
from counter.circular.model import Circular
from counter.circular.problems import Mistake


def mistakes_in(circular: Circular) -> Iterator[Mistake]:
    """Yield every mistake in the sense of a circular, each with the place it is at."""
    yield from text_mistakes(circular)
    yield from list_mistakes(circular)
    yield from time_mistakes(circular)
    yield from item_mistakes(circular)
    yield from matter_mistakes(circular)
