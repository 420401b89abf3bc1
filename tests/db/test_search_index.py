"""A token finds its entries, the newest first, in bounded time."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db import search_index
from db.engine import Records
from tests.db import rows


def test_tokens_find_their_entries_newest_first_and_page_by_page(records: Records) -> None:
    with records.write() as session:
        entries = [rows.add_entry(session) for _ in range(5)]
        for entry in entries:
            search_index.put_tokens(session, entry, ["lyx", "liuyuxiang", f"n{entry}", ""])
    newest = sorted(entries, reverse=True)
    with records.read() as session:
        assert search_index.find(session, "lyx") == newest
        assert search_index.find(session, "lyx", limit=2) == newest[:2]
        assert search_index.find(session, "lyx", limit=2, offset=3) == newest[3:]
        assert search_index.find(session, f"n{entries[2]}") == [entries[2]]
        assert search_index.find(session, "") == []
        assert search_index.find(session, "ly") == []
        assert search_index.count(session, "lyx") == 5
        assert search_index.count(session, "lyx", cap=3) == 3
        assert search_index.count(session, "none") == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=st.lists(st.frozensets(st.sampled_from(["刘", "lv", "lu", "%", "_", "O'", "\\"])), max_size=5))
def test_the_last_word_on_an_entrys_tokens_counts(records: Records, turns: list[frozenset[str]]) -> None:
    with records.write() as session:
        entry = rows.add_entry(session)
        for tokens in turns:
            search_index.put_tokens(session, entry, tokens)
    wanted = turns[-1] if turns else frozenset()
    with records.read() as session:
        for token in ("刘", "lv", "lu", "%", "_", "O'", "\\"):
            assert (entry in search_index.find(session, token)) == (token in wanted)


def test_a_whole_roster_goes_in_at_once(records: Records) -> None:
    with records.write() as session:
        entries = [rows.add_entry(session) for _ in range(300)]
        added = search_index.add_tokens(session, ((e, ["all", "all", f"n{e}", ""]) for e in entries))
    assert added == 600
    with records.read() as session:
        assert search_index.count(session, "all") == 300
        assert search_index.find(session, "all", limit=3) == sorted(entries, reverse=True)[:3]
