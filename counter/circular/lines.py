"""On which line of a TOML text each value stands.

tomllib keeps no positions, and a mistake without its line is a long search for whoever edits a circular. The
scan expects text that tomllib has accepted, so it looks only for what moves a position: keys, tables, lists.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from counter.circular.problems import Path

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_BASIC: Final = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_LITERAL: Final = re.compile(r"'([^'\n]*)'")
_LONG_BASIC: Final = re.compile(r'"""(?:[^\\]|\\.)*?"""{1,3}', re.DOTALL)
_LONG_LITERAL: Final = re.compile(r"'''.*?'''{1,3}", re.DOTALL)
_SPACE: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR: Final = re.compile(r"[^,\]}#\n]+")


def locate(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every key, table and list entry of a valid TOML text."""
    return _Scan(text).run()


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """Return the line of a value, or of the nearest table around it; None when only the file is around it."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


class _Scan:
    """One pass over the text; `pos` only moves forward."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.line = 1
        self.counted = 0
        self.lines: dict[Path, int] = {}
        self.entries: dict[Path, int] = {}

    def run(self) -> dict[Path, int]:
        prefix: Path = ()
        while self._skip():
            if self.text.startswith("[[", self.pos):
                prefix = self._header(2)
            elif self.text[self.pos] == "[":
                prefix = self._header(1)
            else:
                self._pair(prefix)
        return self.lines

    def _header(self, brackets: int) -> Path:
        line = self._here()
        self.pos += brackets
        *outer, last = self._keys()
        self.pos += brackets
        path: Path = ()
        for key in outer:
            path = self._entered((*path, key))
            self.lines.setdefault(path, line)
        path = (*path, last)
        self.lines.setdefault(path, line)
        if brackets == 1:
            return path
        position = self.entries.get(path, 0)
        self.entries[path] = position + 1
        path = (*path, position)
        self.lines[path] = line
        return path

    def _entered(self, path: Path) -> Path:
        """Step into the last entry where a header passes through a list of tables."""
        return (*path, self.entries[path] - 1) if path in self.entries else path

    def _pair(self, prefix: Path) -> None:
        line = self._here()
        path = prefix
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self.pos += 1  # the equals sign
        self._value(path)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._skip()
            for pattern in (_BARE, _BASIC, _LITERAL):
                if found := pattern.match(self.text, self.pos):
                    break
            else:  # pragma: no cover - tomllib has refused such a text
                raise ValueError(self.pos)
            keys.append(found[found.lastindex or 0])
            self.pos = found.end()
            self._skip()
            if self.text[self.pos : self.pos + 1] != ".":
                return keys
            self.pos += 1

    def _value(self, path: Path) -> None:
        self._skip()
        sign = self.text[self.pos]
        if sign == "[":
            self._list(path)
        elif sign == "{":
            self._inline(path)
        else:
            for pattern in (_LONG_BASIC, _LONG_LITERAL, _BASIC, _LITERAL, _SCALAR):
                if found := pattern.match(self.text, self.pos):
                    self.pos = found.end()
                    return

    def _list(self, path: Path) -> None:
        self.pos += 1
        position = 0
        while self._skip() and self.text[self.pos] != "]":
            if self.text[self.pos] == ",":
                self.pos += 1
                continue
            entry = (*path, position)
            self.lines[entry] = self._here()
            self._value(entry)
            position += 1
        self.pos += 1

    def _inline(self, path: Path) -> None:
        self.pos += 1
        while self._skip() and self.text[self.pos] != "}":
            if self.text[self.pos] == ",":
                self.pos += 1
                continue
            self._pair(path)
        self.pos += 1

    def _skip(self) -> bool:
        """Pass blanks, line ends and comments; False at the end of the text."""
        found = _SPACE.match(self.text, self.pos)
        assert found is not None
        self.pos = found.end()
        return self.pos < len(self.text)

    def _here(self) -> int:
        self.line += self.text.count("\n", self.counted, self.pos)
        self.counted = self.pos
        return self.line
