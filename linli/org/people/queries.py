"""What the doors ask about an account."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings

from linli.org.people.models import Account


def has_second_factor(account: Account) -> bool:
    """Whether a passkey or an authenticator app belongs to the account; recovery codes alone are none."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=account.pk, type__in=kinds).exists())


def lacks_second_factor(account: Account) -> bool:
    """Whether this account must set up a second factor before it sees anything. A demo installation asks nobody."""
    return not settings.LINLI_DEMO and not has_second_factor(account)
