"""The start page, who one's officer is, and what can be done where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.matters.public.queries import Told, hours_of
from linli.matters.public.rules import FORMS
from linli.org.agencies.models import Agency
from linli.org.rooms.models import Service
from linli.org.rooms.queries import open_now
from linli.org.rooms.rules import WHERE
from linli.places.addresses.models import Address
from linli.places.addresses.queries import candidates
from linli.places.grid.models import Grid
from linli.places.grid.queries import grid_at
from linli.visits.cards.queries import Face, door_by_code, faces, supervision_phone
from linli.visits.cards.rules import NEVER, hours_words
from linli.web.portal.showing import LANGUAGES, open_door, show

CARRIED = ("lang", "card", "at", "grid", "room", "to")
"""What a link of the door takes along: the language, the place that was chosen, the form that it is chosen for."""
MOST_ROOMS = 300
BESIDE = ("tips_anonymous", "portal_alerts")
"""Pages of other programmes that stand on the start page when they are there."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The place that was chosen on a page before: what is shown of it, and what it means."""

    shown: str = ""
    told: Told = field(default_factory=Told)
    face: Face | None = None


def carried(request: HttpRequest, **more: str) -> str:
    """The query of a link: what was chosen before, and ``more``."""
    kept = {name: request.GET[name][:60] for name in CARRIED if request.GET.get(name)}
    if kept.get("lang", LANGUAGES[0]) not in LANGUAGES:
        del kept["lang"]
    query = urlencode({name: value for name, value in {**kept, **more}.items() if value})
    return f"?{query}" if query else ""


def chosen_place(request: HttpRequest) -> Chosen:
    """The place in the address of the page: a card, an address of ours, a grid pointed at on the map, or a room."""
    card, at, code, room = (request.GET.get(name, "").strip() for name in ("card", "at", "grid", "room"))
    if card:
        return _by_card(card)
    if at:
        return _by_address(at)
    if code:
        return _by_grid(code)
    found = Agency.objects.at_work().filter(code=room, kind__in=Agency.ROOM_KINDS).first() if room else None
    return Chosen(found.name, Told(room=found)) if found else Chosen()


def _by_card(code: str) -> Chosen:
    try:
        face = door_by_code(code).face
    except NotFound as unknown:
        raise Http404 from unknown
    return Chosen(face.grid.name, Told(grid=face.grid, room=face.room), face) if face else Chosen()


def _by_grid(code: str) -> Chosen:
    """A grid of today, by its code as it is posted in the street."""
    grid = Grid.objects.filter(kind="police", code=code[:24]).on(clock.today()).first()
    face = faces([grid], clock.today()).get(grid.pk) if grid else None
    return Chosen(face.grid.name, Told(grid=face.grid, room=face.room), face) if face else Chosen()


def _by_address(key: str) -> Chosen:
    try:
        row = Address.objects.filter(pk=UUID(key), active=True).first()
    except ValueError:
        row = None
    if row is None:
        return Chosen()
    return Chosen(row.text, Told(address_id=row.pk), _face_at(row.lon, row.lat))


def _face_at(lon: float, lat: float) -> Face | None:
    grid = grid_at(lon, lat)
    return faces([grid], clock.today()).get(grid.pk) if grid else None


def room_of(chosen: Chosen) -> Agency | None:
    """The room that answers for a chosen place."""
    return chosen.face.room if chosen.face else chosen.told.room


@open_door
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Everything that can be done here, in large print."""
    chosen = chosen_place(request)
    context = {
        "chosen": chosen,
        "room": room_of(chosen),
        "forms": FORMS.values(),
        "never": NEVER,
        "carried": carried(request),
        "beside": {name: _address(name) for name in BESIDE},
    }
    return show(request, "web/door.html", context)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@open_door
@require_safe
def officer(request: HttpRequest) -> HttpResponse:
    """Who answers for an address: found by what people call the place, or by the list of rooms."""
    said = request.GET.get("say", "").strip()[:80]
    chosen = chosen_place(request)
    room = room_of(chosen)
    found = [one for one in candidates(said, limit=8) if one.address_id] if said else []
    context: dict[str, Any] = {
        "said": said,
        "found": [(one.text, carried(request, at=str(one.address_id), card="", grid="", room="")) for one in found],
        "chosen": chosen,
        "face": chosen.face,
        "room": room,
        "phone": (chosen.face.phone if chosen.face else room.phone) if room else "",
        "supervision": supervision_phone(room) if room else "",
        "is_open": open_now(room) if room else False,
        "hours": hours_words(hours_of(room)) if room else None,
        "carried": carried(request),
        "rooms": [] if said or room else _rooms(request),
        "to": FORMS.get(request.GET.get("to", "")),
    }
    return show(request, "web/door_officer.html", context)


def _rooms(request: HttpRequest) -> list[tuple[str, list[tuple[str, str]]]]:
    """Rooms under their station with their links; only the stations when there are very many."""
    rows = Agency.objects.at_work().filter(kind__in=Agency.ROOM_KINDS).select_related("parent").order_by("path")
    station = request.GET.get("station", "")[:24]
    if station:
        rows = rows.filter(parent__code=station)
    elif rows.count() > MOST_ROOMS:
        stations = Agency.objects.at_work().filter(kind="station").order_by("path")
        links = [(one.name, carried(request, station=one.code)) for one in stations[: 2 * MOST_ROOMS]]
        return [("", links)]
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows[: 2 * MOST_ROOMS]:
        above = row.parent.name if row.parent else ""
        found.setdefault(above, []).append((row.name, carried(request, room=row.code, card="", at="", grid="")))
    return list(found.items())


@open_door
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """What is done in the room, what needs the police station, and which papers: before anyone travels (F6)."""
    chosen = chosen_place(request)
    room = room_of(chosen)
    rows = Service.objects.filter(agency=room).order_by("place", "name") if room else Service.objects.none()
    by_place = [(words, [row for row in rows if row.place == place]) for place, words in WHERE.items()]
    context = {
        "room": room,
        "services": [(words, found) for words, found in by_place if found],
        "rooms": [] if room else _rooms(request),
        "is_open": open_now(room) if room else False,
        "face": chosen.face,
        "carried": carried(request),
    }
    return show(request, "web/door_guide.html", context)
