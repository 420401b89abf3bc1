"""A server that goes away at the worst moment: between COMMIT and its answer, and again under load.

A relay stands between the desk and PostgreSQL. When it sees a COMMIT it passes it on, or does not, and cuts
the line before the answer. The desk has to say within five seconds what really happened, or leave it to the
same key, which then has to find out.
"""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from counter.desk import checklist, submissions
from counter.desk.views import SubmissionId, SubmissionView
from counter.errors import DeskError
from db.engine import open_records
from tests import pg
from tests.builders import CLERK, Office, office_at
from tests.faults.shiftwork import AT
from tests.faults.tally import Tally
from tests.fixtures_db import postgres_url

SOON: Final = 5.0
"""Seconds after which nobody may be left wondering."""


class Relay:
    """Passes bytes between desks and the server, and cuts the line at a COMMIT when told to."""

    def __init__(self, server: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="relay-", dir="/tmp"))
        self._server = str(server / ".s.PGSQL.5432")
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(self.folder / ".s.PGSQL.5432"))
        self._door.listen(50)
        self.cut = ""
        """`before` the COMMIT reaches the server, or `after` it has answered; empty passes all on."""
        self.cuts = 0
        self._mute: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()
            threading.Thread(target=self._pass_back, args=(client, server), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self.cut and b"COMMIT\x00" in data:
                    how, self.cut = self.cut, ""
                    self.cuts += 1
                    if how == "after":
                        self._mute.add(client)
                        server.sendall(data)
                        time.sleep(0.05)  # the server commits; its answer is nobody's any more
                    break
                server.sendall(data)
        _hang_up(client, server)

    def _pass_back(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if client not in self._mute:
                    client.sendall(data)
        _hang_up(client, server)

    def close(self) -> None:
        """Let nobody in any more."""
        self._door.close()


def _hang_up(*lines: socket.socket) -> None:
    for line in lines:
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        line.close()


def commits_cut(folder: Path, seed: int, count: int) -> Tally:
    """Cut so many COMMITs; the desk's answer has to be the truth, and soon."""
    tally = Tally("cut-commits", seed)
    chance = random.Random(seed)
    url = postgres_url()
    relay = Relay(pg.server().root)
    through = url.replace(f"host={pg.server().root}", f"host={relay.folder}")
    plain = office_at(folder / "home", open_records(url), at=AT)
    desk = office_at(folder / "home", open_records(through), at=AT)
    sub = plain.opened()
    for _ in range(count):
        key = UUID(int=chance.getrandbits(128), version=4)
        note = f"{chance.getrandbits(32):08x}"
        relay.cut = how = chance.choice(("before", "after"))
        began = time.monotonic()
        said = _park(desk, sub, note, key)
        took = time.monotonic() - began
        relay.cut = ""
        plain.ctx.memory.forget()
        there = submissions.view(plain.ctx, sub.id, actor=CLERK)
        stored = there.park_note == note
        if took > SOON:
            tally.count(f"{took:.1f} s", f"seed {seed}, cut {how}")
        elif isinstance(said, SubmissionView):
            tally.count("" if stored and said.park_note == note else "said yes, stored nothing")
        else:
            again = _park(desk, sub, note, key)
            good = isinstance(again, SubmissionView) and again.park_note == note
            tally.count("" if good else f"asked again: {again!r}", f"seed {seed}, cut {how}")
            if stored and said.code != "outcome-unknown":
                tally.failures.append(f"seed {seed}: said {said.code}, but it is stored")
        tally.add(f"cut {how} the commit")
        tally.add("slowest ms", max(0, round(took * 1000) - tally.facts.get("slowest ms", 0)))
        sub = submissions.resume(
            plain.ctx,
            submission_id=sub.id,
            version=submissions.view(plain.ctx, sub.id, actor=CLERK).version,
            actor=CLERK,
            key=UUID(int=chance.getrandbits(128), version=4),
        )
    plain.ctx.records.close()
    desk.ctx.records.close()
    relay.close()
    return tally


def _park(desk: Office, sub: SubmissionView, note: str, key: UUID) -> SubmissionView | DeskError:
    try:
        return submissions.park(
            desk.ctx, submission_id=sub.id, version=sub.version, note=note, actor=CLERK, key=key
        )
    except DeskError as error:
        return error


def _put_in(desk: Office, sub: SubmissionView, turn: int, key: UUID) -> SubmissionView:
    kind = sub.originals_expected[0].code
    how = {"item": "B-01", "kind": kind, "title": f"第{turn}件"}
    return checklist.add_original(
        desk.ctx, submission_id=sub.id, version=sub.version, actor=CLERK, key=key, **how
    )


class Restarting(pg.Server):
    """A server of its own that can be stopped and started."""

    def restart(self, how: signal.Signals) -> None:
        """Stop as `pg_ctl stop -m fast` (SIGINT) or `immediate` (SIGQUIT) would, and start again."""
        assert self._process is not None
        command, user = self._process.args, self.root.stat()
        self._process.send_signal(how)
        self._process.wait(20)
        with (self.root / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self.root)},
                start_new_session=True,
                user=user.st_uid,
                group=user.st_gid,
                extra_groups=[],
            )
        self.wait()


def restarts(folder: Path, seed: int, count: int) -> Tally:
    """Restart the server under a working desk; each act is asked for with its key until it is done."""
    tally = Tally("restarts", seed)
    chance = random.Random(seed)
    server = Restarting()
    url = server.database()
    desk = office_at(folder / "home", open_records(url), at=AT)
    people = [desk.person() for _ in range(40)]
    done: list[int] = []
    stop = threading.Event()
    wrong: list[str] = []
    slowest = [0.0]

    def work() -> None:
        sub = desk.open(people[0])
        turn = 0
        while not stop.is_set():
            turn += 1
            key, began = UUID(int=chance.getrandbits(128), version=4), time.monotonic()
            while True:
                try:
                    sub = _put_in(desk, sub, turn, key)
                except DeskError:
                    time.sleep(0.05)
                    continue
                break
            slowest[0] = max(slowest[0], time.monotonic() - began)
            done.append(turn)

    worker = threading.Thread(target=work)
    worker.start()
    for _ in range(count):
        time.sleep(chance.uniform(0.3, 0.8))
        server.restart(chance.choice((signal.SIGINT, signal.SIGQUIT)))
        tally.tried += 1
    time.sleep(0.3)
    stop.set()
    worker.join(30)
    desk.ctx.memory.forget()
    titles = [o.title for o in submissions.view(desk.ctx, SubmissionId(1), actor=CLERK).originals]
    wrong += [f"{len(titles) - len(set(titles))} acts done twice"] if len(set(titles)) < len(titles) else []
    lost = {f"第{n}件" for n in done} - set(titles)
    wrong += [f"{len(lost)} told and lost"] if lost else []
    tally.failures += [f"seed {seed}: {what}" for what in wrong]
    tally.add("acts", len(done))
    tally.add("slowest ms", round(slowest[0] * 1000))
    desk.ctx.records.close()
    server.stop()
    return tally
