"""``linli token USER --days N``: a bearer token, shown once."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

from linli.command.main import Unreadable
from linli.kernel import clock
from linli.kernel.scope import system
from linli.org.people.acts import make_token
from linli.org.people.models import Account

COMMAND = system("command")
_MOST_DAYS = 3650


def arguments(parser: argparse.ArgumentParser) -> None:
    """USER and --days."""
    parser.add_argument("user", metavar="USER", help="the user name of an account")
    parser.add_argument("--days", type=int, default=30, help="how long it is valid (default 30)")


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Make a token for an account that is open."""
    if not 1 <= options.days <= _MOST_DAYS:
        raise Unreadable(f"--days must lie between 1 and {_MOST_DAYS}, not {options.days}")
    account = Account.objects.filter(username=options.user, is_active=True).first()
    if account is None:
        raise Unreadable(f"there is no open account {options.user}")
    word = make_token(COMMAND, account=account, days=options.days)
    expires_at = clock.now() + timedelta(days=options.days)
    return {"token": word, "user": account.username, "expires_at": expires_at.isoformat(timespec="seconds")}


def words(answer: dict[str, Any]) -> str:
    """The token alone, so that a shell can take it."""
    return str(answer["token"])
