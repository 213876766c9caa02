"""When lawyers are where, which half hours are free, and one's own bookings."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.kernel import clock
from linli.kernel.claims import Line
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.matters.public.rules import free_slots
from linli.mediation.hours.models import LawyerBooking, LawyerHours
from linli.org.agencies.models import Agency
from linli.org.people.models import Person

DAYS = 14
MOST = 8
STILL = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class InResidence:
    """A lawyer at a room: the hours of the week, and the half hours that are free within two weeks (local times)."""

    person: Person
    room: Agency
    hours: Sequence[LawyerHours]
    free: Sequence[datetime]


def in_residence(room: Agency | None = None) -> list[InResidence]:
    """Every lawyer by room, of one room where it is named."""
    rows = LawyerHours.objects.filter(until__isnull=True, person__left_on__isnull=True)
    rows = rows.filter(room=room) if room else rows
    now = clock.shanghai(clock.now())
    by_place: dict[tuple[uuid.UUID, uuid.UUID], list[LawyerHours]] = {}
    for row in rows.select_related("person", "room").order_by("room__path", "person", "weekday", "from_minute"):
        by_place.setdefault((row.room_id, row.person_id), []).append(row)
    taken: dict[uuid.UUID, set[datetime]] = {}
    booked = LawyerBooking.objects.exclude(state="cancelled").filter(begins_at__gte=now)
    for person_id, at in booked.values_list("person_id", "begins_at"):
        taken.setdefault(person_id, set()).add(at)
    found = []
    for (_room, person_id), held in by_place.items():
        spans = [(one.weekday, one.from_minute, one.until_minute) for one in held]
        free = free_slots(spans, now, taken.get(person_id, set()), days=DAYS)
        found.append(InResidence(held[0].person, held[0].room, held, free))
    return found


def own_bookings(actor: Actor) -> list[LawyerBooking]:
    """What the actor will hold or has written down, from half a day ago on."""
    rows = LawyerBooking.objects.visible_to(actor).filter(begins_at__gte=clock.now() - STILL)
    return list(rows.exclude(state="cancelled").select_related("person", "room"))


def booking_seen(actor: Actor, key: uuid.UUID) -> LawyerBooking:
    """One booking of the actor's. Raises NotFound."""
    found = LawyerBooking.objects.visible_to(actor).select_related("person", "room").filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def booked_lines(actor: Actor, at: datetime) -> Sequence[Line]:
    """A lawyer's next bookings for his page: when and where, not who."""
    rows = LawyerBooking.objects.filter(person_id=actor.id, state="booked", begins_at__gte=at - STILL)
    return [
        Line(clock.shanghai(one.begins_at).strftime("%m-%d %H:%M"), one.room.name, "/mediation/lawyers")
        for one in rows.select_related("room")[:MOST]
    ]
