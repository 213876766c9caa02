from __future__ import annotations

from django.apps import AppConfig


class TipsConfig(AppConfig):
    """Declares the acts of anonymous tips, and what they ask of a reader's day."""

    name = "linli.tips"
    label = "tips"

    def ready(self) -> None:
        import linli.tips.readers.acts
        import linli.tips.talk.acts  # noqa: F401  (importing declares the acts and the job)
        from linli.kernel.claims import declare_claims, declare_own
        from linli.tips.talk.queries.day import CLAIM_SOURCES, OWN_SOURCES

        declare_claims(*CLAIM_SOURCES)
        declare_own(*OWN_SOURCES)
