"""Live units: the list, where they are, whether they can go."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.finding import as_id, unit_named
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, unit_shown
from linli.kernel import clock
from linli.kernel.acts import may
from linli.kernel.errors import Invalid
from linli.kernel.scope import Actor
from linli.operations.units.acts import MOST_POSITIONS, Fix, set_availability, take_positions
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
    """A batch of positions. The newest of each unit is kept; units that are unknown or not the actor's are named."""
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
    return {"stored": take_positions(fixes), "unknown": unknown}


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
