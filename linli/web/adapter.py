"""What allauth asks the house: nobody opens an account by the web, and secrets of the second factor lie sealed."""

from __future__ import annotations

import base64

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from linli.kernel.crypto import seal, unseal


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth's adapter with sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """TOTP secrets and recovery codes are sealed at rest; without the key file a stolen database opens no account."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, context="mfa.authenticator")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), context="mfa.authenticator")
