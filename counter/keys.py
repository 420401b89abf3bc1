"""Every key of the desk, once: key bar, F1 help, palette, bindings and the README's table derive from it.

Meanings are fixed so that hands learn places: F1 help, F3 look-up, F4 reprint, F8 park (in a dialog its
second act), F9 the one main act, Esc back, Space 齐. No bare letter or digit acts anywhere, because a scan is
keys too, and Enter only ever takes what stands in a scan box.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from textual.binding import Binding, BindingType

from counter.i18n import _


class Key(NamedTuple):
    """One key in one area."""

    id: str
    """`area.action`; the part after the dot names the screen's `action_` method."""
    key: str
    """As Textual names it."""
    label: str
    """For the key bar, at most 4 cells."""
    sentence: str
    """For help and palette."""
    palette: bool = True
    """False for moving about, which a list of commands does not need."""

    @property
    def area(self) -> str:
        """Return where the key holds."""
        return self.id.partition(".")[0]

    @property
    def action(self) -> str:
        """Return the action it runs."""
        return self.id.partition(".")[2]

    @property
    def shown(self) -> str:
        """Return the key as written on the screen."""
        return key_name(self.key)


def key_name(key: str) -> str:
    """Return a key's name as the clerk reads it: F9, Esc, ^P, or a word for the others."""
    return _NAMES.get(key) or (f"^{key[-1].upper()}" if key.startswith("ctrl+") else key.upper())


_NAMES: Final[Mapping[str, str]] = {
    "escape": "Esc",
    "space": _("Space"),
    "up": _("Up"),
    "down": _("Down"),
    "pageup": _("PgUp"),
    "pagedown": _("PgDn"),
    "backspace": _("Backspace"),
    "delete": "Del",
    "tab": "Tab",
    "enter": _("Enter"),
}

