"""Rooms: the list, one more room by one form, and a room's hours, services, equipment and roster."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.errors import NotFound, Refusal
from linli.kernel.scope import Actor
from linli.kernel.words import Words
from linli.kernel.workflow import Move
from linli.org.access.rules import holds_right
from linli.org.agencies.models import Agency
from linli.org.agencies.queries import station_of
from linli.org.people.models import Person
from linli.org.rooms import acts
from linli.org.rooms.models import EQUIPMENT_LIFE, Equipment, OpeningHours, Service
from linli.org.rooms.queries import equipment_of, open_now
from linli.org.rooms.rules import inspection_state, is_open
from linli.org.roster.models import Shift
from linli.org.roster.queries import on_duty, who_answers
from linli.web.context import ROOMS
from linli.web.rooms_forms import HoursForm, MoveForm, NewRoom, ServicesForm, ThingForm
from linli.web.units import units_shown
from linli.web.visitor import actor_of, page

BESIDE = (
    (
        "/cards",
        gettext_lazy("联系卡"),
        ("community_officer", "station_chief", "station_desk", "administrator", "bureau_leader"),
    ),
    ("/tips", gettext_lazy("匿名线索"), ("community_officer", "station_chief", "bureau_leader")),
    ("/tips/counter", gettext_lazy("代人写线索"), ("station_desk",)),
    ("/care", gettext_lazy("关爱"), ("community_officer", "station_chief", "bureau_leader")),
    ("/hours/rooms", gettext_lazy("社区工时"), ("station_chief", "bureau_leader")),
    ("/opinions", gettext_lazy("群众评价"), ("community_officer", "station_chief", "station_desk", "bureau_leader")),
    ("/drawings", gettext_lazy("抽调"), ("community_officer", "station_chief", "bureau_leader", "dispatcher")),
)
"""What else belongs to the work of rooms: address, words, whose pages they are."""
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True, slots=True)
class Thing:
    """A piece of equipment as the page shows it: its row, how urgent its inspection is, and the steps there are."""

    row: Equipment
    inspection: str
    moves: list[Move]
    kind_words: Words
    state_words: Words


def _rooms(actor: Actor) -> list[Agency]:
    """The rooms in the actor's own reach, in the order of the tree."""
    today = clock.shanghai(clock.now()).date()
    found = (
        Agency.objects.visible_to(actor)
        .at_work()
        .filter(kind__in=Agency.ROOM_KINDS)
        .select_related("parent")
        .annotate(
            things=Count("equipment", filter=~Q(equipment__state="retired"), distinct=True),
            broken=Count("equipment", filter=Q(equipment__state="broken"), distinct=True),
            overdue=Count(
                "equipment",
                filter=~Q(equipment__state="retired") & Q(equipment__inspect_due_on__lt=today),
                distinct=True,
            ),
        )
        .prefetch_related("hours")
    )
    return [room for room in found if actor.reaches(room.path)]


@never_cache
@require_GET
@page(*ROOMS)
def index(request: HttpRequest) -> HttpResponse:
    """Every room in reach: open now, telephone, what is broken or due."""
    actor = actor_of(request)
    now = clock.shanghai(clock.now())
    words = request.GET.get("q", "").strip()
    rows = [
        {
            "room": room,
            "kind": Agency.KINDS[room.kind],
            "open": is_open([(one.weekday, one.from_minute, one.until_minute) for one in room.hours.all()], now),
        }
        for room in _rooms(actor)
        if not words or words in room.name or words in room.code or words in room.phone
    ]
    may_open = any(holds_right(actor, "room.open", path) for path in actor.paths)
    beside = [(href, label) for href, label, posts in BESIDE if actor.holds(*posts)]
    context = {"rows": rows, "q": words, "may_open": may_open, "beside": beside}
    return render(request, "web/rooms.html", context)


def _room(actor: Actor, code: str) -> Agency:
    found = (
        Agency.objects.visible_to(actor).filter(code=code, kind__in=Agency.ROOM_KINDS).select_related("parent").first()
    )
    if found is None:
        raise NotFound("row.unknown", what=code)
    return found


def _things(actor: Actor, room: Agency) -> list[Thing]:
    today = clock.shanghai(clock.now()).date()
    rows = equipment_of(actor, room=room).exclude(state="retired")
    return [
        Thing(
            row,
            inspection_state(row.inspect_due_on, today),
            list(EQUIPMENT_LIFE.moves_from(row.state)),
            Equipment.KINDS[row.kind],
            EQUIPMENT_LIFE.state(row.state).words,
        )
        for row in rows
    ]


def _hours(room: Agency) -> list[dict[str, Any]]:
    spans: dict[int, list[OpeningHours]] = {}
    for span in room.hours.order_by("weekday", "from_minute"):
        spans.setdefault(span.weekday, []).append(span)
    return [{"day": name, "spans": spans.get(day, [])} for day, name in enumerate(WEEKDAYS)]


