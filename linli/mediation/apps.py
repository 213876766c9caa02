from __future__ import annotations

from django.apps import AppConfig


class MediationConfig(AppConfig):
    """Declares the acts of mediation."""

    name = "linli.mediation"
    label = "mediation"

    def ready(self) -> None:
        import linli.mediation.agreements.acts
        import linli.mediation.cases.acts
        import linli.mediation.papers.acts
        import linli.mediation.parties.acts
        import linli.mediation.schemes.acts
        import linli.mediation.sessions.acts  # noqa: F401  (importing declares the acts)
