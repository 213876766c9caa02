from __future__ import annotations

from django.apps import AppConfig


class MediationConfig(AppConfig):
    """Declares the acts of mediation, and what they ask of a day."""

    name = "linli.mediation"
    label = "mediation"

    def ready(self) -> None:
        import linli.mediation.agreements.acts
        import linli.mediation.cases.acts
        import linli.mediation.courts.acts
        import linli.mediation.hours.acts
        import linli.mediation.map.queries
        import linli.mediation.notices.acts
        import linli.mediation.panel.acts
        import linli.mediation.papers.acts
        import linli.mediation.parties.acts
        import linli.mediation.schemes.acts
        import linli.mediation.sessions.acts
        import linli.mediation.templates.acts  # noqa: F401  (importing declares the acts)
        from linli.kernel.claims import declare_claims, declare_own
        from linli.mediation.agreements.queries.day import CLAIM_SOURCES, OWN_SOURCES

        declare_claims(*CLAIM_SOURCES)
        declare_own(*OWN_SOURCES)
