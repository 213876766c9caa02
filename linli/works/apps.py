from __future__ import annotations

from django.apps import AppConfig


class WorksConfig(AppConfig):
    """Registers the house-keeping jobs of this floor."""

    name = "linli.works"
    label = "works"

    def ready(self) -> None:
        import linli.works.channels.acts.setting
        import linli.works.exchange.acts.carrying
        import linli.works.exchange.acts.reading
        import linli.works.exchange.acts.registering
        import linli.works.files.acts
        import linli.works.outbox.acts.sending
        import linli.works.receipts.acts
        import linli.works.tables.acts.exporting
        import linli.works.tables.acts.feeds
        import linli.works.tables.acts.loads  # noqa: F401  (importing declares the acts)
