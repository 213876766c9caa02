"""The register of who lives where: numbers, addresses, homes, people masked, reports that wait, duplicates (P7 W7)."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from linli.api.auth import ApiRequest
from linli.api.idempotency import answered, once
from linli.api.population_shown import (
    address_shown,
    home_shown,
    living_shown,
    pair_shown,
    person_shown,
    record_shown,
    report_shown,
)
from linli.api.shown import Shown, bilingual
from linli.insight.measures.queries.standing import standing
from linli.insight.measures.rules.standing import STANDING
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.org.registers.queries import spot_of
from linli.places.homes.queries import home_by_code, homes_of, terms
from linli.places.occupants.acts import (
    begin_residence,
    confirm_occupant,
    decide_report,
    dismiss_duplicate,
    end_residence,
    merge_occupants,
    refuse_report,
    register_occupant,
    reveal_occupant,
    submit_report,
    unmerge_occupants,
)
from linli.places.occupants.models import Residence
from linli.places.occupants.queries import (
    duplicate_by_id,
    duplicates_open,
    living_at,
    occupant_by_id,
    report_by_id,
    reports_of,
    search_people,
)
from linli.places.plates.acts import open_address
from linli.places.plates.queries import address_by_code

router = Router(tags=["register"])
Rows = Annotated[int, Query(ge=1, le=500)]
Purpose = Annotated[str, Query(min_length=1, max_length=200)]


class NewAddress(Schema):
    """One more address below ``parent`` (its code)."""

    parent: str = Field(max_length=40)
    kind: str = Field(max_length=8)
    number: int | None = Field(None, ge=1, le=99_999)
    sub: int | None = Field(None, ge=1, le=9_999)
    title: str = Field("", max_length=40)
    code: str = Field("", max_length=40)
    lon: float | None = Field(None, ge=-180, le=180)
    lat: float | None = Field(None, ge=-90, le=90)


class Living(Schema):
    """Where and how somebody lives: ``address`` and ``home`` by their codes."""

    address: str = Field(max_length=40)
    home: str = Field("", max_length=64)
    kind: str = Field(max_length=12)
    since: date
    source: str = Field("visit", max_length=12)
    relation: str = Field("other", max_length=10)


class NewPerson(Living):
    """A person with where he lives."""

    name: str = Field(max_length=60)
    id_kind: str = Field("none", max_length=16)
    id_number: str = Field("", max_length=30)
    sex: str = Field("", max_length=1)
    born_on: date | None = None
    phone: str = Field("", max_length=30)
    guardian_basis: str = Field("", max_length=16)


class Searched(Schema):
    """A whole name, identity number or telephone number: in the body, so that no log holds it."""

    q: str = Field(min_length=1, max_length=60)


class Confirmed(Schema):
    """Which groups of facts hold as they stand."""

    groups: list[str] = Field(min_length=1, max_length=3)
    source: str = Field("visit", max_length=12)


class Ended(Schema):
    """From which day on, and why."""

    until: date
    why: str = Field("moved", max_length=10)


class NewReport(Schema):
    """What was told about an address; ``told`` by the names of the kind's fields."""

    address: str = Field(max_length=40)
    kind: str = Field(max_length=12)
    told: dict[str, str]
    source: str = Field("visit", max_length=12)


class Decision(Schema):
    """The fields to take over, into whose record (None: a new one); or that the report is refused."""

    refuse: bool = False
    fields: list[str] = []
    occupant: UUID | None = None


class Judgement(Schema):
    """Which record is kept when two are merged."""

    keep: UUID | None = None


def _where(actor: Actor, code: str, home: str) -> Shown:
    address = address_by_code(code)
    spot = spot_of(address)
    own = home_by_code(actor, home) if home else None
    if own is not None and own.address_id != address.pk:
        raise NotFound("row.unknown", what=home)
    return {"address": address, "home": own, "agency_path": spot.agency_path or "/", "grid_code": spot.grid_code}


