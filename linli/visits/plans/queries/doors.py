"""Where a door is, and who answers for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from linli.kernel import clock
from linli.kernel.errors import Invalid
from linli.kernel.geo import possible
from linli.kernel.scope import Actor
from linli.matters.ledger.acts import Placed
from linli.matters.routing.queries import answering_for, bureau
from linli.org.agencies.models import Agency
from linli.org.agencies.queries import station_of
from linli.places.addresses.models import Address
from linli.places.grid.models import Grid
from linli.places.premises.models import Premises
from linli.visits.records.rules import door_key


@dataclass(frozen=True, slots=True)
class Door:
    """A door as it is stored beside what is due there and what was done there."""

    door: str
    place: str
    agency: Agency
    address: Address | None = None
    room: str = ""
    premises: Premises | None = None
    lon: float | None = None
    lat: float | None = None
    grid: Grid | None = None
    grid_code: str = ""

    def as_columns(self) -> dict[str, Any]:
        """The columns that a due door and a visit share."""
        names = ("door", "place", "agency", "address", "room", "premises", "lon", "lat", "grid_code")
        return {name: getattr(self, name) for name in names}

    def as_placed(self) -> Placed:
        """The same place for a matter that is opened there."""
        return Placed(
            self.lon,
            self.lat,
            self.place,
            self.address.pk if self.address else None,
            "sent" if self.lon is not None else "",
            self.grid,
            self.agency,
            station_of(self.agency),
        )


def door_of(
    actor: Actor,
    *,
    premises: Premises | None = None,
    address: Address | None = None,
    room: str = "",
    place: str = "",
    lon: float | None = None,
    lat: float | None = None,
) -> Door:
    """The door that was named, with who answers for it: registered premises before an address, an address before a
    point, a point before words (then one's own agency). Raises Invalid ``visit.place`` when nothing was named.
    """
    if lon is None or lat is None or not possible(lon, lat):
        lon = lat = None
    if premises is not None:
        lon, lat = premises.lon, premises.lat
        address = premises.address
        place = premises.name
    elif address is not None:
        lon, lat = address.lon, address.lat
        place = f"{address.text}{room}"
    place = place.strip()
    if not place and lon is None:
        raise Invalid("visit.place", field="place")
    place = place or f"{lon:.5f}, {lat:.5f}"
    key = door_key(
        address=address.pk if address else None, room=room, premises=premises.pk if premises else None, place=place
    )
    found = answering_for(lon, lat, clock.now()) if lon is not None and lat is not None else None
    grid = found.grid if found else None
    return Door(
        door=key,
        place=place[:160],
        agency=_agency_of(premises) or (found.agency if found else None) or _own(actor),
        address=address,
        room=room.strip()[:20],
        premises=premises,
        lon=lon,
        lat=lat,
        grid=grid,
        grid_code=grid.code if grid else "",
    )


def _agency_of(premises: Premises | None) -> Agency | None:
    return Agency.objects.filter(path=premises.agency_path).first() if premises is not None else None


def _own(actor: Actor) -> Agency:
    """The actor's own agency, the lowest of his posts; the bureau when he has none."""
    own = Agency.objects.filter(pk__in=[post.agency_id for post in actor.posts]).order_by("-path").first() or bureau()
    if own is None:
        raise Invalid("visit.place", field="place")
    return own
