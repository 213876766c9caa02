"""Finding agencies by their place in the tree."""

from __future__ import annotations

from linli.org.agencies.models import Agency


def chain_above(agency: Agency) -> list[Agency]:
    """The agency and everything above it, nearest first."""
    codes = agency.path.strip("/").split("/")
    paths = ["/" + "/".join(codes[: i + 1]) + "/" for i in range(len(codes))]
    return sorted(Agency.objects.filter(path__in=paths), key=lambda row: -len(row.path))


def station_of(agency: Agency) -> Agency | None:
    """The police station that leads this agency, or itself; None above stations."""
    return next((row for row in chain_above(agency) if row.kind == "station"), None)


def bureau_of(agency: Agency) -> Agency:
    """The root above this agency."""
    return chain_above(agency)[-1]
