"""Numbers come one after the other, none missing, none twice, whatever breaks in between."""

from __future__ import annotations

import multiprocessing
import random
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from db import errors
from db.engine import Records, open_records
from db.numbering import last_number, next_number
from db.tables import Counter
from tests.db import rows
from tests.fixtures_db import KEY, postgres_url, sqlite_file

SERIES: dict[str, Any] = {"office": "LYG", "series": "receipt", "year": 2024}


class BreakOffError(Exception):
    """Something went wrong in the middle of an act."""


def take(records: Records, fail: bool = False, **series: Any) -> int:
    with records.write() as session:
        number = next_number(session, **SERIES | series)
        if fail:
            raise BreakOffError
    return number


def target(kind: str, folder: Path) -> str:
    return str(sqlite_file(folder)) if kind == "sqlite" else postgres_url()


def test_the_first_number_of_a_series_is_one(records: Records) -> None:
    assert [take(records) for _ in range(3)] == [1, 2, 3]
    assert take(records, series="notice") == 1
    assert [take(records, year=2025) for _ in range(2)] == [1, 2]
    assert take(records, office="XZ") == 1
    with records.read() as session:
        assert last_number(session, office="LYG", series="receipt", year=2024) == 3
        assert last_number(session, office="LYG", series="none", year=2024) == 0


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=12))
def test_a_number_not_committed_comes_again(records: Records, acts: list[tuple[str, bool]]) -> None:
    with records.read() as session:
        before = {c.series: c.n for c in session.exec(select(Counter))}
    model = dict(before)
    for series, fails in acts:
        if fails:
            with pytest.raises(BreakOffError):
                take(records, fail=True, series=series)
        else:
            model[series] = model.get(series, 0) + 1
            assert take(records, series=series) == model[series]
    with records.read() as session:
        assert {c.series: c.n for c in session.exec(select(Counter))} == model


def test_a_refused_row_costs_no_number(records: Records) -> None:
    with records.write() as session:
        submission = rows.add_submission(session)
        rows.add_fee(session, submission)
        assert next_number(session, **SERIES) == 1
    with pytest.raises(errors.Taken), records.write() as session:  # noqa: PT012
        next_number(session, **SERIES)
        rows.add_fee(session, submission)
    assert take(records) == 2


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_threads_share_a_series_without_holes(kind: str, tmp_path: Path) -> None:
    records = open_records(target(kind, tmp_path), KEY)
    taken: list[int] = []

    def work(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(20):
            try:
                taken.append(take(records, fail=chance.random() < 0.2))
            except BreakOffError:
                continue

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    records.close()
    assert sorted(taken) == list(range(1, len(taken) + 1))
    assert len(taken) > 50


def _desk(where: str, seed: int, acts: int, queue: Any) -> None:
    records = open_records(where, KEY)
    chance, taken = random.Random(seed), []
    for _ in range(acts):
        try:
            with records.write() as session:
                number = next_number(session, **SERIES)
                rows.write_event(session, number)
                if chance.random() < 0.1:
                    raise BreakOffError
            taken.append(number)
        except BreakOffError:
            continue
    records.close()
    queue.put(taken)


def _desks(where: str, acts: int) -> list[int]:
    spawn = multiprocessing.get_context("spawn")
    queue = spawn.Queue()
    records = open_records(where, KEY)
    with records.write() as session:
        rows.start_journal(session)
    desks = [spawn.Process(target=_desk, args=(where, seed, acts, queue)) for seed in range(3)]
    for desk in desks:
        desk.start()
    taken = [number for _ in desks for number in queue.get(timeout=600)]
    for desk in desks:
        desk.join()
    from db import journal

    with records.read() as session:
        report = journal.verify(session)
        assert report.ok
        assert report.count == len(taken) + 1
        assert last_number(session, office="LYG", series="receipt", year=2024) == len(taken)
    records.close()
    return taken


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_desks_of_their_own_process_share_a_series_without_holes(kind: str, tmp_path: Path) -> None:
    taken = _desks(target(kind, tmp_path), acts=40)
    assert sorted(taken) == list(range(1, len(taken) + 1))


@pytest.mark.long
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_desks_share_a_series_without_holes_for_long(kind: str, tmp_path: Path) -> None:
    taken = _desks(target(kind, tmp_path), acts=4000)
    assert sorted(taken) == list(range(1, len(taken) + 1))


def test_two_desks_that_take_numbers_and_write_events_in_any_order_never_lock_each_other_out(
    postgres_records: Records,
) -> None:
    with postgres_records.write() as session:
        rows.start_journal(session)
    failed: list[BaseException] = []

    def number_first() -> None:
        with postgres_records.write() as session:
            next_number(session, **SERIES)
            rows.write_event(session)

    def event_first() -> None:
        with postgres_records.write() as session:
            rows.write_event(session)
            next_number(session, **SERIES)

    def work(act: Any) -> None:
        try:
            for _ in range(25):
                act()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(act,)) for act in (number_first, event_first)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_desk_that_hangs_makes_others_wait_no_longer_than_the_limit(postgres_records: Records) -> None:
    with postgres_records.write() as hanging:
        next_number(hanging, **SERIES)
        with pytest.raises(errors.Busy), postgres_records.write() as session:  # noqa: PT012
            session.connection().exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
            next_number(session, **SERIES)
