"""What allauth asks the house: nobody opens an account by the web, and secrets of the second factor lie sealed."""

from __future__ import annotations

import base64
import time
from io import BytesIO
from typing import Any, ClassVar

import segno
from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.kernel.crypto import seal, unseal


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """allauth's adapter with sign-up closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever signed in a moment ago is not asked again before he may set up his second factor."""
        records = get_authentication_records(self.request, self.request.user)
        fresh = bool(records) and time.time() - records[-1]["at"] < app_settings.REAUTHENTICATION_TIMEOUT
        return not fresh and bool(super().is_reauthentication_required(app=app, **kwargs))


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """TOTP secrets and recovery codes are sealed at rest; without the key file a stolen database opens no account."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码或密钥不正确，请再试一次。"),
        "cannot_delete_authenticator": _("这项验证不能停用。"),
        "cannot_generate_recovery_codes": _("请先设置通行密钥或动态码，再生成恢复码。"),
    }

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002  (allauth names it)
        """What a new key is called until its owner says otherwise."""
        held = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("通行密钥%(number)d") % {"number": held + 1}

    def build_totp_svg(self, url: str) -> str:
        """The code to scan, on white also where the page is dark."""
        drawn = BytesIO()
        segno.make(url, error="m", micro=False).save(drawn, kind="svg", scale=6, dark="#000", light="#fff", border=4)
        return drawn.getvalue().decode()

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(text, context="mfa.authenticator")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(base64.b64decode(encrypted_text), context="mfa.authenticator")
