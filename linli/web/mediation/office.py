"""Beside the cases: figures and colours by grid, lawyers in residence, the expert panel, writing a colour table."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.kernel.scope import Actor
from linli.mediation.cases.queries.figures import colours_by_grid, figures
from linli.mediation.cases.rules import CAUSES, SEES_COLOURS_BY_GRID, TAKES_PART
from linli.mediation.hours import acts as hours
from linli.mediation.hours.models import LawyerHours
from linli.mediation.hours.queries import InResidence, booking_seen, in_residence, own_bookings
from linli.mediation.hours.rules import BOOKING_LIFE, WEEKDAYS
from linli.mediation.panel.acts import CHIEFS as PANEL_CHIEFS
from linli.mediation.panel.acts import end_expert, write_expert
from linli.mediation.panel.models import Expert
from linli.mediation.schemes.acts import write_scheme
from linli.mediation.schemes.queries import scheme
from linli.mediation.schemes.rules import SIGNS
from linli.org.access.rules import holds_right
from linli.org.agencies.models import Agency
from linli.org.people.models import Person
from linli.org.posts.models import Post
from linli.web.filling import carry_out, done, show_form
from linli.web.mediation.forms import BookingForm, ExpertForm, HoursForm
from linli.web.mediation.showing import joint_rooms
from linli.web.mediation.tables import RowForm, plain_of, row_forms
from linli.web.registers import crumbs_under
from linli.web.templatetags.linli_web import say
from linli.web.visitor import actor_of, page

CHIEFS = SEES_COLOURS_BY_GRID
PANEL = ("mediator", "lawyer", "partner_officer", "community_officer", "station_desk", "station_chief")
LEADS_PANEL = tuple(dict.fromkeys((*PANEL, *PANEL_CHIEFS)))
ROOM = ("community_officer", "station_desk", "station_chief", "lawyer")
TABLE = ("bureau_leader", "administrator")
SPAN = timedelta(days=365)
_OFFERED = 40


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


@never_cache
@require_GET
@page(*CHIEFS)
def outcomes(request: HttpRequest) -> HttpResponse:
    """What mediation comes to, and open disputes by grid and colour: never by household, never by person."""
    actor, today = actor_of(request), clock.today()
    since = _day(request.GET.get("since", ""), today - SPAN)
    until = _day(request.GET.get("until", ""), today)
    context = {
        "figures": figures(actor, since=since, until=max(since, until) + timedelta(days=1)),
        "grids": colours_by_grid(actor),
        "since": since,
        "until": max(since, until),
    }
    return render(request, "web/mediation_outcomes.html", context)


def _lawyers() -> list[tuple[str, str]]:
    rows = Post.objects.held_on(clock.today()).filter(code="lawyer", person__left_on__isnull=True)
    return [(str(row.person_id), f"{row.person.name} · {row.agency.name}") for row in rows.select_related("person")]


def _hours_form(request: HttpRequest, actor: Actor) -> HoursForm:
    form = HoursForm(request.POST if request.POST.get("what") == "hours" else None)
    form.fields["person"].choices = _lawyers()  # type: ignore[attr-defined]  # a choice field
    rooms = [(room.code, room.name) for room in joint_rooms()]
    form.fields["room"].choices = rooms  # type: ignore[attr-defined]  # a choice field
    return form


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _write_hours(actor: Actor, told: dict[str, Any]) -> object:
    return hours.write_hours(
        actor,
        person=Person.objects.get(pk=told["person"]),
        room=Agency.objects.get(code=told["room"]),
        weekday=int(told["weekday"]),
        from_minute=_minute(told["begins"]),
        until_minute=_minute(told["until"]),
    )


def _told(one: InResidence) -> dict[str, Any]:
    return {
        "one": one,
        "hours": [
            {
                "row": row,
                "day": WEEKDAYS[str(row.weekday)],
                "span": f"{row.from_minute // 60:02}:{row.from_minute % 60:02}–"
                f"{row.until_minute // 60:02}:{row.until_minute % 60:02}",
            }
            for row in one.hours
        ],
        "next": one.free[0] if one.free else None,
        "free": len(one.free),
    }


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOM)
def lawyers(request: HttpRequest) -> HttpResponse:
    """Lawyers in residence by room, their free half hours, one's own bookings (W4)."""
    actor = actor_of(request)
    form = _hours_form(request, actor)
    if form.is_bound and carry_out(form, lambda told: _write_hours(actor, told)) is not None:
        done(request, _("已登记坐班时间。"))
        return redirect("mediation_lawyers")
    context = {
        "lawyers": [_told(one) for one in in_residence()],
        "bookings": [
            {"row": one, "name": one.told("name"), "phone": one.told("phone"),
             "about": one.told("about") if actor.id in (one.person_id, one.by_id) else "",
             "answer": one.told("answer") if one.answer_sealed else "", "state": BOOKING_LIFE.state(one.state).words}
            for one in own_bookings(actor)
        ],
        "form": form,
    }  # fmt: skip
    return render(request, "web/mediation_lawyers.html", context, status=422 if form.errors else 200)


