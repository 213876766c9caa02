"""Which team can go now, who went, and the sorties of a place."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from linli.kernel.errors import NotFound
from linli.kernel.packs import Part, Shown, part
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.matters.ledger.models import Matter
from linli.matters.routing.queries import answering_for
from linli.operations.sorties.models import SORTIE, Sortie
from linli.operations.units.models import Unit, UnitCrew
from linli.org.agencies.models import Agency
from linli.org.agencies.queries import chain_above
from linli.org.people.models import Person
from linli.org.roster.queries import on_duty


@dataclass(frozen=True, slots=True)
class Team:
    """Who can go now from a room: its free units with their crews, and who else stands on its roster."""

    room: Agency
    units: tuple[Unit, ...]
    crew: tuple[tuple[Person, str], ...]
    on_foot: tuple[Person, ...]

    @property
    def size(self) -> int:
        return len({person.pk for person, _ in self.crew} | {person.pk for person in self.on_foot})


def room_for(matter: Matter, at: datetime) -> Agency | None:
    """The room whose team goes: the one that has the matter, else the one that answers for its place."""
    if matter.agency is not None and matter.agency.is_room:
        return matter.agency
    if matter.lon is None or matter.lat is None:
        return None
    found = answering_for(matter.lon, matter.lat, at).agency
    return found if found is not None and found.is_room else None


def team_of(room: Agency, at: datetime) -> Team:
    """The room's team at a moment. When nobody of the room can go, that of the next agency above it that has somebody:
    the team is rostered round the clock, and at four in the morning it may stand at the central room or the station.
    """
    team = _team_at(room, at)
    for agency in chain_above(room)[1:]:
        if team.units or team.on_foot or agency.kind not in (*Agency.ROOM_KINDS, "station"):
            break
        team = _team_at(agency, at)
    return team


def _team_at(agency: Agency, at: datetime) -> Team:
    free = Unit.objects.in_service().filter(
        agency=agency, availability__in=("available", "conditional"), order_id__isnull=True
    )
    units = tuple(free.select_related("agency").order_by("call_sign"))
    seats = UnitCrew.objects.filter(unit__in=units, until__isnull=True).select_related("person", "unit")
    crew = tuple((seat.person, seat.unit.call_sign) for seat in seats.order_by("unit__call_sign", "person__staff_no"))
    busy = UnitCrew.objects.filter(until__isnull=True, unit__order_id__isnull=False).values_list("person_id", flat=True)
    away = {*busy, *(person.pk for person, _ in crew)}
    rostered = {shift.person_id: shift.person for shift in on_duty(agency, at) if shift.person_id not in away}
    return Team(agency, units, crew, tuple(rostered.values()))


def sorties_of(actor: Actor, *, matter: Matter) -> QuerySet[Sortie]:
    """The sorties of a matter, newest first, with who went."""
    rows = Sortie.objects.visible_to(actor).filter(matter=matter)
    return rows.select_related("room", "led_by").prefetch_related("team__person")


def sortie_by_id(actor: Actor, key: uuid.UUID) -> Sortie:
    """The sortie with this key, or NotFound."""
    found = Sortie.objects.visible_to(actor).select_related("room", "matter__agency", "matter__station")
    row = found.filter(pk=key).first()
    if row is None:
        raise NotFound("row.unknown", what=str(key))
    return row


def sorties_between(actor: Actor, begins: datetime, ends: datetime, *, most: int = 200) -> list[Sortie]:
    """The sorties that the actor may see, sent in a period, newest first."""
    rows = Sortie.objects.visible_to(actor).filter(sent_at__gte=begins, sent_at__lt=ends)
    return list(rows.select_related("room", "led_by", "matter").prefetch_related("team")[:most])


_MOST = 20


def _due(actor: Actor) -> list[tuple[uuid.UUID, str]]:
    """The teams that are out now and that one leads or goes with."""
    out = Sortie.objects.visible_to(actor).filter(state="out")
    mine = out.filter(Q(led_by_id=actor.id) | Q(pk__in=out.filter(team__person_id=actor.id).values("pk")))
    return [(key, f"{one}.{two}") for key, one, two in mine.values_list("pk", "version", "matter__version")[:_MOST]]


def _shown(actor: Actor, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, Shown]:
    rows = Sortie.objects.visible_to(actor).filter(pk__in=keys).select_related("room", "led_by", "matter")
    return {row.pk: _one(row) for row in rows.prefetch_related("team__person")}


def _one(row: Sortie) -> Shown:
    """Where, what, and who comes: what a member needs who is woken at four."""
    matter, leader = row.matter, row.led_by.name if row.led_by else row.room.name
    team = "、".join(f"{one.person.name}{f'（{one.call_sign}）' if one.call_sign else ''}" for one in row.team.all())
    lines: list[str | dict[str, str]] = [str(matter.details.get("what", ""))]
    lines.append({"zh": f"带队：{leader}", "en": f"led by {leader}"})
    if team:
        lines.append({"zh": f"同去：{team}", "en": f"with {team}"})
    if row.plain_clothes:
        lines.append({"zh": "着便装", "en": "in plain clothes"})
    return {
        "group": "now",
        "title": matter.title or matter.number,
        "lines": [line for line in lines if line],
        "state": row.state,
        "state_words": SORTIE.state(row.state).words.as_json(),
        "at": row.sent_at,
        "lon": matter.lon,
        "lat": matter.lat,
        "address": matter.address,
        "number": matter.number,
    }


part(Part("sortie", Sortie, Words("出动", "teams that are out"), 5, _due, _shown, most=_MOST))
