"""``/calendar/{token}.ics``: one's duty and one's mediation sessions in the calendar of one's own phone (RFC 5545).

The address is the key: whoever has it reads the times and places, and nothing of what a session is about. Parties,
disputes and remarks stay in the house.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event
from ninja import Router

from linli.api.alert_feed import outside
from linli.api.auth import ApiRequest
from linli.api.idempotency import once
from linli.api.problems import problem
from linli.api.shown import Shown
from linli.kernel import clock
from linli.kernel.errors import NotFound
from linli.mediation.sessions.queries import own_sessions
from linli.org.calendars.acts import close_calendar, open_calendar
from linli.org.calendars.queries import own_shifts, person_by_link
from linli.org.posts.queries import person_actor

router = Router(tags=["mine"])

BEFORE, AHEAD = timedelta(days=14), timedelta(days=92)
MEDIA_TYPE = "text/calendar; charset=utf-8"
_DUTIES = {"lead": "值班长", "member": "值班", "standby": "备勤"}
_AGAIN = "PT1H"


@never_cache
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind an address, two weeks back and three months ahead; 404 for any other address."""
    person = person_by_link(token)
    if person is None:
        return problem(NotFound("row.unknown", what="calendar"))
    actor, now = person_actor(person, door="api"), clock.now()
    held = Calendar()
    held.add("prodid", "-//Linli//Calendar//ZH")
    held.add("version", "2.0")
    held.add("x-wr-calname", f"邻里 {person.name}")
    held.add("refresh-interval", _AGAIN, parameters={"value": "DURATION"}, encode=False)
    for shift in own_shifts(actor, since=now - BEFORE, until=now + AHEAD):
        title = f"{_DUTIES[shift.duty]} {shift.agency.name}"
        held.add_component(_event(shift.pk, title, (shift.begins_at, shift.ends_at), shift.agency.name, now))
    for session in own_sessions(actor, since=now - BEFORE, until=now + AHEAD):
        place = session.room.name if session.room else ""
        title = f"调解 {session.case.matter.number}"
        held.add_component(_event(session.pk, title, (session.begins_at, session.ends_at), place, now))
    answer = HttpResponse(held.to_ical(), content_type=MEDIA_TYPE)
    answer.headers["Content-Disposition"] = 'inline; filename="linli.ics"'
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _event(key: Any, title: str, span: tuple[datetime, datetime], place: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{key}@linli")
    event.add("dtstamp", at)
    event.add("dtstart", span[0])
    event.add("dtend", span[1])
    event.add("summary", title)
    if place:
        event.add("location", place)
    return event


@router.post("/me/calendar", response={201: dict[str, Any]}, summary="Open my calendar's address")
def opened(request: ApiRequest) -> HttpResponse:
    """A new address of one's own calendar, for the calendar of a phone; the one before ends."""
    actor = request.auth

    def deed() -> Shown:
        return {"url": outside(request, reverse("calendar", args=[open_calendar(actor)]))}

    return once(request.ticket, 201, deed)


@router.post("/me/calendar/close", summary="Close my calendar's address")
def closed(request: ApiRequest) -> HttpResponse:
    """The address ends at once; 409 when there is none."""
    actor = request.auth

    def deed() -> Shown:
        close_calendar(actor)
        return {"url": None}

    return once(request.ticket, 200, deed)
