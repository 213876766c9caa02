from __future__ import annotations

from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    """Declares the acts, the importer and the layer of counts."""

    name = "linli.volunteers"
    label = "volunteers"

    def ready(self) -> None:
        import linli.volunteers.asking.acts
        import linli.volunteers.enlisting.acts
        import linli.volunteers.entering.acts
        import linli.volunteers.members.acts
        import linli.volunteers.members.queries  # noqa: F401  (importing declares acts, importer and layer)
