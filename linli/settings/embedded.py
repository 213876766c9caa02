"""One machine: SQLite, one port, the worker beside the web server."""

from __future__ import annotations

from linli.settings.base import *  # noqa: F403  (Django settings are layered this way)
