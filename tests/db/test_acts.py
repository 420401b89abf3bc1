"""An act carried out twice under one key happens once."""

from __future__ import annotations

import threading

import pytest

from db import acts, errors
from db.engine import Records
from db.numbering import last_number, next_number
from tests.db.rows import AT

SERIES = {"office": "LYG", "series": "receipt"}


def take_fee(records: Records, key: str) -> str:
    with records.write() as session:
        if ref := acts.done(session, key):
            return ref
        ref = f"fee:{next_number(session, **SERIES, year=2024)}"
        acts.remember(session, key, "record_fee", ref, AT)
    return ref


def test_a_repeated_key_is_answered_and_not_carried_out(records: Records) -> None:
    assert take_fee(records, "a") == "fee:1"
    assert take_fee(records, "a") == "fee:1"
    assert take_fee(records, "b") == "fee:2"
    with records.read() as session:
        assert acts.done(session, "c") is None


def test_an_act_that_failed_may_be_tried_again_under_its_key(records: Records) -> None:
    with pytest.raises(ZeroDivisionError), records.write() as session:  # noqa: PT012
        acts.remember(session, "a", "record_fee", "fee:1", AT)
        raise ZeroDivisionError
    assert take_fee(records, "a") == "fee:1"


def test_one_key_pressed_at_four_desks_at_once_gives_one_fee(records: Records) -> None:
    answers: list[str] = []
    refused: list[Exception] = []

    def press() -> None:
        try:
            answers.append(take_fee(records, "a"))
        except errors.Taken as error:
            refused.append(error)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {"fee:1"}
    assert len(answers) + len(refused) == 4
    with records.read() as session:
        assert last_number(session, **SERIES, year=2024) == 1
