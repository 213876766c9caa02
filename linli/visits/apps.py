from __future__ import annotations

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """Declares the acts of visiting."""

    name = "linli.visits"
    label = "visits"
