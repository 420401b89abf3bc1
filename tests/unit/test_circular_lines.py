"""Every value of a TOML text is found on its line, however it is written."""

from __future__ import annotations

import tomllib

from counter.circular.lines import line_of, locate
from counter.circular.loader import shipped_source
from counter.circular.problems import Path

ODD = '''# comment with [[items]] and key = 1
a.b . c = 1 # dotted
"quoted key" = 'it = "x" # no comment'
long = """
[table]
key = 2 \\""" still
""""
raw = \'\'\'
]] } "
\'\'\'
list = [ # a comment ]
  1, [2,
  3], "a,]b",
  { x = 1, y.z = [ "}" ] },
]

[one.two]
key = true

[[many]]
name = "first"
[[many.inner]]
n = 1
[[many.inner]]
n = 2
[many.sub]
deep = 2024-08-01T09:00:00
[[many]]
name = "second"
[[many.inner]]
n = 3
'''


def paths(value: object, path: Path = ()) -> list[Path]:
    if isinstance(value, dict):
        inner = [found for key, entry in value.items() for found in paths(entry, (*path, key))]
    elif isinstance(value, list):
        inner = [found for at, entry in enumerate(value) for found in paths(entry, (*path, at))]
    else:
        inner = []
    return [path, *inner]


def test_odd_spellings_keep_their_lines() -> None:
    lines = locate(ODD)
    wanted: dict[Path, str] = {
        ("a", "b", "c"): "a.b . c",
        ("quoted key",): '"quoted key"',
        ("long",): 'long = """',
        ("raw",): "raw = ",
        ("list", 1): "  1, [2",
        ("list", 1, 1): "  3]",
        ("list", 3, "y", "z", 0): "  { x = 1",
        ("one", "two", "key"): "key = true",
        ("many", 0, "inner", 1, "n"): "n = 2",
        ("many", 0, "sub", "deep"): "deep = ",
        ("many", 1, "name"): 'name = "second"',
        ("many", 1, "inner", 0, "n"): "n = 3",
    }
    rows = ODD.splitlines()
    found = {path: rows[lines[path] - 1].startswith(start) for path, start in wanted.items()}
    assert all(found.values()), found


def test_every_value_that_tomllib_reads_has_a_line() -> None:
    for text in (ODD, ODD.replace("\n", "\r\n"), shipped_source().decode()):
        read = set(paths(tomllib.loads(text))) - {()}
        assert read <= set(locate(text))


def test_a_key_that_is_not_there_is_told_at_the_table_around_it() -> None:
    lines = locate(ODD)
    assert line_of(lines, ("many", 1, "colour")) == lines[("many", 1)]
    assert line_of(lines, ("nothing",)) is None
