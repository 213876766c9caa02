"""The call: understood, located, routed and stored, whatever is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from linli.kernel import clock, news
from linli.kernel.acts import act
from linli.kernel.errors import Invalid, declare
from linli.kernel.geo import distance_m, possible, suspect_gcj02, suspect_swapped
from linli.kernel.ids import new_id
from linli.kernel.inputs import Given, Offline, Spot, asked
from linli.kernel.rows import insert
from linli.kernel.scope import Actor
from linli.matters.kinds import KINDS
from linli.matters.ledger.acts import Placed, count_facts, open_matter, stamp_all
from linli.matters.ledger.models import Matter, Stamp
from linli.matters.parties.models import party_of
from linli.matters.parties.rules import plain_phone
from linli.matters.phone.queries import PHOTOS, PLACE, VOICE, categories_offered
from linli.matters.public.queries import is_kept_from_room
from linli.matters.routing.models import Category
from linli.matters.routing.queries import answering_for, bureau, category, category_by_name, category_from_words
from linli.matters.routing.rules import OTHER, Call, read_call, time_doubted
from linli.org.agencies.queries import station_of
from linli.places.addresses.queries import candidates
from linli.places.grid.queries import county_box, county_shape, nearest_grid

declare(
    "place.impossible", zh="经度须在-180至180之间，纬度须在-90至90之间。", en="Longitude is -180…180, latitude -90…90."
)
declare("category.unknown", zh="类别“{code}”不在类别表中。", en="Category {code} is not in the table.")

_SURE = 0.75
_SUSPECT_APART_M = 1500.0


class MatterPlaced:
    """News: a matter got another place, and with it perhaps another room."""

    def __init__(self, matter: Matter, actor: Actor) -> None:
        self.matter = matter
        self.actor = actor


Understood = tuple[Call, Category, Placed]
"""What was heard, what it is, and where."""
OnPhone = tuple[Any, datetime | None]
"""The key that a phone made and its time; None for both when the call came another way."""


def understand(sent: dict[str, Any]) -> Understood:
    """Read a call as it was sent, find its category and its place; nothing is written."""
    call = read_call(sent, clock.now())
    listed = _category_of(call)
    return call, listed, _place_of(call, listed)


def row_to_be(understood: Understood, row_id: Any) -> Matter:
    """The row of a call that was understood and is not stored yet, as far as its place and its kind go."""
    call, listed, place = understood
    priority = call.priority or listed.priority
    return Matter(id=row_id, kind="incident", category=listed.code, priority=priority, **place.as_columns())


def _from_phone(actor: Actor, given: Given) -> dict[str, Any]:
    """A call that a person in the field was told on the spot."""
    values = dict(given.values)
    spot = values.pop("place", None) or Spot()
    values["caller"] = {"name": values.pop("caller_name", ""), "phone": values.pop("caller_phone", "")}
    values |= {"lon": spot.lon, "lat": spot.lat, "address": spot.address}
    return {"sent": {name: value for name, value in values.items() if value not in (None, "")}, "source": "field"}


@act(
    "incident.take",
    zh="受理警情",
    en="take a call",
    keeps=("source",),
    joins=True,
    offline=Offline(
        inputs=(
            asked("category", "choice", "类别", "category", choices=categories_offered),
            asked("narrative", "long_text", "报警内容", "what was told", required=True, personal=True),
            PLACE,
            asked("caller_name", "text", "报警人", "caller", longest=80, personal=True),
            asked("caller_phone", "text", "报警电话", "caller's telephone", longest=40, personal=True),
            PHOTOS,
            VOICE,
        ),
        creates=Matter,
        prepare=_from_phone,
        attach="file.attach",
        group="report",
        icon="urgent",
    ),
)
def take_call(
    actor: Actor,
    *,
    sent: dict[str, Any],
    source: str = "desk",
    answered_at: datetime | None = None,
    understood: Understood | None = None,
    row_id: Any = None,
    device_at: datetime | None = None,
) -> Matter:
    """Store a call. What can be parsed at all is stored, doubts come back in ``warnings`` (contract, ``POST
    /api/v1/incidents``).

    ``sent`` is the body as it came: received_at, category, priority, narrative, caller, lon, lat, datum, address,
    source, external_number. Returns the matter with its grid, room and station as far as they can be known. A door
    that
    stands in line for the write lock understands the call before (``understood``).
    """
    call, listed, place = understood or understand(sent)
    _doubt_repeated_number(call, call.external_source or source)
    matter = _stored(actor, call, listed, place, source, (row_id, device_at))
    phone = plain_phone(call.caller_phone)
    if call.caller_name or phone:
        insert(party_of(matter, part="caller", name=call.caller_name, phone=phone))
    if answered_at is not None:
        stamp_all(matter, [("answered", answered_at)], actor)
    return matter


def _stored(actor: Actor, call: Call, listed: Category, place: Placed, source: str, on_phone: OnPhone) -> Matter:
    if not call.external_number:
        return _store(actor, call, listed, place, source, on_phone)
    try:
        with transaction.atomic():
            return _store(actor, call, listed, place, source, on_phone)
    except IntegrityError:
        # The same external number came in at the same moment: still a call, stored with the doubt.
        _doubt_repeated_number(call, call.external_source or source)
        return _store(actor, call, listed, place, source, on_phone)


def _doubt_repeated_number(call: Call, peer: str) -> None:
    number = call.external_number
    if number and Matter.objects.filter(external_source=peer, external_number=number).exists():
        call.warn("call.number_repeated", number=number)
        call.kept["external_number"] = number
        call.external_number = ""


def _store(actor: Actor, call: Call, listed: Category, place: Placed, source: str, on_phone: OnPhone) -> Matter:
    details: dict[str, Any] = {"narrative": call.narrative}
    if "category" in call.kept:
        details["foreign_category"] = call.kept["category"]
    priority = call.priority or listed.priority
    return open_matter(
        actor,
        kind="incident",
        title=listed.zh,
        details=details,
        place=place,
        source=source,
        received_at=call.received_at,
        row_id=on_phone[0] or new_id(),
        device_at=on_phone[1],
        as_sent=call.kept,
        columns={
            "category_initial": listed.code,
            "category": listed.code,
            "priority_initial": priority,
            "priority": priority,
            "external_source": (call.external_source or source) if call.external_number else call.external_source,
            "external_number": call.external_number,
            "warnings": call.warnings,
        },
    )


def _category_of(call: Call) -> Category:
    """The category sent, by code or by name; else, with a warning, what words and narrative say, or "other"."""
    found = (category(call.category) or category_by_name(call.category)) if call.category else None
    if found is not None:
        return found
    guessed = category_from_words(f"{call.category} {call.narrative}")
    taken = guessed or category(OTHER) or Category(code=OTHER, zh="无法归类", en="cannot be placed", priority=3)
    if call.category:
        call.warn("call.category_unknown", sent=call.category, taken=taken.zh)
        call.kept["category"] = call.category
    elif guessed:
        call.warn("call.category_guessed", taken=taken.zh)
    else:
        call.warn("call.category_missing")
    return taken


def _place_of(call: Call, listed: Category) -> Placed:
    """The point sent, else the address found; then the grid, the room and the station. Doubts go into the call's
    warnings.
    """
    hits = candidates(call.address, limit=3) if call.address else []
    best = hits[0] if hits else None
    lon, lat, placed_by = call.lon, call.lat, "sent" if call.lon is not None else ""
    address_id = best.address_id if best and best.score >= _SURE else None
    if lon is not None and lat is not None and not possible(lon, lat):
        _doubt_impossible(call, lon, lat)
        lon, lat, placed_by = None, None, ""
    if lon is None and best is not None:
        lon, lat, placed_by = best.lon, best.lat, "address"
        if best.score < _SURE or (len(hits) > 1 and hits[1].score > best.score - 0.02):
            call.warn("call.address_uncertain", text=best.text)
    elif lon is None and call.address:
        call.warn("call.address_not_found", sent=call.address)
    elif lon is None and call.lon is None:
        call.warn("call.no_place")
    elif lon is not None and lat is not None and best is not None and address_id:
        apart_m = distance_m(lon, lat, best.lon, best.lat)
        if apart_m > _SUSPECT_APART_M:
            call.warn("call.point_off_address", metres=int(apart_m))
    return _routed(call, listed, Placed(lon, lat, call.address, address_id, placed_by))


def _routed(call: Call, listed: Category, at: Placed) -> Placed:
    """Add grid, agency and station to a place; a call nobody answers for goes to the bureau, never nowhere."""
    root = bureau()
    if at.lon is None or at.lat is None:
        return Placed(at.lon, at.lat, at.address, at.address_id, at.placed_by, None, root, None)
    day = clock.now() if time_doubted(call.warnings) else call.received_at
    found = answering_for(at.lon, at.lat, day)
    if found.grid is None:
        _doubt_point(call, at.lon, at.lat)
        return Placed(at.lon, at.lat, at.address, at.address_id, at.placed_by, None, root, None)
    agency, station = found.agency or root, found.station
    if found.agency is None:
        call.warn("call.no_room", agency=root.name if root else "—")
    if listed.taken_by == "station" and station is not None and agency != station:
        call.warn("call.for_station")
        agency = station
    return Placed(at.lon, at.lat, at.address, at.address_id, at.placed_by, found.grid, agency, station)


def _doubt_impossible(call: Call, lon: float, lat: float) -> None:
    """A latitude beyond 90 is no point on any map: it is kept as it was sent, and what it may have meant is said."""
    call.kept["point"] = [lon, lat]
    box = county_box()
    swapped = suspect_swapped(lon, lat, box) if box is not None else None
    if swapped:
        call.warn("call.point_swapped", lon=round(swapped.lon, 6), lat=round(swapped.lat, 6))
    else:
        call.warn("call.point_unreadable", sent=f"{lon}, {lat}")


def _doubt_point(call: Call, lon: float, lat: float) -> None:
    """Why a point may lie outside: swapped, another datum, beyond the border, or no grid drawn yet."""
    box = county_box()
    if box is None:
        call.warn("call.no_grid")
        return
    swapped = suspect_swapped(lon, lat, box)
    if swapped:
        call.warn("call.point_swapped", lon=round(swapped.lon, 6), lat=round(swapped.lat, 6))
        return
    county = county_shape()
    shifted = suspect_gcj02(lon, lat, county) if county is not None else None
    if shifted:
        call.warn("call.point_gcj02", lon=round(shifted.lon, 6), lat=round(shifted.lat, 6))
        return
    near = nearest_grid(lon, lat)
    if near is not None and near.distance_m < 30_000:
        call.warn("call.point_outside", grid=near.grid.name, metres=int(near.distance_m))
    else:
        middle = ((box.west + box.east) / 2, (box.south + box.north) / 2)
        call.warn("call.point_far_outside", km=int(distance_m(lon, lat, *middle) / 1000))


@act(
    "matter.place",
    zh="定位",
    en="place a matter",
    keeps=("lon", "lat"),
    about="matter",
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def place_matter(
    actor: Actor, *, matter: Matter, lon: float, lat: float, address: str = "", placed_by: str = "desk"
) -> Matter:
    """Put a matter on the map; grid, room and station follow. The initial address stays in the timeline."""
    if not possible(lon, lat):
        raise Invalid("place.impossible", field="lon")
    call = Call(received_at=clock.now() if time_doubted(matter.warnings) else matter.received_at)
    listed = category(matter.category) or Category(code=matter.category)
    place = _routed(call, listed, Placed(lon, lat, address or matter.address, matter.address_id, placed_by))
    if place.agency is not None and place.agency.is_room and is_kept_from_room(matter):
        place = replace(place, agency=place.station or bureau())
    about_place = ("call.point", "call.address", "call.no_place", "call.no_grid", "call.no_room", "call.for_station")
    kept = [item for item in matter.warnings if not item["code"].startswith(about_place)]
    Matter.objects.filter(pk=matter.pk).update(
        lon=lon,
        lat=lat,
        address=place.address,
        placed_by=placed_by,
        grid=place.grid,
        agency=place.agency,
        station=place.station,
        warnings=kept + call.warnings,
        version=F("version") + 1,
    )
    matter.refresh_from_db()
    if not Stamp.objects.filter(matter=matter, milestone="located").exists():
        stamp_all(matter, [("located", clock.now())], actor)
    news.announce(MatterPlaced(matter, actor))
    return matter


@act(
    "incident.recategorise",
    zh="变更类别等级",
    en="recategorise",
    keeps=("category_code", "priority"),
    about="matter",
    within=lambda facts: facts["matter"].scope_paths()[0],
)
def recategorise(actor: Actor, *, matter: Matter, category_code: str = "", priority: int | None = None) -> Matter:
    """Change the current category and priority; the initial ones stay as they were."""
    listed = category(category_code or matter.category)
    if listed is None:
        raise Invalid("category.unknown", code=category_code, field="category")
    if priority is not None and not 1 <= priority <= 4:
        raise Invalid("fact.wrong", field="priority", why=str(priority))
    agency = matter.agency
    if listed.taken_by == "station" and agency is not None and agency.is_room:
        agency = station_of(agency) or agency
    doubts = [item for item in matter.warnings if not item["code"].startswith("call.category")]
    Matter.objects.filter(pk=matter.pk).update(
        category=listed.code,
        title=listed.zh,
        priority=priority or (listed.priority if category_code else matter.priority),
        agency=agency,
        warnings=doubts,
        version=F("version") + 1,
    )
    matter.refresh_from_db()
    count_facts(matter, KINDS[matter.kind])
    return matter


@act("import.categories", zh="导入类别表", en="load the category table", keeps=("digest",))
def load_categories(actor: Actor, *, rows: list[dict[str, Any]], digest: str) -> Category:
    """Replace the words and rules of listed codes, add new ones; codes no longer listed stay but are not offered any
    more.
    """
    Category.objects.update(active=False)
    Category.objects.bulk_create(
        [Category(**row, active=True) for row in rows],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "parent",
            "zh",
            "en",
            "priority",
            "taken_by",
            "automatic",
            "skills",
            "equipment",
            "ask_along",
            "words",
            "active",
            "updated_at",
        ],
    )
    return Category.objects.order_by("code")[0]
