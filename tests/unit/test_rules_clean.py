"""Outside text made safe."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counter.rules.clean import clean, fold_scan, one_line

ANY_TEXT = st.text(alphabet=st.characters(codec=None), max_size=300)


@given(ANY_TEXT)
def test_clean_text_holds_nothing_a_terminal_acts_on(s: str) -> None:
    out = clean(s)
    assert len(out) <= 200
    assert not {unicodedata.category(c) for c in out} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert all(c == " " or unicodedata.category(c) != "Zs" for c in out)
    out.encode("utf-8")


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing(s: str) -> None:
    assert clean(clean(s)) == clean(s)


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("\x1b]2;PWNED\x07", "\ufffd]2;PWNED\ufffd"),
        ("a\x9bb\x00c", "a\ufffdb\ufffdc"),
        ("a\u3000b\u00a0c", "a b c"),
        ("[/x] [red]重要", "[/x] [red]重要"),
        ("👩\u200d💻", "👩\ufffd💻"),
        ("\u202eabc", "\ufffdabc"),
        ("\U0002ebf0 \ue81e", "\U0002ebf0 \ue81e"),
        ("e\u0301", "é"),
        ("a\nb", "a\ufffdb"),
    ],
)
def test_clean_keeps_text_and_shows_where_a_control_was(raw: str, safe: str) -> None:
    assert clean(raw) == safe


def test_clean_is_bounded_even_for_a_megabyte() -> None:
    assert clean("王" * 1_000_000, limit=50) == "王" * 50


@given(ANY_TEXT)
def test_one_line_is_one_trimmed_line(s: str) -> None:
    out = one_line(s)
    assert len(out.splitlines()) <= 1
    assert "  " not in out


def test_one_line_joins_lines_with_a_space() -> None:
    assert one_line(" 第一行\r\n\t第二行 ") == "第一行 第二行"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("１２４０１０００００００００", "12401000000000"),
        ("\x02]C112401000000123\r\n", "12401000000123"),
        ("]C1\x1d12401000000123\t", "12401000000123"),
        ("\x1b12401000000123", "12401000000123"),
        ("\ufeff LYG-1 ", "LYG-1"),
        ("12 34", "12 34"),
        ("12\x1d34\udc80", "12\ufffd34"),
        ("12\udc8034", "12\ufffd34"),
        ("", ""),
        ("]", "]"),
    ],
)
def test_a_scan_is_folded_to_its_bare_code(raw: str, code: str) -> None:
    assert fold_scan(raw) == code


@given(ANY_TEXT)
def test_folding_a_scan_never_fails_and_is_bounded(s: str) -> None:
    code = fold_scan(s)
    assert len(code) <= 200
    code.encode("utf-8")
