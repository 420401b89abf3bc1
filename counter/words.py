"""The sentence of every refusal: what happened and what to do, by the code of its `DeskError`.

To add a code: put one line into `SENTENCES` at its place in the alphabet, `"code": _("English sentence.")`;
the `{fields}` are the error's facts by name. Where a fact `reason` or the first of `faults` tells kinds of
one refusal apart, `"code.reason"` wins over `"code"`. Then run `python tools/catalogue.py` and give the new
message its Chinese text (by hand in the .po or with `--merge`). A test finds a code raised anywhere in
counter/ that has no line here, and a line whose code is raised nowhere. Sentences of roster cells, form
fields and the self-check stand in `counter/word_lists.py`.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from counter.clock import local
from counter.errors import DeskError
from counter.i18n import _
from counter.word_lists import CELLS as CELLS
from counter.word_lists import CHECKS as CHECKS
from counter.word_lists import FIELDS as FIELDS

SENTENCES: Final[dict[str, str]] = {
    "already-open": _("This person's papers are already in. Scan them to open the submission."),
    "anchor-form": _("{given} is no seal. Write it as on the paper: number, colon, 20 or 64 hex digits."),
    "approval": _("The supervisor's approval does not hold for this; ask for it again."),
    "approval.not-supervisor": _("Only a supervisor can approve this."),
    "approval.note-needed": _("Say in the note what the reason is."),
    "approval.password-first": _(
        "Somebody else set that password. Its owner signs in and chooses another first."
    ),
    "approval.reason-unknown": _("Choose a reason of the list."),
    "approval.same-person": _("Somebody else has to approve what you ask for."),
    "backup-by-server": _("The records are on a server; it is backed up there, not here."),
    "bad-check-digit": _("This number has a wrong digit. Scan it again or type it anew."),
    "bill-empty": _("Enter the number of the fiscal bill."),
    "bill-known": _("This fee already has another fiscal bill. Look it up first."),
    "circular": _("{path} cannot be used. `counter circular check` says everything that is wrong with it."),
    "circular-office": _(
        "{path} is of another office than this home ({office}). Make a home of its own for it."
    ),
    "circular-older": _("{path} was in force before; a later circular has taken its place."),
    "clock.ahead": _(
        "The clock ran ahead: it says {now}, the last act was {last}. Set it, then confirm with ^G."
    ),
    "clock.back": _(
        "The clock went back: it says {now}, the last act was {last}. Set it, then confirm with ^G."
    ),
    "closed.after_window": _("The intake is over. Nothing was taken in."),
    "closed.before_window": _("The intake has not begun; it opens {next_opening}."),
    "closed.not_working_day": _("The counter is closed today; it opens {next_opening}."),
    "closed.outside_hours": _("The counter is closed now; it opens {next_opening}."),
    "closing-begun": _("The close has begun; figures come after the count."),
    "config-invalid": _(
        "The settings in {path} cannot be used, line {line}: {problem} Correct it and start again."
    ),
    "config-unknown-key": _(
        "The settings in {path} have an unknown key in line {line}: {key}."
        " Correct or remove it and start again."
    ),
    "conflict": _("Another desk was quicker with the same thing. Look at it again."),
    "copies-limit": _("Each copy after the first {limit} needs a supervisor, at the desk."),
    "count-first": _("Count the drawer first (F7); whoever counts must not know the sums."),
    "count.kind": _("This is no note or coin of the count."),
    "count.lacking": _("Count every kind; type 0 where there is none."),
    "count.pieces": _("A drawer does not hold that many of one kind."),
    "counted": _("The drawer was counted already; its count stays as it is."),
    "day-ahead": _("{day} has not come yet; there is nothing to export."),
    "demo-records": _("Demo and real records do not mix. Use a home of its own for each."),
    "demo-time-refused": _("{home} is not a demo home; only a demo may choose its time. Leave out --at."),
    "disabled": _("This account was taken away; nothing more is done in its name."),
    "erased": _("This person's data were erased; only number, state and figures are left."),
    "exists": _("{path} is already there and was left as it is. Choose another name."),
    "export-exists": _(
        "{path} holds something else and was left as it is. --replace writes over it, --to FILE beside it."
    ),
    "fee.document-needed": _("This way of settling needs the number of its document."),
    "fee.not-cash": _("Only cash has money handed over. Leave that field empty."),
    "fee.not-settled": _("Choose how the fee is settled."),
    "fee.price": _("Another sum than the circular's needs a supervisor."),
    "fee.price-range": _("The sum must be above 0; without a fee choose waived."),
    "fee.too-little": _("The money handed over is less than the fee."),
    "fee.too-much": _("The money handed over is far more than the fee. Enter it again."),
    "fee.unknown-method": _("The circular knows no such way of paying. Choose one of the list."),
    "file": _("{path} cannot be used: {reason}. Nothing was changed."),
    "file-changed": _("{path} has changed since the report. Look at the new report first."),
    "file.bad-name": _("{path} cannot be the name of a file. Choose another."),
    "file.not-a-file": _("{path} is there and is no file. Choose another name."),
    "finding.copies": _("That number of copies cannot be. Count again."),
    "finding.never_waived": _("This item is always asked for; it cannot be waived."),
    "finding.no_copy": _("Nothing is there: mark it as missing instead."),
    "finding.not_short": _("There are enough copies. Choose another reason."),
    "finding.original": _("It is in order only with its original. Look at the original first."),
    "finding.reason_needed": _("Choose a reason."),
    "finding.reason_unknown": _("This reason does not belong to this item. Choose another."),
    "finding.reason_unused": _("No reason belongs here."),
    "finding.unknown_item": _("The circular has no such item."),
    "finding.waive_reason_needed": _("Choose why it is waived."),
    "finding.waive_reason_unknown": _("This item cannot be waived for that reason. Choose another."),
    "finding.waive_situation": _("That reason needs a situation the person does not apply under."),
    "float": _("The float cannot be that much; at most {most} yuan."),
    "foreign-records": _(
        "{path} belongs to another installation. Put this desk's own records back: counter restore FILE."
    ),
    "home-exists": _("{home} already holds a desk; it was left as it is."),
    "home-missing": _(
        "There is no desk in {home} yet. Run `counter init` first, or `counter demo` to try it out."
    ),
    "home-not-empty": _(
        "{home} holds other things ({found}); a desk needs a directory of its own. Name an empty one."
    ),
    "home-not-writable": _("{path} cannot be written: {problem}. Check who owns it, then start again."),
    "item-closed": _("This item is already settled; on this visit only the items of the notice are open."),
    "key-invalid": _("The key file {path} does not hold a key of 64 hex digits. Restore it from the backup."),
    "key-missing": _("The key file {path} is missing; without it the records cannot be read. Restore it."),
    "key-readable": _("Others can read the key file {path}. Close it (chmod 600) and start again."),
    "late.ahead": _("That time has not come yet. Enter when the person stood at the counter."),
    "late.closed": _("The counter was closed at {at}, the time on paper {number}."),
    "late.earlier": _("Paper {number} before it says {at}; this one cannot be earlier."),
    "late.entered": _("Paper {number} was entered already."),
    "late.later": _("Paper {number} behind it says {at}; this one cannot be later."),
    "late.many": _("Paper {number} passes over more than {most} papers. Look at its number again."),
    "late.not-printed": _("No paper {number} was printed here. Look again; a supervisor may enter it."),
    "late.noted": _("Paper {number} was passed over as unused; a supervisor has to enter it."),
    "late.number": _("The number of an emergency paper reads like 01-0031."),
    "late.order": _("Paper {number} comes first. If it was unused or spoilt, scan the person again."),
    "late.pad": _("Paper {number} is from the pad of desk {pad}."),
    "late.running": _("At {at} somebody was signed in here; paper {number} was not needed."),
    "no-fee": _("No fee was noted yet."),
    "no-originals": _("Nothing is in the originals' bag yet. List what goes into it first."),
    "no-password": _("The password is missing: give it as a line on stdin, or type it."),
    "no-shift": _("No shift is open at this desk. Open one before taking money."),
    "no-terminal": _(
        "Nobody is there to type a password; --password-stdin takes it from stdin, a line each."
    ),
    "not-allowed": _("This cannot be done any more. Look at the submission again."),
    "not-counted": _("Count the drawer first."),
    "not-owner": _("Only who owns {path} may do this."),
    "not-permitted": _("This is not among what you may do here; ask a supervisor."),
    "not_ready": _("The records are still being opened. Try again in a moment."),
    "not-submitted": _("Online state is {online_state}. The person has to submit online first."),
    "nothing-to-confirm": _("There is nothing to confirm any more."),
    "nothing-to-void": _("There is no payment here that could be taken back."),
    "notice-adds": _("A second notice cannot ask for something new. A supervisor has to decide."),
    "on-roster": _("This person is on the roster. Look them up by name or ID."),
    "outcome-unknown": _("The database went away while saving. Look whether it was saved before going on."),
    "pad-count": _("A pad has 1 to {most} papers."),
    "paper": _("The paper cannot be made ({reason}). Everything else is saved."),
    "paper-form": _(
        "This names no paper. Give its 14 digits, its number such as {example}, or the receipt's serial."
    ),
    "paper.control-character": _("A text holds a sign that cannot be printed. Correct it, then print again."),
    "paper.missing-glyph": _("The fonts lack a sign in the name or a text. Everything else is saved."),
    "paper.private-use": _("A name is written in a private font. Write it with the sign of the ID card."),
    "password": _("This password cannot be used."),
    "password-first": _("Somebody else set this password. Sign out, sign in again and choose your own."),
    "password.login": _("The password must not contain the login."),
    "password.long": _("The password has more than 128 signs."),
    "password.plain": _("The password repeats one sign; choose another."),
    "password.same": _("That is the password somebody else set. Choose another."),
    "password.short": _("The password needs at least 8 signs."),
    "passwords-differ": _("The two passwords differ. Nothing was changed."),
    "records": _("The records cannot be used ({reason}). Nothing was changed. Run `counter doctor`."),
    "records-gone": _("{path} was here and is gone. Begin nothing anew: put the last backup in its place."),
    "records.busy": _("Another desk is saving just now. Try again."),
    "records.damaged": _("The records are damaged. Change nothing; the last backup has to be restored."),
    "records.disk_fault": _("The disk cannot be read or written. Call whoever looks after this machine."),
    "records.disk_full": _("The disk is full; nothing was saved. Make room, then try again."),
    "records.key_missing": _("The key of the records is missing. Restore the key file."),
    "records.network_disk": _(
        "The home lies on a network disk, where records are not safe. Use a local one."
    ),
    "records.newer_schema": _("The records were made by a newer program. Install that one."),
    "records.not_a_database": _("desk.db is not a database. Restore it from the last backup."),
    "records.read_only": _("The records cannot be written. Check who owns the home."),
    "records.strange_wal": _(
        "The file desk.db-wal belongs to other records. Move it away, then start again."
    ),
    "records.truncated": _(
        "The records end too early; a part is missing. Restore the last backup: counter restore FILE."
    ),
    "records.unreachable": _("The database server does not answer. Nothing was saved; try again."),
    "records.unsafe_sqlite": _("This SQLite can damage the records. Run run.py again to install ours."),
    "records.wrong_key": _("The key does not fit these records. Restore the key file that belongs to them."),
    "refund-now": _("This was paid in the shift that is open: void it instead."),
    "rejection.ground_needed": _("Choose the ground."),
    "rejection.ground_unknown": _("The circular has no such ground. Choose one of the list."),
    "rejection.note_needed": _("This ground needs a note."),
    "restore.damaged": _("{path} is damaged; nothing of it was used. Take another backup."),
    "restore.demo": _("Demo and real records do not mix; {path} was not used."),
    "restore.foreign": _("{path} is a backup of another installation. Nothing was changed."),
    "restore.gone": _("{path} is not there. Name a backup."),
    "restore.in_use": _("A desk has the records open. Leave every desk of this home first."),
    "restore.journal": _(
        "The journal in {path} does not hold together; it was not used. Take another backup."
    ),
    "restore.name": _(
        "{path} holds another history than its name says; it was not used. Take another backup."
    ),
    "restore.newer_schema": _("{path} was made by a newer program. Install that one first."),
    "restore.not_a_database": _("{path} is not a backup of a desk. Name another file."),
    "restore.older": _("{better} is whole and later than {path}. Restore that one."),
    "restore.paper": _("{given} is no number of a paper. Give its 14 digits."),
    "restore.sheet": _(
        "{path} does not hold the event on the day sheet; it is not this desk's history. Nothing was changed."
    ),
    "restore.sheet-form": _(
        "That is not what a day sheet's code says. Give the event and its seal as SEQ:HEX."
    ),
    "restore.truncated": _("{path} ends too early: half a copy. Take another backup."),
    "restore.whole": _(
        "The records in {path} are whole and later than this backup; there is nothing to restore."
    ),
    "restore.wrong_key": _(
        "{path} was made under another key. Put the key that belongs to it into the home first."
    ),
    "retention-short": _("People dealt with after {earliest} have to be kept. Choose an earlier day."),
    "retention-unset": _("How long data are kept is not settled yet. Set retention_years in config.toml."),
    "reveal-reason": _("{given} is no reason to see whole numbers. Choose one of: {reasons}."),
    "rolled-back.backup": _(
        "The records are older than the backup {path}. Put it in their place: counter restore {path}."
    ),
    "rolled-back.papers": _(
        "Paper {paper} has a number these records never gave: they are an old copy."
        " Run counter restore FILE with the last backup; if there is none, with {path} itself."
    ),
    "rolled-back.wal": _(
        "The desk was not closed last time, and the file {path}-wal is gone with the last acts."
        " Put it back, or run counter restore with the last backup or with {path} itself."
    ),
    "roster": _("{path} cannot be read as a roster ({reason}). Nothing was stored."),
    "roster.bomb": _("{path} unpacks to more than {limit} MiB. Nothing was stored."),
    "roster.csv-syntax": _("{path} has broken quotes in line {line}. Save it anew as CSV."),
    "roster.damaged": _("{path} is damaged. Ask for it again."),
    "roster.empty": _("{path} is empty."),
    "roster.encoding": _("{path} has unreadable text in line {line}. Save it as UTF-8."),
    "roster.encrypted": _("{path} has a password. Remove it in the spreadsheet program, then try again."),
    "roster.format": _("{path} is of a kind ({kind}) that is not read. Save it as xlsx or CSV."),
    "roster.lost-characters": _("{path} has lost signs in line {line}. Ask for it again, as xlsx."),
    "roster.macros": _("{path} holds macros. Save it as xlsx without them."),
    "roster.missing-columns": _("{path}, sheet {sheet}, row {row}: these columns are missing: {missing}."),
    "roster.mixed-encodings": _("{path} mixes two encodings, from line {line} on. Save it as UTF-8."),
    "roster.no-header": _("{path} has no row of column headings that is known here."),
    "roster.not-a-file": _("{path} is not a file."),
    "roster.not-found": _("{path} is not there."),
    "roster.reader-died": _("{path} made its reader fail. Save it anew as xlsx or CSV."),
    "roster.reader-timeout": _("{path} took longer than {limit} seconds to read. Split it."),
    "roster.renamed": _("{path} is called {suffix} but is {kind}. Give it its right ending."),
    "roster.too-large": _("{path} is larger than {limit} MiB. Split it."),
    "roster.too-many-rows": _("{path} has more than {limit} rows. Split it."),
    "roster.unreadable": _("{path} cannot be read: {problem}."),
    "sheet-mismatch": _("The sheet does not agree with the records. Fetch a supervisor."),
    "sheet-mismatch.new-desk": _("The first shift of this desk number: a supervisor has to allow it."),
    "sheet-mismatch.other": _("This is not the last day sheet of this desk, {number}."),
    "sheet-mismatch.unread": _("This is no code of a day sheet. Scan its square code."),
    "sheet-needed": _("Scan the square code of the last day sheet, {number}."),
    "shift-counted": _("The drawer is counted: no money moves until the next shift."),
    "shift-of-earlier-day": _("The shift of {day} is still open. Close it before taking money."),
    "shift-of-other": _("The shift at this desk is {clerk}'s. It has to be closed first."),
    "shift-open": _("{clerk}'s shift is open at this desk already."),
    "sign-in": _("Login or password is not right; after five wrong ones it is locked for 15 minutes."),
    "sign-in-locked": _("Too many wrong passwords: locked for {minutes} more minutes."),
    "sign-in-wait": _("Too quick after a wrong password: wait {seconds} seconds."),
    "staff": _("This member of staff cannot be entered like that."),
    "staff.badge": _("A badge's code has 6 to 40 letters and digits."),
    "staff.first-there": _("There is a supervisor already, who adds the others."),
    "staff.last-supervisor": _("This is the last supervisor. Add another one first."),
    "staff.login": _("A login has 2 to 40 small letters, digits, dots or dashes."),
    "staff.name": _("Enter the name that papers are to say."),
    "staff.not-supervisor": _("Only a supervisor's password is set that way."),
    "staff.self": _("Nobody takes their own account away."),
    "staff.taken": _("This login, name or badge belongs to somebody already."),
    "staff.unknown": _("There is no such member of staff."),
    "stale": _("Someone else has just changed this. It was read again; look, then go on."),
    "unknown-entry": _("This person is not on the roster any more. Look them up again."),
    "unknown-number": _("No paper of this office has this number."),
    "unknown-original": _("The circular has no such original here."),
    "unknown-situation": _("The circular has no situation {given}."),
    "unknown-submission": _("There is no such submission. Look it up again."),
    "unknown-submitter": _("The circular does not name this way of bringing papers."),
    "variance-none": _("The drawer agrees; there is no difference to explain."),
    "variance-note": _("Say in a few words why the drawer differs."),
    "variance-reason": _("Choose why the drawer differs."),
    "void-later": _("This was paid in an earlier shift: it can only be refunded."),
    "walk-up": _("{count} entries have to be corrected first."),
    "who-asks": _("Say who asks, with --as LOGIN; the password is asked for then."),
    "window-over": _("The intake ends before a correction could be handed in. Only accept or refuse."),
}

OF_THE_SYSTEM: Final[dict[int, str]] = {
    errno.EACCES: _("this account has no right to it"),
    errno.EBUSY: _("something else is using it"),
    errno.EDQUOT: _("this account's share of the disk is used up"),
    errno.EEXIST: _("something of that name is already there"),
    errno.EFBIG: _("it is too large"),
    errno.EIO: _("the disk cannot be read or written"),
    errno.EISDIR: _("it is a directory"),
    errno.ELOOP: _("its links lead in a circle"),
    errno.EMFILE: _("too many files are open"),
    errno.ENAMETOOLONG: _("its name is too long"),
    errno.ENOENT: _("it or its directory is not there"),
    errno.ENOSPC: _("the disk is full"),
    errno.ENOTDIR: _("a part of its path is no directory"),
    errno.EPERM: _("this account has no right to it"),
    errno.EROFS: _("the disk is read-only"),
}
"""Why a file cannot be used, by the system's number for it: the system's own words are English."""

UNKNOWN: Final = _("The desk refused this ({code}). Nothing was changed.")
"""For a code that is newer than this table."""

NOTHING: Final = "—"
"""Stands for a fact that was not given, so that it never breaks the sentence."""


class _Facts(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return NOTHING


def sentence(error: DeskError) -> str:
    """Return what a refusal says to the person in front of the screen, in the language of this process."""
    faults = error.facts.get("faults")
    first = faults[0] if isinstance(faults, tuple) and faults else None
    reason = error.facts.get("reason", first)
    if isinstance(reason, str) and (found := re.fullmatch(r"file-(\d+)", reason)):  # the paper's file
        error.facts["reason"] = OSError(int(found[1]), "")
    text = SENTENCES.get(f"{error.code}.{reason}") or SENTENCES.get(error.code) or UNKNOWN
    problems = error.facts.get("problems")
    count = {"count": len(problems)} if isinstance(problems, tuple) else {}
    return filled(text, {"code": error.code, **count, **error.facts})


def check_sentence(say: str, facts: Mapping[str, object]) -> str:
    """Return what the self-check says about one thing."""
    return filled(CHECKS[say], facts) if say in CHECKS else f"{say} {_plain(tuple(facts.values()))}".strip()


def cell_sentence(code: str, facts: Mapping[str, object]) -> str:
    """Return what is said about one cell of a roster."""
    return filled(CELLS[code], facts) if code in CELLS else code


def field_sentence(code: str, facts: Mapping[str, object]) -> str:
    """Return what is said about one field of a form."""
    return filled(FIELDS[code], facts) if code in FIELDS else code


def filled(text: str, facts: Mapping[str, object]) -> str:
    """Return a sentence with its fields filled; what is missing shows as a dash."""
    return text.format_map(_Facts({name: _plain(value) for name, value in facts.items()}))


def why(error: OSError) -> str:
    """Return why a file cannot be used, for the middle of a sentence."""
    known = OF_THE_SYSTEM.get(error.errno or 0)
    return known or _("fault {number} of the system").format(number=error.errno or NOTHING)


def _plain(value: object) -> object:
    """Return a fact as it reads in a sentence."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, OSError):
        return why(value)
    if isinstance(value, datetime):
        return f"{local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | frozenset):
        return _(", ").join(str(_plain(part)) for part in value)
    return value