@router.get("/register/figures", summary="Numbers of people by village and community")
def figures(request: ApiRequest, on: date | None = None) -> HttpResponse:
    """The declared figures of a day within one's reach, through the succession of codes. Numbers, never people."""
    day = min(on or clock.today(), clock.today())
    rows, total, _population = standing(request.auth, day)
    items = [
        {
            "division": {"code": row.division.code, "name": row.division.name} if row.division else None,
            "figures": row.figures,
        }
        for row in rows
    ]
    declared = [
        {"code": one.code, **bilingual(one.words), "unit": bilingual(one.unit), "meaning": bilingual(one.meaning)}
        for one in STANDING.values()
    ]
    return answered({"on": day, "items": items, "next": None, "total": total, "declared": declared})


@router.get("/register/terms", summary="Terms of the register")
def register_terms(request: ApiRequest) -> HttpResponse:
    """How soon who reports, how long what is kept, as this place has set it."""
    items = [
        {"code": code, **bilingual(one.words), "days": one.days, "working_days": one.working_days}
        for code, one in terms().items()
    ]
    return answered({"items": items, "next": None})


@router.get("/register/addresses/{code}", summary="One address of the tree")
def address(request: ApiRequest, code: str) -> HttpResponse:
    """An address with what lies below it and the homes in reach."""
    row = address_by_code(code)
    below = row.children.filter(active=True).select_related("parent", "division").order_by("number", "building", "text")
    homes = homes_of(request.auth).filter(address=row)[:500]
    shown = {**address_shown(row), "below": [address_shown(one) for one in below[:500]]}
    return answered({**shown, "homes": [{**home_shown(one), "living": getattr(one, "living", 0)} for one in homes]})


@router.post("/register/addresses", response={201: dict[str, Any]}, summary="Open an address below another")
def address_opened(request: ApiRequest, sent: NewAddress) -> HttpResponse:
    """A yard on a street, a house in a lane, a building in a yard."""
    actor, parent = request.auth, address_by_code(sent.parent)
    facts = sent.model_dump(exclude={"parent"})
    path = spot_of(parent).agency_path or "/"
    return once(
        request.ticket, 201, lambda: address_shown(open_address(actor, parent=parent, agency_path=path, **facts))
    )


@router.get("/register/addresses/{code}/people", summary="Who lives at an address on a day")
def living(request: ApiRequest, code: str, on: date | None = None, limit: Rows = 100) -> HttpResponse:
    """Masked, as far as one reaches; of today when no day is named."""
    rows = living_at(request.auth, address=address_by_code(code), on=on)[:limit]
    items = [{**living_shown(row), "person": person_shown(request.auth, row.occupant)} for row in rows]
    return answered({"items": items, "next": None})


@router.post("/register/people/search", summary="People by a whole name or number")
def found(request: ApiRequest, sent: Searched) -> HttpResponse:
    """Masked. Sealed values are found only whole; posts beside the police find nobody by a number."""
    rows = search_people(request.auth, sent.q)[:50]
    return answered({"items": [person_shown(request.auth, row) for row in rows], "next": None})


@router.post("/register/people", response={201: dict[str, Any]}, summary="Register a person")
def person_registered(request: ApiRequest, sent: NewPerson) -> HttpResponse:
    """Put a person on record with where he lives. 409 ``occupant.known`` when this number is on record in reach."""
    actor = request.auth
    where = _where(actor, sent.address, sent.home)
    facts = sent.model_dump(exclude={"address", "home"})
    return once(request.ticket, 201, lambda: record_shown(actor, register_occupant(actor, **where, **facts)))


@router.get("/register/people/{key}", summary="One person's record")
def person(request: ApiRequest, key: UUID) -> HttpResponse:
    """Masked, with sources and residences; a merged record answers as the kept one."""
    return answered(record_shown(request.auth, occupant_by_id(request.auth, key)))


@router.get("/register/people/{key}/numbers", summary="A person's whole name and numbers")
def numbers(request: ApiRequest, key: UUID, purpose: Purpose) -> HttpResponse:
    """Unmasked, for a purpose, which is kept with who looked."""
    told = reveal_occupant(request.auth, occupant=occupant_by_id(request.auth, key), purpose=purpose)
    return answered({"name": told.name, "id_number": told.id_number, "phone": told.phone})


