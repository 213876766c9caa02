"""Fresh bearer tokens for the accounts of the demo, made anew at every start and kept in memory only."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from linli.demo.load.organisation import note_bulk
from linli.kernel import clock
from linli.kernel.scope import system
from linli.operations.units.models import UnitCrew
from linli.org.people.acts import token_digest
from linli.org.people.models import Account, Token

DAYS = 7
INTAKE = "demo-110"


@dataclass(frozen=True, slots=True)
class Keys:
    """Tokens by user name, and the user name of one of the crew of each unit by call sign."""

    tokens: dict[str, str]
    crew: dict[str, str]

    def of_unit(self, call_sign: str) -> str | None:
        """The token of somebody who rides in a unit."""
        return self.tokens.get(self.crew.get(call_sign, ""))


def fresh_keys() -> Keys:
    """New tokens for all accounts of the demo. Those of the last start died with its memory; expired ones go."""
    accounts = list(Account.objects.filter(is_active=True).select_related("person"))
    words = {account.username: secrets.token_urlsafe(32) for account in accounts}
    digest = hashlib.sha256("".join(sorted(token_digest(word) for word in words.values())).encode()).hexdigest()
    now = clock.now()
    with transaction.atomic():
        note_bulk(system("demo"), what="tokens", rows=len(words), digest=digest)
        Token.objects.filter(account__in=accounts, expires_at__lte=now).delete()
        Token.objects.bulk_create(
            [
                Token(
                    account=account,
                    digest=token_digest(words[account.username]),
                    expires_at=now + timedelta(days=DAYS),
                    made_at=now,
                )
                for account in accounts
            ]
        )
    names = {account.person_id: account.username for account in accounts}
    rides = UnitCrew.objects.filter(until__isnull=True, person_id__in=[key for key in names if key])
    crew = {ride.unit.call_sign: names[ride.person_id] for ride in rides.select_related("unit").order_by("pk")}
    return Keys(words, crew)
