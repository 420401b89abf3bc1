"""Cash and takings: counts, what should be there, and sums over movements."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter.rules.cash import (
    DENOMINATIONS,
    MOST_PIECES,
    CashProblem,
    Movement,
    counted,
    expected,
    standing,
    total,
)

PIECES = st.lists(st.integers(0, MOST_PIECES), min_size=8, max_size=8)


@st.composite
def histories(draw: Any) -> list[Movement]:
    """Return takes, some of them given back later, in their order."""
    made: list[Movement] = []
    for id in range(1, draw(st.integers(1, 40))):
        open_ = [m for m in made if m.kind == "take" and m.id not in {x.negates for x in made}]
        if open_ and draw(st.integers(0, 1)):
            back = draw(st.sampled_from(open_))
            kind = draw(st.sampled_from(("void", "refund")))
            made.append(Movement(id, kind, back.method, back.cash, -back.amount_fen, back.id))
        else:
            method = draw(st.sampled_from(("cash", "card", "wechat")))
            made.append(Movement(id, "take", method, method == "cash", draw(st.integers(1, 10**6))))
    return made


@given(PIECES)
def test_a_count_is_the_sum_of_its_kinds(pieces: list[int]) -> None:
    lines = list(zip(DENOMINATIONS, pieces, strict=True))
    assert counted(lines) == sum(fen * n for fen, n in lines)
    assert counted(lines[::-1]) == counted(lines)


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([(fen, 0) for fen in DENOMINATIONS[1:]], "lacking"),
        ([*((fen, 0) for fen in DENOMINATIONS), (10000, 1)], "kind"),
        ([(300, 1)], "kind"),
        ([(10000, -1)], "pieces"),
        ([(10000, MOST_PIECES + 1)], "pieces"),
    ],
)
def test_a_count_that_cannot_be_is_refused(lines: list[tuple[int, int]], code: str) -> None:
    with pytest.raises(CashProblem) as refused:
        counted(lines)
    assert refused.value.code == code


@given(histories())
def test_the_sum_of_all_movements_is_the_sum_of_those_still_standing(moved: list[Movement]) -> None:
    assert total(moved).fen == standing(moved).fen
    assert total(moved).count == sum(total(moved, kind).count for kind in ("take", "void", "refund"))
    methods = {m.method for m in moved}
    assert total(moved).fen == sum(total(moved, method=method).fen for method in methods)


@given(histories(), st.integers(0, 10**6))
def test_a_drawer_holds_its_float_and_the_cash_that_stands(moved: list[Movement], float_fen: int) -> None:
    assert expected(float_fen, moved) == float_fen + standing([m for m in moved if m.cash]).fen


@given(histories(), st.lists(st.integers(0, 40), max_size=5))
def test_days_cut_anywhere_add_up_to_the_whole(moved: list[Movement], cuts: list[int]) -> None:
    edges = sorted({0, len(moved), *(cut for cut in cuts if cut <= len(moved))})
    perpetual = [0]
    for a, b in pairwise(edges):
        perpetual.append(perpetual[-1] + total(moved[a:b]).fen)
    assert perpetual[-1] == total(moved).fen
