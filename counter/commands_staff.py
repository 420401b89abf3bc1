"""Commands about people who work here: `staff add`, `list`, `disable`, `password`, `rescue`."""

from __future__ import annotations

import os
from argparse import Namespace
from typing import TYPE_CHECKING
from uuid import uuid4

from counter.clock import local
from counter.console import Desk, Exit, complain, new_secret, opened, say, say_json, secret
from counter.errors import DeskError
from counter.i18n import _
from counter.text import pad_cells

if TYPE_CHECKING:
    from counter.desk.staff import Member


def add(args: Namespace) -> int:
    """Put somebody on the staff; records without a supervisor get their first one."""
    from counter.desk import staff
    from counter.desk.actor import Role

    with opened(args) as desk:
        role = Role(args.role)
        if role is Role.SUPERVISOR and desk.actor.role is Role.IT and not staff.has_supervisor(desk.ctx):
            made = staff.begin(
                desk.ctx,
                login=args.login,
                name=args.name or args.login,
                password=new_secret(args, args.login),
                actor=desk.actor,
                key=uuid4(),
            )
        else:
            _supervisor(desk)
            made = staff.add(
                desk.ctx,
                login=args.login,
                name=args.name or args.login,
                role=role,
                password=new_secret(args, args.login),
                badge=args.badge or "",
                actor=desk.actor,
                key=uuid4(),
            )
    say(_("{name} signs in as {login}.").format(name=made.name, login=made.login))
    return Exit.OK


def members(args: Namespace) -> int:
    """List who works and worked here."""
    from counter.desk import staff

    with opened(args) as desk:
        found = staff.members(desk.ctx, actor=desk.actor)
    if args.json:
        say_json({"staff": [as_json(member) for member in found]})
        return Exit.OK
    for member in found:
        say(line(member))
    if not found:
        say(_("Nobody is on the staff yet: counter staff add LOGIN --role supervisor"))
    return Exit.OK


def disable(args: Namespace) -> int:
    """Take somebody's account away."""
    from counter.desk import staff

    with opened(args) as desk:
        _supervisor(desk)
        gone = staff.disable(desk.ctx, login=args.login, actor=desk.actor, key=uuid4())
    say(_("{name} can do nothing more.").format(name=gone.name))
    return Exit.OK


def password(args: Namespace) -> int:
    """Give somebody a new password; who asks for their own login's proves the old one and chooses."""
    from counter.desk import sign_in, staff

    if args.as_ == args.login:
        args.as_ = None
        with opened(args) as desk:
            old = secret(args, _("Password of {login}").format(login=args.login))
            new = new_secret(args, args.login)
            chosen = sign_in.choose_password(desk.ctx, login=args.login, old=old, new=new)
        say(_("{name} has a new password.").format(name=chosen.name))
        return Exit.OK
    with opened(args) as desk:
        _supervisor(desk)
        made = staff.set_password(
            desk.ctx, login=args.login, password=new_secret(args, args.login), actor=desk.actor, key=uuid4()
        )
    say(_("{name} has a new password, and chooses another at the next sign-in.").format(name=made.name))
    return Exit.OK


def rescue(args: Namespace) -> int:
    """Give a supervisor a new password when no supervisor can; for the owner of the key file."""
    from counter.desk import staff

    with opened(args) as desk:
        key = desk.home.path / "key"
        if os.name == "posix" and key.stat().st_uid != os.geteuid():
            raise DeskError("not-owner", path=key)
        made = staff.rescue(
            desk.ctx, login=args.login, password=new_secret(args, args.login), actor=desk.machine, key=uuid4()
        )
    say(_("{name} has a new password.").format(name=made.name))
    complain(_("The journal says so, and the desk shows it until the next day is closed."))
    return Exit.OK


def _supervisor(desk: Desk) -> None:
    """Ask who wants it before any password is asked for. Raises DeskError("who-asks")."""
    from counter.desk.actor import Role

    if desk.actor.role is Role.IT:
        raise DeskError("who-asks")


def line(member: Member) -> str:
    """Return one member for a person to read."""
    roles = {"clerk": _("clerk"), "supervisor": _("supervisor"), "auditor": _("auditor"), "it": _("IT")}
    state = ""
    if member.disabled_at is not None:
        state = _("taken away {day}").format(day=f"{local(member.disabled_at):%Y-%m-%d}")
    elif member.locked:
        state = _("locked after wrong passwords")
    cells = (pad_cells(member.login, 16), pad_cells(member.name, 16), pad_cells(roles[member.role], 12))
    return " ".join((*cells, state)).rstrip()


def as_json(member: Member) -> dict[str, object]:
    """Return a member as docs/json.md describes it."""
    gone = member.disabled_at
    return {
        "login": member.login,
        "name": member.name,
        "role": str(member.role),
        "badge": member.badge or None,
        "locked": member.locked,
        "created_at": local(member.created_at).isoformat(timespec="seconds"),
        "disabled_at": None if gone is None else local(gone).isoformat(timespec="seconds"),
    }
