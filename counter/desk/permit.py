"""The door every use case has: its actor's role is looked up in the one table before anything is read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

from counter.errors import DeskError
from counter.rules.permissions import may

if TYPE_CHECKING:
    from counter.desk.actor import Actor
    from counter.desk.context import DeskContext

P = ParamSpec("P")
R = TypeVar("R")

USE_CASES: Final[dict[str, Callable[..., Any]]] = {}
"""Every use case by name, filled as the modules are imported; a test holds it against the table."""


def use_case(work: Callable[Concatenate[DeskContext, P], R]) -> Callable[Concatenate[DeskContext, P], R]:
    """Let only those roles carry out `work` that the table names; `work` has a keyword `actor`.

    The use case then raises DeskError("not-permitted", act, role) besides its own, and the journal hears of
    the attempt.
    """
    name = f"{work.__module__.rpartition('.')[2]}.{work.__name__}"

    @wraps(work)
    def permitted(ctx: DeskContext, *args: P.args, **kwargs: P.kwargs) -> R:
        actor: Any = kwargs.get("actor")
        if actor is not None:
            require(ctx, name, actor)
        return work(ctx, *args, **kwargs)

    USE_CASES[name] = permitted
    return permitted  # type: ignore[return-value]  # wraps gives the first parameter a name


def require(ctx: DeskContext, name: str, actor: Actor) -> None:
    """Let pass whom the table names. Raises DeskError("not-permitted", act, role)."""
    if may(actor.role, name):
        return
    from counter.desk.refusals import record_refusal

    with suppress(DeskError):  # the refusal itself is what counts
        record_refusal(ctx, code="not-permitted", ref=name[:60], actor=actor)
    raise DeskError("not-permitted", act=name, role=str(actor.role))
