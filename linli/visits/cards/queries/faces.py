"""Who stands on a grid's card today, and where a QR leads."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from django.db.models import Q

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.rooms.models import OpeningHours, Responsibility
from linli.places.grid.models import Grid
from linli.visits.cards.models import CardDesign, GridPage, PublicFace
from linli.visits.cards.rules import Printed, hours_words

OFFICER = "community_officer"


@dataclass(frozen=True, slots=True)
class Face:
    """Who answers for a grid today, as the public may know: the room and its officer (None when nobody is in post)."""

    grid: Grid
    room: Agency
    officer: Person | None
    public: PublicFace | None
    hours: Words

    @property
    def phone(self) -> str:
        """The officer's duty telephone, else the room's."""
        own = self.public.duty_phone if self.public else ""
        return own or self.room.phone

    @property
    def shown(self) -> Printed:
        return Printed(self.officer.name if self.officer else "", self.room.name, self.phone, self.hours.zh)


def faces(grids: Iterable[Grid], day: date) -> dict[uuid.UUID, Face]:
    """The face of each grid that a room answers for, by the grid's key; five queries however many grids."""
    by_id = {grid.pk: grid for grid in grids}
    held = {}
    rows = Responsibility.objects.on(day).filter(grid_id__in=by_id).select_related("agency", "officer")
    for row in rows.order_by("since"):
        held[row.grid_id] = row
    rooms = {row.agency_id: row.agency for row in held.values()}
    serving = _serving(list(rooms), day)
    officers = {key: _officer(row, serving) for key, row in held.items()}
    people = [person.pk for person in officers.values() if person]
    public = {one.person_id: one for one in PublicFace.objects.filter(person_id__in=people)}
    spans: dict[uuid.UUID, list[tuple[int, int, int]]] = {}
    for span in OpeningHours.objects.filter(agency_id__in=rooms):
        spans.setdefault(span.agency_id, []).append((span.weekday, span.from_minute, span.until_minute))
    return {
        key: Face(
            by_id[key],
            row.agency,
            officers[key],
            public.get(person.pk) if (person := officers[key]) else None,
            hours_words(spans.get(row.agency_id, [])),
        )
        for key, row in held.items()
    }


def _serving(rooms: Sequence[uuid.UUID], day: date) -> dict[uuid.UUID, list[Person]]:
    """Community officers in post at each room, the longest there first."""
    found: dict[uuid.UUID, list[Person]] = {}
    rows = Post.objects.held_on(day).filter(agency_id__in=rooms, code=OFFICER, person__left_on__isnull=True)
    for post in rows.select_related("person").order_by("since", "person__staff_no"):
        found.setdefault(post.agency_id, []).append(post.person)
    return found


def _officer(row: Responsibility, serving: dict[uuid.UUID, list[Person]]) -> Person | None:
    """The officer named for the grid while he still serves at its room, else the room's first: a card never names
    somebody who has gone.
    """
    here = serving.get(row.agency_id, [])
    if row.officer_id and any(person.pk == row.officer_id for person in here):
        return row.officer
    return here[0] if here else None


def grid_in_reach(actor: Actor, code: str) -> Face:
    """The face of one of the actor's grids; NotFound for one that no room of his answers for."""
    grid = Grid.objects.filter(kind="police", code=code, active=True).first()
    face = faces([grid], clock.today()).get(grid.pk) if grid else None
    if face is None or not (actor.is_system or actor.reaches(face.room.path)):
        raise NotFound("row.unknown", what=code)
    return face


@dataclass(frozen=True, slots=True)
class Door:
    """Where a QR leads: the grid's face of today; without a room that answers, the nearest that is known (None)."""

    page: GridPage
    face: Face | None


def door_by_code(code: str) -> Door:
    """The residents' page of a code. The code outlives its grid: when that was drawn anew, the grid that now covers the
    land answers. NotFound for a code that was never printed.
    """
    page = GridPage.objects.filter(code=code).first()
    if page is None:
        raise NotFound("row.unknown", what=code)
    today = clock.today()
    grids = Grid.objects.on(today).filter(kind="police")
    around = Q(west__lte=page.lon, east__gte=page.lon, south__lte=page.lat, north__gte=page.lat)
    spot = shapely.Point(page.lon, page.lat)
    found = list(grids.filter(Q(code=page.grid_code) | around))
    found.sort(key=lambda grid: grid.code != page.grid_code)
    known = faces(found, today)
    for grid in found:
        if grid.pk in known and (grid.code == page.grid_code or grid.shape.covers(spot)):
            return Door(page, known[grid.pk])
    return Door(page, None)


def supervision_phone(room: Agency) -> str:
    """Where residents of a room say what was wrong with the police: of the nearest design at or above the room."""
    codes = room.path.strip("/").split("/")
    above = ["/" + "/".join(codes[: n + 1]) + "/" for n in range(len(codes))]
    rows = CardDesign.objects.in_use().filter(agency__path__in=above).exclude(supervision_phone="")
    found = rows.order_by("-agency__path", "name").values_list("supervision_phone", flat=True).first()
    return found or ""
