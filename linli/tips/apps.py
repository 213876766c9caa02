from __future__ import annotations

from django.apps import AppConfig


class TipsConfig(AppConfig):
    """Declares the acts of anonymous tips, and what they ask of a reader's day."""

    name = "linli.tips"
    label = "tips"
