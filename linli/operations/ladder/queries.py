"""Whom a rung of the ladder reaches."""

from __future__ import annotations

from linli.kernel import clock
from linli.matters.ledger.models import Matter
from linli.operations.dispatch.models import Order
from linli.operations.units.models import UnitCrew
from linli.org.agencies.queries import bureau_of
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.roster.models import Shift


def crew_of(order: Order) -> list[Person]:
    """Who rides in the ordered unit now; the room's people on duty when nobody is named."""
    rides = UnitCrew.objects.filter(unit_id=order.unit_id, until__isnull=True).select_related("person")
    people = [row.person for row in rides]
    if people:
        return people
    shifts = Shift.objects.at(clock.now()).filter(agency_id=order.unit.agency_id).select_related("person")
    return [shift.person for shift in shifts]


def desk_people(matter: Matter, *, level: str) -> list[Person]:
    """Who must hear: a station's desk (``station``), a bureau's dispatchers (``bureau``) or a chief (``chief``)."""
    today = clock.shanghai(clock.now()).date()
    codes = {"station": ("station_desk",), "bureau": ("dispatcher",), "chief": ("station_chief",)}[level]
    home = matter.station or matter.agency
    if home is None:
        return []
    path = bureau_of(home).path if level == "bureau" else home.path
    rows = Post.objects.held_on(today).filter(agency__path=path, code__in=codes).select_related("person")
    return [row.person for row in rows]
