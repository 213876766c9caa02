"""Which room answers for a grid, what a room has, whether it is open."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from linli.kernel import clock
from linli.kernel.kept import Kept
from linli.kernel.prepared import ask
from linli.kernel.rows import beside_what_waits
from linli.kernel.scope import Actor
from linli.org.agencies.models import Agency
from linli.org.agencies.queries import station_of
from linli.org.agencies.rules import station_path
from linli.org.rooms.models import Equipment, OpeningHours, Responsibility
from linli.org.rooms.rules import is_open


def responsible_for(grid_id: uuid.UUID, day: date) -> Responsibility | None:
    """Who answers for a grid on a day."""
    held = Responsibility.objects.on(day).filter(grid_id=grid_id).select_related("agency", "officer")
    return held.order_by("since").last()


@dataclass(frozen=True, slots=True)
class Held:
    """A room's answer for a grid, and the police station that leads this room (None above stations)."""

    responsibility: Responsibility
    station: Agency | None


def held_on(grid_id: uuid.UUID, day: date) -> Held | None:
    """Who answers for a grid on a day, with the station; today's are kept in memory."""
    if day == clock.shanghai(clock.now()).date():
        return _HELD_TODAY.get().get(grid_id)
    found = responsible_for(grid_id, day)
    return Held(found, station_of(found.agency)) if found else None


def _held_today() -> dict[uuid.UUID, Held]:
    stations = {row.path: row for row in Agency.objects.filter(kind="station")}
    rows = Responsibility.objects.on(clock.shanghai(clock.now()).date()).select_related("agency", "officer")
    return {row.grid_id: Held(row, stations.get(station_path(row.agency.path))) for row in rows.order_by("since")}


_STATE = (
    "SELECT r.n, r.versions, r.ended, a.n, a.versions FROM "
    "(SELECT count(*) AS n, sum(version) AS versions, count(until) AS ended FROM org_responsibility) r, "
    "(SELECT count(*) AS n, sum(version) AS versions FROM org_agency) a"
)
"""Asked once a second by every process: building it took longer than answering it."""


def _held_version() -> tuple[object, ...]:
    with beside_what_waits():
        [found] = ask(_STATE)
    return (clock.shanghai(clock.now()).date(), *found)


_HELD_TODAY = Kept(
    _held_today, changed_by=("grid.", "room.", "agency.", "import.", "demo.", "person."), version=_held_version
)


def equipment_of(actor: Actor, *, room: Agency) -> QuerySet[Equipment]:
    """What a room has, as far as the actor may see."""
    return Equipment.objects.visible_to(actor).filter(agency=room).select_related("holder").order_by("kind", "serial")


def open_now(room: Agency) -> bool:
    """Whether the room's door is open now."""
    spans = list(OpeningHours.objects.filter(agency=room).values_list("weekday", "from_minute", "until_minute"))
    return is_open(spans, clock.shanghai(clock.now()))


def equipment_kinds_at(agency_ids: list[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    """For recommendation: which kinds of thing stand ready (in the room or handed out) at each agency."""
    ready: dict[uuid.UUID, set[str]] = {}
    rows = Equipment.objects.filter(agency_id__in=agency_ids, state__in=("in_room", "handed_out"))
    for agency_id, kind in rows.values_list("agency_id", "kind").distinct():
        ready.setdefault(agency_id, set()).add(kind)
    return ready
