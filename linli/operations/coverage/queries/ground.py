"""The ground to be covered, made from roads, grids and addresses, and kept until one of them changes."""

from __future__ import annotations

import numpy as np
from django.db.models import Count, Sum

from linli.kernel import clock
from linli.kernel.kept import Kept
from linli.operations.coverage.rules import GridOf, Ground
from linli.operations.coverage.rules.ground import ground_of
from linli.operations.limits.models import Limit
from linli.operations.limits.queries import limit_for
from linli.org.rooms.queries import held_on
from linli.places.addresses.models import Address
from linli.places.grid.models import Grid
from linli.places.roads.queries import active_roads


def _made() -> Ground | None:
    roads = active_roads()
    if roads is None or not roads.network.has_points:
        return None
    # Doors are laid on the whole network: a closure for an afternoon moves nobody's house to another road.
    every = roads.closing(())
    spots = Address.objects.filter(active=True).exclude(kind="road").order_by("pk").values_list("lon", "lat")
    doors = np.array(list(spots), np.float64).reshape(-1, 2)
    lon, lat = np.ascontiguousarray(doors[:, 0]), np.ascontiguousarray(doors[:, 1])
    node, edge, fraction, _ = every.place_many(lon, lat, np.full(len(doors), 1, np.uint8))
    grids = [(_grid(row), row.shape) for row in Grid.objects.filter(kind="police").on(clock.today()).order_by("code")]
    target_s = float(limit_for("", "").target_s)
    return ground_of(every.network, grids, target_s, (lon, lat), (node, edge, fraction))


def _grid(row: Grid) -> GridOf:
    """A grid with the promise of its zone and who answers for it."""
    held = held_on(row.pk, clock.today())
    room = held.responsibility.agency if held else None
    agencies = [agency.pk for agency in (room, held.station if held else None) if agency is not None]
    target_s = float(limit_for("", room.zone if room else "").target_s)
    return GridOf(row.pk, row.code, row.name, target_s, tuple(dict.fromkeys(agencies)))


def _version() -> tuple[object, ...]:
    """What tells that another ground must be made."""
    roads = active_roads()
    grids = Grid.objects.filter(kind="police").aggregate(n=Count("pk"), v=Sum("version"), ended=Count("valid_to"))
    limits = Limit.objects.aggregate(n=Count("pk"), v=Sum("version"))
    last = Address.objects.order_by("-pk").values_list("pk", flat=True).first()
    doors = (Address.objects.filter(active=True).count(), last)
    return (clock.today(), roads.name if roads else "", *grids.values(), *limits.values(), *doors)


GROUND = Kept(
    _made, changed_by=("grid.", "import.", "demo.", "roads.", "limits.", "room.", "agency."), version=_version
)
