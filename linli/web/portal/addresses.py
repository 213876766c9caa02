"""How residents reach us."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def residents_url(request: HttpRequest, path: str) -> str:
    """A path of ours as residents reach it: ``LINLI_RESIDENTS_URL``, else the address of this request."""
    base = str(settings.LINLI_RESIDENTS_URL).rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)


def grid_url(request: HttpRequest, code: str) -> str:
    """The address in the QR of a grid."""
    return residents_url(request, reverse("portal_grid", args=[code]))
