"""The settings: everything has a default, and what is wrong is refused with its line."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from counter.config import Config, load_config, template
from counter.errors import DeskError
from counter.words import sentence


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_no_file_and_an_empty_file_mean_the_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path / "config.toml", {}) == Config() == load_config(written(tmp_path, ""), {})


def test_every_setting_is_read(tmp_path: Path) -> None:
    text = """
desk = 7
clerk = "单雄"
theme = "xuan"
sound = false
closed = [2024-08-15]
open = [2024-08-17, 2024-08-18]
"""
    assert load_config(written(tmp_path, text), {}) == Config(
        desk=7,
        clerk="单雄",
        theme="xuan",
        sound=False,
        closed=frozenset({date(2024, 8, 15)}),
        open=frozenset({date(2024, 8, 17), date(2024, 8, 18)}),
    )


def test_the_template_shows_every_setting_with_its_default(tmp_path: Path) -> None:
    lines = template().splitlines()
    assert load_config(written(tmp_path, template()), {}) == Config()
    settings = [line.removeprefix("# ") for line in lines if " = " in line]
    shown = load_config(written(tmp_path, "\n".join(settings)), {})
    assert shown == Config()
    assert set(tomllib.loads("\n".join(settings))) == set(Config._fields) - {"database_url"}


def test_the_address_of_the_records_comes_from_the_environment_only(tmp_path: Path) -> None:
    url = "postgresql:///desk"
    assert load_config(tmp_path / "none", {"COUNTER_DATABASE_URL": url}).database_url == url
    assert load_config(tmp_path / "none", {"COUNTER_DATABASE_URL": ""}).database_url is None
    with pytest.raises(DeskError, match="config-unknown-key"):
        load_config(written(tmp_path, f'database_url = "{url}"'), {})


def test_an_unknown_key_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DeskError) as refused:
        load_config(written(tmp_path, "desk = 1\n\n[office]\nname = 'x'\n"), {})
    assert (refused.value.code, refused.value.facts["line"], refused.value.facts["key"]) == (
        "config-unknown-key",
        3,
        "office",
    )
    assert "office" in sentence(refused.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\ndesk = 0", 2),
        ("desk = 100", 1),
        ("desk = true", 1),
        ('desk = "1"', 1),
        ("clerk = 3", 1),
        (f'clerk = "{"x" * 41}"', 1),
        ('clerk = "a\\u001b[2J"', 1),
        ('theme = "neon"', 1),
        ("sound = 1", 1),
        ("closed = 2024-08-15", 1),
        ("closed = [2024-08-15T00:00:00]", 1),
        ('open = ["2024-08-15"]', 1),
        ("closed = [2024-08-15]\nopen = [2024-08-15]", 2),
        ("desk = 1\ndesk = 2", 2),
        ("desk =", 1),
        ("desk = 1\nclerk = [\nsound = true", 3),
        (b"clerk = '\xff'", "—"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_line(tmp_path: Path, text: str | bytes, line: object) -> None:
    with pytest.raises(DeskError) as refused:
        load_config(written(tmp_path, text), {})
    assert refused.value.code == "config-invalid"
    assert refused.value.facts["line"] == line
    assert str(line) in sentence(refused.value)
