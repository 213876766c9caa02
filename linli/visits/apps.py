from __future__ import annotations

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """Declares the acts of visiting."""

    name = "linli.visits"
    label = "visits"

    def ready(self) -> None:
        import linli.visits.cards.acts
        import linli.visits.care.acts  # noqa: F401  (importing declares the acts)
