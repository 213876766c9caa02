from __future__ import annotations

from django.apps import AppConfig


class FieldConfig(AppConfig):
    """Declares the acts of phones and the rounds that look after what waits."""

    name = "linli.field"
    label = "field"

    def ready(self) -> None:
        import linli.field.conflicts.acts
        import linli.field.devices.acts
        import linli.field.files.acts
        import linli.field.inbox.acts
        import linli.field.replay.acts  # noqa: F401  (importing declares the acts)
        from linli.field.conflicts.queries import CLAIM_SOURCES
        from linli.kernel.claims import declare_claims

        declare_claims(*CLAIM_SOURCES)
