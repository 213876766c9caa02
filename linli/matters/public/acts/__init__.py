"""What comes in at the residents' door, and what goes back: every report is a matter, and gets an answer."""

from __future__ import annotations

from linli.matters.public.acts.answering import (
    answer_report,
    contact_of,
    give_opinion,
    is_settled,
    publish_report,
    renew_code,
)
from linli.matters.public.acts.declared import REPORTER, RESIDENT, Contact
from linli.matters.public.acts.keeping import keep_readers
from linli.matters.public.acts.limits import GUESSES, INTAKE, TooMany, found_by_code, let_in
from linli.matters.public.acts.taking import ONCE, add_photo, already, check, take_report
from linli.matters.public.acts.telling import on_moved, tell_sender

__all__ = [
    "GUESSES",
    "INTAKE",
    "ONCE",
    "REPORTER",
    "RESIDENT",
    "Contact",
    "TooMany",
    "add_photo",
    "already",
    "answer_report",
    "check",
    "contact_of",
    "found_by_code",
    "give_opinion",
    "is_settled",
    "keep_readers",
    "let_in",
    "on_moved",
    "publish_report",
    "renew_code",
    "take_report",
    "tell_sender",
]
