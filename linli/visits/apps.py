from __future__ import annotations

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """Declares the acts of visiting."""

    name = "linli.visits"
    label = "visits"

    def ready(self) -> None:
        import linli.visits.cards.acts
        import linli.visits.cards.queries.pack
        import linli.visits.care.acts
        import linli.visits.checklists.acts
        import linli.visits.inspections.acts
        import linli.visits.inspections.queries
        import linli.visits.map.queries
        import linli.visits.plans.acts
        import linli.visits.reasons.acts
        import linli.visits.records.acts
        import linli.visits.records.acts.thinning
        import linli.visits.records.queries  # noqa: F401  (importing declares the acts, and what a phone takes along)
        from linli.kernel.claims import declare_claims, declare_own
        from linli.visits.cards.queries import day as cards_day
        from linli.visits.care.queries import day as care_day

        declare_claims(*cards_day.CLAIM_SOURCES, *care_day.CLAIM_SOURCES)
        declare_own(*cards_day.OWN_SOURCES, *care_day.OWN_SOURCES)
