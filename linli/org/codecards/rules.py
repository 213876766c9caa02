"""Whose card it may be, what it lets do, and what a PIN must not be. Pure but for the chance in it."""

from __future__ import annotations

import hashlib
import itertools
import secrets
import string

from linli.kernel.words import Words

CARD_POSTS: tuple[str, ...] = (
    *("information_officer", "grid_worker", "liaison_cadre", "property_manager"),
    "safety_watcher",
)
"""Posts of people who have no office computer; police sign in with a passkey or an authenticator app."""

CARD_ACTS: frozenset[str] = frozenset(
    {
        *("matter.open", "matter.move", "matter.note", "level.lift"),
        *("help.join", "help.done", "help.leave", "file.attach", "file.keep", "upload.begin", "upload.join"),
        *("line.report", "line.send_again", "task.read", "task.report", "task.attach_file"),
        *("visit.record", "visit.attach_file", "report.submit"),
        *("phone.register", "field.take_file", "field.hang_file", "distress.raise", "distress.say_safe"),
    }
)
"""All that a session by card may do, of what its posts may: report, take a step that its kind names the post for (help
somebody, put a hazard right), answer a task, write a visit, call for help."""

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without signs that are mistaken for each other when somebody types them from paper."""
CODE_SIGNS = 8
"""31 to the 8th: 39 bits. The PIN and the bound phone are what keeps a card; the code only says which one it is."""
PIN_DIGITS = 6
TRIES = 10
BIND_DAYS = 14
"""A printed card that nobody has bound to a phone by then is of no use any more."""

REASONS: dict[str, Words] = {
    "lost": Words("遗失", "lost"),
    "left": Words("离岗", "left the post"),
    "other": Words("其他", "other"),
}


def fresh_code() -> str:
    """A new short code."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CODE_SIGNS))


def fresh_pin() -> str:
    """A PIN to begin with, told to the holder by whoever hands the card over."""
    while True:
        pin = "".join(secrets.choice(string.digits) for _ in range(PIN_DIGITS))
        if is_good_pin(pin):
            return pin


def code_of(typed: str) -> str:
    """What was typed or scanned as a code is stored: without spaces and dashes, in capitals."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())[: 2 * CODE_SIGNS]


def in_fours(code: str) -> str:
    """A code as it is printed."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def is_good_pin(pin: str) -> bool:
    """Six digits that are no row, no repeat and no pair over and over: what is tried first."""
    if len(pin) != PIN_DIGITS or not pin.isascii() or not pin.isdigit():
        return False
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    return len(steps) > 1 and len(set(pin)) > 2


def digest_of(token: str) -> str:
    """SHA-256 of the phone's own token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
