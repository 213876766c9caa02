"""The floor of places, for Django."""

from __future__ import annotations

from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "linli.places"
    label = "places"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Declare the importers and acts of the rooms."""
        import linli.places.addresses.acts
        import linli.places.devices.acts
        import linli.places.devices.queries
        import linli.places.divisions.acts
        import linli.places.grading.acts
        import linli.places.grid.acts
        import linli.places.homes.acts
        import linli.places.map.queries
        import linli.places.occupants.acts
        import linli.places.plates.acts
        import linli.places.premises.acts
        import linli.places.premises.queries
        import linli.places.roads.acts  # noqa: F401  (importing declares the acts)
