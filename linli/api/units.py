"""Live units: the list, where they are, whether they can go."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.finding import agency_named, as_id, person_named, unit_named
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, unit_shown
from linli.kernel import clock
from linli.kernel.acts import may
from linli.kernel.errors import Invalid
from linli.kernel.scope import Actor
from linli.operations.units.acts import (
    MOST_POSITIONS,
    Fix,
    crew_unit,
    form_unit,
    refused,
    set_availability,
    take_positions,
)
from linli.operations.units.models import Unit
from linli.operations.units.queries import units_for

router = Router(tags=["units"])


class Reported(Schema):
    """One position: the unit by id or call sign, WGS-84, the device's time."""

    unit: str = Field(max_length=64)
    lon: float
    lat: float
    at: AwareDatetime
    accuracy_m: float | None = Field(None, ge=0)


class Availability(Schema):
    """available, conditional (busy with what may be interrupted) or unavailable, and with what."""

    availability: str = Field(max_length=12)
    activity: str = Field("", max_length=16)


class Forming(Schema):
    """A new unit: whose it is (agency by id or code), what it is called, how it moves, what it can and carries."""

    agency: str = Field(max_length=64)
    call_sign: str = Field(min_length=1, max_length=24)
    kind: str = Field("car", max_length=12)
    skills: list[str] = []
    equipment: list[str] = []


class Crewing(Schema):
    """Who rides in the unit from now on, by id or staff number."""

    people: list[str] = Field(max_length=20)


@router.get("/units", summary="Units and where they are")
def listed(request: ApiRequest, since: AwareDatetime | None = None) -> HttpResponse:
    """The units that the actor may see; with ``since`` those that changed or moved after it. ``at`` is the next
    ``since``.
    """
    at = clock.now()
    rows = units_for(request.auth)
    if since is not None:
        rows = rows.filter(Q(touched_at__gte=since) | Q(position__received_at__gte=since))
    return answered({"items": [unit_shown(unit) for unit in rows], "at": at})


@router.post("/units/positions", summary="Report positions")
def positions(request: ApiRequest, sent: list[Reported] | Reported) -> HttpResponse:
    """A batch of positions. The newest of each unit is kept; units that are unknown or not the actor's are named, and
    positions that cannot be true are told by their place in the batch.
    """
    batch = sent if isinstance(sent, list) else [sent]
    if len(batch) > MOST_POSITIONS:
        raise Invalid("positions.too_many", most=MOST_POSITIONS)
    return once(request.ticket, 200, lambda: _report(request.auth, batch))


def _report(actor: Actor, batch: list[Reported]) -> Shown:
    units = _reportable(actor, {item.unit for item in batch})
    fixes = [
        Fix(units[item.unit], item.lon, item.lat, item.at, item.accuracy_m) for item in batch if item.unit in units
    ]
    unknown = sorted({item.unit for item in batch} - units.keys())
    return {"stored": take_positions(fixes), "unknown": unknown, "refused": _refused(batch, units)}


def _refused(batch: list[Reported], units: dict[str, Unit]) -> list[Shown]:
    now = clock.now()
    told: list[Shown] = []
    for index, item in enumerate(batch):
        if item.unit in units:
            why = refused(Fix(units[item.unit], item.lon, item.lat, item.at), now)
            if why is not None:
                told.append({"index": index, "unit": item.unit, "code": why.code, **why.words.as_json()})
    return told


def _reportable(actor: Actor, names: set[str]) -> dict[str, Unit]:
    """The named units whose position this actor may report: the one he rides in, those he may dispose of."""
    keys = {key: name for name in names if (key := as_id(name)) is not None}
    wanted = Q(call_sign__in=names) | Q(pk__in=list(keys))
    own = _own_units(actor)
    found: dict[str, Unit] = {}
    for unit in Unit.objects.visible_to(actor).in_service().filter(wanted).select_related("agency"):
        if unit.pk in own or actor.holds("intake_machine") or may(actor, "unit.set_availability", unit.agency.path):
            found[keys.get(unit.pk, unit.call_sign)] = unit
    return found


def _own_units(actor: Actor) -> set[Any]:
    rides = Unit.objects.filter(crew__person_id=actor.id, crew__until__isnull=True)
    return set(rides.values_list("pk", flat=True))


@router.post("/units/{unit}/availability", summary="Say whether a unit can go")
def available(request: ApiRequest, unit: str, sent: Availability) -> HttpResponse:
    """While a unit is on an order its state follows the order (409)."""
    actor, found = request.auth, unit_named(request.auth, unit)

    def deed() -> Shown:
        return unit_shown(set_availability(actor, unit=found, availability=sent.availability, activity=sent.activity))

    return once(request.ticket, 200, deed)


@router.post("/units", response={201: dict[str, Any]}, summary="Form a unit")
def formed(request: ApiRequest, sent: Forming) -> HttpResponse:
    """A unit of an agency; it is unavailable until somebody signs it on."""
    actor, agency = request.auth, agency_named(request.auth, sent.agency)

    def deed() -> Shown:
        made = form_unit(
            actor,
            agency=agency,
            call_sign=sent.call_sign,
            kind=sent.kind,
            skills=sent.skills,
            equipment=sent.equipment,
        )
        return unit_shown(made)

    return once(request.ticket, 201, deed)


@router.post("/units/{unit}/crew", summary="Say who rides in a unit")
def crewed(request: ApiRequest, unit: str, sent: Crewing) -> HttpResponse:
    """The crew from now on; 409 when somebody already rides elsewhere."""
    actor, found = request.auth, unit_named(request.auth, unit)
    people = [person_named(actor, name) for name in dict.fromkeys(sent.people)]
    return once(request.ticket, 200, lambda: unit_shown(crew_unit(actor, unit=found, people=people)))
