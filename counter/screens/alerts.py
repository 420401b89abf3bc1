"""What stands in red on the home screen until somebody has seen to it: words first, colour besides."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from counter.clock import local
from counter.i18n import _
from counter.word_lists import BACKUPS

if TYPE_CHECKING:
    from counter.desk.home_views import BackupView, DeskView


def alerts(view: DeskView) -> tuple[str, ...]:
    """Return the sentences, the most pressing first."""
    found = []
    if view.unproved:
        found.append(
            _("The journal does not prove at {row}: stop, run counter verify").format(row=view.unproved)
        )
    if view.clock is not None:
        pattern = {
            "back": _("The clock went back: it says {now}, the last act was {last}. Set it, then ^G"),
            "ahead": _("The clock ran ahead: it says {now}, the last act was {last}. Set it, then ^G"),
        }[view.clock.jump]
        found.append(pattern.format(now=_minute(view.clock.now), last=_minute(view.clock.last)))
    if view.restored is not None:
        found.append(
            _("Records restored, {n} numbers lost: a supervisor has to confirm, ^G").format(
                n=view.restored.lost
            )
        )
    if view.rescued:
        found.append(_("A supervisor's password was set by somebody else: ask who did it"))
    if view.disk_left is not None:
        found.append(_("Only {n} MiB of the disk are left: have room made").format(n=view.disk_left))
    if sentence := backup_alert(view.backup):
        found.append(sentence)
    return tuple(found)


def _minute(at: datetime) -> str:
    return f"{local(at):%m-%d %H:%M}"


def backup_alert(backup: BackupView) -> str:
    """Return what is wrong with the backups, empty when nothing is."""
    why = BACKUPS.get(backup.reason, backup.reason)
    if backup.trouble == "failed":
        return _("No backup was made: {why}").format(why=why)
    if backup.trouble == "second":
        return _("No backup in the second place: {why}").format(why=why)
    if backup.trouble == "old":
        last = f"{local(backup.at):%m-%d %H:%M}" if backup.at else _("none yet")
        return _("Backup too old: {last}; run counter backup").format(last=last)
    return ""
