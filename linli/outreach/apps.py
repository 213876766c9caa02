from __future__ import annotations

from django.apps import AppConfig


class OutreachConfig(AppConfig):
    """Declares the acts of warnings and groups."""

    name = "linli.outreach"
    label = "outreach"

    def ready(self) -> None:
        import linli.outreach.alerts.acts
        import linli.outreach.groups.acts  # noqa: F401  (importing declares the acts)