def _people(room: Agency) -> list[Person]:
    """Whoever may carry a thing of this room: people with a post here or at its station."""
    station = station_of(room)
    agencies = [room.pk, *([station.pk] if station else [])]
    return list(
        Person.objects.filter(posts__agency_id__in=agencies, posts__until__isnull=True, left_on__isnull=True)
        .distinct()
        .order_by("name")
    )


def _show(
    request: HttpRequest, room: Agency, *, status: int = 200, problem: Refusal | None = None, **forms: Any
) -> HttpResponse:
    actor = actor_of(request)
    now = clock.now()
    context = {
        "room": room,
        "open_now": open_now(room),
        "hours": _hours(room),
        "services": Service.objects.filter(agency=room),
        "things": _things(actor, room),
        "people": _people(room) if holds_right(actor, "equipment.move", room.path) else [],
        "on_duty": on_duty(room, now),
        "coming": Shift.objects.visible_to(actor)
        .filter(agency=room, begins_at__gt=now, cancelled=False)
        .select_related("person")
        .order_by("begins_at")[:8],
        "answers": who_answers(room, now),
        "may_keep": holds_right(actor, "equipment.add", room.path),
        "problem": problem,
        **units_shown(actor, room),
        "thing_form": forms.get("thing_form", ThingForm()),
        "hours_form": forms.get("hours_form", HoursForm()),
        "services_form": forms.get("services_form", ServicesForm()),
    }
    return render(request, "web/room.html", context, status=status)


@never_cache
@require_GET
@page(*ROOMS)
def room(request: HttpRequest, code: str) -> HttpResponse:
    """One room: who answers its telephone now, hours, services, equipment, roster."""
    return _show(request, _room(actor_of(request), code))


@never_cache
@require_http_methods(["GET", "POST"])
@page("administrator", "station_chief")
def new(request: HttpRequest) -> HttpResponse:
    """Open one more room by one form. A refused form keeps everything that was typed."""
    actor = actor_of(request)
    form = NewRoom(request.POST or None, actor=actor)
    problem: Refusal | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.open_room(actor, **form.facts())
        except Refusal as refusal:
            problem = refusal
        else:
            messages.success(request, _("%(name)s已开设。") % {"name": made.name})
            return redirect("room", code=made.code)
    status = problem.status if problem else 422 if form.is_bound and form.errors else 200
    return render(request, "web/room_new.html", {"form": form, "problem": problem}, status=status)


@require_POST
@page(*ROOMS)
def hours(request: HttpRequest, code: str) -> HttpResponse:
    """Set the opening hours."""
    actor, form = actor_of(request), HoursForm(request.POST)
    found = _room(actor, code)
    if not form.is_valid():
        return _show(request, found, status=422, hours_form=form)
    try:
        acts.set_hours(actor, room=found, hours=form.cleaned_data["hours"])
    except Refusal as refusal:
        return _show(request, found, status=refusal.status, problem=refusal, hours_form=form)
    return redirect("room", code=code)


@require_POST
@page(*ROOMS)
def services(request: HttpRequest, code: str) -> HttpResponse:
    """Set the service list, one a line."""
    actor, form = actor_of(request), ServicesForm(request.POST)
    found = _room(actor, code)
    if not form.is_valid():
        return _show(request, found, status=422, services_form=form)
    acts.set_services(
        actor,
        room=found,
        services=[line.strip() for line in form.cleaned_data["services"].splitlines() if line.strip()],
    )
    return redirect("room", code=code)


@require_POST
@page(*ROOMS)
def add_thing(request: HttpRequest, code: str) -> HttpResponse:
    """Register one more piece of equipment."""
    actor, form = actor_of(request), ThingForm(request.POST)
    found = _room(actor, code)
    if not form.is_valid():
        return _show(request, found, status=422, thing_form=form)
    try:
        acts.add_equipment(actor, room=found, **form.cleaned_data)
    except Refusal as refusal:
        return _show(request, found, status=refusal.status, problem=refusal, thing_form=form)
    return redirect("room", code=code)


@require_POST
@page(*ROOMS)
def move_thing(request: HttpRequest, code: str, thing: uuid.UUID, move: str) -> HttpResponse:
    """Hand out, take back, report broken, repair, retire, or note an inspection."""
    actor, form = actor_of(request), MoveForm(request.POST)
    found = _room(actor, code)
    row = equipment_of(actor, room=found).filter(pk=thing).first()
    if row is None or not form.is_valid():
        raise NotFound("row.unknown", what=str(thing))
    try:
        if move == "inspect":
            acts.inspect_equipment(
                actor, equipment=row, next_due_on=form.cleaned_data["next_due_on"], note=form.cleaned_data["note"]
            )
        else:
            holder = (
                Person.objects.filter(pk=form.cleaned_data["holder"]).first() if form.cleaned_data["holder"] else None
            )
            acts.move_equipment(actor, equipment=row, move=move, holder=holder, note=form.cleaned_data["note"])
    except Refusal as refusal:
        return _show(request, found, status=refusal.status, problem=refusal)
    return redirect("room", code=code)
