from __future__ import annotations

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Figures read the floors below and own no rows yet."""

    name = "linli.insight"
    label = "insight"
