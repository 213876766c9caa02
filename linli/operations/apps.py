from __future__ import annotations

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Listens to the ledger: a new call is recommended for and, where its category says so, ordered."""

    name = "linli.operations"
    label = "operations"

    def ready(self) -> None:
        import linli.operations.backup.acts
        import linli.operations.coverage.queries
        import linli.operations.dispatch.acts
        import linli.operations.distress.acts
        import linli.operations.exchange.acts
        import linli.operations.formation.acts
        import linli.operations.joint.acts
        import linli.operations.keeping.acts
        import linli.operations.ladder.acts
        import linli.operations.limits.acts
        import linli.operations.map.queries
        import linli.operations.phone.acts
        import linli.operations.recommendation.acts
        import linli.operations.sorties.acts
        import linli.operations.team.acts
        import linli.operations.units.acts  # noqa: F401  (importing declares the acts)