@router.post("/register/people/{key}/confirmations", summary="Confirm a person's facts")
def confirmed(request: ApiRequest, key: UUID, sent: Confirmed) -> HttpResponse:
    """The facts of these groups hold as they stand today."""
    actor, row = request.auth, occupant_by_id(request.auth, key)
    deed = sent.model_dump()
    return once(request.ticket, 200, lambda: record_shown(actor, confirm_occupant(actor, occupant=row, **deed)))


@router.post("/register/people/{key}/residences", response={201: dict[str, Any]}, summary="Record moving in")
def moved_in(request: ApiRequest, key: UUID, sent: Living) -> HttpResponse:
    """A known person lives here from a day on; residence of the same kind elsewhere ends."""
    actor, row = request.auth, occupant_by_id(request.auth, key)
    where = _where(actor, sent.address, sent.home)
    facts = sent.model_dump(exclude={"address", "home"})
    return once(request.ticket, 201, lambda: living_shown(begin_residence(actor, occupant=row, **where, **facts)))


@router.post("/register/residences/{key}/end", summary="Record moving out")
def moved_out(request: ApiRequest, key: UUID, sent: Ended) -> HttpResponse:
    """Somebody does not live there any more; the row stays as the household's history."""
    actor = request.auth
    row = Residence.objects.visible_to(actor).filter(pk=key).select_related("address", "home").first()
    if row is None:
        raise NotFound("row.unknown", what=str(key))
    return once(request.ticket, 200, lambda: living_shown(end_residence(actor, residence=row, **sent.model_dump())))


@router.get("/register/reports", summary="Reports that wait for an officer")
def reports(request: ApiRequest, state: str = "waiting", limit: Rows = 100) -> HttpResponse:
    """Without what was told in them."""
    return answered(
        {"items": [report_shown(row) for row in reports_of(request.auth, state=state)[:limit]], "next": None}
    )


@router.post("/register/reports", response={201: dict[str, Any]}, summary="Send a report")
def report_sent(request: ApiRequest, sent: NewReport) -> HttpResponse:
    """What a grid worker or an auxiliary writes down of an address: it waits for the officer."""
    actor = request.auth
    where = _where(actor, sent.address, "")
    del where["home"]
    facts = sent.model_dump(exclude={"address"})
    return once(request.ticket, 201, lambda: report_shown(submit_report(actor, **where, **facts)))


@router.post("/register/reports/{key}/decision", summary="Take a report over, or refuse it")
def report_decided(request: ApiRequest, key: UUID, sent: Decision) -> HttpResponse:
    """Only the named fields enter the register."""
    actor, row = request.auth, report_by_id(request.auth, key)
    into = occupant_by_id(actor, sent.occupant) if sent.occupant else None

    def deed() -> Shown:
        if sent.refuse:
            return report_shown(refuse_report(actor, report=row))
        return report_shown(decide_report(actor, report=row, fields=sent.fields, occupant=into))

    return once(request.ticket, 200, deed)


@router.get("/register/duplicates", summary="Pairs that may be one person")
def duplicates(request: ApiRequest, state: str = "suggested", limit: Rows = 100) -> HttpResponse:
    """Suggested, merged, or decided to be two; both records masked."""
    rows = duplicates_open(request.auth, state=state)[:limit]
    return answered({"items": [pair_shown(request.auth, row) for row in rows], "next": None})


@router.post("/register/duplicates/{key}/{verdict}", summary="merge, apart or undo")
def judged(request: ApiRequest, key: UUID, verdict: str, sent: Judgement) -> HttpResponse:
    """``merge`` leads the other record to ``keep``; ``apart``: two people; ``undo`` takes a merge back."""
    actor, row = request.auth, duplicate_by_id(request.auth, key)
    if verdict not in ("merge", "apart", "undo"):
        raise NotFound("row.unknown", what=verdict)

    def deed() -> Shown:
        if verdict == "merge":
            return pair_shown(actor, merge_occupants(actor, duplicate=row, keep=sent.keep or row.pk))
        if verdict == "apart":
            return pair_shown(actor, dismiss_duplicate(actor, duplicate=row))
        return pair_shown(actor, unmerge_occupants(actor, duplicate=row))

    return once(request.ticket, 200, deed)
