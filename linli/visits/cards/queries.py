"""Who stands on a grid's card today, which cards have become stale, which doors are left."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import shapely
from django.db.models import Count, Q, QuerySet

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor, below
from linli.kernel.words import Words
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.org.rooms.models import OpeningHours, Responsibility
from linli.places.addresses.models import Address
from linli.places.grid.models import Grid
from linli.visits.cards.models import CardBatch, CardDesign, CardDoor, GridPage, PublicFace
from linli.visits.cards.rules import DONE, OUTCOMES, Printed, hours_words, stale_because

OFFICER = "community_officer"
DELIVERED_KINDS = ("house", "building")
"""Addresses with a door; a road or a village as a whole has none."""
MOST_CARRIED = 300
"""Doors that a phone takes along."""


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


@dataclass(slots=True)
class GridCards:
    """A grid with its cards: the batch in force, how far it has been carried, why it is stale."""

    face: Face
    batch: CardBatch | None = None
    done: int = 0
    stale: list[str] = field(default_factory=list)

    @property
    def left(self) -> int:
        return max(0, self.batch.doors_count - self.done) if self.batch else 0


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


def cards_of(actor: Actor, *, day: date | None = None) -> list[GridCards]:
    """Every grid within the actor's reach with its cards, in the order of rooms and grids."""
    today = day or clock.today()
    held = Responsibility.objects.on(today).filter(below("agency__path", actor.paths)).values("grid_id")
    grids = list(Grid.objects.on(today).filter(kind="police", pk__in=held))
    known = faces(grids, today)
    batches = {row.grid_code: row for row in CardBatch.objects.visible_to(actor).in_force().select_related("design")}
    counted = CardDoor.objects.filter(batch__in=[row.pk for row in batches.values()], outcome__in=DONE)
    done = dict(counted.order_by().values_list("batch_id").annotate(n=Count("pk")))
    found = []
    for face in known.values():
        batch = batches.get(face.grid.code)
        one = GridCards(face, batch, done.get(batch.pk, 0) if batch else 0, why_stale(batch, face) if batch else [])
        found.append(one)
    return sorted(found, key=lambda one: (one.face.room.path, one.face.grid.code))


def why_stale(batch: CardBatch, face: Face | None) -> list[str]:
    """What the printed cards of a batch say wrongly today; empty while they are right."""
    printed = Printed(batch.officer_name, batch.room_name, batch.phone, batch.hours)
    now = face.shown if face else Printed("", "", "", "")
    return stale_because(printed, now, design_ended=batch.design.ended_at is not None)


def batch_by_id(actor: Actor, key: uuid.UUID) -> CardBatch:
    """One batch; hidden and absent look the same (NotFound)."""
    rows = CardBatch.objects.visible_to(actor).select_related("design", "agency", "grid", "officer")
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def doors_of(batch: CardBatch, *, left: bool = False) -> QuerySet[CardDoor]:
    """The doors of a batch in the order of walking; ``left``: only those that somebody must still go to."""
    rows = CardDoor.objects.filter(batch=batch).select_related("address")
    return rows.exclude(outcome__in=DONE) if left else rows


def door_by_id(actor: Actor, key: uuid.UUID) -> CardDoor:
    """One door; NotFound when hidden or absent."""
    rows = CardDoor.objects.visible_to(actor).select_related("batch__agency", "address")
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def designs_for(actor: Actor) -> QuerySet[CardDesign]:
    """Designs in use that the actor may print."""
    return CardDesign.objects.visible_to(actor).in_use().select_related("agency")


def design_by_id(actor: Actor, key: uuid.UUID) -> CardDesign:
    """One design; NotFound when hidden or absent."""
    found = CardDesign.objects.visible_to(actor).select_related("agency").filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def addresses_within(grid: Grid) -> list[Address]:
    """Addresses with a door that lie in the grid, in the order in which one walks: name, villagers' group, number."""
    rows = Address.objects.filter(
        active=True,
        kind__in=DELIVERED_KINDS,
        lon__gte=grid.west,
        lon__lte=grid.east,
        lat__gte=grid.south,
        lat__lte=grid.north,
    ).select_related("name")
    shape = grid.shape
    shapely.prepare(shape)
    inside = [row for row in rows if shape.covers(shapely.Point(row.lon, row.lat))]
    return sorted(
        inside,
        key=lambda row: (
            row.name.area,
            row.name.text,
            row.group or 0,
            row.number or row.building or 0,
            row.sub or 0,
            row.unit or 0,
            row.text,
        ),
    )


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


def _due(actor: Actor) -> Sequence[tuple[uuid.UUID, int]]:
    rows = CardDoor.objects.visible_to(actor).filter(batch__state="going_out").exclude(outcome__in=DONE)
    return list(rows.order_by("batch__made_at", "place").values_list("pk", "version")[:MOST_CARRIED])


def _carried(actor: Actor, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, Shown]:
    rows = CardDoor.objects.visible_to(actor).filter(pk__in=keys).select_related("address", "batch")
    return {row.pk: _door_shown(row) for row in rows}


def _door_shown(row: CardDoor) -> Shown:
    said = OUTCOMES.get(row.outcome, Words("待发", "to be brought"))
    return Shown(
        group="along",
        title=row.address.text,
        lines=[{"zh": f"联系卡 {row.batch.grid_code}", "en": f"contact card {row.batch.grid_code}"}],
        kind="card_door",
        state=row.outcome or "left_to_do",
        state_words=said.as_json(),
        lon=row.address.lon,
        lat=row.address.lat,
        address=row.address.text,
    )


part(
    Part(
        type="card_door",
        model=CardDoor,
        words=Words("联系卡待发门户", "doors for contact cards"),
        order=70,
        due=_due,
        shown=_carried,
        most=MOST_CARRIED,
    )
)
