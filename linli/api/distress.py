"""Officers in danger (求救): above every queue, with a tone of its own."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered, once
from linli.api.shown import Shown, bilingual
from linli.kernel import clock
from linli.kernel.acts import may
from linli.kernel.errors import Invalid, NotAllowed
from linli.operations.distress.acts import answer_distress, end_distress, raise_distress, say_safe
from linli.operations.distress.models import DISTRESS, ENDINGS, Distress
from linli.operations.distress.queries import distress_by_id, distress_running
from linli.org.agencies.models import Agency

router = Router(tags=["distress"])


class Cry(Schema):
    """Where the phone is, as far as it knows, and its time. Nothing of it is needed."""

    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = Field(None, ge=0)
    at: AwareDatetime | None = None


class Ending(Schema):
    """How it ended: safe, supported, by_mistake (only for ``end``)."""

    ending: str = Field("", max_length=12)


@router.get("/distress", summary="Officers in danger")
def running(request: ApiRequest) -> HttpResponse:
    """What is not over within the actor's reach, the unanswered first."""
    items = [
        {**shown(one), "may_answer": may(request.auth, "distress.answer", one.agency.path)}
        for one in distress_running(request.auth)
    ]
    endings = [{"code": code, **bilingual(words)} for code, words in ENDINGS.items()]
    return answered({"items": items, "endings": endings, "next": None, "at": clock.now()})


@router.post("/distress", summary="Call for help", response={201: dict})
def cry(request: ApiRequest, told: Cry) -> HttpResponse:
    """An officer in danger, with the phone's position or where the unit was last. Again while it runs: only the newer
    position.
    """
    actor = request.auth
    held = next(iter(actor.posts), None)
    agency = Agency.objects.filter(pk=held.agency_id).first() if held else None
    if agency is None:
        raise NotAllowed("distress.nobody")

    def deed() -> Shown:
        return shown(
            raise_distress(
                actor, agency=agency, lon=told.lon, lat=told.lat, accuracy_m=told.accuracy_m, device_at=told.at
            )
        )

    return once(request.ticket, 201, deed)


@router.post("/distress/{key}/moves/{move}", summary="Answer or end a call for help")
def step(request: ApiRequest, key: uuid.UUID, move: str, told: Ending) -> HttpResponse:
    """``answer`` and ``end`` are the desk's, ``safe`` is the officer's own."""
    actor, distress = request.auth, distress_by_id(request.auth, key)

    def deed() -> Shown:
        if move == "answer":
            return shown(answer_distress(actor, distress=distress))
        if move == "end":
            return shown(end_distress(actor, distress=distress, ending=told.ending))
        if move == "safe":
            return shown(say_safe(actor, distress=distress))
        raise Invalid("workflow.no_such_move", move=move[:20])

    return once(request.ticket, 200, deed)


def shown(one: Distress) -> Shown:
    """A call for help as clients read it."""
    return {
        "id": str(one.pk),
        "state": one.state,
        "state_words": bilingual(DISTRESS.state(one.state).words),
        "person": {"name": one.person.name, "staff_no": one.person.staff_no},
        "agency": {"code": one.agency.code, "name": one.agency.name},
        "unit": {"id": str(one.unit.pk), "call_sign": one.unit.call_sign} if one.unit else None,
        "lon": one.lon,
        "lat": one.lat,
        "accuracy_m": one.accuracy_m,
        "position_from": one.position_from or None,
        "place_at": one.place_at,
        "raised_at": one.raised_at,
        "answered_by": one.answered_by.name if one.answered_by else None,
        "answered_at": one.answered_at,
        "safe_at": one.safe_at,
        "ended_at": one.ended_at,
        "version": one.version,
    }
