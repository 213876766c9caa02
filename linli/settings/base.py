"""What all installations share. The environment names the database, the home folder and the secrets; nothing else is
needed.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ

env = environ.Env()
ROOT = Path(__file__).resolve().parents[2]

LINLI_HOME = Path(env.str("LINLI_HOME", default=str(Path.home() / ".local/share/linli"))).absolute()
LINLI_DEMO = env.bool("LINLI_DEMO", default=(LINLI_HOME / "demo").exists())
"""A demo installation offers each role by a tap; a marker file in LINLI_HOME says so as well."""
LINLI_PUBLIC_URL: str = env.str("LINLI_PUBLIC_URL", default="")
"""Where people reach this installation; links in messages begin with it."""
LINLI_RESIDENTS_URL: str = env.str("LINLI_RESIDENTS_URL", default=LINLI_PUBLIC_URL)
"""Where residents reach the pages without a sign-in (/p/…); the QR codes on cards and door plates begin with it."""
LINLI_OPEN311_KEYS = env.bool("LINLI_OPEN311_KEYS", default=False)
"""Whether POST /open311/v2/requests needs an ``api_key`` (a token of an account); reading never does."""
LINLI_KEPT_S = env.float("LINLI_KEPT_S", default=1.0)
"""How old the small tables kept in memory may be (kernel.kept), in seconds."""
LINLI_BASE_MAPS: str = env.str("LINLI_BASE_MAPS", default="")
"""Other base maps beside our own, as a JSON list of {code, zh, en, tiles, credit, max_zoom} (linli.web.base_maps).

Empty: nothing is ever loaded from outside. ``tiles`` are addresses with {z}, {x}, {y} in Web Mercator, WGS-84 or
CGCS2000 (XYZ or WMTS); a list in the list is a second sheet above the first.
"""
LINLI_TIANDITU_KEY: str = env.str("LINLI_TIANDITU_KEY", default="")
"""A browser key of Tianditu: offers its street map and its pictures as base maps."""
LINLI_MAP_NOTE: str = env.str("LINLI_MAP_NOTE", default="")
"""The line printed under every map, for example its approval number (审图号)."""
LINLI_TIPS_KEPT_DAYS = env.int("LINLI_TIPS_KEPT_DAYS", default=90)
"""How many days after it was closed an anonymous tip is erased, with all that was said and sent."""
LOG_PAGES = 4_000
"""SQLite: with so many pages in the log whoever commits brings them into the file. A call writes some 75 pages, most of
them the same ones as the call before: at 1,000 pages one call in thirteen did that work for a tenth of all time."""
LINLI_IDLE_S = env.int("LINLI_IDLE_S", default=0 if LINLI_DEMO else 600)

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA mmap_size=134217728;"
    f"PRAGMA cache_size=-20000;PRAGMA temp_store=2;PRAGMA wal_autocheckpoint={LOG_PAGES};"
)


def database(url: str) -> dict[str, Any]:
    """Django's entry for ``sqlite:////path`` or ``postgres://user:word@host:port/name``."""
    if urlsplit(url).scheme == "sqlite":
        return {
            "ENGINE": "linli.kernel.sqlite",
            "NAME": url.removeprefix("sqlite:///"),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": _SQLITE_PRAGMAS},
            "CONN_MAX_AGE": None,
        }
    entry = dict(environ.Env.db_url_config(url))
    entry["ENGINE"] = "django.db.backends.postgresql"
    entry["CONN_MAX_AGE"] = 0
    entry["OPTIONS"] = {
        **entry.get("OPTIONS", {}),
        # Of kernel.prepared only: Django's own cursors bind on the client and are never prepared.
        "prepare_threshold": 0,
        # More than a web process has threads (bridge, feed, hub): one that waits for a connection while it holds what
        # all the others wait for would stand still with them.
        "pool": {"min_size": 1, "max_size": env.int("LINLI_POOL_SIZE", default=24), "timeout": 15},
    }
    return entry


LINLI_DATABASE_URL = env.str("LINLI_DATABASE_URL", default=f"sqlite:///{LINLI_HOME / 'linli.sqlite3'}")
DATABASES = {"default": database(LINLI_DATABASE_URL)}


def _secret() -> str:
    """Django's signing key: from the environment, else a 0600 file in LINLI_HOME that the first process makes."""
    given: str = env.str("LINLI_SECRET_KEY", default="")
    if given:
        return given
    path = LINLI_HOME / "keys" / "django.key"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = _secret()
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("LINLI_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("LINLI_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_vite",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "linli.trail",
    "linli.works",
    "linli.places",
    "linli.org",
    "linli.matters",
    "linli.operations",
    "linli.mediation",
    "linli.visits",
    "linli.volunteers",
    "linli.tips",
    "linli.outreach",
    "linli.insight",
    "linli.field",
    "linli.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "linli.web.guard.IdleSignOut",
    "linli.web.wall.WallOnly",
    "linli.web.second_factor.SecondFactor",
    "linli.web.guard.Headers",
    "linli.api.guard.Problems",
]

ROOT_URLCONF = "linli.web.urls"
WSGI_APPLICATION = "linli.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # the second root makes "components/…" of linli/web/components
        "DIRS": [ROOT / "linli" / "web" / "templates", ROOT / "linli" / "web"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "linli.web.context.page",
            ]
        },
    }
]

AUTH_USER_MODEL = "org.Account"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "linli.web.adapter.ClosedDoor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "linli.web.adapter.SealedFactors"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "邻里"
# A phone in the field may be half a minute off.
MFA_TOTP_TOLERANCE = 1
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "/static/"
STATIC_ROOT = LINLI_HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": LINLI_HOME / "files"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+/dist/assets/.+-[A-Za-z0-9_-]{8}\..+$"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": ROOT / "linli" / "web" / "static" / "dist" / "manifest.json",
        "static_url_prefix": "dist",
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
LOGGING_CONFIG = None
