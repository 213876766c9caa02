"""A server behind HTTPS, usually on PostgreSQL. ``linli check --deploy`` says what is still unsafe."""

from __future__ import annotations

from linli.settings.base import *  # noqa: F403  (Django settings are layered this way)

LINLI_DEMO = False
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-linli"
CSRF_COOKIE_SECURE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_SSL_REDIRECT = True
