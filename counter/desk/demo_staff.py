"""Who works in a demo: a clerk and a supervisor, whose password everybody may know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from counter.desk.actor import Actor
    from counter.desk.context import DeskContext

CLERK_LOGIN: Final = "demo"
SUPERVISOR_LOGIN: Final = "gu"
PASSWORD: Final = "try-it-2024"  # noqa: S105  of invented people, and said on the screen


def supervisor(desk: int) -> Actor:
    """Return the demo's supervisor, who carries out its commands."""
    from counter.desk.actor import Actor, Role
    from counter.desk.demo_people import words

    return Actor(words()["supervisor"], Role.SUPERVISOR, desk)


def enlist(ctx: DeskContext) -> None:
    """Put both on the staff of fresh demo records; what everybody may know need not be dear to guess."""
    from dataclasses import replace
    from uuid import uuid4

    from counter.desk import staff
    from counter.desk.actor import Actor, Role
    from counter.desk.passwords import Cost

    cheap = replace(ctx, cost=Cost(passes=1, memory_kib=8))
    setup = Actor("setup", Role.IT, ctx.desk)
    boss = supervisor(ctx.desk)
    staff.begin(cheap, login=SUPERVISOR_LOGIN, name=boss.name, password=PASSWORD, actor=setup, key=uuid4())
    staff.add(
        cheap,
        login=CLERK_LOGIN,
        name=CLERK_LOGIN,
        role=Role.CLERK,
        password=PASSWORD,
        actor=Actor(CLERK_LOGIN, Role.SUPERVISOR, ctx.desk),  # as if chosen by its owner
        key=uuid4(),
    )
