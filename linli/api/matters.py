"""One matter with all that hangs on it, opening and moving."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Body, Router, Schema
from pydantic import AwareDatetime, Field

from linli.api.auth import ApiRequest
from linli.api.finding import agency_named, person_named
from linli.api.idempotency import answered, once
from linli.api.incidents import taken_shown
from linli.api.ledger import listed
from linli.api.matter_detail import detail_shown
from linli.api.shown import Shown, matter_shown, with_orders
from linli.kernel.errors import NotFound
from linli.kernel.inputs import Spot
from linli.kernel.scope import Actor
from linli.matters.handovers.queries import keeps_from
from linli.matters.ledger.acts import assign_matter, found_place, move_matter, open_matter
from linli.matters.ledger.models import Matter
from linli.matters.ledger.queries import matter_by_number
from linli.matters.notes.acts import write_note
from linli.matters.parties.models import Party
from linli.matters.routing.acts import place_matter, recategorise, take_call
from linli.operations.dispatch.acts import feed_back
from linli.trail.reads.acts import note_read

router = Router(tags=["matters"])

_LONG_TEXT = 4000


class Opened(Schema):
    """A matter to open. ``details`` as its kind declares them (``/vocabulary``)."""

    kind: str = Field(max_length=24)
    title: str = Field("", max_length=160)
    details: dict[str, Any] = {}
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)
    address: str = Field("", max_length=200)
    device_at: AwareDatetime | None = None


class Placing(Schema):
    """A point in WGS-84."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    address: str = Field("", max_length=200)


class Recategorised(Schema):
    """The current category and priority; what is left out stays."""

    category: str = Field("", max_length=12)
    priority: int | None = None


class Noted(Schema):
    """A note."""

    text: str = Field(min_length=1, max_length=_LONG_TEXT)


class Assigned(Schema):
    """To a person (id or staff number), or to another agency (id or code)."""

    assignee: str = Field("", max_length=64)
    agency: str = Field("", max_length=64)


# One path, one router: the list stands where matters are opened.
router.get("/matters", summary="List matters")(listed)


@router.get("/matters/{number}", summary="One matter")
def one(request: ApiRequest, number: str) -> HttpResponse:
    """A matter with its timeline, clock, ties and tickets; the caller is masked."""
    return answered(detail_shown(request.auth, matter_by_number(request.auth, number)))


@router.get("/matters/{number}/caller", summary="The caller, unmasked")
def caller(request: ApiRequest, number: str, purpose: str = "") -> HttpResponse:
    """Name and telephone of the caller; the look is noted. For an open matter of one's own the purpose fills itself."""
    matter = matter_by_number(request.auth, number)
    party = Party.objects.filter(matter=matter, part="caller").first()
    if party is None or keeps_from(request.auth, matter):
        raise NotFound("row.unknown", what=f"{number}/caller")
    why = purpose or (f"处理{matter.number}" if matter.closed_at is None else "")
    note_read(request.auth, subject_type="matters.party", subject_id=str(party.pk), purpose=why)
    return answered({"name": party.name, "phone": party.phone, "purpose": why})


@router.post("/matters", response={201: dict[str, Any]}, summary="Open a matter")
def opened(request: ApiRequest, sent: Opened) -> HttpResponse:
    """Open a matter of any declared kind at a place, or at the actor's own agency when none is given."""
    actor = request.auth
    if sent.kind == "incident":
        call = {**sent.details, **sent.model_dump(include={"lon", "lat", "address"}, exclude_none=True)}
        return once(request.ticket, 201, lambda: taken_shown(take_call(actor, sent=call)))
    return once(request.ticket, 201, lambda: _fresh(_open(actor, sent)))


def _open(actor: Actor, sent: Opened) -> Matter:
    return open_matter(
        actor,
        kind=sent.kind,
        title=sent.title,
        details=sent.details,
        place=found_place(actor, Spot(sent.lon, sent.lat, sent.address)),
        source="desk" if actor.door == "page" else actor.door,
        device_at=sent.device_at,
    )


@router.post("/matters/{number}/moves/{move}", summary="Take a step")
def moved(request: ApiRequest, number: str, move: str, sent: Body[dict[str, Any]]) -> HttpResponse:
    """Take a declared step with the facts that it needs (``moves`` of the matter). 409 when somebody was first."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    step = matter.workflow.move(move)
    facts = {name: sent[name] for name in step.facts if name in sent}
    if "assignee_id" in facts:
        facts["assignee_id"] = person_named(actor, str(facts["assignee_id"])).pk
    if matter.kind == "incident" and move == "feed_back":
        outcome = str(facts.get("outcome", ""))[:_LONG_TEXT]
        return once(request.ticket, 200, lambda: _fresh(feed_back(actor, matter=matter, outcome=outcome)))
    return once(request.ticket, 200, lambda: _fresh(move_matter(actor, matter=matter, move=move, facts=facts)))


@router.post("/matters/{number}/place", summary="Put a matter on the map")
def placed(request: ApiRequest, number: str, sent: Placing) -> HttpResponse:
    """Give a point; grid, room and station follow."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    return once(
        request.ticket,
        200,
        lambda: _fresh(place_matter(actor, matter=matter, lon=sent.lon, lat=sent.lat, address=sent.address)),
    )


@router.post("/matters/{number}/category", summary="Change category and priority")
def recategorised(request: ApiRequest, number: str, sent: Recategorised) -> HttpResponse:
    """The initial category and priority stay as they were."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    return once(
        request.ticket,
        200,
        lambda: _fresh(recategorise(actor, matter=matter, category_code=sent.category, priority=sent.priority)),
    )


@router.post("/matters/{number}/notes", response={201: dict[str, Any]}, summary="Write a note")
def noted(request: ApiRequest, number: str, sent: Noted) -> HttpResponse:
    """Add a note; notes are never changed."""
    actor, matter = request.auth, matter_by_number(request.auth, number)

    def deed() -> Shown:
        note = write_note(actor, matter=matter, text=sent.text)
        return {"id": note.pk, "at": note.at, "by": note.by_name, "text": note.text}

    return once(request.ticket, 201, deed)


@router.post("/matters/{number}/assign", summary="Assign a matter")
def assigned(request: ApiRequest, number: str, sent: Assigned) -> HttpResponse:
    """Give a matter to a person or to another agency; the former agency keeps seeing it."""
    actor, matter = request.auth, matter_by_number(request.auth, number)
    person = person_named(actor, sent.assignee) if sent.assignee else None
    agency = agency_named(actor, sent.agency) if sent.agency else None
    return once(
        request.ticket, 200, lambda: _fresh(assign_matter(actor, matter=matter, assignee=person, agency=agency))
    )


def _fresh(matter: Matter) -> Shown:
    """A matter as it stands after an act."""
    with_orders([matter])
    return matter_shown(matter)
