from __future__ import annotations

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Figures read the floors below; their sums follow the ledger by jobs."""

    name = "linli.insight"
    label = "insight"

    def ready(self) -> None:
        from linli.insight.chief.queries import declare_filters
        from linli.insight.hours.queries import day as hours_day
        from linli.insight.today.queries import MATTER_SOURCES, OTHER_SOURCES, OWN_SOURCES
        from linli.kernel.claims import declare_claims, declare_own

        declare_filters()
        declare_claims(*MATTER_SOURCES, *OTHER_SOURCES, *hours_day.CLAIM_SOURCES)
        declare_own(*OWN_SOURCES, *hours_day.OWN_SOURCES)