KEYS: Final[tuple[Key, ...]] = (
    Key("every.help", "f1", _("Help"), _("Show the keys that work here.")),
    Key("every.palette", "ctrl+p", _("Cmds"), _("List everything that can be done here."), palette=False),
    Key("every.leave", "ctrl+q", _("Quit"), _("Save what is under way and leave the desk.")),
    Key("every.theme", "ctrl+t", _("Look"), _("Change between the dark and the light look.")),
    Key("every.lock", "ctrl+l", _("Lock"), _("Cover the screen until the same person is back.")),
    Key("door.act", "f9", _("Sign"), _("Take what was typed.")),
    Key("door.cancel", "escape", _("Quit"), _("Leave the desk."), palette=False),
    Key("door.next_field", "down", _("Down"), _("Next field."), palette=False),
    Key("door.previous_field", "up", _("Up"), _("Previous field."), palette=False),
    Key("demo_door.clerk", "f2", _("Clrk"), _("Sign in as the demo's clerk.")),
    Key("demo_door.supervisor", "f8", _("Sup"), _("Sign in as the demo's supervisor.")),
    Key("lock.act", "f9", _("Unlk"), _("Unlock with the password of who works here.")),
    Key("lock.sign_out", "f8", _("Exit"), _("Sign out, so that somebody else can work.")),
    Key("approve.act", "f9", _("Appr"), _("Approve, with the supervisor's password.")),
    Key("approve.next_field", "down", _("Down"), _("Next field."), palette=False),
    Key("approve.previous_field", "up", _("Up"), _("Previous field."), palette=False),
    Key("desk.walk_up", "f2", _("New"), _("Take in someone who is not on the roster.")),
    Key("desk.look_up", "f3", _("Find"), _("Look up where a submission stands.")),
    Key("desk.reprint", "f4", _("Copy"), _("Print the papers of the marked submission again, as a copy.")),
    Key("desk.day_close", "f7", _("Till"), _("Open a shift, or count the drawer and close the day.")),
    Key("desk.bills", "f6", _("Bill"), _("List the fees whose fiscal bill has no number yet.")),
    Key("desk.parked", "f8", _("Park"), _("List what is parked or not finished, take one up.")),
    Key("desk.open", "f9", _("Open"), _("Open the marked submission.")),
    Key("desk.confirm", "ctrl+g", _("Conf"), _("Confirm what stands in red: clock, restore.")),
    Key("desk.late", "ctrl+o", _("Late"), _("Enter what was taken in on an emergency paper.")),
    Key("desk.staff", "f5", _("Staf"), _("Look after who works here: add, password, take away.")),
    Key("desk.password", "ctrl+y", _("Pass"), _("Change your own password.")),
    Key("desk.clear", "escape", _("Back"), _("Empty the box and unmark the list."), palette=False),
    Key("search.walk_up", "f2", _("New"), _("Take in someone who is not on the roster.")),
    Key("search.reprint", "f4", _("Copy"), _("Print the papers of the marked submission again, as a copy.")),
    Key("search.open", "f9", _("Open"), _("Open the marked person's submission, or begin one.")),
    Key("search.reveal", "ctrl+n", _("Full"), _("See whole ID and phone number, with a reason.")),
    Key("search.clear", "escape", _("Clr"), _("Empty the box; when it is empty, go back to the desk.")),
    Key(
        "submission.ok",
        "space",
        _("OK"),
        _("In order: copy there, agrees, sealed, full count; on to the next."),
    ),
    Key("submission.originals", "f2", _("Orig"), _("List the originals that go into the bag.")),
    Key("submission.look_up", "f3", _("Find"), _("Look something up; this submission stays as it is.")),
    Key("submission.count", "f4", _("Num"), _("Enter how many copies there are.")),
    Key("submission.missing", "f5", _("Miss"), _("Missing: note why.")),
    Key("submission.defect", "f6", _("Flaw"), _("Defective: choose one or several reasons.")),
    Key("submission.waive", "f7", _("Free"), _("Not needed: choose the reason the circular allows.")),
    Key("submission.park", "f8", _("Park"), _("Put it aside; a scan takes it up again.")),
    Key("submission.finish", "f9", _("Done"), _("Decide: accept, or print what has to be put right.")),
    Key("submission.back", "escape", _("Back"), _("Back to the desk; everything is saved.")),
    Key("submission.clear", "delete", _("Del"), _("Take back the finding of this item.")),
    Key("submission.reject", "ctrl+r", _("No"), _("Refuse the submission on a coded ground.")),
    Key("submission.situations", "ctrl+s", _("Case"), _("Correct which situations are declared.")),
    Key("submission.submitter", "ctrl+o", _("Who"), _("Note who brought the papers.")),
    Key(
        "submission.reveal",
        "ctrl+n",
        _("Full"),
        _("See whole ID and phone number, with a reason."),
    ),
    Key(
        "submission.reprint", "ctrl+y", _("Copy"), _("Print the papers of this submission again, as a copy.")
    ),
    Key("submission.void", "ctrl+u", _("Void"), _("Void or give back a payment, with a supervisor.")),
    Key("settled.bill", "f4", _("Bill"), _("Add the number of the fiscal bill that was not known yet.")),
    Key("close.act", "f9", _("See"), _("Do what this step of the close is for.")),
    Key("close.report", "f2", _("Sums"), _("See the figures of the shift so far.")),
    Key("close.preview", "f8", _("View"), _("See the day sheet before the close.")),
    Key("close.look_up", "f3", _("Find"), _("Look up where a submission stands.")),
    Key("close.bills", "f4", _("Bill"), _("List the fees whose fiscal bill has no number yet.")),
    Key("close.down", "down", _("Down"), _("Next kind of note or coin."), palette=False),
    Key("close.up", "up", _("Up"), _("The kind before."), palette=False),
    Key("close.back", "escape", _("Back"), _("Back to the desk; what was counted stays."), palette=False),
    Key("shift.act", "f9", _("Begn"), _("Open the shift with this float.")),
    Key("shift.approve", "f8", _("Sup."), _("Have a supervisor allow a sheet that differs.")),
    Key("report.act", "f9", _("Know"), _("Back to the work.")),
    Key("report.approve", "f8", _("Sup."), _("Have a supervisor allow the sums.")),
    Key("staff.act", "f9", _("Pass"), _("Give the marked one a new password.")),
    Key("staff.add", "f2", _("New"), _("Put somebody on the staff.")),
    Key("staff.disable", "f8", _("End"), _("Take the marked one's account away.")),
    Key("staff_form.act", "f9", _("Keep"), _("Save what was typed.")),
    Key("staff_form.role", "f4", _("Role"), _("Choose what somebody new may do.")),
    Key("staff_form.next_field", "down", _("Down"), _("Next field."), palette=False),
    Key("staff_form.previous_field", "up", _("Up"), _("Previous field."), palette=False),
    Key("give_back.act", "f9", _("Ask"), _("Ask a supervisor to let the payment go back.")),
    Key("bills.act", "f9", _("Open"), _("Open the marked one to add the number.")),
    Key("list.up", "up", _("Up"), _("One line up."), palette=False),
    Key("list.down", "down", _("Down"), _("One line down."), palette=False),
    Key("list.page_up", "pageup", _("PgUp"), _("One page up."), palette=False),
    Key("list.page_down", "pagedown", _("PgDn"), _("One page down."), palette=False),
    Key("dialog.cancel", "escape", _("Back"), _("Back without a change."), palette=False),
    Key("stop.known", "f9", _("Know"), _("Understood; back to the scan box.")),
    Key("stop.cancel", "escape", _("Back"), _("Back to the scan box."), palette=False),
    Key("stop.approve", "f8", _("Allow"), _("Ask a supervisor for an exception.")),
    Key("walk_up.approve", "f8", _("Allow"), _("Ask a supervisor for an exception.")),
    Key("stop.walk_up", "f2", _("New"), _("Take in someone who is not on the roster.")),
    Key("reasons.mark", "space", _("Mark"), _("Mark or unmark the reason.")),
    Key("reasons.act", "f9", _("Note"), _("Note the marked reasons, or the one under the cursor.")),
    Key("choose.act", "f9", _("Take"), _("Take the one under the cursor.")),
    Key("situations.mark", "space", _("Mark"), _("Mark or unmark the situation.")),
    Key("situations.act", "f9", _("Take"), _("Take the marked situations.")),
    Key("deputy.act", "f9", _("Note"), _("Note who brought the papers.")),
    Key("deputy.next_field", "down", _("Down"), _("Next field."), palette=False),
    Key("reprint.act", "f9", _("Prnt"), _("Print the marked paper again, as a copy.")),
    Key("parked.act", "f9", _("Get"), _("Take the marked one up again.")),
    Key("help.act", "f9", _("Know"), _("Back to the work.")),
    Key("preview.act", "f9", _("Know"), _("Back to what will print it.")),
    Key("count.act", "f9", _("Note"), _("Note the number.")),
    Key("bill.act", "f9", _("Note"), _("Note the bill's code and number.")),
    Key("bill.next_field", "down", _("Down"), _("Next field."), palette=False),
    Key("variance.act", "f9", _("Shut"), _("Close with this note.")),
    Key("park.act", "f9", _("Park"), _("Put it aside with this note.")),
    Key("originals.add", "space", _("In"), _("One of the marked kind in, then on to the next kind.")),
    Key("originals.more", "f2", _("More"), _("One more of the kind put in last; the cursor stays.")),
    Key("originals.act", "f9", _("All"), _("All originals are in the bag.")),
    Key("originals.remove", "f8", _("Out"), _("Take the last original of this kind out again.")),
    Key("accept.act", "f9", _("Acc"), _("Accept, note the fee and print.")),
    Key("accept.preview", "f8", _("View"), _("See what will be printed.")),
    Key("accept.bill", "f4", _("Bill"), _("Enter the number of the fiscal bill.")),
    Key("accept.tendered", "f2", _("Cash"), _("Enter the money handed over.")),
    Key("accept.price", "f6", _("Sum"), _("Take another sum, with a supervisor.")),
    Key("accept.reject", "f7", _("No"), _("Refuse instead.")),
    Key("correction.act", "f9", _("Prnt"), _("Print the notice and hand it over.")),
    Key("correction.preview", "f8", _("View"), _("See what will be printed.")),
    Key("correction.reject", "f7", _("No"), _("Refuse instead.")),
    Key("correction.page_down", "down", _("Down"), _("Next page."), palette=False),
    Key("correction.page_up", "up", _("Up"), _("Previous page."), palette=False),
    Key("reject.act", "f9", _("No"), _("Refuse on this ground and hand the papers back.")),
    Key("walk_up.act", "f9", _("Save"), _("Open the submission with these entries.")),
    Key("walk_up.situations", "f2", _("Case"), _("Choose the situations declared.")),
    Key("walk_up.specialty", "f4", _("Kind"), _("Choose the specialty.")),
    Key("walk_up.down", "down", _("Down"), _("Next field."), palette=False),
    Key("walk_up.up", "up", _("Up"), _("Previous field."), palette=False),
    Key("late.act", "f9", _("Go"), _("Go on with this paper.")),
    Key("late.next_field", "down", _("Down"), _("Next field."), palette=False),
    Key("palette.act", "f9", _("Run"), _("Do the marked thing.")),
    Key("first.act", "f9", _("Make"), _("Make the desk in this place.")),
    Key("first.cancel", "escape", _("Quit"), _("Leave without making anything."), palette=False),
    Key("welcome.act", "f9", _("Go"), _("Begin.")),
    Key("error.act", "f9", _("Know"), _("Understood; go on working.")),
)

