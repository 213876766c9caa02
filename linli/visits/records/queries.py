"""Visits as they are found again: of a door, of somebody, waiting for a sign; and what a phone takes along."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Q, QuerySet

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.places.addresses.models import Address
from linli.places.occupants.models import Occupant, Residence
from linli.places.occupants.queries import Masked, living_at, masked
from linli.places.premises.models import Premises
from linli.visits.plans.models import Stop
from linli.visits.plans.rules import monday_of
from linli.visits.reasons.queries import reasons_on
from linli.visits.records.models import Visit, VisitOccupant
from linli.visits.records.rules import OUTCOMES, door_key

_STATES = {
    "planned": Words("待走访", "to visit"),
    "met": Words("已走访", "visited"),
    "missed": Words("无人，再去", "nobody at home"),
    "left_out": Words("本周不去", "left out"),
}


def visits_of(
    actor: Actor, *, door: str = "", person: uuid.UUID | None = None, state: str = "", reason: str = ""
) -> QuerySet[Visit]:
    """The visits that the actor may see, the latest first, narrowed by door, author, state and reason."""
    rows = Visit.objects.visible_to(actor).select_related("agency", "premises", "address", "signed_by")
    for name, value in (("door", door), ("by_id", person), ("state", state), ("reason", reason)):
        if value:
            rows = rows.filter(**{name: value})
    return rows


def visit_by_id(actor: Actor, key: uuid.UUID) -> Visit:
    """One visit; hidden and absent look the same (NotFound)."""
    found = visits_of(actor).filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


def to_sign(actor: Actor) -> QuerySet[Visit]:
    """What waits for the actor's sign: records of others within his reach, the oldest first."""
    return visits_of(actor, state="waiting").exclude(by_id=actor.id).order_by("recorded_at")


def reason_words(code: str) -> Words:
    """What a reason is called today; one that is out of use by its code."""
    found = reasons_on(clock.today()).get(code)
    return found.words if found else Words(code, code)


_MOST_OFFERED = 60


def people_behind(
    actor: Actor, *, address: Address | None = None, room: str = "", premises: Premises | None = None
) -> list[Residence]:
    """Who is on record behind a door and may be named in its visit, one row a person: whoever works in the premises or
    lives there, else whoever lives in that flat, else at the address. Through the actor's own reach, at most sixty.
    """
    if premises is not None:
        here = Q(employer=premises) | (Q(address_id=premises.address_id) if premises.address_id else Q(pk__in=[]))
        living = Residence.objects.visible_to(actor).on(clock.today()).filter(here, occupant__erased_on__isnull=True)
        rows: QuerySet[Residence] = living.select_related("occupant", "home", "address").order_by("since", "pk")
    elif address is not None:
        rows = living_at(actor, address=address)
    else:
        return []
    found = list(rows[: _MOST_OFFERED * 4])
    flat = room.strip()
    same = [row for row in found if row.home and flat in (row.home.room, row.home.door)] if flat else []
    people = {row.occupant.merged_into_id or row.occupant_id: row for row in (same or found)}
    return list(people.values())[:_MOST_OFFERED]


@dataclass(frozen=True, slots=True)
class Met:
    """Who was met at a visit, as far as the reader may see it: masked people; how many are hidden from him or gone."""

    people: tuple[Masked, ...] = ()
    hidden: int = 0
    gone: int = 0


