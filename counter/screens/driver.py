"""The terminal's keys, handed on as they were read.

The stock driver stamps each key when it comes to parse it and hands it on by itself. A busy machine holds it
up between two keys of one scan for longer than a scanner ever pauses, and the scan would fall apart. It also
ends the program at a byte that is no UTF-8, which a terminal set to another encoding sends for every hanzi.
"""

from __future__ import annotations

import asyncio
import os
import selectors
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable
from typing import Final

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

CHUNK: Final = 4096
"""Bytes asked for at a time, which is as many as a terminal holds."""

MOST: Final = 16 * CHUNK
"""Bytes handed on together; what a pasted book brings beyond that comes with the next."""

HUNG_UP: Final = 143
"""How a desk ends whose terminal is gone, as it does by the signal that most often says so."""

PATIENCE: Final = 0.1
"""Seconds until it is looked whether a lone Esc is a key, and whether the terminal is to be given back."""


class WholeReads(LinuxDriver):
    """Gives all keys that waited together one time, and hands them on together."""

    _held: list[Message] | None = None
    """What came so far of keys that wait together; None while none are worked."""

    _gone = False
    """True once the terminal hung up: it is readable for ever then and has nothing to read."""

    def run_input_thread(self) -> None:
        """Read keys until the terminal is given back or gone."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not (self._gone or self.exit_event.is_set()):
                self._together(lambda: self._waiting(selector, parser, decode))
                self._together(parser.tick)
        if self._gone:
            self._app.call_later(self._app.exit, None, HUNG_UP)

    def send_message(self, message: Message) -> None:
        """Keep what belongs together until all of it is there."""
        if self._held is None:
            super().send_message(message)
        else:
            self._held.append(message)

    def _waiting(
        self, selector: selectors.SelectSelector, parser: XTermParser, decode: Callable[[bytes], str]
    ) -> Iterable[Message]:
        """Yield what waits to be read, and what came behind it meanwhile: one write may come in two."""
        size, patience = 0, PATIENCE
        while size < MOST and selector.select(patience):
            data = self._read()
            if not data:
                self._gone = True
                return
            size, patience = size + len(data), 0.0
            if text := decode(data):
                yield from parser.feed(text)

    def _read(self) -> bytes:
        """Return what waits, nothing when the terminal is gone."""
        try:
            return os.read(self.fileno, CHUNK)
        except OSError:  # a hung-up line says so by an error or by its end, as the system likes
            return b""

    def _together(self, come: Callable[[], Iterable[Message]]) -> None:
        """Hand on what comes: the time of the first for all of it, and nothing of it before the rest."""
        held: list[Message] = []
        self._held, at = held, None
        for message in come():
            message.time = at = at or message.time
            self.process_message(message)
        self._held = None
        if held:
            asyncio.run_coroutine_threadsafe(self._hand_on(held), loop=self._loop)

    async def _hand_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            await self._app._post_message(message)