BY_ID: Final[Mapping[str, Key]] = {key.id: key for key in KEYS}

AREA_TITLES: Final[Mapping[str, str]] = {
    "every": _("Everywhere"),
    "desk": _("Take in"),
    "search": _("Look-up"),
    "close": _("Day close"),
    "shift": _("Opening a shift"),
    "report": _("Figures of the shift"),
    "staff": _("Staff"),
    "staff_form": _("Member of staff"),
    "give_back": _("Taking a payment back"),
    "bills": _("Fees without a bill number"),
    "submission": _("Submission"),
    "settled": _("Fee noted"),
    "list": _("Lists"),
    "stop": _("Stop"),
    "reasons": _("Reasons"),
    "choose": _("Choices"),
    "count": _("Count"),
    "bill": _("Fiscal bill"),
    "variance": _("Note on a difference"),
    "park": _("Parking"),
    "parked": _("Parked and not finished"),
    "situations": _("Situations"),
    "deputy": _("Who brought the papers"),
    "reprint": _("Copies"),
    "help": _("Help"),
    "preview": _("Preview"),
    "originals": _("Originals"),
    "accept": _("Accepting"),
    "correction": _("Correction"),
    "reject": _("Refusing"),
    "approve": _("Approval"),
    "door": _("Sign in"),
    "demo_door": _("Sign in, demo"),
    "lock": _("Locked"),
    "walk_up": _("Not on the roster"),
    "late": _("Late entry"),
    "palette": _("Commands"),
    "first": _("First start"),
    "welcome": _("Demo"),
    "error": _("Fault"),
    "dialog": _("Dialogs"),
}
"""How an area is called in the help."""


def of(*areas: str) -> tuple[Key, ...]:
    """Return the keys of some areas, in their order here."""
    return tuple(key for key in KEYS if key.area in areas)


def bindings(*areas: str) -> list[BindingType]:
    """Return the bindings of some areas; each has an id, so that a user's key map can move it."""
    return [
        Binding(key.key, key.action, key.label, show=False, tooltip=key.sentence, id=key.id)
        for key in of(*areas)
    ]


def alias(id: str, key: str) -> Binding:
    """Return a second key for an action, for keyboards that lack the first."""
    known = BY_ID[id]
    return Binding(key, known.action, known.label, show=False, tooltip=known.sentence, id=f"{id}.{key}")
