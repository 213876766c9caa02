"""Units on the room's page: form one, say who rides in it, sign it on or off."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.operations.units.acts import crew_unit, form_unit, set_availability
from linli.operations.units.models import Unit
from linli.operations.units.queries import units_for
from linli.org.access.rules import holds_right
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.web.visitor import actor_of, page

POSTS = ("administrator", "station_chief", "station_desk", "dispatcher", "community_officer", "auxiliary")
_SIGNED = ("available", "unavailable")


def units_shown(actor: Actor, room: Agency) -> dict[str, Any]:
    """What the room's page needs: its units, what the visitor may do, who may ride."""
    may_form = holds_right(actor, "unit.form", room.path)
    people = Person.objects.filter(posts__agency__path__startswith=room.path, posts__until__isnull=True)
    return {
        "units": [
            {
                "row": unit,
                "crew": [ride.person for ride in unit.crew.all()],
                "availability": Unit.AVAILABILITIES[unit.availability],
                "activity": Unit.ACTIVITIES.get(unit.activity),
            }
            for unit in units_for(actor).filter(agency=room)
        ],
        "unit_kinds": Unit.KINDS.items(),
        "may_form": may_form,
        "may_sign": holds_right(actor, "unit.set_availability", room.path),
        "riders": people.filter(left_on__isnull=True).distinct().order_by("name") if may_form else [],
    }


def _room(actor: Actor, code: str) -> Agency:
    found = Agency.objects.visible_to(actor).filter(code=code).first()
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found


def _unit(actor: Actor, room: Agency, key: uuid.UUID) -> Unit:
    found = units_for(actor).filter(agency=room, pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    return found


@require_POST
@page(*POSTS)
def form(request: HttpRequest, code: str) -> HttpResponse:
    """Form one more unit of the room."""
    actor = actor_of(request)
    room = _room(actor, code)
    form_unit(
        actor, agency=room, call_sign=request.POST.get("call_sign", "").strip(), kind=request.POST.get("kind", "car")
    )
    return redirect("room", code=code)


@require_POST
@page(*POSTS)
def crew(request: HttpRequest, code: str, unit: uuid.UUID) -> HttpResponse:
    """Say who rides in a unit from now on."""
    actor = actor_of(request)
    found = _unit(actor, _room(actor, code), unit)
    chosen = Person.objects.filter(pk__in=request.POST.getlist("people"), left_on__isnull=True)
    crew_unit(actor, unit=found, people=list(chosen))
    return redirect("room", code=code)


@require_POST
@page(*POSTS)
def sign(request: HttpRequest, code: str, unit: uuid.UUID) -> HttpResponse:
    """Sign a unit on or off."""
    actor = actor_of(request)
    found = _unit(actor, _room(actor, code), unit)
    wanted = request.POST.get("availability", "")
    signed = wanted if wanted in _SIGNED else "unavailable"
    set_availability(actor, unit=found, availability=signed, activity="" if signed == "available" else "off_duty")
    return redirect("room", code=code)
