from __future__ import annotations

from django.apps import AppConfig


class MattersConfig(AppConfig):
    """Declares the kinds and their acts."""

    name = "linli.matters"
    label = "matters"

    def ready(self) -> None:
        import linli.matters.exporting.acts
        import linli.matters.files.acts
        import linli.matters.handovers.acts
        import linli.matters.helping.acts
        import linli.matters.intake.acts
        import linli.matters.keeping.acts
        import linli.matters.ledger.acts
        import linli.matters.levels.acts
        import linli.matters.line.acts
        import linli.matters.links.acts
        import linli.matters.map.queries
        import linli.matters.notes.acts
        import linli.matters.pasting.acts
        import linli.matters.public.acts
        import linli.matters.public.queries
        import linli.matters.routing.acts
        import linli.matters.runs.acts
        import linli.matters.saved.acts
        import linli.matters.search.acts
        import linli.matters.tasks.acts
        import linli.matters.thanks.acts
        import linli.matters.turning.acts  # noqa: F401  (importing declares the acts)
        from linli.kernel.claims import declare_claims
        from linli.matters.line.queries import CLAIM_SOURCES as LINE
        from linli.matters.tasks.queries import CLAIM_SOURCES as TASKS

        declare_claims(*LINE, *TASKS)
