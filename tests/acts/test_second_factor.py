"""Secrets of the second factor lie sealed."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from linli.org.people.acts import open_account
from tests.town import SETUP


@pytest.mark.django_db
def test_a_stolen_table_shows_no_secret() -> None:
    account = open_account(SETUP, username="someone", password="x" * 12)
    TOTP.activate(account, "JBSWY3DPEHPK3PXP")
    stored = Authenticator.objects.get()
    assert "JBSWY3DPEHPK3PXP" not in str(stored.data)
    assert TOTP(stored).instance.wrap().validate_code("000000") is False
