"""``linli account USER --person STAFF_NO | --machine NAME``: how the first people and the machines get in."""

from __future__ import annotations

import argparse
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from linli.command.channel import secret_in
from linli.command.main import Unreadable
from linli.kernel.errors import Refusal
from linli.kernel.scope import system
from linli.org.people.acts import open_account
from linli.org.people.models import Account, Person

COMMAND = system("command")
_SHORTEST = 12


def arguments(parser: argparse.ArgumentParser) -> None:
    """USER, whose it is, and where the first password is."""
    parser.add_argument("user", metavar="USER", help="the user name")
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--person", metavar="STAFF_NO", help="the person card it belongs to; rights come from its posts")
    whose.add_argument("--machine", metavar="NAME", help="a system: it gets in by token only")
    parser.add_argument("--password-file", metavar="FILE", help="a file that holds the first password; - reads a line")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Open the account; without a password it gets in by token or passkey only."""
    word = secret_in(options.password_file)
    if options.machine and word:
        raise Unreadable("a machine gets in by token, not by password")
    if options.password_file:
        _check(word, options.user)
    try:
        account = open_account(
            COMMAND, username=options.user, person=_person(options.person), password=word, machine=options.machine or ""
        )
    except Refusal as refused:
        raise Unreadable(str(refused)) from refused
    return {"user": account.username, "person": options.person, "machine": options.machine}


def _person(staff_no: str | None) -> Person | None:
    if staff_no is None:
        return None
    person = Person.objects.filter(staff_no=staff_no, left_on__isnull=True).first()
    if person is None:
        raise Unreadable(f"nobody here has the staff number {staff_no}; linli import people first")
    held = Account.objects.filter(person=person).first()
    if held is not None:
        raise Unreadable(f"{staff_no} has the account {held.username} already")
    return person


def _check(word: str, user: str) -> None:
    if len(word) < _SHORTEST or word == user:
        raise Unreadable(f"the password needs at least {_SHORTEST} characters and is not the user name")
    try:
        validate_password(word)
    except ValidationError as wrong:
        raise Unreadable(" ".join(wrong.messages)) from wrong


def words(answer: dict[str, Any]) -> str:
    """For a person."""
    return f"已开通账号 {answer['user']}。The account {answer['user']} is open."
