from __future__ import annotations

from django.apps import AppConfig


class WorksConfig(AppConfig):
    """Registers the house-keeping jobs of this floor."""

    name = "linli.works"
    label = "works"

    def ready(self) -> None:
        import linli.works.outbox.acts
        import linli.works.receipts.acts  # noqa: F401