@require_POST
@page(*ROOM)
def lawyer_do(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """End hours, answer who booked, or say what came of a booking."""
    actor, move = actor_of(request), request.POST.get("move", "")
    if move == "end":
        held = LawyerHours.objects.filter(pk=key, until__isnull=True).select_related("room").first()
        if held is None:
            raise NotFound("row.unknown", what=str(key))
        hours.end_hours(actor, hours=held)
    elif move == "answer":
        hours.tell_asker(actor, booking=booking_seen(actor, key), words=request.POST.get("words", ""))
    else:
        hours.move_booking(actor, booking=booking_seen(actor, key), move=move)
    done(request, _("已保存。"))
    return redirect("mediation_lawyers")


@never_cache
@require_http_methods(["GET", "POST"])
@page(*ROOM)
def book(request: HttpRequest, room: str, key: uuid.UUID) -> HttpResponse:
    """Book a free half hour of a lawyer for somebody who asks at the room."""
    actor = actor_of(request)
    place = Agency.objects.at_work().filter(code=room).first()
    found = [one for one in in_residence(place) if one.person.pk == key] if place else []
    if place is None or not found:
        raise NotFound("row.unknown", what=room)
    form = BookingForm(request.POST or None)
    slots = {at.isoformat(): f"{at:%m-%d %H:%M}" for at in found[0].free[:_OFFERED]}
    sent = request.POST.get("begins_at", "")
    offered = list((slots | {sent: sent} if sent else slots).items())
    form.fields["begins_at"].choices = offered  # type: ignore[attr-defined]  # a choice field

    def deed(told: dict[str, Any]) -> object:
        begins_at = datetime.fromisoformat(told.pop("begins_at"))
        return hours.book(actor, person=found[0].person, room=place, begins_at=begins_at, **told)

    if carry_out(form, deed) is not None:
        done(request, _("已预约。"))
        return redirect("mediation_lawyers")
    title = _("预约%(who)s律师") % {"who": found[0].person.name}
    crumbs = crumbs_under("mediation", _("调解"), (_("律师坐班"), "/mediation/lawyers"), (title, ""))
    return show_form(request, form, title=title, submit=_("预约"), back="/mediation/lawyers", crumbs=crumbs)


@never_cache
@require_http_methods(["GET", "POST"])
@page(*LEADS_PANEL)
def panel(request: HttpRequest) -> HttpResponse:
    """The expert panel: who knows what; one's own entry to write. Nobody is ranked."""
    actor = actor_of(request)
    own = Expert.objects.visible_to(actor).filter(person_id=actor.id, until__isnull=True).first()
    form = ExpertForm(request.POST or None, initial=_entry(own))
    me = Person.objects.filter(pk=actor.id).first() if actor.holds(*TAKES_PART) else None
    if me is not None and carry_out(form, lambda _facts: write_expert(actor, person=me, **form.facts())) is not None:
        done(request, _("已登记。"))
        return redirect("mediation_panel")
    rows = Expert.objects.visible_to(actor).now().select_related("person").order_by("person__name")
    context = {
        "experts": [
            {"row": one, "skills": [CAUSES[code] for code in one.skills], "may_end": _may_end(actor, one)}
            for one in rows
        ],
        "form": form if me is not None else None,
        "own": own,
    }
    return render(request, "web/mediation_panel.html", context, status=422 if form.errors else 200)


def _may_end(actor: Actor, one: Expert) -> bool:
    return one.person_id == actor.id or actor.holds(*PANEL_CHIEFS)


def _entry(own: Expert | None) -> dict[str, Any]:
    if own is None:
        return {}
    return {"skills": own.skills, "languages": "、".join(own.languages), "interests": "\n".join(own.interests)}


@require_POST
@page(*LEADS_PANEL)
def panel_end(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take somebody off the panel."""
    actor = actor_of(request)
    found = Expert.objects.visible_to(actor).now().filter(pk=key).first()
    if found is None:
        raise NotFound("row.unknown", what=str(key))
    end_expert(actor, expert=found)
    done(request, _("已移出。"))
    return redirect("mediation_panel")


@never_cache
@require_http_methods(["GET", "POST"])
@page(*TABLE)
def table(request: HttpRequest, code: str) -> HttpResponse:
    """Write a colour table anew: its rows from the least to the most urgent. Graded cases keep their colour."""
    actor = actor_of(request)
    if not holds_right(actor, "colour_scheme.write", None):
        raise NotFound("row.unknown", what=code)
    held = scheme(code)
    rows = row_forms(held, request.POST if request.method == "POST" else None)
    trouble = ""
    if request.method == "POST" and all(one.is_valid() for one in rows):
        name = forms.CharField(max_length=60).clean(request.POST.get("zh") or held.words.zh)
        plain = [plain_of(one) for one in rows if not one.cleaned_data["gone"] and one.cleaned_data["zh"]]
        first = rows[0]
        written = carry_out(first, lambda _told: write_scheme(actor, code=code, zh=name, en=held.words.en, rows=plain))
        if written is not None:
            done(request, _("已写入，今后按新的办法定级；已定的不变。"))
            return redirect("mediation_tables")
        trouble = "；".join(str(error) for error in first.non_field_errors())
    context = {
        "scheme": held,
        "name": request.POST.get("zh", held.words.zh),
        "rows": [_shown_row(one) for one in rows],
        "trouble": trouble,
        "bad": any(one.errors for one in rows),
        "crumbs": crumbs_under("mediation_tables", _("分级办法"), (say(held.words), "")),
    }
    status = 422 if context["bad"] or trouble else 200
    return render(request, "web/mediation_table.html", context, status=status)


def _shown_row(form: RowForm) -> dict[str, Any]:
    plain = [field for field in form if not field.name.startswith("sign_")]
    return {"form": form, "fields": plain, "signs": [form[f"sign_{code}"] for code in SIGNS]}