def met_in(actor: Actor, visits: Sequence[Visit]) -> dict[uuid.UUID, Met]:
    """Who was met, by visit. A merged record is the one it leads to, and once; an erased one is a number (``gone``)."""
    named: dict[uuid.UUID, dict[uuid.UUID, Occupant]] = defaultdict(dict)
    rows = VisitOccupant.objects.filter(visit__in=[one.pk for one in visits]).select_related("occupant__merged_into")
    for row in rows.order_by("pk"):
        person = row.occupant.merged_into or row.occupant
        named[row.visit_id].setdefault(person.pk, person)
    keys = {key for people in named.values() for key in people}
    seen = set(Occupant.objects.visible_to(actor).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    return {visit: _met(actor, people, seen) for visit, people in named.items()}


def _met(actor: Actor, people: Mapping[uuid.UUID, Occupant], seen: set[uuid.UUID]) -> Met:
    here = [row for row in people.values() if row.erased_on is None]
    shown = tuple(masked(actor, row) for row in here if row.pk in seen)
    return Met(shown, hidden=len(here) - len(shown), gone=len(people) - len(here))


def _this_week(actor: Actor) -> QuerySet[Stop]:
    monday = monday_of(clock.today())
    rows = Stop.objects.visible_to(actor).filter(week__person_id=actor.id, week__monday__gte=monday)
    return rows.filter(state__in=("planned", "missed")).order_by("day", "turn")


def _due(actor: Actor) -> Sequence[tuple[Any, Any]]:
    return list(_this_week(actor).values_list("pk", "version"))


def _shown(actor: Actor, keys: Sequence[Any]) -> Mapping[Any, Shown]:
    """A door of the week as a phone shows it: where, why, how far from the one before. No name of anybody."""
    today = clock.today()
    found: dict[Any, Shown] = {}
    for stop in _this_week(actor).filter(pk__in=keys).select_related("due"):
        walk = {"zh": f"步行约{_minutes(stop.walk_s)}分钟", "en": f"about {_minutes(stop.walk_s)} min on foot"}
        found[stop.pk] = Shown(
            group="today" if stop.day <= today else "along",
            title=stop.due.place,
            lines=[{"zh": stop.why_zh, "en": stop.why_en}, *([walk] if stop.walk_s is not None else [])],
            kind=stop.due.reason,
            state=stop.state,
            state_words=_STATES[stop.state].as_json(),
            due_at=datetime.combine(stop.day, time(18), tzinfo=clock.SHANGHAI),
            lon=stop.due.lon,
            lat=stop.due.lat,
            address=stop.due.place,
            rank=stop.turn if stop.day == today else None,
            doors=[stop.due.door],
        )
    return found


def _minutes(seconds: int | None) -> int:
    return max(1, round((seconds or 0) / 60))


part(
    Part(
        type="visits.stop",
        model=Stop,
        words=Words("本周走访", "visits of the week"),
        order=20,
        due=_due,
        shown=_shown,
    )
)

_MOST_BEHIND = 300


def _behind(actor: Actor, keys: Sequence[Any] | None = None) -> list[Residence]:
    """Who is on record behind the doors of one's week: at its addresses and buildings below, in its premises."""
    doors = _this_week(actor).order_by()
    addresses = list(doors.filter(due__premises__isnull=True).values_list("due__address_id", flat=True))
    premises = list(doors.filter(due__premises__isnull=False).values_list("due__premises_id", flat=True))
    here = Q(address__in=addresses) | Q(address__parent__in=addresses) | Q(employer__in=premises)
    rows = Residence.objects.visible_to(actor).on(clock.today()).filter(here, occupant__erased_on__isnull=True)
    if keys is not None:
        rows = rows.filter(occupant__in=keys)
    rows = rows.filter(occupant__merged_into__isnull=True).select_related("occupant", "address", "home")
    return list(rows.order_by("address_id", "home__code", "since", "pk")[: _MOST_BEHIND * 2])


def _due_behind(actor: Actor) -> Sequence[tuple[Any, Any]]:
    people = {row.occupant_id: f"{row.occupant.version}.{row.version}" for row in _behind(actor)}
    return list(people.items())[:_MOST_BEHIND]


def _shown_behind(actor: Actor, keys: Sequence[Any]) -> Mapping[Any, Shown]:
    """Masked, with the doors behind which each is found: there he can be named as met."""
    found: dict[Any, Shown] = {}
    for row in _behind(actor, keys):
        doors = _doors_of(row)
        if row.occupant_id in found:
            found[row.occupant_id]["doors"] += doors
            continue
        who = masked(actor, row.occupant)
        age = {"zh": f"{who.sex.zh} {who.age}岁", "en": f"{who.sex.en}, {who.age}"} if who.age is not None else None
        found[row.occupant_id] = Shown(
            group="along",
            title=who.name,
            lines=[*([age] if age else []), Residence.KINDS[row.kind].as_json()],
            lon=row.address.lon,
            lat=row.address.lat,
            address=f"{row.address.text}{row.home.door if row.home else ''}",
            doors=doors,
        )
    return found


def _doors_of(row: Residence) -> list[str]:
    """The keys under which a visit may know the door of a residence: with the flat as it is said, and without."""
    flats = ("", row.home.door, row.home.room) if row.home else ("",)
    places = [key for key in (row.address_id, row.address.parent_id) if key]
    keys = [door_key(address=place, room=flat) for place in places for flat in flats]
    return list(dict.fromkeys([*keys, *([door_key(premises=row.employer_id)] if row.employer_id else [])]))


part(
    Part(
        type="at_door",
        model=Occupant,
        words=Words("本周走访户的登记人员", "who is on record behind the doors of the week"),
        order=25,
        due=_due_behind,
        shown=_shown_behind,
        most=_MOST_BEHIND,
    )
)

__all__ = ["OUTCOMES", "Met", "met_in", "people_behind", "reason_words", "to_sign", "visit_by_id", "visits_of"]
