"""Batches of cards, their doors, and which of them say what is no longer true."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import shapely
from django.db.models import Count, QuerySet

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor, below
from linli.org.rooms.models import Responsibility
from linli.places.addresses.models import Address
from linli.places.grid.models import Grid
from linli.places.homes.models import Home
from linli.visits.cards.models import CardBatch, CardDesign, CardDoor
from linli.visits.cards.queries.faces import Face, faces
from linli.visits.cards.rules import DONE, Printed, stale_because

DELIVERED_KINDS = ("house", "building")
"""Addresses with a door; a road or a village as a whole has none."""
_AT_ONCE = 400
_WHOLE = ("", "")


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


@dataclass(frozen=True, slots=True)
class Flat:
    """A door: an address, with unit and room where its homes are registered."""

    address: Address
    unit: str = ""
    room: str = ""


def doors_within(grid: Grid) -> list[Flat]:
    """Every door of a grid in the order in which one walks: each registered home of a building, else the house."""
    addresses = addresses_within(grid)
    homes: defaultdict[uuid.UUID, set[tuple[str, str]]] = defaultdict(set)
    keys = [row.pk for row in addresses]
    for start in range(0, len(keys), _AT_ONCE):
        rows = Home.objects.filter(address__in=keys[start : start + _AT_ONCE], active=True)
        for address, unit, room in rows.values_list("address_id", "unit", "room"):
            homes[address].add((unit, room))
    return [
        Flat(address, unit, room)
        for address in addresses
        for unit, room in sorted(homes[address.pk] - {_WHOLE} or {_WHOLE}, key=_upwards)
    ]


def _upwards(flat: tuple[str, str]) -> tuple[int, str, int, str]:
    """Unit by unit, the lower rooms first: 901 before 1001."""
    unit, room = flat
    return len(unit), unit, len(room), room


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
